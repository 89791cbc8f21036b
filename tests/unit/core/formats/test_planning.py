import tracemalloc

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import ReadOptions, planning, read_dataset
from vingui.core.grid import GridMap


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mazes.npz"


def written(walls, *, actions=8, counts=(3, 1, 2), goals=((1, 1), (2, 3), (1, 2))):
    """The twelve arrays; map `i` of every split has the goal `goals[i]`."""
    rows, cols = walls.shape
    arrays = []
    for count in counts:
        hot = np.zeros((count, 1, rows, cols), np.float32)
        for index in range(count):
            hot[index, 0][goals[index]] = 1
        arrays += [
            np.stack([~walls] * count).astype(np.float32),
            hot,
            np.zeros((count, actions, 1, rows, cols), np.float32),
            np.zeros((count, 1, rows, cols), np.float32),
        ]
    return arrays


@pytest.mark.parametrize("actions", [4, 8])
def test_the_test_split_is_read(path, walls, actions):
    np.savez_compressed(path, *written(walls, actions=actions))
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(walls, ((1, 1),)), GridMap(walls, ((2, 3),))]
    split, unread = dataset.notes
    assert split.startswith("Read the test split, 2 maps; the file also has 3 maps for training ")
    assert split.endswith(" and 1 map for validation.")
    assert f"policies, of {actions} actions" in unread
    assert dataset.split == "test"
    assert dataset.splits == {"training": 3, "validation": 1, "test": 2}


def test_another_split_can_be_asked_for(path, walls):
    np.savez(path, *written(walls))
    training = read_dataset(path, ReadOptions(split="training"))
    assert (len(training.maps), training.split) == (3, "training")
    assert len(read_dataset(path, ReadOptions(split="validation")).maps) == 1
    with pytest.raises(VinguiError, match="There is no split 'train'"):
        ReadOptions(split="train")


@pytest.mark.parametrize(
    ("at", "change", "part"),
    [
        (
            8,
            lambda a: a[0],
            "arr_8 must hold numbers of shape (n, rows, cols), not float32 of shape (4, 5)",
        ),
        (8, lambda a: a * 2, "The maps must hold 0 and 1 only"),
        (8, lambda a: np.where(a == 1, np.nan, 0), "The maps must hold 0 and 1 only"),
        (8, lambda a: 1 - a, "The goal of map 0 lies in a wall"),
        (8, lambda a: a[:0], "not 0"),
        (0, lambda a: np.zeros((3, 1, 5)), "The map has 1x5 cells, and the smallest has 2x2"),
        (
            9,
            lambda a: a[:, 0],
            "arr_9 must hold numbers of shape (2, 1, 4, 5), not float32 of shape (2, 4, 5)",
        ),
        (9, lambda a: a * 0, "Map 0 must have one goal, not 0"),
        (9, lambda a: a * 0 + 1, "Map 0 must have one goal, not 20"),
        (9, lambda a: a / 2, "The goal maps must hold 0 and 1 only"),
        (
            2,
            lambda a: a[:, :5],
            "arr_2 must hold numbers of shape (3, 4, 1, 4, 5) or (3, 8, 1, 4, 5)",
        ),
        (7, lambda a: a[0], "arr_7 must hold numbers of shape (1, 1, 4, 5)"),
        (8, lambda a: a.astype(object), "The array arr_8 holds pickled objects"),
    ],
)
def test_what_is_wrong_is_named(path, refused, walls, at, change, part):
    arrays = written(walls)
    arrays[at] = change(arrays[at])
    np.savez(path, *arrays)
    refused(path, part)


def test_fewer_arrays_are_refused(path, refused, walls):
    np.savez(path, *written(walls)[:8])
    refused(path, "has the arrays arr_0 to arr_11", "here they are 'arr_0, arr_1")


def test_maps_are_checked_in_parts_of_little_memory(path, monkeypatch):
    walls = np.zeros((100, 100), bool)
    walls[3] = True
    goals = [(0, 0), (1, 5), (99, 99), (50, 2)] * 50
    arrays = [array.astype(np.uint8) for array in written(walls, counts=(1, 1, 200), goals=goals)]
    np.savez_compressed(path, *arrays)
    monkeypatch.setattr(planning, "_PART_CELLS", 30_000)
    tracemalloc.start()
    dataset = read_dataset(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The maps, the goals, and the walls made of them.
    assert peak < 3 * 200 * 100 * 100 + 2**21
    assert [grid.goal for grid in dataset.maps] == goals
    assert (dataset.maps.walls == walls).all()
