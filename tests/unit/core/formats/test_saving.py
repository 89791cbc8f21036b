import errno
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import read_dataset, read_map, writable_suffixes, write_dataset, write_map
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap

ROUNDS = settings(max_examples=60)


@st.composite
def grids(draw, *, rows=None, cols=None, needs_goal=False, start_count=None):
    shape = rows or draw(st.integers(2, 12)), cols or draw(st.integers(2, 12))
    marks = draw(
        st.lists(st.booleans(), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    )
    walls = np.array(marks).reshape(shape)
    if needs_goal:
        walls[draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))] = False
    free = [tuple(cell) for cell in np.argwhere(~walls).tolist()]
    if not free:
        return GridMap(walls)
    goal = draw(st.sampled_from(free) if needs_goal else st.none() | st.sampled_from(free))
    starts = draw(
        st.lists(
            st.sampled_from(free),
            unique=True,
            min_size=start_count or 0,
            max_size=6 if start_count is None else start_count,
        )
    )
    return GridMap(walls, () if goal is None else (goal,), tuple(starts))


@st.composite
def placed(draw):
    grid = draw(grids())
    number = st.floats(-1e9, 1e9)
    frame = st.builds(MapFrame, st.floats(1e-9, 1e9), st.tuples(number, number, st.floats(-10, 10)))
    return replace(grid, frame=draw(st.none() | frame))


@st.composite
def alike(draw):
    shape = {"rows": draw(st.integers(2, 9)), "cols": draw(st.integers(2, 9))}
    start_count = draw(st.integers(0, 1))
    each = grids(**shape, needs_goal=True, start_count=start_count)
    return draw(st.lists(each, min_size=1, max_size=5))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("rounds")


@ROUNDS
@given(grid=placed())
def test_json_gives_back_everything(folder, grid):
    path = folder / "map.json"
    write_map(path, grid)
    assert read_map(path) == grid
    first = path.read_bytes()
    write_map(path, read_map(path))
    assert path.read_bytes() == first


@ROUNDS
@given(maps=alike())
def test_npz_gives_back_everything(folder, maps):
    path = folder / "set.npz"
    write_dataset(path, DataSet("any", maps))
    assert list(read_dataset(path).maps) == maps


@ROUNDS
@given(grid=grids())
def test_text_gives_back_all_but_the_order_of_starts(folder, grid):
    path = folder / "map.txt"
    grid = grid.with_starts(tuple(start for start in grid.starts if start != grid.goal))
    write_map(path, grid)
    assert read_map(path) == grid.with_starts(tuple(sorted(grid.starts)))


@ROUNDS
@given(grid=placed())
def test_yaml_gives_back_the_walls_and_where_they_lie(folder, grid):
    path = folder / "map.yaml"
    write_map(path, grid)
    assert read_map(path) == GridMap(grid.walls, frame=grid.frame or MapFrame(1))


@pytest.mark.parametrize("suffix", [".map", ".png", ".pgm"])
@ROUNDS
@given(grid=grids())
def test_the_others_give_back_the_walls(folder, suffix, grid):
    path = folder / f"map{suffix}"
    write_map(path, grid)
    assert read_map(path) == GridMap(grid.walls)


@pytest.mark.parametrize("suffix", [each for each in writable_suffixes() if each != ".npz"])
def test_many_maps_do_not_fit_a_format_of_one(tmp_path, walls, suffix):
    path = tmp_path / f"map{suffix}"
    path.write_text("old")
    maps = (GridMap(walls, ((1, 1),)), GridMap(walls, ((1, 2),)))
    with pytest.raises(
        VinguiError, match=rf"^map{suffix}: This format holds one map, but there are 2"
    ):
        write_dataset(path, DataSet("any", maps))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["map.jpg", "map.mat", "map.doc", "map", "map.scen"])
def test_what_cannot_be_written_is_refused_with_the_suffixes(tmp_path, walls, name):
    path = tmp_path / name
    with pytest.raises(VinguiError, match=r"\.json, \.npz, \.map, \.yaml, \.txt, \.png"):
        write_map(path, GridMap(walls))
    assert not path.exists()


def test_a_full_disk_leaves_the_old_file(tmp_path, walls, monkeypatch):
    path = tmp_path / "set.npz"
    grid = GridMap(walls, ((1, 1),))
    write_map(path, grid)
    before = path.read_bytes()

    def fill(file, **arrays):
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fill)
    with pytest.raises(
        VinguiError, match=r"^set\.npz: The file cannot be written: No space left on device$"
    ):
        write_map(path, grid.with_goal((1, 2)))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
