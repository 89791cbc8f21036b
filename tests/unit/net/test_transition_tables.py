"""The 512 observations, and the report of what was learned on them."""

import numpy as np
import pytest

from vingui.core.cards import find_model, shipped_models
from vingui.core.engine.wave import patch_numbers
from vingui.core.moves import RULES, SLOTS
from vingui.net.backups import tables_of
from vingui.net.keras_networks import load_model
from vingui.net.model_files import ModelFile
from vingui.net.transition_tables import every_patch, learned, tables_in


def test_every_patch_is_there_once():
    patches = every_patch()
    assert patches.shape == (512, 3, 3)
    assert patches.dtype == bool
    assert len(np.unique(patches.reshape(512, 9), axis=0)) == 512


@pytest.mark.slow
def test_a_patchs_number_is_its_place_among_all_of_them():
    numbers = [int(patch_numbers(patch).reshape(5, 5)[2, 2]) for patch in every_patch()]
    assert numbers == list(range(512))


@pytest.mark.parametrize(("rows", "cols"), [(2, 2), (3, 7), (6, 4)])
def test_patch_numbers_name_the_walls_around_every_cell_with_walls_outside(rows, cols):
    walls = np.random.default_rng(rows).random((rows, cols)) < 0.4
    numbers = patch_numbers(walls).reshape(rows + 2, cols + 2)[1:-1, 1:-1]
    closed = np.pad(walls, 1, constant_values=True)
    for row, col in np.ndindex(rows, cols):
        around = every_patch()[numbers[row, col]]
        np.testing.assert_array_equal(around, closed[row : row + 3, col : col + 3])


def assert_as_the_layers(tables, model, as_array):
    """What the tables hold is what the Keras layers compute on every patch."""
    patches = every_patch()
    kernel = model.kernel(patches.astype(np.float32))
    rewards = as_array(model.step_reward(kernel))[:, 1, 1]
    costs = as_array(model.step_reward.costs)
    kernel = as_array(kernel)[:, 1, 1]
    np.testing.assert_array_equal(tables.slots, kernel.argmax(axis=-1))
    np.testing.assert_array_equal(tables.leads, np.array(SLOTS)[tables.slots])
    # A rounding apart, by their softplus.
    close = {"rtol": 2.5e-7}
    np.testing.assert_allclose(tables.costs, costs, **close)
    np.testing.assert_allclose(tables.rewards, rewards, **close)
    np.testing.assert_allclose(tables.scale, as_array(model.scale.scale), **close)
    assert tables.unit == pytest.approx(costs[:4].mean(), rel=1e-6)
    led_to = kernel.any(axis=1) & ~patches[:, 1, 1, None]
    steps = np.where(led_to, -costs, -np.inf)[:, :8]
    np.testing.assert_allclose(tables.steps, steps, **close)


@pytest.mark.parametrize(
    "name", [card.name for card in shipped_models() if card.architecture != "vin"]
)
def test_the_tables_of_a_shipped_file_are_as_the_layers_compute_them(name, as_array):
    path = find_model(name)
    assert_as_the_layers(tables_in(ModelFile.read(path)), load_model(path), as_array)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(5))
def test_the_tables_of_any_weights_are_as_the_layers_compute_them(
    make_random, as_array, tmp_path, rule, seed
):
    model = make_random("dynamic", moves=rule, seed=seed, hidden=5)
    assert_as_the_layers(tables_of(model), model, as_array)
    model.save(tmp_path / "any.keras")
    assert_as_the_layers(tables_in(ModelFile.read(tmp_path / "any.keras")), model, as_array)


@pytest.mark.parametrize("rule", RULES)
def test_a_model_that_knows_the_rule_has_all_observations_right(exact_models, rule):
    report = learned(tables_of(exact_models[rule]), RULES[rule])
    assert (report["observations_right"], report["observations"]) == (256, 256)
    assert report["costs"] == pytest.approx(RULES[rule].costs.tolist(), rel=1e-6)


def test_an_action_that_never_moves_is_wrong_wherever_it_could(make_exact):
    model = make_exact("8")
    bias = model.transitions.logits.bias.numpy().reshape(8, 9)
    bias[0, 8] = 2
    model.transitions.logits.bias.assign(bias.ravel())
    assert learned(tables_of(model), model.rule)["observations_right"] == 128


def test_two_actions_exchanged_are_right_only_where_neither_moves(make_exact):
    model = make_exact("8")
    bias = model.transitions.logits.bias.numpy().reshape(8, 9)
    model.transitions.logits.bias.assign(bias[[1, 0, 2, 3, 4, 5, 6, 7]].ravel())
    assert learned(tables_of(model), model.rule)["observations_right"] == 64


def test_the_kernel_of_one_rule_is_wrong_where_another_rule_differs(make_exact):
    model = make_exact("8")
    patches = every_patch()
    patches = patches[~patches[:, 1, 1]]
    same = (RULES["8"].legal(patches) == RULES["8-both-free"].legal(patches))[:, 1, 1].all(axis=-1)
    found = learned(tables_of(model), RULES["8-both-free"])["observations_right"]
    assert found == same.sum() < 256


def test_the_costs_reported_are_those_learned(make_exact):
    model = make_exact("4")
    model.step_reward.raw.assign(np.log(np.expm1(np.arange(1, 10) / 4)))
    assert learned(tables_of(model), model.rule)["costs"] == pytest.approx(
        [0.25, 0.5, 0.75, 1.0], rel=1e-5
    )
