"""Maps of real heights: where these come from, how they are cut out, and what their slopes cost."""

from importlib.machinery import ModuleSpec

import numpy as np
import pytest

from vingui.core.elevation import STEEPNESS, slopes, steepness
from vingui.core.errors import VinguiError
from vingui.core.generate import generate, generate_many, mountains
from vingui.core.generate.mountains import area, real_heights


def test_the_two_areas_do_not_overlap():
    held_out, training = (set(range(*area(training=one)[0].indices(344))) for one in (False, True))
    assert len(held_out) + len(training) >= 340
    assert min(training) - max(held_out) > 1


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("side", [16, 128])
def test_heights_are_from_their_area_alone(monkeypatch, training, side):
    rows, cols = area(training=training)
    marked = np.full((344, 403), 9000.0)
    marked[rows, cols] = real_heights()[rows, cols]
    before = generate_many("mountains", count=8, rows=side, cols=side, seed=4, training=training)
    monkeypatch.setattr(mountains, "real_heights", lambda: marked)
    after = generate_many("mountains", count=8, rows=side, cols=side, seed=4, training=training)
    assert before == after


@pytest.mark.parametrize("side", [2, 28, 300])
def test_costs_are_those_of_the_slopes(side):
    grid = generate("mountains", rows=side, cols=side + 3, rng=np.random.default_rng(1), relief=1.5)
    assert grid.palette == STEEPNESS
    assert grid.elevation.min() > 200
    assert grid.elevation.max() < 1700
    degrees = slopes(grid.elevation, grid.frame.resolution)
    kinds = 0 if grid.terrain is None else grid.terrain[grid.free]
    np.testing.assert_array_equal(kinds, steepness(degrees)[grid.free])
    np.testing.assert_array_equal(grid.walls, degrees >= 28)


def test_relief_makes_slopes_steeper_and_cliffs_makes_fewer_of_them_walls():
    def walls(**params):
        maps = generate_many("mountains", count=20, rows=40, cols=40, seed=0, **params)
        return np.mean([grid.walls.mean() for grid in maps])

    assert walls(relief=0.0) == 0
    assert walls() < walls(relief=2.0) < walls(relief=2.0, cliffs=20.0)
    assert walls(relief=2.0, cliffs=90.0) == 0


def test_a_large_map_shows_the_whole_area_in_smaller_cells():
    grid = generate("mountains", rows=400, cols=400, rng=np.random.default_rng(0))
    assert grid.frame.resolution < 30
    # Interpolated heights stay within the land's, but for what a cubic overshoots.
    land = real_heights()[area(training=False)]
    assert land.min() - 20 < grid.elevation.min()
    assert grid.elevation.max() < land.max() + 20


@pytest.fixture
def read_again():
    real_heights.cache_clear()
    yield
    real_heights.cache_clear()


@pytest.mark.parametrize("found", ["nothing", "damaged", "other"])
def test_a_matplotlib_without_the_heights_is_named(monkeypatch, tmp_path, read_again, found):
    folder = tmp_path / "mpl-data" / "sample_data"
    folder.mkdir(parents=True)
    if found != "nothing":
        with (folder / "jacksboro_fault_dem.npz").open("wb") as file:
            np.savez(file, elevation=np.zeros((3, 4)))
            if found == "damaged":
                file.truncate(100)
    spec = ModuleSpec("matplotlib", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(mountains, "find_spec", lambda _: spec)
    expected = "int16 of shape" if found == "other" else "Install Matplotlib from PyPI"
    with pytest.raises(VinguiError, match=expected):
        generate("mountains", rows=8, cols=8, rng=np.random.default_rng(0))
