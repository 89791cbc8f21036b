"""What models are compared with: the exact solution, and one step without planning."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.rollout import NO_ACTION

REFERENCES: Final = {
    "exact": "The exact solution: the best that can be reached",
    "reactive": "One step without planning: straight towards the goal, if the next cell is free",
}
"""The references by their names, each with a sentence."""


def exact_actions(oracle: Oracle) -> NDArray[np.int8]:
    """An optimal action of each cell, `(rows, cols)` int8; the first of several."""
    has_action = oracle.optimal.any(axis=-1)
    return np.where(has_action, oracle.optimal.argmax(axis=-1), NO_ACTION).astype(np.int8)


def reactive_actions(grid: GridMap, rule: MoveRule) -> NDArray[np.int8]:
    """The greedy actions of one exact Bellman backup, K = 1, from the values of an empty map.

    V_0 of a cell is its exact value on a map without walls and costs: the greatest value of a goal
    minus the length of the way there. One backup on the real map gives Q(s, a), the reward of the
    legal move `a` plus V_0 where it leads, and the action is the greedy one; the first of several.
    So it sees its neighbours, and in which direction the goal is, and plans nothing.

    Args:
        grid: the map, with a goal.
        rule: the movement rule.

    Returns:
        `(rows, cols)` int8, `NO_ACTION` at goals, on walls and in cells without a legal move.
    """
    empty = GridMap(np.zeros(grid.walls.shape, bool), grid.goals, goal_values=grid.goal_values)
    values = np.pad(-solve(empty, rule).cost_to_go, 1)
    costs = np.pad(np.ones(grid.walls.shape) if grid.costs is None else grid.costs, 1)
    rows, cols = grid.walls.shape
    best = np.full((rows, cols), -np.inf)
    actions = np.full((rows, cols), NO_ACTION, np.int8)
    legal = rule.legal(grid.walls)
    for action, (down, right) in enumerate(rule.deltas.tolist()):
        there = slice(1 + down, 1 + down + rows), slice(1 + right, 1 + right + cols)
        q = values[there] - rule.costs[action] * costs[there]
        # Sums of sqrt 2 that are equal differ in their last digits.
        better = legal[..., action] & (q > best + 1e-9 * (1 + np.abs(q)))
        best[better], actions[better] = q[better], action
    actions[tuple(np.array(grid.goals).T)] = NO_ACTION
    return actions
