"""What models are compared with."""

import math

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.oracle import solve
from vingui.core.references import exact_actions, reactive_actions
from vingui.core.rollout import NO_ACTION, rollout_all
from vingui.core.terrain import palette_of_levels


def free_length(cell, goal, rule):
    """The length of the way between two cells of an empty map."""
    down, right = sorted(abs(one - other) for one, other in zip(cell, goal, strict=True))
    return down + right if rule.n_actions == 4 else right - down + down * math.sqrt(2)


def by_hand(grid, rule):
    """One backup from the values of the empty map, cell by cell."""
    actions = np.full(grid.walls.shape, NO_ACTION)
    for cell in map(tuple, np.argwhere(grid.free).tolist()):
        best = -math.inf
        for action, (down, right) in enumerate(rule.deltas.tolist()):
            beside = cell[0] + down, cell[1] + right
            if cell in grid.goals or not rule.allows(grid.walls, cell, action):
                continue
            reward = -math.hypot(down, right) * (1 if grid.costs is None else grid.costs[beside])
            value = max(v - free_length(beside, g, rule) for g, v in grid.valued_goals.items())
            if reward + value > best + 1e-6:
                best, actions[cell] = reward + value, action
    return actions


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("seed", range(6))
def test_the_reactive_actions_are_those_of_one_backup(rule, seed):
    rng = np.random.default_rng(seed)
    walls = rng.random((9, 12)) < 0.3
    free = rng.permutation(np.argwhere(~walls)).tolist()
    goals = tuple(map(tuple, free[: 1 + seed % 3]))
    terrain = rng.integers(0, 3, walls.shape, np.uint8) if seed % 2 else None
    grid = GridMap(
        walls,
        goals,
        terrain=terrain,
        palette=palette_of_levels([1.0, 2.5, 7.0]),
        goal_values=tuple(float(value) for value in rng.integers(0, 6, len(goals))),
    )
    assert reactive_actions(grid, rule).tolist() == by_hand(grid, rule).tolist()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_on_an_empty_map_the_reactive_policy_is_optimal_and_behind_a_wall_it_is_stuck(rule):
    grid = GridMap(np.zeros((7, 7), bool), ((3, 5),))
    rollouts = rollout_all(grid, reactive_actions(grid, rule), rule, solve(grid, rule))
    np.testing.assert_allclose(rollouts.costs, solve(grid, rule).cost_to_go)
    walls = np.zeros((7, 7), bool)
    walls[1:6, 3] = True
    grid = GridMap(walls, ((3, 5),))
    rollouts = rollout_all(grid, reactive_actions(grid, rule), rule, solve(grid, rule))
    assert np.isinf(rollouts.costs[3, 2])
    assert np.isfinite(rollouts.costs[3, 4])


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_exact_actions_lead_to_the_goal_at_the_least_cost(rule):
    walls = np.random.default_rng(5).random((8, 9)) < 0.35
    goal = tuple(np.argwhere(~walls)[0].tolist())
    grid = GridMap(walls, (goal,))
    oracle = solve(grid, rule)
    actions = exact_actions(oracle)
    assert actions[goal] == NO_ACTION
    assert (actions[~oracle.reachable] == NO_ACTION).all()
    np.testing.assert_allclose(
        rollout_all(grid, actions, rule, oracle).costs[~walls], oracle.cost_to_go[~walls]
    )
