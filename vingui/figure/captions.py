"""The figure's title and its caption."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vingui.core.outcome_text import sentence, sentence_of_all, state
from vingui.figure.context import DrawContext
from vingui.figure.fonts import drawable
from vingui.figure.markers import MOST_NUMBERS, start_marker
from vingui.figure.page import Page
from vingui.figure.panel import Panel
from vingui.figure.shapes import Shapes
from vingui.figure.text_layout import one_line, subscript, width, wrapped

MOST_SENTENCES: Final = 6
"""More starts than this are summed up in one sentence."""

_SEPARATOR: Final = " · "

# Lengths in sizes of the body text.
LINE: Final = 1.45
_INDENT: Final = 1.3
_RADIUS: Final = 0.46


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a caption, or one of its lines.

    Attributes:
        text: what it says.
        start: the start that it describes, from 1; 0 for none.
        has_marker: whether the start's marker precedes it.
    """

    text: str
    start: int = 0
    has_marker: bool = False


def caption_k(context: DrawContext, ks: Sequence[tuple[Panel, int]]) -> int | None:
    """Return the iteration whose trajectories the caption describes.

    It is that of the map or else of the last value panel; `None` where no trajectories are shown,
    or those of many iterations.
    """
    shown = [(panel, k) for panel, k in ks if panel.layer in ("map", "value")]
    if context.is_film or not (context.options.trajectories and shown):
        return None
    maps = [k for panel, k in shown if panel.layer == "map"]
    return maps[0] if maps else shown[-1][1]


def caption(context: DrawContext, name: str, k: int | None) -> list[Paragraph]:
    """Describe a figure: the run, then a paragraph for each start, or one for all.

    Args:
        context: of the figure.
        name: of the map; empty for none.
        k: the iteration whose trajectories are described, or `None`.
    """
    run = context.run
    parts = [one_line(name), run.rule.title, f"model {one_line(run.model)}", state(run)]
    if k is not None and k < run.latest:
        parts.append(f"trajectories under V{subscript(k)}")
    head = Paragraph(_SEPARATOR.join(part for part in parts if part))
    if k is None:
        return [head]
    trajectories = run.trajectories(run.grid.starts, k)
    if len(trajectories) > MOST_SENTENCES:
        return [head, Paragraph(sentence_of_all(trajectories, run, k))]
    sentences = [sentence(one, run, k) for one in trajectories]
    if len(sentences) == 1:
        return [head, Paragraph(sentences[0])]
    return [head, *(Paragraph(text, start, True) for start, text in enumerate(sentences, 1))]


def caption_lines(
    context: DrawContext, paragraphs: Sequence[Paragraph], *, room: float
) -> list[Paragraph]:
    """Break paragraphs into lines of `room` pixels."""
    lines: list[Paragraph] = []
    for paragraph in paragraphs:
        indent = context.sizes.em(_INDENT) if paragraph.start else 0
        first, *others = _broken(context, paragraph.text, room - indent)
        lines.append(replace(paragraph, text=first))
        lines += (Paragraph(text, paragraph.start) for text in others)
    return lines


def draw_caption(
    page: Page, context: DrawContext, lines: Sequence[Paragraph], *, left: float, top: float
) -> None:
    """Write a caption, with the markers of starts before their lines."""
    em, theme, markers = context.sizes.em, context.theme, []
    numbered = len(context.run.grid.starts) <= MOST_NUMBERS
    for row, line in enumerate(lines):
        y = top + (row + 0.5) * em(LINE)
        if line.has_marker:
            colour, number = theme.start(line.start - 1), str(line.start) if numbered else ""
            markers += start_marker((left + em(_RADIUS), y), em(_RADIUS), colour, number, theme)
        x = left + (em(_INDENT) if line.start else 0)
        page.write(line.text, x, y, size=context.sizes.font_size)
    page.figure.add_artist(Shapes(markers, transform=page.pixels))


def title_lines(context: DrawContext, *, room: float) -> list[str]:
    """Break the figure's title into lines."""
    text = drawable(one_line(context.options.title, limit=500))
    if not text:
        return []
    return wrapped(text, context.sizes.pt(context.sizes.title), room=room, bold=True)


def _broken(context: DrawContext, text: str, room: float) -> list[str]:
    """Break a paragraph into lines, between its parts if possible."""
    size = context.sizes.em(1)
    lines: list[str] = []
    for part in drawable(text).split(_SEPARATOR):
        longer = _SEPARATOR.join([*lines[-1:], part])
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines += wrapped(part, size, room=room)
    return lines
