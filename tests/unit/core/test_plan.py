"""Plans: the greedy policy that is read off the probabilities."""

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT, FOUR, MoveRule
from vingui.core.plan import Plan
from vingui.core.rollout import NO_ACTION, check_actions


def plan_of(policy, rule: MoveRule = FOUR) -> Plan:
    policy = np.asarray(policy, np.float32)
    rows, cols, n_actions = policy.shape
    assert n_actions == rule.n_actions
    nothing = np.full((rows, cols, 1), -np.inf, np.float32)
    return Plan(
        grid=GridMap(np.zeros((rows, cols), bool), (0, 0)),
        model="test",
        rule=rule,
        iterations=1,
        converged=False,
        kept=np.array([1]),
        values=nothing[None, ..., 0],
        reward=nothing,
        q=nothing,
        policy=policy,
    )


def test_actions_are_the_likeliest_of_each_cell():
    plan = plan_of(
        [
            [[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.2, 0.2, 0.4, 0.2]],
            [[0.1, 0.2, 0.3, 0.4], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.4, 0.6]],
        ]
    )
    assert plan.actions.tolist() == [[0, 1, 2], [3, 1, 3]]


def test_cells_without_any_probability_have_no_action():
    policy = np.zeros((2, 3, 4))
    policy[1, 2] = [0.1, 0.1, 0.7, 0.1]
    assert plan_of(policy).actions.tolist() == [[NO_ACTION] * 3, [NO_ACTION, NO_ACTION, 2]]


def test_the_least_probability_above_0_is_an_action():
    policy = np.zeros((2, 2, 4), np.float32)
    policy[0, 1, 3] = np.finfo(np.float32).tiny
    assert plan_of(policy).actions[0, 1] == 3


@pytest.mark.parametrize(
    ("probabilities", "first"),
    [([0.25] * 4, 0), ([0.0, 0.5, 0.5, 0.0], 1), ([0.1, 0.0, 0.45, 0.45], 2)],
)
def test_ties_take_the_first_action(probabilities, first):
    policy = np.zeros((2, 2, 4))
    policy[1, 0] = probabilities
    assert plan_of(policy).actions[1, 0] == first


@pytest.mark.parametrize("rule", [FOUR, EIGHT], ids=lambda rule: rule.name)
def test_actions_are_a_greedy_policy_that_rollouts_accept(rule):
    policy = np.zeros((3, 4, rule.n_actions))
    policy[1, 1, -1] = 1
    plan = plan_of(policy, rule)
    check_actions(plan.actions, plan.grid, rule)
    assert plan.actions.dtype == np.int64
    assert plan.actions[1, 1] == rule.n_actions - 1
