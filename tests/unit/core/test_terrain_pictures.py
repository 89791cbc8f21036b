"""Pictures of terrain, against drawing every mark of every texture by itself."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.terrain import STANDARD, Terrain
from vingui.core.terrain_patterns import terrain_colours, terrain_marks, texture_colours
from vingui.core.terrain_pictures import PIXELS, picture_of
from vingui.core.value_colours import rgb


def drawn(grid):
    """`(rows * 8, cols * 8, 3)`: the picture, drawn mark by mark in the whole map."""
    kinds = np.zeros(grid.walls.shape, np.uint8) if grid.terrain is None else grid.terrain
    colours = terrain_colours(grid.palette, dark=False)
    tones = texture_colours(colours)
    picture = colours[kinds].repeat(PIXELS, 0).repeat(PIXELS, 1)
    for kind, lines in terrain_marks(kinds, grid.palette, 2.0).items():
        for line in (line for marks in lines for line in marks):
            # A dot is a line of one point.
            for one, other in pairwise(line if len(line) > 1 else [*line, *line]):
                steps = max(int(np.abs(other - one).max() * 4 * PIXELS), 1)
                for step in range(steps + 1):
                    x, y = one + (other - one) * (step / steps)
                    row, col = int(y * PIXELS), int(x * PIXELS)
                    if row < len(picture) and col < picture.shape[1]:
                        picture[row, col] = tones[kind]
    picture[grid.walls.repeat(PIXELS, 0).repeat(PIXELS, 1)] = rgb("#343a40")
    return picture


@pytest.mark.parametrize("kind", ["patches", "hills", "roads", "rivers"])
@pytest.mark.parametrize(("rows", "cols"), [(16, 16), (13, 22), (9, 31)])
def test_the_picture_has_every_mark_that_lies_in_its_kind(kind, rows, cols):
    grid = generate(kind, rows=rows, cols=cols, rng=np.random.default_rng(rows))
    picture = picture_of(grid)
    assert (picture.dtype, picture.shape) == (np.uint8, (rows, cols, PIXELS, PIXELS, 3))
    whole = picture.transpose(0, 2, 1, 3, 4).reshape(rows * PIXELS, cols * PIXELS, 3)
    np.testing.assert_array_equal(whole, drawn(grid))


def test_kinds_of_every_texture_are_drawn():
    kinds = tuple(
        Terrain(f"kind {number}", 1.0 + number, f"#{60 + 12 * number:02x}8030", chr(97 + number))
        for number in range(14)
    )
    terrain = np.arange(14, dtype=np.uint8).repeat(9).reshape(14, 9)
    terrain = np.concatenate([terrain, terrain[::-1]], axis=1)
    grid = GridMap(
        np.zeros(terrain.shape, bool),
        ((0, 0),),
        terrain=terrain,
        palette=replace(STANDARD, kinds=kinds),
    )
    whole = picture_of(grid).transpose(0, 2, 1, 3, 4).reshape(14 * PIXELS, 18 * PIXELS, 3)
    np.testing.assert_array_equal(whole, drawn(grid))


def test_a_map_without_terrain_is_its_ground_and_walls():
    walls = np.eye(5, dtype=bool)
    picture = picture_of(GridMap(walls, ((0, 1),)))
    assert (picture[walls] == rgb("#343a40")).all()
    assert len(np.unique(picture[~walls].reshape(-1, 3), axis=0)) == 1
