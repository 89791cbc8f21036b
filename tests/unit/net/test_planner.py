"""Planning: what a planner gives against the model's own forward pass, and where "auto" stops."""

import tempfile
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.oracle import solve
from vingui.core.rollout import rollout_all
from vingui.net.data import encode
from vingui.net.keras_networks import network_of
from vingui.net.models import UNREACHED
from vingui.net.network import most_iterations
from vingui.net.planner import Planner

pytestmark = pytest.mark.slow

light = settings(max_examples=25)

CHUNK = 32
"""Backups that the layers make at once."""


def part_of(plan, name):
    """The reward, the q-values or the policy of every cell under V_K."""
    bands = plan.readouts.bands(plan.latest)
    return np.concatenate([getattr(band, name) for band in bands])


@pytest.fixture(scope="module")
def models(dynamic, vin, exact_models):
    """The model of every way to plan: of random weights and of known ones."""
    exact = exact_models["8"]
    ways = {"random": dynamic, "random keras": dynamic, "exact keras": exact, "vin": vin}
    return {**ways, **exact_models}


@pytest.fixture(scope="module")
def planners(models):
    """Every way to plan, compiled once."""
    return {
        way: Planner(
            network_of(model),
            name=f"exact-{way}" if way in RULES else way,
            engine="keras" if way.endswith("keras") else "numba",
        )
        for way, model in models.items()
    }


def forward(model, grid, iterations):
    """The model's own pass with another K; the weights do not know it."""
    was, model.iterations = model.iterations, iterations
    try:
        out = model(encode([grid]))
    finally:
        model.iterations = was
    return {key: np.asarray(value)[0] for key, value in out.items()}


def unreached_as_inf(values):
    return np.where(values < UNREACHED / 2, -np.inf, values)


def assert_as_the_model(plan, model, *, tolerance=0.0):
    """Every array of a plan of which nothing was thinned out."""
    out = forward(model, plan.grid, plan.latest)
    free = plan.grid.free
    np.testing.assert_array_equal(plan.kept, np.arange(1, plan.latest + 1))
    close = {"rtol": 1e-5 + tolerance, "atol": 1e-5 + tolerance}
    np.testing.assert_allclose(plan.values, unreached_as_inf(out["values"]), **close)
    np.testing.assert_allclose(part_of(plan, "reward"), out["reward"], **close)
    np.testing.assert_allclose(part_of(plan, "q")[free], unreached_as_inf(out["q"])[free], **close)
    says = free & (out["q"].max(axis=-1) > UNREACHED / 2)
    says[plan.grid.goal] = False
    np.testing.assert_allclose(
        part_of(plan, "policy")[says], out["policy"][says], rtol=1e-3, atol=1e-5
    )
    assert not part_of(plan, "policy")[~says].any()


def first_still(values):
    """The first k with V_k equal to V_(k+1), V_1 first, or `None`."""
    pairs = enumerate(pairwise(values), start=1)
    return next((k for k, (one, other) in pairs if np.array_equal(one, other)), None)


@pytest.mark.parametrize("way", ["random", "random keras", "vin"])
@light
@given(seed=st.integers(0, 10**6), data=st.data())
def test_a_plan_with_k_fixed_is_the_models_own_pass(planners, models, draw_map, way, seed, data):
    rows, cols = data.draw(st.integers(2, 9)), data.draw(st.integers(2, 9))
    density, iterations = data.draw(st.floats(0, 0.7)), data.draw(st.sampled_from([1, 2, 7]))
    grid = draw_map(np.random.default_rng(seed), rows, cols, density)
    plan = planners[way].plan(grid, iterations=iterations)
    assert plan.latest == iterations
    assert_as_the_model(plan, models[way])


@pytest.mark.parametrize(
    ("rows", "cols"), [(2, 2), (15, 17), (16, 16), (17, 15), (33, 2), (16, 33)]
)
@pytest.mark.parametrize("way", ["random", "random keras", "vin"])
def test_any_shape_is_planned_on(planners, models, draw_map, way, rows, cols):
    grid = draw_map(np.random.default_rng(rows * cols), rows, cols)
    plan = planners[way].plan(grid, iterations=5)
    assert plan.values.shape == (5, rows, cols)
    assert (
        part_of(plan, "reward").shape[:2]
        == part_of(plan, "q").shape[:2]
        == part_of(plan, "policy").shape[:2]
        == (rows, cols)
    )
    assert_as_the_model(plan, models[way])


@pytest.mark.parametrize("rule", RULES)
@light
@given(seed=st.integers(0, 10**6), data=st.data())
def test_a_model_that_knows_the_rule_plans_like_the_oracle(planners, draw_map, rule, seed, data):
    rows, cols = data.draw(st.integers(2, 12)), data.draw(st.integers(2, 12))
    grid = draw_map(np.random.default_rng(seed), rows, cols, data.draw(st.floats(0, 0.6)))
    plan = planners[rule].plan(grid)
    oracle = solve(grid, RULES[rule])
    assert plan.converged
    cost = np.where(np.isfinite(plan.values[-1]), -plan.values[-1], np.inf)
    np.testing.assert_allclose(cost, oracle.cost_to_go, rtol=1e-5, atol=1e-6)
    walks = rollout_all(grid, plan.readouts.actions(plan.latest), RULES[rule], oracle)
    np.testing.assert_allclose(walks.costs, oracle.cost_to_go, rtol=1e-9)
    says = (plan.readouts.actions(plan.latest) >= 0).tolist()
    assert says == (oracle.reachable & (oracle.cost_to_go > 0)).tolist()


@pytest.mark.parametrize("way", ["random", "random keras", "8"])
@light
@given(seed=st.integers(0, 10**6), data=st.data())
def test_auto_stops_at_the_first_value_function_that_is_followed_by_its_like(
    planners, models, draw_map, way, seed, data
):
    rows, cols = data.draw(st.integers(2, 8)), data.draw(st.integers(2, 8))
    grid = draw_map(np.random.default_rng(seed), rows, cols, data.draw(st.floats(0, 0.7)))
    plan = planners[way].plan(grid)
    brute = forward(models[way], grid, rows * cols + 1)["values"]
    assert plan.converged
    assert plan.latest == first_still(brute)
    assert_as_the_model(plan, models[way])


BOUNDARIES = [
    1,
    2,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    2 * CHUNK - 1,
    2 * CHUNK,
    2 * CHUNK + 1,
]


@pytest.mark.parametrize("way", ["4", "exact keras"])
@pytest.mark.parametrize("moves", BOUNDARIES)
def test_auto_stops_when_the_far_end_is_reached_whatever_the_chunks(planners, corridor, way, moves):
    rule = planners[way].rule
    grid = corridor(moves)
    # Where corners can be cut the goal is nearer: as many moves as it takes from the far end.
    walks = rollout_all(grid, solve(grid, rule).optimal.argmax(axis=-1), rule, solve(grid, rule))
    longest = int(walks.steps.max())
    assert way != "4" or longest == moves
    plan = planners[way].plan(grid)
    assert (plan.latest, plan.converged) == (longest, True)
    assert list(plan.kept) == list(range(1, longest + 1))
    reached = np.isfinite(plan.values).sum(axis=(1, 2))
    assert (np.diff(reached) > 0).all()
    assert reached[-1] == grid.free.sum()


@pytest.mark.parametrize("way", ["4", "exact keras"])
@pytest.mark.parametrize("moves", [CHUNK - 1, CHUNK, CHUNK + 1])
@pytest.mark.parametrize("beyond", [-1, 0, 1, CHUNK - 1, CHUNK, CHUNK + 1])
def test_converged_says_whether_another_backup_would_change_anything(
    planners, corridor, way, moves, beyond
):
    planner = planners[way]
    longest = planner.plan(corridor(moves)).latest
    plan = planner.plan(corridor(moves), iterations=longest + beyond)
    assert plan.latest == plan.kept[-1] == len(plan.values) == longest + beyond
    assert plan.converged == (beyond >= 0)


def test_values_do_not_change_after_convergence(planners, corridor):
    auto = planners["4"].plan(corridor(20))
    more = planners["4"].plan(corridor(20), iterations=90)
    np.testing.assert_array_equal(more.values[:20], auto.values)
    assert (more.values[20:] == auto.values[-1]).all()
    np.testing.assert_array_equal(part_of(more, "q"), part_of(auto, "q"))
    np.testing.assert_array_equal(part_of(more, "policy"), part_of(auto, "policy"))


@pytest.mark.parametrize("way", ["8", "4", "exact keras", "random"])
@pytest.mark.parametrize("iterations", [None, 1, CHUNK, CHUNK + 1])
def test_around_a_goal_walled_in_nothing_is_ever_reached(planners, grid_of, way, iterations):
    plan = planners[way].plan(grid_of("..#.", ".#G#", "..#.", "####"), iterations=iterations)
    if way != "4" and RULES["8"] is planners[way].rule:
        grid = grid_of("..####", "..#G##", "..####")
        plan = planners[way].plan(grid, iterations=iterations)
    assert plan.latest == (iterations or 1)
    assert plan.converged
    assert np.isfinite(plan.values).sum() == plan.latest
    assert (plan.values[(slice(None), *plan.grid.goal)] == 0).all()
    assert not part_of(plan, "policy").any()
    assert (plan.readouts.actions(plan.latest) == -1).all()


def test_a_map_of_walls_but_for_the_goal_is_planned_on(planners, grid_of):
    for way in ("8", "exact keras", "vin"):
        plan = planners[way].plan(grid_of("##", "#G"))
        assert not part_of(plan, "policy").any()


def test_auto_is_capped_by_the_number_of_cells_or_by_the_sides(exact_models, make_random):
    grid = GridMap(np.zeros((5, 9), bool), ((0, 0),))
    assert most_iterations(network_of(exact_models["8"]).own_iterations, grid) == 45
    for own, most in ((6, 28), (70, 70)):
        network = network_of(make_random("vin", iterations=own))
        assert most_iterations(network.own_iterations, grid) == most


def test_a_vin_that_does_not_settle_stops_at_the_cap_and_says_so(make_random, draw_map):
    model = make_random("vin", seed=2)
    # The values grow for ever where the kernel of the values adds more than it takes.
    model.backup.from_values.kernel.assign(np.full((3, 3, 1, 4), 0.12))
    grid = draw_map(np.random.default_rng(0), 6, 7)
    plan = Planner(network_of(model), name="growing").plan(grid)
    assert plan.latest == 26
    assert not plan.converged
    assert_as_the_model(plan, model, tolerance=1e-4)


def test_a_vin_settles_where_its_values_hardly_move_any_more(make_random, draw_map):
    model = make_random("vin", seed=2)
    model.backup.from_values.kernel.assign(np.full((3, 3, 1, 4), 0.05))
    grid = draw_map(np.random.default_rng(0), 20, 20)
    planner = Planner(network_of(model), name="settling")
    plan = planner.plan(grid)
    assert plan.converged
    brute = forward(model, grid, 80)["values"]
    moves = np.abs(np.diff(brute, axis=0)).max(axis=(1, 2))
    still = moves <= 1e-4 * np.abs(brute[1:]).max(axis=(1, 2))
    assert plan.latest == int(still.argmax()) + 1 < 80
    assert planner.plan(grid, iterations=plan.latest).converged
    assert not planner.plan(grid, iterations=plan.latest - 2).converged


@pytest.mark.parametrize("iterations", [None, 60])
def test_a_vin_whose_values_outgrow_all_numbers_is_refused_or_plans_without_them(
    make_random, draw_map, iterations
):
    model = make_random("vin", seed=2)
    model.backup.from_values.kernel.assign(np.full((3, 3, 1, 4), 9.0))
    planner = Planner(network_of(model), name="bursting")
    grid = draw_map(np.random.default_rng(0), 20, 20)
    plan = None
    with suppress(VinguiError):
        plan = planner.plan(grid, iterations=iterations)
    if plan is not None:
        assert all(
            np.isfinite(array).all()
            for array in (plan.values, part_of(plan, "q"), part_of(plan, "policy"))
        )


@pytest.mark.parametrize("memory", [0, 1, 3 * 11 * 11 * 4, 8 * 11 * 11 * 4, 40 * 11 * 11 * 4])
def test_thinned_values_are_some_of_all_and_always_the_last(
    planners, exact_models, corridor, memory
):
    grid = corridor(53)
    whole = planners["4"].plan(grid, memory=0)
    assert len(whole.kept) == 53
    frame = grid.walls.size * 4
    planner = Planner(network_of(exact_models["4"]), name="keras", engine="keras")
    plan = planner.plan(grid, memory=memory)
    assert (plan.latest, plan.converged) == (53, True)
    assert plan.kept[-1] == 53
    assert (np.diff(plan.kept) > 0).all()
    assert len(plan.kept) == len(plan.values) <= max(memory // frame, 2)
    assert len(set(np.diff(plan.kept)[:-1].tolist())) <= 1
    np.testing.assert_array_equal(plan.values, whole.values[np.array(plan.kept) - 1])
    np.testing.assert_array_equal(part_of(plan, "policy"), part_of(whole, "policy"))
    np.testing.assert_array_equal(part_of(plan, "q")[grid.free], part_of(whole, "q")[grid.free])


def test_minus_infinity_stands_exactly_where_no_trajectory_has_come_to(planners, grid_of):
    grid = grid_of("G..#.", "...##", "##.#.")
    plan = planners["8"].plan(grid)
    assert np.isneginf(plan.values[0]).tolist() == [
        [False, False, True, True, True],
        [False, False, True, True, True],
        [True] * 5,
    ]
    assert np.isneginf(plan.values[-1]).tolist() == [
        [False, False, False, True, True],
        [False, False, False, True, True],
        [True, True, False, True, True],
    ]
    assert not np.isnan(part_of(plan, "q")).any()
    assert (
        np.isneginf(part_of(plan, "q")).all(axis=-1).tolist()
        == np.isneginf(plan.values[-1]).tolist()
    )


@pytest.mark.parametrize("way", ["8", "4", "random", "vin"])
@pytest.mark.parametrize("iterations", [None, 2])
def test_policies_are_probabilities_or_silent(planners, draw_map, way, iterations):
    rng = np.random.default_rng(12)
    for _ in range(4):
        grid = draw_map(rng, 9, 7, density=0.45)
        plan = planners[way].plan(grid, iterations=iterations)
        total = part_of(plan, "policy").sum(axis=-1)
        says = total > 0
        np.testing.assert_allclose(total[says], 1, rtol=1e-5)
        assert (part_of(plan, "policy") >= 0).all()
        assert not says[grid.walls].any()
        assert not says[grid.goal]
        if way == "vin":
            assert says.sum() == grid.free.sum() - 1


def test_q_is_reward_plus_the_value_that_the_action_leads_to(planners, draw_map):
    grid = draw_map(np.random.default_rng(4), 7, 8)
    rule = RULES["8"]
    plan = planners["8"].plan(grid)
    legal = rule.legal(grid.walls)
    for row, col, action in np.argwhere(legal & np.isfinite(plan.values[-1])[..., None]).tolist():
        down, right = rule.deltas[action]
        onward = plan.values[-1][row + down, col + right]
        assert part_of(plan, "q")[row, col, action] == pytest.approx(
            onward - rule.costs[action], abs=1e-4
        )
        assert part_of(plan, "reward")[row, col, action] == pytest.approx(
            -rule.costs[action], rel=1e-5
        )


@pytest.mark.parametrize("way", ["4", "exact keras", "vin"])
def test_an_iteration_given_up_midway_leaves_the_planner_as_it_was(planners, corridor, way):
    planner, grid = planners[way], corridor(70)
    before = planner.plan(grid, iterations=40)
    abandoned = iter(planner.iterate(grid, iterations=None))
    next(abandoned)
    other = planner.plan(corridor(9), iterations=4)
    assert other.latest == 4
    after = planner.plan(grid, iterations=40)
    np.testing.assert_array_equal(after.values, before.values)
    abandoned.close()
    np.testing.assert_array_equal(
        part_of(planner.plan(grid, iterations=40), "policy"), part_of(before, "policy")
    )


def test_a_plan_says_who_made_it_and_for_what(planners, grid_of):
    grid = grid_of("S.G", "...")
    plan = planners["8-one-free"].plan(grid, iterations=3)
    assert (plan.model, plan.rule.name, plan.grid) == ("exact-8-one-free", "8-one-free", grid)
    arrays = (plan.values, part_of(plan, "reward"), part_of(plan, "q"), part_of(plan, "policy"))
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("way", ["8", "vin"])
def test_a_map_without_a_goal_is_refused(planners, grid_of, way):
    for ask in (planners[way].plan, planners[way].iterate):
        with pytest.raises(VinguiError, match="The map has no goal; set one first"):
            ask(grid_of("..", ".."), iterations=3)


@pytest.mark.parametrize("iterations", [0, -1])
def test_iterations_below_1_are_refused(planners, grid_of, iterations):
    grid = grid_of("G.", "..")
    with pytest.raises(VinguiError, match=f"has 1 to 100,000 iterations, not {iterations}"):
        planners["8"].plan(grid, iterations=iterations)


@pytest.mark.parametrize("name", ["dynamic", "vin"])
def test_planning_writes_nothing_into_the_temporary_folder(
    make_random, grid_of, tmp_path, monkeypatch, name
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    planner = Planner(network_of(make_random(name)), name=name)
    for rows in (("..G", "#.."), ("....", ".#.G", "....")):
        planner.plan(grid_of(*rows), iterations=3)
    assert list(tmp_path.iterdir()) == []
