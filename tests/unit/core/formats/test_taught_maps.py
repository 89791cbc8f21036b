"""Demonstrations and elevation come back from files that keep them; bad ones are refused."""

import base64
import json
import tracemalloc
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.formats import (
    FORMATS,
    clipboard,
    format_to_write,
    read_dataset,
    read_map,
    vingui_map,
    write_dataset,
    write_map,
)
from vingui.core.formats.world_arrays import path_arrays, terrain_arrays
from vingui.core.grid import MAX_DEMONSTRATED_CELLS, Demonstration, GridMap

SEEDS = st.integers(0, 2**32)
PATHS = (Demonstration(((0, 0), (1, 1), (1, 2))), Demonstration(((2, 3), (2, 2))))
HEIGHTS = np.array([[0, 0.5, -3, 1e5], [7, 8, 9, 10], [0.1, 2, 3, 4]], np.float32)
GRID = GridMap(np.zeros((3, 4), bool), ((2, 3),), (), demonstrations=PATHS, elevation=HEIGHTS)


@st.composite
def plain_maps(draw):
    shape = draw(st.integers(2, 7)), draw(st.integers(2, 7))
    walls = np.random.default_rng(draw(SEEDS)).random(shape) < 0.3
    walls[-1, 0] = False
    return GridMap(walls, ((shape[0] - 1, 0),))


@given(plain_maps(), SEEDS)
def test_a_map_file_keeps_both(tmp_path_factory, taught, grid, seed):
    path = tmp_path_factory.getbasetemp() / "map.json"
    grid = taught(grid, seed)
    write_map(path, grid)
    assert read_map(path) == grid
    assert clipboard.decoded(path.read_text()) == (grid, ())
    assert json.loads(path.read_text())["version"] == 1


def test_each_demonstration_is_a_line():
    text = vingui_map.encoded(GRID)
    assert "    [[0, 0], [1, 1], [1, 2]],\n    [[2, 3], [2, 2]]\n  ],\n" in text
    lines = vingui_map.encoded(replace(GRID, demonstrations=(), elevation=None)).splitlines()
    assert [line for line in text.splitlines() if line in lines] == lines


@given(st.lists(st.tuples(plain_maps(), SEEDS), min_size=1, max_size=5), st.booleans(), st.data())
def test_a_data_set_keeps_both(tmp_path_factory, taught, drawn, elevated, data):
    path = tmp_path_factory.getbasetemp() / "set.npz"
    same = drawn[0][0]
    maps = [taught(same, seed, elevated=elevated) for _, seed in drawn]
    write_dataset(path, DataSet("set", tuple(maps)))
    stack = read_dataset(path).maps
    assert isinstance(stack, MapStack)
    assert list(stack) == maps
    part = data.draw(st.slices(len(maps)))
    assert list(stack[part]) == maps[part]
    if maps[part]:
        write_dataset(path, DataSet("part", stack[part]))
        assert list(read_dataset(path).maps) == maps[part]


@given(plain_maps(), SEEDS)
def test_the_data_of_a_run_keep_both(tmp_path_factory, taught, grid, seed):
    path = tmp_path_factory.getbasetemp() / "run.npz"
    grid = taught(grid, seed)
    arrays = {
        "walls": grid.walls,
        "goal": np.array(grid.goal),
        "starts": np.zeros((0, 2), int),
        **terrain_arrays(grid.terrain, grid.palette, grid.walls.shape),
        **path_arrays(grid.demonstrations),
    }
    if grid.elevation is not None:
        arrays["elevation"] = grid.elevation
    np.savez(path, **arrays)
    assert read_map(path) == grid


def test_formats_that_keep_neither_say_so():
    keeping = set()
    for row in FORMATS.values():
        if row.write is None:
            continue
        losses = " ".join(row.losses((GRID,)))
        assert ("no demonstrations; they are left out" in losses) != row.keeps_demonstrations
        assert ("no elevation; it is left out" in losses) != row.keeps_elevation
        keeping |= {row.name} if row.keeps_demonstrations and row.keeps_elevation else set()
    assert keeping == {"map", "set"}


@pytest.mark.parametrize("suffix", [".txt", ".map", ".yaml", ".png", ".pgm"])
def test_formats_that_keep_neither_lose_no_more_for_it(tmp_path, suffix):
    path = tmp_path / f"map{suffix}"
    write_map(path, GRID)
    back = read_map(path)
    assert (back.demonstrations, back.elevation) == ((), None)
    assert np.array_equal(back.walls, GRID.walls)
    assert format_to_write(path).losses((GRID,))


def test_maps_of_which_some_have_no_elevation_make_no_set(tmp_path):
    maps = (GRID, replace(GRID, elevation=None))
    with pytest.raises(VinguiError, match=r"map 0 has one and map 1 has none\. Write each"):
        write_dataset(tmp_path / "set.npz", DataSet("set", maps))
    with pytest.raises(VinguiError, match=r"map 1 has one and map 0 has none\. Write each"):
        write_dataset(tmp_path / "set.npz", DataSet("set", maps[::-1]))
    assert not list(tmp_path.iterdir())


def packed(array):
    return {"unit": "m", "packed": base64.b64encode(zlib.compress(array.tobytes())).decode()}


WHOLE = packed(HEIGHTS)["packed"]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"demonstrations": 3}, '"demonstrations" must be a list of paths of [row, col] each'),
        ({"demonstrations": {"a": []}}, '"demonstrations" must be a list of paths'),
        ({"demonstrations": [[0, 0], 1]}, '"demonstrations" must be a list of paths'),
        ({"demonstrations": [[0, 0], [0, 1]]}, '"demonstrations" must hold [row, col], not 0'),
        ({"demonstrations": [[[0, 0], [0, 1.0]]]}, "must hold [row, col], not [0, 1.0]"),
        ({"demonstrations": [[[0, 0], ["0", 1]]]}, "must hold [row, col], not ['0', 1]"),
        ({"demonstrations": [[[0, 0]]]}, "A demonstration must have two cells or more"),
        ({"demonstrations": [[]]}, "A demonstration must have two cells or more"),
        ({"demonstrations": [[[0, 0], [0, 2]]]}, "which it does not at row 0, col 0"),
        ({"demonstrations": [[[2, 2], [3, 2]]]}, "A demonstration leaves the 3x4 map"),
        ({"demonstrations": [[[0, 0], [-1, 0]]]}, "A demonstration leaves the 3x4 map"),
        ({"elevation": [1, 2]}, '"elevation" must be heights in the unit "m", not [1, 2]'),
        ({"elevation": {"unit": "ft", "packed": WHOLE}}, '"elevation" must be heights in the unit'),
        ({"elevation": {"packed": WHOLE}}, '"elevation" must be heights in the unit "m"'),
        ({"elevation": {"unit": "m"}}, "The packed elevation cannot be read: the data is damaged"),
        ({"elevation": {"unit": "m", "packed": WHOLE[:-4]}}, "the data is cut short"),
        ({"elevation": {"unit": "m", "packed": WHOLE[:-3]}}, "the data is damaged"),
        ({"elevation": {"unit": "m", "packed": "ä"}}, "the data is damaged"),
        ({"elevation": {"unit": "m", "packed": ""}}, "the data is cut short"),
        ({"elevation": packed(HEIGHTS[:2])}, "must have 48 bytes, 4 a cell, not 32"),
        ({"elevation": packed(np.zeros((3, 4)))}, "elevation must be at most 48 bytes"),
        ({"elevation": packed(HEIGHTS * np.float32("nan"))}, "Every height of the elevation must"),
        ({"elevation": packed(HEIGHTS * np.float32(2))}, "a number from -100,000 to 100,000"),
    ],
)
def test_a_bad_map_file_is_refused(tmp_path, refused, change, part):
    path = tmp_path / "map.json"
    path.write_text(json.dumps(json.loads(vingui_map.encoded(GRID)) | change))
    refused(path, part)


def test_too_many_demonstrated_cells_are_refused(tmp_path, refused):
    path = tmp_path / "map.json"
    paths = [[[0, 0], [0, 1]] * 1000] * (MAX_DEMONSTRATED_CELLS // 2000 + 1)
    path.write_text(json.dumps(json.loads(vingui_map.encoded(GRID)) | {"demonstrations": paths}))
    refused(path, "may visit at most 1,048,576 cells together, not 1,050,000")


def test_an_elevation_that_unpacks_to_much_takes_little_memory(tmp_path, refused):
    path = tmp_path / "map.json"
    bomb = json.loads(vingui_map.encoded(GRID)) | {"elevation": packed(np.zeros(50_000_000, "u1"))}
    path.write_text(json.dumps(bomb))
    tracemalloc.start()
    refused(path, "The packed elevation must be at most 48 bytes")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def set_arrays(**changes):
    arrays = {
        "walls": np.zeros((2, 3, 4), bool),
        "goal": np.array([[1, 1], [2, 2]]),
        "demonstrations": np.array([[0, 0], [1, 1], [1, 2], [2, 3], [2, 2]]),
        "demonstration_cells": np.array([3, 2]),
        "demonstration_counts": np.array([0, 2]),
        "elevation": np.stack([HEIGHTS, HEIGHTS]),
    }
    return {name: array for name, array in (arrays | changes).items() if array is not None}


@pytest.mark.parametrize("kind", [">i8", np.uint8, np.uint64, np.int32])
def test_whole_numbers_of_any_kind_are_read(tmp_path, kind):
    names = ("demonstrations", "demonstration_cells", "demonstration_counts")
    changes = {name: set_arrays()[name].astype(kind) for name in names}
    np.savez(tmp_path / "set.npz", **set_arrays(**changes, elevation=None))
    first, second = read_dataset(tmp_path / "set.npz").maps
    assert (first.demonstrations, second.demonstrations) == ((), PATHS)


NO_NUMBERS = "demonstrations must hold whole numbers of shape (cells, 2)"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"demonstrations": np.ones((5, 2))}, NO_NUMBERS),
        ({"demonstrations": np.zeros((5, 3), int)}, NO_NUMBERS),
        ({"demonstration_cells": np.array([[3, 2]])}, "must hold whole numbers of shape (paths,)"),
        ({"demonstration_counts": np.array([2])}, "must hold whole numbers of shape (2,)"),
        ({"demonstrations": None}, "need the arrays demonstrations, demonstration_cells, demonst"),
        ({"demonstration_cells": None}, "not only some"),
        ({"demonstration_counts": None}, "not only some"),
        ({"demonstration_cells": np.array([3, 3])}, "have 5 cells, and their numbers of cells add"),
        ({"demonstration_cells": np.array([6, -1])}, "of demonstrations cannot be -1"),
        ({"demonstration_cells": np.array([2**63, 2], np.uint64)}, "cannot be 9,223,372,036,85"),
        ({"demonstration_cells": np.array([4, 1])}, "of map 1 has fewer than two cells"),
        ({"demonstration_counts": np.array([1, 2])}, "have 2 paths, and their numbers of paths"),
        ({"demonstration_counts": np.array([-1, 3])}, "of demonstrations cannot be -1"),
        (
            {"demonstrations": np.array([[0, 0], [1, 1], [1, 2], [2, 4], [2, 3]])},
            "A demonstration of map 1 leaves its 3x4 cells, at row 2, col 4",
        ),
        (
            {"demonstrations": np.array([[0, 0], [1, -1], [1, 0], [2, 3], [2, 2]])},
            "A demonstration of map 1 leaves its 3x4 cells, at row 1, col -1",
        ),
        (
            {
                "demonstrations": np.array([[0, 0], [1, 2], [1, 2], [2, 3], [2, 2]]),
                "demonstration_counts": np.array([1, 1]),
            },
            "of map 0 must go from each cell to a neighbour, which it does not at row 0, col 0",
        ),
        ({"elevation": np.zeros((2, 4, 3), np.float32)}, "elevation must hold numbers of shape"),
        ({"elevation": np.full((2, 3, 4), np.nan)}, "A height of map 0 is not a number from"),
        ({"elevation": np.stack([HEIGHTS, HEIGHTS * 2])}, "A height of map 1 is not a number"),
        ({"elevation": np.full((2, 3, 4), 1e300)}, "A height of map 0 is not a number from"),
    ],
)
def test_a_bad_data_set_is_refused(tmp_path, refused, changes, part):
    np.savez(tmp_path / "set.npz", **set_arrays(**changes))
    refused(tmp_path / "set.npz", part)


def test_too_many_cells_of_one_map_of_a_set_are_refused(tmp_path, refused):
    cells = np.tile(np.array([[0, 0], [0, 1]], np.int16), (2**19 + 1, 1))
    more = {"demonstrations": cells, "demonstration_cells": np.array([len(cells)])}
    changes = {**more, "demonstration_counts": np.array([0, 1])}
    np.savez_compressed(tmp_path / "set.npz", **set_arrays(**changes))
    refused(tmp_path / "set.npz", "The demonstrations of map 1 visit 1,048,578 cells")


def test_demonstrations_that_claim_much_take_no_memory(tmp_path, refused):
    cells = np.zeros((2**23, 2), np.int64)
    np.savez_compressed(tmp_path / "set.npz", **set_arrays(demonstrations=cells))
    refused(tmp_path / "set.npz", "Demonstrations may have at most 67,108,864 bytes")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"demonstrations": np.array([[0, 0], [1, 1], [3, 3]])}, "which it does not at row 1"),
        ({"demonstrations": np.array([[2, 3], [3, 3], [3, 4]])}, "leaves the 3x4 map"),
        ({"demonstration_cells": np.array([2])}, "have 3 cells, and their numbers of cells add up"),
        ({"demonstration_cells": None}, "need the arrays demonstrations, demonstration_cells, not"),
        ({"elevation": np.full((3, 4), np.inf, np.float32)}, "Every height of the elevation must"),
    ],
)
def test_bad_data_of_a_run_are_refused(tmp_path, refused, changes, part):
    arrays = {
        "walls": np.zeros((3, 4), bool),
        "goal": np.array([1, 1]),
        "demonstrations": np.array([[0, 0], [1, 1], [1, 2]]),
        "demonstration_cells": np.array([3]),
    }
    kept = {name: array for name, array in (arrays | changes).items() if array is not None}
    np.savez(tmp_path / "run.npz", **kept)
    refused(tmp_path / "run.npz", part)
