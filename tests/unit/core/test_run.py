"""A run: what has come of a plan, put together, in a bounded memory."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core import readouts
from vingui.core import run as module
from vingui.core.errors import VinguiError
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
from vingui.core.rollout import Outcome, rollout, rollout_all
from vingui.core.run import Run

f4 = np.float32
NONE_REACH = np.zeros(3, np.uint8)


def a_map():
    walls = np.zeros((4, 5), bool)
    walls[1, 1:4] = True
    return GridMap(walls, ((0, 0),), ((3, 4), (2, 2)))


def values(first, count, *, kept=None, number=3, shape=(4, 5)):
    ks = list(range(first, first + count))
    kept = ks if kept is None else kept
    return Values(
        number=number,
        model="dynamic-8",
        rule="8",
        first=first,
        changes=np.array(ks, float),
        lows=-np.array(ks, float),
        highs=np.zeros(count),
        reached=np.array(ks) / 1000,
        kept=np.array(kept),
        value_maps=tuple(np.full(shape, -k, f4) for k in kept),
    )


def best_actions(grid):
    oracle = solve(grid, EIGHT)
    actions = oracle.optimal.argmax(axis=-1)
    return np.where(oracle.optimal.any(axis=-1), actions, -1).astype(np.int8), oracle


def readout(k, *, shape=(4, 5), number=3):
    q = np.full((*shape, 8), k, f4)
    return PolicyReadout(number, k, 0, 0, q[..., :1], q, q)


def greedy(k, action=None):
    actions = np.full((4, 5), k % 8 if action is None else action, np.int8)
    return GreedyActions(3, k, actions, NONE_REACH)


def finished(k, actions):
    return PlanFinished(3, k, True, 8, 1, actions, 0.25)


def test_a_run_begins_with_its_first_values():
    run = Run(a_map(), values(1, 3))
    assert (run.number, run.model, run.rule) == (3, "dynamic-8", EIGHT)
    assert (run.latest, run.kept, run.finished, run.converged) == (3, [1, 2, 3], False, False)
    assert (run.low, run.high) == (-3, 0)
    assert run.values_at(2)[0] == 2
    assert (run.values_at(2)[1] == -2).all()
    assert run.values_at(99)[0] == 3
    assert run.values_at(0)[0] == 1
    assert run.oracle is run.rollouts(1) is run.readouts.actions(1) is None
    assert run.readouts.of_cell(1, (0, 0)) is run.readouts.policy(1, (0, 0, 4, 5)) is None
    assert run.readouts.latent_actions == run.readouts.reward_channels == 0
    assert run.trajectories(((3, 4),), 1) == ()
    assert run.reaching == {}


@given(sizes=st.lists(st.integers(1, 90), min_size=1, max_size=8))
def test_figures_of_every_k_are_there_however_they_came(sizes):
    run, last = None, 0
    for size in sizes:
        piece = values(last + 1, size)
        if run is None:
            run = Run(a_map(), piece)
        else:
            run.take(piece)
        last += size
        ks = np.arange(1, last + 1)
        assert run.latest == last
        np.testing.assert_array_equal(run.changes, ks)
        np.testing.assert_array_equal(run.lows, -ks)
        np.testing.assert_array_equal(run.highs, 0 * ks)
        np.testing.assert_array_equal(run.reached_share, ks / 1000)
        assert (run.low, run.high) == (-last, 0)


def test_no_values_at_all_leave_the_range_open():
    piece = values(1, 1)
    empty = Values(**{**vars(piece), "lows": np.array([np.nan]), "highs": np.array([np.nan])})
    run = Run(a_map(), empty)
    assert np.isnan(run.low)
    run.take(values(2, 1))
    assert (run.low, run.high) == (-2, 0)


def test_values_are_thinned_to_the_memory_given():
    shape = (32, 32)
    run = Run(GridMap(np.zeros(shape, bool), ((0, 0),)), values(1, 40, shape=shape), memory=30_000)
    run.take(values(41, 60, shape=shape))
    assert len(run.kept) * 32 * 32 * 4 <= 30_000
    assert run.kept[-1] == run.latest == 100
    assert (run.values_at(70)[1] == -run.values_at(70)[0]).all()


def test_a_finished_run_knows_its_end():
    grid = a_map()
    actions, oracle = best_actions(grid)
    run = Run(grid, values(1, 5))
    run.take(finished(5, actions))
    assert (run.finished, run.converged, run.seconds) == (True, True, 0.25)
    assert (run.readouts.latent_actions, run.readouts.reward_channels) == (8, 1)
    assert run.readouts.actions(5) is actions
    assert run.readouts.actions(4) is None
    assert run.trajectories(grid.starts, 5) == ()
    run.take(ExactSolution(3, oracle.cost_to_go, oracle.optimal))
    assert [one.outcome for one in run.trajectories(grid.starts, 5)] == [Outcome.REACHED] * 2


def test_its_replies_make_the_same_run_again():
    grid = a_map()
    actions, oracle = best_actions(grid)
    run = Run(grid, values(1, 9, kept=[2, 4, 6, 8, 9]))
    run.take(finished(9, actions))
    run.take(ExactSolution(3, oracle.cost_to_go, oracle.optimal))
    run.take(greedy(6, 2))
    run.take(greedy(4))
    first, *others = run.replies()
    again = Run(grid, first)
    for reply in others:
        again.take(reply)
    assert (again.kept, list(again.reaching), again.latest) == (run.kept, [6, 4], run.latest)
    assert (again.finished, again.converged, again.seconds) == (True, True, 0.25)
    for k in range(1, 10):
        np.testing.assert_array_equal(again.values_at(k)[1], run.values_at(k)[1])
        np.testing.assert_array_equal(again.readouts.actions(k), run.readouts.actions(k))
        told = [repr(one) for one in again.trajectories(grid.starts, k)]
        assert told == [repr(one) for one in run.trajectories(grid.starts, k)]
    np.testing.assert_array_equal(again.lows, run.lows)
    assert (again.low, again.high) == (run.low, run.high)


def test_what_is_asked_of_a_k_that_is_not_kept_is_that_of_the_frame_shown():
    run = Run(a_map(), values(1, 9, kept=[2, 4, 6, 8, 9]))
    run.take(readout(4))
    run.take(greedy(6, 2))
    assert run.readouts.of_cell(5, (1, 1)) is run.readouts.of_cell(4, (3, 4))
    assert run.readouts.of_cell(5, (1, 1)).k == 4
    assert (run.readouts.actions(7) == 2).all()
    assert run.readouts.of_cell(6, (1, 1)) is None
    assert run.readouts.actions(8) is None
    assert list(run.reaching) == [6]


def test_trajectories_are_those_of_the_core_for_the_starts_that_stand_on_the_map():
    grid = a_map()
    actions, oracle = best_actions(grid)
    run = Run(grid, values(1, 2))
    run.take(ExactSolution(3, oracle.cost_to_go, oracle.optimal))
    run.take(GreedyActions(3, 2, actions, NONE_REACH))
    starts = ((3, 3), (1, 2), (9, 0), (-1, 0), (0, 4))
    found = run.trajectories(starts, 2)
    expected = rollout(grid.with_starts(((3, 3), (0, 4))), actions, EIGHT, oracle)
    assert [one.start for one in found] == [(3, 3), (0, 4)]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.record() == theirs.record()
    assert run.trajectories(starts, 2) is found
    assert run.trajectories(starts, 1) == ()
    assert run.trajectories((), 2) == ()
    assert run.trajectories(((1, 1),), 2) == ()


def test_rollouts_are_those_of_the_core():
    grid = a_map()
    actions, oracle = best_actions(grid)
    run = Run(grid, values(1, 2))
    run.take(GreedyActions(3, 1, actions, NONE_REACH))
    assert run.rollouts(1) is None
    run.take(ExactSolution(3, oracle.cost_to_go, oracle.optimal))
    expected = rollout_all(grid, actions, EIGHT, oracle)
    np.testing.assert_array_equal(run.rollouts(1).outcomes, expected.outcomes)
    assert run.rollouts(1) is run.rollouts(1)
    assert run.rollouts(2) is None


def test_readouts_used_last_are_kept_and_the_others_dropped(monkeypatch):
    monkeypatch.setattr(readouts, "READOUT_BUDGET", 3 * readout(1).nbytes)
    run = Run(a_map(), values(1, 9))
    for k in (1, 2, 3):
        run.take(readout(k))
    assert run.readouts.of_cell(1, (0, 0)) is not None
    run.take(readout(4))
    assert [k for k in range(1, 10) if run.readouts.of_cell(k, (0, 0))] == [1, 3, 4]


def test_the_newest_readout_stays_however_large(monkeypatch):
    monkeypatch.setattr(readouts, "READOUT_BUDGET", 1)
    run = Run(a_map(), values(1, 3))
    run.take(readout(1))
    run.take(readout(2))
    assert run.readouts.of_cell(1, (0, 0)) is None
    assert run.readouts.of_cell(2, (0, 0)).k == 2


def test_trajectories_are_kept_for_so_many_ks_only(monkeypatch):
    monkeypatch.setattr(module, "_TRAJECTORIES", 2)
    grid = a_map()
    actions, oracle = best_actions(grid)
    run = Run(grid, values(1, 4))
    run.take(ExactSolution(3, oracle.cost_to_go, oracle.optimal))
    for k in (1, 2, 3):
        run.take(GreedyActions(3, k, actions, NONE_REACH))
    first = run.trajectories(grid.starts, 1)
    run.trajectories(grid.starts, 2)
    assert run.trajectories(grid.starts, 1) is first
    run.trajectories(grid.starts, 3)
    assert run.trajectories(grid.starts, 1) is first
    assert len(run._trajectories) == 2


@pytest.mark.parametrize("seed", range(6))
def test_starts_that_succeed_are_those_whose_trajectories_reach_the_goal(seed):
    rng = np.random.default_rng(seed)
    walls = rng.random((7, 5)) < 0.35
    walls[3, 2] = False
    grid = GridMap(walls, ((3, 2),))
    actions, oracle = best_actions(grid)
    # Some of them lead nowhere.
    actions = np.where(rng.random(actions.shape) < 0.3, rng.integers(-1, 8), actions)
    actions = actions.astype(np.int8)
    run = Run(grid, values(1, 2, shape=(7, 5)))
    assert run.able(((3, 2),)) == ()
    run.take(ExactSolution(3, oracle.cost_to_go, oracle.optimal))
    run.take(GreedyActions(3, 2, actions, NONE_REACH))
    run.reaching.clear()
    assert run.study() == [2]
    starts = tuple((row, col) for row, col in np.argwhere(~walls).tolist())
    trajectories = run.trajectories(starts, 2)
    reached = sum(one.outcome is Outcome.REACHED for one in trajectories)
    able = run.able((*starts, (9, 9), (-1, 0)))
    unreachable = sum(one.outcome is Outcome.UNREACHABLE for one in trajectories)
    assert len(able) == len(starts) - unreachable
    assert run.succeeding(2, able) == reached
    assert run.succeeding(2, ()) == 0


@pytest.mark.parametrize("following", [0.0, 0.004, float("nan")])
def test_a_converged_run_ends_with_the_step_that_changed_nothing_more(following):
    grid = a_map()
    actions, _ = best_actions(grid)
    run = Run(grid, values(1, 4))
    assert run.revisions.tolist() == [1, 2, 3, 4]
    run.take(replace(finished(4, actions), next_change=following))
    known = [] if np.isnan(following) else [following]
    assert run.revisions.tolist() == [1, 2, 3, 4, *known]
    assert run.changes.tolist() == [1, 2, 3, 4]
    assert len(run.newly_reached) == len(run.revisions)
    assert run.newly_reached[4:].tolist() == [0] * len(known)


def test_a_run_that_has_not_converged_ends_with_its_last_step():
    actions, _ = best_actions(a_map())
    run = Run(a_map(), values(1, 4))
    run.take(replace(finished(4, actions), converged=False, next_change=0.5))
    assert run.revisions.tolist() == [1, 2, 3, 4]


def test_a_rule_that_is_unknown_is_refused():
    piece = values(1, 1)
    with pytest.raises(VinguiError, match="There is no movement rule '9'; there are "):
        Run(a_map(), Values(**{**vars(piece), "rule": "9"}))
