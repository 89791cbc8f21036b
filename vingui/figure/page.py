"""The page around the panels: titles, the key, and the caption in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from vingui.core.plan import Plan
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.words import counted, describe, iterations
from vingui.figure.arrows import OUTLINE
from vingui.figure.lettering import POINT, drawable, flow, font, one_line, width, wrapped
from vingui.figure.marks import cross_mark, failed, goal_mark, loop_mark, start_mark
from vingui.figure.options import FigureOptions, Theme
from vingui.figure.panels import hatching, unreached
from vingui.figure.tracks import DASHES

MOST_LINES: Final = 4
"""More starts than this are counted, not told one by one."""

_BETWEEN: Final = " · "
_TITLE_SIZE: Final = 9.5
_KEY_SIZE: Final = 7.5
_CAPTION_SIZE: Final = 8.0
_KEY_LINE: Final = 40
_CAPTION_LINE: Final = 35
_PARAGRAPH: Final = 22
_SWATCH: Final = 24
_MARK: Final = 26
_INDENT: Final = 40


@dataclass(frozen=True)
class Item:
    """One entry of the key.

    Attributes:
        text: what it means.
        swatch: the width of its picture in pixels.
        draw: draws it, given the page, its left edge and its middle line.
    """

    text: str
    swatch: int
    draw: Callable[[Axes, float, float], None]


@dataclass(frozen=True)
class Line:
    """One line of the caption: `number` counts from 1 and is 0 where none stands before it."""

    text: str
    number: int = 0
    indented: bool = False


def page_axes(figure: Figure, *, width: int, height: int) -> Axes:
    """Axes over the whole page in its pixels, y downwards."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def draw_title(page: Axes, text: str, *, left: int, bottom: int, theme: Theme) -> None:
    """Write a panel's title above it."""
    _write(page, text, left, bottom - 16, _TITLE_SIZE, theme.ink, bold=True, va="baseline")


def caption(
    plan: Plan, trajectories: Sequence[Trajectory], options: FigureOptions
) -> tuple[str, ...]:
    """What the figure shows in words: the plan, then a line for each of the first starts."""
    name, model = one_line(options.name), one_line(plan.model)
    parts = (name, plan.rule.title, f"model {model}", iterations(plan))
    said = [_BETWEEN.join(part for part in parts if part)]
    for trajectory in trajectories[:MOST_LINES]:
        words = describe(trajectory, plan)
        start = trajectory.start
        said.append(words if start is None else f"start ({start[0]}, {start[1]}): {words}")
    more = len(trajectories) - MOST_LINES
    return (*said, f"and {more} more") if more > 0 else tuple(said)


def caption_lines(said: Sequence[str], *, starts: bool, room: float) -> list[Line]:
    """A caption broken into lines of `room` pixels; numbers before the starts if there are."""
    lines = [Line(text) for text in _broken(said[0], room)]
    for number, text in enumerate(said[1:], start=1):
        named = starts and number <= MOST_LINES
        broken = _broken(text, room - _INDENT)
        lines.append(Line(broken[0], number if named else 0, starts))
        lines += (Line(rest, 0, starts) for rest in broken[1:])
    return lines


def caption_height(lines: Sequence[Line]) -> int:
    """How many pixels high a caption is."""
    return _PARAGRAPH + _CAPTION_LINE * len(lines)


def draw_caption(
    page: Axes, lines: Sequence[Line], *, left: int, top: int, numbered: bool, theme: Theme
) -> None:
    """Write the caption, each start's number as on the map before its line."""
    for row, line in enumerate(lines):
        y = top + _PARAGRAPH + (row + 0.5) * _CAPTION_LINE
        if line.number:
            number = str(line.number) if numbered else ""
            colour = theme.trajectory(line.number - 1)
            start_mark(page, number, x=left + _MARK / 2, y=y, size=_MARK, colour=colour)
        _write(page, line.text, left + _INDENT * line.indented, y, _CAPTION_SIZE, theme.ink)


def key_items(
    plan: Plan, trajectories: Sequence[Trajectory], *, arrows: bool, theme: Theme
) -> list[Item]:
    """The key: what of it is in the picture."""
    items = []
    if plan.grid.goal is not None:
        items.append(Item("goal", 32, lambda page, x, y: _goal(page, x, y, theme)))
    if plan.grid.starts:
        items.append(Item("start", _MARK, lambda page, x, y: _start(page, x, y, theme)))
    if any(trajectory.steps and not failed(trajectory) for trajectory in trajectories):
        items.append(Item("trajectory", 44, lambda page, x, y: _line(page, x, y, theme)))
    bad = [trajectory for trajectory in trajectories if failed(trajectory)]
    if any(trajectory.outcome is not Outcome.LOOP for trajectory in bad):
        items.append(Item("failed", 56, lambda page, x, y: _failed(page, x, y, theme)))
    if any(trajectory.outcome is Outcome.LOOP for trajectory in bad):
        items.append(Item("loop closes", 56, lambda page, x, y: _loop(page, x, y, theme)))
    if plan.grid.walls.any():
        items.append(Item("wall", _SWATCH, lambda page, x, y: _wall(page, x, y, theme)))
    if unreached(plan).any():
        made = counted(plan.iterations, "iteration")
        text = "not reached" if plan.converged else f"not reached in {made}"
        items.append(Item(text, _SWATCH, lambda page, x, y: _unreached(page, x, y, theme)))
    if arrows:
        text = "policy (area: probability)"
        items.append(Item(text, 28, lambda page, x, y: _arrow(page, x, y, theme)))
    return items


def key_height(items: Sequence[Item], *, room: float) -> int:
    """How many pixels high a key is that has `room` pixels a line."""
    return _KEY_LINE * (1 + max((line for line, _ in _places(items, room)), default=-1))


def draw_key(
    page: Axes, items: Sequence[Item], *, left: int, top: int, room: float, theme: Theme
) -> None:
    """Draw the key in lines of `room` pixels."""
    for item, (line, shift) in zip(items, _places(items, room), strict=True):
        y = top + (line + 0.5) * _KEY_LINE
        item.draw(page, left + shift, y)
        _write(page, item.text, left + shift + item.swatch + 12, y, _KEY_SIZE, theme.ink)


def _places(items: Sequence[Item], room: float) -> list[tuple[int, float]]:
    widths = [item.swatch + 12 + width(item.text, _KEY_SIZE) for item in items]
    return flow(widths, gap=44, room=room)


def _broken(text: str, room: float) -> list[str]:
    """A line of the caption in lines of `room` pixels, broken between its parts if it can be."""
    lines: list[str] = []
    for part in drawable(text).split(_BETWEEN):
        grown = _BETWEEN.join([*lines[-1:], part])
        if lines and width(grown, _CAPTION_SIZE) <= room:
            lines[-1] = grown
        else:
            lines += wrapped(part, _CAPTION_SIZE, room=room)
    return lines


def _write(
    page: Axes,
    text: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    *,
    bold: bool = False,
    va: str = "center_baseline",
) -> None:
    page.text(
        x,
        y,
        text,
        fontproperties=font(size, bold=bold),
        color=colour,
        ha="left",
        va=va,
        parse_math=False,
    )


def _goal(page: Axes, x: float, y: float, theme: Theme) -> None:
    goal_mark(page, x=x + 16, y=y, size=_MARK, theme=theme)


def _start(page: Axes, x: float, y: float, theme: Theme) -> None:
    start_mark(page, "", x=x + _MARK / 2, y=y, size=_MARK, colour=theme.muted)


def _line(page: Axes, x: float, y: float, theme: Theme) -> None:
    page.plot([x, x + 44], [y, y], color=theme.muted, linewidth=4 / POINT)


def _failed(page: Axes, x: float, y: float, theme: Theme) -> None:
    page.plot([x, x + 44], [y, y], color=theme.muted, linewidth=4 / POINT, linestyle=DASHES)
    cross_mark(page, x=x + 46, y=y, size=20, colour=theme.muted)


def _loop(page: Axes, x: float, y: float, theme: Theme) -> None:
    page.plot([x, x + 36], [y, y], color=theme.muted, linewidth=4 / POINT, linestyle=DASHES)
    loop_mark(page, x=x + 44, y=y, size=20, colour=theme.muted)


def _wall(page: Axes, x: float, y: float, theme: Theme) -> None:
    page.add_patch(Rectangle((x, y - _SWATCH / 2), _SWATCH, _SWATCH, color=theme.wall, linewidth=0))


def _unreached(page: Axes, x: float, y: float, theme: Theme) -> None:
    corner, side = (x, y - _SWATCH / 2), _SWATCH
    page.add_patch(
        Rectangle(
            corner, side, side, facecolor=theme.unreached, edgecolor=theme.hatch, linewidth=0.4
        )
    )
    square: PathPatch = hatching(Path.unit_rectangle(), theme)
    square.set_path(Path(np.asarray(Path.unit_rectangle().vertices) * side + corner, closed=True))
    page.add_patch(square)


def _arrow(page: Axes, x: float, y: float, theme: Theme) -> None:
    page.add_patch(Polygon(OUTLINE * 28 + (x, y), facecolor=theme.ink, edgecolor="none"))
