"""Trajectories as lines, side by side where they share moves. Coordinates are x, y in cells."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.grid import Cell
from vingui.core.outcome_text import last_cell
from vingui.core.rollout import NO_ACTION, Outcome, Trajectory
from vingui.core.run import Run
from vingui.figure.shapes import Shape
from vingui.figure.theme import Theme

_DASHES: Final = (2.6, 1.6)
"""Dashes of a trajectory that could not have reached the goal, in line widths."""

_SPREAD: Final = 0.85
"""Share of a cell that trajectories side by side may take."""

_THINNEST: Final = 0.65
"""Points below which lines are not narrowed to find room side by side."""

_MOST_MOVES: Final = 50_000
"""Trajectories of more moves than this are not drawn side by side."""

_CASING: Final = 0.7
"""Points of the halo on either side of a line."""


def _line_width(points: float) -> float:
    return float(np.clip(0.09 * points, 0.8, 2.2))


def casings_fit(points: float) -> bool:
    """Whether lines with their halos are narrower than cells with a side of `points`."""
    return _line_width(points) + 2 * _CASING <= points


def trajectory_lines(
    trajectories: Sequence[Trajectory], run: Run, k: int, theme: Theme, points: float
) -> tuple[list[Shape], list[Shape]]:
    """The casings, which lie below all lines, and the lines of trajectories.

    Args:
        trajectories: the trajectories under V_k, in the order of their starts.
        run: the run whose policy they follow.
        k: the iteration.
        theme: the colours.
        points: a cell's side in points.
    """
    sharing = _sharing(trajectories)
    most = max(map(len, sharing.values()), default=1)
    width, room = _line_width(points), _SPREAD * points / most
    if room >= _THINNEST:
        width = min(width, room)
    casings: list[Shape] = []
    lines: list[Shape] = []
    for index, trajectory in enumerate(trajectories):
        if not trajectory.steps:
            continue
        points_on_line = _side_by_side(trajectory, index, sharing, width / points)
        if trajectory.outcome is Outcome.WALL:
            wall = points_on_line[-1] + half_step(trajectory, run, k)[::-1]
            points_on_line = np.vstack([points_on_line, wall])
        path = Path(points_on_line)
        dashes = _DASHES if trajectory.outcome is Outcome.UNREACHABLE else None
        casings.append(Shape(path, edge=theme.halo, width=width + 2 * _CASING))
        lines.append(Shape(path, edge=theme.start(index), width=width, dashes=dashes))
    return casings, lines[::-1]


def half_step(trajectory: Trajectory, run: Run, k: int) -> NDArray[np.float64]:
    """The `(2,)` row, col from a trajectory's end to the wall that it runs into."""
    end, actions = last_cell(trajectory), run.readouts.actions(k)
    if actions is None or actions[end] == NO_ACTION:
        return np.zeros(2)
    return np.asarray(run.rule.deltas[actions[end]] / 2, np.float64)


def _sharing(trajectories: Sequence[Trajectory]) -> dict[tuple[Cell, Cell], list[int]]:
    """Which trajectories make each move, from left to right in the direction of travel.

    Trajectories of one policy that meet continue together. So a trajectory that branches off to
    the left, seen from the end, is drawn on the left all the way, and no two cross.
    """
    sharing: dict[tuple[Cell, Cell], list[int]] = defaultdict(list)
    if sum(trajectory.steps for trajectory in trajectories) > _MOST_MOVES:
        return sharing
    turns = [_turns_from_end(trajectory) for trajectory in trajectories]
    for index in sorted(range(len(trajectories)), key=turns.__getitem__):
        for move in dict.fromkeys(_moves(trajectories[index])):
            sharing[move].append(index)
    return sharing


def _moves(trajectory: Trajectory) -> list[tuple[Cell, Cell]]:
    return list(pairwise((row, col) for row, col in trajectory.path.tolist()))


def _turns_from_end(trajectory: Trajectory) -> list[float]:
    """The angle of each turn, last first, greater where the path comes from the right."""
    x, y = np.diff(_points(trajectory), axis=0)[::-1].T
    across = x[1:] * y[:-1] - y[1:] * x[:-1]
    along = x[1:] * x[:-1] + y[1:] * y[:-1]
    return [float(turn) for turn in np.arctan2(across, along)]


def _side_by_side(
    trajectory: Trajectory,
    index: int,
    sharing: dict[tuple[Cell, Cell], list[int]],
    width: float,
) -> NDArray[np.float64]:
    """The `(n, 2)` path, shifted sideways where it shares moves.

    Args:
        trajectory: the trajectory.
        index: its index among all trajectories.
        sharing: the trajectories that make each move, from `_sharing`.
        width: the width of its line in cells.
    """
    if not sharing:
        return _points(trajectory)
    shifts = []
    for move in _moves(trajectory):
        others = len(sharing[move]) - 1
        rank = sharing[move].index(index) - others / 2
        room = (_SPREAD - width) / max(others, 1)
        shifts.append(rank * max(0.0, min(1.35 * width, room)))
    # A cell has the shift of the move out of it, the last one that of the move into it.
    at_cells = np.array([*shifts, *shifts[-1:]])[:, None]
    return np.asarray(_points(trajectory) + at_cells * _sideways(trajectory))


def _points(trajectory: Trajectory) -> NDArray[np.float64]:
    """The `(n, 2)` centres of its cells as x, y."""
    return np.asarray(trajectory.path[:, ::-1] + 0.5, np.float64)


def _sideways(trajectory: Trajectory) -> NDArray[np.float64]:
    """The `(n, 2)` direction across the path at each cell, longer where it turns."""
    along = np.diff(_points(trajectory), axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    before, after = np.vstack([normal[:1], normal]), np.vstack([normal, normal[-1:]])
    turn = (before * after).sum(axis=1, keepdims=True)
    # Where it turns back on itself the sides swap, and the corner would be infinitely far away.
    across = np.where(turn > -0.5, (before + after) / np.maximum(1 + turn, 0.5), after)
    return np.asarray(across, np.float64)
