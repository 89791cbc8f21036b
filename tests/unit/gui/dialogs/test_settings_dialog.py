"""The settings dialog: what is in it, and that a change is applied at once."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox, QPushButton, QScrollArea

from vingui.core.value_colours import COLOUR_MAPS
from vingui.gui import settings as entries
from vingui.gui.dialogs.settings import SettingsDialog
from vingui.gui.look.fields import Choice
from vingui.gui.look.number_fields import DecimalField, WholeField
from vingui.gui.settings import LISTED, Settings

Key = Qt.Key


@pytest.fixture
def settings():
    return Settings()


@pytest.fixture
def dialog(settings, qtbot):
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def row(dialog, setting):
    return dialog.rows[setting.key]


def shown(dialog):
    return [one.setting for one in dialog.rows.values() if one.isVisible()]


def test_titled_settings_can_be_described(qapp):
    for setting in LISTED:
        assert isinstance(setting.default, bool | int | float | str), setting.key
        assert len(setting.titles) == len(setting.choices), setting.key
        assert not isinstance(setting.default, str) or setting.choices, setting.key
    assert not {entries.GEOMETRY, entries.FOLDER, entries.TRAIN, entries.TOUR_DONE} & set(LISTED)


def test_each_has_a_field_of_its_type_with_its_range(dialog, settings):
    assert {one.setting for one in dialog.rows.values()} == set(LISTED)
    kinds = {bool: QCheckBox, int: WholeField, float: DecimalField, str: Choice}
    for one in dialog.rows.values():
        assert isinstance(one.field, kinds[type(one.setting.default)]), one.setting.key
        assert one.field.accessibleName() == one.setting.title
        assert one.field.toolTip()
        assert not one.reset_button.isEnabled()
    brush = row(dialog, entries.BRUSH).field
    assert (brush.minimum(), brush.maximum()) == (1, 15)
    maps = row(dialog, entries.COLOUR_MAP).field
    titles = [one.title for one in COLOUR_MAPS if one.kind == "sequential"]
    assert [maps.itemText(n) for n in range(maps.count())] == titles


def test_changes_are_applied_at_once_by_keys_alone(dialog, settings):
    for setting, keys, expected in (
        (entries.THEME, [Key.Key_Down, Key.Key_Down], "dark"),
        (entries.SHOW_NUMBERS, [Key.Key_Space], True),
        (entries.BRUSH, [Key.Key_Up, Key.Key_Up], 3),
        (entries.SPEED, [Key.Key_Up], 11.0),
    ):
        field = row(dialog, setting).field
        field.setFocus()
        for key in keys:
            QTest.keyClick(field, key)
        assert settings.get(setting) == expected
        assert row(dialog, setting).reset_button.isEnabled()
    assert dialog.isVisible()


def test_fields_follow_changes_made_elsewhere(dialog, settings):
    settings.set(entries.COLOUR_MAP, "ocean")
    settings.set(entries.LOOP, True)
    assert row(dialog, entries.COLOUR_MAP).field.value() == "ocean"
    assert row(dialog, entries.LOOP).field.isChecked()
    # One that is not listed is no problem.
    settings.set(entries.FOLDER, "/maps")


def test_one_or_all_are_reset(dialog, settings, qtbot, monkeypatch):
    settings.set(entries.COLOUR_MAP, "ocean")
    settings.set(entries.LOOP, True)
    settings.set(entries.FOLDER, "/maps")
    row(dialog, entries.LOOP).reset_button.click()
    assert settings.get(entries.LOOP) is False
    assert not row(dialog, entries.LOOP).field.isChecked()
    assert not row(dialog, entries.LOOP).reset_button.isEnabled()
    assert settings.get(entries.COLOUR_MAP) == "ocean"
    for answer, expected in (("&Cancel", "ocean"), ("&Reset all", "viridis")):

        def click(box, answer=answer):
            next(one for one in box.buttons() if one.text() == answer).click()

        monkeypatch.setattr(QMessageBox, "exec", click)
        dialog.findChild(QPushButton, "settings-reset").click()
        assert settings.get(entries.COLOUR_MAP) == expected
    assert settings.get(entries.FOLDER) == "/maps"


def test_settings_are_found_by_words(dialog):
    assert shown(dialog) == list(LISTED)
    QTest.keyClicks(dialog.filter, "values colours")
    assert shown(dialog) == [entries.COLOUR_MAP]
    dialog.filter.clear()
    QTest.keyClicks(dialog.filter, "plasma")
    assert shown(dialog) == [entries.COLOUR_MAP]
    dialog.filter.clear()
    QTest.keyClicks(dialog.filter, "playback")
    assert shown(dialog) == [entries.SPEED, entries.LOOP]
    QTest.keyClicks(dialog.filter, "zebra")
    assert shown(dialog) == []
    # Enter in the field closes nothing.
    QTest.keyClick(dialog.filter, Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClick(dialog.filter, Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_wheel_changes_no_field_that_it_only_passes(dialog, settings):
    field = row(dialog, entries.BRUSH).field
    at, none = QPointF(field.rect().center()), Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(
        at, field.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, wheel)
    assert settings.get(entries.BRUSH) == entries.BRUSH.default


def test_nothing_is_wider_than_a_small_dialog(dialog):
    dialog.resize(420, 360)
    QApplication.processEvents()
    area = dialog.findChild(QScrollArea)
    assert area.widget().width() <= area.viewport().width()
