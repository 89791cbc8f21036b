"""What strokes make of the mouse's cells, without a window."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.grid import GridMap
from vingui.core.map_edits import add_goal, add_start, material_at, place_goal, set_goal_value
from vingui.core.moves import FOUR
from vingui.core.terrain import STANDARD
from vingui.gui.document import strokes
from vingui.gui.document.strokes import StrokeStart
from vingui.gui.document.tools import (
    TOOLS,
    Marker,
    begin,
    drag,
    marker_cell,
    markers,
    tool_named,
)
from vingui.gui.settings import TOOL

SIDE = 9
WALLS = np.zeros((SIDE, SIDE), bool)
WALLS[4, 1:8] = True
GRID = GridMap(WALLS, ((0, 4),), ((8, 0), (8, 8)))
MARKERS = (GRID.goal, *GRID.starts)

inside = st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
anywhere = st.tuples(st.integers(-4, SIDE + 3), st.integers(-4, SIDE + 3))
drawn_with = st.sampled_from([tool for tool in TOOLS if tool.begin and not tool.places_markers])


def stroke(tool, cell, *moves, left=True, brush=1, straight=False, grid=GRID, **chosen):
    press = StrokeStart(grid, cell, left=left, brush=brush, **chosen)
    made = begin(tool_named(tool), press)
    for move in moves:
        made.move(move, straight=straight)
    return made


def cells(grid):
    return {tuple(cell) for cell in np.argwhere(grid.walls).tolist()}


def test_the_table_tells_tools_apart():
    assert len({tool.id for tool in TOOLS}) == len(TOOLS)
    assert len({tool.shortcut for tool in TOOLS}) == len(TOOLS)
    letters = [tool.text[tool.text.index("&") + 1].lower() for tool in TOOLS]
    assert len(set(letters)) == len(TOOLS)
    assert TOOL.default in {tool.id for tool in TOOLS}
    assert tool_named("hammer") is tool_named("pencil")


def test_pan_makes_no_stroke():
    assert begin(tool_named("pan"), StrokeStart(GRID, (0, 0), left=True, brush=1)) is None


@pytest.mark.parametrize("tool", ["pencil", "line"])
def test_a_fast_move_leaves_no_gap(tool):
    drawn = cells(stroke(tool, (1, 0), (3, 8)).grid) - cells(GRID)
    cols = sorted(col for _, col in drawn)
    assert cols == list(range(9))
    by_col = sorted(drawn, key=lambda cell: cell[1])
    assert all(abs(a[0] - b[0]) <= 1 for a, b in pairwise(by_col))


def test_the_pencil_keeps_what_it_drew_and_shapes_do_not():
    way = (1, 0), (1, 5), (3, 5)
    assert (1, 2) in cells(stroke("pencil", *way).grid)
    for shape in ("line", "rectangle", "rectangle-filled"):
        assert cells(stroke(shape, *way).grid) == cells(stroke(shape, way[0], way[-1]).grid)


@pytest.mark.parametrize("tool", ["pencil", "line", "rectangle", "rectangle-filled"])
def test_the_right_button_erases(tool):
    erased = stroke(tool, (4, 2), (4, 6), left=False).grid
    assert cells(GRID) - cells(erased) == {(4, col) for col in range(2, 7)}


def test_the_eraser_erases_and_its_right_button_draws():
    assert (4, 3) not in cells(stroke("eraser", (4, 3)).grid)
    assert (2, 2) in cells(stroke("eraser", (2, 2), left=False).grid)


DRAWING = [tool for tool in TOOLS if tool.draws]


def test_the_tools_that_draw_no_material():
    assert [tool.id for tool in TOOLS if not tool.draws] == [
        *("eraser", "goal", "start"),
        *("demonstrate", "pan"),
    ]


@pytest.mark.parametrize("tool", DRAWING, ids=lambda tool: tool.id)
@pytest.mark.parametrize("kind", range(len(STANDARD)))
def test_every_tool_draws_every_kind_and_its_right_button_erases_it(tool, kind):
    made = stroke(tool.id, (4, 2), (4, 6), material=kind)
    assert all(material_at(made.grid, (4, col)) == kind for col in range(2, 7))
    assert STANDARD[kind].name in made.text
    erased = stroke(tool.id, (4, 2), (4, 6), left=False, grid=made.grid, material=kind)
    assert all(material_at(erased.grid, (4, col)) == 0 for col in range(2, 7))
    assert erased.text.startswith("Erase")


def test_the_eraser_erases_terrain_and_its_right_button_draws_it():
    drawn = stroke("eraser", (1, 1), (1, 3), left=False, material=3)
    assert drawn.text == "Draw mud"
    assert [material_at(drawn.grid, (1, col)) for col in range(5)] == [0, 3, 3, 3, 0]
    erased = stroke("eraser", (1, 2), grid=drawn.grid, material=3)
    assert erased.text == "Erase"
    assert [material_at(erased.grid, (1, col)) for col in range(5)] == [0, 3, 0, 3, 0]


def test_fill_stops_where_another_kind_begins():
    water = stroke("rectangle-filled", (5, 0), (8, 3), material=4).grid
    filled = stroke("fill", (6, 1), material=2, grid=water).grid
    assert (filled.terrain[5:, :4] == np.where(filled.terrain[5:, :4] == 4, 4, 2)).all()
    assert (filled.terrain == 2).sum() == (water.terrain == 4).sum()


def test_fill_fills_and_its_right_button_frees():
    filled = stroke("fill", (1, 1)).grid
    assert not filled.free[1:4].any()
    assert not stroke("fill", (4, 4), left=False).grid.walls[4].any()


def test_the_brush_is_as_wide_as_it_says_and_shapes_that_fill_ignore_it():
    assert len(cells(stroke("pencil", (2, 2), brush=3).grid) - cells(GRID)) == 9
    filled = stroke("rectangle-filled", (1, 1), (2, 2), brush=5).grid
    assert len(cells(filled) - cells(GRID)) == 4


@given(drawn_with, inside, st.lists(anywhere, max_size=4), st.booleans(), st.integers(1, 5))
def test_drawing_leaves_markers_alone(tool, cell, moves, left, brush):
    made = stroke(tool.id, cell, *moves, left=left, brush=brush)
    assert (made.grid.goal, made.grid.starts) == (GRID.goal, GRID.starts)
    assert made.before is GRID


@given(inside, anywhere, st.sampled_from(["pencil", "line"]))
def test_shift_keeps_lines_straight(cell, end, tool):
    made = stroke(tool, cell, end, straight=True, grid=GridMap(np.zeros((SIDE, SIDE), bool)))
    away = np.abs(np.array(sorted(cells(made.grid))) - cell)
    assert (away == 0).all(axis=0).any() or (away[:, 0] == away[:, 1]).all()


def test_shift_turns_the_straight_part_of_a_stroke_until_it_is_let_go():
    made = stroke("pencil", (1, 1))
    made.move((1, 3))
    made.move((3, 3), straight=True)
    made.move((1, 7), straight=True)
    made.move((2, 7))
    assert cells(made.grid) - cells(GRID) == {(1, col) for col in range(1, 8)} | {(2, 7)}


def test_shift_makes_rectangles_square():
    drawn = cells(stroke("rectangle-filled", (1, 1), (3, 2), straight=True).grid) - cells(GRID)
    assert drawn == {(row, col) for row in (1, 2, 3) for col in (1, 2, 3)}


@given(st.sampled_from(markers(GRID)), st.lists(anywhere, min_size=1, max_size=6))
def test_a_dragged_marker_changes_nothing_on_its_way(marker, moves):
    home = marker_cell(GRID, marker)
    made = drag(StrokeStart(GRID, home, left=True, brush=1), marker)
    for move in moves:
        made.move(move)
    at = marker_cell(made.grid, marker)
    assert cells(made.grid) == cells(GRID) - {at}
    assert len({made.grid.goal, *made.grid.starts}) == 3
    made.move(home)
    assert made.grid is GRID


def test_a_marker_does_not_jump_to_where_the_mouse_took_hold():
    made = drag(StrokeStart(GRID, (1, 5), left=True, brush=1), Marker("goal", 0))
    assert made.move((1, 5)) is GRID
    assert made.move((3, 5)).goal == (2, 4)


def test_a_marker_over_another_stays_where_it_was():
    made = drag(StrokeStart(GRID, (8, 0), left=True, brush=1), Marker("start", 0))
    made.move((8, 7))
    made.move((8, 8))
    assert made.grid.starts == ((8, 7), (8, 8))


def test_the_goal_tool_places_drags_and_removes():
    assert stroke("goal", (2, 2)).grid == place_goal(GRID, (2, 2))
    dragged = stroke("goal", (4, 4), (6, 6)).grid
    assert dragged == place_goal(GRID, (6, 6))
    assert stroke("goal", (0, 4), left=False).grid.goal is None
    assert stroke("goal", (1, 1), left=False).grid is GRID


THREE = add_goal(add_goal(GRID, (2, 2)), (6, 6))


def test_shift_adds_a_goal_and_without_it_the_first_is_moved():
    press = StrokeStart(GRID, (2, 2), left=True, brush=1, adds=True)
    made = begin(tool_named("goal"), press)
    assert (made.text, made.grid.goals) == ("Add a goal", ((0, 4), (2, 2)))
    assert made.move((2, 3)).goals == ((0, 4), (2, 3))
    assert stroke("goal", (3, 3), grid=THREE).grid.goals == ((3, 3), (2, 2), (6, 6))


@pytest.mark.parametrize("number", range(3))
def test_any_goal_is_dragged_and_keeps_its_value(number):
    grid = set_goal_value(THREE, THREE.goals[number], 7)
    made = drag(StrokeStart(grid, grid.goals[number], left=True, brush=1), Marker("goal", number))
    assert made.text == "Move a goal"
    moved = made.move((7, 1))
    assert moved.goals[number] == (7, 1)
    assert moved.valued_goals[7, 1] == 7
    assert len(moved.goals) == 3


def test_the_right_button_removes_the_goal_under_the_mouse():
    made = stroke("goal", (2, 2), left=False, grid=THREE)
    assert made.grid.goals == ((0, 4), (6, 6))
    assert made.text == "Remove a goal"


def test_the_start_tool_adds_drags_and_removes():
    assert stroke("start", (4, 4), (6, 6)).grid == add_start(GRID, (6, 6))
    assert stroke("start", (8, 0), left=False).grid.starts == ((8, 8),)
    assert stroke("start", (1, 1), left=False).grid is GRID
    assert stroke("start", (0, 4)).grid is GRID


def test_a_stroke_that_leaves_the_map_goes_on_where_it_comes_back():
    made = stroke("pencil", (1, 7), (1, 12), (3, 12), (3, 7))
    assert cells(made.grid) - cells(GRID) == {(1, 7), (1, 8), (3, 7), (3, 8)}


def paths(made):
    return [shown.cells for shown in made.grid.demonstrations]


def test_a_demonstration_follows_the_mouse_by_the_moves_of_the_rule():
    made = stroke("demonstrate", (5, 2), (7, 4))
    assert paths(made) == [((5, 2), (6, 3), (7, 4))]
    assert made.text == "Add a demonstration"
    (path,) = paths(stroke("demonstrate", (5, 2), (7, 4), rule=FOUR))
    assert len(path) == 5


def test_a_demonstration_goes_round_the_wall_that_the_mouse_crosses():
    (path,) = paths(stroke("demonstrate", (3, 7), (5, 7)))
    assert path == ((3, 7), (4, 8), (5, 7))


def test_going_back_over_a_demonstration_takes_it_back():
    assert paths(stroke("demonstrate", (5, 2), (5, 6), (5, 4))) == [((5, 2), (5, 3), (5, 4))]
    assert stroke("demonstrate", (5, 2), (5, 6), (5, 2)).grid is GRID


@pytest.mark.parametrize("cells", [[(5, 2)], [(5, 2), (5, 2)], [(4, 3), (5, 3), (6, 3)]])
def test_a_click_or_a_press_on_a_wall_adds_no_demonstration(cells):
    assert stroke("demonstrate", *cells).grid is GRID


def test_the_right_button_removes_the_last_demonstration_with_an_end_there():
    grid = stroke("demonstrate", (5, 2), (5, 4)).grid
    grid = stroke("demonstrate", (5, 4), (5, 6), grid=grid).grid
    assert stroke("demonstrate", (5, 3), left=False, grid=grid).grid is grid
    removed = stroke("demonstrate", (5, 4), left=False, grid=grid)
    assert removed.text == "Remove a demonstration"
    assert paths(removed) == [((5, 2), (5, 3), (5, 4))]
    assert not paths(stroke("demonstrate", (5, 2), left=False, grid=removed.grid))


def test_a_demonstration_stops_growing_where_the_map_holds_as_many_cells_as_it_may(monkeypatch):
    monkeypatch.setattr(strokes, "MAX_DEMONSTRATED_CELLS", 6)
    full = stroke("demonstrate", (5, 2), (5, 8))
    assert [len(path) for path in paths(full)] == [6]
    more = stroke("demonstrate", (7, 2), (7, 8), grid=full.grid)
    assert paths(more) == paths(full)
