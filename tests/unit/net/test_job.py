"""A plan made at once, without a window and a process of its own."""

import numpy as np
import pytest

from vingui.core import value_history as film
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.oracle import solve
from vingui.core.planner_protocol import PlanRequest
from vingui.core.rollout import rollout
from vingui.net import job as jobs
from vingui.net.job import make_run
from vingui.net.planner import Planner

MEMORY = 1 << 24


@pytest.fixture
def planner(exact_models):
    return Planner(exact_models["8"], name="dynamic-8")


def request(grid, *, memory=MEMORY, iterations=None):
    return PlanRequest(1, grid, "dynamic-8", iterations, memory)


def test_a_run_holds_what_a_plan_does(planner, corridor):
    grid = corridor(40)
    told: list[str] = []
    run = make_run(planner, request(grid), watch=told.append)
    plan = planner.plan(grid)
    assert run.finished
    assert (run.latest, run.converged) == (plan.iterations, plan.converged)
    assert told[-1] == f"Planning, {run.latest} iterations"
    for place, k in enumerate(plan.kept.tolist()):
        np.testing.assert_array_equal(run.frame(k)[1], plan.values[place])
    np.testing.assert_array_equal(run.q, plan.q)
    np.testing.assert_array_equal(run.policy, plan.policy)
    np.testing.assert_array_equal(run.actions(run.latest), plan.actions)
    np.testing.assert_array_equal(run.oracle.cost_to_go, solve(grid, plan.rule).cost_to_go)


def test_what_is_not_known_is_read_out_when_it_is_asked_for(planner, corridor, monkeypatch):
    grid = corridor(100)
    monkeypatch.setattr(film, "_STUDIED_BYTES", 10 * grid.walls.size)
    monkeypatch.setattr(jobs, "_READINGS_BYTES", 0)
    monkeypatch.setattr("vingui.core.run.READING_BUDGET", 0)
    run, other = make_run(planner, request(grid)), make_run(planner, request(grid))
    readings = {k: other.reading(k) for k in run.kept}
    for k in (7, 30, 7, run.latest):
        np.testing.assert_array_equal(run.reading(k).q, readings[k].q)
        np.testing.assert_array_equal(run.actions(k), readings[k].actions)
    # What else was asked about a run is not seen in its plot.
    ks = run.study()
    assert len(ks) == 10 < len(run.kept)
    assert ks == other.study()
    for k in ks:
        np.testing.assert_array_equal(run.walked[k], other.walked[k])


def test_a_map_without_a_goal_is_refused(planner):
    with pytest.raises(VinguiError, match="no goal"):
        make_run(planner, request(GridMap(np.zeros((4, 4), bool))))


@pytest.mark.parametrize("most", [0, 5, 40 + 39])
def test_walks_that_are_too_long_together_are_refused(planner, corridor, monkeypatch, most):
    monkeypatch.setattr(jobs, "MOST_WALKED", most)
    grid = corridor(40)
    run = make_run(planner, request(grid))
    free = np.argwhere(grid.free)[:2]
    starts = tuple((row, col) for row, col in free.tolist())
    needed = sum(len(walk.path) for walk in make_long(run, starts))
    if needed > most:
        with pytest.raises(VinguiError, match="from the 2 starts are longer than"):
            run.trajectories(starts, run.latest)
    else:
        assert run.trajectories(starts, run.latest)


def make_long(run, starts):
    grid = run.grid.with_starts(starts)
    return rollout(grid, run.actions(run.latest), run.rule, run.oracle)
