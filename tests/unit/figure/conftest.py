"""Plans without a network: exact Bellman backups in numpy."""

from pathlib import Path

import numpy as np

from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.plan import Plan
from vingui.core.rollout import rollout

MAPS = Path(__file__).parents[3] / "assets" / "maps"


def make_plan(grid, rule=EIGHT, *, iterations=None, temperature=0.1):
    """A plan as a model would make it: unreached values are -inf, the goal's is 0."""
    legal = rule.legal(grid.walls)
    values = np.full(grid.walls.shape, -np.inf, np.float32)
    values[grid.goal] = 0
    kept, converged, k = [], False, 0
    while not converged and k != iterations:
        new = np.maximum(values, backup(values, legal, rule).max(axis=-1))
        converged, values, k = np.array_equal(new, values), new, k + 1
    kept = values[None]
    q = backup(values, legal, rule)
    best = q.max(axis=-1, keepdims=True)
    weight = np.exp(
        np.where(np.isfinite(q), (q - np.where(np.isfinite(best), best, 0)), -np.inf) / temperature
    )
    total = weight.sum(axis=-1, keepdims=True)
    policy = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    policy[grid.goal] = 0
    reward = np.zeros((*grid.walls.shape, 1), np.float32)
    return Plan(
        grid,
        "default-8",
        rule,
        k,
        converged,
        np.array([k]),
        kept,
        reward,
        q,
        policy.astype(np.float32),
    )


def backup(values, legal, rule):
    rows, cols = values.shape
    padded = np.pad(values, 1, constant_values=-np.inf)
    q = np.empty(legal.shape, np.float32)
    for action, (row, col) in enumerate(rule.deltas.tolist()):
        q[..., action] = padded[1 + row : 1 + row + rows, 1 + col : 1 + col + cols]
        q[..., action] -= rule.costs[action]
    q[~legal] = -np.inf
    return q


def follow(plan, *, max_steps=None):
    return rollout(
        plan.grid, plan.actions, plan.rule, solve(plan.grid, plan.rule), max_steps=max_steps
    )
