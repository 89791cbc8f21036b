"""The map of a run is read from the files that `save_arrays` and `save_record` write."""

import json

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import format_of, read_dataset, read_map, write_map
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap

NOTE = "Read the map of a run; its values and trajectories stay in the file."
FRAME = MapFrame(0.05, (-10.0, 2.5, 0.25))


@pytest.fixture
def grid(walls):
    return GridMap(walls, ((1, 2),), ((2, 3), (1, 1)), FRAME)


@pytest.fixture
def arrays(grid):
    """As `save_arrays` writes them, with some of those that no map has."""
    return {
        "walls": grid.walls,
        "goal": np.array(grid.goal),
        "starts": np.array(grid.starts),
        "resolution": np.array(FRAME.resolution),
        "origin": np.array(FRAME.origin),
        "values": np.zeros((7, 4, 5), np.float32),
        "outcomes": np.array(["reached", "loop"], "U16"),
    }


@pytest.fixture
def record(tmp_path, grid):
    """As `save_record` writes it."""
    write_map(tmp_path / "map.json", grid)
    content = json.loads((tmp_path / "map.json").read_text())
    return {"format": "vingui-run", "version": 1, "name": "hall", "map": content, "recipe": None}


def test_the_map_of_a_runs_arrays_is_read(tmp_path, grid, arrays):
    path = tmp_path / "run.npz"
    np.savez_compressed(path, **arrays)
    dataset = read_dataset(path)
    assert list(dataset.maps) == [grid]
    assert dataset.notes == (NOTE,)
    assert format_of(path).name == "run"


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        (("resolution", "origin"), {"frame": None}),
        (("starts",), {"starts": ()}),
        (("goal", "starts"), {"goals": (), "starts": ()}),
        (("origin",), {"frame": MapFrame(0.05)}),
    ],
)
def test_what_a_run_has_not_is_left_out(tmp_path, grid, arrays, left_out, expected):
    path = tmp_path / "run.npz"
    np.savez(path, **{name: array for name, array in arrays.items() if name not in left_out})
    parts = {"goals": grid.goals, "starts": grid.starts, "frame": FRAME}
    assert read_map(path) == GridMap(grid.walls, **{**parts, **expected})


def test_a_run_without_starts_and_one_of_whole_numbers(tmp_path, grid, arrays):
    path = tmp_path / "run.npz"
    none = np.empty((0, 2), np.int64)
    np.savez(path, **{**arrays, "starts": none, "walls": grid.walls.astype(np.uint8)})
    assert read_map(path) == grid.with_starts(())


def test_the_map_of_a_runs_record_is_read(tmp_path, grid, record):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(record, indent=2))
    dataset = read_dataset(path)
    assert list(dataset.maps) == [grid]
    assert dataset.notes == (NOTE,)
    assert format_of(path).name == "run"
    assert format_of(tmp_path / "map.json").name == "map"


def test_a_run_under_another_name_is_read(tmp_path, grid, arrays, record):
    np.savez(tmp_path / "run.npz", **arrays)
    (tmp_path / "run.npz").rename(tmp_path / "run.dat")
    assert read_map(tmp_path / "run.dat") == grid
    (tmp_path / "run.txt").write_text(json.dumps(record))
    assert read_map(tmp_path / "run.txt") == grid


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"goal": np.array([1.0, 2.0])}, "goal must hold whole numbers of shape (2,), not float64"),
        (
            {"goal": np.array([[1, 2]])},
            "goal must hold whole numbers of shape (2,), not int64 of shape (1, 2)",
        ),
        ({"goal": np.array([0, 0])}, "The goal lies in a wall"),
        (
            {"starts": np.array([1, 2])},
            "starts must hold whole numbers of shape (n, 2), not int64 of shape (2,)",
        ),
        ({"starts": np.array([[1, 9]])}, "lies outside the 4x5 map"),
        (
            {"resolution": np.array([0.05])},
            "resolution must hold numbers of shape (), not float64 of shape (1,)",
        ),
        ({"resolution": np.array(np.nan)}, "resolution"),
        (
            {"origin": np.array([1.0])},
            "origin must hold numbers of shape (3,), not float64 of shape (1,)",
        ),
        ({"walls": np.zeros((4, 5))}, "float64 of shape (4, 5)"),
        ({"walls": np.zeros((1, 5), bool)}, "1x5"),
        ({"walls": np.full((4, 5), 2)}, "numbers from 2 to 2"),
    ],
)
def test_what_is_wrong_with_a_runs_arrays_is_named(tmp_path, refused, arrays, change, part):
    path = tmp_path / "run.npz"
    np.savez(path, **{**arrays, **change})
    refused(path, part)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"version": 2}, "This run has version 2, but this vingui reads version 1"),
        ({"map": None}, "NoneType"),
        ({"map": {"format": "vingui-run"}}, "vingui-run"),
    ],
)
def test_what_is_wrong_with_a_record_is_named(tmp_path, refused, record, change, part):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({**record, **change}))
    refused(path, part)


def test_a_run_is_not_replaced_by_a_map(tmp_path, grid, arrays):
    """`format_to_write` of its name is another format, which does not match."""
    path = tmp_path / "run.npz"
    np.savez(path, **arrays)
    assert format_of(path).write is None
    with pytest.raises(VinguiError):
        read_map(path, index=1)
