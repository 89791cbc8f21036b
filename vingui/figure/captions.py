"""The figure's title and its caption."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vingui.core.diagnosis import diagnose
from vingui.core.diagnosis_text import explain
from vingui.core.methods import METHODS
from vingui.core.outcome_text import sentence, sentence_of_all, state, unseen
from vingui.core.readouts import LEARNED_COST
from vingui.core.rollout import Trajectory
from vingui.core.run import Run
from vingui.figure.context import DrawContext
from vingui.figure.fonts import drawable
from vingui.figure.markers import MOST_NUMBERS, start_marker
from vingui.figure.page import Page
from vingui.figure.panel import Panel
from vingui.figure.shapes import Shapes
from vingui.figure.text_layout import one_line, subscript, width, wrapped

MOST_SENTENCES: Final = 6
"""The most starts that have a sentence each; more are summed up in one sentence."""

_SEPARATOR: Final = " · "

# Lengths in sizes of the body text.
LINE: Final = 1.45
_INDENT: Final = 1.3
_RADIUS: Final = 0.46


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a caption.

    Attributes:
        text: its text, of one line or more.
        start: the start whose marker precedes it, from 1; 0 for none.
    """

    text: str
    start: int = 0


def caption(
    context: DrawContext, name: str, panel_ks: Sequence[tuple[Panel, int]]
) -> list[Paragraph]:
    """Describe a figure: the run, what it cannot see of the map, and how each start fares.

    Args:
        context: what the figure is drawn from.
        name: the map's name; empty for none.
        panel_ks: the panels and the iterations that they show.
    """
    run, k = context.run, _described_k(context, panel_ks)
    method = METHODS.get(run.model)
    made_by = f"model {one_line(run.model)}" if method is None else method.title
    parts = [one_line(name), run.rule.title, made_by]
    if not context.heading:
        parts.append(state(run))
    if k is not None and k < run.latest:
        parts.append(f"trajectories under V{subscript(k)}")
    heads = [Paragraph(context.heading)] if context.heading else []
    heads.append(Paragraph(_SEPARATOR.join(part for part in parts if part)))
    if missing := unseen(run):
        heads.append(Paragraph(missing.rstrip(".")))
    if run.has_learned_costs and any(panel.layer == LEARNED_COST for panel, _ in panel_ks):
        heads.append(Paragraph(_about_learned_costs(run)))
    return heads if k is None else [*heads, *_outcomes(context, k)]


def _about_learned_costs(run: Run) -> str:
    if run.grid.costs is None:
        return "Learned costs as the network reads them"
    return f"Learned costs times {run.cost_scale:z.3g}, as near the true ones as possible"


def _outcomes(context: DrawContext, k: int) -> list[Paragraph]:
    run = context.run
    trajectories = run.trajectories(run.grid.starts, k)
    if len(trajectories) > MOST_SENTENCES:
        return [Paragraph(sentence_of_all(trajectories, run, k))]
    sentences = [_sentences(context, trajectory, k) for trajectory in trajectories]
    if len(sentences) == 1:
        return [Paragraph(sentences[0])]
    return [Paragraph(text, start) for start, text in enumerate(sentences, 1)]


def _sentences(context: DrawContext, trajectory: Trajectory, k: int) -> str:
    """How a trajectory ends, and why if it fails or costs more than the best."""
    run = context.run
    outcome = sentence(trajectory, run, k)
    if not context.options.diagnosis:
        return outcome
    diagnosis = diagnose(trajectory, run, k, context.training)
    why = explain(diagnosis, run) if diagnosis is not None else ""
    # No line ends between a number and its sign.
    return f"{outcome}. {why}".replace(" %", "\N{NO-BREAK SPACE}%") if why else outcome


def _described_k(context: DrawContext, panel_ks: Sequence[tuple[Panel, int]]) -> int | None:
    """The iteration of the map or else of the last value panel.

    It is `None` where no trajectories are shown, or those of many iterations.
    """
    shown = [(panel, k) for panel, k in panel_ks if panel.layer in ("map", "value")]
    if context.is_film or not (context.options.trajectories and shown):
        return None
    maps = [k for panel, k in shown if panel.layer == "map"]
    return maps[0] if maps else shown[-1][1]


def in_lines(context: DrawContext, paragraph: Paragraph, *, room: float) -> Paragraph:
    """Break a paragraph into lines of at most `room` pixels, between its parts if possible."""
    size = context.sizes.em(1)
    room -= context.sizes.em(_INDENT) if paragraph.start else 0
    lines: list[str] = []
    for part in drawable(paragraph.text).split(_SEPARATOR):
        longer = _SEPARATOR.join([*lines[-1:], part])
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines += wrapped(part, size, room=room)
    return Paragraph("\n".join(lines), paragraph.start)


def draw_caption(page: Page, paragraphs: Sequence[Paragraph], *, left: float, top: float) -> None:
    """Write paragraphs in lines, with the markers of starts before them."""
    context, em, markers = page.context, page.context.sizes.em, []
    theme = context.theme
    numbered = len(context.run.grid.starts) <= MOST_NUMBERS
    y = top + em(LINE) / 2
    for paragraph in paragraphs:
        if paragraph.start:
            colour = theme.start(paragraph.start - 1)
            number = str(paragraph.start) if numbered else ""
            markers += start_marker(
                (left + em(_RADIUS), y), em(_RADIUS), colour, number, context.theme
            )
        x = left + (em(_INDENT) if paragraph.start else 0)
        for line in paragraph.text.split("\n"):
            page.write(line, x, y, size=context.sizes.font_size)
            y += em(LINE)
    page.figure.add_artist(Shapes(markers, transform=page.pixels))


def title_lines(context: DrawContext, *, room: float) -> list[str]:
    """Break the figure's title into lines."""
    text = drawable(one_line(context.options.title, limit=500))
    if not text:
        return []
    return wrapped(text, context.sizes.pt(context.sizes.title), room=room, bold=True)
