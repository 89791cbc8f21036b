"""Trajectories over a panel, and the marks of the goal, the starts and the ends."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.grid import Cell
from vingui.core.plan import Plan
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.words import last_cell
from vingui.figure.lettering import POINT, font
from vingui.figure.options import Theme

DASHES: Final = (0, (2.4, 1.4))
"""How the line of a trajectory is broken that did not reach the goal."""

BAND_DASHES: Final = (0, (0.7, 0.5))
"""The same for the bands under arrows, which are wide."""

MOST_NUMBERS: Final = 20
"""More starts than this carry no numbers: they would be wrong guesses, not names."""


@dataclass(frozen=True)
class Sizes:
    """Sizes on the page that follow from that of a cell, in pixels.

    Attributes:
        cell: a cell.
        line: the width of a trajectory on the map.
        thin: its width on the value map.
        mark: the diameter of the mark of a start.
    """

    cell: int
    line: float
    thin: float
    mark: float

    @classmethod
    def of(cls, cell: int, *, starts: int) -> "Sizes":
        """The sizes for cells of so many pixels and so many starts."""
        smallest = 22 if starts <= MOST_NUMBERS else 11
        mark = float(np.clip(0.8 * cell, smallest, 50))
        return cls(
            cell, float(np.clip(0.16 * cell, 3, 6)), float(np.clip(0.1 * cell, 2.2, 4)), mark
        )


def failed(trajectory: Trajectory) -> bool:
    """Whether it went, or should have gone, and did not reach the goal."""
    return trajectory.outcome not in (Outcome.REACHED, Outcome.NO_START, Outcome.NO_GOAL)


def draw_tracks(axes: Axes, trajectories: Sequence[Trajectory], sizes: Sizes, theme: Theme) -> None:
    """Draw trajectories on the map, side by side where they share cells.

    Args:
        axes: the panel.
        trajectories: in the order of their colours.
        sizes: of a line.
        theme: its colours.
    """
    paths = _side_by_side(trajectories, sizes)
    shown = [(path, index) for index, path in enumerate(paths) if len(path) > 1]
    lines = [path for path, _ in shown]
    styles = [DASHES if failed(trajectories[index]) else "solid" for _, index in shown]
    colours = [theme.trajectory(index) for _, index in shown]
    # All the casings lie below all the lines: neighbours would paint over each other.
    _add_lines(axes, lines, theme.free, "solid", sizes.line + 3, 4)
    _add_lines(axes, lines, colours, styles, sizes.line, 5)


def draw_light_tracks(
    axes: Axes,
    trajectories: Sequence[Trajectory],
    sizes: Sizes,
    theme: Theme,
    *,
    under_arrows: bool,
) -> None:
    """Draw trajectories on the value map, all in the same light colour.

    Args:
        axes: the panel.
        trajectories: in any order.
        sizes: of a cell and a line.
        theme: its colours.
        under_arrows: whether as bands that arrows can lie on, or as thin lines.
    """
    shown = [trajectory for trajectory in trajectories if len(trajectory.path) > 1]
    for fails, dashes in ((False, "solid"), (True, BAND_DASHES if under_arrows else DASHES)):
        lines = [_points(trajectory) for trajectory in shown if failed(trajectory) is fails]
        if not lines:
            continue
        if under_arrows:
            band = to_rgba(theme.over_values, 0.4)
            _add_stroke(axes, lines, band, dashes, width=0.5 * sizes.cell, order=2.5)
        else:
            casing = to_rgba(theme.ink, 0.6)
            _add_stroke(axes, lines, casing, dashes, width=sizes.thin + 2, order=4)
            _add_stroke(axes, lines, theme.over_values, dashes, width=sizes.thin, order=5)


def draw_marks(
    axes: Axes, plan: Plan, trajectories: Sequence[Trajectory], sizes: Sizes, theme: Theme
) -> None:
    """Draw the goal, the starts with their numbers, and where trajectories failed.

    Args:
        axes: the panel.
        plan: the plan that the trajectories follow.
        trajectories: in the order of their colours and numbers.
        sizes: of the marks.
        theme: its colours.
    """
    if plan.grid.goal is not None:
        goal_mark(axes, x=plan.grid.goal[1], y=plan.grid.goal[0], size=sizes.mark, theme=theme)
    numbered = len(trajectories) <= MOST_NUMBERS
    for index, trajectory in reversed(list(enumerate(trajectories))):
        if trajectory.start is None:
            continue
        colour = theme.trajectory(index)
        y, x = trajectory.start
        start_mark(
            axes, str(index + 1) if numbered else "", x=x, y=y, size=sizes.mark, colour=colour
        )
        if trajectory.outcome is Outcome.LOOP:
            row, col = last_cell(trajectory)
            loop_mark(axes, x=col, y=row, size=sizes.mark, colour=colour)
        elif failed(trajectory):
            x, y = _cross_at(trajectory, plan, sizes)
            cross_mark(axes, x=x, y=y, size=0.75 * sizes.mark, colour=colour)


def goal_mark(axes: Axes, *, x: float, y: float, size: float, theme: Theme) -> None:
    """The goal's star, `size` pixels wide."""
    # A star looks smaller than a disc of its width.
    _mark(axes, x, y, "*", 1.4 * size, zorder=8, color=theme.goal, edge="white", edge_width=2.2)


def start_mark(axes: Axes, number: str, *, x: float, y: float, size: float, colour: str) -> None:
    """A start's disc, `size` pixels wide, with its number."""
    _mark(axes, x, y, "o", size, zorder=9, color=colour, edge="white", edge_width=1.6)
    if number:
        axes.text(
            x,
            y,
            number,
            ha="center",
            va="center_baseline",
            color="white",
            fontproperties=font((0.62 if len(number) == 1 else 0.5) * size / POINT, bold=True),
            zorder=9.5,
            parse_math=False,
        )


def cross_mark(axes: Axes, *, x: float, y: float, size: float, colour: str) -> None:
    """The cross at the end of a trajectory that failed."""
    _mark(axes, x, y, "X", size, zorder=10, color=colour, edge="white", edge_width=1.4)


def loop_mark(axes: Axes, *, x: float, y: float, size: float, colour: str) -> None:
    """The ring around the cell that a loop comes back to."""
    _mark(axes, x, y, "o", size, zorder=6, color="none", edge="white", edge_width=0.16 * size + 3)
    _mark(axes, x, y, "o", size, zorder=7, color="none", edge=colour, edge_width=0.16 * size)


def _mark(
    axes: Axes,
    x: float,
    y: float,
    shape: str,
    size: float,
    *,
    zorder: float,
    color: str,
    edge: str,
    edge_width: float,
) -> None:
    axes.plot(
        [x],
        [y],
        shape,
        markersize=size / POINT,
        markerfacecolor=color,
        markeredgecolor=edge,
        markeredgewidth=edge_width / POINT,
        zorder=zorder,
        clip_on=False,
        scalex=False,
        scaley=False,
    )


def _add_lines(
    axes: Axes,
    lines: list[NDArray[np.float64]],
    colours: Any,
    styles: Any,
    width: float,
    order: int,
) -> None:
    collection = LineCollection(
        lines,
        colors=colours,
        linestyles=styles,
        linewidths=width / POINT,
        joinstyle="round",
        capstyle="butt",
        zorder=order,
    )
    axes.add_collection(collection, autolim=False)


def _add_stroke(
    axes: Axes,
    lines: list[NDArray[np.float64]],
    colour: Any,
    dashes: Any,
    *,
    width: float,
    order: float,
) -> None:
    # One path, not one a trajectory: where they overlap, see-through lines would add up.
    path = Path.make_compound_path(*map(Path, lines))
    stroke = PathPatch(
        path,
        facecolor="none",
        edgecolor=colour,
        linestyle=dashes,
        linewidth=width / POINT,
        joinstyle="round",
        capstyle="butt",
        zorder=order,
    )
    axes.add_patch(stroke)


def _points(trajectory: Trajectory) -> NDArray[np.float64]:
    """`(n, 2)` the path as x, y."""
    return trajectory.path[:, ::-1].astype(np.float64)


def _cross_at(trajectory: Trajectory, plan: Plan, sizes: Sizes) -> tuple[float, float]:
    """Where the cross stands, as x, y: on the last cell, or at the wall that was run into."""
    row, col = last_cell(trajectory)
    if trajectory.outcome is Outcome.WALL:
        delta = plan.rule.deltas[int(plan.policy[row, col].argmax())]
        return col + 0.5 * delta[1], row + 0.5 * delta[0]
    if len(trajectory.path) == 1:
        # The start's own mark and number stay in sight.
        aside = 0.45 * sizes.mark / sizes.cell
        return col + aside, row + aside
    return float(col), float(row)


def _side_by_side(trajectories: Sequence[Trajectory], sizes: Sizes) -> list[NDArray[np.float64]]:
    """The paths as x, y, moved apart across their direction where they share moves.

    Trajectories of one policy that meet go on together, in the same direction: so much to the
    left of each is so much to the left of all.
    """
    sharing: dict[tuple[Cell, Cell], list[int]] = defaultdict(list)
    moves = []
    for index, trajectory in enumerate(trajectories):
        cells = list(map(tuple, trajectory.path.tolist()))
        moves.append(list(pairwise(cells)))
        for move in dict.fromkeys(moves[-1]):
            sharing[move].append(index)
    apart = []
    for index, trajectory in enumerate(trajectories):
        shifts = [_shift(sharing[move], index, sizes) for move in moves[index]]
        # A cell has the shift of the move out of it, the last one that of the move into it.
        at_cells = np.array([*shifts, *shifts[-1:]] or [0.0])[:, None]
        apart.append(_points(trajectory) + at_cells * _across(trajectory))
    return apart


def _shift(indices: list[int], index: int, sizes: Sizes) -> float:
    """How far to the right of the middle one of the trajectories that share a move goes."""
    others = len(indices) - 1
    if not others:
        return 0.0
    distance = min(sizes.line + 2, 0.6 * sizes.cell / others) / sizes.cell
    return (indices.index(index) - others / 2) * distance


def _across(trajectory: Trajectory) -> NDArray[np.float64]:
    """`(n, 2)` the direction across the path at each of its cells, longer where it turns."""
    points = _points(trajectory)
    if len(points) < 2:
        return np.zeros_like(points)
    along = np.diff(points, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    before, after = np.vstack([normal[:1], normal]), np.vstack([normal, normal[-1:]])
    turn = (before * after).sum(axis=1, keepdims=True)
    # Where it turns back on itself the two sides swap, and the corner would be infinitely far.
    return np.where(turn > -0.5, (before + after) / np.maximum(1 + turn, 0.5), after)
