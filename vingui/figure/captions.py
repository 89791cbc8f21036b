"""The words below the panels and above them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vingui.core.outcome_text import sentence, sentence_of_all, state
from vingui.core.rollout import Trajectory
from vingui.figure.fonts import drawable
from vingui.figure.lettering import one_line, subscript, width, wrapped
from vingui.figure.marks import MOST_NUMBERS, start_mark
from vingui.figure.page import Page
from vingui.figure.panel import Panel
from vingui.figure.scene import Scene

MOST_LINES: Final = 6
"""More starts than this are counted, not told one by one."""

_BETWEEN: Final = " · "

# Lengths in sizes of the body text.
LINE: Final = 1.45
_INDENT: Final = 1.3
_RADIUS: Final = 0.46


@dataclass(frozen=True)
class Line:
    """One line: `number` counts starts from 1, and is 0 where none stands before it."""

    text: str
    number: int = 0
    indented: bool = False


def caption_k(scene: Scene, ks: Sequence[tuple[Panel, int]]) -> int | None:
    """The iteration whose trajectories the caption is about: the map's, or that of the last panel.

    `None` where none are shown, or where those of many iterations will be.
    """
    shown = [(panel, k) for panel, k in ks if panel.layer in ("map", "value")]
    if scene.moving or not (scene.options.trajectories and shown):
        return None
    maps = [k for panel, k in shown if panel.layer == "map"]
    return maps[0] if maps else shown[-1][1]


def caption(scene: Scene, name: str, k: int | None) -> tuple[str, ...]:
    """What a figure shows in words: the run, then a line for each start, or one for all.

    Args:
        scene: of the figure.
        name: of the map; empty for none.
        k: the iteration whose trajectories are told, or `None`.
    """
    run = scene.run
    parts = [one_line(name), run.rule.title, f"model {one_line(run.model)}", state(run)]
    if k is not None and k < run.latest:
        parts.append(f"trajectories under V{subscript(k)}")
    head = _BETWEEN.join(part for part in parts if part)
    if k is None:
        return (head,)
    walks = run.trajectories(run.grid.starts, k)
    if len(walks) > MOST_LINES:
        return head, sentence_of_all(walks, run, k)
    return head, *(sentence(walk, run, k) for walk in walks)


def caption_lines(scene: Scene, said: Sequence[str], *, starts: int, room: float) -> list[Line]:
    """A caption broken into lines.

    Args:
        scene: of the figure.
        said: its paragraphs.
        starts: how many of the last of them are about one start each.
        room: the width of a line, in pixels.
    """
    lines: list[Line] = []
    for index, text in enumerate(said):
        number = max(index + 1 - (len(said) - starts), 0)
        broken = _broken(scene, text, room - (scene.sizes.em(_INDENT) if number else 0))
        lines.append(Line(broken[0], number, bool(number)))
        lines += (Line(rest, 0, bool(number)) for rest in broken[1:])
    return lines


def told_starts(scene: Scene, k: int | None) -> Sequence[Trajectory]:
    """The trajectories that have a line each."""
    walks = () if k is None else scene.run.trajectories(scene.run.grid.starts, k)
    return walks if 1 < len(walks) <= MOST_LINES else ()


def draw_caption(
    page: Page, scene: Scene, lines: Sequence[Line], *, left: float, top: float
) -> None:
    """Write a caption, each start's number as on the map before its line."""
    em, theme = scene.sizes.em, scene.theme
    for row, line in enumerate(lines):
        y = top + (row + 0.5) * em(LINE)
        if line.number:
            colour = theme.start(line.number - 1)
            numbered = len(scene.run.grid.starts) <= MOST_NUMBERS
            number = str(line.number) if numbered else ""
            at = left + em(_RADIUS), y
            page.shapes(start_mark(at, em(_RADIUS), colour, number, theme))
        x = left + (em(_INDENT) if line.indented else 0)
        page.text(line.text, x, y, size=scene.sizes.body, colour=theme.text, va="middle")


def title_lines(scene: Scene, *, room: float) -> list[str]:
    """The figure's title in lines."""
    text = drawable(one_line(scene.options.title, limit=500))
    if not text:
        return []
    return wrapped(text, scene.sizes.pt(scene.sizes.title), room=room, bold=True)


def _broken(scene: Scene, text: str, room: float) -> list[str]:
    """A paragraph in lines, broken between its parts if it can be."""
    size = scene.sizes.pt(scene.sizes.body)
    lines: list[str] = []
    for part in drawable(text).split(_BETWEEN):
        grown = _BETWEEN.join([*lines[-1:], part])
        if lines and width(grown, size) <= room:
            lines[-1] = grown
        else:
            lines += wrapped(part, size, room=room)
    return lines
