"""Evaluating several models on several sets: every figure against a recount by hand."""

import math

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import LoadedSet
from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.oracle import solve
from vingui.core.rollout import Outcome, rollout
from vingui.core.terrain import palette_of_levels
from vingui.net.batches import Batches
from vingui.net.evaluate import KS, SolvedMap, ks_until
from vingui.net.evaluation import Contestant, Evaluation
from vingui.net.evaluation_batches import reports_in_batches
from vingui.net.evaluation_totals import SIDE_RANGES
from vingui.net.keras_networks import network_of
from vingui.net.planner import Planner

RULE = RULES["8"]


@pytest.fixture(scope="module")
def poor_planner(make_exact):
    """A planner that takes E for NE and south for dear: some of its walks go astray."""
    model = make_exact("8")
    bias = model.transitions.logits.bias.numpy().reshape(8, 9)
    model.transitions.logits.bias.assign(bias[[0, 1, 4, 3, 2, 5, 6, 7]].ravel())
    raw = model.step_reward.raw.numpy()
    raw[1] = 3
    model.step_reward.raw.assign(raw)
    return Planner(network_of(model), name="poor")


@pytest.fixture
def maps(draw_map):
    rng = np.random.default_rng(12)
    drawn = [draw_map(rng, *size, 0.3) for size in ((7, 9), (5, 5), (9, 20), (4, 33), (8, 8))]
    # One with costs, and one without a goal.
    terrain = rng.integers(0, 2, drawn[4].walls.shape, np.uint8)
    drawn[4] = GridMap(
        drawn[4].walls, drawn[4].goals, terrain=terrain, palette=palette_of_levels([1.0, 3.0])
    )
    return [*drawn, drawn[0].with_goal(None)]


def starts_of(grid):
    cells = map(tuple, np.argwhere(grid.free).tolist())
    return tuple(cell for cell in cells if cell not in grid.goals)


def ended(grid, start, actions, oracle):
    """Whether a start succeeds, whether optimally, its cost and the least, all by one rollout."""
    (path,) = rollout(grid.with_starts((start,)), actions, RULE, oracle)
    # Twice as many states as the best path; with costs, of the path of least cost that is found.
    states = 2 * len(oracle.best_path(start, RULE))
    success = path.outcome is Outcome.REACHED and len(path.path) <= states
    return success, success and path.optimal, path.cost, path.optimal_cost


def recount(planner, maps, iterations=None):
    """The figures of a row, start by start, from the plan of each map."""
    found = {"starts": [], "right": [], "by_k": {}, "latest": 0, "unreachable": 0}
    for grid in maps:
        starts = starts_of(grid)
        if not grid.goals:
            found["unreachable"] += len(starts)
            continue
        run, oracle = planner.plan(grid, iterations=iterations), solve(grid, RULE)
        found["latest"] = max(found["latest"], run.latest)
        actions = run.readouts.actions(run.latest)
        for cell in map(tuple, np.argwhere(oracle.optimal.any(axis=-1)).tolist()):
            chosen = int(actions[cell])
            found["right"].append(chosen >= 0 and bool(oracle.optimal[(*cell, chosen)]))
        for start in starts:
            if not math.isfinite(oracle.cost_to_go[start]):
                found["unreachable"] += 1
                continue
            last = ended(grid, start, actions, oracle)
            found["starts"].append((max(grid.walls.shape), *last))
            for k in KS:
                at_k = run.readouts.actions(min(k, run.latest))
                early = k < run.latest
                success, optimal, *_ = ended(grid, start, at_k, oracle) if early else last
                counted = found["by_k"].setdefault(k, [0, 0])
                counted[0] += success
                counted[1] += optimal
    return found


def run(evaluation):
    return evaluation.run(reports_in_batches(evaluation, Batches()))


def rows_of(contestants, maps, **options):
    evaluation = Evaluation(contestants, [LoadedSet("maps", maps)], starts="all", **options)
    evaluated = list(run(evaluation))
    assert len(evaluated) == len(maps) == evaluation.done == evaluation.total
    return evaluation.rows()


@pytest.mark.parametrize("iterations", [None, 5])
def test_each_figure_of_a_row_is_that_of_a_recount(poor_planner, maps, iterations):
    (row,) = rows_of([Contestant(poor_planner, None, iterations)], maps)
    expected = recount(poor_planner, maps, iterations)
    starts = expected["starts"]
    reached = [one for one in starts if one[1]]
    assert (row["maps"], row["starts"]) == (len(maps), len(starts))
    assert row["unreachable"] == expected["unreachable"] > 0
    assert row["success"] == len(reached) / len(starts)
    assert 0 < row["optimal"] == sum(one[2] for one in starts) / len(starts) < row["success"] < 1
    assert row["mean_excess"] == pytest.approx(
        np.mean([cost - least for *_, cost, least in reached])
    )
    assert row["action_accuracy"] == pytest.approx(np.mean(expected["right"]))
    assert row["seconds_per_map"] > 0
    for group in row["by_side"]:
        within = [one for one in starts if group["from"] <= one[0] < group["to"]]
        assert [group["starts"], group["success"], group["optimal"]] == [
            len(within),
            sum(one[1] for one in within),
            sum(one[2] for one in within),
        ]
    assert [group["from"] for group in row["by_side"]] == [2, 9, 17, 33]
    for group in row["by_length"]:
        within = [one for one in starts if group["from"] <= one[4] < (group["to"] or math.inf)]
        assert [group["starts"], group["success"], group["optimal"]] == [
            len(within),
            sum(one[1] for one in within),
            sum(one[2] for one in within),
        ]
    assert sum(group["starts"] for group in row["by_length"]) == len(starts)
    ks = [group["k"] for group in row["by_k"]]
    if iterations is None:
        assert ks == [k for k in KS if k < expected["latest"]] + [ks[-1]]
        assert ks[-1] >= expected["latest"]
    else:
        assert ks == [1, 2, 3, 4, 5]
    for group in row["by_k"]:
        counted = expected["by_k"].get(group["k"])
        if group["k"] == iterations:
            counted = [len(reached), sum(one[2] for one in starts)]
        assert [group["success"], group["optimal"]] == counted
        assert group["starts"] == len(starts)
    last = row["by_k"][-1]
    assert last["success"] == len(reached)


def test_references_are_exact_and_reactive_for_each_movement_rule(exact_models, maps):
    planners = [Planner(network_of(exact_models[name]), name=name) for name in ("8", "4")]
    rows = rows_of(
        [Contestant(planner, None, None) for planner in planners],
        maps,
        references=("exact", "reactive"),
    )
    assert [(row["model"], row["moves"], row["reference"]) for row in rows] == [
        *(("8", "8", False), ("4", "4", False)),
        *(("exact", "8", True), ("reactive", "8", True)),
        *(("exact", "4", True), ("reactive", "4", True)),
    ]
    for row in (rows[2], rows[4]):
        assert row["success"] == row["optimal"] == row["action_accuracy"] == 1
        assert (row["iterations"], row["by_k"]) == (None, [])
    for row in (rows[3], rows[5]):
        assert 0 < row["success"] < 1
    assert rows[0]["starts"] == rows[2]["starts"]


def test_failed_cases_are_one_a_map_and_as_many_as_wanted(poor_planner, maps):
    evaluation = Evaluation(
        [Contestant(poor_planner, None, None)],
        [LoadedSet("one", maps), LoadedSet("two", maps)],
        references=("reactive",),
        starts="all",
        most_failures=2,
    )
    cases = [case for evaluated in run(evaluation) for case in evaluated.failures]
    assert [case.dataset for case in cases] == ["one", "one", "two", "two"]
    assert len({case.index for case in cases[:2]}) == 2
    for case in cases:
        grid = maps[case.index]
        assert case.grid.same_world(grid)
        (start,) = case.grid.starts
        actions = poor_planner.greedy_actions(grid, iterations=None)
        assert not ended(grid, start, actions, solve(grid, RULE))[0]
        assert case.outcome in ("loop", "wall", "out-of-steps")
        assert case.sentence.endswith(".")
        assert tuple(case.path[0]) == case.grid.starts[0]
        assert case.path.shape[1] == 2


def test_an_evaluation_that_is_ended_has_the_maps_that_were_done(poor_planner, maps):
    evaluation = Evaluation(
        [Contestant(poor_planner, None, None)] * 2, [LoadedSet("maps", maps)], starts="all"
    )
    steps = run(evaluation)
    next(steps), next(steps)
    rows = evaluation.rows()
    assert [(row["maps"], row["finished"]) for row in rows] == [(2, False)] * 2
    assert evaluation.done == 2
    assert not evaluation.finished

    def stop():
        raise KeyboardInterrupt

    broken = Evaluation([Contestant(poor_planner, None, None)], [LoadedSet("maps", maps)])
    with pytest.raises(KeyboardInterrupt):
        next(broken.run(reports_in_batches(broken, Batches(on_piece=stop))))
    assert broken.rows() == []


def test_the_ks_end_with_k():
    assert ks_until(None) == KS
    assert ks_until(1) == (1,)
    assert ks_until(36) == (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 36)
    assert ks_until(48)[-2:] == (32, 48)
    assert list(KS) == sorted(set(KS))


def test_k_is_the_models_own_or_auto_or_a_number(poor_planner):
    assert poor_planner.iterations_for("own") is poor_planner.own_iterations
    assert poor_planner.iterations_for("auto") is None
    assert poor_planner.iterations_for(7) == 7
    for wrong in (0, -2, "many", True, 2.5):
        with pytest.raises(VinguiError, match="K must be a whole number from 1"):
            poor_planner.iterations_for(wrong)


def test_sides_begin_at_the_lower_end_of_their_range(exact_planner):
    corridors = [
        GridMap(np.zeros((2, side), bool), ((0, 0),), ((0, 1),)) for side in (2, 8, 9, 16, 17, 40)
    ]
    evaluation = Evaluation(
        [Contestant(exact_planner, None, None)], [LoadedSet("corridors", corridors)]
    )
    assert len(list(run(evaluation))) == 6
    groups = evaluation.rows()[0]["by_side"]
    assert [(group["from"], group["starts"]) for group in groups] == [
        (2, 2),
        (9, 2),
        (17, 1),
        (33, 1),
    ]
    assert set(SIDE_RANGES) > {group["from"] for group in groups}


def test_models_of_one_name_are_told_apart(exact_planner, maps):
    rows = rows_of([Contestant(exact_planner, None, k) for k in (None, 3, 2)], maps)
    assert [row["model"] for row in rows] == ["exact-8", "exact-8 (2)", "exact-8 (3)"]


def test_times_do_not_count_the_loading_of_compiled_code(exact_planner, maps, monkeypatch):
    solved = []
    whole = SolvedMap.__init__

    def count(self, grid, *arguments, **options):
        solved.append(grid)
        whole(self, grid, *arguments, **options)

    monkeypatch.setattr(SolvedMap, "__init__", count)
    (row,) = rows_of([Contestant(exact_planner, None, None)], maps[:3])
    assert solved == [maps[0], *maps[:3]]
    assert row["maps"] == 3
