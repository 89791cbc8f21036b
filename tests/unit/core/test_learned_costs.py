"""Costs that a network learned: their scale and colours, and what it believes of paths."""

from dataclasses import replace

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts, believed_costs, best_scale, scale_of
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.outcome_text import sentence
from vingui.core.planner_protocol import ExactSolution, LayerValues, Values
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.rollout import NO_ACTION, rollout
from vingui.core.run import Run
from vingui.core.value_history import figures
from vingui.core.value_layers import compute_layer, missing_reason

# Mud (cost 5) lies between start and goal; the way around is on roads (cost 1).
WALLS = np.zeros((3, 5), bool)
WALLS[1, 1] = WALLS[1, 3] = True
TERRAIN = np.zeros((3, 5), np.uint8)
TERRAIN[1, 2] = TERRAIN[0, 1:4] = 3
GRID = GridMap(WALLS, ((0, 4),), ((0, 0),), terrain=TERRAIN)
TRUE = np.where(TERRAIN == 3, 5.0, 1.0)
ALONG_THE_TOP = np.full((3, 5), NO_ACTION, np.int8)
ALONG_THE_TOP[0, :4] = 2


def run_of(grid, read, *, known=True):
    """A run whose network reads these costs."""
    costs = None if read is None else LearnedCosts(grid, read.astype(np.float32))
    oracle = solve(grid, EIGHT)
    values = (-oracle.cost_to_go).astype(np.float32)
    numbers = figures(np.full(values.shape, -np.inf, np.float32), values[None], grid.free)
    kept = np.array([1])
    run = Run(
        grid, Values(1, "made-up", "8", 1, *numbers, kept, (values,), cost_scale=scale_of(costs))
    )
    run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    if costs is not None and known:
        run.take(LayerValues(1, 0, LEARNED_COST, BEST, 1, costs.scaled))
    return run


def shown(run, layer):
    return compute_layer(run, 1, layer, BEST, whole=None)


def test_the_scale_brings_learned_costs_as_near_the_true_ones_as_possible():
    rng = np.random.default_rng(0)
    read = rng.uniform(0.5, 9, WALLS.shape)
    costs = LearnedCosts(GRID, read.astype(np.float32))

    def distance(scale):
        return ((scale * read - TRUE)[~WALLS] ** 2).sum()

    assert distance(costs.scale) < min(map(distance, costs.scale * np.array([0.999, 1.001])))
    np.testing.assert_allclose(costs.scaled[~WALLS], costs.scale * read[~WALLS], rtol=1e-6)
    assert np.isneginf(costs.scaled[WALLS]).all()
    np.testing.assert_allclose(LearnedCosts(GRID, 0.25 * TRUE).scale, 4)
    assert best_scale(np.zeros(3), np.ones(3)) == 1
    assert LearnedCosts(replace(GRID, terrain=None), TRUE).scale == 1


@pytest.mark.parametrize("factor", [0.1, 1, 30])
def test_true_and_learned_costs_share_their_colours_whatever_the_network_learns(factor):
    rng = np.random.default_rng(1)
    run = run_of(GRID, factor * rng.uniform(0.5, 9, WALLS.shape))
    true, learned = shown(run, "cost"), shown(run, "learned-cost")
    assert (true.low, true.high) == (learned.low, learned.high) == (1, 5)
    assert true.label == "Cost (per unit of length)"
    assert learned.label == "Learned cost (per unit of length)"
    assert f"times {run.cost_scale:.3g}" in learned.note
    assert not true.note


def test_without_true_costs_learned_ones_are_shown_as_they_are_and_their_range_seldom_changes():
    plain = replace(GRID, terrain=None)
    read = np.linspace(0.6, 2.9, 15).reshape(3, 5)
    for change in (1, 1.02):
        layer = shown(run_of(plain, change * read), "learned-cost")
        np.testing.assert_allclose(layer.values[~WALLS], change * read[~WALLS], rtol=1e-6)
        assert (layer.low, layer.high) == (0.5, 4)
        assert "no true costs" in layer.note
    level = shown(run_of(plain, np.full(WALLS.shape, 2.0)), "learned-cost")
    assert (level.low, level.high) == (1, 4)


def test_a_network_that_learned_no_costs_has_no_such_layer_and_a_reason():
    run = run_of(GRID, None)
    assert shown(run, "learned-cost") is None
    assert missing_reason(run, "learned-cost") == (
        "made-up did not learn what cells cost. Choose a model that did, such as costs-picture-8"
    )
    assert [missing_reason(run, layer) for layer in ("cost", "q")] == ["", ""]
    late = run_of(GRID, TRUE, known=False)
    assert shown(late, "learned-cost") is None
    assert missing_reason(late, "learned-cost") == ""


def test_values_in_learned_costs_are_compared_after_these_are_scaled():
    run = run_of(GRID, 0.25 * TRUE)
    layer = shown(run, "difference")
    assert layer.name == "V, scaled, − exact"
    exact = run.oracle.cost_to_go[~WALLS]
    np.testing.assert_allclose(layer.values[~WALLS], exact - 4 * exact, rtol=1e-6)


def test_a_run_made_again_elsewhere_has_the_scale():
    run = run_of(GRID, 2 * TRUE)
    first, *rest = run.replies()
    again = Run(GRID, first)
    for reply in rest:
        again.take(reply)
    assert again.cost_scale == run.cost_scale == 0.5
    assert np.isnan(Run(GRID, next(iter(run_of(GRID, None).replies()))).cost_scale)


def test_a_sentence_says_when_the_network_believes_its_path_to_be_the_better_one():
    # It takes mud for a little better than road.
    read = np.where(TERRAIN == 3, 0.9, 1.0)
    run = run_of(GRID, read)
    trajectory = rollout(GRID, ALONG_THE_TOP, EIGHT, run.oracle)[0]
    own, best = believed_costs(trajectory, run)
    np.testing.assert_allclose(own, run.cost_scale * (3 * 0.9 + 1), rtol=1e-6)
    path = run.oracle.best_path((0, 0), EIGHT)
    np.testing.assert_allclose(
        best, run.cost_scale * (np.hypot(*np.diff(path, axis=0).T) * read[tuple(path[1:].T)]).sum()
    )
    assert own < best
    assert sentence(trajectory, run, 1).endswith(
        f"more costly than the best, {trajectory.optimal_cost:.1f}; the network believes that its "
        f"path costs {own:.1f}, and the best {best:.1f}"
    )


@pytest.mark.parametrize(
    ("read", "known"), [(None, True), (TRUE, True), (np.where(TERRAIN == 3, 0.9, 1), False)]
)
def test_a_sentence_does_not_guess_what_a_network_believes(read, known):
    run = run_of(GRID, read, known=known)
    trajectory = rollout(GRID, ALONG_THE_TOP, EIGHT, run.oracle)[0]
    assert not trajectory.optimal
    assert "believes" not in sentence(trajectory, run, 1)


def test_nothing_is_believed_of_a_path_that_is_optimal_anyway():
    run = run_of(GRID, TRUE)
    best = run.oracle.optimal.argmax(axis=-1).astype(np.int8)
    trajectory = rollout(GRID, best, EIGHT, run.oracle)[0]
    assert trajectory.optimal
    assert sentence(trajectory, run, 1).endswith("(optimal)")
