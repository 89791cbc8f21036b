"""The marks of the goal, of the starts, and of how trajectories failed: those of the window."""

import math
from collections.abc import Container, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import Cell
from vingui.core.outcome_text import last_cell
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.run import Run
from vingui.core.tint import dark_on, rgb
from vingui.figure.lettering import outlined
from vingui.figure.shapes import Place, Shape, circle, cross, joined, seen_through, square
from vingui.figure.sizes import Sizes
from vingui.figure.theme import Theme
from vingui.figure.tracks import half_step

MOST_NUMBERS: Final = 20
"""More starts than this carry no numbers: nobody could read them."""

Point = tuple[float, float]

_RING: Final = 0.74
"""The inner radius of a start's ring, of the outer one."""

_LIFTED: Final = (0.36, 0.27)
"""Where in its cell's height the middle of a mark above a number is, and its radius, in cells."""

_LOOP_TINT: Final = 0.28
_DASHES: Final = (2.0, 1.6)
_HALO: Final = 0.9
"""Points on either side of a line."""


def mark_radius(cell: float, sizes: Sizes, *, starts: int) -> float:
    """The radius of a mark in pixels.

    Args:
        cell: a cell's side, in pixels.
        sizes: of the page.
        starts: how many there are; few of them are large enough to bear their numbers.
    """
    least = sizes.em(0.42 if starts <= MOST_NUMBERS else 0.2)
    return float(np.clip(0.36 * cell, least, max(least, sizes.pt(9))))


def goal_mark(at: Point, radius: float, theme: Theme, inside: str = "") -> list[Shape]:
    """A target; between its rings a colour, or else that of the halo."""
    return [
        Shape(circle(at, radius + _rim(radius)), theme.halo),
        Shape(circle(at, radius), theme.goal),
        Shape(circle(at, 0.68 * radius), inside or theme.halo),
        Shape(circle(at, 0.36 * radius), theme.goal),
    ]


def start_mark(
    at: Point, radius: float, colour: str, number: str, theme: Theme, inside: str = ""
) -> list[Shape]:
    """A disc, or a ring about a colour, with a number on it, or none."""
    shapes = [
        Shape(circle(at, radius + _rim(radius)), theme.halo),
        Shape(circle(at, radius), colour),
    ]
    if inside:
        shapes.append(Shape(circle(at, _RING * radius), inside))
    if number:
        size = (1.15 if len(number) == 1 else 0.95) * (0.9 if inside else 1) * radius
        ink = "#1a1a1a" if dark_on(np.array([rgb(inside or colour)]))[0] else "#ffffff"
        shapes.append(Shape(outlined([number], [at], size, bold=True), ink))
    return shapes


def cross_mark(at: Point, arm: float, sizes: Sizes, theme: Theme) -> list[Shape]:
    """Where a trajectory runs into a wall."""
    width = sizes.points(arm / 2)
    return _haloed(Shape(cross(at, arm), edge=theme.error, width=width), theme)


def ring_mark(
    at: Point, radius: float, colour: str, sizes: Sizes, theme: Theme, *, filled: bool = False
) -> list[Shape]:
    """Around a loop that is hardly seen; filled, where a trajectory stops."""
    width = float(np.clip(sizes.points(0.3 * radius), 0.8, 1.6))
    inside = [Shape(circle(at, radius), theme.halo)] if filled else []
    return inside + _haloed(Shape(circle(at, radius), edge=colour, width=width), theme)


def island_mark(at: Point, half: float, colour: str, theme: Theme) -> list[Shape]:
    """Around a start from which there is no path."""
    outline = square(at, half)
    return [
        Shape(outline, edge=theme.halo, width=2.6),
        Shape(outline, edge=colour, width=1.2, dashes=_DASHES),
    ]


def loop_tints(trajectories: Sequence[Trajectory], place: Place, theme: Theme) -> list[Shape]:
    """The cells that trajectories would walk round and round."""
    shapes = []
    for index, one in enumerate(trajectories):
        if one.outcome is Outcome.LOOP:
            half = 0.46 * place.cell
            cells = [square(place.middle(row, col), half) for row, col in _loop(one).tolist()]
            colour = theme.start(index)
            shapes.append(Shape(joined(cells), seen_through(colour, _LOOP_TINT), colour, 0.6))
    return shapes


def end_marks(
    trajectories: Sequence[Trajectory],
    run: Run,
    k: int,
    place: Place,
    radius: float,
    sizes: Sizes,
    theme: Theme,
) -> list[Shape]:
    """How and where trajectories failed.

    Args:
        trajectories: under V_k, in the order of their starts.
        run: which they follow.
        k: the iteration.
        place: of the panel's cells.
        radius: of a start's mark, which hides what is beneath.
        sizes: of the page.
        theme: its colours.
    """
    shapes: list[Shape] = []
    for index, one in enumerate(trajectories):
        if one.start is None:
            continue
        begin, colour = place.middle(*one.start), theme.start(index)
        match one.outcome:
            case Outcome.WALL:
                arm = float(np.clip(0.16 * place.cell, sizes.pt(1.8), sizes.pt(4)))
                wall = place.middle(*(one.path[-1] + half_step(one, run, k)).tolist())
                at = _away(wall, begin, radius + arm + sizes.pt(0.8))
                shapes += cross_mark(at, arm, sizes, theme)
            case Outcome.LOOP:
                shapes += _loop_mark(one, begin, colour, place, radius, sizes, theme)
            case Outcome.OUT_OF_STEPS:
                at, small = place.middle(*last_cell(one)), max(0.17 * place.cell, sizes.pt(1.6))
                if math.dist(at, begin) < radius:
                    at, small = begin, radius + sizes.pt(1.6)
                filled = at != begin
                shapes += ring_mark(at, small, colour, sizes, theme, filled=filled)
            case Outcome.UNREACHABLE:
                half = max(0.5 * place.cell - sizes.pt(0.8), radius + sizes.pt(1.8))
                shapes += island_mark(begin, half, colour, theme)
    return shapes


def place_marks(
    goal: Cell | None,
    starts: Sequence[Cell],
    place: Place,
    radius: float,
    theme: Theme,
    *,
    insides: Mapping[Cell, str] | None = None,
    lifted: Container[Cell] = (),
) -> list[Shape]:
    """The goal and the starts, the goal and the first starts over the others.

    Args:
        goal: its cell.
        starts: their cells.
        place: of the panel's cells.
        radius: of the marks.
        theme: the colours.
        insides: the colours of the cells, about which marks are rings; `None` for discs.
        lifted: the cells that have a number, above which the mark stands.
    """
    shapes: list[Shape] = []
    numbered, insides = len(starts) <= MOST_NUMBERS, insides or {}

    def where(cell: Cell) -> tuple[Point, float]:
        if cell not in lifted:
            return place.middle(*cell), radius
        middle, largest = _LIFTED
        return place.middle(cell[0] + middle - 0.5, cell[1]), min(radius, largest * place.cell)

    for index in reversed(range(len(starts))):
        number = str(index + 1) if numbered else ""
        inside = insides.get(starts[index], "")
        shapes += start_mark(*where(starts[index]), theme.start(index), number, theme, inside)
    if goal is not None:
        shapes += goal_mark(*where(goal), theme, insides.get(goal, ""))
    return shapes


def _loop_mark(
    one: Trajectory,
    begin: Point,
    colour: str,
    place: Place,
    radius: float,
    sizes: Sizes,
    theme: Theme,
) -> list[Shape]:
    """A ring about a loop whose tint is too small to be seen, or hidden by the start's mark."""
    loop = _loop(one)
    low, high = loop.min(axis=0), loop.max(axis=0)
    span = float((high - low).max() + 1) * place.cell
    middle = place.middle(*((low + high) / 2).tolist())
    hidden = math.dist(middle, begin) + span / 2 < radius + sizes.pt(1)
    if span >= sizes.pt(9) and not hidden:
        return []
    if hidden:
        return ring_mark(begin, radius + sizes.pt(2), colour, sizes, theme)
    return ring_mark(middle, max(span / 2 + sizes.pt(1), sizes.pt(2.6)), colour, sizes, theme)


def _loop(one: Trajectory) -> NDArray[np.int64]:
    """`(n, 2)` the cells of a trajectory's loop, each once."""
    first = int((one.path == one.path[-1]).all(axis=1).argmax())
    return one.path[first:-1]


def _away(at: Point, begin: Point, least: float) -> Point:
    """A point, moved away from another one until they are so far apart."""
    far = math.dist(at, begin)
    if not 0 < far < least:
        return at
    times = least / far
    return begin[0] + times * (at[0] - begin[0]), begin[1] + times * (at[1] - begin[1])


def _haloed(shape: Shape, theme: Theme) -> list[Shape]:
    return [Shape(shape.path, edge=theme.halo, width=shape.width + 2 * _HALO), shape]


def _rim(radius: float) -> float:
    """Pixels around a mark that keep it apart from what is beneath."""
    return 0.16 * radius
