"""How far policies of shipped networks see: what the diagnosis of trajectories assumes."""

from dataclasses import replace

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.rollout import NO_ACTION
from vingui.net.zoo import load_planner

FIELD = GridMap(np.zeros((24, 24), bool), ((2, 2),))


@pytest.fixture(scope="module")
def vin():
    return load_planner("vin-8x8")[0]


@pytest.mark.parametrize("k", [1, 4, 10])
def test_the_papers_vin_sees_two_cells_farther_than_k_and_no_more(vin, k):
    run = vin.plan(FIELD, iterations=k)
    elsewhere = vin.plan(replace(FIELD, goals=((23, 23),)), iterations=k)
    policies = [one.readouts.policy(k, (0, 0, 24, 24)) for one in (run, elsewhere)]
    rows, cols = np.indices(FIELD.walls.shape)
    apart = np.minimum(np.maximum(abs(rows - 2), abs(cols - 2)), np.maximum(23 - rows, 23 - cols))
    differs = (abs(policies[0] - policies[1]) > 1e-6).any(axis=-1)
    assert not differs[apart > k + 2].any()
    assert differs[apart == k + 2].any()


@pytest.mark.parametrize("k", [1, 4, 10])
def test_a_dynamic_kernel_has_actions_up_to_one_move_farther_than_k(k):
    planner = load_planner("dynamic-8")[0]
    run = planner.plan(FIELD, iterations=k)
    rows, cols = np.indices(FIELD.walls.shape)
    apart = np.maximum(abs(rows - 2), abs(cols - 2))
    acts = run.readouts.actions(k) != NO_ACTION
    assert (acts == ((apart > 0) & (apart <= k + 1))).all()
