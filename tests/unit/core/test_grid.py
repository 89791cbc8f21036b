"""Maps: what is refused, and that nothing changes a map once it is made."""

import copy
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.frame import MapFrame
from vingui.core.grid import (
    MAX_DEMONSTRATED_CELLS,
    MAX_STARTS,
    Demonstration,
    GridMap,
    check_shape,
)

# Neither square nor symmetric, so that rows taken for columns show.
JUMP = "A demonstration must go from each cell to a neighbour"
WALLS = np.array([[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]], bool)


def refusal(*args, **kwargs) -> str:
    with pytest.raises(VinguiError) as caught:
        GridMap(*args, **kwargs)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("walls", "received"),
    [
        (np.zeros(9, bool), "bool of shape (9,)"),
        (np.zeros((3, 3, 1), bool), "bool of shape (3, 3, 1)"),
        (np.array(True), "bool of shape ()"),
        (np.zeros((3, 4), np.uint8), "uint8 of shape (3, 4)"),
        (np.zeros((3, 4)), "float64 of shape (3, 4)"),
        (np.zeros((3, 4), object), "object of shape (3, 4)"),
        ([[0, 1], [1, 0]], "int64 of shape (2, 2)"),
    ],
)
def test_walls_that_are_no_2d_bool_array_are_refused(walls, received):
    message = refusal(walls)
    assert message == f"Expected walls as a bool array of shape (rows, cols), received {received}"


@pytest.mark.parametrize(
    "shape", [(0, 0), (1, 1), (1, 5), (5, 1), (4097, 2), (2, 4097), (0, 5), (4097, 4097)]
)
def test_walls_of_a_size_no_map_may_have_are_refused(shape):
    rows, cols = shape
    message = refusal(np.zeros(shape, bool))
    assert message == f"Walls must have 2x2 to 4096x4096 cells, not {rows}x{cols}"


@pytest.mark.parametrize("shape", [(2, 2), (4096, 2), (2, 4096), (4096, 4096)])
def test_the_smallest_and_largest_sizes_are_accepted(shape):
    grid = GridMap(np.zeros(shape, bool))
    assert (grid.rows, grid.cols) == shape


def test_check_shape_names_its_subject():
    check_shape(2, 4096)
    with pytest.raises(VinguiError, match=r"^A map must have 2x2 to .*, not 1x5$"):
        check_shape(1, 5)
    with pytest.raises(VinguiError, match=r"^A picture must have 2x2 to .*, not 5x5000$"):
        check_shape(5, 5000, what="a picture")


def test_more_starts_than_messages_and_files_hold_are_refused():
    starts = ((0, 0),) * (MAX_STARTS + 1)
    assert refusal(np.zeros((4, 4), bool), (), starts) == (
        "A map may have at most 1,048,576 starts, not 1,048,577"
    )


BAD_CELLS = [
    ((-1, 0), "lies outside the 3x4 map, at row -1, col 0"),
    ((0, -1), "lies outside the 3x4 map, at row 0, col -1"),
    ((3, 0), "lies outside the 3x4 map, at row 3, col 0"),
    ((0, 4), "lies outside the 3x4 map, at row 0, col 4"),
    ((10**30, 0), f"lies outside the 3x4 map, at row {10**30}, col 0"),
    ((0, 3), "lies in a wall, at row 0, col 3; choose a free cell"),
    ((2, 2), "lies in a wall, at row 2, col 2; choose a free cell"),
    ((0.5, 1), "must be a (row, col) of whole numbers, not (0.5, 1)"),
    ((float("nan"), 1), "must be a (row, col) of whole numbers, not (nan, 1)"),
    ((float("inf"), 1), "must be a (row, col) of whole numbers, not (inf, 1)"),
    ((False, True), "must be a (row, col) of whole numbers, not (False, True)"),
    ((0, np.True_), "must be a (row, col) of whole numbers, not (0, np.True_)"),
    (("0", "1"), "must be a (row, col) of whole numbers, not ('0', '1')"),
    ((None, 1), "must be a (row, col) of whole numbers, not (None, 1)"),
    ((1,), "must be a (row, col) of whole numbers, not (1,)"),
    ((1, 1, 1), "must be a (row, col) of whole numbers, not (1, 1, 1)"),
    ("01", "must be a (row, col) of whole numbers, not '01'"),
    (5, "must be a (row, col) of whole numbers, not 5"),
]


@pytest.mark.parametrize(("cell", "complaint"), BAD_CELLS)
def test_a_goal_that_is_no_free_cell_is_refused(cell, complaint):
    assert refusal(WALLS, (cell,)) == f"The goal {complaint}"


@pytest.mark.parametrize(
    ("cell", "complaint"), [*BAD_CELLS, (None, "must be a (row, col) of whole numbers, not None")]
)
def test_a_start_that_is_no_free_cell_is_refused_also_after_good_ones(cell, complaint):
    assert refusal(WALLS, (), ((1, 1), cell)) == f"The start {complaint}"


def test_every_corner_of_a_rectangular_map_may_hold_goal_and_start():
    open_walls = np.zeros((3, 5), bool)
    for corner in [(0, 0), (0, 4), (2, 0), (2, 4)]:
        grid = GridMap(open_walls, (corner,), (corner,))
        assert (grid.goal, grid.starts) == (corner, (corner,))


def test_cells_of_any_integer_kind_become_tuples_of_plain_ints():
    grid = GridMap(WALLS, (np.array([1, 2]),), ([1, 3], (np.uint8(0), np.int64(1))))
    assert grid.goal == (1, 2)
    assert grid.starts == ((1, 3), (0, 1))
    for cell in (grid.goal, *grid.starts):
        assert type(cell) is tuple
        assert [type(number) for number in cell] == [int, int]


def test_repeated_starts_are_dropped_and_the_order_of_placing_kept():
    grid = GridMap(WALLS, (), ((2, 3), (0, 1), (2, 3), (0, 0), (np.int64(0), np.int64(1))))
    assert grid.starts == ((2, 3), (0, 1), (0, 0))


def test_rows_cols_and_free_are_those_of_the_walls():
    grid = GridMap(WALLS)
    assert (grid.rows, grid.cols) == (3, 4)
    assert grid.free.dtype == np.bool_
    assert grid.free.tolist() == [
        [True, True, True, False],
        [False, True, True, True],
        [True, True, False, True],
    ]


def test_the_callers_array_may_change_afterwards_without_changing_the_map():
    walls = WALLS.copy()
    grid = GridMap(walls)
    walls[:] = True
    assert np.array_equal(grid.walls, WALLS)
    assert walls.flags.writeable


def test_a_read_only_view_of_writable_memory_is_copied():
    memory = WALLS.copy()
    view = memory[:]
    view.flags.writeable = False
    grid = GridMap(view)
    memory[:] = True
    assert np.array_equal(grid.walls, WALLS)


def test_a_writable_view_kept_of_a_read_only_array_does_not_change_the_map():
    walls = WALLS.copy()
    view = walls[:]
    walls.flags.writeable = False
    grid = GridMap(walls)
    view[:] = True
    assert np.array_equal(grid.walls, WALLS)


def test_walls_and_free_refuse_writing():
    grid = GridMap(WALLS)
    for array in (grid.walls, grid.free):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = True


def test_attributes_refuse_assignment():
    grid = GridMap(WALLS)
    with pytest.raises(FrozenInstanceError):
        grid.goal = (0, 0)


@pytest.mark.parametrize(
    "remade",
    [lambda grid: pickle.loads(pickle.dumps(grid)), copy.deepcopy, copy.copy],  # noqa: S301
    ids=["pickle", "deepcopy", "copy"],
)
def test_a_copy_is_equal_and_as_immutable(remade):
    grid = GridMap(WALLS, ((0, 0),), ((1, 1),), MapFrame(0.05, (1, 2, 3)))
    assert grid.free.any()
    twin = remade(grid)
    assert twin == grid
    assert not twin.walls.flags.writeable
    assert not twin.free.flags.writeable


def test_with_goal_changes_only_the_goal():
    grid = GridMap(WALLS, ((0, 0),), ((1, 1),))
    assert grid.with_goal((2, 0)) == GridMap(WALLS, ((2, 0),), ((1, 1),))
    assert grid.with_goal(None) == GridMap(WALLS, (), ((1, 1),))
    assert grid.goal == (0, 0)


def test_with_starts_changes_only_the_starts():
    grid = GridMap(WALLS, ((0, 0),), ((1, 1),))
    assert grid.with_starts(((2, 0), (0, 1))) == GridMap(WALLS, ((0, 0),), ((2, 0), (0, 1)))
    assert grid.with_starts(()) == GridMap(WALLS, ((0, 0),))
    assert grid.starts == ((1, 1),)


def test_a_map_stays_where_it_lies():
    grid = GridMap(WALLS, ((0, 0),), ((1, 1),), MapFrame(0.05, (1, 2, 0.5)))
    assert grid.with_goal(None).frame is grid.frame
    assert grid.with_starts(()).frame is grid.frame
    assert repr(grid).endswith(", 0.05 m per cell, origin 1, 2, turned by 28.6479°)")


def test_with_goal_and_with_starts_refuse_walls():
    grid = GridMap(WALLS)
    with pytest.raises(VinguiError, match="The goal lies in a wall"):
        grid.with_goal((0, 3))
    with pytest.raises(VinguiError, match="The start lies in a wall"):
        grid.with_starts(((0, 3),))


def test_maps_made_alike_are_equal_and_hash_alike():
    one = GridMap(WALLS, ((0, 0),), ((1, 1), (2, 0)))
    other = GridMap(np.asfortranarray(WALLS), ([0, 0],), [[1, 1], [2, 0], [1, 1]])
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1


@pytest.mark.parametrize(
    "other",
    [
        GridMap(WALLS ^ (np.indices(WALLS.shape).sum(axis=0) == 5), ((0, 0),), ((1, 1), (2, 0))),
        GridMap(WALLS, ((0, 1),), ((1, 1), (2, 0))),
        GridMap(WALLS, (), ((1, 1), (2, 0))),
        GridMap(WALLS, ((0, 0),), ((1, 1),)),
        GridMap(WALLS, ((0, 0),), ((2, 0), (1, 1))),
        GridMap(WALLS, ((0, 0),), ((1, 1), (2, 0)), MapFrame(0.05)),
    ],
    ids=[
        "one wall more",
        "other goal",
        "no goal",
        "fewer starts",
        "starts in other order",
        "in metres",
    ],
)
def test_maps_that_differ_are_unequal_and_hash_apart(other):
    grid = GridMap(WALLS, ((0, 0),), ((1, 1), (2, 0)))
    assert grid != other
    assert hash(grid) != hash(other)


def test_open_maps_of_as_many_cells_but_another_shape_are_unequal_and_hash_apart():
    wide, tall = GridMap(np.zeros((2, 6), bool)), GridMap(np.zeros((6, 2), bool))
    assert wide != tall
    assert hash(wide) != hash(tall)


def test_a_map_is_unequal_to_anything_else():
    assert GridMap(WALLS) != WALLS.tolist()
    assert GridMap(WALLS) is not None
    assert GridMap(WALLS).__eq__("a map") is NotImplemented


def test_repr_gives_size_walls_goals_and_starts_on_one_line():
    assert repr(GridMap(WALLS, ((0, 1),), ((1, 1), (2, 0)))) == (
        "GridMap(3x4, 3 walls, goals=((0, 1),), starts=((1, 1), (2, 0)))"
    )
    assert repr(GridMap(np.zeros((2, 5), bool))) == "GridMap(2x5, 0 walls, goals=(), starts=())"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((), "A demonstration must have two cells or more"),
        (((0, 0),), "A demonstration must have two cells or more"),
        (
            ((0, 0), (0, 1), (2, 1)),
            f"{JUMP}, which it does not at row 0, col 1",
        ),
        (
            ((0, 0), (0, 0)),
            f"{JUMP}, which it does not at row 0, col 0",
        ),
        (((0, 0), (0, 1.5)), "A demonstration must be a list of (row, col) of whole numbers"),
        (((0, 0), 1), "A demonstration must be a list of (row, col) of whole numbers"),
        (((0, 0), (0, 2**70)), "A demonstration must be a list of (row, col) of whole numbers"),
    ],
)
def test_a_demonstration_that_is_no_path_is_refused(cells, message):
    with pytest.raises(VinguiError) as caught:
        Demonstration(cells)
    assert str(caught.value) == message


def test_a_demonstration_may_end_anywhere_and_cross_a_wall_drawn_later():
    path = Demonstration(((0, 2), (0, 3), (1, 2)))
    grid = GridMap(WALLS, demonstrations=(path, path))
    assert grid.demonstrations == (path, path)
    assert (path.start, path.end, path.bounds) == ((0, 2), (1, 2), (0, 2, 1, 3))
    assert grid != GridMap(WALLS)
    assert grid.same_world(GridMap(WALLS))
    assert repr(grid).endswith(", 2 demonstrations)")


def test_demonstrations_outside_the_map_or_of_too_many_cells_are_refused():
    message = refusal(WALLS, demonstrations=(Demonstration(((2, 0), (3, 1))),))
    assert message == (
        "A demonstration leaves the 3x4 map: it visits rows 2 to 3 and columns 0 to 1"
    )
    long = Demonstration(((0, 0), (0, 1)) * 1024)
    most = MAX_DEMONSTRATED_CELLS // 2048
    assert len(GridMap(WALLS, demonstrations=(long,) * most).demonstrations) == most
    assert "at most 1,048,576 cells together" in refusal(WALLS, demonstrations=(long,) * (most + 1))


def test_elevation_is_kept_as_a_copy_and_part_of_the_world():
    heights = np.arange(12, dtype=np.float32).reshape(3, 4)
    grid = GridMap(WALLS, elevation=heights)
    heights[:] = 0
    assert grid.elevation is not None
    assert grid.elevation[2, 3] == 11
    assert not grid.elevation.flags.writeable
    assert not grid.same_world(GridMap(WALLS))
    assert grid != GridMap(WALLS)
    again = pickle.loads(pickle.dumps(grid))  # noqa: S301 - our own bytes
    assert again == grid
    assert hash(again) == hash(grid)
    assert not again.elevation.flags.writeable


@pytest.mark.parametrize(
    "elevation",
    [
        np.zeros((4, 3), np.float32),
        np.zeros((3, 4)),
        np.full((3, 4), np.nan, np.float32),
        np.full((3, 4), 2e5, np.float32),
    ],
)
def test_elevation_of_another_shape_or_out_of_range_is_refused(elevation):
    assert "elevation" in refusal(WALLS, elevation=elevation)
