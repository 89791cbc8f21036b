"""Demonstrations: paths to a goal that show what somebody prefers."""

import itertools

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.phrases import place


def best_path(
    grid: GridMap, start: Cell, rule: MoveRule, oracle: Oracle | None = None
) -> NDArray[np.int64]:
    """Return a path of least cost from a start to a goal; of several, always the same one.

    Args:
        grid: the map, with a goal.
        start: a free cell.
        rule: the movement rule.
        oracle: the map's exact solution, if it is known already.

    Returns:
        `(n, 2)` int64, the cells that are visited, the start first and a goal last.

    Raises:
        VinguiError: the map has no goal, or none can be reached from the start.
    """
    oracle = solve(grid, rule) if oracle is None else oracle
    if not oracle.reachable[start]:
        raise VinguiError(f"No path leads from {place(start)} to a goal; choose another start")
    path = [start]
    while path[-1] not in grid.goals:
        down, right = rule.deltas[oracle.optimal[path[-1]].argmax()].tolist()
        path.append((path[-1][0] + down, path[-1][1] + right))
    return np.array(path, np.int64)


def check_demonstration(grid: GridMap, path: NDArray[np.int64], rule: MoveRule) -> None:
    """Raise `VinguiError` unless a path leads to a goal of the map by legal moves.

    Args:
        grid: the map.
        path: `(n, 2)` int64, the cells that are visited.
        rule: the movement rule.
    """
    if len(path) < 2:
        raise VinguiError("A demonstration needs a move at least, from a start to a goal")
    cells = [(row, col) for row, col in path.tolist()]
    for cell in cells:
        if not (0 <= cell[0] < grid.rows and 0 <= cell[1] < grid.cols):
            raise VinguiError(f"The demonstration leaves the map at {place(cell)}")
        if grid.walls[cell]:
            raise VinguiError(f"The demonstration goes through the wall at {place(cell)}")
    for before, after in itertools.pairwise(cells):
        _check_move(grid, before, after, rule)
        if before in grid.goals:
            raise VinguiError(
                f"The demonstration goes on from the goal at {place(before)}, which ends a path"
            )
    if cells[-1] not in grid.goals:
        raise VinguiError(f"The demonstration ends at {place(cells[-1])}, which is no goal")


def _check_move(grid: GridMap, before: Cell, after: Cell, rule: MoveRule) -> None:
    step = np.subtract(after, before)
    action = np.flatnonzero((rule.deltas == step).all(axis=1))
    if not action.size or not rule.allows(grid.walls, before, int(action[0])):
        raise VinguiError(
            f"The demonstration moves from {place(before)} to {place(after)}, "
            f"which the movement rule {brief(rule.name)} forbids"
        )
