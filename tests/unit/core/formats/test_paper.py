import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import scipy.io

from vingui.core.errors import VinguiError
from vingui.core.formats import base, mat5, read_dataset
from vingui.core.grid import GridMap

ROWS = ["######", "#...##", "#.#..#", "#....#", "###..#", "######"]
WALLS = np.array([[mark == "#" for mark in row] for row in ROWS])
GOALS = ((3, 4), (1, 2))
PATHS = (
    ((1, 1), (2, 1), (3, 2), (3, 3), (3, 4)),
    ((4, 3), (3, 3), (2, 3), (1, 2)),
)
NORTH, SOUTH, NORTH_WEST = 0, 1, 5


def paths_layout(order="F"):
    """The arrays of a test file of two maps."""
    free = (~WALLS).astype(np.uint8).reshape(-1, order=order)
    values = np.full((2, 36), -1, np.int16)
    for index, goal in enumerate(GOALS):
        values[index, np.ravel_multi_index(goal, (6, 6), order=order)] = 10
    cells = np.empty((2, 1), object)
    for index, path in enumerate(PATHS):
        cells[index, 0] = (np.array(path) + 1).astype(np.uint8)
    return {
        "all_im_data": np.stack([free, free]),
        "all_value_data": values,
        "all_states_xy": cells,
    }


def training_layout(order="C"):
    """The arrays of a training file: three states, the first two of the first map."""
    free = (~WALLS).astype(np.uint8).reshape(-1, order=order)
    states = np.array([(1, 1), (2, 4), (4, 3)], np.uint8)  # (4, 2) is a wall
    labels = np.array([[SOUTH], [SOUTH], [NORTH]], np.uint8)
    values = np.zeros((3, 36), np.uint8)
    for row, goal in enumerate((GOALS[0], GOALS[0], GOALS[1])):
        values[row, np.ravel_multi_index(goal, (6, 6), order=order)] = 10
    return {
        "im_data": np.stack([free] * 3),
        "value_data": values,
        "state_xy_data": states,
        "label_data": labels,
        "batch_im_data": np.stack([free] * 2),
        "batch_value_data": values[[0, 2]],
        "state_x_data": np.array([(1, 2), (4, 3)], np.uint8),
        "state_y_data": np.array([(1, 4), (3, 3)], np.uint8),
        "batch_label_data": np.array([(SOUTH, SOUTH), (NORTH, NORTH)], np.uint8),
    }


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gridworld_6.mat"


@pytest.mark.parametrize("compressed", [False, True])
def test_the_test_layout_is_read(path, compressed):
    scipy.io.savemat(path, paths_layout(), do_compression=compressed)
    dataset = read_dataset(path)
    assert dataset.name == "gridworld_6"
    assert dataset.notes == ()
    assert list(dataset.maps) == [
        GridMap(WALLS, (goal,), (way[0],)) for goal, way in zip(GOALS, PATHS, strict=True)
    ]


@pytest.mark.parametrize("compressed", [False, True])
def test_the_training_layout_is_read(path, compressed):
    scipy.io.savemat(path, training_layout(), do_compression=compressed)
    dataset = read_dataset(path)
    assert list(dataset.maps) == [
        GridMap(WALLS, (GOALS[0],), ((1, 1),)),
        GridMap(WALLS, (GOALS[0],), ((2, 4),)),
        GridMap(WALLS, (GOALS[1],), ((4, 3),)),
    ]
    assert dataset.notes == ("Every state is one map with one start: 3 maps, with repeats.",)


@pytest.mark.parametrize(
    ("layout", "order", "note"),
    [(paths_layout, "C", "row-major order"), (training_layout, "F", "column-major order")],
)
def test_the_other_order_is_found_by_the_states(path, layout, order, note):
    scipy.io.savemat(path, layout(order))
    dataset = read_dataset(path)
    assert dataset.maps[0] == GridMap(WALLS, (GOALS[0],), (PATHS[0][0],))
    assert note in dataset.notes[-1]


def test_a_training_file_too_large_is_read_by_its_batches(path, monkeypatch):
    scipy.io.savemat(path, training_layout())
    monkeypatch.setattr(base, "MAX_ARRAY_BYTES", 400)
    dataset = read_dataset(path)
    assert list(dataset.maps) == [
        GridMap(WALLS, (GOALS[0],), ((1, 1),)),
        GridMap(WALLS, (GOALS[1],), ((4, 3),)),
    ]
    assert "Took one state of each map, 2 maps" in dataset.notes[0]


def test_a_test_file_too_large_is_refused(path, refused, monkeypatch):
    scipy.io.savemat(path, paths_layout())
    monkeypatch.setattr(base, "MAX_ARRAY_BYTES", 300)
    refused(path, "maps may have at most 300 bytes, not")


def test_maps_whose_paths_fit_in_neither_order_are_refused(path, refused):
    arrays = paths_layout()
    arrays["all_states_xy"][1, 0] = np.array([(5, 4), (1, 1), (2, 3)])
    scipy.io.savemat(path, arrays)
    refused(path, "in column-major or row-major order, and those of map 1")


def test_a_path_that_does_not_end_at_the_goal_is_refused(path, refused):
    arrays = paths_layout()
    arrays["all_states_xy"][0, 0] = arrays["all_states_xy"][0, 0][:-1]
    scipy.io.savemat(path, arrays)
    refused(path, "and those of map 0 do not")


def test_labels_that_lead_into_walls_are_refused(path, refused):
    arrays = training_layout()
    arrays["label_data"][0] = NORTH_WEST
    scipy.io.savemat(path, arrays)
    refused(path, "and those of map 0 do not")


@pytest.mark.parametrize(
    ("layout", "change", "part"),
    [
        (paths_layout, {"all_im_data": np.zeros((2, 35))}, "must have one shape (n, s*s)"),
        (paths_layout, {"all_im_data": np.full((2, 36), 3)}, "all_im_data must hold 0 and 1 only"),
        (paths_layout, {"all_im_data": np.zeros((2, 36))}, "and those of map 0 do not"),
        (paths_layout, {"all_im_data": "text"}, "must have one shape"),
        (paths_layout, {"all_value_data": np.zeros((2, 36))}, "Map 0 must have one goal, not 0"),
        (paths_layout, {"all_value_data": np.full((2, 36), 10)}, "not 36"),
        (paths_layout, {"all_value_data": np.zeros((3, 36))}, "must have one shape"),
        (paths_layout, {"all_states_xy": np.zeros((2, 1))}, "is not a valid cell array"),
        (paths_layout, {"all_states_xy": np.zeros((3, 1))}, "all_states_xy must hold 2 paths"),
        (paths_layout, {"all_states_xy": {"a": 1}}, "all_states_xy must hold 2 paths"),
        (training_layout, {"state_xy_data": np.zeros((3, 3))}, "States must have two numbers"),
        (
            training_layout,
            {"state_xy_data": np.full((3, 2), 1.5)},
            "state_xy_data must hold whole numbers",
        ),
        (
            training_layout,
            {"state_xy_data": np.full((3, 2), np.nan)},
            "state_xy_data must hold whole numbers",
        ),
        (
            training_layout,
            {"state_xy_data": np.full((3, 2), 1e300)},
            "state_xy_data must hold whole numbers",
        ),
        (training_layout, {"state_xy_data": np.zeros((2, 2))}, "shape (3, 1 to 10)"),
        (training_layout, {"state_xy_data": np.full((3, 2), 1j)}, "numbers, not 'complex'"),
        (
            training_layout,
            {"label_data": np.full((3, 1), 8)},
            "The labels must be actions from 0 to 7; here they go from 8 to 8",
        ),
    ],
)
def test_what_is_wrong_is_named(path, refused, layout, change, part):
    scipy.io.savemat(path, layout() | change)
    refused(path, part)


@pytest.mark.parametrize("cell", [np.zeros((0, 2)), np.zeros((3, 3)), "text", {"a": 1}])
def test_cells_that_are_no_paths_are_refused(path, refused, cell):
    arrays = paths_layout()
    arrays["all_states_xy"][1, 0] = cell
    scipy.io.savemat(path, arrays)
    refused(path)


def test_other_arrays_are_named(path, refused):
    scipy.io.savemat(path, {"occupancy": np.zeros((3, 3))})
    refused(path, "the paper's arrays, im_data", "but has 'occupancy'")


def test_version_4_is_refused(path, refused):
    scipy.io.savemat(path, {"im_data": np.zeros((3, 3))}, format="4")
    refused(path, "MATLAB file of version 5 to 7")


@pytest.mark.parametrize("head", [b"MATLAB 7.3 MAT-file, Platform", b"\x89HDF\r\n\x1a\n"])
def test_version_7_3_is_refused(path, refused, head):
    path.write_bytes(head.ljust(512, b"\0"))
    refused(path, "version 7.3 are not read. Save it with '-v7'")


def element(kind, content):
    return struct.pack("<II", kind, len(content)) + content + b"\0" * (-len(content) % 8)


def matrix(name, shape, content, *, class_number=9):
    flags = element(6, struct.pack("<II", class_number, 0))
    dims = element(5, struct.pack(f"<{len(shape)}i", *shape))
    body = flags + dims + element(1, name.encode()) + content
    return struct.pack("<II", 14, len(body)) + body


def mat_file(path, *elements):
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    path.write_bytes(header + b"".join(elements))


def test_the_reader_agrees_with_scipy(path):
    rng = np.random.default_rng(3)
    arrays = {
        f"{np.dtype(kind).name}_{cols}": rng.integers(0, 100, (3, cols)).astype(kind)
        for kind in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
        for cols in (0, 1, 5)
    }
    arrays["deep"] = rng.random((2, 3, 4))
    scipy.io.savemat(path, arrays)
    variables = mat5.list_variables(path)
    assert list(variables) == list(arrays)
    for name, array in arrays.items():
        assert variables[name].shape == array.shape
        np.testing.assert_array_equal(mat5.read_numeric(path, variables[name]), array)


def test_big_endian_files_are_read(path):
    dims, number = struct.pack(">4i", 5, 8, 1, 1), struct.pack(">IIh6x", 3, 2, -300)
    flags = struct.pack(">4I", 6, 8, 10, 0)
    name = struct.pack(">HH4s", 1, 1, b"x\0\0\0")
    body = flags + dims + name + number
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI"
    path.write_bytes(header + struct.pack(">II", 14, len(body)) + body)
    assert mat5.read_numeric(path, mat5.list_variables(path)["x"]) == -300


def test_a_count_of_cells_that_cannot_be_true_is_refused(path, refused):
    sound = paths_layout()
    rows = [
        matrix(name, (2, 36), element(2 if kind == "u1" else 3, sound[name].tobytes("F")))
        for name, kind in (("all_im_data", "u1"), ("all_value_data", "i2"))
    ]
    mat_file(path, *rows, matrix("all_states_xy", (2, 1), b"", class_number=1))
    refused(path, "all_states_xy is not a valid cell array")
    mat_file(path, *rows, matrix("all_states_xy", (2**30, 1), b"", class_number=1))
    refused(path, "all_states_xy must hold 2 paths")


@pytest.mark.parametrize(
    "damaged",
    [
        matrix("im_data", (-1, 4), b""),
        matrix("im_data", (2,), b""),
        matrix("x" * 64, (2, 2), b""),
        matrix("im_data", (2, 2), b"")[:-8],
        struct.pack("<II", 14, 10**9),
        struct.pack("<II", 15, 8) + b"no zlib!",
        element(15, zlib.compress(b"")),
        element(15, zlib.compress(struct.pack("<II", 14, 2**31) + b"\0" * 64)),
        struct.pack("<II", 14, 8) + struct.pack("<HHI", 6, 8, 0),
    ],
)
def test_damaged_files_are_refused(path, refused, damaged):
    mat_file(path, damaged)
    refused(path)


def test_a_variable_shorter_than_it_says_is_refused(path):
    arrays = paths_layout()
    scipy.io.savemat(path, arrays, do_compression=True)
    data = path.read_bytes()
    plain = zlib.decompress(data[136 : 136 + struct.unpack("<I", data[132:136])[0]])
    mat_file(path, struct.pack("<II", 15, len(packed := zlib.compress(plain[:-8]))) + packed)
    with pytest.raises(VinguiError, match=r"all_im_data must have \d+ bytes, but has \d+"):
        mat5.read_numeric(path, mat5.list_variables(path)["all_im_data"])


@pytest.mark.parametrize("at", [-1, -5000])
def test_damaged_packed_numbers_are_noticed(path, at):
    numbers = np.random.default_rng(5).integers(0, 256, (100, 100)).astype(np.uint8)
    scipy.io.savemat(path, {"x": numbers}, do_compression=True)
    variable = mat5.list_variables(path)["x"]
    np.testing.assert_array_equal(mat5.read_numeric(path, variable), numbers)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(VinguiError, match="The data of x is damaged"):
        mat5.read_numeric(path, variable)


def test_very_many_variables_are_refused(path, refused):
    mat_file(path, *[matrix("a", (0, 0), element(9, b""))] * 1001)
    refused(path, "more than 1000 variables")


def test_a_small_file_of_large_arrays_takes_little_more_than_their_memory(tmp_path):
    count, side = 4000, 64
    values = np.zeros((count, side * side), np.uint8)
    values[:, 70] = 10
    arrays = {
        "im_data": np.ones((count, side * side), np.uint8),
        "value_data": values,
        "state_xy_data": np.full((count, 2), 3, np.uint8),
        "label_data": np.zeros((count, 1), np.uint8),
    }
    path = tmp_path / "large.mat"
    scipy.io.savemat(path, arrays, do_compression=True)
    tracemalloc.start()
    dataset = read_dataset(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(dataset.maps) == count
    # The values as they are stored, where they are the goal's, and the free cells.
    assert peak < 1.8 * (arrays["im_data"].nbytes + values.nbytes)


@pytest.mark.parametrize("number", [0.5, -1, np.nan, 2])
def test_other_numbers_than_0_and_1_are_refused(tmp_path, refused, number):
    arrays = training_layout()
    arrays["im_data"] = arrays["im_data"].astype(float)
    arrays["im_data"][1, 3] = number
    scipy.io.savemat(tmp_path / "a.mat", arrays)
    refused(tmp_path / "a.mat", "im_data must hold 0 and 1 only")
