"""The command palette, by keys alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from vingui.gui import settings as entries
from vingui.gui.actions import ACTIONS
from vingui.gui.dialogs.command_rows import COMMAND

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def open_palette(user, words=""):
    QTest.keyClick(QApplication.focusWidget(), Key.Key_K, CTRL)
    field = user.find("command-field")
    user.until(field.hasFocus)
    QTest.keyClicks(field, words)
    return field


def listed(user):
    rows = user.find("command-list")
    return [rows.item(row).data(COMMAND) for row in range(rows.count())]


def test_commands_maps_and_models_are_found_and_run(drive):
    def steps(user):
        user.wait_for_plan()
        user.map_view.setFocus()
        walls = int(user.grid.walls.sum())
        QTest.keyClick(open_palette(user, "clear wal"), Key.Key_Return)
        assert not user.grid.walls.any()
        assert user.map_view.hasFocus()
        QTest.keyClick(open_palette(user, "undo"), Key.Key_Return)
        assert user.grid.walls.sum() == walls
        QTest.keyClick(open_palette(user, "theme dark"), Key.Key_Return)
        assert user.session.theme.look.dark
        grid_shown = user.session.settings.get(entries.SHOW_GRID)
        QTest.keyClick(open_palette(user, "grid lines"), Key.Key_Return)
        assert user.session.settings.get(entries.SHOW_GRID) != grid_shown
        QTest.keyClick(open_palette(user, "sample perfect maze"), Key.Key_Return)
        assert user.document.title == "Perfect maze"
        QTest.keyClick(open_palette(user, "model dynamic-4"), Key.Key_Return)
        assert user.session.model == "dynamic-4"
        open_palette(user)
        assert [one.id for one in listed(user)][:3] == [
            "model-dynamic-4",
            "sample-perfect-maze",
            "grid",
        ]
        QTest.keyClick(user.find("command-field"), Key.Key_Escape)
        assert user.map_view.hasFocus()
        user.wait_for_plan()

    assert drive(steps) == 0


def test_every_action_of_the_table_is_listed(drive):
    def steps(user):
        user.wait_for_plan()
        open_palette(user)
        ids = [one.id for one in listed(user)]
        assert len(ids) == len(set(ids))
        shown = {row.id for row in ACTIONS if user.window.actions_by_id[row.id].isVisible()}
        assert shown - set(ids) == {"recent", "command-palette"}
        assert {f"panel-{id_}" for id_ in user.window.docks} <= set(ids)
        enabled = [one.action.isEnabled() for one in listed(user)]
        assert enabled == sorted(enabled, reverse=True)
        # The same keys close it.
        QTest.keyClick(user.find("command-field"), Key.Key_K, CTRL)
        with pytest.raises(AssertionError, match="command-field"):
            user.find("command-field")

    assert drive(steps) == 0
