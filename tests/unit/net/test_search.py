"""Plans of exact value iteration and of the classic searches, as runs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.cards import find_model
from vingui.core.diagnosis import Reason, diagnose, first_wrong_cell
from vingui.core.diagnosis_text import explain
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.methods import METHODS, is_search
from vingui.core.moves import EIGHT, FOUR, RULES
from vingui.core.oracle import solve
from vingui.core.phrases import place
from vingui.core.readouts import BEST
from vingui.core.rollout import NO_ACTION, Outcome
from vingui.core.terrain import palette_of_levels
from vingui.core.value_layers import compute_layer, missing_reason, run_range
from vingui.net import planner as planner_module
from vingui.net import search as module
from vingui.net.zoo import load_planner

pytestmark = pytest.mark.slow

SEARCHES = [name for name in METHODS if is_search(name)]
light = settings(max_examples=20)


def planned(name, grid, *, rule=EIGHT, iterations=None):
    planner, card = load_planner(name, rule=rule)
    assert card is None
    assert planner.name == name
    return planner.plan(grid, iterations=iterations)


def values_by_brute_force(grid, rule):
    """V_0, V_1 and on in float64, by a backup of every cell each."""
    values = np.full(grid.walls.shape, -np.inf)
    for goal, value in grid.valued_goals.items():
        values[goal] = value
    steps = [
        (cell, action, tuple((np.array(cell) + rule.deltas[action]).tolist()))
        for *cell, action in np.argwhere(rule.legal(grid.walls)).tolist()
        if tuple(cell) not in grid.goals
    ]
    while True:
        yield values
        before, values = values, values.copy()
        for cell, action, to in steps:
            cost = rule.costs[action] * (1 if grid.costs is None else grid.costs[to])
            values[tuple(cell)] = max(values[tuple(cell)], before[to] - cost)


@light
@given(
    seed=st.integers(0, 10_000),
    shape=st.tuples(st.integers(2, 8), st.integers(2, 8)),
    rule=st.sampled_from(list(RULES.values())),
    goal_values=st.sampled_from([(0.0,), (0.0, 0.0), (-2.0, 3.5)]),
)
def test_exact_value_iteration_makes_every_v_k_of_brute_force(seed, shape, rule, goal_values):
    random = np.random.default_rng(seed)
    walls = random.random(shape) < 0.3
    goals = ((0, 0), (shape[0] - 1, shape[1] - 1))[: len(goal_values)]
    walls[tuple(np.transpose(goals))] = False
    terrain = random.integers(0, 4, shape).astype(np.uint8)
    palette = palette_of_levels([1, 1.5, 4, 0.3])
    grid = GridMap(walls, goals, terrain=terrain, palette=palette, goal_values=goal_values)
    run, backups = planned("exact", grid, rule=rule), values_by_brute_force(grid, rule)
    next(backups)
    close = {"rtol": 1e-5, "atol": 1e-4}
    for k in range(1, run.latest + 1):
        np.testing.assert_allclose(run.values_at(k)[1], next(backups), **close)
    assert run.converged
    np.testing.assert_allclose(run.values_at(run.latest)[1], next(backups), **close)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_exact_value_iteration_solves_a_map_from_every_cell(draw_map, rule):
    grid = draw_map(np.random.default_rng(7), 20, 30)
    run = planned("exact", grid, rule=rule)
    rollouts, oracle = run.rollouts(run.latest), solve(grid, rule)
    np.testing.assert_allclose(rollouts.costs, oracle.cost_to_go, rtol=1e-6)


@pytest.fixture
def world(draw_terrain):
    """Terrain, two goals of a value, and three starts that can reach them."""
    grid = draw_terrain(np.random.default_rng(3), 24, 31, goals=2)
    able = np.argwhere(solve(grid, EIGHT).reachable)
    starts = tuple(tuple(cell) for cell in able[[5, 200, 400]].tolist())
    return grid.with_starts(starts)


@pytest.mark.parametrize("name", SEARCHES)
def test_the_run_of_a_search_has_a_cell_for_each_k_and_its_path_at_the_end(world, name):
    run = planned(name, world)
    cells, values, counts = run.changed_cells()
    assert (counts == 1).all()
    assert len(cells) == run.latest
    assert len(set(map(tuple, cells.tolist()))) == run.latest
    assert tuple(cells[0]) == world.starts[0]
    assert values[0] == 0
    assert tuple(cells[-1]) in world.goals
    np.testing.assert_allclose(run.lows, np.minimum.accumulate(values))
    np.testing.assert_allclose(run.highs, np.maximum.accumulate(values))
    free = np.count_nonzero(world.free)
    np.testing.assert_allclose(run.reached_share, np.arange(1, run.latest + 1) / free)
    assert (run.changes == 0).all()
    # Only the start that it began at counts.
    assert run.grid.starts == world.starts[:1]
    (trajectory,) = run.trajectories(run.grid.starts, run.latest)
    assert trajectory.outcome is Outcome.REACHED
    assert trajectory.cost == pytest.approx(-values[-1])
    (before,) = run.trajectories(run.grid.starts, run.latest - 1)
    assert before.outcome is Outcome.OUT_OF_STEPS
    chosen = run.readouts.policy(run.latest, (0, 0, world.rows, world.cols))
    actions = run.readouts.actions(run.latest)
    np.testing.assert_array_equal(chosen.sum(axis=-1), actions != NO_ACTION)
    along = trajectory.path[:-1].T
    np.testing.assert_array_equal(chosen.argmax(axis=-1)[tuple(along)], actions[tuple(along)])
    assert np.count_nonzero(actions != NO_ACTION) == trajectory.steps


def test_what_follows_from_a_search(world):
    run = planned("a-star", world)
    assert run.is_search
    assert not planned("exact", world).is_search
    assert run.able(world.starts) == world.starts[:1]
    for layer in ("q", "reward", "difference"):
        assert compute_layer(run, run.latest, layer, BEST, whole=None) is None
        assert run_range(run, layer, BEST) == (np.inf, -np.inf)
        assert "A search makes no backups" in missing_reason(run, layer)
    for layer in ("value", "exact", "outcomes", "extra-cost", "cost"):
        assert compute_layer(run, run.latest, layer, BEST, whole=None) is not None
        assert not missing_reason(run, layer)
    assert run.readouts.backup(run.latest, world.starts[0]) is None
    (trajectory,) = run.trajectories(run.grid.starts, run.latest)
    assert diagnose(trajectory, run, run.latest, None) is None
    # From elsewhere, nothing is known.
    (other,) = run.trajectories(world.starts[1:2], run.latest)
    assert (other.outcome, other.steps) == (Outcome.OUT_OF_STEPS, 0)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("weighted-a-star", "It counts the estimate of the rest 2 times, and so overrates it."),
        ("greedy-best-first", "It does not count what the way from the start costs."),
        ("breadth-first", "It counts moves, and not what they cost."),
    ],
)
def test_why_the_path_of_a_search_costs_more_than_the_best(name, why):
    # Through the mud above, or around it below.
    terrain = np.zeros((6, 15), np.uint8)
    terrain[:4, 2:13] = 1
    palette = palette_of_levels([1, 1.8 if name == "weighted-a-star" else 5])
    grid = GridMap(np.zeros((6, 15), bool), ((0, 14),), ((0, 0),), terrain=terrain, palette=palette)
    run = planned(name, grid)
    (trajectory,) = run.trajectories(run.grid.starts, run.latest)
    assert trajectory.excess > 0
    found = diagnose(trajectory, run, run.latest, None)
    assert found.reasons == (Reason.METHOD,)
    assert found.wrong.cell == first_wrong_cell(trajectory, run, run.latest)
    assert (found.wrong.q, found.wrong.probabilities) == (None, None)
    words = explain(found, run)
    assert words.startswith(f"First wrong step at {place(found.wrong.cell)}: ")
    assert words.endswith(f". {why}")


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_in_pieces_sends_the_same_run(world, name, monkeypatch):
    whole = planned(name, world)
    monkeypatch.setattr(module, "_BURST", 7)
    monkeypatch.setattr(module, "_PIECE", 5)
    pieces = planned(name, world)
    for one, other in zip(whole.changed_cells(), pieces.changed_cells(), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(whole.lows, pieces.lows)
    np.testing.assert_array_equal(whole.highs, pieces.highs)
    np.testing.assert_array_equal(whole.reached_share, pieces.reached_share)


def test_a_search_makes_no_more_expansions_than_are_asked_for(world):
    auto = planned("dijkstra", world)
    few = planned("dijkstra", world, iterations=9)
    assert (few.latest, few.converged) == (9, False)
    assert few.trajectories(few.grid.starts, 9)[0].outcome is Outcome.OUT_OF_STEPS
    for most in (auto.latest, auto.latest + 5):
        more = planned("dijkstra", world, iterations=most)
        assert (more.latest, more.converged) == (auto.latest, True)
        assert more.trajectories(more.grid.starts, more.latest)[0].optimal


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_that_no_path_answers_ends(grid_of, name):
    for most in (None, 4):
        run = planned(name, grid_of("S.#G", "..#."), rule=FOUR, iterations=most)
        assert (run.latest, run.converged) == (4, True)
    assert run.trajectories(run.grid.starts, 4)[0].outcome is Outcome.UNREACHABLE


def test_a_search_needs_a_start_and_a_goal(grid_of):
    with pytest.raises(VinguiError, match="A search needs a start"):
        planned("a-star", grid_of("..", ".G"))
    with pytest.raises(VinguiError, match="no goal"):
        planned("a-star", grid_of("..", ".S"))


@pytest.mark.parametrize("name", METHODS)
def test_memory_is_checked_before_it_is_taken(world, name, monkeypatch):
    needed = load_planner(name)[0]._iterations.bytes_for(world, keeping=0)
    assert needed >= 100 * world.walls.size
    monkeypatch.setattr(planner_module, "_LITTLE_MEMORY", 0)
    monkeypatch.setattr(planner_module, "free_memory", lambda: needed)
    assert planned(name, world).converged
    monkeypatch.setattr(planner_module, "free_memory", lambda: needed - 1)
    with pytest.raises(VinguiError, match=f"A plan of {name} on a map of 24x31 cells takes about"):
        planned(name, world)


def test_a_method_has_no_layers():
    with pytest.raises(VinguiError, match="leave out the engine"):
        load_planner("exact", engine="keras")
    planner, _ = load_planner("exact")
    assert planner.with_engine("keras") is planner


def test_a_models_file_cannot_have_the_name_of_a_method(tmp_path, monkeypatch):
    path = tmp_path / "dijkstra.keras"
    path.write_bytes(b"anything")
    with pytest.raises(VinguiError, match="is the name of a planning method"):
        find_model(str(path))
    # Even a file of just that name: the name is the method's.
    monkeypatch.chdir(tmp_path)
    path.rename("dijkstra")
    assert load_planner("dijkstra")[0].name == "dijkstra"
    with pytest.raises(VinguiError, match="dijkstra is a planning method"):
        find_model("dijkstra")


def test_a_goal_where_the_search_begins():
    grid = GridMap(np.zeros((3, 3), bool), ((1, 1),), ((1, 1),))
    run = planned("a-star", grid)
    assert run.latest == 1
    assert run.trajectories(run.grid.starts, 1)[0].steps == 0
