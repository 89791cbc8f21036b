"""The words for plans and trajectories, the same on the command line, in figures and the window."""

import math

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.plan import Plan
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.words import counted, describe, iterations, place


def plan_of(*, k=10, converged=False, says=()):
    """A plan whose policy has nothing to say but at the cells of `says`."""
    policy = np.zeros((4, 6, 8), np.float32)
    for cell in says:
        policy[cell] = 1 / 8
    nothing = np.full((4, 6, 1), -np.inf, np.float32)
    grid = GridMap(np.zeros((4, 6), bool), (0, 0))
    values = nothing[None, ..., 0]
    return Plan(grid, "m", EIGHT, k, converged, np.array([k]), values, nothing, nothing, policy)


def trajectory_of(outcome, *, steps=0, length=0.0, exact=math.inf, end=(3, 4), start=(2, 5)):
    path = np.array([start, *[(1, 1)] * (steps - 1), end][: steps + 1], np.int64).reshape(-1, 2)
    assert len(path) == steps + 1
    return Trajectory(start, outcome, path, length, exact)


def reached(steps, length, exact):
    return trajectory_of(Outcome.REACHED, steps=steps, length=length, exact=exact)


@pytest.mark.parametrize(
    ("trajectory", "words"),
    [
        (reached(23, 24.9, 24.9), "reached the goal in 23 steps, 24.9 long (optimal)"),
        (reached(1, 2**0.5, 2**0.5), "reached the goal in 1 step, 1.4 long (optimal)"),
        (reached(0, 0.0, 0.0), "starts at the goal"),
        (
            reached(23, 24.9, 24.3),
            "reached the goal in 23 steps, 24.9 long, 0.6 longer than optimal 24.3",
        ),
        (
            reached(17, 17.0, 12 * 2**0.5),
            "reached the goal in 17 steps, 17.0 long, 0.03 longer than optimal 17.0",
        ),
        (
            reached(99, 99.0, 70 * 2**0.5),
            "reached the goal in 99 steps, 99.0 long, under 0.01 longer than optimal 99.0",
        ),
        (
            trajectory_of(Outcome.LOOP, steps=12),
            "loops: comes back to row 3, col 4 after 12 steps",
        ),
        (trajectory_of(Outcome.WALL, steps=5), "runs into a wall at row 3, col 4 after 5 steps"),
        (
            trajectory_of(Outcome.WALL, end=(2, 5)),
            "runs into a wall at row 2, col 5 after 0 steps",
        ),
        (
            trajectory_of(Outcome.UNREACHABLE),
            "unreachable: no path leads from row 2, col 5 to the goal",
        ),
        (trajectory_of(Outcome.NO_GOAL), "no goal"),
    ],
)
def test_an_outcome_in_words(trajectory, words):
    assert describe(trajectory, plan_of()) == words


def test_without_a_start():
    nowhere = Trajectory(None, Outcome.NO_START, np.empty((0, 2), np.int64), 0.0, math.inf)
    assert describe(nowhere, plan_of()) == "no start"


def test_where_moves_were_too_few():
    stopped = trajectory_of(Outcome.OUT_OF_STEPS, steps=7)
    assert describe(stopped, plan_of(says=[(3, 4)])) == "out of steps after 7 steps"


def test_where_iterations_were_too_few():
    stopped = trajectory_of(Outcome.OUT_OF_STEPS, steps=7)
    assert describe(stopped, plan_of(k=10)) == (
        "stopped at row 3, col 4: in K = 10 iterations the values have not come this far; raise K"
    )
    assert "in K = 1 iteration the" in describe(stopped, plan_of(k=1))


def test_where_no_iteration_would_help():
    stopped = trajectory_of(Outcome.OUT_OF_STEPS, steps=7)
    assert describe(stopped, plan_of(converged=True)) == (
        "stopped at row 3, col 4: the model's values never reach this cell"
    )


def test_every_outcome_has_words():
    for outcome in Outcome:
        assert describe(trajectory_of(outcome, steps=2), plan_of())


def test_small_words():
    assert place((3, 4)) == "row 3, col 4"
    assert counted(1, "step") == "1 step"
    assert counted(0, "step") == "0 steps"
    assert iterations(plan_of(k=80, converged=True)) == "K = 80, converged"
    assert iterations(plan_of(k=8)) == "K = 8, not converged"
