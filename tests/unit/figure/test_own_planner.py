"""The planner process of the figure process: its plans, and how it fails."""

import sys

import numpy as np
import pytest

from vingui.core.cards import find_model
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import ReadoutRequest
from vingui.core.recipe import Recipe
from vingui.core.rollout import Outcome
from vingui.core.tiles import SIDE
from vingui.figure.own_planner import OwnPlanner

pytestmark = pytest.mark.slow


def recipe_of(grid):
    return Recipe(
        kind="film",
        grid=grid,
        name="",
        model="dynamic-8",
        sha256="0" * 64,
        rule="8",
        iterations=80,
        memory=1 << 24,
        options={},
        versions={},
        suffix=".gif",
    )


def test_it_plans_and_reads_out_until_the_next_plan():
    # Too large for the policy to come with the plan.
    grid = GridMap(np.zeros((8, 3 * SIDE), bool), ((4, 60),), ((1, 1),))
    with OwnPlanner() as planner:
        process = planner._process
        for _ in range(2):
            run = planner.plan(find_model("dynamic-8"), recipe_of(grid))
            assert run.latest == 80
            (trajectory,) = run.trajectories(grid.starts, run.latest)
            assert trajectory.outcome is Outcome.REACHED
            policy = run.readouts.policy(run.latest, (0, 0, 8, 3 * SIDE))
            assert policy.shape == (8, 3 * SIDE, 8)
            assert policy[4, 50].sum() == pytest.approx(1)
            with pytest.raises(RuntimeError, match="Traceback"):
                planner._read(ReadoutRequest(run.number, run.latest, 9, 9))
    assert process.poll() is not None


def test_a_network_that_cannot_be_loaded_is_named_and_the_next_one_plans(tmp_path):
    grid = GridMap(np.zeros((4, 4), bool), ((3, 3),), ((0, 0),))
    (tmp_path / "odd.keras").write_bytes(b"odd")
    with OwnPlanner() as planner:
        with pytest.raises(VinguiError, match=r"odd\.keras: "):
            planner.plan(tmp_path / "odd.keras", recipe_of(grid))
        assert planner.plan(find_model("dynamic-8"), recipe_of(grid)).settled


def test_a_process_that_ends_is_told(tmp_path):
    grid = GridMap(np.zeros((4, 4), bool), ((3, 3),), ((0, 0),))
    command = (sys.executable, "-c", "import sys; sys.exit(3)")
    with OwnPlanner(command) as planner, pytest.raises(VinguiError, match="exit code 3"):
        planner.plan(find_model("dynamic-8"), recipe_of(grid))
