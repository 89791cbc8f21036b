"""Cells as paths: each cell is inside of its outline, once, and no edge is between two of them."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vingui.figure.cell_outlines import cell_lines, outline

CELLS = st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(lambda s: arrays(np.bool_, s))


def polygons(path):
    starts = np.flatnonzero(path.codes == path.MOVETO)
    return np.split(np.asarray(path.vertices), starts[1:]) if len(path.vertices) else []


def windings(path, shape):
    """How often the path goes round the middle of each cell."""
    total = np.zeros(shape, int)
    rows = np.arange(shape[0])[:, None] + 0.5
    cols = np.arange(shape[1])[None] + 0.5
    for corners in polygons(path):
        for (x, y), (onward_x, onward_y) in pairwise(corners):
            assert x == onward_x or y == onward_y
            crossed = (rows > min(y, onward_y)) & (rows < max(y, onward_y)) & (cols < x)
            total += np.where(crossed, int(np.sign(onward_y - y)), 0)
    return total


@given(CELLS)
def test_it_goes_round_each_cell_once_and_round_no_other(cells):
    np.testing.assert_array_equal(windings(outline(cells), cells.shape), cells)


@given(CELLS)
def test_it_is_as_long_as_the_cells_have_edges(cells):
    padded = np.pad(cells, 1).astype(int)
    edges = np.abs(np.diff(padded, axis=0)).sum() + np.abs(np.diff(padded, axis=1)).sum()
    length = sum(np.abs(np.diff(corners, axis=0)).sum() for corners in polygons(outline(cells)))
    assert length == edges


def test_a_block_has_four_corners():
    cells = np.zeros((6, 7), bool)
    cells[1:4, 2:6] = True
    (corners,) = polygons(outline(cells))
    assert set(map(tuple, corners.tolist())) == {(2, 1), (6, 1), (6, 4), (2, 4)}
    assert len(corners) == 5


@given(CELLS)
def test_lines_are_between_free_cells_only(free):
    lines = np.asarray(cell_lines(free, shift=0.0).vertices).reshape(-1, 2, 2)
    beside = (free[:, 1:] & free[:, :-1]).sum() + (free[1:] & free[:-1]).sum()
    assert np.abs(lines[:, 1] - lines[:, 0]).sum() == beside
