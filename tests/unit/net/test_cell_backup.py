"""The arithmetic of one backup in one cell, against the plan that it is of."""

import numpy as np
import pytest

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.net.zoo import load_planner

pytestmark = pytest.mark.slow

DYNAMIC = ("dynamic-8", "dynamic-4", "dynamic-8-one-free", "dynamic-8-both-free", "costs-picture-8")
WAYS = [
    *((model, "numba") for model in (*DYNAMIC, "exact", "vin-8x8", "vin-28x28")),
    ("dynamic-8-one-free", "keras"),
    ("vin-8x8", "keras"),
]
CLOSE = {"rtol": 1e-5, "atol": 1e-4}


@pytest.fixture(scope="module", params=WAYS, ids=" ".join)
def plan(request):
    """A plan on a map with walls, terrain and two goals, of which one is worth something."""
    model, engine = request.param
    planner, _ = load_planner(model)
    grid = generate("patches", rows=9, cols=11, rng=np.random.default_rng(4))
    walls = grid.walls.copy()
    walls[2, 1:8] = walls[6, 3:] = walls[4, 9] = True
    goals = ((0, 3), (8, 8))
    walls[goals[0]] = walls[goals[1]] = False
    grid = GridMap(
        walls,
        goals,
        terrain=grid.terrain,
        palette=grid.palette,
        goal_values=(0.0, 2.5) if model.startswith(("dynamic", "exact")) else (),
    )
    return planner.with_engine(engine).plan(grid, iterations=14)


def cells_of(plan):
    """The cells whose value is computed: all of a VIN's, and no walls and goals otherwise."""
    grid, vin = plan.grid, plan.model.startswith("vin")
    computed = np.ones_like(grid.walls) if vin else grid.free.copy()
    if not vin:
        for goal in grid.goals:
            computed[goal] = False
    cells = [tuple(cell) for cell in np.argwhere(computed).tolist()]
    return cells[::4] if plan.engine == "keras" else cells


@pytest.mark.parametrize("k", [1, 2, 14])
def test_the_largest_sum_is_the_value_of_every_cell(plan, k):
    values = plan.values_at(k)[1]
    for cell in cells_of(plan):
        backup = plan.readouts.backup(k, cell)
        assert backup.request == plan.readouts.backup_request(k, cell)
        np.testing.assert_allclose(backup.reward + backup.onward, backup.q, **CLOSE)
        np.testing.assert_allclose(backup.q.max(), values[cell], **CLOSE)


def test_the_sums_are_the_q_values_of_the_iteration_before(plan):
    before = plan.readouts.of_cell(8, (0, 0))
    for cell in cells_of(plan):
        q, _ = before.at(cell)
        np.testing.assert_allclose(plan.readouts.backup(9, cell).q, q, **CLOSE)


def test_the_policy_is_the_softmax_of_the_logits(plan):
    readout = plan.readouts.of_cell(9, (0, 0))
    compared = 0
    for cell in cells_of(plan):
        q, policy = readout.at(cell)
        backup = plan.readouts.backup(9, cell)
        np.testing.assert_allclose(backup.next_q, q, **CLOSE)
        logits = backup.logits.astype(np.float64)
        if policy.any():
            shares = np.exp(logits - logits.max())
            np.testing.assert_allclose(policy, shares / shares.sum(), rtol=1e-3, atol=1e-5)
            compared += 1
    assert compared > 10


def test_what_is_onward_is_the_value_where_the_action_leads(plan):
    if plan.model.startswith("vin"):
        backup = plan.readouts.backup(5, (4, 4))
        assert backup.leads.shape == (0, 2)
        assert backup.q.shape == (10,)
        return
    values, legal = plan.values_at(4)[1], plan.rule.legal(plan.grid.walls)
    for cell in cells_of(plan):
        backup = plan.readouts.backup(5, cell)
        moves = np.where(legal[cell][:, None], plan.rule.deltas, 0)
        np.testing.assert_array_equal(backup.leads, moves)
        targets = tuple((np.array(cell) + moves).T)
        np.testing.assert_array_equal(backup.onward, values[targets])


def test_a_value_whose_predecessor_is_not_kept_has_no_backup():
    planner, _ = load_planner("vin-8x8")
    grid = GridMap(np.zeros((8, 8), bool), ((3, 3),))
    plan = planner.plan(grid, iterations=20, memory=5 * (4 * 64 + 256))
    kept = list(plan.kept)
    assert kept != list(range(1, 21))
    assert plan.readouts.backup_request(kept[1], (1, 1)) is None
    assert plan.readouts.backup(kept[1], (1, 1)) is None
