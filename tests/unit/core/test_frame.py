"""Where maps lie in metres, and that they stay there."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core import map_edits, map_sizes
from vingui.core.errors import VinguiError
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap

metres = st.floats(-1e3, 1e3)
frames = st.builds(
    MapFrame, st.floats(1e-3, 1e3), st.tuples(metres, metres, st.floats(-math.pi, math.pi))
)


def test_the_lower_left_cell_begins_at_the_origin():
    frame = MapFrame(0.5, (10, 20, 0))
    found = frame.world([(2, 0), (0, 0), (2, 3)], 3)
    assert found.dtype == np.float64
    assert found.tolist() == [[10.25, 20.25], [10.25, 21.25], [11.75, 20.25]]
    assert frame.world([], 3).shape == (0, 2)


def test_yaw_turns_counter_clockwise_about_the_origin():
    frame = MapFrame(2, (1, 1, math.pi / 2))
    # The lower left cell's centre is 1 to the right and 1 up: turned, 1 to the left and 1 up.
    found = frame.world([(4, 0), (4, 1), (3, 0)], 5)
    np.testing.assert_allclose(found, [[0, 2], [0, 4], [-2, 2]], atol=1e-12)


@given(frame=frames, right=st.integers(-50, 50), up=st.integers(-50, 50))
def test_a_moved_frame_says_the_same_of_the_same_cell(frame, right, up):
    moved = frame.moved(right=right, up=up)
    # Seen from the new corner the cell is as many cells less to the right and up.
    np.testing.assert_allclose(
        moved.world([(10, 7 - right)], 30 - up), frame.world([(10, 7)], 30), atol=1e-6
    )


@given(
    frame=frames,
    shape=st.tuples(st.integers(2, 30), st.integers(2, 30)),
    anchor=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_resizing_leaves_every_cell_where_it_was(frame, shape, anchor):
    grid = GridMap(np.zeros((9, 13), bool), ((4, 5),), ((4, 6),), frame)
    other = map_sizes.resize(grid, *shape, anchor_row=anchor[0], anchor_col=anchor[1])
    if other.goal is not None:
        np.testing.assert_allclose(
            other.frame.world([other.goal], other.rows), frame.world([(4, 5)], 9), atol=1e-6
        )


def test_cutting_off_at_each_side_moves_the_origin():
    grid = GridMap(np.zeros((10, 10), bool), frame=MapFrame(0.5, (0, 0, 0)))
    assert map_sizes.crop(grid, 2, 0, 10, 10).frame.origin == (0, 0, 0)
    assert map_sizes.crop(grid, 0, 0, 10, 7).frame.origin == (0, 0, 0)
    assert map_sizes.crop(grid, 0, 0, 8, 10).frame.origin == (0, 1, 0)
    assert map_sizes.crop(grid, 0, 4, 10, 10).frame.origin == (2, 0, 0)
    turned = GridMap(grid.walls, frame=MapFrame(0.5, (0, 0, math.pi / 2)))
    np.testing.assert_allclose(
        map_sizes.crop(turned, 0, 4, 8, 10).frame.origin, (-1, 2, math.pi / 2), atol=1e-12
    )


@pytest.mark.parametrize(
    "edit",
    [
        lambda grid: map_edits.paint(grid, [(3, 3)], material=map_edits.WALL),
        lambda grid: map_edits.place_goal(grid, (3, 3)),
        lambda grid: map_edits.add_start(grid, (3, 3)),
        lambda grid: map_edits.move_start(grid, 0, (3, 3)),
        lambda grid: map_edits.remove_start(grid, (4, 6)),
        lambda grid: map_edits.flood(grid, (3, 3), material=map_edits.WALL),
        map_edits.invert,
        map_edits.border,
    ],
)
def test_drawing_keeps_the_frame(edit):
    grid = GridMap(np.zeros((9, 13), bool), ((4, 5),), ((4, 6),), MapFrame(0.05, (1, 2, 3)))
    edited = edit(grid)
    assert edited != grid
    assert edited.frame is grid.frame


@pytest.mark.parametrize(
    ("resolution", "origin", "part"),
    [
        (0, (0, 0, 0), "The resolution must be above 0 metres per cell, not 0"),
        (-0.05, (0, 0, 0), "The resolution must be above 0 metres per cell"),
        (math.nan, (0, 0, 0), "The resolution must be a finite number, not nan"),
        (math.inf, (0, 0, 0), "The resolution must be a finite number, not inf"),
        ("1", (0, 0, 0), "The resolution must be a number, not '1'"),
        (True, (0, 0, 0), "The resolution must be a number, not True"),
        (1, (0, 0), "The origin must be x, y and yaw"),
        (1, (0, 0, math.nan), "Each part of the origin must be a finite number"),
        (1, None, "The origin must be x, y and yaw, not None"),
    ],
)
def test_what_is_no_frame_is_refused(resolution, origin, part):
    with pytest.raises(VinguiError, match=f"^{part}"):
        MapFrame(resolution, origin)


def test_frames_are_values():
    one, other = MapFrame(1, [0, np.float32(0.5), 0]), MapFrame(1.0, (0.0, 0.5, 0.0))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
    assert [type(number) for number in one.origin] == [float] * 3
    assert str(MapFrame(0.05, (-10, 2.5, 0))) == "0.05 m per cell, origin -10, 2.5"
