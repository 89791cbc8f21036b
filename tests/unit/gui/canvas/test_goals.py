"""Several goals in the views: placed, dragged, valued and removed with the mouse and keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from vingui.core.grid import GridMap
from vingui.core.map_edits import set_goal_value
from vingui.gui.canvas.goal_value import GoalValuePopup
from vingui.gui.canvas.map_view import MapView
from vingui.gui.canvas.thumbnail import thumbnail
from vingui.gui.look.theme import LIGHT
from vingui.gui.settings import TOOL

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key
FIRST, SECOND = (1, 8), (8, 3)
GRID = GridMap(np.zeros((12, 16), bool), (FIRST, SECOND), ((10, 13),))


@pytest.fixture
def view(qtbot, session_of):
    made = MapView(session_of(GRID))
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def at(view, cell):
    return view.position_of(cell).toPoint()


def click(view, cell, button=LEFT, modifiers=NONE):
    QTest.mouseClick(view.viewport(), button, modifiers, at(view, cell))


def popup(view):
    """The open field for a goal's value, if any."""
    return view.findChild(GoalValuePopup)


def type_value(view, text, key):
    field = popup(view).findChild(object, "value")
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)


def test_the_goal_tool_adds_with_shift_and_removes_with_the_right_button(view):
    document = view.document
    view.session.settings.set(TOOL, "goal")
    click(view, (5, 5), modifiers=SHIFT)
    assert document.grid.goals == (FIRST, SECOND, (5, 5))
    assert document.undo_stack.undoText() == "Add a goal"
    click(view, (3, 3))
    assert document.grid.goals == ((3, 3), SECOND, (5, 5))
    click(view, SECOND, RIGHT)
    assert document.grid.goals == ((3, 3), (5, 5))
    for _ in range(3):
        document.undo_stack.undo()
    assert document.grid == GRID


def test_the_second_goal_is_dragged_with_any_tool(view):
    QTest.mousePress(view.viewport(), LEFT, NONE, at(view, SECOND))
    QTest.mouseMove(view.viewport(), at(view, (4, 4)))
    QTest.mouseRelease(view.viewport(), LEFT, NONE, at(view, (4, 4)))
    assert view.document.grid.goals == (FIRST, (4, 4))


def test_keys_add_and_remove_goals(view):
    view.session.set_cursor((6, 6))
    view.add_goal()
    assert view.document.grid.goals == (FIRST, SECOND, (6, 6))
    view.session.set_cursor(SECOND)
    QTest.keyClick(view, Key.Key_Delete)
    assert view.document.grid.goals == (FIRST, (6, 6))
    assert view.document.undo_stack.undoText() == "Remove a goal"


def test_a_double_click_on_a_goal_changes_its_value_as_one_edit(view, qtbot):
    QTest.mouseDClick(view.viewport(), LEFT, NONE, at(view, SECOND))
    type_value(view, "-12.5", Key.Key_Return)
    qtbot.waitUntil(lambda: popup(view) is None)
    assert view.document.grid.valued_goals == {FIRST: 0, SECOND: -12.5}
    assert view.document.undo_stack.count() == 1
    assert view.document.undo_stack.undoText() == "Change the value of a goal"
    view.document.undo_stack.undo()
    assert view.document.grid == GRID


def test_escape_restores_the_value(view, qtbot):
    view.session.set_cursor(SECOND)
    view.change_goal_value()
    type_value(view, "7", Key.Key_Escape)
    qtbot.waitUntil(lambda: popup(view) is None)
    assert view.document.grid == GRID
    assert view.document.undo_stack.count() == 0


def test_values_show_beside_goals_unless_they_are_0(view):
    def marked():
        """Pixels in the goal's colour to the right of the second goal's marker."""
        place, scale = at(view, SECOND), view.camera.scale
        area = (
            view.grab()
            .toImage()
            .copy(place.x() + round(0.45 * scale), place.y() - 10, round(1.2 * scale), 20)
        )
        points = (QPoint(x, y) for x in range(area.width()) for y in range(area.height()))
        return sum(area.pixelColor(point).name() == LIGHT.goal for point in points)

    assert not marked()
    view.document.apply("Change", set_goal_value(GRID, SECOND, 3))
    QApplication.processEvents()
    assert marked() > 10


def test_all_goals_are_on_thumbnails():
    image = thumbnail(GRID, LIGHT, QSize(320, 240))
    cell = image.width() / GRID.cols
    for row, col in GRID.goals:
        pixel = image.pixelColor(int((col + 0.5) * cell), int((row + 0.5) * cell))
        assert pixel.name() == LIGHT.goal
