"""The models that come with the package: what they learned, and that their cards tell the truth."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.cards import default_model, shipped_models
from vingui.core.generate import KINDS, generate
from vingui.core.moves import RULES
from vingui.core.oracle import solve
from vingui.core.rollout import OUTCOMES, Outcome, rollout_all
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import TrainSettings
from vingui.net.evaluate import evaluate
from vingui.net.evaluation_totals import EvaluationTotals
from vingui.net.keras_networks import load_model
from vingui.net.map_counts import MapCounts
from vingui.net.model_files import ModelFile
from vingui.net.train_and_evaluate import held_out_maps
from vingui.net.transition_tables import learned, tables_in
from vingui.net.zoo import load_planner
from vingui.paths import MODELS

DYNAMIC = [default_model(rule) for rule in RULES.values()]
VINS = ["vin-8x8", "vin-16x16", "vin-28x28"]
SNAPSHOTS = {
    "vin-8x8": [0, 1, 2, 4, 8, 16, 32, 60],
    "vin-16x16": [0, 1, 2, 4, 8, 16, 32, 64, 90],
    "vin-28x28": [0, 1, 2, 4, 8, 100],
}
COSTS = {"costs-picture-8": "patches", "costs-elevation": "mountains"}
"""Networks that learned costs, and the maps that they learned these for."""


def part_of(plan, name):
    """The reward, the q-values or the policy of every cell under V_K."""
    bands = plan.readouts.bands(plan.latest)
    return np.concatenate([getattr(band, name) for band in bands])


@pytest.fixture(scope="module")
def shipped():
    """`shipped(name)`: the planner and the card, loaded once."""
    found = {}

    def load(name):
        if name not in found:
            found[name] = load_planner(name)
        return found[name]

    return load


@pytest.mark.parametrize("name", [*DYNAMIC, *VINS, *COSTS])
def test_the_card_is_that_of_the_file(shipped, name):
    planner, card = shipped(name)
    file = MODELS / f"{name}.keras"
    assert card.name == planner.name == name
    assert card.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    model = load_model(file)
    assert card.weights == model.count_params()
    assert card.rule == planner.rule
    settings = TrainSettings(**card.settings)
    assert (settings.architecture, settings.moves) == (card.architecture, card.moves)
    assert {layer.name for layer in model.layers if layer.trainable_weights} == {
        # As `vingui.core.architectures` says.
        "dynamic": {"transitions", "step_reward", "scale"},
        "vin": {"reward_map", "backup", "actions"},
        "costs": {"encoder"},
    }[card.architecture]
    # What learns costs learns them from exact plans, whatever K is.
    assert name in COSTS or settings.iterations == model.iterations
    assert card.results
    assert f"{name}.keras" in card.command


def test_every_shipped_file_has_a_card_and_the_default_comes_first():
    cards = shipped_models()
    assert sorted(card.name for card in cards) == sorted(
        path.stem for path in MODELS.glob("*.keras")
    )
    assert cards[0].name == default_model(RULES["8"])


@pytest.mark.parametrize("name", DYNAMIC)
def test_a_dynamic_kernel_has_every_observation_right_and_the_costs_to_four_digits(shipped, name):
    planner, card = shipped(name)
    report = learned(tables_in(ModelFile.read(MODELS / f"{name}.keras")), planner.rule)
    assert (report["observations_right"], report["observations"]) == (256, 256)
    np.testing.assert_allclose(report["costs"], planner.rule.costs, atol=1e-4)
    assert card.learned["observations_right"] == 256
    np.testing.assert_allclose(card.learned["costs"], report["costs"], atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", DYNAMIC)
@settings(max_examples=30)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(sorted(KINDS)),
    rows=st.integers(5, 16),
    cols=st.integers(5, 16),
)
def test_a_dynamic_kernel_plans_optimally_from_every_cell(shipped, name, seed, kind, rows, cols):
    planner, _ = shipped(name)
    rule = planner.rule
    grid = generate(kind, rows=rows, cols=cols, rng=np.random.default_rng(seed))
    plan, oracle = planner.plan(grid), solve(grid, rule)
    assert plan.converged
    assert (np.isfinite(plan.values[-1]) == oracle.reachable).all()
    near = oracle.reachable
    found = -plan.values[-1][near]
    np.testing.assert_allclose(found, oracle.cost_to_go[near], rtol=1e-3, atol=1e-6)
    walks = rollout_all(grid, plan.readouts.actions(plan.latest), rule, oracle)
    np.testing.assert_allclose(walks.costs[near], oracle.cost_to_go[near], atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", DYNAMIC)
@pytest.mark.parametrize("goals", [1, 2, 5])
@pytest.mark.parametrize("side", [28, 64, pytest.param(512, marks=pytest.mark.slow)])
def test_known_costs_are_planned_on_exactly(shipped, draw_terrain, name, goals, side):
    planner, _ = shipped(name)
    grid = draw_terrain(np.random.default_rng(side + goals), side, side, goals=goals)
    rule = planner.rule
    oracle = solve(grid, rule)
    rollouts = rollout_all(grid, planner.greedy_actions(grid, iterations=None), rule, oracle)
    reachable = oracle.reachable
    assert reachable.sum() > side * side / 2
    assert (rollouts.outcomes[reachable] == OUTCOMES.index(Outcome.REACHED)).all()
    paid, least = (
        costs[reachable] + grid.greatest_value for costs in (rollouts.costs, oracle.cost_to_go)
    )
    np.testing.assert_allclose(paid, least, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", COSTS)
@pytest.mark.parametrize(("side", "count"), [(16, 40), (64, 4)])
def test_a_network_that_was_not_told_the_costs_plans_nearly_as_well(shipped, name, side, count):
    planner, card = shipped(name)
    maps = held_out_maps(COSTS[name], side=side, count=count, seed=4_000_000)
    marks = EvaluationTotals()
    for result in evaluate(planner, maps):
        marks.add(MapCounts.of(result))
    summary = marks.summary()
    assert summary["success"] == 1
    assert summary["mean_cost_ratio"] < 1.006
    assert summary["optimal"] > 0.5
    assert card.learned["cost_correlation"] > 0.99


@pytest.mark.parametrize("name", VINS)
def test_a_vin_succeeds_on_fresh_maps_of_its_size(shipped, name):
    planner, card = shipped(name)
    side, iterations = card.settings["rows"], planner.own_iterations
    maps = held_out_maps("obstacles", side=side, count=50, seed=4_000_000)
    marks = EvaluationTotals()
    for result in evaluate(planner, maps, iterations=iterations):
        marks.add(MapCounts.of(result))
    assert marks.summary()["success"] > 0.9


def test_no_other_snapshots_are_shipped():
    folders = {path.stem for path in MODELS.iterdir() if path.is_dir()}
    assert folders == set(SNAPSHOTS)


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_shipped_snapshots_are_of_their_model(shipped, name):
    _, card = shipped(name)
    model, snapshots = ModelFile.read(MODELS / f"{name}.keras"), Snapshots(MODELS / f"{name}.keras")
    assert snapshots.epochs() == SNAPSHOTS[name]
    assert snapshots.epochs()[-1] == card.settings["epochs"]
    weights = []
    for epoch in snapshots.epochs():
        found = ModelFile.read(snapshots.file(epoch))
        assert (found.network, found.arguments) == (model.network, model.arguments)
        weights.append(np.concatenate([array.ravel() for array in found.weights.values()]))
    assert len({array.tobytes() for array in weights}) == len(weights)
    for path, array in found.weights.items():
        assert array.tobytes() == model.weights[path].tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", SNAPSHOTS)
def test_success_rises_with_the_epochs_of_shipped_snapshots(shipped, name):
    snapshots = Snapshots(MODELS / f"{name}.keras")
    planner, card = shipped(name)
    maps = held_out_maps("obstacles", side=card.settings["rows"], count=100, seed=5_000_000)
    rates = []
    for epoch in (SNAPSHOTS[name][place] for place in (0, 1, 4, -1)):
        totals, of_epoch = EvaluationTotals(), load_planner(str(snapshots.file(epoch)))[0]
        for result in evaluate(of_epoch, maps, iterations=planner.own_iterations):
            totals.add(MapCounts.of(result))
        rates.append(totals.summary()["success"])
    assert rates == sorted(rates)
    assert rates[0] < 0.3
    assert rates[-1] > 0.95


@pytest.mark.parametrize("name", VINS)
def test_a_vin_gives_a_plan_on_a_map_far_larger_than_its_own(shipped, name):
    planner, _ = shipped(name)
    grid = generate("rooms", rows=90, cols=70, rng=np.random.default_rng(1))
    plan = planner.plan(grid)
    assert np.isfinite(plan.values).all()
    assert np.isfinite(part_of(plan, "q")).all()
    np.testing.assert_allclose(
        part_of(plan, "policy").sum(axis=-1)[grid.free].sum(), grid.free.sum() - 1
    )
