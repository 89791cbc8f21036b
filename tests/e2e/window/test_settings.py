"""The settings dialog, from its shortcut to the next start."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from vingui.gui import settings as entries

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def test_settings_are_changed_by_keys_and_kept(drive):
    def steps(user):
        user.wait_for_plan()
        before = user.picture(user.value_view)

        def change(dialog):
            field = dialog.filter
            user.until(field.hasFocus)
            QTest.keyClicks(field, "colour map")
            QTest.keyClick(field, Key.Key_Tab)
            chosen = dialog.focusWidget()
            assert chosen.accessibleName() == "Colour map"
            QTest.keyClick(chosen, Key.Key_End)
            assert user.session.settings.get(entries.COLOUR_MAP) == "ocean"
            user.until(lambda: user.picture(user.value_view) != before)
            QTest.keyClick(dialog, Key.Key_Escape)

        met = user.in_dialog(change)
        user.key(Key.Key_Comma, CTRL)
        user.until(lambda: met)
        assert user.window.focusWidget() is user.map_view

    def later(user):
        assert user.session.settings.get(entries.COLOUR_MAP) == "ocean"

    assert drive(steps) == 0
    assert drive(later) == 0
