"""A run as `Planner.plan` returns it."""

import numpy as np
import pytest

from vingui.core import value_history
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.oracle import solve
from vingui.core.rollout import rollout
from vingui.net import planner as planner_module
from vingui.net.keras_networks import network_of
from vingui.net.planner import Planner


@pytest.fixture
def planner(exact_models):
    return Planner(network_of(exact_models["8"]), name="dynamic-8")


def test_a_plan_reports_its_progress_and_holds_the_exact_solution(planner, corridor):
    grid = corridor(40)
    reports: list[tuple[int, int]] = []
    run = planner.plan(grid, on_progress=lambda *report: reports.append(report))
    assert run.settled
    assert reports[-1] == (run.latest, 0)
    assert (run.model, run.rule.name) == ("dynamic-8", "8")
    np.testing.assert_array_equal(run.oracle.cost_to_go, solve(grid, run.rule).cost_to_go)
    assert run.values.shape == (run.latest, *grid.walls.shape)


def test_a_policy_that_is_not_known_is_read_out_when_it_is_needed(planner, corridor, monkeypatch):
    grid = corridor(100)
    monkeypatch.setattr(value_history, "_STUDIED_BYTES", 10 * grid.walls.size)
    monkeypatch.setattr(planner_module, "_READOUTS_BYTES", 0)
    monkeypatch.setattr("vingui.core.readouts.READOUT_BUDGET", 0)
    run, other = planner.plan(grid), planner.plan(grid)
    readouts = {k: (other.readouts.of_cell(k, (0, 0)), other.readouts.actions(k)) for k in run.kept}
    for k in (7, 30, 7, run.latest):
        readout, actions = readouts[k]
        np.testing.assert_array_equal(run.readouts.of_cell(k, (0, 0)).q, readout.q)
        np.testing.assert_array_equal(run.readouts.actions(k), actions)
    # Other readouts of a run do not change its plot.
    ks = run.study()
    assert len(ks) == 10 < len(run.kept)
    assert ks == other.study()
    for k in ks:
        np.testing.assert_array_equal(run.reaching[k], other.reaching[k])


def test_a_map_without_a_goal_is_refused(planner):
    with pytest.raises(VinguiError, match=r"^The map has no goal; set one first$"):
        planner.plan(GridMap(np.zeros((4, 4), bool)))


@pytest.mark.parametrize("most", [0, 5, 40 + 39])
def test_trajectories_that_are_too_long_together_are_refused(planner, corridor, monkeypatch, most):
    monkeypatch.setattr(planner_module, "MOST_TRAJECTORY_CELLS", most)
    grid = corridor(40)
    run = planner.plan(grid)
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
    return rollout(grid, run.readouts.actions(run.latest), run.rule, run.oracle)
