"""Demonstrations in the window: drawn around terrain, listed, undone, removed and saved."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from vingui.core.files import read_text
from vingui.core.grid import GridMap
from vingui.core.path_drawing import begin_path, extend_path
from vingui.gui.docks.teach import TeachPanel
from vingui.gui.docks.teach_model import COST, FROM

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key
EMPTY = GridMap(np.zeros((16, 20), bool), ((14, 18),), ((1, 1),))
MUD = 3
OVER = ((7, 2), (3, 6), (3, 13), (7, 17))
UNDER = ((8, 2), (12, 6), (12, 13), (8, 17))


def paths(user):
    return [shown.cells for shown in user.grid.demonstrations]


def led(user, mouse):
    """The path that the mouse leads over the map."""
    path = begin_path(user.grid.walls, mouse[0])
    for cell in mouse[1:]:
        path = extend_path(path, cell, user.grid.walls, user.session.rule)
    return path


def column(panel, number):
    model = panel.model
    return [model.index(row, number).data() for row in range(model.rowCount())]


def teach(user):
    """Paint mud, and show two ways around it; return the panel."""
    user.document.replace(EMPTY)
    user.click_on_action("tool-rectangle-filled")
    user.key(Key(Key.Key_1 + MUD))
    user.drag((5, 5), (10, 14))
    assert (user.grid.terrain[5:11, 5:15] == MUD).all()
    user.key(Key.Key_O)
    panel = user.window.docks["teach"].findChild(TeachPanel)
    user.until(panel.isVisible)
    user.drag(*OVER)
    user.drag(*UNDER)
    user.until(lambda: panel.model.rowCount() == 2)
    return panel


def test_two_ways_around_mud_are_shown_undone_and_one_is_removed(drive):
    def steps(user):
        panel = teach(user)
        shown = [led(user, OVER), led(user, UNDER)]
        assert paths(user) == shown
        assert not any(user.grid.terrain[cell] for path in shown for cell in path)
        assert column(panel, FROM) == ["7, 2", "8, 2"]
        lengths = [np.hypot(*np.diff(path, axis=0).T).sum() for path in shown]
        assert column(panel, COST) == [f"{length:.1f}" for length in lengths]
        for count in (1, 0):
            user.key(Key.Key_Z, CTRL)
            assert paths(user) == shown[:count]
        assert (user.grid.terrain == MUD).any()
        for count in (1, 2):
            user.key(Key.Key_Y, CTRL)
            assert paths(user) == shown[:count]
        user.until(lambda: panel.model.rowCount() == 2)
        where = panel.view.visualRect(panel.model.index(0, FROM)).center()
        QTest.mouseClick(panel.view.viewport(), LEFT, pos=where)
        assert user.session.teaching.selected == (0,)
        user.key(Key.Key_Delete, widget=panel.view)
        assert paths(user) == shown[1:]
        user.until(lambda: column(panel, FROM) == ["8, 2"])
        user.key(Key.Key_Z, CTRL)
        assert paths(user) == shown
        user.click(shown[1][-1], button=RIGHT)
        assert paths(user) == shown[:1]

    assert drive(steps) == 0


def test_demonstrations_need_no_new_plan_and_come_back_from_the_file(drive, tmp_path):
    path = tmp_path / "taught.json"

    def steps(user):
        panel = teach(user)
        run = user.wait_for_plan()
        user.drag((0, 10), (0, 16))
        assert user.session.run is run
        assert not user.session.planner.busy
        user.key(Key.Key_Escape)
        shown = paths(user)
        assert len(shown) == 3
        user.name_file(path)
        user.trigger("save-as")
        user.until(lambda: not user.document.modified)
        assert "demonstrations" in read_text(path, limit=1 << 20)
        user.window.filing.open_path(path)
        user.until(lambda: user.document.undo_stack.count() == 0)
        assert paths(user) == shown
        assert panel.isVisible()

    assert drive(steps) == 0


def test_a_wall_blocks_a_demonstration_and_random_journeys_go_around_it(drive):
    def steps(user):
        panel = teach(user)
        user.click_on_action("tool-pencil")
        user.key(Key.Key_B)
        user.drag((3, 8), (3, 8))
        user.until(lambda: column(panel, COST)[0] == "blocked")
        user.type_into("teach-journeys", "5")
        user.click_on("teach-add")
        user.until(lambda: panel.model.rowCount() == 7)
        assert user.session.teaching.table.blocked.tolist() == [True] + [False] * 6
        user.click_on("teach-remove-all")
        assert paths(user) == []
        user.key(Key.Key_Z, CTRL)
        assert len(paths(user)) == 7

    assert drive(steps) == 0
