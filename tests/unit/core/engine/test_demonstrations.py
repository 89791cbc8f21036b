"""The loss of demonstrated paths, and its gradient against differences of the loss."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.demonstrations import best_path
from vingui.core.engine.demonstrations import demonstration_loss
from vingui.core.engine.shortest_paths import costs_to_go, legal_masks
from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.terrain import palette_of_levels


def random_world(seed, rule, *, side=9):
    """A map whose costs have no ties, and the best path from a start far from the goal."""
    random = np.random.default_rng(seed)
    walls = random.random((side, side)) < 0.2
    walls[0, :3] = False
    costs = random.uniform(0.5, 9, (side, side))
    legal = legal_masks(walls, rule)
    to_go = costs_to_go(legal, {(0, 0): 0.0}, rule, costs)
    assert np.isfinite(to_go).sum() > 1
    return walls, legal, costs, np.where(np.isfinite(to_go), to_go, -1)


def path_of(walls, costs, start, rule):
    kinds = np.arange(walls.size, dtype=np.uint8).reshape(walls.shape)
    palette = palette_of_levels(costs.ravel().tolist())
    return best_path(GridMap(walls, ((0, 0),), terrain=kinds, palette=palette), start, rule)


def loss_by_hand(legal, rule, costs, path, scale):
    to_go = costs_to_go(legal, {(0, 0): 0.0}, rule, costs)
    losses = []
    for (row, col), onto in itertools.pairwise(path):
        onward = {}
        for action, (down, right) in enumerate(rule.deltas.tolist()):
            if legal[row, col] >> action & 1:
                cell = row + down, col + right
                onward[cell] = -scale * (rule.costs[action] * costs[cell] + to_go[cell])
        losses.append(np.logaddexp.reduce(list(onward.values())) - onward[tuple(onto)])
    return np.mean(losses)


@given(seed=st.integers(0, 300), name=st.sampled_from(list(RULES)), scale=st.floats(0.1, 3))
def test_the_gradient_is_that_of_the_loss(seed, name, scale):
    rule = RULES[name]
    walls, legal, costs, to_go = random_world(seed, rule)
    start = tuple(int(one) for one in np.unravel_index(to_go.argmax(), to_go.shape))
    # A path that other costs have made: not the best one under these.
    others = np.random.default_rng(seed + 1).uniform(0.5, 9, walls.shape)
    path = path_of(walls, others, start, rule)
    loss, gradient = demonstration_loss(legal, {(0, 0): 0.0}, rule, costs, path, scale=scale)
    assert loss == pytest.approx(loss_by_hand(legal, rule, costs, path, scale))
    assert (gradient[walls] == 0).all()
    for row, col in (path[len(path) // 2], path[-2], (4, 4), (1, 1)):
        step = np.zeros(walls.shape)
        step[row, col] = 1e-6
        above, below = (loss_by_hand(legal, rule, costs + s, path, scale) for s in (step, -step))
        assert gradient[row, col] == pytest.approx((above - below) / 2e-6, abs=1e-4)


def test_costs_that_explain_a_path_well_have_less_loss_than_others():
    rule = RULES["8"]
    walls, legal, costs, to_go = random_world(3, rule)
    start = tuple(int(one) for one in np.unravel_index(to_go.argmax(), to_go.shape))
    path = path_of(walls, costs, start, rule)
    goals = {(0, 0): 0.0}
    right, _ = demonstration_loss(legal, goals, rule, costs, path, scale=2)
    wrong, _ = demonstration_loss(legal, goals, rule, np.ones_like(costs), path, scale=2)
    assert right < wrong


def test_a_move_that_costs_far_too_much_has_a_finite_loss():
    rule = RULES["4"]
    walls, costs = np.zeros((2, 3), bool), np.ones((2, 3))
    costs[0, 1] = 1000
    path = np.array([(0, 2), (0, 1), (0, 0)])
    legal, goals = legal_masks(walls, rule), {(0, 0): 0.0}
    loss, gradient = demonstration_loss(legal, goals, rule, costs, path, scale=2)
    # The way round costs 4, this one 1001; the second move is hardly in doubt.
    assert loss == pytest.approx(2 * (1001 - 4) / 2, rel=1e-4)
    assert gradient[0, 1] > 0
