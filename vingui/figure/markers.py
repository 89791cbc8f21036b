"""Markers of the goal, the starts and the ends of failed trajectories, as in the window.

Coordinates are x, y in cells, or in points for legends. `points` is how many points one unit has,
because line widths are in points.
"""

import math
from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.grid import Cell, GridMap
from vingui.core.outcome_text import last_cell
from vingui.core.phrases import signed
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.run import Run
from vingui.core.value_colours import dark_on, rgb
from vingui.figure.context import Sizes
from vingui.figure.shapes import Point, Shape, cross, rectangle, square
from vingui.figure.text_layout import outlined, width
from vingui.figure.theme import Theme
from vingui.figure.trajectory_lines import half_step

MOST_NUMBERS: Final = 20
"""The most starts whose markers have numbers; more numbers would be unreadable."""

_RING: Final = 0.74
"""Inner radius of a start's ring as a share of the outer one."""

_RIM: Final = 1.16
"""Radius of the halo around a marker, in radii of the marker."""

_ABOVE_NUMBER: Final = (0.36, 0.27)
"""Where in its cell's height a marker above a number is, and its largest radius, in cells."""

_VALUE_SIZE: Final = 5.5
"""The least letter size of goals' values in points."""

_VALUE_OPACITY: Final = 0.8
_LOOP_OPACITY: Final = 0.28
_DASHES: Final = (2.0, 1.6)
_HALO: Final = 0.9
"""Points on either side of a line."""


def marker_radius(points: float, sizes: Sizes, *, starts: int) -> float:
    """A marker's radius in cells.

    Args:
        points: a cell's side in points.
        sizes: the page's sizes.
        starts: how many there are; few of them are large enough to carry their numbers.
    """
    least = sizes.font_size * (0.42 if starts <= MOST_NUMBERS else 0.2)
    return float(np.clip(0.36 * points, least, max(least, 9))) / points


def goal_marker(at: Point, radius: float, theme: Theme, inside: str = "") -> list[Shape]:
    """A target; the colour between its rings is that of the halo unless given."""
    return [
        Shape(Path.circle(at, _RIM * radius), theme.halo),
        Shape(Path.circle(at, radius), theme.goal),
        Shape(Path.circle(at, 0.68 * radius), inside or theme.halo),
        Shape(Path.circle(at, 0.36 * radius), theme.goal),
    ]


def start_marker(
    at: Point, radius: float, colour: str, number: str, theme: Theme, inside: str = ""
) -> list[Shape]:
    """A disc, or a ring around a colour, with or without a number."""
    shapes = [
        Shape(Path.circle(at, _RIM * radius), theme.halo),
        Shape(Path.circle(at, radius), colour),
    ]
    if inside:
        shapes.append(Shape(Path.circle(at, _RING * radius), inside))
    if number:
        size = (1.15 if len(number) == 1 else 0.95) * (0.9 if inside else 1) * radius
        ink = "#1a1a1a" if dark_on(np.array([rgb(inside or colour)]))[0] else "#ffffff"
        shapes.append(Shape(outlined([number], [at], size, bold=True), ink))
    return shapes


def cross_marker(at: Point, arm: float, theme: Theme, points: float) -> list[Shape]:
    """The marker of a trajectory that runs into a wall."""
    return _with_halo(Shape(cross(at, arm), edge=theme.error, width=points * arm / 2), theme)


def diamond_marker(at: Point, arm: float, theme: Theme) -> list[Shape]:
    """The marker of a trajectory's first wrong step."""
    corners = np.multiply([(0, -1), (1, 0), (0, 1), (-1, 0), (0, -1)], arm) + at
    return [Shape(Path(corners, closed=True), theme.error, theme.halo, _HALO)]


def ring_marker(
    at: Point, radius: float, colour: str, theme: Theme, points: float, *, filled: bool = False
) -> list[Shape]:
    """A ring around a small loop; filled, where a trajectory stops."""
    width = float(np.clip(0.3 * radius * points, 0.8, 1.6))
    inside = [Shape(Path.circle(at, radius), theme.halo)] if filled else []
    return inside + _with_halo(Shape(Path.circle(at, radius), edge=colour, width=width), theme)


def island_marker(at: Point, half: float, colour: str, theme: Theme) -> list[Shape]:
    """The marker around a start from which there is no path."""
    outline = square(at, half)
    return [
        Shape(outline, edge=theme.halo, width=2.6),
        Shape(outline, edge=colour, width=1.2, dashes=_DASHES),
    ]


def loop_shapes(trajectories: Sequence[Trajectory], theme: Theme) -> list[Shape]:
    """The cells of trajectories' loops, tinted."""
    shapes = []
    for index, trajectory in enumerate(trajectories):
        if trajectory.outcome is Outcome.LOOP:
            cells = [square(_middle(row, col), 0.46) for row, col in _loop(trajectory).tolist()]
            colour = theme.start(index)
            face = to_rgba(colour, _LOOP_OPACITY)
            shapes.append(Shape(Path.make_compound_path(*cells), face, colour, 0.6))
    return shapes


def end_markers(
    trajectories: Sequence[Trajectory],
    run: Run,
    k: int,
    radius: float,
    theme: Theme,
    points: float,
) -> list[Shape]:
    """Markers of how and where trajectories fail.

    Args:
        trajectories: the trajectories under V_k, in the order of their starts.
        run: the run whose policy they follow.
        k: the iteration.
        radius: the radius of a start's marker, which hides what is below it.
        theme: the colours.
        points: a cell's side in points.
    """
    shapes: list[Shape] = []
    for index, trajectory in enumerate(trajectories):
        if trajectory.start is None:
            continue
        begin, colour = _middle(*trajectory.start), theme.start(index)
        match trajectory.outcome:
            case Outcome.WALL:
                arm = float(np.clip(0.16, 1.8 / points, 4 / points))
                wall = _middle(*(trajectory.path[-1] + half_step(trajectory, run, k)).tolist())
                at = _moved_away(wall, begin, radius + arm + 0.8 / points)
                shapes += cross_marker(at, arm, theme, points)
            case Outcome.LOOP:
                shapes += _loop_marker(trajectory, begin, colour, radius, theme, points)
            case Outcome.OUT_OF_STEPS:
                at, small = _middle(*last_cell(trajectory)), max(0.17, 1.6 / points)
                if math.dist(at, begin) < radius:
                    at, small = begin, radius + 1.6 / points
                shapes += ring_marker(at, small, colour, theme, points, filled=at != begin)
            case Outcome.UNREACHABLE:
                half = max(0.5 - 0.8 / points, radius + 1.8 / points)
                shapes += island_marker(begin, half, colour, theme)
    return shapes


def wrong_step_markers(
    wrong_steps: Sequence[tuple[Trajectory, tuple[float, float]]],
    radius: float,
    theme: Theme,
    points: float,
) -> list[Shape]:
    """Diamonds on the first wrong steps of trajectories.

    Args:
        wrong_steps: the trajectories with the `(row, col)` of the middle of the step.
        radius: the radius of a start's marker, which hides what is below it.
        theme: the colours.
        points: a cell's side in points.
    """
    arm, shapes = float(np.clip(0.15, 2.3 / points, 4.5 / points)), []
    for trajectory, middle in wrong_steps:
        row, col = trajectory.path[0].tolist()
        at = _moved_away(_middle(*middle), _middle(row, col), radius + arm + 0.8 / points)
        shapes += diamond_marker(at, arm, theme)
    return shapes


def place_markers(
    grid: GridMap,
    radius: float,
    theme: Theme,
    *,
    insides: Mapping[Cell, str] = MappingProxyType({}),
    above_numbers: Container[Cell] = (),
) -> list[Shape]:
    """Markers of goals and starts, the goals and the first starts over the others.

    Args:
        grid: the map.
        radius: the radius of the markers in cells.
        theme: the colours.
        insides: colours of the cells around which markers are rings; the others are discs.
        above_numbers: the cells whose markers leave room for a number.
    """
    shapes: list[Shape] = []
    numbered = len(grid.starts) <= MOST_NUMBERS

    def place(cell: Cell) -> tuple[Point, float]:
        if cell not in above_numbers:
            return _middle(*cell), radius
        height, largest = _ABOVE_NUMBER
        return _middle(cell[0] + height - 0.5, cell[1]), min(radius, largest)

    for index, start in reversed([*enumerate(grid.starts)]):
        number = str(index + 1) if numbered else ""
        inside = insides.get(start, "")
        shapes += start_marker(*place(start), theme.start(index), number, theme, inside)
    for goal in reversed(grid.goals):
        shapes += goal_marker(*place(goal), theme, insides.get(goal, ""))
    return shapes


def goal_values(grid: GridMap, radius: float, theme: Theme, points: float) -> list[Shape]:
    """What goals are worth, beside the markers of those whose value is not 0.

    Args:
        grid: the map.
        radius: the radius of the markers in cells.
        theme: the colours.
        points: a cell's side in points.
    """
    shapes: list[Shape] = []
    size = max(_VALUE_SIZE / points, radius)
    for (row, col), value in grid.valued_goals.items():
        if value:
            text = signed(value)
            wide, high = width(text, size, bold=True) + 0.5 * size, 1.25 * size
            # Towards the map's middle where the edge is too near.
            right = col + 0.5 + 0.8 * radius + wide <= grid.cols
            above = row + 0.5 - 0.8 * radius - high >= 0
            x = col + 0.5 + (0.8 * radius + wide / 2) * (1 if right else -1)
            y = row + 0.5 - (0.8 * radius + high / 2) * (1 if above else -1)
            box = rectangle(x - wide / 2, y - high / 2, wide, high)
            shapes.append(Shape(box, to_rgba(theme.halo, _VALUE_OPACITY)))
            shapes.append(Shape(outlined([text], [(x, y)], size, bold=True), theme.goal))
    return shapes


def _loop_marker(
    trajectory: Trajectory, begin: Point, colour: str, radius: float, theme: Theme, points: float
) -> list[Shape]:
    """A ring around a loop whose tint is too small to see or hidden by the start."""
    loop = _loop(trajectory)
    low, high = loop.min(axis=0), loop.max(axis=0)
    span = float((high - low).max() + 1)
    at, ring = _middle(*((low + high) / 2).tolist()), max(span / 2 + 1 / points, 2.6 / points)
    if math.dist(at, begin) + span / 2 < radius + 1 / points:
        at, ring = begin, radius + 2 / points
    elif span * points >= 9:
        return []
    return ring_marker(at, ring, colour, theme, points)


def _loop(trajectory: Trajectory) -> NDArray[np.int64]:
    """The `(n, 2)` cells of a trajectory's loop, each once."""
    first = int((trajectory.path == trajectory.path[-1]).all(axis=1).argmax())
    return trajectory.path[first:-1]


def _middle(row: float, col: float) -> Point:
    return col + 0.5, row + 0.5


def _moved_away(at: Point, begin: Point, least: float) -> Point:
    """A point moved away from another one to a least distance."""
    far = math.dist(at, begin)
    if not 0 < far < least:
        return at
    times = least / far
    return begin[0] + times * (at[0] - begin[0]), begin[1] + times * (at[1] - begin[1])


def _with_halo(shape: Shape, theme: Theme) -> list[Shape]:
    return [Shape(shape.path, edge=theme.halo, width=shape.width + 2 * _HALO), shape]
