"""Readouts of tiles, put together, and requested only where they are needed."""

import numpy as np
import pytest

from vingui.core.planner_protocol import (
    ActionsRequest,
    GreedyActions,
    LayerRequest,
    LayerValues,
    PolicyReadout,
    ReadoutRequest,
)
from vingui.core.readouts import BEST, Readouts
from vingui.core.tiles import SIDE, box_of, is_one_tile, tile_of, tiles_in

ROWS, COLS = 2 * SIDE + 7, SIDE + 30
RNG = np.random.default_rng(0)
Q = RNG.random((ROWS, COLS, 4)).astype(np.float32)
POLICY = RNG.random((ROWS, COLS, 4)).astype(np.float32)
ACTIONS = RNG.integers(-1, 4, (ROWS, COLS)).astype(np.int8)


@pytest.fixture
def requested():
    return []


@pytest.fixture
def readouts(requested):
    """Readouts of which nothing is known yet; `requested` lists what is read."""
    made = Readouts(1, (ROWS, COLS), 4, lambda k: min(k, 9))

    def read(request):
        requested.append(request)
        match request:
            case ActionsRequest():
                return GreedyActions(1, request.k, ACTIONS, np.empty(0, np.uint8))
            case ReadoutRequest():
                tile = request.tile_row, request.tile_col
                top, left, bottom, right = box_of(tile, (ROWS, COLS))
                part = np.s_[top:bottom, left:right]
                return PolicyReadout(1, request.k, *tile, Q[part][..., :1], Q[part], POLICY[part])
        values = Q[..., request.latent] if request.latent >= 0 else Q.max(axis=-1)
        return LayerValues(1, request.k, request.layer, request.latent, 4, values)

    made.reader = read
    return made


def test_every_cell_lies_in_the_tile_whose_box_has_it():
    assert list(tiles_in((0, 0, ROWS, COLS))) == [(r, c) for r in range(3) for c in range(2)]
    assert is_one_tile((SIDE, SIDE))
    assert not is_one_tile((2, SIDE + 1))
    for cell in ((0, 0), (SIDE - 1, SIDE), (ROWS - 1, COLS - 1), (SIDE, 3)):
        top, left, bottom, right = box_of(tile_of(cell), (ROWS, COLS))
        assert top <= cell[0] < bottom <= ROWS
        assert left <= cell[1] < right <= COLS


@pytest.mark.parametrize(
    "box", [(0, 0, ROWS, COLS), (3, 5, 9, 8), (SIDE - 2, SIDE - 3, SIDE + 4, SIDE + 1)]
)
def test_a_policy_is_put_together_from_the_tiles_that_have_it(readouts, requested, box):
    top, left, bottom, right = box
    np.testing.assert_array_equal(readouts.policy(5, box), POLICY[top:bottom, left:right])
    assert requested == [ReadoutRequest(1, 5, *tile) for tile in tiles_in(box)]


def test_greedy_actions_stand_in_for_tiles_that_are_not_known(readouts):
    reader, readouts.reader = readouts.reader, None
    assert readouts.policy(5, (0, 0, ROWS, COLS)) is None
    readouts.add(reader(ActionsRequest(1, 5)))
    readouts.add(reader(ReadoutRequest(1, 5, 0, 1)))
    policy = readouts.policy(5, (0, 0, ROWS, COLS))
    np.testing.assert_array_equal(policy[:SIDE, SIDE:], POLICY[:SIDE, SIDE:])
    chosen = np.where((ACTIONS >= 0)[..., None], np.eye(4)[ACTIONS], 0)
    np.testing.assert_array_equal(policy[SIDE:], chosen[SIDE:])
    np.testing.assert_array_equal(policy[:, :SIDE], chosen[:, :SIDE])


def test_a_layer_is_one_number_a_cell_and_of_no_such_action_the_best(readouts, requested):
    np.testing.assert_array_equal(readouts.layer(12, "q", 2), Q[..., 2])
    np.testing.assert_array_equal(readouts.layer(9, "q", 7), Q.max(axis=-1))
    assert readouts.latent_actions == 4
    readouts.layer(3, "reward", BEST)
    readouts.layer(4, "reward", BEST)
    assert requested == [
        LayerRequest(1, 9, "q", 2),
        LayerRequest(1, 9, "q", BEST),
        LayerRequest(1, 0, "reward", BEST),
    ]


def test_bands_are_all_rows_and_end_where_a_tile_is_not_known(readouts):
    bands = list(readouts.bands(2))
    np.testing.assert_array_equal(np.concatenate([band.q for band in bands]), Q)
    np.testing.assert_array_equal(np.concatenate([band.policy for band in bands]), POLICY)
    readouts.reader = None
    assert len(list(readouts.bands(2))) == 3
    assert list(readouts.bands(3)) == []


def test_a_readout_knows_its_cells(readouts):
    cell = (SIDE + 3, SIDE + 9)
    q, policy = readouts.of_cell(5, cell).at(cell)
    np.testing.assert_array_equal(q, Q[cell])
    np.testing.assert_array_equal(policy, POLICY[cell])
