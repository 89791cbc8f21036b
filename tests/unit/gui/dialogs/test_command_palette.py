"""The command palette: what is found, in what order, and what its keys do."""

import pytest
from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from vingui.gui import settings as entries
from vingui.gui.actions import ACTIONS
from vingui.gui.dialogs.command_palette import CommandPalette
from vingui.gui.dialogs.command_rows import COMMAND
from vingui.gui.dialogs.command_search import Command, found
from vingui.gui.look.fields import line
from vingui.gui.look.plain_text import shown_text
from vingui.gui.look.theme import Theme
from vingui.gui.settings import Settings
from vingui.paths import ICONS

Key = Qt.Key


def command(text, place="Edit", tip="", *, keys="", enabled=True, checked=None):
    action = QAction(text)
    action.setObjectName(shown_text(text))
    action.setStatusTip(tip)
    action.setShortcut(keys)
    action.setEnabled(enabled)
    action.setCheckable(checked is not None)
    action.setChecked(bool(checked))
    return Command(action, place)


def of_table():
    return [
        command(row.text, row.menu.replace("&", "").replace("/", " \u203a "), row.tip)
        for row in ACTIONS
    ]


def names(commands):
    return [one.text for one in commands]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("clear", "Clear walls"),
        ("CLEAR TERR", "Clear terrain"),
        ("walls clear", "Clear walls"),
        ("clw", "Clear walls"),
        ("clearwalls", "Clear walls"),
        ("theme dark", "Dark"),
        ("thm light", "Light"),
        ("layer exact", "Exact value"),
        ("trj", "Trajectories"),
        ("random maze", "Generate"),
        ("full", "Full screen"),
        ("undo", "Undo"),
        ("k auto", "K on auto"),
    ],
)
def test_the_best_match_comes_first(qapp, query, expected):
    assert names(found(of_table(), query, ()))[0] == expected


def test_all_words_have_to_match(qapp):
    assert found(of_table(), "clear zebra", ()) == []
    assert found(of_table(), "swlc", ()) == []
    # Letters may be left out of names and menus only: in descriptions, too much would match.
    assert found(of_table(), "rndom maze", ()) == []


def test_shortcuts_are_found(qapp):
    rows = [command("Undo", keys="Ctrl+Z"), command("Redo", keys="Ctrl+Y")]
    assert names(found(rows, "ctrl+y", ())) == ["Redo"]


def test_what_was_used_recently_comes_first_of_equals_and_disabled_ones_last(qapp):
    rows = [command("Border", enabled=False), command("Bold"), command("Box"), command("Big")]
    assert names(found(rows, "", ())) == ["Bold", "Box", "Big", "Border"]
    assert names(found(rows, "b", ("Big", "Border", "Box"))) == ["Big", "Box", "Bold", "Border"]
    assert names(found(rows, "bo", ("Big", "gone"))) == ["Bold", "Box", "Border"]


def test_names_are_shown_as_menus_show_them(qapp):
    assert shown_text("&4  tar && feathers, cost 2") == "tar & feathers, cost 2"
    assert shown_text("Re&size or crop...") == "Resize or crop"


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    window.resize(800, 600)
    qtbot.addWidget(window)
    window.field = QLineEdit()
    window.setCentralWidget(window.field)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.field.setFocus()
    return window


@pytest.fixture
def settings():
    return Settings()


@pytest.fixture
def palette(window, settings):
    palette = CommandPalette(settings, Theme(), window)
    palette.ran = []
    palette.commands = [
        command("Undo", tip="Undo the last change", keys="Ctrl+Z", enabled=False),
        command("Clear walls", tip="Remove all walls"),
        command("Grid", "View", "Lines between cells", checked=True),
    ]
    for one in palette.commands:
        one.action.triggered.connect(lambda _, text=one.text: palette.ran.append(text))
    palette.open(palette.commands)
    return palette


def press(palette, *keys):
    for key in keys:
        QTest.keyClick(palette.field, key)


def test_enter_runs_what_is_selected_and_the_focus_goes_back(palette, window, settings):
    assert palette.field.hasFocus()
    press(palette, Key.Key_Down, Key.Key_Return)
    assert palette.ran == ["Grid"]
    assert not palette.isVisible()
    assert window.field.hasFocus()
    assert settings.get(entries.RECENT_COMMANDS) == ("Grid",)
    palette.open(palette.commands)
    press(palette, Key.Key_Enter)
    assert palette.ran == ["Grid", "Grid"]
    assert settings.get(entries.RECENT_COMMANDS) == ("Grid",)


def test_escape_closes_without_running_anything(palette, window, settings):
    QTest.keyClicks(palette.field, "clear")
    press(palette, Key.Key_Escape)
    assert palette.ran == []
    assert not palette.isVisible()
    assert window.field.hasFocus()
    assert settings.get(entries.RECENT_COMMANDS) == ()
    palette.open(palette.commands)
    assert palette.field.text() == ""


def test_disabled_commands_are_described_and_not_run(palette):
    QTest.keyClicks(palette.field, "undo")
    assert palette.about.text() == "Not possible now: Undo the last change"
    press(palette, Key.Key_Return)
    assert palette.ran == []
    assert palette.isVisible()


def test_it_says_when_nothing_matches(palette):
    QTest.keyClicks(palette.field, "zebra")
    press(palette, Key.Key_Down, Key.Key_Return)
    assert palette.list.count() == 0
    assert palette.about.text() == "Nothing matches these letters."
    assert palette.ran == []


def test_a_click_runs_a_command_and_one_outside_closes(palette, window):
    at = palette.list.visualItemRect(palette.list.item(0)).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert palette.ran == ["Clear walls"]
    palette.open(palette.commands)
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=palette.rect().bottomLeft())
    assert not palette.isVisible()
    assert palette.ran == ["Clear walls"]
    assert window.field.hasFocus()


def test_tab_stays_in_the_field_and_another_focus_closes(palette, window):
    press(palette, Key.Key_Tab, Key.Key_Backtab)
    assert palette.field.hasFocus()
    window.field.setFocus()
    assert not palette.isVisible()


def test_screen_readers_get_all_that_is_shown(palette):
    items = [palette.list.item(row) for row in range(palette.list.count())]
    spoken = [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in items]
    assert spoken == ["Clear walls, Edit", "Grid, View, on", "Undo, Edit, Ctrl+Z, not possible now"]


def test_it_fits_into_small_windows(palette, window):
    palette.open(
        [command(f"Command number {n}", "A menu \u203a " + "long" * 40) for n in range(60)]
    )
    for size in ((1360, 860), (420, 300)):
        window.resize(*size)
        QApplication.processEvents()
        box = palette.field.parentWidget()
        assert palette.rect().contains(box.geometry())
        assert palette.list.viewport().height() > 60
        assert palette.list.horizontalScrollBar().maximum() == 0


def test_rows_show_ticks_and_grey_out(palette):
    QDir.setSearchPaths("controls", [str(ICONS / "controls")])

    def picture(one):
        palette.open([one])
        assert palette.list.item(0).data(COMMAND) is one
        return palette.list.viewport().grab().toImage()

    plain = command("Grid", "View")
    assert picture(plain) == picture(command("Grid", "View"))
    assert picture(plain) != picture(command("Grid", "View", enabled=False))
    assert picture(plain) != picture(command("Grid", "View", checked=True))
    assert picture(plain) == picture(command("Grid", "View", checked=False))
    assert picture(plain) != picture(command("Grid", "View", keys="G"))


def test_the_shortcut_works_in_text_fields(window, qtbot):
    opened = []
    action = QAction("Command palette", window)
    action.setShortcut("Ctrl+K")
    action.triggered.connect(lambda: opened.append(field.text()))
    window.addAction(action)
    field = line("name", "Name", "")
    window.setCentralWidget(field)
    field.setFocus()
    QTest.keyClicks(field, "abc")
    QTest.keyClick(field, Key.Key_Home)
    QTest.keyClick(field, Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert opened == ["abc"]
