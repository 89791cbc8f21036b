"""Drawing: the laws of the tools, and that walls never cover the goal and the starts."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vingui.core import map_edits, map_sizes, palette_edits
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap

LAWS = settings(max_examples=80)
CELLS = st.tuples(st.integers(-6, 16), st.integers(-6, 16))


@st.composite
def grids(draw, *, most=10):
    rows, cols = draw(st.integers(2, most)), draw(st.integers(2, most))
    marks = draw(st.lists(st.booleans(), min_size=rows * cols, max_size=rows * cols))
    walls = np.array(marks).reshape(rows, cols)
    inside = st.tuples(st.integers(0, rows - 1), st.integers(0, cols - 1))
    markers = draw(st.lists(inside, unique=True, max_size=4))
    for cell in markers:
        walls[cell] = False
    terrain = draw(st.none() | arrays(np.uint8, walls.shape, elements=st.integers(0, 3)))
    goals = draw(st.integers(0, min(len(markers), 2)))
    values = tuple(draw(st.floats(-9, 9)) for _ in range(goals))
    return GridMap(
        walls,
        tuple(markers[:goals]),
        tuple(markers[goals:]),
        terrain=terrain,
        goal_values=values,
    )


MATERIALS = st.integers(map_edits.WALL, 3)


def with_cells(grid, cells, material):
    """The map with cells of a material, one by one, but no walls under goals and starts."""
    walls, terrain = grid.walls.copy(), kinds_of(grid)
    markers = (*grid.goals, *grid.starts)
    for cell in set(cells) - set(markers if material == map_edits.WALL else ()):
        walls[cell] = material == map_edits.WALL
        terrain[cell] = max(material, 0)
    return replace(grid, walls=walls, terrain=terrain)


def kinds_of(grid):
    return np.zeros(grid.walls.shape, np.uint8) if grid.terrain is None else grid.terrain.copy()


@st.composite
def grids_and_cells(draw):
    grid = draw(grids())
    return grid, (draw(st.integers(0, grid.rows - 1)), draw(st.integers(0, grid.cols - 1)))


def parsed(*rows, goal=None, starts=()):
    return GridMap(
        np.array([[mark == "#" for mark in row] for row in rows]), (goal,) if goal else (), starts
    )


def shown(grid):
    return ["".join("#" if wall else "." for wall in row) for row in grid.walls]


def pairs(cells):
    return [tuple(cell) for cell in cells.tolist()]


def is_inside(grid, cell):
    return 0 <= cell[0] < grid.rows and 0 <= cell[1] < grid.cols


# Lines and rectangles.


@LAWS
@given(a=CELLS, b=CELLS)
def test_a_line_has_both_ends_no_gaps_and_no_detours(a, b):
    cells = map_edits.line_cells(a, b)
    assert cells.shape == (max(abs(a[0] - b[0]), abs(a[1] - b[1])) + 1, 2)
    assert pairs(cells)[0] == a
    assert pairs(cells)[-1] == b
    assert (np.abs(np.diff(cells, axis=0)).max(axis=1, initial=0) == 1).all()


@LAWS
@given(a=CELLS, b=CELLS)
def test_a_line_is_the_same_from_either_end(a, b):
    assert pairs(map_edits.line_cells(a, b)) == pairs(map_edits.line_cells(b, a))[::-1]


@LAWS
@given(a=CELLS, b=CELLS)
def test_a_line_keeps_within_half_a_cell_of_the_straight_one(a, b):
    assume(a != b)
    cells, span = map_edits.line_cells(a, b), np.subtract(b, a)
    share = np.arange(len(cells))[:, None] / (len(cells) - 1)
    assert (np.abs(cells - (a + share * span)) <= 0.5).all()


@LAWS
@given(a=CELLS, b=CELLS, filled=st.booleans())
def test_a_rectangle_has_the_cells_between_its_corners_each_once(a, b, filled):
    (top, bottom), (left, right) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    expected = {
        (row, col)
        for row in range(top, bottom + 1)
        for col in range(left, right + 1)
        if filled or row in (top, bottom) or col in (left, right)
    }
    cells = pairs(map_edits.rectangle_cells(a, b, filled=filled))
    assert len(cells) == len(expected)
    assert set(cells) == expected


# Painting.


@LAWS
@given(grid=grids(), cells=st.lists(CELLS, max_size=8), material=MATERIALS, brush=st.integers(1, 9))
def test_painting_is_the_brush_at_each_cell_without_the_markers(grid, cells, material, brush):
    covered = []
    middle = (brush - 1) / 2
    for row, col in cells:
        for down in range(brush):
            for across in range(brush):
                near = (down - middle) ** 2 + (across - middle) ** 2 <= (brush / 2) ** 2
                cell = row + down - (brush - 1) // 2, col + across - (brush - 1) // 2
                if near and is_inside(grid, cell):
                    covered.append(cell)
    painted = map_edits.paint(grid, cells, material=material, brush=brush)
    expected = with_cells(grid, covered, material)
    assert painted == expected
    assert (painted is grid) == (expected == grid)


@LAWS
@given(grid=grids(), cells=st.lists(CELLS), material=MATERIALS, brush=st.integers(1, 6))
def test_painting_twice_is_painting_once(grid, cells, material, brush):
    painted = map_edits.paint(grid, cells, material=material, brush=brush)
    assert map_edits.paint(painted, cells, material=material, brush=brush) is painted


@pytest.mark.parametrize(
    ("brush", "expected"),
    [
        (1, ["......", "......", "..#...", "......", "......", "......"]),
        (2, ["......", "......", "..##..", "..##..", "......", "......"]),
        (3, ["......", ".###..", ".###..", ".###..", "......", "......"]),
        (4, ["......", "..##..", ".####.", ".####.", "..##..", "......"]),
        (5, [".###..", "#####.", "#####.", "#####.", ".###..", "......"]),
    ],
)
def test_the_brush_is_a_square_and_from_4_on_a_disc(brush, expected):
    grid = GridMap(np.zeros((6, 6), bool))
    assert shown(map_edits.paint(grid, [(2, 2)], material=map_edits.WALL, brush=brush)) == expected


def test_a_fast_stroke_leaves_no_gaps():
    grid = GridMap(np.zeros((20, 30), bool))
    mouse = [(3, 2), (17, 9), (1, 28), (18, 29)]
    for one, other in pairwise(mouse):
        grid = map_edits.paint(grid, map_edits.line_cells(one, other), material=map_edits.WALL)
    from scipy import ndimage

    assert ndimage.label(grid.walls, structure=np.ones((3, 3)))[1] == 1
    assert all(grid.walls[cell] for cell in mouse)


@LAWS
@given(both=grids_and_cells())
def test_toggling_twice_gives_the_map_back_and_markers_stay_free(both):
    grid, cell = both
    toggled = map_edits.toggle(grid, cell, material=map_edits.WALL)
    again = map_edits.toggle(toggled, cell, material=map_edits.WALL)
    assert np.array_equal(again.walls, grid.walls)
    if cell in (*grid.goals, *grid.starts):
        assert map_edits.material_at(toggled, cell) == map_edits.material_at(grid, cell)
    else:
        assert int((toggled.walls ^ grid.walls).sum()) == 1


# Flood fill.


@LAWS
@given(both=grids_and_cells(), material=MATERIALS)
def test_flood_fills_just_the_region_of_like_cells(both, material):
    grid, cell = both
    region, border = {cell}, [cell]
    material_before = map_edits.material_at(grid, cell)
    while border:
        row, col = border.pop()
        for at in ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)):
            if (
                is_inside(grid, at)
                and at not in region
                and map_edits.material_at(grid, at) == material_before
            ):
                region.add(at)
                border.append(at)
    filled = map_edits.flood(grid, cell, material=material)
    assert filled == with_cells(grid, region, material)


# Goal and starts.


@LAWS
@given(both=grids_and_cells())
def test_a_goal_opens_its_cell_and_does_not_sit_on_a_start(both):
    grid, cell = both
    moved = map_edits.place_goal(grid, cell)
    if cell in (*grid.goals, *grid.starts):
        assert moved is grid
        return
    assert moved.goal == cell
    assert moved.goals[1:] == grid.goals[1:]
    assert moved.goal_values == grid.goal_values
    assert moved.starts == grid.starts
    assert not moved.walls[cell]
    assert int((moved.walls ^ grid.walls).sum()) == int(grid.walls[cell])


@LAWS
@given(both=grids_and_cells(), data=st.data())
def test_a_start_opens_its_cell_and_shares_it_with_no_marker(both, data):
    grid, cell = both
    taken = cell in (*grid.goals, *grid.starts)
    added = map_edits.add_start(grid, cell)
    if taken:
        assert added is grid
    else:
        assert added.starts == (*grid.starts, cell)
        assert not added.walls[cell]
        removed = map_edits.remove_start(added, cell)
        assert (removed.goals, removed.starts) == (grid.goals, grid.starts)
    assume(grid.starts)
    index = data.draw(st.integers(0, len(grid.starts) - 1))
    moved = map_edits.move_start(grid, index, cell)
    if taken:
        assert moved is grid
    else:
        assert moved.starts[index] == cell
        assert len(moved.starts) == len(grid.starts)
        assert map_edits.move_start(moved, index, grid.starts[index]).starts == grid.starts


@LAWS
@given(both=grids_and_cells(), value=st.floats(-9, 9))
def test_goals_are_added_valued_moved_and_removed(both, value):
    grid, cell = both
    added = map_edits.add_goal(grid, cell)
    assume(added is not grid)
    assert added.goals == (*grid.goals, cell)
    valued = map_edits.set_goal_value(added, cell, value)
    assert valued.valued_goals == {**grid.valued_goals, cell: value}
    assert map_edits.set_goal_value(valued, cell, value) is valued
    last = len(grid.goals)
    for onto in (*grid.goals, *grid.starts):
        assert map_edits.move_goal(valued, last, onto) is valued
    removed = map_edits.remove_goal(valued, cell)
    assert (removed.goals, removed.goal_values) == (grid.goals, grid.goal_values)


def test_a_goal_that_moves_keeps_its_value():
    grid = replace(parsed("...", "..."), goals=((0, 0), (0, 2)), goal_values=(1, 2.5))
    assert map_edits.move_goal(grid, 1, (1, 1)).valued_goals == {(0, 0): 1, (1, 1): 2.5}


def test_what_lay_beneath_comes_back_when_a_drag_goes_on_from_the_map_before_it():
    before = parsed("..#", "..#", goal=(0, 0))
    assert shown(map_edits.place_goal(before, (0, 2))) == ["...", "..#"]
    assert shown(map_edits.place_goal(before, (1, 2))) == ["..#", "..."]


@LAWS
@given(grid=grids(), cell=CELLS)
def test_a_cell_outside_changes_nothing(grid, cell):
    assume(not is_inside(grid, cell))
    assert map_edits.place_goal(grid, cell) is grid
    assert map_edits.add_start(grid, cell) is grid
    assert map_edits.remove_start(grid, cell) is grid
    assert map_edits.toggle(grid, cell, material=1) is grid
    assert map_edits.flood(grid, cell, material=map_edits.WALL) is grid
    assert map_edits.paint(grid, [cell], material=map_edits.WALL) is grid
    if grid.starts:
        assert map_edits.move_start(grid, 0, cell) is grid


def test_a_start_that_is_not_there_cannot_be_moved():
    with pytest.raises(IndexError):
        map_edits.move_start(parsed("..", "..", starts=((0, 0),)), 1, (1, 1))


# The whole map.


@LAWS
@given(grid=grids())
def test_inverting_twice_gives_the_map_back(grid):
    inverted = map_edits.invert(grid)
    free = ~grid.walls
    for cell in (*grid.starts, *grid.goals):
        free[cell] = False
    assert np.array_equal(inverted.walls, free)
    assert np.array_equal(map_edits.invert(inverted).walls, grid.walls)


def crop_to_content(grid):
    return map_sizes.crop(grid, *map_sizes.content_bounds(grid))


@LAWS
@given(grid=grids())
def test_clear_and_border_keep_the_markers_and_are_done_once(grid):
    for edit in (map_edits.clear, map_edits.border, crop_to_content):
        edited = edit(grid)
        assert edit(edited) is edited
        assert len(edited.starts) == len(grid.starts)
        assert len(edited.goals) == len(grid.goals)
    assert not map_edits.clear(grid).walls.any()


def test_border_closes_the_outermost_cells_but_for_markers():
    grid = parsed("....", "....", "....", goal=(0, 1), starts=((1, 1),))
    assert shown(map_edits.border(grid)) == ["#.##", "#..#", "####"]


@LAWS
@given(
    grid=grids(),
    more=st.tuples(st.integers(0, 7), st.integers(0, 7)),
    anchor=st.tuples(st.sampled_from([0, 0.5, 1]), st.sampled_from([0, 0.5, 1])),
    material=MATERIALS,
)
def test_a_larger_map_holds_the_old_one_and_gives_it_back(grid, more, anchor, material):
    rows, cols = grid.rows + more[0], grid.cols + more[1]
    where = {"anchor_row": anchor[0], "anchor_col": anchor[1]}
    larger = map_sizes.resize(grid, rows, cols, material=material, **where)
    assert (larger.rows, larger.cols) == (rows, cols)
    top, left = int(more[0] * anchor[0]), int(more[1] * anchor[1])
    assert map_sizes.crop(larger, top, left, top + grid.rows, left + grid.cols) == grid
    assert map_sizes.resize(larger, grid.rows, grid.cols, **where) == grid
    new = np.ones((rows, cols), bool)
    new[top : top + grid.rows, left : left + grid.cols] = False
    assert (larger.walls[new] == (material == map_edits.WALL)).all()
    assert (kinds_of(larger)[new] == max(material, 0)).all()
    assert (larger is grid) == (more == (0, 0))


@LAWS
@given(
    grid=grids(),
    seed=st.integers(0, 2**32),
    more=st.tuples(st.integers(0, 7), st.integers(0, 7)),
    anchor=st.tuples(st.sampled_from([0, 0.5, 1]), st.sampled_from([0, 0.5, 1])),
)
def test_demonstrations_and_elevation_move_with_their_cells(taught, grid, seed, more, anchor):
    grid = taught(grid, seed, elevated=True)
    where = {"anchor_row": anchor[0], "anchor_col": anchor[1]}
    larger = map_sizes.resize(grid, grid.rows + more[0], grid.cols + more[1], **where)
    assert map_sizes.resize(larger, grid.rows, grid.cols, **where) == grid
    top, left = (-int(-extra * at) for extra, at in zip(more, anchor, strict=True))
    moved = [np.array(each.cells) - (top, left) for each in larger.demonstrations]
    assert [each.tolist() for each in moved] == [
        list(map(list, e.cells)) for e in grid.demonstrations
    ]
    beside = [(top, more[0] - top), (left, more[1] - left)]
    np.testing.assert_array_equal(larger.elevation, np.pad(grid.elevation, beside, mode="edge"))


@LAWS
@given(grid=grids(), seed=st.integers(0, 2**32), data=st.data())
def test_a_crop_keeps_the_demonstrations_that_lie_in_it(taught, grid, seed, data):
    grid = taught(grid, seed, elevated=True)
    top, bottom = sorted(data.draw(st.lists(st.integers(0, grid.rows), min_size=2, max_size=2)))
    left, right = sorted(data.draw(st.lists(st.integers(0, grid.cols), min_size=2, max_size=2)))
    assume(bottom - top > 1 and right - left > 1)
    cut = map_sizes.crop(grid, top, left, bottom, right)
    np.testing.assert_array_equal(cut.elevation, grid.elevation[top:bottom, left:right])
    kept = [
        [(row - top, col - left) for row, col in each.cells]
        for each in grid.demonstrations
        if all(top <= row < bottom and left <= col < right for row, col in each.cells)
    ]
    assert [list(each.cells) for each in cut.demonstrations] == kept
    whole = map_sizes.crop(grid, *map_sizes.content_bounds(grid))
    assert len(whole.demonstrations) == len(grid.demonstrations)


@LAWS
@given(both=grids_and_cells(), seed=st.integers(0, 2**32), material=MATERIALS)
def test_drawing_keeps_demonstrations_and_elevation(taught, both, seed, material):
    grid, cell = taught(both[0], seed), both[1]
    edits = [
        map_edits.paint(grid, [cell], material=material),
        map_edits.flood(grid, cell, material=material),
        map_edits.add_goal(grid, cell),
        map_edits.add_start(grid, cell),
        map_edits.invert(grid),
        map_edits.clear(grid),
        map_edits.border(grid),
        palette_edits.clear_terrain(grid),
        palette_edits.remove_kind(grid, 1),
    ]
    for edited in edits:
        assert edited.demonstrations is grid.demonstrations
        assert edited.elevation is grid.elevation


def test_resize_drops_the_markers_that_fall_outside():
    grid = parsed("#..", "...", "..#", goal=(0, 1), starts=((2, 0), (1, 1), (0, 2)))
    cut = map_sizes.resize(grid, 2, 2)
    assert shown(cut) == ["#.", ".."]
    assert (cut.goal, cut.starts) == ((0, 1), ((1, 1),))
    cut = map_sizes.resize(grid, 2, 2, anchor_row=1, anchor_col=1)
    assert shown(cut) == ["..", ".#"]
    assert (cut.goal, cut.starts) == (None, ((0, 0),))


@pytest.mark.parametrize("size", [(1, 5), (5, 1), (4097, 5), (5, 4097), (0, 0), (-3, 5)])
def test_a_size_that_no_map_may_have_is_refused(size):
    with pytest.raises(VinguiError, match=r"^A map must have 2x2 to 4096x4096 cells"):
        map_sizes.resize(parsed("..", ".."), *size)


def test_crop_leaves_out_what_lies_beyond_and_refuses_too_little():
    grid = parsed("#...", "..#.", "....", goal=(1, 1))
    cut = map_sizes.crop(grid, 1, 1, 99, 3)
    assert shown(cut) == [".#", ".."]
    assert cut.goal == (0, 0)
    assert map_sizes.crop(grid, -5, -5, 99, 99) is grid
    for window in [(0, 0, 1, 4), (2, 2, 1, 1), (5, 5, 9, 9)]:
        with pytest.raises(VinguiError, match="must have 2x2"):
            map_sizes.crop(grid, *window)


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        (parsed(".....", "..#..", "...#.", "....."), ["#.", ".#"]),
        (parsed(".....", "..#..", ".....", "....."), ["#.", ".."]),
        (parsed("....", "....", "...#"), ["..", ".#"]),
        (parsed("....", ".#..", "....", starts=((2, 3),)), ["#..", "..."]),
        (parsed("...", "..."), ["...", "..."]),
    ],
)
def test_the_content_is_all_but_empty_outer_rows_and_columns(grid, expected):
    assert shown(crop_to_content(grid)) == expected


def test_drawing_is_imported_without_scipy():
    code = "import sys; import vingui.core.map_edits; assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
