"""Trajectories as lines over a panel."""

from collections import defaultdict
from collections.abc import Sequence
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
from vingui.core.rollout import Trajectory
from vingui.figure.lettering import POINT
from vingui.figure.marks import Sizes, failed
from vingui.figure.options import Theme

DASHES: Final = (0, (2.4, 1.4))
"""How the line of a trajectory is broken that did not reach the goal."""

_SPREAD: Final = 0.85
"""The share of a cell that trajectories side by side may take."""

_THINNEST: Final = 1.8
"""Pixels below which lines are not made thinner to find room side by side."""


def draw_tracks(axes: Axes, trajectories: Sequence[Trajectory], sizes: Sizes, theme: Theme) -> None:
    """Draw trajectories on the map, side by side where they share moves.

    Args:
        axes: the panel.
        trajectories: in the order of their colours.
        sizes: of a cell and a line.
        theme: its colours.
    """
    sharing = _sharing(trajectories)
    width = _line_width(sizes, max(map(len, sharing.values()), default=1))
    shown = [index for index, trajectory in enumerate(trajectories) if trajectory.steps]
    lines = [_moved_apart(trajectories[index], index, sharing, width, sizes) for index in shown]
    styles = [DASHES if failed(trajectories[index]) else "solid" for index in shown]
    colours = [theme.trajectory(index) for index in shown]
    # All the casings lie below all the lines: neighbours would paint over each other.
    _add_lines(axes, lines, theme.free, "solid", width=width + 3, order=4)
    _add_lines(axes, lines, colours, styles, width=width, order=5)


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
    shown = [trajectory for trajectory in trajectories if trajectory.steps]
    if under_arrows:
        # Without dashes, which so wide a band would turn into blocks: the marks tell it.
        band, width = to_rgba(theme.over_values, 0.4), 0.5 * sizes.cell
        _add_stroke(axes, shown, band, "solid", width=width, order=2.5)
        return
    casing = to_rgba(theme.ink, 0.6)
    for fails, dashes in ((False, "solid"), (True, DASHES)):
        some = [trajectory for trajectory in shown if failed(trajectory) is fails]
        _add_stroke(axes, some, casing, dashes, width=sizes.thin + 2, order=4)
        _add_stroke(axes, some, theme.over_values, dashes, width=sizes.thin, order=5)


def _add_lines(
    axes: Axes,
    lines: list[NDArray[np.float64]],
    colours: Any,
    styles: Any,
    *,
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
    trajectories: Sequence[Trajectory],
    colour: Any,
    dashes: Any,
    *,
    width: float,
    order: float,
) -> None:
    if not trajectories:
        return
    # One path, not one a trajectory: where they overlap, see-through lines would add up.
    path = Path.make_compound_path(*(Path(_points(trajectory)) for trajectory in trajectories))
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


def _sharing(trajectories: Sequence[Trajectory]) -> dict[tuple[Cell, Cell], list[int]]:
    """Which trajectories make each move, from left to right as one walks.

    Trajectories of one policy that meet go on together. So the one whose way, looked at from
    the end, branches off to the left of another's is left of it all along, and no two cross.
    """
    sharing: dict[tuple[Cell, Cell], list[int]] = defaultdict(list)
    turns = [_turns_from_end(trajectory) for trajectory in trajectories]
    for index in sorted(range(len(trajectories)), key=turns.__getitem__):
        for move in dict.fromkeys(_moves(trajectories[index])):
            sharing[move].append(index)
    return sharing


def _moves(trajectory: Trajectory) -> list[tuple[Cell, Cell]]:
    return list(pairwise((row, col) for row, col in trajectory.path.tolist()))


def _turns_from_end(trajectory: Trajectory) -> list[float]:
    """The angle of each turn, the last first, greater where the way comes from the right."""
    x, y = np.diff(_points(trajectory), axis=0)[::-1].T
    across = x[1:] * y[:-1] - y[1:] * x[:-1]
    along = x[1:] * x[:-1] + y[1:] * y[:-1]
    return [float(turn) for turn in np.arctan2(across, along)]


def _line_width(sizes: Sizes, side_by_side: int) -> float:
    room = _SPREAD * sizes.cell / side_by_side
    return min(sizes.line, room) if room >= _THINNEST else sizes.line


def _moved_apart(
    trajectory: Trajectory,
    index: int,
    sharing: dict[tuple[Cell, Cell], list[int]],
    width: float,
    sizes: Sizes,
) -> NDArray[np.float64]:
    """`(n, 2)` the path as x, y, moved across its direction where it shares moves."""
    shifts = []
    for move in _moves(trajectory):
        others = len(sharing[move]) - 1
        rank = sharing[move].index(index) - others / 2
        room = (_SPREAD * sizes.cell - width) / max(others, 1)
        shifts.append(rank * max(0.0, min(width + 2, room)) / sizes.cell)
    # A cell has the shift of the move out of it, the last one that of the move into it.
    at_cells = np.array([*shifts, *shifts[-1:]])[:, None]
    return np.asarray(_points(trajectory) + at_cells * _across(trajectory))


def _points(trajectory: Trajectory) -> NDArray[np.float64]:
    """`(n, 2)` the path as x, y."""
    return trajectory.path[:, ::-1].astype(np.float64)


def _across(trajectory: Trajectory) -> NDArray[np.float64]:
    """`(n, 2)` the direction across the path at each of its cells, longer where it turns."""
    points = _points(trajectory)
    along = np.diff(points, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    before, after = np.vstack([normal[:1], normal]), np.vstack([normal, normal[-1:]])
    turn = (before * after).sum(axis=1, keepdims=True)
    # Where it turns back on itself the two sides swap, and the corner would be infinitely far.
    return np.where(turn > -0.5, (before + after) / np.maximum(1 + turn, 0.5), after)
