"""Cells as paths: each cell is inside of its area, once, without seams."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.transforms import Affine2D

from vingui.figure.cell_paths import cell_area, cell_lines

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
    np.testing.assert_array_equal(windings(cell_area(cells), cells.shape), cells)


@pytest.mark.parametrize("cell", [0.3, 3.7, 9.21])
def test_there_are_no_seams_between_cells_of_part_of_a_pixel(cell):
    figure = Figure(figsize=(2, 2), dpi=100, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    cells = np.ones((60, 60), bool)
    placed = Affine2D().scale(cell).translate(10.3, 10.6)
    figure.add_artist(PathPatch(cell_area(cells), facecolor="k", linewidth=0, transform=placed))
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., 0]
    low, high = 12, min(10 + int(60 * cell) - 1, 198)
    assert (pixels[200 - high : 200 - low, low:high] == 0).all()


@given(CELLS)
def test_lines_are_between_free_cells_only(free):
    lines = np.asarray(cell_lines(free, shift=0.0).vertices).reshape(-1, 2, 2)
    beside = (free[:, 1:] & free[:, :-1]).sum() + (free[1:] & free[:-1]).sum()
    assert np.abs(lines[:, 1] - lines[:, 0]).sum() == beside
