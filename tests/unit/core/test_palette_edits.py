"""Kinds of terrain that are added, changed and removed."""

from dataclasses import replace

import numpy as np
import pytest

from vingui.core import palette_edits
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.terrain import MAX_KINDS, STANDARD, Palette, Terrain

TERRAIN = np.array([[0, 1, 2, 3], [4, 4, 2, 0]], np.uint8)
WALLS = np.array([[0, 0, 0, 0], [0, 0, 0, 1]], bool)
GRID = GridMap(WALLS, ((0, 0),), ((0, 3),), terrain=TERRAIN)


def test_a_kind_is_changed_and_terrain_cleared():
    swamp = replace(STANDARD[3], name="swamp", cost=7)
    changed = palette_edits.set_kind(GRID, 3, swamp)
    assert changed.costs.tolist() == [[1, 1.5, 3, 7], [9, 9, 3, 1]]
    assert palette_edits.set_kind(changed, 3, swamp) is changed
    cleared = palette_edits.clear_terrain(changed)
    assert cleared.terrain is None
    assert np.array_equal(cleared.walls, WALLS)
    assert palette_edits.clear_terrain(cleared) is cleared


def test_cells_of_a_removed_kind_become_kind_0_and_the_others_keep_theirs():
    removed = palette_edits.remove_kind(GRID, 2)
    assert [kind.name for kind in removed.palette] == ["road", "grass", "mud", "shallow water"]
    assert removed.terrain.tolist() == [[0, 1, 0, 2], [3, 3, 0, 0]]
    assert (removed.goals, removed.starts) == (GRID.goals, GRID.starts)
    costs = np.where(TERRAIN == 2, 1, GRID.costs)
    assert np.array_equal(removed.costs[~WALLS], costs[~WALLS])


def test_kind_0_is_never_removed():
    with pytest.raises(VinguiError, match="Road cannot be removed"):
        palette_edits.remove_kind(GRID, 0)


def test_free_cells_are_counted_by_their_kind():
    assert palette_edits.cells_by_kind(GRID).tolist() == [1, 1, 2, 1, 2]
    assert palette_edits.cells_by_kind(GridMap(WALLS)).tolist() == [7, 0, 0, 0, 0]


def test_new_kinds_are_unique_until_there_are_too_many():
    grid = GRID
    while len(grid.palette) < MAX_KINDS:
        grid = palette_edits.add_kind(grid, palette_edits.new_kind(grid.palette))
    assert grid.palette[5].letter == "a"
    assert np.array_equal(grid.terrain, GRID.terrain)
    with pytest.raises(VinguiError, match="1 to 256 kinds of terrain, not 257"):
        palette_edits.add_kind(grid, palette_edits.new_kind(grid.palette))


@pytest.mark.parametrize("taken", ["name", "letter"])
def test_names_and_letters_are_given_once(taken):
    kind = replace(Terrain("tar", 2, "#333333", "t"), **{taken: getattr(STANDARD[1], taken)})
    with pytest.raises(VinguiError, match=f"Two kinds of terrain have the {taken}"):
        palette_edits.add_kind(GRID, kind)


def test_a_new_kind_of_a_palette_with_taken_names():
    palette = Palette((*STANDARD.kinds, Terrain("terrain 7", 2, "#334455", "a")))
    made = palette_edits.new_kind(palette)
    assert (made.name, made.letter) == ("terrain 8", "b")


def test_the_kinds_of_a_map_are_found():
    assert palette_edits.kinds_used(GridMap(WALLS)) == [0]
    used = palette_edits.kinds_used(GridMap(WALLS, terrain=np.where(TERRAIN == 3, TERRAIN, 0)))
    assert used == [0, 3]
