"""The extra cost of each cell's greedy action: how much costlier it is than the best one."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle
from vingui.core.rollout import NO_ACTION

EXTRA_COST: Final = "extra-cost"
"""The layer's name."""

_NO_VALUE: Final = -np.inf


def extra_costs(
    grid: GridMap, actions: NDArray[np.integer], rule: MoveRule, oracle: Oracle
) -> NDArray[np.float32]:
    """What one greedy action and then the best path cost, minus what the best path costs.

    An action that a wall stops leaves the agent where it is: the step is lost.

    Args:
        grid: the map.
        actions: `(rows, cols)` int, the greedy actions, or `NO_ACTION`.
        rule: the movement rule.
        oracle: the map's exact solution.

    Returns:
        `(rows, cols)` float32: 0 at goals and where the action is optimal, above 0 elsewhere;
        `-inf` where there is no action or no path, and on walls.
    """
    acts = (actions != NO_ACTION) & oracle.reachable
    rows, cols = acts.nonzero()
    chosen = actions[rows, cols].astype(np.int64)
    down, right = rule.deltas[chosen].T
    moves = rule.legal(grid.walls)[rows, cols, chosen]
    to = rows + down * moves, cols + right * moves
    steps = rule.costs[chosen] * (1.0 if grid.costs is None else grid.costs[to])
    extra = steps + oracle.cost_to_go[to] - oracle.cost_to_go[rows, cols]
    result = np.full(grid.walls.shape, _NO_VALUE, np.float32)
    # Of what is optimal, rounding errors would be left.
    result[rows, cols] = np.where(oracle.optimal[rows, cols, chosen], 0, extra)
    for goal in grid.goals:
        result[goal] = 0
    return result


def most_extra_cost(grid: GridMap, rule: MoveRule) -> float:
    """What no step there and back exceeds: a range of colours that does not depend on the policy.

    Args:
        grid: the map.
        rule: the movement rule.
    """
    dearest = 1.0 if grid.costs is None else float(grid.costs[grid.free].max())
    return 2 * float(rule.costs.max()) * dearest
