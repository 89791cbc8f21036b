"""Slopes of planes and cones, and the kinds of terrain by steepness."""

import math

import numpy as np
import pytest

from vingui.core.elevation import STEEPNESS, cell_side, gradient, hiking_cost, slopes, steepness
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap


@pytest.mark.parametrize("shape", [(2, 2), (2, 7), (5, 4), (30, 41)])
@pytest.mark.parametrize("side", [0.05, 1.0, 75.0])
def test_a_plane_has_its_slope_everywhere_even_at_the_edges(shape, side):
    rows, cols = np.indices(shape)
    down, across = gradient(7 + side * (0.3 * rows - 0.4 * cols), side)
    np.testing.assert_allclose(down, 0.3)
    np.testing.assert_allclose(across, -0.4)
    degrees = slopes(side * (0.3 * rows - 0.4 * cols), side)
    np.testing.assert_allclose(degrees, math.degrees(math.atan(0.5)))


def test_a_cone_is_as_steep_in_all_directions():
    rows, cols = np.indices((61, 61)) - 30
    away = np.hypot(rows, cols)
    degrees = slopes(-10 * np.tan(np.radians(20)) * away, 10.0)
    around = (away > 10) & (away < 29)
    np.testing.assert_allclose(degrees[around], 20, atol=0.1)


def test_kinds_get_costlier_and_darker_with_the_slope():
    degrees = [0, 7.9, 8, 15, 17, 23.9, 24, 60]
    np.testing.assert_array_equal(steepness(np.array(degrees)), [0, 0, 1, 1, 2, 2, 3, 3])
    assert STEEPNESS.costs.tolist() == [1, 2.1, 3.6, 6.4]
    # Published speeds of Tobler's function: 5.04 km/h on level ground, 1.97 on 15 degrees.
    assert hiking_cost(15) == pytest.approx(5.04 / 1.97, rel=0.01)


def test_cells_of_a_map_without_a_place_are_a_metre_wide():
    grid = GridMap(np.zeros((3, 4), bool))
    assert cell_side(grid) == 1
    assert cell_side(GridMap(grid.walls, frame=MapFrame(0.5))) == 0.5
