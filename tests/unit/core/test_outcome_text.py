"""The words for runs and trajectories, the same on the command line, in figures and the window."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.core.map_edits import paint, set_goal_value
from vingui.core.outcome_text import sentence, sentence_of_all, sentence_of_one, state, unseen
from vingui.core.phrases import counted, percent, place
from vingui.core.rollout import Outcome, Trajectory

NOT_YET = "the values have not reached this cell yet"


def run_of(
    *,
    latest=10,
    converged=False,
    finished=True,
    frame=None,
    goals=((3, 4),),
    costly=False,
    search=False,
):
    grid = SimpleNamespace(frame=frame, goals=goals, starts=((8, 9),), is_costly=costly)
    return SimpleNamespace(
        latest=latest,
        converged=converged,
        finished=finished,
        grid=grid,
        oracle=None,
        has_learned_costs=False,
        is_search=search,
    )


def trajectory_of(outcome, *, steps=0, length=0.0, exact=math.inf, end=(3, 4), start=(2, 5)):
    path = np.array([start, *[(1, 1)] * (steps - 1), end][: steps + 1], np.int64).reshape(-1, 2)
    assert len(path) == steps + 1
    return Trajectory(start, outcome, path, length, length, exact)


def reached(steps, length, exact):
    return trajectory_of(Outcome.REACHED, steps=steps, length=length, exact=exact)


def paid(cost, exact, *, value=0.0):
    return replace(reached(23, 24.9, exact), cost=cost, goal_value=value, costly=True)


LOOP = trajectory_of(Outcome.LOOP, steps=12)
WALL = trajectory_of(Outcome.WALL, steps=5)
ISLAND = trajectory_of(Outcome.UNREACHABLE)
STOP = trajectory_of(Outcome.OUT_OF_STEPS, steps=7)
BEST = reached(23, 24.9, 24.9)


@pytest.mark.parametrize(
    ("trajectory", "words"),
    [
        (BEST, "Reached the goal in 23 steps, 24.9 long (optimal)"),
        (reached(1, 2**0.5, 2**0.5), "Reached the goal in 1 step, 1.4 long (optimal)"),
        (reached(0, 0.0, 0.0), "Starts at the goal"),
        (
            reached(23, 24.9, 24.3),
            "Reached the goal in 23 steps, 24.9 long, 0.6 longer than optimal 24.3",
        ),
        (
            reached(17, 17.0, 12 * 2**0.5),
            "Reached the goal in 17 steps, 17.0 long, 0.03 longer than optimal 17.0",
        ),
        (
            reached(99, 99.0, 70 * 2**0.5),
            "Reached the goal in 99 steps, 99.0 long, under 0.01 longer than optimal 99.0",
        ),
        (LOOP, "Loops: comes back to row 3, col 4 after 12 steps"),
        (WALL, "Runs into a wall at row 3, col 4 after 5 steps"),
        (
            trajectory_of(Outcome.WALL, end=(2, 5)),
            "Runs into a wall at row 2, col 5 after 0 steps",
        ),
        (ISLAND, "Unreachable: no path leads from row 2, col 5 to the goal"),
        (trajectory_of(Outcome.NO_GOAL), "No goal"),
    ],
)
def test_an_outcome_in_words(trajectory, words):
    assert sentence(trajectory, run_of(), 10) == words


@pytest.mark.parametrize(
    ("trajectory", "words"),
    [
        (paid(41.2, 41.2), "at a cost of 41.2 (optimal)"),
        (paid(41.2, 38.5), "at a cost of 41.2, 7 % more costly than the best, 38.5"),
        (paid(38.6, 38.5), "at a cost of 38.6, under 1 % more costly than the best, 38.5"),
        (paid(41.2, 36.2, value=5.0), "at a cost of 41.2, for a value of 5 (optimal)"),
        (paid(41.2, 0.7, value=-2.5), "at a cost of 41.2, for a value of -2.5, 43.0 worse than"),
    ],
)
def test_costs_in_words(trajectory, words):
    two = ((3, 4), (8, 8))
    assert words in sentence(trajectory, run_of(costly=True), 10)
    assert sentence(trajectory, run_of(costly=True), 10).startswith("Reached the goal in 23 steps ")
    several = sentence(trajectory, run_of(costly=True, goals=two), 10)
    assert several.startswith("Reached the goal at row 3, col 4 in 23 steps ")
    best = sentence_of_all([paid(5, 5), paid(9, 9)], run_of(costly=True, goals=two), 10)
    assert best == "All 2 starts reach a goal by a path of least cost"


def test_without_a_start():
    nowhere = Trajectory(None, Outcome.NO_START, np.empty((0, 2), np.int64), 0.0, 0.0, math.inf)
    assert sentence(nowhere, run_of(), 10) == "No start"


@pytest.mark.parametrize(
    ("run", "k", "why"),
    [
        (run_of(), 10, f"after K = 10 iterations {NOT_YET}; raise K"),
        (run_of(latest=1), 1, f"after K = 1 iteration {NOT_YET}; raise K"),
        (run_of(converged=True), 10, "the model's values never reach this cell"),
        (run_of(), 7, f"at k = 7 {NOT_YET}"),
        (run_of(finished=False), 10, f"at k = 10 {NOT_YET}"),
        (
            run_of(search=True, converged=True),
            9,
            "after 9 expansions the search has not come to a goal yet",
        ),
        (run_of(search=True, converged=True), 10, "the search began at row 8, col 9"),
    ],
)
def test_why_a_walk_stops(run, k, why):
    assert sentence(STOP, run, k) == f"Stopped at row 3, col 4: {why}"


def test_every_outcome_has_words():
    for outcome in Outcome:
        assert sentence(trajectory_of(outcome, steps=2), run_of(), 10)


def test_one_start_of_several():
    run = run_of()
    assert sentence_of_one(0, BEST, run, 10).startswith("Start 1 reached the goal in 23 steps")
    assert sentence_of_one(1, ISLAND, run, 10).startswith("Start 2 is unreachable: no path")


@pytest.mark.parametrize(
    ("trajectories", "words"),
    [
        ([BEST, BEST], "All 2 starts reach the goal by a shortest path"),
        (
            [BEST, reached(9, 9.0, 7.0)],
            "All 2 starts reach the goal, 1 of them by a shortest path",
        ),
        (
            [BEST, LOOP],
            (
                "1 of 2 starts reaches the goal; start 2 loops: comes back to row 3, col 4 after "
                "12 steps"
            ),
        ),
        (
            [BEST, BEST, LOOP, LOOP, WALL, ISLAND, STOP],
            (
                "2 of 7 starts reach the goal; 2 loop, 1 runs into a wall, 1 is unreachable, "
                "1 stops on the way"
            ),
        ),
    ],
)
def test_all_starts(trajectories, words):
    assert sentence_of_all(trajectories, run_of(), 10) == words


def test_small_words():
    assert place((3, 4)) == "row 3, col 4"
    assert counted(1, "step") == "1 step"
    assert counted(1230, "step") == "1,230 steps"
    assert percent(0.99999) == "99.99%"
    assert percent(1.0) == "100.00%"
    assert state(run_of(latest=80, converged=True)) == "K = 80, converged"
    assert state(run_of(latest=8)) == "K = 8, not converged"
    assert state(run_of(latest=1208, converged=True, search=True)) == "1,208 expansions"
    assert state(run_of(latest=1, search=True)) == "1 expansion, not finished"
    assert state(run_of(latest=1200, finished=False)) == "k = 1,200, planning ..."


def test_on_a_map_with_a_frame_a_length_is_given_in_metres_too():
    run = run_of(frame=MapFrame(0.0502))
    assert sentence(BEST, run, 10) == "Reached the goal in 23 steps, 24.9 long (1.25 m), optimal"
    longer = "Reached the goal in 23 steps, 24.9 long (1.25 m), 0.6 longer than optimal 24.3"
    assert sentence(reached(23, 24.9, 24.3), run, 10) == longer


@pytest.mark.parametrize(
    ("changes", "channels", "text"),
    [
        ({}, 1, ""),
        ({"terrain": 3}, 8, ""),
        ({"terrain": 3}, 0, ""),
        (
            {"terrain": 3},
            1,
            "vin-8x8 cannot see terrain: it plans as if every cell cost 1.",
        ),
        (
            {"value": 5},
            1,
            "vin-8x8 cannot see the goals' values: it plans as if all goals were worth the same.",
        ),
        (
            {"terrain": 3, "value": 5},
            1,
            (
                "vin-8x8 cannot see terrain or the goals' values: it plans as if every cell cost 1 "
                "and all goals were worth the same."
            ),
        ),
    ],
)
def test_what_the_papers_vin_cannot_see(changes, channels, text):
    grid = GridMap(np.zeros((4, 4), bool), ((0, 0), (3, 3)))
    if "terrain" in changes:
        grid = paint(grid, [(1, 1)], material=changes["terrain"])
    if "value" in changes:
        grid = set_goal_value(grid, (3, 3), changes["value"])
    readouts = SimpleNamespace(reward_channels=channels)
    assert unseen(SimpleNamespace(grid=grid, readouts=readouts, model="vin-8x8")) == text
