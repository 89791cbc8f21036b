"""The document: strokes, history and what counts as modified."""

import random
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core import map_edits, map_sizes
from vingui.core.frame import MapFrame
from vingui.core.grid import Demonstration, GridMap
from vingui.gui.document.document import Document
from vingui.gui.document.set_position import SetMember

EMPTY = GridMap(np.zeros((6, 8), bool), ((0, 0),), ((5, 7),))


@pytest.fixture
def document(qapp):
    return Document(EMPTY)


@pytest.fixture
def changes(document):
    seen = []
    document.changed.connect(lambda: seen.append(document.grid))
    return seen


def walled(grid, *cells):
    return map_edits.paint(grid, cells, material=map_edits.WALL)


def test_a_new_document_is_empty_untitled_and_not_modified(qapp):
    document = Document()
    assert (document.grid.rows, document.grid.cols) == (28, 28)
    assert (document.path, document.title, document.about) == (None, "Untitled", "")
    assert not document.modified
    assert not document.in_stroke


def test_a_stroke_is_one_step_and_every_preview_is_shown(document, changes):
    document.begin("Draw walls")
    assert document.in_stroke
    one = walled(EMPTY, (1, 1))
    two = walled(one, (1, 2))
    document.preview(one)
    document.preview(two)
    assert changes == [one, two]
    assert document.modified
    document.commit()
    assert changes == [one, two]
    assert document.grid is two
    assert not document.in_stroke
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Draw walls"
    document.undo_stack.undo()
    assert document.grid == EMPTY
    assert changes[2:] == [EMPTY]
    document.undo_stack.redo()
    assert document.grid == two


def test_a_stroke_without_change_is_no_step(document):
    document.begin("Draw walls")
    document.commit()
    document.begin("Draw walls")
    document.preview(walled(EMPTY, (1, 1)))
    document.preview(EMPTY)
    document.commit()
    document.apply("Clear walls", map_edits.clear(document.grid))
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_abandon_goes_back_to_the_map_before_the_stroke(document, changes):
    document.begin("Draw walls")
    document.preview(walled(EMPTY, (1, 1)))
    document.abandon()
    assert document.grid is EMPTY
    assert changes[-1] is EMPTY
    assert not document.in_stroke
    assert not document.modified
    assert document.undo_stack.count() == 0


def test_without_a_stroke_commit_and_abandon_do_nothing(document, changes):
    document.commit()
    document.abandon()
    assert changes == []


def test_a_stroke_within_a_stroke_and_a_preview_without_one_are_bugs(document):
    with pytest.raises(RuntimeError, match="preview without one"):
        document.preview(EMPTY)
    document.begin("Draw walls")
    with pytest.raises(RuntimeError, match="Draw walls"):
        document.begin("Erase walls")


def test_apply_in_a_stroke_makes_two_steps(document):
    document.begin("Draw walls")
    drawn = walled(EMPTY, (1, 1))
    document.preview(drawn)
    document.apply("Invert walls", map_edits.invert(drawn))
    assert not document.in_stroke
    assert [document.undo_stack.text(index) for index in range(2)] == ["Draw walls", "Invert walls"]
    document.undo_stack.undo()
    assert document.grid == drawn
    document.undo_stack.undo()
    assert document.grid == EMPTY


def test_undo_in_a_stroke_undoes_the_stroke(document):
    first = walled(EMPTY, (3, 3))
    document.apply("Draw walls", first)
    document.begin("Line")
    second = walled(first, (1, 1))
    document.preview(second)
    document.undo_stack.undo()
    assert document.grid == first
    assert not document.in_stroke
    document.undo_stack.redo()
    assert document.grid == second


def test_redo_in_a_stroke_keeps_the_stroke(document):
    document.apply("Draw walls", walled(EMPTY, (3, 3)))
    document.undo_stack.undo()
    document.begin("Line")
    drawn = walled(EMPTY, (1, 1))
    document.preview(drawn)
    document.undo_stack.redo()
    assert document.grid == drawn
    assert not document.undo_stack.canRedo()


def test_qts_own_undo_action_gives_up_a_stroke(document):
    document.apply("Draw walls", walled(EMPTY, (3, 3)))
    action = document.undo_stack.createUndoAction(document)
    document.begin("Line")
    document.preview(walled(document.grid, (1, 1)))
    action.trigger()
    assert document.grid == EMPTY
    assert not document.in_stroke


def test_markers_and_sizes_come_back_with_undo(document):
    steps = [
        map_edits.place_goal(EMPTY, (2, 2)),
        map_edits.add_start(EMPTY, (4, 4)),
        map_sizes.resize(map_edits.border(EMPTY), 3, 30, material=map_edits.WALL),
        EMPTY.with_goal(None).with_starts(()),
        map_edits.invert(EMPTY),
    ]
    for number, grid in enumerate(steps):
        document.apply(f"Step {number}", grid)
    for grid in (*reversed(steps[:-1]), EMPTY):
        document.undo_stack.undo()
        assert document.grid == grid
    for grid in steps:
        document.undo_stack.redo()
        assert document.grid == grid


def test_the_place_in_metres_comes_back_with_undo(qapp):
    grid = GridMap(EMPTY.walls, ((2, 2),), (), MapFrame(0.05, (1.0, 2.0, 0.1)))
    document = Document(grid)
    cropped = map_sizes.crop(grid, 1, 2, 5, 8)
    document.apply("Crop", cropped)
    document.undo_stack.undo()
    assert document.grid.frame == grid.frame
    document.undo_stack.redo()
    assert document.grid.frame == cropped.frame != grid.frame


def test_modified_follows_the_history(document):
    states = []
    document.state_changed.connect(lambda: states.append(document.modified))
    document.apply("Draw walls", walled(EMPTY, (1, 1)))
    assert states[-1]
    document.undo_stack.undo()
    assert not states[-1]
    document.undo_stack.redo()
    document.saved(Path("/maps/maze.json"))
    assert not states[-1]
    assert document.title == "maze.json"
    document.undo_stack.undo()
    assert states[-1]


def test_what_is_drawn_while_it_is_saved_stays_modified(document):
    written = walled(EMPTY, (1, 1))
    document.apply("Draw walls", written)
    document.apply("Draw walls", walled(written, (2, 2)))
    document.saved(Path("maze.json"), written)
    assert document.path == Path("maze.json")
    assert document.modified
    document.saved(Path("maze.json"), document.grid)
    assert not document.modified


def test_a_map_saved_during_a_stroke_is_not_modified_once_the_stroke_is_abandoned(document):
    written = walled(EMPTY, (1, 1))
    document.apply("Draw walls", written)
    document.begin("Line")
    document.preview(walled(written, (2, 2)))
    document.saved(Path("maze.json"), written)
    assert document.modified
    document.abandon()
    assert not document.modified


def test_a_map_of_a_set_is_one_also_when_it_is_drawn_on_and_saved(document):
    member = SetMember(Path("mazes.npz"), 3, "test", 20, "abc")
    document.replace(EMPTY, member=member)
    document.apply("Draw walls", walled(EMPTY, (1, 1)))
    document.saved(Path("maze.json"))
    assert document.member == member
    document.replace(EMPTY)
    assert document.member is None


@pytest.mark.parametrize("modified", [False, True])
@pytest.mark.parametrize("drawn", [False, True])
def test_another_document_has_no_history(document, changes, modified, drawn):
    if drawn:
        document.apply("Draw walls", walled(EMPTY, (1, 1)))
        document.begin("Line")
        document.preview(walled(EMPTY, (2, 2)))
    other = GridMap(np.zeros((3, 3), bool))
    document.replace(other, title="Spiral", about="Winds inwards", modified=modified)
    assert document.grid is other
    assert changes[-1] is other
    assert (document.path, document.title, document.about) == (None, "Spiral", "Winds inwards")
    assert document.modified == modified
    assert document.undo_stack.count() == 0
    assert not document.in_stroke
    document.saved(Path("spiral.json"))
    assert not document.modified


def test_a_recovered_document_stays_modified_through_undo(document):
    document.replace(EMPTY, path=Path("maze.json"), modified=True)
    document.apply("Draw walls", walled(EMPTY, (1, 1)))
    document.undo_stack.undo()
    assert document.modified
    assert document.title == "maze.json"


SHOWN = Demonstration(((0, 0), (1, 1)))


def _uneven(grid):
    return np.sin(np.arange(grid.walls.size, dtype=np.float32)).reshape(grid.walls.shape) - 0.5


EDITS = st.sampled_from(
    [
        map_edits.invert,
        map_edits.clear,
        map_edits.border,
        lambda grid: map_sizes.crop(grid, *map_sizes.content_bounds(grid)),
        lambda grid: map_sizes.resize(grid, grid.rows + 1, max(grid.cols - 1, 2), anchor_col=1),
        lambda grid: map_edits.place_goal(grid, (1, 1)),
        lambda grid: map_edits.add_start(grid, (0, 1)),
        lambda grid: map_edits.toggle(grid, (1, 0), material=map_edits.WALL),
        lambda grid: grid.with_demonstrations((*grid.demonstrations, SHOWN)),
        lambda grid: grid.with_demonstrations(grid.demonstrations[1:]),
        lambda grid: replace(grid, elevation=None),
        lambda grid: replace(grid, elevation=np.zeros(grid.walls.shape, np.float32)),
        lambda grid: replace(grid, elevation=_uneven(grid)),
    ]
)


@settings(max_examples=60)
@given(moves=st.lists(EDITS | st.sampled_from(["undo", "redo", "save"]), max_size=30))
def test_the_history_is_a_list_of_maps_and_a_place_in_it(qapp, moves):
    document = Document(EMPTY)
    maps, place, clean = [EMPTY], 0, 0
    for move in moves:
        if move == "undo":
            document.undo_stack.undo()
            place = max(place - 1, 0)
        elif move == "redo":
            document.undo_stack.redo()
            place = min(place + 1, len(maps) - 1)
        elif move == "save":
            document.saved(Path("a.json"))
            clean = place
        else:
            grid = move(document.grid)
            if grid != document.grid:
                clean = clean if clean <= place else -1
                maps, place = [*maps[: place + 1], grid], place + 1
            document.apply("Edit", grid)
        assert document.grid == maps[place]
        assert document.modified == (place != clean)


def test_an_edit_of_one_height_is_kept_in_little_memory(qapp):
    heights = np.random.default_rng(1).normal(0, 1000, (512, 512)).astype(np.float32)
    grid = GridMap(np.zeros((512, 512), bool), elevation=heights)
    document = Document(grid)
    tracemalloc.start()
    try:
        for number in range(20):
            document.apply("Draw walls", walled(document.grid, (number, number)))
        heights[5, 5] = -3
        document.apply("Raise", replace(document.grid, elevation=heights))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The new map itself, with its walls and heights, is 1.3 MB.
    assert taken < 1.5e6
    document.undo_stack.undo()
    assert np.array_equal(document.grid.elevation, grid.elevation)
    document.undo_stack.redo()
    assert np.array_equal(document.grid.elevation, heights)


@pytest.mark.slow
def test_two_thousand_strokes_take_little_memory(qapp):
    dice = random.Random(1)  # noqa: S311
    first = GridMap(np.random.default_rng(1).random((512, 512)) < 0.3)
    document = Document(first)
    tracemalloc.start()
    try:
        for _ in range(2000):
            document.begin("Draw walls")
            at = dice.randrange(512), dice.randrange(512)
            for _ in range(3):
                to = at[0] + dice.randint(-25, 25), at[1] + dice.randint(-25, 25)
                cells = map_edits.line_cells(at, to)
                wall, brush = dice.random() < 0.5, dice.randint(1, 9)
                document.preview(
                    map_edits.paint(
                        document.grid, cells, material=map_edits.WALL if wall else 0, brush=brush
                    )
                )
                at = to
            document.commit()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 20e6
    last = document.grid
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert document.grid == first
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    assert document.grid == last
