"""Regions of connected cells, against scipy's."""

import numpy as np
import pytest
from scipy import ndimage

from vingui.core.engine.regions import largest_region_of


@pytest.mark.parametrize("diagonal", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 2), (12, 15), (40, 31)])
def test_the_largest_region_is_that_of_scipy_and_the_first_of_equal_ones(shape, diagonal):
    rng = np.random.default_rng(4)
    for density in np.linspace(0, 1, 40):
        walls = rng.random(shape) < density
        labels, count = ndimage.label(~walls, np.ones((3, 3)) if diagonal else None)
        sizes = np.bincount(labels.ravel(), minlength=2)[1:]
        expected = labels == 1 + sizes.argmax() if count else np.zeros(shape, bool)
        np.testing.assert_array_equal(largest_region_of(walls, diagonal=diagonal), expected)
