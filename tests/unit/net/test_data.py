"""Training examples: what a batch holds, and on what alone it depends."""

import itertools
from collections import Counter

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.generate import MIXTURES, generate_many
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT, FOUR, RULES
from vingui.core.oracle import solve
from vingui.core.train_settings import HELD_OUT_SEED
from vingui.net.data import (
    UNREACHABLE_COST,
    GeneratedData,
    StoredData,
    encode,
    label,
)


def generated(*kinds, **kwargs):
    own = {"rows": 7, "cols": 9, "rule": EIGHT, "batch_size": 3, "batches": 4, "seed": 5}
    return GeneratedData(kinds or ("mixed",), **{**own, **kwargs})


def stored(grids, **kwargs):
    return StoredData(grids, **{"rule": EIGHT, "batch_size": 2, "batches": 3, "seed": 5, **kwargs})


def numbered(count):
    """Maps that can be told apart by their goal's place."""
    walls = np.zeros((3, 8), bool)
    return [GridMap(walls, (divmod(number, 8),)) for number in range(count)]


def number_of(grid):
    return grid.goal[0] * 8 + grid.goal[1]


def test_a_map_is_encoded_as_walls_and_goal(grid_of):
    inputs = encode([grid_of("#.G", "..#"), grid_of("...", "#.S")])
    assert inputs.dtype == np.float32
    assert inputs[..., 0].tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 0, 0], [1, 0, 0]]]
    assert inputs[..., 1].tolist() == [[[0, 0, 1], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]]]


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_labels_are_those_of_the_oracle(draw_map, rule):
    rng = np.random.default_rng(0)
    grids = [draw_map(rng, 6, 8, density=0.4) for _ in range(5)]
    labels = label(grids, rule)
    assert labels["optimal"].shape == (5, 6, 8, rule.n_actions)
    assert {array.dtype for array in labels.values()} == {np.dtype(np.float32)}
    for place, grid in enumerate(grids):
        oracle = solve(grid, rule)
        np.testing.assert_array_equal(labels["optimal"][place] > 0, oracle.optimal)
        near = oracle.reachable
        cost = labels["cost_to_go"][place]
        np.testing.assert_allclose(cost[near], oracle.cost_to_go[near], rtol=1e-6)
        assert (cost[~near] == UNREACHABLE_COST).all()
    assert (labels["cost_to_go"] == UNREACHABLE_COST).any()


def test_a_batch_is_its_maps_encoded_and_labelled():
    data = generated(rule=FOUR)
    inputs, labels = data[1]
    np.testing.assert_array_equal(inputs, encode(data.maps(1)))
    for key, value in label(data.maps(1), FOUR).items():
        np.testing.assert_array_equal(labels[key], value)
    assert inputs.shape == (3, 7, 9, 2)
    assert len(data) == 4


@pytest.mark.parametrize("mixture", MIXTURES)
def test_generated_maps_have_the_size_a_goal_and_a_way_to_it(mixture):
    data = generated(mixture, batch_size=12)
    for grid in data.maps(0):
        assert (grid.rows, grid.cols) == (7, 9)
        assert solve(grid, FOUR).reachable.sum() > 1


def test_generated_batches_depend_on_seed_epoch_and_index_alone():
    data = generated()
    seen = {}
    for epoch, index in itertools.product(range(3), range(4)):
        data.epoch = epoch
        seen[epoch, index] = data.maps(index)
    assert len({tuple(maps) for maps in seen.values()}) == 12
    again = generated(batches=99)
    for epoch, index in reversed(seen):
        again.epoch = epoch
        assert again.maps(index) == seen[epoch, index]
    assert generated(seed=6).maps(0) != seen[0, 0]


@pytest.mark.parametrize("mixture", MIXTURES)
def test_training_maps_are_not_those_that_generate_makes_from_the_same_seed(mixture):
    # Else a data set generated with the seed of a training tests a model on maps that it learned.
    made = set(generate_many("obstacles", count=6, rows=7, cols=9, seed=5))
    data = generated(mixture)
    for epoch in range(6):
        data.epoch = epoch
        assert not made & {grid for index in range(4) for grid in data.maps(index)}


def test_the_mixed_maps_are_of_several_kinds():
    walls = [grid.walls.mean() for grid in generated(batch_size=60, rows=15, cols=15).maps(0)]
    assert min(walls) < 0.25
    assert max(walls) > 0.4


def test_a_stored_batch_is_drawn_from_the_data_set_without_repeats():
    grids = numbered(10)
    data = stored(grids, batch_size=4)
    for epoch, index in itertools.product(range(3), range(12)):
        data.epoch = epoch
        numbers = [number_of(grid) for grid in data.maps(index)]
        assert len(set(numbers)) == 4
        assert set(numbers) <= set(range(10))


@pytest.mark.parametrize(("count", "batch_size"), [(8, 4), (9, 3), (6, 1), (5, 5)])
def test_a_lap_through_the_data_set_takes_every_map_once(count, batch_size):
    data = stored(numbered(count), batch_size=batch_size)
    per_lap = count // batch_size
    for lap in range(4):
        batches = [data.maps(lap * per_lap + place) for place in range(per_lap)]
        numbers = Counter(number_of(grid) for batch in batches for grid in batch)
        assert numbers == Counter(range(count)), f"lap {lap}"


def test_a_lap_that_does_not_fill_its_last_batch_takes_no_map_twice():
    data = stored(numbered(11), batch_size=4)
    for lap in range(5):
        batches = [data.maps(lap * 2 + place) for place in range(2)]
        numbers = Counter(number_of(grid) for batch in batches for grid in batch)
        assert max(numbers.values()) == 1, f"lap {lap}"


def test_stored_batches_are_in_another_order_in_every_epoch_and_the_same_order_again():
    def orders(seed):
        data = stored(numbered(12), batch_size=4, seed=seed)
        for epoch in range(3):
            data.epoch = epoch
            yield tuple(number_of(grid) for index in range(3) for grid in data.maps(index))

    first = list(orders(5))
    assert len(set(first)) == 3
    assert list(orders(5)) == first
    assert list(orders(6)) != first


def test_fewer_stored_maps_than_fill_a_batch_are_refused():
    with pytest.raises(VinguiError, match="A batch has 4 maps, and there are only 3"):
        stored(numbered(3), batch_size=4)


def test_stored_maps_without_a_goal_are_refused_by_their_place():
    grids = [*numbered(3), GridMap(np.zeros((3, 8), bool))]
    with pytest.raises(VinguiError, match="map 3 of 3x8 cells has no goal"):
        stored(grids)


def test_stored_maps_of_another_size_are_refused_by_their_place():
    grids = [*numbered(2), GridMap(np.zeros((4, 8), bool), ((0, 0),))]
    with pytest.raises(VinguiError, match=r"map 2 of 4x8 cells has another size$"):
        stored(grids)


def test_the_seed_of_the_marks_is_none_that_anybody_types():
    assert HELD_OUT_SEED > 1_000_000


def test_kinds_are_mixed_and_have_the_chosen_density():
    share = [grid.walls.mean() for grid in generated("noise", "rooms", density=0.1).maps(0)]
    share += [grid.walls.mean() for grid in generated("noise", "rooms", density=0.1).maps(1)]
    assert min(share) < 0.2
    assert max(share) > 0.4
    assert min(grid.walls.mean() for grid in generated("noise").maps(0)) > 0.2


def test_goals_anywhere_make_many_examples_of_one_map():
    walls = np.zeros((6, 8), bool)
    walls[2, 1:7] = True
    data = stored([GridMap(walls)], moved_goals=True, batch_size=4)
    grids = [*data.maps(0), *data.maps(1)]
    assert all(np.array_equal(grid.walls, walls) for grid in grids)
    assert len({grid.goal for grid in grids}) > 4
    assert data.maps(1) == grids[4:]
