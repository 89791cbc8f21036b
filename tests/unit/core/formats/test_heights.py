"""Heights from pictures and arrays."""

import numpy as np
import pytest
from PIL import Image

from vingui.core.elevation import STEEPNESS, slopes, steepness
from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions, ReadOptions, read_dataset
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.heights import Heights


def read(path, heights, **options):
    picture = PictureOptions(heights=heights, **options)
    (grid,) = read_dataset(path, ReadOptions(picture=picture)).maps
    return grid


@pytest.fixture
def hill(tmp_path):
    """A picture of a cone, 60x80 pixels."""
    rows, cols = np.indices((60, 80))
    grey = np.clip(255 - 6 * np.hypot(rows - 30, cols - 40), 0, 255).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "hill.png")
    return tmp_path / "hill.png", grey


def test_shades_are_heights_and_slopes_terrain(hill):
    path, grey = hill
    grid = read(path, Heights(low=-50, high=460, side=25.0))
    np.testing.assert_allclose(grid.elevation, -50 + 2.0 * grey, rtol=1e-5)
    assert grid.frame.resolution == 25
    assert not grid.walls.any()
    assert grid.palette == STEEPNESS
    np.testing.assert_array_equal(grid.terrain, steepness(slopes(grid.elevation, 25.0)))
    # 6 shades of 2 m each in 25 m are 25.6 degrees.
    assert grid.terrain[30, 20] == 3
    assert grid.terrain[0, 0] == 0


def test_cells_of_several_pixels_have_their_mean_height(hill):
    path, grey = hill
    grid = read(path, Heights(low=100, high=0), cell=7)
    assert grid.elevation.shape == (9, 12)
    first, last = grey[7:14, 14:21], grey[56:, 77:]
    assert grid.elevation[1, 2] == pytest.approx(100 - 100 * first.mean() / 255)
    assert grid.elevation[8, 11] == pytest.approx(100 - 100 * last.mean() / 255)


def test_only_what_is_darker_than_a_given_threshold_is_wall(hill):
    path, grey = hill
    for invert in (False, True):
        assert not read(path, Heights(low=0, high=9), invert=invert).walls.any()
    sea = read(path, Heights(low=0, high=9), threshold=30)
    np.testing.assert_array_equal(sea.walls, grey < 30)


@pytest.mark.parametrize("dtype", [np.int16, np.float32, np.float64])
def test_numbers_of_an_array_are_metres(tmp_path, dtype):
    heights = (100 * np.random.default_rng(0).random((5, 6))).astype(dtype)
    np.save(tmp_path / "dem.npy", heights)
    grid = read(tmp_path / "dem.npy", Heights(side=30.0))
    np.testing.assert_array_equal(grid.elevation, heights.astype(np.float32))
    assert grid.frame.resolution == 30
    stretched = read(tmp_path / "dem.npy", Heights(low=200, high=300))
    assert (stretched.elevation.min(), stretched.elevation.max()) == (200, 300)
    np.save(tmp_path / "stack.npy", np.stack([heights, heights + 1]))
    options = ReadOptions(picture=PictureOptions(heights=Heights()))
    assert len(read_dataset(tmp_path / "stack.npy", options).maps) == 2


def test_a_level_array_is_as_high_as_the_least_height(tmp_path):
    np.save(tmp_path / "sea.npy", np.full((4, 4), 7))
    assert (read(tmp_path / "sea.npy", Heights(low=1, high=2)).elevation == 1).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Heights(low=1), "both black and white"),
        (lambda: Heights(low=0, high=2e5), "from -100,000 to 100,000 metres, not 200000"),
        (lambda: Heights(low=float("nan"), high=1), "metres, not nan"),
        (lambda: Heights(side=0), "must be above 0 metres, not 0"),
        (lambda: Heights(side=float("inf")), "must be above 0 metres, not inf"),
        (
            lambda: PictureOptions(heights=Heights(), levels=CostLevels()),
            "Greys can be costs or heights, not both",
        ),
    ],
)
def test_impossible_heights_are_refused(make, message):
    with pytest.raises(VinguiError, match=message):
        make()


def test_what_has_no_heights_is_refused(tmp_path, hill):
    with pytest.raises(VinguiError, match="need the heights of black and white in metres"):
        read(hill[0], Heights())
    np.save(tmp_path / "gap.npy", np.array([[1.0, np.nan], [2, 3]]))
    with pytest.raises(VinguiError, match="must be finite"):
        read(tmp_path / "gap.npy", Heights())
    np.save(tmp_path / "space.npy", np.full((3, 3), 4e8))
    with pytest.raises(VinguiError, match="Every height of the elevation must be"):
        read(tmp_path / "space.npy", Heights())
