"""The Teach panel: lists demonstrations, selects, removes and adds them."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel

from vingui.core import demonstrations as core
from vingui.core import grid
from vingui.core.errors import VinguiError
from vingui.core.grid import Demonstration, GridMap
from vingui.gui.docks.teach import TeachPanel
from vingui.gui.docks.teach_model import COST, FROM, NUMBER, STEPS, TO
from vingui.gui.settings import TEACH_JOURNEYS

LEFT = Qt.MouseButton.LeftButton
TERRAIN = np.zeros((6, 8), np.uint8)
TERRAIN[2] = 3
PATHS = (
    Demonstration(((0, 0), (0, 1), (0, 2))),
    Demonstration(((1, 4), (2, 5))),
    Demonstration(((5, 7), (5, 6))),
)
GRID = GridMap(np.zeros((6, 8), bool), ((0, 7),), terrain=TERRAIN)
TAUGHT = GRID.with_demonstrations(PATHS)


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.notices = []
    made.message.connect(lambda text, *_: made.notices.append(text))
    return made


@pytest.fixture
def panel(qtbot, session):
    made = TeachPanel(session)
    made.tester = QAbstractItemModelTester(
        made.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    qtbot.addWidget(made)
    made.resize(280, 420)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def taught(panel, session, qtbot):
    """The panel, with three demonstrations in it."""
    session.document.apply("Add", TAUGHT)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    return panel


def cells(panel, column):
    model = panel.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def click(panel, row, keys=Qt.KeyboardModifier.NoModifier):
    place = panel.view.visualRect(panel.model.index(row, TO)).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, keys, place)


def selected_rows(panel):
    return sorted(index.row() for index in panel.view.selectionModel().selectedRows())


def test_what_to_do_is_said_while_there_is_none(panel, session, qtbot):
    hint = panel.findChild(QLabel, "teach-empty")
    assert hint.isVisible()
    assert "Press O" in hint.text()
    assert not panel.remove.isEnabled()
    assert not panel.remove_all.isEnabled()
    session.document.apply("Add", TAUGHT)
    qtbot.waitUntil(panel.view.isVisible)
    assert not hint.isVisible()


def test_a_row_a_demonstration(taught):
    assert cells(taught, NUMBER) == ["1", "2", "3"]
    assert cells(taught, FROM) == ["0, 0", "1, 4", "5, 7"]
    assert cells(taught, TO) == ["0, 2", "2, 5", "5, 6"]
    assert cells(taught, STEPS) == ["2", "1", "1"]
    assert cells(taught, COST) == ["2.0", "7.1", "1.0"]
    assert taught.summary.text() == "3 demonstrations"


def test_the_steps_are_hidden_where_there_is_no_room_for_them(taught):
    assert not taught.view.isColumnHidden(STEPS)
    taught.resize(taught.minimumSizeHint().width(), 420)
    taught.view.setFixedWidth(120)
    assert taught.view.isColumnHidden(STEPS)
    taught.view.setFixedWidth(400)
    assert not taught.view.isColumnHidden(STEPS)


def test_a_blocked_one_is_marked_with_its_reason(taught, session, qtbot):
    walls = GRID.walls.copy()
    walls[0, 1] = True
    session.document.apply("Draw", replace(TAUGHT, walls=walls))
    qtbot.waitUntil(lambda: cells(taught, COST) == ["blocked", "7.1", "1.0"])
    first = taught.model.index(0, COST)
    assert not first.data(Qt.ItemDataRole.DecorationRole).isNull()
    assert taught.model.index(1, COST).data(Qt.ItemDataRole.DecorationRole) is None
    tip = first.data(Qt.ItemDataRole.ToolTipRole)
    assert "wall at row 0, col 1" in tip
    assert tip == first.data(Qt.ItemDataRole.AccessibleTextRole)
    assert taught.summary.text() == "3 demonstrations; 1 blocked, which learning leaves out"


def test_rows_are_selected_on_the_map_and_the_other_way_round(taught, session):
    click(taught, 1)
    assert session.teaching.selected == (1,)
    click(taught, 2, Qt.KeyboardModifier.ControlModifier)
    assert session.teaching.selected == (1, 2)
    session.teaching.select([0])
    assert selected_rows(taught) == [0]
    below = QPoint(5, taught.view.viewport().height() - 3)
    QTest.mouseClick(taught.view.viewport(), LEFT, pos=below)
    assert session.teaching.selected == ()
    assert not taught.remove.isEnabled()


@pytest.mark.parametrize("by_key", [True, False], ids=["key", "button"])
def test_the_selected_ones_are_removed(taught, session, qtbot, by_key):
    click(taught, 0)
    click(taught, 2, Qt.KeyboardModifier.ControlModifier)
    if by_key:
        QTest.keyClick(taught.view, Qt.Key.Key_Delete)
    else:
        QTest.mouseClick(taught.remove, LEFT)
    assert session.document.grid.demonstrations == PATHS[1:2]
    qtbot.waitUntil(lambda: cells(taught, FROM) == ["1, 4"])
    assert selected_rows(taught) == []
    assert session.teaching.selected == ()


def test_all_are_removed(taught, session, qtbot):
    QTest.mouseClick(taught.remove_all, LEFT)
    assert session.document.grid.demonstrations == ()
    qtbot.waitUntil(lambda: not taught.view.isVisible())


def add(panel, count):
    panel.count.setValue(count)
    QTest.mouseClick(panel.add, LEFT)


def test_random_journeys_are_added_and_their_number_is_remembered(panel, session, qtbot):
    assert panel.count.value() == 10
    add(panel, 4)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 4)
    stack = session.document.undo_stack
    assert [stack.text(0), stack.count()] == ["Add 4 demonstrations", 1]
    assert not session.teaching.table.blocked.any()
    assert session.settings.get(TEACH_JOURNEYS) == 4
    assert TeachPanel(session).count.value() == 4


def test_after_their_number_was_typed_undo_undoes_them(panel, session, qtbot):
    panel.count.setFocus()
    panel.count.selectAll()
    QTest.keyClicks(panel.count, "3")
    QTest.mouseClick(panel.add, LEFT)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    qtbot.waitUntil(panel.view.hasFocus)


def test_while_journeys_are_looked_for_the_window_stays_usable(panel, session, qtbot, monkeypatch):
    going_on, thread = threading.Event(), []

    def find(grid, count, rule, rng):
        thread.append(threading.current_thread())
        going_on.wait(60)
        return PATHS[:count]

    monkeypatch.setattr(core, "random_demonstrations", find)
    add(panel, 2)
    assert not panel.add.isEnabled()
    assert panel.summary.text() == "Looking for journeys..."
    session.document.apply("Move", TAUGHT.with_goal(None).with_goal((0, 7)))
    going_on.set()
    qtbot.waitUntil(panel.add.isEnabled)
    assert session.document.grid.demonstrations == PATHS + PATHS[:2]
    assert thread != [threading.current_thread()]


@pytest.mark.parametrize("count", [1, 3])
def test_journeys_that_the_map_cannot_hold_are_not_added(panel, session, qtbot, monkeypatch, count):
    monkeypatch.setattr(grid, "MAX_DEMONSTRATED_CELLS", 4)
    monkeypatch.setattr(core, "random_demonstrations", lambda _, count, *rest: PATHS[:count])
    add(panel, count)
    qtbot.waitUntil(panel.add.isEnabled)
    added = session.document.grid.demonstrations
    assert (len(added), len(session.notices)) == ((1, 0) if count == 1 else (0, 1))


def test_journeys_for_a_map_that_has_changed_are_not_added(panel, session, qtbot, monkeypatch):
    going_on = threading.Event()

    def find(grid, count, rule, rng):
        going_on.wait(60)
        return PATHS

    monkeypatch.setattr(core, "random_demonstrations", find)
    add(panel, 3)
    walls = GRID.walls.copy()
    walls[3] = True
    session.document.apply("Draw", replace(GRID, walls=walls))
    going_on.set()
    qtbot.waitUntil(panel.add.isEnabled)
    assert session.document.grid.demonstrations == ()
    assert [text.split(";")[0] for text in session.notices] == [
        "The map has changed while journeys were looked for"
    ]


def test_why_there_are_none_is_said(panel, session, qtbot, monkeypatch):
    def find(grid, count, rule, rng):
        raise VinguiError("No two free cells are connected")

    monkeypatch.setattr(core, "random_demonstrations", find)
    add(panel, 3)
    qtbot.waitUntil(lambda: session.notices == ["No two free cells are connected."])
    assert panel.add.isEnabled()


def test_demonstrations_are_shown_on_the_map_while_the_panel_is_visible(panel, session):
    assert session.teaching.shown
    panel.hide()
    assert not session.teaching.shown
