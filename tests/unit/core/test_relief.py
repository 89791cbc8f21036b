"""Shading by elevation: which slopes are light, and what shades colours have."""

import numpy as np
import pytest

from vingui.core.frame import MapFrame
from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.relief import LEVELS, relief, shaded

MIDDLE = LEVELS // 2


def map_of(heights, side=1.0):
    elevation = np.asarray(heights, np.float32)
    return GridMap(np.zeros(elevation.shape, bool), frame=MapFrame(side), elevation=elevation)


def test_level_ground_is_not_shaded():
    assert relief(GridMap(np.zeros((4, 5), bool))) is None
    assert (relief(map_of(np.full((4, 5), 812.0))) == MIDDLE).all()


def test_slopes_to_the_north_west_are_light_and_those_to_the_south_east_dark():
    rows, cols = np.indices((40, 40))
    light = relief(map_of(-np.hypot(rows - 19.5, cols - 19.5)))
    north_west, south_east = light[5:12, 5:12], light[28:35, 28:35]
    assert north_west.min() > MIDDLE + 8
    assert south_east.max() < MIDDLE - 5
    # A crater is lit from the other side.
    crater = relief(map_of(np.hypot(rows - 19.5, cols - 19.5)))
    assert crater[5:12, 5:12].max() < MIDDLE < crater[28:35, 28:35].min()


@pytest.mark.parametrize("times", [0.5, 1, 100])
def test_high_and_low_mountains_have_the_same_contrast(times):
    grid = generate("mountains", rows=60, cols=70, rng=np.random.default_rng(2))
    levels = relief(map_of(times * grid.elevation, side=75.0))
    assert levels.min() <= 8
    assert levels.max() >= 24
    # Ripples of a millimetre stay flat.
    flat = relief(map_of(1e-5 * grid.elevation, side=75.0))
    assert np.abs(flat.astype(int) - MIDDLE).max() <= 1


def test_a_large_map_is_shaded_in_parts_as_at_once():
    grid = generate("mountains", rows=300, cols=400, rng=np.random.default_rng(0))
    levels = relief(grid)
    assert levels.shape == (300, 400)
    rows = np.abs(np.diff(levels.astype(int), axis=0)).mean(axis=1)
    assert rows.max() < 3 * rows.mean()


def test_shades_go_from_dark_to_light_through_the_colour():
    colours = np.array([[255, 255, 255], [120, 60, 30], [0, 0, 0]], np.uint8)
    shades = shaded(colours)
    assert shades.shape == (3, LEVELS, 3)
    np.testing.assert_array_equal(shades[:, MIDDLE], colours)
    assert (np.diff(shades[1].astype(int).sum(axis=-1)) > 0).all()
    assert shades[0, 0].max() < 160
