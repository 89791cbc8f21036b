"""Plans without a network: exact Bellman backups in numpy."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vingui.core.formats import read_map
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.plan import Plan
from vingui.core.rollout import rollout

MAPS = Path(__file__).parents[3] / "assets" / "maps"


def plan_of(grid, rule=EIGHT, *, iterations=None, temperature=0.1):
    """A plan as a model would make it: V_k is 0 at the goal and -inf where it has not come."""
    legal = rule.legal(grid.walls)
    values = np.full(grid.walls.shape, -np.inf, np.float32)
    values[grid.goal] = 0
    k, converged = 0, False
    while not converged and k != iterations:
        new = np.maximum(values, backup(values, legal, rule).max(axis=-1))
        converged, values, k = np.array_equal(new, values), new, k + 1
    q = backup(values, legal, rule)
    policy = softmax(q / temperature)
    policy[grid.goal] = 0
    reward = np.zeros((*grid.walls.shape, 1), np.float32)
    kept = np.array([k])
    return Plan(grid, "default-8", rule, k, converged, kept, values[None], reward, q, policy)


def backup(values, legal, rule):
    rows, cols = values.shape
    padded = np.pad(values, 1, constant_values=-np.inf)
    q = np.empty(legal.shape, np.float32)
    for action, (row, col) in enumerate(rule.deltas.tolist()):
        onward = padded[1 + row : 1 + row + rows, 1 + col : 1 + col + cols]
        q[..., action] = onward - rule.costs[action]
    q[~legal] = -np.inf
    return q


def softmax(logits):
    best = logits.max(axis=-1, keepdims=True)
    weight = np.exp(logits - np.where(np.isfinite(best), best, 0))
    total = weight.sum(axis=-1, keepdims=True)
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)


def with_actions(plan, changes):
    """The plan with another action at some cells."""
    policy = plan.policy.copy()
    for cell, action in changes.items():
        policy[cell] = np.eye(plan.rule.n_actions)[action]
    return replace(plan, policy=policy)


def followed(plan, *, max_steps=None):
    oracle = solve(plan.grid, plan.rule)
    return rollout(plan.grid, plan.actions, plan.rule, oracle, max_steps=max_steps)


def sample_of(name):
    return read_map(MAPS / f"{name}.json")


@pytest.fixture
def make_plan():
    return plan_of


@pytest.fixture
def bent():
    return with_actions


@pytest.fixture
def follow():
    return followed


@pytest.fixture
def sample():
    return sample_of


@pytest.fixture
def room():
    """A plan on a map that is not square, with two starts and one wall."""
    walls = np.zeros((9, 13), bool)
    walls[1:8, 6] = True
    plan = plan_of(GridMap(walls, (2, 11), ((4, 1), (7, 3))))
    return plan, followed(plan)


@pytest.fixture
def pixels():
    """Draws a figure and gives its pixels, `(height, width, 3)`."""

    def drawn(figure):
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba())[..., :3]

    return drawn
