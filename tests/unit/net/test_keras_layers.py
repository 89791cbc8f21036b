"""The layers, each against the same computation in plain NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.net.keras_layers import (
    SLOTS,
    ActionScale,
    ConvolutionalBackup,
    KernelBackup,
    RewardMap,
    StepReward,
    TransitionKernel,
    neighbours,
)

ROWS, COLS = 4, 6


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def weighted(layer, shape, seed=0):
    """The layer built for inputs of that shape, every weight drawn."""
    layer.build(shape)
    for number, weight in enumerate(layer.weights):
        weight.assign(drawn(*weight.shape, seed=seed + number))
    return layer


def test_slots_are_the_actions_in_order_and_then_the_cell_itself():
    assert SLOTS == ((-1, 0), (1, 0), (0, 1), (0, -1), (-1, 1), (-1, -1), (1, 1), (1, -1), (0, 0))


@pytest.mark.parametrize("outside", [0.0, -1e9])
def test_neighbours_are_the_map_rolled_with_the_outside_at_the_edge(outside, as_array):
    values = drawn(3, ROWS, COLS)
    around = as_array(neighbours(values, outside=outside))
    assert around.shape == (3, ROWS, COLS, 9)
    for place, (row, col) in enumerate(SLOTS):
        rolled = np.roll(values, (-row, -col), axis=(1, 2))
        if row:
            rolled[:, -1 if row > 0 else 0] = outside
        if col:
            rolled[:, :, -1 if col > 0 else 0] = outside
        np.testing.assert_array_equal(around[..., place], rolled)


def test_neighbours_go_through_a_graph_without_fixed_sizes(as_array):
    import tensorflow as tf

    spec = tf.TensorSpec((None, None, None))
    graph = tf.function(lambda values: neighbours(values, outside=-5.0), input_signature=(spec,))
    for shape in ((1, 2, 2), (2, 5, 3)):
        values = drawn(*shape)
        expected = as_array(neighbours(values, outside=-5.0))
        np.testing.assert_array_equal(graph(values).numpy(), expected)


def test_the_reward_map_is_a_rectified_and_then_a_plain_convolution(convolution, as_array):
    layer = weighted(RewardMap(5), (None, None, None, 2))
    observation = drawn(1, ROWS, COLS, 2)
    kernel, bias, mixing = (as_array(weight).astype(np.float64) for weight in layer.weights)
    hidden = np.maximum(convolution(observation[0], kernel) + bias, 0)
    expected = convolution(hidden, mixing)
    assert expected.shape == (ROWS, COLS, 1)
    np.testing.assert_allclose(as_array(layer(observation))[0], expected, rtol=1e-4, atol=1e-5)


def test_the_convolutional_backup_is_both_convolutions_added(convolution, as_array):
    layer = weighted(ConvolutionalBackup(3), (None, None, None, 1))
    of_reward, of_values = (as_array(weight).astype(np.float64) for weight in layer.weights)
    reward, values = drawn(1, ROWS, COLS, 1), drawn(1, ROWS, COLS, seed=9)
    q = as_array(layer(layer.reward_share(reward), values))[0]
    expected = convolution(reward[0], of_reward) + convolution(values[0][..., None], of_values)
    assert expected.shape == (ROWS, COLS, 3)
    np.testing.assert_allclose(q, expected, rtol=1e-4, atol=1e-5)


def test_value_iteration_by_convolutional_backups_equals_loops(convolution, as_array):
    layer = weighted(ConvolutionalBackup(3), (None, None, None, 1))
    for weight in layer.weights:
        weight.assign(weight * 0.2)
    of_reward, of_values = (as_array(weight).astype(np.float64) for weight in layer.weights)
    reward = drawn(1, ROWS, COLS, 1)
    values, expected = np.zeros((1, ROWS, COLS), np.float32), np.zeros((ROWS, COLS))
    share = layer.reward_share(reward)
    for _ in range(6):
        values = keras.ops.max(layer(share, values), axis=-1)
        q = convolution(reward[0], of_reward) + convolution(expected[..., None], of_values)
        expected = q.max(axis=-1)
    np.testing.assert_allclose(as_array(values)[0], expected, rtol=1e-4, atol=1e-4)


def test_value_iteration_by_kernel_backups_equals_loops(bellman, as_array):
    kernel = as_array(keras.ops.softmax(drawn(1, ROWS, COLS, 3, 9)))
    reward = -np.abs(drawn(1, ROWS, COLS, 3, seed=1))
    values = np.zeros((1, ROWS, COLS), np.float32)
    expected = np.zeros((ROWS, COLS))
    layer = KernelBackup()
    for _ in range(6):
        values = keras.ops.max(layer(kernel, reward, values, outside=-7.0), axis=-1)
        expected = bellman(kernel[0], reward[0], expected, outside=-7.0).max(axis=-1)
    assert expected.min() < -1
    np.testing.assert_allclose(as_array(values)[0], expected, rtol=1e-4)


def test_the_kernel_backup_keeps_unreached_values_exact(as_array):
    kernel = np.eye(9, dtype=np.float32)[None, None, None].repeat(3, 1).repeat(3, 2)
    values = np.full((1, 3, 3), -1e9, np.float32)
    values[0, 1, 1] = 0
    reward = np.full((1, 3, 3, 9), -1.5, np.float32)
    q = as_array(KernelBackup()(kernel, reward, values, outside=-1e9))[0]
    assert q[0, 0].tolist() == [-1e9] * 6 + [-1.5] + [-1e9] * 2
    assert q[1, 1, 8] == -1.5


def test_outside_the_map_counts_as_wall_for_the_transition_kernel(as_array):
    layer = weighted(TransitionKernel(3, 4), (None, None, None))
    walls = (drawn(2, ROWS, COLS) > 0).astype(np.float32)
    within = np.pad(walls, [(0, 0), (1, 1), (1, 1)], constant_values=1)
    np.testing.assert_allclose(
        as_array(layer(walls)), as_array(layer(within))[:, 1:-1, 1:-1], rtol=1e-5, atol=1e-6
    )
    opened = np.pad(walls, [(0, 0), (1, 1), (1, 1)], constant_values=0)
    assert not np.allclose(as_array(layer(walls)), as_array(layer(opened))[:, 1:-1, 1:-1])


@pytest.fixture(scope="module")
def transitions():
    return weighted(TransitionKernel(2, 6), (None, None, None))


@settings(max_examples=30)
@given(data=st.data(), seed=st.integers(0, 999))
def test_a_transition_depends_on_the_3x3_walls_around_it_alone(transitions, as_array, data, seed):
    rows, cols = data.draw(st.integers(2, 7)), data.draw(st.integers(2, 7))
    walls = (drawn(rows, cols, seed=seed) > 0).astype(np.float32)
    flipped = walls.copy()
    row, col = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, cols - 1))
    flipped[row, col] = 1 - flipped[row, col]
    before, after = as_array(transitions(np.stack([walls, flipped])))
    moved = np.abs(before - after).max(axis=(-2, -1)) > 1e-5
    near = np.zeros_like(moved)
    near[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2] = True
    assert not moved[~near].any()


def test_a_transition_sees_all_nine_cells_of_its_patch(transitions, as_array):
    walls = np.zeros((10, 3, 3), np.float32)
    for cell in range(9):
        walls[(cell + 1, *divmod(cell, 3))] = 1
    middle = as_array(transitions(walls))[:, 1, 1].reshape(10, -1)
    assert len(np.unique(middle.round(5), axis=0)) == 10


def test_a_step_reward_is_minus_the_expected_cost_and_below_0(as_array):
    layer = weighted(StepReward(), (None, None, None, 2, 9))
    kernel = as_array(keras.ops.softmax(drawn(1, ROWS, COLS, 2, 9)))
    costs = np.log1p(np.exp(as_array(layer.raw).astype(np.float64)))
    np.testing.assert_allclose(as_array(layer.costs), costs, rtol=1e-5)
    reward = as_array(layer(kernel))
    np.testing.assert_allclose(reward, -(kernel * costs).sum(axis=-1), rtol=1e-5)
    assert (reward < 0).all()


def test_step_costs_begin_alike_and_about_1(as_array):
    layer = StepReward()
    layer.build((None, None, None, 8, 9))
    costs = as_array(layer.costs)
    assert costs.shape == (9,)
    np.testing.assert_allclose(costs, costs[0], rtol=1e-6)
    assert costs[0] == pytest.approx(1, abs=0.05)


def test_the_action_scale_multiplies_by_one_number_above_0(as_array):
    layer = ActionScale()
    layer.build((None, None, None, 3))
    q = drawn(1, ROWS, COLS, 3)
    np.testing.assert_allclose(as_array(layer(q)), q, rtol=1e-3)
    layer.raw.assign(-4.0)
    assert float(layer.scale) == pytest.approx(np.log1p(np.exp(-4)), rel=1e-5)
    np.testing.assert_allclose(as_array(layer(q)), q * np.log1p(np.exp(-4)), rtol=1e-5)


LAYERS = {
    "reward map": (RewardMap(7), {"hidden": 7}, (2, ROWS, COLS, 2)),
    "convolutional backup": (ConvolutionalBackup(3), {"actions": 3}, (2, ROWS, COLS, 1)),
    "transition kernel": (TransitionKernel(4, 5), {"actions": 4, "hidden": 5}, (2, ROWS, COLS)),
    "step reward": (StepReward(), {}, (2, ROWS, COLS, 3, 9)),
    "kernel backup": (KernelBackup(), {}, None),
    "action scale": (ActionScale(), {}, (2, ROWS, COLS, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_comes_back_from_what_is_saved_of_it(name):
    layer, own, shape = LAYERS[name]
    saved = keras.saving.serialize_keras_object(layer)
    assert saved["registered_name"] == f"vingui>{type(layer).__name__}"
    again = keras.saving.deserialize_keras_object(saved)
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()
    for key, value in own.items():
        assert again.get_config()[key] == getattr(again, key) == value
    if shape is not None:
        again.build(shape)
        layer.build(shape)
        assert [w.shape for w in again.weights] == [w.shape for w in layer.weights]


@pytest.mark.parametrize("name", ["reward map", "transition kernel", "step reward"])
def test_a_layer_foretells_the_shape_of_its_output(name):
    layer, _, shape = LAYERS[name]
    fresh = type(layer).from_config(layer.get_config())
    foretold = tuple(fresh.compute_output_shape(shape))
    assert tuple(fresh(np.ones(shape, np.float32)).shape) == foretold
    unknown = fresh.compute_output_shape((None, None, None, *shape[3:]))
    assert unknown == (None, None, None, *foretold[3:])


@pytest.mark.parametrize("size", [0, -1, 2.0, "8", None])
@pytest.mark.parametrize(
    ("layer", "argument"),
    [
        (RewardMap, "hidden"),
        (ConvolutionalBackup, "actions"),
        (TransitionKernel, "actions"),
        (TransitionKernel, "hidden"),
    ],
)
def test_a_size_that_is_no_int_of_1_or_more_is_refused_by_name(layer, argument, size):
    message = f"Expected {layer.__name__} {argument} as an int of 1 or more, received {size!r}"
    with pytest.raises(ValueError, match=message):
        layer(**{argument: size})


def test_no_layer_has_weights_that_depend_on_the_size_of_the_map():
    for layer, _, shape in LAYERS.values():
        if shape is None:
            continue
        small, large = (type(layer).from_config(layer.get_config()) for _ in range(2))
        small.build((None, None, None, *shape[3:]))
        large.build((1, 40, 50, *shape[3:]))
        assert [w.shape for w in small.weights] == [w.shape for w in large.weights]
