import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import ReadOptions, base, npz, pytorch_vin, read_dataset
from vingui.core.grid import GridMap

SQUARE = np.array(
    [[mark == "#" for mark in row] for row in ("#####", "#..##", "#...#", "#.#.#", "#####")]
)
"""Not its own mirror image, nor turned."""

STATES = (((1, 1), 2), ((2, 1), 2), ((2, 3), 1))
"""Cells, each with an optimal action: east, east, south to the goal."""

GOAL = (3, 3)


def split(states=STATES, *, background=0.0, columns=True, dtype=np.float64):
    """A split as the project's script saves it; its columns are `(n, 1)`."""
    count = len(states)
    images = np.zeros((count, 2, *SQUARE.shape), dtype)
    images[:, 0] = SQUARE
    images[:, 1] = background
    images[:, 1, *GOAL] = 10
    numbers = np.array([(row, col, label) for (row, col), label in states])
    shape = (count, 1) if columns else (count,)
    return [images, *(numbers[:, at].reshape(shape).astype(dtype) for at in range(3))]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gridworld_5x5.npz"


def saved(path, test=None, training=None):
    np.savez_compressed(path, *(training or split(STATES[:1])), *(test or split()))


@pytest.mark.parametrize("columns", [True, False])
@pytest.mark.parametrize(
    ("dtype", "background"), [(np.float64, 0), (np.float32, -1), (np.int16, -1)]
)
def test_the_test_split_is_read(path, columns, dtype, background):
    saved(path, split(columns=columns, dtype=dtype, background=background))
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(SQUARE, (GOAL,), (cell,)) for cell, _ in STATES]
    assert dataset.notes == (
        (
            "Read the test split, every state as a map with one start: 3 maps, with repeats; "
            "1 state for training."
        ),
    )
    assert (dataset.split, dict(dataset.splits)) == ("test", {"training": 1, "test": 3})


def test_another_split_can_be_asked_for(path):
    saved(path)
    assert len(read_dataset(path, ReadOptions(split="training")).maps) == 1
    with pytest.raises(VinguiError, match="has the splits training and test, but none for valid"):
        read_dataset(path, ReadOptions(split="validation"))


def test_the_order_of_the_cells_is_checked_by_the_states(path):
    images, *columns = split()
    saved(path, [images.transpose(0, 1, 3, 2), *columns])
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(SQUARE, (GOAL,), (cell,)) for cell, _ in STATES]
    assert dataset.notes[1].startswith("The cells are in column-major order")


def test_images_are_read_part_by_part(path, monkeypatch):
    monkeypatch.setattr(npz, "_PART_BYTES", 1000)
    saved(path, split(STATES * 20))
    assert [grid.starts[0] for grid in read_dataset(path).maps] == [cell for cell, _ in STATES] * 20


def test_a_split_that_is_too_large_is_refused_by_its_header(path, refused, monkeypatch):
    saved(path)
    monkeypatch.setattr(base, "MAX_ARRAY_BYTES", 74)
    refused(path, "The 3 maps of 5x5 cells are more than vingui reads at once: at most 74 cells")
    monkeypatch.undo()
    monkeypatch.setattr(pytorch_vin, "_MAX_IMAGE_BYTES", 1000)
    refused(path, "in images of 1,000 bytes. Another split may be smaller")


def changed(at, change):
    arrays = split()
    arrays[at] = change(arrays[at].copy())
    return arrays


def doubled(images):
    images[1, 1, 1, 1] = 10
    return images


@pytest.mark.parametrize(
    ("test", "part"),
    [
        (
            changed(0, lambda a: a[:, :1]),
            "arr_4 must hold numbers of shape (n, 2, s, s), not float64 of shape (3, 1, 5, 5)",
        ),
        (changed(0, lambda a: a[:, :, :4]), "(3, 2, 4, 5)"),
        (changed(0, lambda a: a[:, :, :1, :1]), "The map has 1x1 cells"),
        (changed(0, lambda a: a[:0]), "not 0"),
        (changed(0, lambda a: a * 2), "that of map 0 has other numbers"),
        (changed(0, lambda a: a * np.nan), "that of map 0 has other numbers"),
        (changed(0, doubled), "Map 1 must have one goal, not 2"),
        (
            changed(0, lambda a: np.concatenate([a[:, :1], 0 * a[:, :1]], 1)),
            "Map 0 must have one goal, not 0",
        ),
        (changed(0, np.asfortranarray), "stored column by column"),
        (
            changed(1, lambda a: a[:2]),
            "arr_5 must hold numbers of shape (3,) or (3, 1), not float64 of shape (2, 1)",
        ),
        (changed(1, lambda a: a + 0.5), "The array arr_5 must hold whole numbers"),
        (changed(2, lambda a: a + 90), "in row-major or column-major order, and those of map 0"),
        (
            changed(3, lambda a: a + 7),
            "The labels must be actions from 0 to 7; here they go from 8 to 9",
        ),
        (changed(3, lambda a: a * 0), "in row-major or column-major order, and those of map 0"),
    ],
)
def test_what_is_wrong_is_named(path, refused, test, part):
    saved(path, test)
    refused(path, part)
