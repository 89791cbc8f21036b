import tracemalloc
import zipfile

import numpy as np
import pytest

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.formats import base, read_dataset, write_dataset
from vingui.core.grid import GridMap


@pytest.fixture
def path(tmp_path):
    return tmp_path / "set.npz"


@pytest.fixture
def arrays(walls):
    return {
        "walls": np.stack([walls, walls]),
        "goal": np.array([[1, 1], [2, 3]]),
        "start": np.array([[2, 2], [1, 2]]),
    }


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_wrote_is_read(path, arrays, walls, save):
    save(path, **arrays, note=np.array("mine"))
    dataset = read_dataset(path)
    assert (dataset.name, dataset.notes) == ("set", ())
    assert list(dataset.maps) == [
        GridMap(walls, ((1, 1),), ((2, 2),)),
        GridMap(walls, ((2, 3),), ((1, 2),)),
    ]


def test_starts_are_optional(path, arrays):
    del arrays["start"]
    np.savez(path, **arrays)
    assert read_dataset(path).maps[1].starts == ()


def test_any_whole_number_and_order_will_do(path, arrays, walls):
    np.savez(
        path,
        walls=np.asfortranarray(arrays["walls"].astype(">i4")),
        goal=np.asfortranarray(arrays["goal"].astype(np.uint8)),
    )
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(walls, ((1, 1),)), GridMap(walls, ((2, 3),))]
    assert dataset.notes == ("Walls were whole numbers; 1 was taken as a wall and 0 as free.",)


def test_what_is_written_numpy_reads(tmp_path, arrays):
    path = tmp_path / "SET.NPZ"
    stack = MapStack(arrays["walls"], arrays["goal"], arrays["start"])
    write_dataset(path, DataSet("any", tuple(stack)))
    with np.load(path, allow_pickle=False) as file:
        assert set(file) == set(arrays)
        assert file["walls"].dtype == bool
        for name, array in arrays.items():
            np.testing.assert_array_equal(file[name], array)
    assert [entry.name for entry in tmp_path.iterdir()] == ["SET.NPZ"]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"walls": None}, "but has 'goal, start'"),
        ({"goal": None}, "but has 'walls, start'"),
        (
            {"walls": np.zeros((2, 4, 5))},
            "walls must hold bools of shape (n, rows, cols), not float",
        ),
        ({"walls": np.full((2, 4, 5), 2)}, "not numbers from 2 to 2"),
        ({"walls": np.full((2, 4, 5), -1)}, "not numbers from -1 to -1"),
        ({"walls": np.zeros((2, 3, 4, 5), bool)}, "not bool of shape (2, 3, 4, 5)"),
        ({"walls": np.zeros((0, 4, 5), bool)}, "1 to 1,000,000 maps, not 0"),
        ({"walls": np.zeros((2, 1, 5), bool)}, "The map has 1x5 cells, and the smallest has 2x2"),
        (
            {"walls": np.zeros((2, 5000, 5), bool)},
            "The map has 5000x5 cells, and vingui plans on 4096x4096 at most",
        ),
        ({"walls": np.array(["#"])}, "The array walls holds texts"),
        ({"walls": np.array([1 + 1j])}, "The array walls holds complex numbers"),
        (
            {"goal": np.zeros((3, 2), int)},
            "goal must hold whole numbers of shape (2, 2), not int64 of shape (3, 2)",
        ),
        ({"goal": np.ones((2, 2))}, "not float64"),
        ({"goal": np.zeros((2, 2), int)}, "The goal of map 0 lies in a wall"),
        ({"start": np.full((2, 2), 7)}, "The start of map 0 lies outside its 4x5 cells"),
        (
            {"start": np.array([1, 2])},
            "start must hold whole numbers of shape (2, 2), not int64 of shape (2,)",
        ),
    ],
)
def test_what_is_wrong_is_named(path, refused, arrays, change, part):
    changed = {name: array for name, array in (arrays | change).items() if array is not None}
    np.savez(path, **changed)
    refused(path, part)


def test_pickled_objects_are_refused_and_not_run(path, refused, arrays, tmp_path):
    np.savez(path, **(arrays | {"walls": np.array([Marker(tmp_path / "ran")], dtype=object)}))
    refused(path, "holds pickled objects, which run code when they are loaded")
    assert not (tmp_path / "ran").exists()


class Marker:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (type(self.path).touch, (self.path,))


def test_too_many_bytes_are_refused_before_they_are_read(path, refused, arrays, monkeypatch):
    np.savez_compressed(path, **arrays)
    monkeypatch.setattr(base, "MAX_ARRAY_BYTES", 100)
    refused(path, "Arrays may have at most 100 bytes, not 104")


def test_bools_are_bools(path, refused, arrays):
    # As bools, bytes other than 0 and 1 are both true and unequal to True.
    np.savez(path, **arrays)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        walls = bytearray(archive.read("walls.npy"))
    walls[-1] = 2
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("walls.npy", bytes(walls))
        archive.writestr("goal.npy", _member(data, path.with_name("copy.npz"), "goal.npy"))
    refused(path, "walls must hold bools, and has bytes other than 0 and 1")


def _member(data, copy, name):
    copy.write_bytes(data)
    with zipfile.ZipFile(copy) as archive:
        return archive.read(name)


@pytest.mark.parametrize("cut", [1, 100, 0.5, -30])
def test_a_file_cut_short_is_refused(path, refused, arrays, cut):
    np.savez(path, **arrays)
    data = path.read_bytes()
    path.write_bytes(data[: cut if isinstance(cut, int) else int(len(data) * cut)])
    refused(path)


def test_damaged_numbers_are_noticed(path, refused, arrays):
    np.savez(path, **arrays)
    data = bytearray(path.read_bytes())
    data[data.index(b"\x01" * 7)] ^= 1
    path.write_bytes(data)
    refused(path, "damaged: Bad CRC-32")


def test_an_array_longer_than_it_says_is_refused(path, refused, arrays):
    np.savez(path, **arrays)
    members = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data + b"\0" * 8)
    refused(path, "walls must have 40 bytes, as its header says, not 48")


def test_another_zip_is_refused(path, refused):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    refused(path, "the arrays walls and goal, or arr_0 to arr_11", "word/document.xml")


def test_an_encrypted_zip_is_refused(path, refused, arrays):
    np.savez(path, **arrays)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    refused(path, "is encrypted")


def test_maps_that_a_set_cannot_hold_are_named(path, walls):
    maps = (GridMap(walls, ((1, 1),)), GridMap(walls))
    with pytest.raises(
        VinguiError, match=r"^set\.npz: Each map of a data set has a goal, and map 1"
    ):
        write_dataset(path, DataSet("any", maps))
    assert not path.exists()


@pytest.mark.parametrize(
    ("dtype", "most"), [("bool", 1.1), ("uint8", 1.1), ("int8", 1.1), (">i2", 1.7), ("int64", 1.3)]
)
def test_a_small_file_of_large_arrays_takes_their_memory_once(path, dtype, most):
    walls = np.zeros((200, 200, 200), dtype)
    walls[:, 1, 1] = 1
    np.savez_compressed(path, walls=walls, goal=np.zeros((200, 2), int))
    assert path.stat().st_size < walls.nbytes / 100
    tracemalloc.start()
    dataset = read_dataset(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < most * walls.nbytes + 2**22
    assert dataset.maps.walls.sum() == 200
    with pytest.raises(ValueError, match="read-only"):
        dataset.maps.walls[0, 0, 0] = True
