import io

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions, ReadOptions, format_of, read_dataset, read_map
from vingui.core.grid import GridMap

ONES = "Took 1 as wall and 0 as free. If it is the other way round: "


@pytest.fixture
def path(tmp_path):
    return tmp_path / "grid.npy"


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, ">i4", np.float16, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_grid_is_read_with_1_as_wall(path, walls, dtype, order):
    np.save(path, np.array(walls, dtype, order=order))
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(walls)]
    assert dataset.notes == (ONES + "--invert, or Edit > Invert walls.",)
    assert list(read_dataset(path, ReadOptions(picture=PictureOptions(invert=True))).maps) == [
        GridMap(~walls)
    ]


def test_several_grids_are_read(path, walls):
    np.save(path, np.stack([walls, ~walls, walls]).astype(np.uint8))
    assert list(read_dataset(path).maps) == [GridMap(walls), GridMap(~walls), GridMap(walls)]


def test_the_only_array_of_an_npz_is_a_grid(tmp_path, walls):
    path = tmp_path / "grid.npz"
    for arrays in (
        {"arr_0": walls},
        {"maze": walls.astype(np.float32)},
        {"walls": walls},
        {"walls": walls[None]},
    ):
        np.savez_compressed(path, **arrays)
        assert list(read_dataset(path).maps) == [GridMap(walls)]
    assert format_of(path).write is None


def test_an_occupancy_grid_is_read_with_its_unknown_cells(path):
    np.save(path, np.array([[100, 0, -1], [0, -1, 100]], np.int8))
    dataset = read_dataset(path)
    assert dataset.maps[0].walls.tolist() == [[True, False, True], [False, True, True]]
    assert dataset.notes[1] == "Took 2 unknown cells (-1) as wall."
    free = read_map(path, ReadOptions(unknown="free"))
    assert free.walls.tolist() == [[True, False, False], [False, False, True]]


def test_a_file_under_another_name_is_read(tmp_path, walls):
    np.save(tmp_path / "grid.npy", walls)
    renamed = (tmp_path / "grid.npy").rename(tmp_path / "grid.txt")
    assert read_map(renamed) == GridMap(walls)


def shortened(array, by):
    buffer = io.BytesIO()
    np.save(buffer, array)
    data = buffer.getvalue()
    return data[:by] if by < 0 else data + b"\0" * by


@pytest.mark.parametrize(
    ("array", "part"),
    [
        (np.arange(12).reshape(3, 4), "2 at row 0, col 2 does not fit: a grid has 0 and 1"),
        (np.full((3, 4), 0.5), "0.5 at row 0, col 0 does not fit"),
        (np.full((3, 4), np.nan), "nan at row 0, col 0 does not fit"),
        (np.full((2, 3, 4), 255, np.uint8), "255 at map 0, row 0, col 0 does not fit"),
        (np.array([[0, 1], [100, 0]]), "1 at row 0, col 1 does not fit"),
        (np.zeros(9), "A grid has the shape (rows, cols), and several have (n, rows, cols)"),
        (np.zeros((1, 2, 3, 4)), "this one has (1, 2, 3, 4)"),
        (np.zeros((1, 9)), "The map has 1x9 cells, and the smallest has 2x2"),
        (np.zeros((4097, 2), bool), "vingui plans on 4096x4096 at most"),
        (np.zeros((0, 3, 3)), "has 1 to 10,000 maps"),
        (np.zeros((10_001, 2, 2), bool), "has 1 to 10,000 maps"),
        (np.array([["#", "."], [".", "#"]]), "The array holds texts"),
        (np.zeros((3, 3), complex), "The array holds complex numbers"),
        (np.zeros((3, 3), "i4,f4"), "The array holds records"),
    ],
)
def test_what_is_wrong_is_named(path, refused, array, part):
    np.save(path, array)
    refused(path, part)


@pytest.mark.parametrize(
    ("by", "part"),
    [
        (-1, "The header says that 72 bytes of numbers follow, and the file has 71"),
        (8, "The header says that 72 bytes of numbers follow, and the file has 80"),
        (-150, "The header of the array is damaged"),
    ],
)
def test_a_damaged_file_is_named(path, refused, by, part):
    path.write_bytes(shortened(np.zeros((3, 3)), by))
    refused(path, part)


def test_bytes_that_are_no_bools_are_refused(path):
    data = shortened(np.zeros((3, 3), bool), 0)
    path.write_bytes(data[:-1] + b"\x07")
    with pytest.raises(VinguiError, match="bytes other than 0 and 1"):
        read_map(path)
