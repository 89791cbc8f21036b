"""Demonstrations in the map view: drawn with the mouse, and painted."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from vingui.core.grid import Demonstration, GridMap
from vingui.core.moves import FOUR
from vingui.gui.canvas.items.demonstrations import Demonstrations
from vingui.gui.canvas.map_view import MapView
from vingui.gui.document.tools import DEMONSTRATE
from vingui.gui.look.theme import DARK, LIGHT
from vingui.gui.settings import SHOW_DEMONSTRATIONS, SHOW_GRID, TOOL

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Key = Qt.Key
PLAIN = Qt.KeyboardModifier.NoModifier
SIDE = 12
WALLS = np.zeros((SIDE, SIDE), bool)
WALLS[6, 2:10] = True
ACROSS = Demonstration(tuple((2, col) for col in range(2, 10)))
DOWN = Demonstration(tuple((row, 11) for row in range(1, 10)))
BLOCKED = Demonstration(tuple((row, 4) for row in range(4, 9)))
GRID = GridMap(WALLS, ((11, 0),), ((0, 0),))
TAUGHT = GRID.with_demonstrations((ACROSS, DOWN, BLOCKED))


@pytest.fixture
def view(qtbot, session_of):
    session = session_of(GRID)
    session.settings.set(SHOW_GRID, False)
    session.settings.set(TOOL, DEMONSTRATE)
    made = MapView(session)
    qtbot.addWidget(made)
    made.resize(480, 480)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def at(view, cell):
    return view.position_of(cell).toPoint()


def press(view, cell, button=LEFT):
    QTest.mousePress(view.viewport(), button, PLAIN, at(view, cell))


def move(view, *cells):
    for cell in cells:
        QTest.mouseMove(view.viewport(), at(view, cell))


def release(view, cell, button=LEFT):
    QTest.mouseRelease(view.viewport(), button, PLAIN, at(view, cell))


def drag(view, *cells, button=LEFT):
    press(view, cells[0], button)
    move(view, *cells[1:])
    release(view, cells[-1], button)


def paths(view):
    return [shown.cells for shown in view.document.grid.demonstrations]


def pixels(view):
    """What is painted, `(height, width, 3)`."""
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    QWidget.render(view, painter, QPoint(0, 0), QRegion(view.rect()))
    painter.end()
    words = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return words[..., 2::-1].astype(int)


def rgb(colour):
    return np.array(QColor(colour).getRgb()[:3])


def along(view, first, last):
    """The pixels on the line between the middles of two cells."""
    picture = pixels(view)
    (x, y), (end_x, end_y) = (
        (view.position_of(cell).x(), view.position_of(cell).y()) for cell in (first, last)
    )
    count = int(max(abs(end_x - x), abs(end_y - y)))
    xs, ys = np.linspace(x, end_x, count), np.linspace(y, end_y, count)
    return picture[ys.astype(int), xs.astype(int)]


def share(found, colour):
    return (np.abs(found - rgb(colour)).max(axis=-1) <= 2).mean()


def history(view):
    stack = view.document.undo_stack
    return [stack.text(index) for index in range(stack.count())]


# Drawing.


def test_a_drag_is_one_step_and_goes_round_walls(view):
    drag(view, (4, 5), (5, 5), (7, 5), (8, 5))
    (path,) = paths(view)
    assert (path[0], path[-1]) == ((4, 5), (8, 5))
    assert not any(WALLS[cell] for cell in path)
    assert history(view) == ["Add a demonstration"]


def test_the_path_obeys_the_rule_of_the_model(view, monkeypatch):
    monkeypatch.setattr(type(view.session), "rule", FOUR)
    drag(view, (1, 1), (3, 3))
    assert len(paths(view)[0]) == 5


def test_escape_abandons_it_and_a_click_adds_nothing(view):
    press(view, (4, 5))
    move(view, (4, 8))
    assert len(paths(view)) == 1
    QTest.keyClick(view, Qt.Key.Key_Escape)
    release(view, (4, 8))
    drag(view, (4, 5))
    assert paths(view) == []
    assert history(view) == []


def keys(view, *pressed):
    for key in pressed:
        QTest.keyClick(view, key)


def test_without_a_mouse_a_path_follows_the_cell_cursor_from_one_space_to_the_next(view):
    view.session.set_cursor((4, 5))
    keys(view, Key.Key_Space, Key.Key_Right, Key.Key_Right, Key.Key_Down)
    assert paths(view) == [((4, 5), (4, 6), (4, 7), (5, 7))]
    keys(view, Key.Key_Up, Key.Key_Space, Key.Key_Right)
    assert paths(view) == [((4, 5), (4, 6), (4, 7))]
    assert history(view) == ["Add a demonstration"]
    keys(view, Key.Key_Space, Key.Key_Right, Key.Key_Escape, Key.Key_Right)
    assert len(paths(view)) == 1
    keys(view, Key.Key_Space, Key.Key_Down)
    view.session.settings.set(TOOL, "pencil")
    keys(view, Key.Key_Space)
    view.session.settings.set(TOOL, DEMONSTRATE)
    assert not view.drawing
    assert paths(view)[1:] == [((4, 10), (5, 10))]
    view.document.undo_stack.undo()
    view.session.set_cursor((4, 10))
    keys(view, Key.Key_Space, Key.Key_Right)
    move(view, (1, 1), (1, 2))
    assert not view.drawing
    assert paths(view)[1:] == [((4, 10), (4, 11))]


def test_it_may_begin_at_a_start_and_end_at_the_goal(view):
    drag(view, (0, 0), (5, 0), (11, 0))
    assert paths(view) == [tuple((row, 0) for row in range(12))]
    assert view.document.grid.goals == GRID.goals
    assert view.document.grid.starts == GRID.starts


def test_a_click_on_a_path_selects_it_and_one_elsewhere_nothing(view):
    view.document.apply("Add", TAUGHT)
    drag(view, (2, 6))
    assert view.session.teaching.selected == (0,)
    drag(view, (5, 11))
    assert view.session.teaching.selected == (1,)
    drag(view, (9, 7))
    assert view.session.teaching.selected == ()
    assert history(view) == ["Add"]


def test_the_delete_key_removes_what_is_selected(view):
    view.document.apply("Add", TAUGHT)
    drag(view, (2, 6))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert paths(view) == [DOWN.cells, BLOCKED.cells]
    assert view.document.grid.starts == GRID.starts


def test_the_right_button_removes_a_path_near_one_of_its_ends(view):
    view.document.apply("Add", TAUGHT)
    drag(view, (2, 6), button=RIGHT)
    assert len(paths(view)) == 3
    view.session.camera.zoom(0.15, row=6.0, col=6.0)
    near = view.position_of((2, 9)).toPoint() + QPoint(4, -3)
    QTest.mouseClick(view.viewport(), RIGHT, PLAIN, near)
    assert paths(view) == [DOWN.cells, BLOCKED.cells]
    assert history(view)[-1] == "Remove a demonstration"


# Painting.


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_paths_are_painted_in_their_colour_and_blocked_ones_dashed(view, look):
    view.session.theme.choose(look.name)
    view.document.apply("Add", TAUGHT)
    assert share(along(view, (2, 3), (2, 8)), look.demonstration) == 1
    dashes = along(view, (4, 4), (8, 4))
    assert 0.3 < share(dashes, look.warning) < 0.8
    assert share(dashes, look.wall) > 0.05


def test_what_is_selected_has_another_edge(view):
    view.document.apply("Add", TAUGHT)
    assert not share(pixels(view), LIGHT.accent)
    view.session.teaching.select([0])
    found = along(view, (1, 5), (3, 5))
    assert share(found, LIGHT.accent) > 0
    assert not share(found, LIGHT.demonstration_edge)


def test_paths_are_shown_while_the_tool_or_the_panel_is_used_unless_switched_off(view):
    settings, teaching = view.session.settings, view.session.teaching
    view.document.apply("Add", TAUGHT)

    def shown():
        return share(along(view, (2, 3), (2, 8)), LIGHT.demonstration) == 1

    assert shown()
    settings.set(TOOL, "pencil")
    assert not shown()
    teaching.set_panel_visible(True)
    assert shown()
    settings.set(SHOW_DEMONSTRATIONS, False)
    assert not shown()
    settings.set(SHOW_DEMONSTRATIONS, True)
    teaching.set_panel_visible(False)
    assert not shown()


def painted_from_nothing(view, qtbot):
    other = MapView(view.session)
    qtbot.addWidget(other)
    other.resize(view.size())
    return pixels(other)


def test_kept_pictures_are_those_that_are_painted_from_nothing(view, qtbot):
    session, teaching = view.session, view.session.teaching
    walls = WALLS.copy()
    walls[2, 5] = True
    for change in (
        lambda: view.document.apply("Add", TAUGHT),
        lambda: teaching.select([0, 2]),
        lambda: view.document.apply("Draw", replace(TAUGHT, walls=walls)),
        lambda: session.camera.zoom(1.7, row=2.0, col=3.0),
        lambda: session.camera.pan(rows=0.3, cols=0.7),
        lambda: session.theme.choose("dark"),
        lambda: view.resize(400, 300),
        lambda: drag(view, (4, 5), (4, 8)),
        lambda: view.document.apply("Remove", GRID.with_demonstrations((DOWN, ACROSS))),
        lambda: session.theme.choose("light"),
        lambda: view.document.apply("Remove", GRID),
    ):
        change()
        view.grab()
        assert (pixels(view) == painted_from_nothing(view, qtbot)).all()


def test_the_paths_before_the_last_are_painted_once_while_it_grows(view, monkeypatch):
    view.document.apply("Add", TAUGHT)
    painted = []
    paint = Demonstrations._paint_paths

    def count(item, painter, table, numbers):
        painted.append(int(numbers.sum()))
        paint(item, painter, table, numbers)

    monkeypatch.setattr(Demonstrations, "_paint_paths", count)
    press(view, (9, 1))
    for col in range(2, 8):
        move(view, (9, col))
        view.grab()
    release(view, (9, 7))
    assert painted.count(3) == 1
    assert set(painted) == {1, 3}
