"""Runs without a network: exact Bellman backups in numpy."""

from pathlib import Path

import numpy as np
import pytest

from vingui.core.formats import read_map
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    PlanFinished,
    PolicyReadout,
    Values,
)
from vingui.core.rollout import NO_ACTION, Outcome, rollout_all
from vingui.core.run import Run
from vingui.core.value_history import VALUES_BUDGET, ValueHistory, figures, value_maps_within

MAPS = Path(__file__).parents[3] / "assets" / "maps"


def run_of(
    grid,
    rule=EIGHT,
    *,
    iterations=None,
    temperature=0.1,
    memory=VALUES_BUDGET,
    readouts=True,
    exact=True,
    finished=True,
    changes=None,
    model="dynamic-8",
):
    """A run as a model would make it: V_k is 0 at a plain goal and -inf where it has not come.

    With `changes`, greedy actions are others at some cells: `{cell: action}`, at every k.
    """
    legal = rule.legal(grid.walls)
    frames = [np.full(grid.walls.shape, -np.inf, np.float32)]
    pin_goals(frames[0], grid)
    converged = False
    while not converged and len(frames) - 1 != iterations:
        new = np.maximum(frames[-1], backup(frames[-1], legal, rule, grid).max(axis=-1))
        pin_goals(new, grid)
        converged = np.array_equal(new, frames[-1])
        frames.append(new)
    moves, lows, highs, reached = figures(frames[0], np.array(frames[1:]), grid.free)
    history = ValueHistory(value_maps_within(memory, cells=grid.walls.size))
    for k, frame in enumerate(frames[1:], start=1):
        history.add(k, frame)
    kept, values = history.since(1)
    run = Run(
        grid,
        Values(
            number=1,
            model=model,
            rule=rule.name,
            first=1,
            changes=moves,
            lows=lows,
            highs=highs,
            reached=reached,
            kept=kept,
            value_maps=values,
        ),
        memory=memory,
    )
    last = len(frames) - 1
    if exact:
        oracle = solve(grid, rule)
        run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    for k in kept.tolist() if readouts else ():
        readout, actions = readout_of(frames[k], k, legal, rule, grid, temperature, changes or {})
        run.take(readout)
        ended = np.empty(0, bool)
        if exact:
            ended = rollout_all(grid, actions, rule, oracle).where(Outcome.REACHED)
        run.take(GreedyActions(1, k, actions, np.packbits(ended)))
    if finished:
        end, actions = readout_of(frames[-1], last, legal, rule, grid, temperature, changes or {})
        run.take(end)
        run.take(PlanFinished(1, last, converged, rule.n_actions, rule.n_actions, actions, 0.1))
    return run


def readout_of(values, k, legal, rule, grid, temperature, changes):
    q = backup(values, legal, rule, grid)
    policy = softmax(q / temperature)
    for goal in grid.goals:
        policy[goal] = 0
    for cell, action in changes.items():
        policy[cell] = np.eye(rule.n_actions)[action]
    says = policy.max(axis=-1) > 0
    actions = np.where(says, policy.argmax(axis=-1), NO_ACTION).astype(np.int8)
    reward = np.broadcast_to(-rule.costs.astype(np.float32), q.shape)
    return PolicyReadout(1, k, 0, 0, reward, q, policy), actions


def pin_goals(values, grid):
    for goal, value in grid.valued_goals.items():
        values[goal] = value


def backup(values, legal, rule, grid):
    rows, cols = values.shape
    padded = np.pad(values, 1, constant_values=-np.inf)
    costs = np.ones(values.shape) if grid.costs is None else grid.costs
    padded_costs = np.pad(costs, 1, constant_values=1)
    q = np.empty(legal.shape, np.float32)
    for action, (row, col) in enumerate(rule.deltas.tolist()):
        entered = np.s_[1 + row : 1 + row + rows, 1 + col : 1 + col + cols]
        q[..., action] = padded[entered] - rule.costs[action] * padded_costs[entered]
    q[~legal] = -np.inf
    return q


def softmax(logits):
    best = logits.max(axis=-1, keepdims=True)
    weight = np.exp(logits - np.where(np.isfinite(best), best, 0))
    total = weight.sum(axis=-1, keepdims=True)
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)


def sample_of(name):
    return read_map(MAPS / f"{name}.json")


@pytest.fixture
def make_run():
    return run_of


@pytest.fixture
def sample():
    return sample_of


@pytest.fixture
def room():
    """A run on a map that is not square, with two starts and one wall."""
    walls = np.zeros((9, 13), bool)
    walls[1:8, 6] = True
    return run_of(GridMap(walls, ((2, 11),), ((4, 1), (7, 3))))


@pytest.fixture
def pixels():
    """Draws a figure and gives its pixels, `(height, width, 3)`."""

    def drawn(figure):
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba())[..., :3]

    return drawn
