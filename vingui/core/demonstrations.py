"""Demonstrations: paths that show what somebody prefers."""

import itertools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.generate.goal_and_starts import largest_region
from vingui.core.grid import Cell, Demonstration, GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.phrases import place

_LEAST_SHARE: Final = 0.25
"""The least cost of a random journey, as a share of the greatest cost of one to the same cell."""

_MOST_SHARED: Final = 8
"""The most random journeys that go to the same cell."""


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


def check_demonstration(grid: GridMap, demonstration: Demonstration, rule: MoveRule) -> None:
    """Raise `VinguiError` unless a demonstration goes to its last cell by legal moves.

    Where the goals of the map lie does not matter.

    Args:
        grid: the map.
        demonstration: the path.
        rule: the movement rule.
    """
    cells = demonstration.cells
    for cell in cells:
        if not (0 <= cell[0] < grid.rows and 0 <= cell[1] < grid.cols):
            raise VinguiError(f"The demonstration leaves the map at {place(cell)}")
        if grid.walls[cell]:
            raise VinguiError(f"The demonstration goes through the wall at {place(cell)}")
    for before, after in itertools.pairwise(cells):
        _check_move(grid, before, after, rule)
    if demonstration.end in cells[:-1]:
        raise VinguiError(
            f"The demonstration visits its last cell, at {place(demonstration.end)}, twice; it "
            "has to end where it gets there first"
        )


def _check_move(grid: GridMap, before: Cell, after: Cell, rule: MoveRule) -> None:
    step = np.subtract(after, before)
    action = np.flatnonzero((rule.deltas == step).all(axis=1))
    if not action.size or not rule.allows(grid.walls, before, int(action[0])):
        raise VinguiError(
            f"The demonstration moves from {place(before)} to {place(after)}, "
            f"which the movement rule {brief(rule.name)} forbids"
        )


def random_demonstrations(
    grid: GridMap, count: int, rule: MoveRule, rng: np.random.Generator
) -> tuple[Demonstration, ...]:
    """Demonstrate random journeys, each by a path of least cost.

    Each goes from a cell to another, both anywhere in the largest region of the map, and is at
    least a quarter as costly as the costliest journey to that cell.

    Args:
        grid: the map; its goals, starts and demonstrations do not matter.
        count: the number of journeys. On maps of more than 65,536 cells up to eight in a row go
            to the same cell, since one exact solution takes long.
        rule: the movement rule.
        rng: the random generator; the same state gives the same journeys.

    Raises:
        VinguiError: no move is possible anywhere on the map.
    """
    region = np.argwhere(largest_region(grid.walls, diagonal=rule.squeezes))
    if len(region) < 2:
        raise VinguiError(
            "No journey is possible on this map: it has no two free cells beside each other"
        )
    shared = min(max(grid.walls.size >> 16, 1), _MOST_SHARED)
    world = grid.with_demonstrations(()).with_starts(())
    shown: list[Demonstration] = []
    while len(shown) < count:
        row, col = region[rng.integers(len(region))].tolist()
        journey = world.with_goal((row, col))
        oracle = solve(journey, rule)
        costs = oracle.cost_to_go[tuple(region.T)]
        far = region[(costs > 0) & (costs >= _LEAST_SHARE * costs.max())]
        for start in far[rng.integers(len(far), size=min(shared, count - len(shown)))].tolist():
            path = best_path(journey, (start[0], start[1]), rule, oracle)
            shown.append(Demonstration(tuple((row, col) for row, col in path.tolist())))
    return tuple(shown)
