"""Both networks: what they give, how they are trained, and how they are saved."""

import json

import keras
import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.moves import SLOTS
from vingui.core.oracle import solve
from vingui.net.data import UNREACHABLE_COST, encode, label
from vingui.net.models import UNREACHED, VIN, DynamicVIN

BOTH = ["dynamic", "vin"]
both = pytest.mark.parametrize("architecture", BOTH)


@pytest.fixture
def model(architecture, request):
    return request.getfixturevalue(architecture)


def batch_of(draw_map, rows, cols, count=2, seed=0):
    rng = np.random.default_rng(seed)
    return encode([draw_map(rng, rows, cols) for _ in range(count)])


@both
@pytest.mark.parametrize(("rows", "cols"), [(2, 2), (3, 7), (9, 4)])
def test_one_set_of_weights_gives_every_output_for_a_map_of_any_size(
    model, draw_map, as_array, rows, cols
):
    out = {key: as_array(value) for key, value in model(batch_of(draw_map, rows, cols)).items()}
    latent = 8 if isinstance(model, DynamicVIN) else 4
    assert {key: value.shape for key, value in out.items()} == {
        "values": (2, 6, rows, cols),
        "reward": (2, rows, cols, latent if isinstance(model, DynamicVIN) else 1),
        "q": (2, rows, cols, latent),
        "logits": (2, 1, rows, cols, 8),
        "policy": (2, rows, cols, 8),
    }
    assert all(np.isfinite(value).all() for value in out.values())
    np.testing.assert_allclose(out["policy"].sum(axis=-1), 1, rtol=1e-5)
    logits = out["logits"][:, -1].astype(np.float64)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    softmax = weights / weights.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(out["policy"], softmax, rtol=1e-3, atol=1e-6)


@both
def test_in_training_the_policy_is_read_out_at_every_reading_iteration(
    architecture, make_random, draw_map, as_array
):
    model = make_random(architecture, iterations=7, reading_every=3)
    assert model.reading_iterations == (3, 6, 7)
    inputs = batch_of(draw_map, 5, 4)
    out = model(inputs, training=True)
    assert out["values"].shape == (2, 7, 5, 4)
    assert out["logits"].shape == (2, 3, 5, 4, 8)
    for place, iterations in enumerate((3, 6, 7)):
        shorter = make_random(architecture, iterations=iterations)
        last = as_array(shorter(inputs, training=True)["logits"])[:, -1]
        np.testing.assert_allclose(as_array(out["logits"])[:, place], last, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("every", "iterations", "reading"),
    [(5, 20, (5, 10, 15, 20)), (5, 4, (4,)), (1, 3, (1, 2, 3)), (7, 8, (7, 8))],
)
def test_reading_iterations_end_with_k_without_repeating_it(every, iterations, reading):
    assert VIN(iterations=iterations, reading_every=every).reading_iterations == reading


def test_the_values_of_a_vin_are_k_backups_by_hand(vin, draw_map, convolution, as_array):
    inputs = batch_of(draw_map, 5, 6, count=1)
    out = vin(inputs)
    w_r, w_v = (as_array(w).astype(np.float64) for w in vin.backup.weights)
    reward = as_array(vin.reward_map(inputs))[0]
    np.testing.assert_array_equal(as_array(out["reward"])[0], reward)
    share = convolution(reward, w_r)
    q = share + convolution(np.zeros((5, 6, 1)), w_v)
    for step in range(6):
        values = q.max(axis=-1)
        got = as_array(out["values"])[0, step]
        np.testing.assert_allclose(got, values, rtol=1e-3, atol=1e-4)
        q = share + convolution(values[..., None], w_v)
    np.testing.assert_allclose(as_array(out["q"])[0], q, rtol=1e-3, atol=1e-4)
    dense = as_array(vin.actions.kernel)
    np.testing.assert_allclose(as_array(out["logits"])[0, 0], q @ dense, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("training", [False, True])
def test_the_values_of_a_dynamic_kernel_are_k_backups_by_hand(
    dynamic, draw_map, bellman, as_array, training
):
    inputs = batch_of(draw_map, 5, 6, count=1)
    walls, goal = inputs[0, ..., 0] > 0, inputs[0, ..., 1] > 0
    unreached = -100.0 if training else UNREACHED
    out = dynamic(inputs, training=training)
    kernel = as_array(dynamic.kernel(inputs[..., 0], training))[0].astype(np.float64)
    np.testing.assert_allclose(kernel.sum(axis=-1), 1, rtol=1e-5)
    if not training:
        assert set(np.unique(kernel)) == {0, 1}
    reward = -(kernel * as_array(dynamic.step_reward.costs)).sum(axis=-1)
    values = np.where(goal, 0, unreached)
    for step in range(6):
        q = bellman(kernel, reward, values, outside=unreached)
        values = np.where(goal, 0, np.where(walls, unreached, q.max(axis=-1)))
        got = as_array(out["values"])[0, step]
        np.testing.assert_allclose(got, values, rtol=1e-4)
    assert (values > unreached * 0.9).sum() > 3


def test_no_kernel_leads_into_a_wall_or_off_the_map(dynamic, draw_map, as_array):
    inputs = batch_of(draw_map, 6, 7, count=3)
    walls = np.pad(inputs[..., 0], [(0, 0), (1, 1), (1, 1)], constant_values=1)
    into = np.stack([walls[:, 1 + r : 7 + r, 1 + c : 8 + c] for r, c in SLOTS], axis=-1) > 0
    free = inputs[..., 0] == 0
    for training in (False, True):
        kernel = as_array(dynamic.kernel(inputs[..., 0], training))
        share = (kernel * into[..., None, :]).sum(axis=-1)
        assert share[free].max() < 1e-6


def test_a_kernel_cools_from_soft_to_nearly_one_hot(make_random, draw_map, as_array):
    model = make_random("dynamic", seed=8)
    walls = batch_of(draw_map, 5, 5)[..., 0]
    warm = as_array(model.kernel(walls, True))
    model.temperature.assign(0.02)
    cold = as_array(model.kernel(walls, True))
    assert cold.max(axis=-1).mean() > warm.max(axis=-1).mean() + 0.1
    model.temperature.assign(1e-4)
    hard = as_array(model.kernel(walls, False))
    np.testing.assert_allclose(as_array(model.kernel(walls, True)), hard, atol=1e-3)


def test_walls_stay_unreached_and_the_goal_stays_at_0_in_every_iteration(
    dynamic, draw_map, as_array
):
    inputs = batch_of(draw_map, 6, 6)
    values = as_array(dynamic(inputs)["values"])
    walls, goal = (np.broadcast_to(inputs[:, None, ..., at] > 0, values.shape) for at in (0, 1))
    assert (values[walls] == UNREACHED).all()
    assert (values[goal] == 0).all()
    assert (values[~goal] < 0).all()


@pytest.mark.parametrize("rule", ["8", "4", "8-one-free", "8-both-free"])
def test_with_the_rules_kernels_and_costs_the_values_are_minus_the_cost_to_go(
    exact_models, rule, draw_map, as_array
):
    model = exact_models[rule]
    rng = np.random.default_rng(5)
    grids = [draw_map(rng, 6, 5) for _ in range(8)]
    values = as_array(model(encode(grids))["values"])[:, -1]
    for grid, found in zip(grids, values, strict=True):
        oracle = solve(grid, model.rule)
        near = oracle.cost_to_go < model.iterations
        np.testing.assert_allclose(-found[near], oracle.cost_to_go[near], rtol=1e-5)
        assert (found[~oracle.reachable] == UNREACHED).all()


@both
def test_a_model_saved_and_loaded_gives_the_same(model, draw_map, as_array, tmp_path):
    file = tmp_path / "model.keras"
    model.save(file)
    again = keras.saving.load_model(file, compile=False, safe_mode=True)
    assert type(again) is type(model)
    assert again.get_config() == model.get_config()
    for ours, theirs in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(as_array(ours), as_array(theirs))
    inputs = batch_of(draw_map, 4, 6)
    for key, value in model(inputs).items():
        np.testing.assert_array_equal(as_array(value), as_array(again(inputs)[key]))


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (
            DynamicVIN,
            {"moves": "4", "iterations": 9, "reading_every": 2, "value_weight": 0.5, "hidden": 3},
        ),
        (
            VIN,
            {
                "moves": "8-one-free",
                "iterations": 3,
                "reading_every": 1,
                "value_weight": 0.0,
                "hidden": 3,
                "latent_actions": 2,
            },
        ),
    ],
)
def test_a_models_configuration_makes_it_again_through_json(kind, config):
    model = kind(**config)
    saved = json.loads(json.dumps(model.get_config()))
    assert {name: saved[name] for name in config} == config
    again = kind.from_config(saved)
    assert again.get_config() == model.get_config()
    assert again.rule.name == config["moves"]
    for each in (model, again):
        each.build((None, None, None, 2))
    assert [w.shape for w in again.weights] == [w.shape for w in model.weights]


@both
def test_four_neighbours_make_four_actions(architecture, make_random, draw_map):
    model = make_random(architecture, moves="4", iterations=2)
    assert model(batch_of(draw_map, 3, 4))["policy"].shape == (2, 3, 4, 4)


@pytest.mark.parametrize("arguments", [{"iterations": 0}, {"reading_every": 0}, {"iterations": -3}])
@pytest.mark.parametrize("kind", [VIN, DynamicVIN])
def test_iterations_below_1_are_refused(kind, arguments):
    with pytest.raises(ValueError, match="Expected iterations and reading_every of 1 or more"):
        kind(**arguments)


@pytest.mark.parametrize("kind", [VIN, DynamicVIN])
def test_an_unknown_movement_rule_is_refused(kind):
    with pytest.raises(VinguiError, match=r"There is no movement rule '6'"):
        kind(moves="6")


# The loss, on predictions made by hand: one 2x3 map, three actions' worth of it used.


def loss_model(**kwargs):
    return VIN(hidden=1, latent_actions=1, **{"iterations": 3, **kwargs})


def example(*, optimal, cost, policy, readings=1):
    """Labels and predictions of one map from nested lists over its cells."""
    optimal = np.asarray(optimal, np.float32)[None]
    cost = np.asarray(cost, np.float32)[None]
    policy = np.asarray(policy, np.float32)[None]
    logits = np.log(np.maximum(policy, 1e-30))
    y = {"optimal": optimal, "cost_to_go": cost}
    y_pred = {
        "logits": np.repeat(logits[:, None], readings, axis=1),
        "policy": policy,
        "values": np.repeat(-cost[:, None], 3, axis=1),
    }
    return y, y_pred


def one_cell(policy, optimal, cost=1.0):
    """A 1x2 map: the cell asked about, and the goal beside it."""
    rest = np.full(8, 1 / 8)
    return example(optimal=[[optimal, np.zeros(8)]], cost=[[cost, 0]], policy=[[policy, rest]])


TWO = np.array([1, 1, 0, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ([0.5, 0.5, 0, 0, 0, 0, 0, 0], 0.0),
        ([1, 0, 0, 0, 0, 0, 0, 0], 0.0),
        ([0.1, 0.9, 0, 0, 0, 0, 0, 0], 0.0),
        ([0.1, 0.1, 0.8, 0, 0, 0, 0, 0], -np.log(0.2)),
        ([0.125] * 8, -np.log(0.25)),
    ],
)
def test_the_loss_is_minus_the_log_of_the_share_of_all_optimal_actions(policy, expected):
    y, y_pred = one_cell(policy, TWO)
    loss = float(loss_model().compute_loss(None, y, y_pred, training=False))
    assert loss == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("training", [False, True])
def test_unreachable_cells_have_no_influence_and_make_no_nan(training):
    import tensorflow as tf

    rng = np.random.default_rng(1)
    model = loss_model(reading_every=1)
    cost = np.array([[1, UNREACHABLE_COST, 0], [2, UNREACHABLE_COST, 1]])
    optimal = np.zeros((2, 3, 8))
    optimal[..., 0] = (cost > 0) & (cost < 10)
    policy = rng.dirichlet(np.ones(8), (2, 3))
    y, y_pred = example(optimal=optimal, cost=cost, policy=policy, readings=3 if training else 1)
    logits = tf.constant(y_pred["logits"])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = model.compute_loss(None, y, {**y_pred, "logits": logits}, training=training)
    gradient = tape.gradient(loss, logits).numpy()
    assert np.isfinite(float(loss))
    assert np.isfinite(gradient).all()
    silent = (cost == 0) | (cost > 10)
    assert not gradient[0, :, silent].any()
    assert gradient[0, -1][~silent].any(axis=-1).all()


def test_a_map_without_any_example_has_loss_0():
    y, y_pred = one_cell([0.125] * 8, np.zeros(8), cost=UNREACHABLE_COST)
    model = loss_model(value_weight=1.0)
    assert float(model.compute_loss(None, y, y_pred, training=False)) == pytest.approx(0, abs=1e-6)


def test_cells_beyond_k_do_not_count_at_k():
    cost = np.array([[1, 2, 2.5, 3, 4, 0]])
    optimal = np.zeros((1, 6, 8))
    optimal[..., 0] = 1
    wrong = np.array([0, 1.0, 0, 0, 0, 0, 0, 0])
    model = loss_model(reading_every=1)
    assert model.reading_iterations == (1, 2, 3)
    right = np.eye(8)[0]
    y, y_pred = example(optimal=optimal, cost=cost, policy=[[right] * 6], readings=3)
    # Which (k, cell) count is read off the loss, one prediction spoilt at a time.
    counts = np.zeros((3, 6), bool)
    for k, cell in np.ndindex(3, 6):
        logits = y_pred["logits"].copy()
        logits[0, k, 0, cell] = np.log(np.maximum(wrong, 1e-30))
        loss = model.compute_loss(None, y, {**y_pred, "logits": logits}, training=True)
        counts[k, cell] = float(loss) > 1
    assert counts.astype(int).tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
    ]


def test_the_loss_is_the_mean_over_the_examples_that_count():
    optimal = np.zeros((1, 3, 8))
    optimal[..., 0] = 1
    policy = np.full((1, 3, 8), 0.1)
    policy[0, :, 0] = [0.5, 0.25, 1e-6]
    y, y_pred = example(optimal=optimal, cost=[[1, 2, 9]], policy=policy)
    policy = policy / policy.sum(axis=-1, keepdims=True)
    expected = -np.log(policy[0, :2, 0]).mean()
    loss = float(loss_model().compute_loss(None, y, y_pred, training=False))
    assert loss == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("picked", "accuracy"), [(0, 1.0), (1, 1.0), (2, 0.0)], ids=["first", "second", "neither"]
)
def test_the_accuracy_counts_every_tied_action_as_right(picked, accuracy):
    model = loss_model()
    policy = np.full(8, 0.05)
    policy[picked] = 0.65
    y, y_pred = one_cell(policy, TWO)
    model.compute_loss(None, y, y_pred, training=False)
    assert float(model.accuracy.result()) == accuracy


def test_the_accuracy_leaves_goal_and_unreachable_cells_out():
    model = loss_model()
    optimal = np.zeros((1, 4, 8))
    optimal[0, :2, 0] = 1
    policy = np.full((1, 4, 8), 0.05)
    policy[0, [0, 2, 3], 0] = 0.65
    policy[0, 1, 1] = 0.65
    y, y_pred = example(optimal=optimal, cost=[[1, 1, 0, UNREACHABLE_COST]], policy=policy)
    model.compute_loss(None, y, y_pred, training=False)
    assert float(model.accuracy.result()) == 0.5


def test_exact_values_add_nothing_to_the_loss_and_others_their_relative_error():
    model = loss_model(iterations=3)
    model.value_weight = 2.0
    y, y_pred = one_cell(TWO / 2, TWO, cost=1.0)
    assert float(model.compute_loss(None, y, y_pred, training=False)) == pytest.approx(0, abs=1e-5)
    y_pred["values"][0, 2, 0, 0] = -2.0
    y_pred["values"][0, 2, 0, 1] = -50.0
    loss = float(model.compute_loss(None, y, y_pred, training=False))
    assert loss == pytest.approx(2 * np.log1p(1 / 2), rel=1e-4)


def test_the_actions_weigh_as_much_as_the_temperature_and_the_values_as_set():
    model = DynamicVIN(hidden=1, iterations=3, value_weight=1.0)
    y, y_pred = one_cell([0.125] * 8, TWO, cost=1.0)
    y_pred["values"][0, 2, 0, 0] = -3.0
    losses = []
    inputs = np.zeros((*y["cost_to_go"].shape, 2), np.float32)
    for temperature in (1.0, 0.25):
        model.temperature.assign(temperature)
        losses.append(float(model.compute_loss(inputs, y, y_pred, training=False)))
    actions, values = -np.log(0.25), np.log1p(2 / 2)
    assert losses == pytest.approx([actions + values, 0.25 * actions + values], rel=1e-4)


@pytest.mark.parametrize(("value", "loss"), [(-100.0, 0.0), (-130.0, 0.0), (-25.0, 0.75)])
def test_a_value_in_a_free_cell_without_a_path_is_a_loss(value, loss):
    model = DynamicVIN(hidden=1, iterations=3)
    y, y_pred = one_cell([0.125] * 8, [0] * 8, cost=UNREACHABLE_COST)
    y_pred["values"][0, :, 0, 0] = value
    inputs = np.zeros((*y["cost_to_go"].shape, 2), np.float32)
    y_pred["logits"] = np.repeat(y_pred["logits"], len(model.reading_iterations), axis=1)
    measured = float(model.compute_loss(inputs, y, y_pred, training=True))
    inputs[..., 0] = 1
    of_a_wall = float(model.compute_loss(inputs, y, y_pred, training=True))
    assert (measured, of_a_wall) == (pytest.approx(loss, abs=1e-5), pytest.approx(0, abs=1e-5))


def test_a_model_that_knows_the_rule_has_hardly_any_loss(exact_models, draw_map):
    model = exact_models["8"]
    rng = np.random.default_rng(2)
    grids = [draw_map(rng, 6, 6) for _ in range(4)]
    y = label(grids, model.rule)
    inputs = encode(grids)
    loss = float(model.compute_loss(inputs, y, model(inputs), training=False))
    assert loss < 0.01
    assert float(model.accuracy.result()) == 1
    model.accuracy.reset_state()
