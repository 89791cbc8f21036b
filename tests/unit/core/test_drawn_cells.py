import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.drawn_cells import differing_cells, differing_part, drawn, equal_cells
from vingui.core.grid import GridMap


def draw(cells, random):
    """Other cells in a small part of an array."""
    (top, bottom), (left, right) = (
        sorted(random.choice(side + 1, 2, replace=False)) for side in cells.shape
    )
    part = np.s_[int(top) : int(bottom), int(left) : int(right)]
    return drawn(cells, part, random.random(cells[part].shape) < 0.5), part


@given(st.integers(0, 10_000), st.booleans())
def test_what_differs_is_found_between_all_that_were_drawn(seed, forgetful):
    random = np.random.default_rng(seed)
    arrays = [random.random((9, 11)) < 0.3]
    for _ in range(6):
        arrays.append(draw(arrays[random.integers(len(arrays))], random)[0])
        if forgetful and len(arrays) > 3:
            arrays.pop(int(random.integers(len(arrays))))
    for one in arrays:
        for other in arrays:
            different = np.flatnonzero(one != other)
            np.testing.assert_array_equal(np.sort(differing_cells(one, other)), different)
            assert equal_cells(one, other) == (not different.size)


def test_only_the_drawn_part_is_compared():
    first = np.zeros((40, 50), bool)
    second = drawn(first, np.s_[3:5, 7:9], np.ones((2, 2), bool))
    third = drawn(second, np.s_[10:11, 20:22], np.ones((1, 2), bool))
    other = drawn(first, np.s_[30:31, 1:2], np.ones((1, 1), bool))
    assert differing_part(second, first) == np.s_[3:5, 7:9]
    assert differing_part(first, second) == np.s_[3:5, 7:9]
    assert differing_part(third, first) == np.s_[3:11, 7:22]
    assert differing_part(second, other) == np.s_[3:31, 1:9]
    assert differing_part(first, np.zeros((40, 50), bool)) == np.s_[0:40, 0:50]


def test_drawn_cells_cannot_be_changed_and_maps_share_them():
    cells = drawn(np.zeros((4, 5), bool), np.s_[1:2, 1:3], np.ones((1, 2), bool))
    assert type(cells) is np.ndarray
    with pytest.raises(ValueError, match="read-only"):
        cells[0, 0] = True
    with pytest.raises(ValueError, match="WRITEABLE"):
        cells.flags.writeable = True
    assert GridMap(cells).walls is cells


def test_arrays_of_other_shapes_or_none_are_not_equal():
    cells = np.zeros((4, 5), bool)
    assert not equal_cells(cells, np.zeros((5, 4), bool))
    assert not equal_cells(cells, None)
    assert equal_cells(None, None)
