"""The edits that the tour makes for a user who would rather watch."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core import map_edits
from vingui.core.grid import Cell, GridMap
from vingui.core.map_edits import WALL
from vingui.core.rollout import Outcome, Trajectory

_AROUND: Final = 32
"""Cells on each side of a new wall among which a way around it has to be."""

_TRIED: Final = 8
"""Cells before and after the middle of a path where a wall may be drawn."""


def goal_elsewhere(grid: GridMap, trajectories: Sequence[Trajectory]) -> GridMap:
    """Move the goal back along the longest path that reaches it; the same map if none does."""
    path = _longest(trajectories)
    for cell in path[2 * len(path) // 3 : -1].tolist():
        moved = map_edits.move_goal(grid, grid.goals.index(_cell(path[-1])), tuple(cell))
        if moved is not grid:
            return moved
    return grid


def wall_across(grid: GridMap, trajectories: Sequence[Trajectory]) -> GridMap:
    """Draw a short wall across the longest path that reaches a goal, with a way around it.

    Returns:
        The same map if no path reaches a goal, or there is no room for such a wall.
    """
    path = _longest(trajectories)
    middle = path[max(len(path) // 2 - _TRIED, 1) : len(path) // 2 + _TRIED][:-1]
    for reach in (2, 1, 0):
        for row, col in middle.tolist():
            for rows, cols in ((reach, 0), (0, reach)):
                line = map_edits.line_cells((row - rows, col - cols), (row + rows, col + cols))
                walled = map_edits.paint(grid, line, material=WALL)
                if walled.walls[row, col] and not _divides(grid, walled, (row, col)):
                    return walled
    return grid


def _longest(trajectories: Sequence[Trajectory]) -> NDArray[np.int64]:
    """The cells of the longest path that reaches a goal, the start first; `(0, 2)` if none does."""
    reached = [one.path for one in trajectories if one.outcome is Outcome.REACHED]
    return max(reached, key=len, default=np.zeros((0, 2), np.int64))


def _divides(before: GridMap, after: GridMap, at: Cell) -> bool:
    """Whether walls divide the free cells around them, by straight moves or with diagonal ones."""
    from scipy import ndimage

    part = tuple(slice(max(place - _AROUND, 0), place + _AROUND + 1) for place in at)
    free = after.free[part]
    for moves in (None, np.ones((3, 3))):
        (regions, _), (parts, _) = (ndimage.label(one.free[part], moves) for one in (before, after))
        pairs = np.unique(np.stack([regions[free], parts[free]]), axis=1)
        if pairs.shape[1] > len(np.unique(pairs[0])):
            return True
    return False


def _cell(place: NDArray[np.int64]) -> Cell:
    row, col = place.tolist()
    return row, col
