"""How maps differ from those of a training: measured again here, by looking at every square."""

import numpy as np
import pytest

from vingui.core.generate import generate_many, generate_walls, generators, place_uniform
from vingui.core.grid import GridMap
from vingui.core.surroundings import differences, free_widths

OBSTACLES = {"maps": "obstacles", "rows": 16, "cols": 16, "iterations": 20, "density": 0.0}


def width_by_hand(free, cell):
    """The largest square of free cells around a cell, by trying all."""
    best = 0
    for side in range(1, min(free.shape) + 1):
        for top in range(max(cell[0] - side + 1, 0), cell[0] + 1):
            for left in range(max(cell[1] - side + 1, 0), cell[1] + 1):
                square = free[top : top + side, left : left + side]
                if square.shape == (side, side) and square.all():
                    best = side
    return best


@pytest.mark.parametrize("seed", range(8))
def test_widths_are_those_of_the_largest_free_squares(seed):
    rng = np.random.default_rng(seed)
    free = rng.random(rng.integers(2, 10, 2)) < rng.choice([0.3, 0.8, 0.95, 1.0])
    found = free_widths(free)
    for cell in np.ndindex(free.shape):
        assert found[cell] == width_by_hand(free, cell)


@pytest.mark.parametrize(("side", "width"), [(30, 30), (63, 63), (64, 64), (200, 64)])
def test_on_large_maps_only_what_is_near_the_cell_is_measured(side, width):
    walls = np.ones((240, 230), bool)
    walls[7 : 7 + side, 9 : 9 + side] = False
    grid = GridMap(walls, ((8, 10),))
    for cell in ((7, 9), (7 + side // 2, 9 + side // 3), (6 + side, 8 + side)):
        found = {one.measure: one for one in differences(grid, cell, 5, OBSTACLES)}
        assert found["width"].here == (width,)


def test_maps_of_the_training_seldom_differ():
    rng = np.random.default_rng(7)
    [walls] = generators(("obstacles",), density=0)
    counts = []
    for _ in range(100):
        grid = place_uniform(walls(16, 16, rng), rng)
        counts.append(len(differences(grid, grid.goal, 12.0, OBSTACLES)))
    assert sum(counts) <= 6


@pytest.mark.parametrize(
    ("kind", "size", "length", "measures"),
    [
        ("maze", 16, 12.0, {"walls"}),
        ("obstacles", 28, 33.0, {"size", "path"}),
        ("rooms", 28, 12.0, {"size"}),
    ],
)
def test_other_maps_differ_in_what_they_are_made_to_differ(kind, size, length, measures):
    grid = generate_many(kind, count=1, rows=size, cols=size, seed=3)[0]
    found = {one.measure: one for one in differences(grid, grid.goal, length, OBSTACLES)}
    assert measures <= set(found)
    if "size" in found:
        assert (found["size"].here, found["size"].low) == ((size, size), (16, 16))
    if "path" in found:
        assert (found["path"].here, found["path"].high) == ((length,), (20,))


def test_a_range_is_what_generated_maps_have():
    empty = np.zeros((16, 16), bool)
    empty_map = place_uniform(empty, np.random.default_rng(0))
    by_measure = {one.measure: one for one in differences(empty_map, (8, 8), 5, OBSTACLES)}
    assert by_measure["walls"].here == (0,)
    assert by_measure["width"].here == (16,)
    rng = np.random.default_rng(11)
    shares = [generate_walls("obstacles", rows=16, cols=16, rng=rng).mean() for _ in range(200)]
    low, high = np.quantile(shares, (0.05, 0.95))
    assert by_measure["walls"].low[0] <= low < high <= by_measure["walls"].high[0]


@pytest.mark.parametrize("maps", ["my/file.npz", "terrain", 7, None])
def test_of_maps_that_are_not_generated_walls_only_size_and_path_are_known(maps):
    grid = place_uniform(np.zeros((9, 9), bool), np.random.default_rng(0))
    settings = {"maps": maps, "rows": 8, "cols": 8, "iterations": 4}
    assert [one.measure for one in differences(grid, (0, 0), 5, settings)] == ["path", "size"]
    assert differences(grid, (0, 0), 5, {}) == ()
