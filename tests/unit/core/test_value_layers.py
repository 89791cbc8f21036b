"""The layers of a run: what their numbers are, and what range their colours span."""

from dataclasses import replace

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT, FOUR
from vingui.core.oracle import solve
from vingui.core.outcome_categories import (
    OUTCOME_CATEGORIES,
    categories_of,
    category_colours,
    category_labels,
)
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    PlanFinished,
    PolicyReadout,
    Values,
)
from vingui.core.readouts import BEST
from vingui.core.rollout import NO_ACTION, Outcome, rollout_all
from vingui.core.run import Run
from vingui.core.value_differences import difference, fitted
from vingui.core.value_history import figures
from vingui.core.value_layers import (
    LAYERS,
    compute_layer,
    depends_on_k,
    finite_range,
    latent_names,
    layers_of,
    run_range,
)
from vingui.gui.settings import LAYER

WALLS = np.zeros((5, 6), bool)
WALLS[2, 0:4] = True
WALLS[3, 4:] = WALLS[4, 4] = True
GRID = GridMap(WALLS, ((0, 1),), ((4, 0),))
REACHABLE = ~WALLS
REACHABLE[4, 5] = False


def q_of(values):
    padded, (rows, cols) = np.pad(values, 1, constant_values=-np.inf), values.shape
    onward = [padded[1 + r : 1 + r + rows, 1 + c : 1 + c + cols] for r, c in EIGHT.deltas.tolist()]
    q = np.where(EIGHT.legal(WALLS), np.stack(onward, -1), -np.inf) - EIGHT.costs
    return q.astype(np.float32)


def readout_of(values, k):
    q = q_of(values)
    says = np.isfinite(q.max(-1)) & ~WALLS
    says[GRID.goal] = False
    actions = np.where(says, q.argmax(-1), NO_ACTION).astype(np.int8)
    policy = np.eye(8, dtype=np.float32)[np.maximum(actions, 0)] * says[..., None]
    reward = np.broadcast_to(-EIGHT.costs.astype(np.float32), q.shape)
    readout = PolicyReadout(1, k, 0, 0, reward, q, policy)
    return readout, GreedyActions(1, k, actions, np.zeros(1, np.uint8))


def make_run(*, finished=True, exact=True, readouts=True, scale=None, iterations=12):
    """Value iteration without a network; with `scale` = (a, b) its values are a V + b."""
    frames = [np.full(WALLS.shape, -np.inf, np.float32)]
    frames[0][GRID.goal] = 0
    for _ in range(iterations):
        values = q_of(frames[-1]).max(-1)
        values[GRID.goal] = 0
        frames.append(values)
    plain, frames = frames, frames if scale is None else [scale[0] * f + scale[1] for f in frames]
    numbers = figures(frames[0], np.array(frames[1:]), GRID.free)
    ks = np.arange(1, iterations + 1)
    run = Run(
        GRID,
        Values(
            1,
            "made-up",
            "8",
            1,
            *numbers,
            ks,
            tuple(frames[1:]),
        ),
    )
    for k in ks.tolist() if readouts else ():
        for reply in readout_of(plain[k], k):
            run.take(reply)
    if finished:
        readout, greedy = readout_of(plain[-1], iterations)
        run.take(readout)
        run.take(PlanFinished(1, iterations, True, 8, 8, greedy.actions, 0.1))
    if exact:
        oracle = solve(GRID, EIGHT)
        run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    return run


@pytest.fixture(scope="module")
def run():
    return make_run()


def shown(run, layer, *, k=12, latent=BEST, fixed=True):
    whole = run_range(run, layer, latent) if fixed else None
    return compute_layer(run, k, layer, latent, whole=whole)


def test_the_settings_know_every_layer():
    assert tuple(id_ for id_, _ in LAYERS) == LAYER.choices
    assert [id_ for id_, _ in LAYERS if not depends_on_k(id_)] == [
        *("reward", "exact", "cost", "learned-cost"),
    ]


def test_value_is_the_frame_under_the_playhead(run):
    layer = shown(run, "value", k=3)
    np.testing.assert_array_equal(layer.values, run.values_at(3)[1])
    assert (layer.kind, layer.k, layer.title) == ("sequential", 3, "Value V, k = 3")
    assert layer.label == "Value V"
    assert np.isneginf(layer.values[4, 0])


def test_a_fixed_scale_is_that_of_the_run_and_a_fitted_one_that_of_the_frame(run):
    for k in (1, 5, 12):
        layer = shown(run, "value", k=k)
        assert (layer.low, layer.high) == (run.low, run.high)
        layer = shown(run, "value", k=k, fixed=False)
        assert (layer.low, layer.high) == finite_range(run.values_at(k)[1], GRID.free)


@pytest.mark.parametrize("layer", ["value", "reward", "q", "exact", "difference", "cost"])
@pytest.mark.parametrize("fixed", [True, False])
def test_every_value_is_within_the_range(run, layer, fixed):
    for k in (1, 2, 7, 12):
        found = shown(run, layer, k=k, fixed=fixed)
        low, high = finite_range(found.values, GRID.free)
        assert found.low <= low <= high <= found.high
        assert found.low < found.high
        assert found.values.dtype == np.float32


def test_reward_and_q_of_an_action_or_the_best(run):
    readout = run.readouts.of_cell(5, (0, 0))
    np.testing.assert_array_equal(shown(run, "reward", latent=4).values, readout.reward[..., 4])
    assert shown(run, "reward", latent=4).title == "Reward of NE"
    assert shown(run, "reward").title == "Best reward"
    np.testing.assert_array_equal(shown(run, "reward").values, readout.reward.max(-1))
    np.testing.assert_array_equal(shown(run, "q", k=5, latent=1).values, readout.q[..., 1])
    assert shown(run, "q", k=5, latent=1).title == "Q of S, k = 5"
    assert shown(run, "q", k=5).title == "Best Q, k = 5"
    # Kept from a model with more actions.
    assert shown(run, "q", latent=9).title == "Best Q, k = 12"


def test_latent_actions_bear_the_moves_names_where_there_is_one_for_each():
    assert latent_names(4, FOUR) == ("N", "S", "E", "W")
    assert latent_names(10, EIGHT)[3] == "latent 3"


def test_exact_is_minus_the_cost_to_go(run):
    layer = shown(run, "exact")
    assert (layer.k, layer.label) == (0, "Exact value (cells)")
    np.testing.assert_allclose(layer.values[REACHABLE], -run.oracle.cost_to_go[REACHABLE], 1e-6)
    assert np.isneginf(layer.values[~REACHABLE]).all()


def test_the_difference_of_a_right_plan_is_neutral_and_its_scale_symmetric(run):
    layer = shown(run, "difference")
    assert (layer.kind, layer.label) == ("diverging", "V − exact (cells)")
    assert np.abs(layer.values[REACHABLE]).max() < 1e-5
    assert np.isneginf(layer.values[~REACHABLE]).all()
    assert layer.low == -layer.high
    assert shown(run, "difference", fixed=False).high == pytest.approx(0.05)


def test_a_longer_way_shows_as_a_negative_difference():
    values = -solve(GRID, EIGHT).cost_to_go.astype(np.float32)
    values[0, 0] -= 2
    assert difference(values, solve(GRID, EIGHT))[0, 0] == pytest.approx(-2)


def test_values_without_a_unit_are_fitted_first():
    run = make_run(scale=(3.0, 70.0))
    layer = shown(run, "difference")
    assert layer.label == "V, linearly fitted, − exact (cells)"
    assert np.abs(layer.values[REACHABLE]).max() < 1e-3


def test_the_fit_survives_values_that_are_all_the_same_and_none_at_all():
    oracle = solve(GRID, EIGHT)
    same = fitted(np.full(WALLS.shape, 7, np.float32), oracle, GRID)
    np.testing.assert_allclose(same, -oracle.cost_to_go[REACHABLE].mean(), 1e-5)
    none = np.full(WALLS.shape, -np.inf, np.float32)
    np.testing.assert_array_equal(fitted(none, oracle, GRID), none)


def solved_run(grid, shift=0.0):
    """A run of one iteration, whose values are the exact ones plus a shift."""
    oracle = solve(grid, EIGHT)
    values = (shift - oracle.cost_to_go).astype(np.float32)
    numbers = figures(np.full(WALLS.shape, -np.inf, np.float32), values[None], grid.free)
    run = Run(grid, Values(1, "made-up", "8", 1, *numbers, np.array([1]), (values,)))
    run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    return run


MUDDY = replace(GRID, terrain=np.where(WALLS, 0, 3).astype(np.uint8))
VALUED = replace(GRID, goals=((0, 1), (4, 0), (0, 5)), starts=(), goal_values=(2, -30, 0.1))


@pytest.mark.parametrize(
    ("grid", "unit"),
    [(MUDDY, "cost"), (VALUED, "cells"), (replace(VALUED, terrain=MUDDY.terrain), "cost")],
)
def test_values_with_costs_and_several_goals_are_compared_as_they_are(grid, unit):
    run = solved_run(grid)
    layer = shown(run, "difference", k=1)
    assert layer.label == f"V − exact ({unit})"
    assert np.abs(layer.values[REACHABLE]).max() < 1e-5
    assert shown(run, "exact", k=1).label == f"Exact value ({unit})"
    # Values of goals that are not the given ones are in another unit.
    assert "fitted" in shown(solved_run(grid, shift=0.5), "difference", k=1).name


def test_the_cost_layer_has_what_a_step_into_each_cell_costs(run):
    terrain = np.where(WALLS, 0, np.arange(6) % 5).astype(np.uint8)
    layer = shown(solved_run(replace(GRID, terrain=terrain)), "cost", k=1)
    assert layer.values[1].tolist() == [1, 1.5, 3, 5, 9, 1]
    assert np.isneginf(layer.values[WALLS]).all()
    assert (layer.k, layer.low, layer.high) == (0, 1, 9)
    assert layer.label == "Cost (per unit of length)"
    assert (shown(run, "cost").values[~WALLS] == 1).all()


@pytest.mark.parametrize(("costs", "learned"), [(True, True), (True, False), (False, True)])
def test_layers_that_would_show_nothing_are_offered_only_while_they_are_shown(costs, learned):
    missing = [("cost", costs), ("learned-cost", learned)]
    for chosen in ("value", "cost", "learned-cost"):
        layers = layers_of(costs=costs, learned=learned, chosen=chosen)
        empty = [name for name, shows in missing if not shows and name != chosen]
        assert layers == tuple(row for row in LAYERS if row[0] not in empty)


def test_outcomes_count_every_free_cell_once(run):
    layer = shown(run, "outcomes")
    assert layer.kind == "outcomes"
    assert sum(layer.counts) == GRID.free.sum()
    assert layer.counts[0] == REACHABLE.sum()
    assert layer.counts[5] == 1
    assert layer.values[4, 5] == 5
    assert np.isneginf(layer.values[WALLS]).all()
    early = shown(run, "outcomes", k=2)
    assert early.counts[2] > 0
    assert early.title == "Outcomes, k = 2"


def test_endings_tell_what_rollouts_tell():
    oracle = solve(GRID, EIGHT)
    actions = np.full(WALLS.shape, 3, np.int8)
    actions[0, 0] = 2
    actions[1, 0], actions[1, 1], actions[1, 5] = 2, 3, 0
    actions[0, 3], actions[1, 2] = 1, 0
    actions[4, 0] = NO_ACTION
    rollouts = rollout_all(GRID, actions, EIGHT, oracle)
    labels = category_labels(rollouts, oracle, greatest_value=0)
    names = {
        0: Outcome.REACHED,
        1: Outcome.REACHED,
        2: Outcome.OUT_OF_STEPS,
        3: Outcome.WALL,
        4: Outcome.LOOP,
        5: Outcome.UNREACHABLE,
    }
    for label, outcome in names.items():
        assert rollouts.where(outcome)[labels == label].all()
    np.testing.assert_array_equal(labels == -1, WALLS)
    assert set(labels[GRID.free]) >= {0, 1, 2, 4, 5}
    assert (rollouts.costs[labels == 1] > oracle.cost_to_go[labels == 1] + 0.1).all()
    np.testing.assert_allclose(rollouts.costs[labels == 0], oracle.cost_to_go[labels == 0])
    assert category_colours("#010203")[-1].tolist() == [1, 2, 3]
    assert len(category_colours("#010203")) == len(OUTCOME_CATEGORIES)


def test_outcomes_are_named_by_costs_where_paths_are_compared_by_these():
    assert [category.name for category in categories_of(GRID)[:2]] == ["shortest", "longer"]
    for grid in (MUDDY, VALUED):
        categories = categories_of(grid)
        assert [category.name for category in categories[:2]] == ["least cost", "costlier"]
        colours = [category.colour for category in categories]
        assert colours == [category.colour for category in OUTCOME_CATEGORIES]


def test_what_is_not_known_yet_is_no_layer():
    run = make_run(finished=False, exact=False, readouts=False)
    assert shown(run, "value") is not None
    for layer in ("reward", "q", "exact", "difference", "outcomes"):
        assert shown(run, layer) is None


def test_ranges_that_cannot_be_coloured_are_widened():
    run = make_run()
    # All rewards are the same but for rounding.
    layer = shown(run, "reward", latent=0)
    assert (layer.low, layer.high) == (-2, -1)
    assert finite_range(np.full((2, 2), -np.inf, np.float32), np.ones((2, 2), bool)) == (
        np.inf,
        -np.inf,
    )


def test_extra_costs_have_one_range_for_all_iterations_and_0_is_its_lowest_colour(run):
    for k in (2, 5, 12):
        layer = shown(run, "extra-cost", k=k)
        assert (layer.kind, layer.name, layer.unit, layer.k) == (
            "sequential",
            "Extra cost",
            "cells",
            k,
        )
        assert (layer.low, layer.high) == (0, pytest.approx(2 * 2**0.5))
    assert (layer.values[REACHABLE] == 0).all()
    assert np.isneginf(layer.values[~REACHABLE]).all()
    alone = shown(run, "extra-cost", fixed=False)
    assert (alone.low, alone.high) == (0, pytest.approx(2 * 2**0.5))
    assert shown(make_run(exact=False), "extra-cost") is None
