"""Extra costs of greedy actions, against other code that solves the map and tries each action."""

import math
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.extra_cost import extra_costs, most_extra_cost
from vingui.core.grid import GridMap
from vingui.core.moves import DELTAS, RULES
from vingui.core.oracle import solve
from vingui.core.rollout import NO_ACTION


def entered(grid, rule, cell, action):
    """Where an action ends, and what it costs."""
    down, right = DELTAS[action].tolist()
    to = (cell[0] + down, cell[1] + right) if rule.allows(grid.walls, cell, action) else cell
    terrain = 1.0 if grid.costs is None else float(grid.costs[to])
    return to, math.hypot(down, right) * terrain


def exact(grid, rule):
    """The cost-to-go of each cell, by relaxing every move until nothing changes."""
    costs = {goal: -value for goal, value in grid.valued_goals.items()}
    cells = [tuple(cell) for cell in np.argwhere(grid.free).tolist() if tuple(cell) not in costs]
    before = None
    while costs != before:
        before = dict(costs)
        for cell in cells:
            ways = [entered(grid, rule, cell, action) for action in range(rule.n_actions)]
            best = min(cost + costs.get(to, math.inf) for to, cost in ways)
            if best < costs.get(cell, math.inf) - 1e-9:
                costs[cell] = best
    return costs


@pytest.mark.parametrize("seed", range(24))
def test_extra_costs_are_those_of_trying_the_action(seed):
    rng = np.random.default_rng(seed)
    rule = list(RULES.values())[seed % 4]
    rows, cols = rng.integers(3, 8, 2).tolist()
    walls = rng.random((rows, cols)) < 0.3
    walls[0, 0] = walls[1, 1] = False
    terrain = rng.integers(0, 4, walls.shape).astype(np.uint8) * ~walls if seed % 2 else None
    grid = GridMap(walls, ((0, 0), (1, 1)) if seed % 3 else ((0, 0),), (), terrain=terrain)
    if seed % 3 == 1:
        grid = replace(grid, goal_values=(0.0, 2.5))
    oracle, costs = solve(grid, rule), exact(grid, rule)
    actions = rng.integers(NO_ACTION, rule.n_actions, walls.shape).astype(np.int8)
    found = extra_costs(grid, actions, rule, oracle)
    for cell in np.ndindex(walls.shape):
        if cell in grid.goals:
            assert found[cell] == 0
        elif cell not in costs or actions[cell] == NO_ACTION:
            assert np.isneginf(found[cell])
        else:
            to, cost = entered(grid, rule, cell, int(actions[cell]))
            expected = cost + costs[to] - costs[cell]
            assert found[cell] == pytest.approx(expected, abs=1e-5)
            assert (found[cell] == 0) == oracle.optimal[(*cell, actions[cell])]
    if not grid.goal_values:
        assert found.max() <= most_extra_cost(grid, rule) + 1e-5


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_best_actions_cost_nothing_extra(rule):
    grid = GridMap(np.zeros((5, 6), bool), ((2, 3),))
    oracle = solve(grid, rule)
    best = np.where(oracle.optimal.any(-1), oracle.optimal.argmax(-1), NO_ACTION)
    assert (extra_costs(grid, best, rule, oracle) == 0).all()
