"""Evaluation: the sums over all starts against one trajectory after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.oracle import solve
from vingui.core.path_costs import is_least
from vingui.core.rollout import rollout_all
from vingui.core.train_settings import HELD_OUT_SEED
from vingui.net.evaluate import MapResult, evaluate
from vingui.net.evaluation_totals import EvaluationTotals
from vingui.net.keras_networks import network_of
from vingui.net.map_counts import LENGTH_RANGES, MapCounts
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


def with_starts(grid, rng, share=0.5):
    """The map with some of its free cells as starts, unreachable ones and the goal among them."""
    cells = [tuple(cell) for cell in np.argwhere(grid.free).tolist()]
    return grid.with_starts(tuple(cell for cell in cells if rng.random() < share))


def result_of(grid, actions, rule=RULE, *, limit=10**6):
    limits = np.full(grid.walls.shape, limit)
    starts = np.array(grid.starts, np.int64).reshape(-1, 2)
    if not grid.goal:
        return MapResult(0, grid, starts, rule, actions, None, limits, None)
    oracle = solve(grid, rule)
    rollouts = rollout_all(grid, actions, rule, oracle, max_steps=limits)
    return MapResult(0, grid, starts, rule, actions, oracle, limits, rollouts)


def totals_of(*results):
    totals = EvaluationTotals()
    for result in results:
        totals.add(MapCounts.of(result))
    return totals


def brute(results):
    """What `EvaluationTotals` holds, from the records of the results one by one."""
    totals = EvaluationTotals()
    for result in results:
        totals.maps += 1
        for record in result.records():
            if record["outcome"] == "no-start":
                continue
            if record["optimal_length"] is None:
                totals.unreachable += 1
                continue
            exact, reached = record["optimal_length"], record["outcome"] == "reached"
            optimal = reached and is_least(record["length"], exact, greatest_value=0)
            totals.starts += 1
            totals.reached += reached
            totals.optimal += optimal
            totals.excess += record["length"] - exact if reached else 0.0
            place = max(at for at, low in enumerate(LENGTH_RANGES) if low <= exact)
            totals.by_length[place] += [1, reached, optimal]
        if result.oracle is not None:
            for cell in np.argwhere(result.oracle.optimal.any(axis=-1)).tolist():
                action = int(result.actions[tuple(cell)])
                totals.actions += 1
                totals.actions_right += action >= 0 and result.oracle.optimal[(*cell, action)]
    return totals


def assert_same(totals, expected):
    for name in ("maps", "starts", "unreachable", "reached", "optimal", "actions"):
        assert getattr(totals, name) == getattr(expected, name), name
    assert totals.actions_right == expected.actions_right
    assert totals.excess == pytest.approx(expected.excess, abs=1e-6)
    assert totals.by_length.tolist() == expected.by_length.tolist()


@pytest.mark.slow
@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_the_sums_are_those_of_the_records_one_by_one(poor_planner, draw_map, seed, data):
    rng = np.random.default_rng(seed)
    maps = [
        with_starts(draw_map(rng, 7, 9, density), rng)
        for density in data.draw(st.lists(st.floats(0, 0.6), min_size=1, max_size=4))
    ]
    starts = data.draw(st.sampled_from(["given", "all"]))
    iterations = data.draw(st.sampled_from([None, 3]))
    results = list(evaluate(poor_planner, maps, starts=starts, iterations=iterations))
    assert_same(totals_of(*results), brute(results))


def test_a_poor_model_reaches_some_goals_some_of_them_on_detours(poor_planner, draw_map):
    rng = np.random.default_rng(3)
    maps = [draw_map(rng, 9, 9, 0.25) for _ in range(6)]
    totals = totals_of(*evaluate(poor_planner, maps, starts="all"))
    assert 0 < totals.optimal < totals.reached < totals.starts
    assert 0 < totals.actions_right < totals.actions
    assert totals.excess > 0


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_a_model_that_knows_the_rule_has_full_marks(exact_models, draw_map, rule):
    planner = Planner(network_of(exact_models[rule]), name="exact")
    rng = np.random.default_rng(4)
    maps = [draw_map(rng, 8, 9, 0.4) for _ in range(5)]
    summary = totals_of(*evaluate(planner, maps, starts="all")).summary()
    assert summary["success"] == summary["optimal"] == summary["action_accuracy"] == 1
    assert summary["mean_excess"] == pytest.approx(0, abs=1e-9)
    assert summary["unreachable"] > 0
    reachable = sum((np.isfinite(c) & (c > 0)).sum() for c in map(cost_under(rule), maps))
    assert summary["starts"] == reachable


def cost_under(rule):
    return lambda grid: solve(grid, RULES[rule]).cost_to_go


def test_a_summary_by_hand(grid_of):
    grid = grid_of("SSG.#S", "....##", "SS...#")
    east, stay = 2, -1
    actions = np.full((3, 6), stay)
    actions[0, :2] = east
    # From the lower left one walks east in two steps too many, up and back.
    actions[2, 0], actions[2, 1] = 0, 0
    actions[1, 0], actions[1, 1] = east, east
    actions[1, 2] = 0
    oracle = solve(grid, RULE)
    totals = totals_of(result_of(grid, actions))
    assert (totals.maps, totals.starts, totals.unreachable) == (1, 4, 1)
    assert (totals.reached, totals.optimal) == (4, 2)
    exact = [
        oracle.cost_to_go[cell] for cell in grid.starts if np.isfinite(oracle.cost_to_go[cell])
    ]
    walked = [2, 1, 4, 3]
    assert totals.excess == pytest.approx(sum(walked) - sum(exact))
    assert totals.actions == oracle.optimal.any(axis=-1).sum() == 12
    assert totals.actions_right == 5
    summary = totals.summary()
    assert summary["success"] == 1
    assert summary["optimal"] == 0.5
    assert summary["mean_excess"] == pytest.approx((sum(walked) - sum(exact)) / 4)
    assert summary["action_accuracy"] == 5 / 12


@pytest.mark.parametrize(("reached", "starts"), [(0, 5), (5, 5), (7, 10), (996, 1000)])
def test_the_success_interval_is_wilsons(reached, starts):
    totals = EvaluationTotals(maps=1, starts=starts, reached=reached, actions=1)
    expected = binomtest(reached, starts).proportion_ci(method="wilson")
    assert totals.summary()["success_interval"] == pytest.approx([expected.low, expected.high])


def test_ranges_of_length_begin_at_their_lower_end(corridor):
    rule = RULES["4"]
    grid = corridor(120)
    oracle = solve(grid, rule)
    cells = [tuple(cell) for cell in np.argwhere(oracle.reachable).tolist()]
    actions = np.where(oracle.optimal.any(axis=-1), oracle.optimal.argmax(axis=-1), -1)
    totals = totals_of(result_of(grid.with_starts(tuple(cells)), actions, rule))
    summary = totals.summary()
    assert [(row["from"], row["starts"]) for row in summary["by_length"]] == [
        (0, 10),
        (10, 10),
        (20, 30),
        (50, 50),
        (100, 21),
    ]
    for row in summary["by_length"]:
        assert row["success"] == row["optimal"] == row["starts"]
    assert sum(row["starts"] for row in summary["by_length"]) == summary["starts"] == 121
    assert [row["to"] for row in summary["by_length"]] == [10, 20, 50, 100, 200]


def test_starts_that_cannot_reach_the_goal_do_not_count(exact_planner, grid_of):
    totals = totals_of(*evaluate(exact_planner, [grid_of("S#G", "S##", "S#S")]))
    assert (totals.starts, totals.unreachable) == (0, 4)
    with pytest.raises(VinguiError, match="none of 1 map has a start that can reach a goal"):
        totals.summary()
    totals.add(*map(MapCounts.of, evaluate(exact_planner, [grid_of("S.G", "#.#")])))
    assert (totals.maps, totals.starts, totals.unreachable) == (2, 1, 4)
    assert totals.summary()["success"] == 1


def test_maps_without_a_goal_count_their_starts_as_unreachable(exact_planner, grid_of):
    results = list(evaluate(exact_planner, [grid_of("S..", "..S"), grid_of("..", "..")]))
    totals = totals_of(*results)
    assert (totals.maps, totals.starts, totals.unreachable, totals.actions) == (2, 0, 2, 0)
    assert_same(totals, brute(results))
    assert [record["outcome"] for record in results[0].records()] == ["no-goal"] * 2
    assert [record["outcome"] for record in results[1].records()] == ["no-start"]


def test_no_maps_at_all_cannot_be_summed_up():
    with pytest.raises(VinguiError, match="none of 0 maps"):
        EvaluationTotals().summary()


def test_a_start_on_a_goal_that_is_walled_in_can_be_summed_up(exact_planner):
    grid = GridMap(np.array([[False, True], [True, True]]), ((0, 0),), ((0, 0),))
    summary = totals_of(*evaluate(exact_planner, [grid])).summary()
    assert (summary["starts"], summary["success"], summary["optimal"]) == (1, 1, 1)


def test_nothing_reached_has_no_mean_excess(grid_of):
    grid = grid_of("S.G", "...")
    summary = totals_of(result_of(grid, np.full((2, 3), -1))).summary()
    assert (summary["success"], summary["mean_excess"]) == (0, None)


def test_all_starts_are_the_free_cells_but_the_goal(exact_planner, grid_of):
    grid = grid_of("S#G", "...", "#..")
    given, every = (next(evaluate(exact_planner, [grid], starts=s)) for s in ("given", "all"))
    assert given.starts.tolist() == [[0, 0]]
    assert every.starts.tolist() == [[0, 0], [1, 0], [1, 1], [1, 2], [2, 1], [2, 2]]
    (aimless,) = evaluate(exact_planner, [grid.with_goal(None)], starts="all")
    assert aimless.starts.tolist() == np.argwhere(grid.free).tolist()


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_a_trajectory_may_have_twice_as_many_states_as_the_optimal_path(
    exact_models, draw_map, rule
):
    planner = Planner(network_of(exact_models[rule]), name="exact")
    result = next(evaluate(planner, [draw_map(np.random.default_rng(6), 8, 8)], starts="all"))
    states = {}
    for record in result.records():
        if record["outcome"] == "reached":
            states[record["start"]] = len(record["path"])
    assert len(states) > 20
    for start, optimal_states in states.items():
        assert result.limit[start] + 1 == 2 * optimal_states


def test_a_detour_of_just_the_limit_succeeds_and_of_one_step_more_does_not(grid_of):
    # Three moves are optimal, four states: seven moves make eight.
    grid = grid_of("S..G", "....", "....")
    rule = RULES["4"]
    south, east, north = 1, 2, 0
    actions = np.full((3, 4), -1)
    actions[0, 0] = actions[1, 0] = south
    actions[2, :3] = east
    actions[2, 3] = actions[1, 3] = north
    at_most = result_of(grid, actions, rule, limit=7)
    assert [record["length"] for record in at_most.records()] == [7]
    totals = totals_of(at_most)
    assert (totals.reached, totals.optimal, totals.excess) == (1, 0, 4)
    less = result_of(grid, actions, rule, limit=6)
    assert totals_of(less).reached == 0
    assert [record["outcome"] for record in less.records()] == ["out-of-steps"]
    assert_same(totals_of(less), brute([less]))


def test_results_keep_the_order_of_the_maps_and_name_it(exact_planner, draw_map):
    rng = np.random.default_rng(8)
    maps = [draw_map(rng, 4, 5) for _ in range(3)]
    results = list(evaluate(exact_planner, maps))
    assert [result.index for result in results] == [0, 1, 2]
    assert [result.grid for result in results] == maps
    record = next(results[2].records())
    assert (record["map"], record["goal"]) == (2, maps[2].goal)


def test_too_few_iterations_leave_the_far_starts_unsolved(exact_models, corridor):
    planner, grid = Planner(network_of(exact_models["4"]), name="exact"), corridor(40)
    short = totals_of(*evaluate(planner, [grid], starts="all", iterations=10))
    enough = totals_of(*evaluate(planner, [grid], starts="all"))
    # The values of V_10 have come ten cells far, and the policy looks one cell further.
    assert (short.reached, short.starts) == (11, 40)
    assert (enough.reached, enough.starts) == (40, 40)


def test_the_marks_are_not_the_maps_of_any_training():
    from vingui.core.train_settings import TrainSettings

    with pytest.raises(VinguiError):
        TrainSettings(seed=HELD_OUT_SEED)
