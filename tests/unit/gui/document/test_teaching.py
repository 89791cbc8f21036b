"""Which demonstrations are selected, and edits of them."""

from dataclasses import replace

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.grid import Demonstration, GridMap
from vingui.core.moves import EIGHT, FOUR
from vingui.gui.document.document import Document
from vingui.gui.document.teaching import Teaching
from vingui.gui.settings import TOOL, Settings

WALLS = np.zeros((5, 5), bool)
PATHS = tuple(Demonstration(((row, 0), (row, 1))) for row in range(4))
GRID = GridMap(WALLS, ((4, 4),), demonstrations=PATHS)


@pytest.fixture
def document(qapp):
    return Document(GRID)


@pytest.fixture
def rules():
    return [EIGHT]


@pytest.fixture
def teaching(document, rules):
    return Teaching(document, Settings(given={}), lambda: rules[-1])


def history(document):
    return [document.undo_stack.text(index) for index in range(document.undo_stack.count())]


def test_numbers_that_are_no_demonstrations_are_not_selected(teaching, qtbot):
    with qtbot.waitSignal(teaching.selection_changed):
        teaching.select([3, 1, 7, -1, 1])
    assert teaching.selected == (1, 3)
    with qtbot.assertNotEmitted(teaching.selection_changed):
        teaching.select([1, 3])


def test_the_selected_ones_are_removed_as_one_edit(teaching, document):
    teaching.select([1, 3])
    teaching.remove_selected()
    assert document.grid.demonstrations == (PATHS[0], PATHS[2])
    assert teaching.selected == ()
    teaching.remove_selected()
    teaching.remove_all()
    assert document.grid.demonstrations == ()
    assert history(document) == ["Remove 2 demonstrations", "Remove all demonstrations"]


def test_the_selection_keeps_to_the_same_paths_when_the_map_changes(teaching, document):
    teaching.select([0, 2])
    walls = WALLS.copy()
    walls[0, 1] = True
    document.apply("Draw", replace(GRID, walls=walls))
    assert teaching.selected == (0, 2)
    teaching.add((PATHS[1],))
    assert teaching.selected == (0, 2)
    document.apply("Remove", GRID.with_demonstrations((PATHS[0], PATHS[3], PATHS[2])))
    assert teaching.selected == (0, 2)
    document.apply("Remove", GRID.with_demonstrations(PATHS[1:]))
    assert teaching.selected == ()


def test_demonstrations_are_added_as_one_edit_that_fits_the_map(teaching, document):
    teaching.add(PATHS[:2])
    assert document.grid.demonstrations == PATHS + PATHS[:2]
    with pytest.raises(VinguiError, match="leaves the 5x5 map"):
        teaching.add((Demonstration(((4, 4), (4, 5))),))
    assert history(document) == ["Add 2 demonstrations"]


def test_the_table_is_made_again_only_for_what_it_depends_on(teaching, document, rules):
    table = teaching.table
    document.apply("Place the goal", GRID.with_goal((4, 0)))
    assert teaching.table is table
    rules.append(FOUR)
    assert teaching.table is not table
    table = teaching.table
    walls = WALLS.copy()
    walls[1, 1] = True
    document.apply("Draw", replace(document.grid, walls=walls))
    assert teaching.table.blocked.tolist() == [False, True, False, False]


def test_the_tool_wants_its_panel(qapp, document, qtbot):
    settings = Settings(given={})
    teaching = Teaching(document, settings, lambda: EIGHT)
    with qtbot.waitSignal(teaching.panel_wanted) as wanted:
        settings.set(TOOL, "demonstrate")
    assert wanted.args == ["teach"]
    with qtbot.assertNotEmitted(teaching.panel_wanted):
        settings.set(TOOL, "pencil")
