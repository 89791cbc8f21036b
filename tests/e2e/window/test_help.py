"""What can be done is found: menus, icons, tips, shortcuts; guide, shortcut sheet, About."""

from collections import Counter

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTextBrowser,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from vingui import __version__
from vingui.gui import settings as entries
from vingui.gui.actions import ACTIONS
from vingui.gui.dialogs.guide_topics import TOPICS
from vingui.paths import GUIDE

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def menu_entries(menu):
    """All actions of a menu and of the menus in it."""
    for action in menu.actions():
        if action.isSeparator():
            continue
        yield action
        if action.menu() is not None:
            yield from menu_entries(action.menu())


def spied(user):
    """Takes their effect from all actions, enables them, and counts how often each is called."""
    counts = Counter()
    for id_, action in user.window.actions_by_id.items():
        action.setCheckable(False)
        if row_of(id_).run is not None or row_of(id_).setting is not None:
            action.triggered.disconnect()
        action.setEnabled(True)
        action.setVisible(True)
        action.triggered.connect(lambda _=False, id_=id_: counts.update([id_]))
    return counts


def row_of(id_):
    return next(row for row in ACTIONS if row.id == id_)


def is_shown(name):
    return any(
        widget.objectName() == name and widget.isVisible()
        for top in QApplication.topLevelWidgets()
        for widget in [top, *top.findChildren(QWidget)]
    )


def test_every_action_is_in_a_menu_with_icon_tip_and_names(drive):
    def steps(user):
        menu_actions = list(menu_entries(user.window.menuBar()))
        for row in ACTIONS:
            action = user.window.actions_by_id[row.id]
            assert menu_actions.count(action) == 1, row.id
            assert action.objectName() == row.id
            assert row.tip in action.toolTip()
            assert action.statusTip()
        leaves = [entry for entry in menu_actions if entry.menu() is None or entry.objectName()]
        for entry in leaves:
            assert entry.text(), entry
            assert entry.objectName(), entry.text()
            assert not entry.icon().isNull(), entry.text()
            assert not entry.icon().pixmap(QSize(20, 20)).isNull(), entry.text()
            assert entry.toolTip() != entry.text().replace("&", ""), entry.text()
        ids = [entry.objectName() for entry in leaves]
        assert len(ids) == len(set(ids))

    assert drive(steps) == 0


def test_every_control_has_a_name_an_accessible_name_and_a_tip(drive):
    def steps(user):
        user.wait_for_plan()
        kinds = (QAbstractButton, QAbstractSpinBox, QComboBox)
        for widget in user.window.findChildren(QWidget):
            inner = isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
            ours = not widget.objectName().startswith("qt_") and not inner
            if not (isinstance(widget, kinds) and widget.isVisible() and ours):
                continue
            action = widget.defaultAction() if isinstance(widget, QToolButton) else None
            name = widget.objectName() or (action.objectName() if action else "")
            said = f"{type(widget).__name__} {name!r} in {widget.parent()}"
            assert name, said
            assert widget.accessibleName() or widget.text(), said
            assert widget.toolTip(), said

    assert drive(steps) == 0


def test_no_keys_are_bound_twice(drive):
    def steps(user):
        bound = Counter()
        for action in set(user.window.findChildren(QAction)):
            bound.update(key.toString() for key in action.shortcuts())
        for shortcut in user.window.findChildren(QShortcut):
            bound.update([shortcut.key().toString()])
        assert bound["Ctrl+Z"] == 1
        assert {keys: times for keys, times in bound.items() if times > 1} == {}
        for menu in user.window.findChildren(QMenu):
            letters = Counter(
                QKeySequence.mnemonic(action.text()).toString() for action in menu.actions()
            )
            del letters[""]
            assert [key for key, times in letters.items() if times > 1] == [], menu.title()

    assert drive(steps) == 0


def test_every_shortcut_does_its_action_and_no_other(drive):
    def steps(user):
        counts = spied(user)
        user.map_view.setFocus()
        for row in ACTIONS:
            for keys in row.shortcuts:
                counts.clear()
                QTest.keySequence(user.map_view, QKeySequence(keys))
                assert counts == {row.id: 1}, keys

    assert drive(steps) == 0


def test_letters_typed_into_a_field_do_nothing_else(drive):
    def steps(user):
        user.wait_for_plan()
        user.session.settings.set(entries.ITERATIONS, 30)
        user.wait_for_plan()
        counts, grid = spied(user), user.grid
        fields = [
            field
            for field in user.window.findChildren(QWidget)
            if isinstance(field, QAbstractSpinBox | QLineEdit)
            and field.isVisible()
            and field.isEnabled()
            and field.focusPolicy() != Qt.FocusPolicy.NoFocus
            and not isinstance(field.parent(), QAbstractSpinBox)
        ]
        assert {"brush", "iteration"} <= {field.objectName() for field in fields}
        keys = [keys for row in ACTIONS for keys in row.shortcuts if "Ctrl" not in keys]
        plain = [keys for keys in keys if not keys.startswith("F")] + ["F"]
        assert len(plain) > 20
        for field in fields:
            field.setFocus()
            user.until(field.hasFocus)
            for key in plain:
                QTest.keySequence(field, QKeySequence(key))
                assert counts == {}, (field.objectName(), key)
        assert user.grid == grid

    assert drive(steps) == 0


EDITING = {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+C", "Ctrl+V", "Ctrl+Backspace"}
"""What edits the text of a field that has the keyboard."""


def test_shortcuts_reach_the_window_from_every_widget(drive):
    def steps(user):
        user.wait_for_plan()
        user.session.settings.set(entries.ITERATIONS, 30)
        user.wait_for_plan()
        for dock in user.window.docks.values():
            dock.show()
        counts = spied(user)
        shortcuts = [(row.id, keys) for row in ACTIONS for keys in row.shortcuts]
        tried = set()
        for widget in user.window.findChildren(QWidget):
            wanted = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isEnabled()
            if not wanted or isinstance(widget.parent(), QAbstractSpinBox | QMenu):
                continue
            dock = next(
                (one for one in user.window.docks.values() if one.isAncestorOf(widget)), None
            )
            if dock is not None:
                dock.raise_()
                QApplication.processEvents()
            if not widget.isVisible():
                continue
            widget.setFocus()
            if not widget.hasFocus():
                # It hands the keyboard on, to one that is tried as well.
                continue
            tried.add(type(widget).__name__)
            typed_into = isinstance(widget, QAbstractSpinBox)
            for id_, keys in shortcuts:
                if typed_into and (keys in EDITING or ("Ctrl" not in keys and keys[0] != "F")):
                    continue
                if typed_into and keys == "F":
                    continue
                counts.clear()
                # The window goes on refreshing them.
                user.window.actions_by_id[id_].setEnabled(True)
                QTest.keySequence(widget, QKeySequence(keys))
                assert counts == {id_: 1}, (widget, widget.objectName(), keys)
        assert {"MapView", "ValueView", "WholeField", "ModelBox"} <= tried

    assert drive(steps) == 0


def test_the_shortcut_sheet_lists_every_shortcut_of_the_table(drive):
    def steps(user):
        user.key(Key.Key_Question)
        sheet = user.find("shortcut-sheet")
        assert QApplication.activeModalWidget() is None
        said = " ".join(label.text() for label in sheet.findChildren(QLabel))
        native = QKeySequence.SequenceFormat.NativeText
        for row in ACTIONS:
            if row.shortcuts or row.keys:
                assert row.text.replace("&", "").removesuffix("...") in said
            for keys in row.shortcuts:
                assert QKeySequence(keys).toString(native) in said, keys
        user.type_into("shortcut-filter", "undo")
        shown = [label for label in sheet.findChildren(QLabel) if label.isVisible()]
        words = " ".join(label.text() for label in shown)
        assert "Ctrl+Z" in words
        assert "Ctrl+N" not in words
        QTest.keyClick(sheet, Key.Key_Escape)
        assert not is_shown("shortcut-sheet")
        # The map beneath goes on as before.
        user.click((2, 2))
        assert user.grid.walls[2, 2]

    assert drive(steps) == 0


def test_the_guide_is_read_beside_the_window(drive):
    def steps(user):
        user.key(Key.Key_F1)
        guide = user.find("guide")
        assert QApplication.activeModalWidget() is None
        page = guide.findChild(QTextBrowser)
        contents = guide.findChild(QTreeWidget)
        titles = []
        for place in range(contents.topLevelItemCount()):
            item = contents.topLevelItem(place)
            at = contents.visualItemRect(item).center()
            QTest.mouseClick(contents.viewport(), LEFT, pos=at)
            titles.append(item.text(0))
            assert page.toPlainText().lstrip().startswith(item.text(0))
        pages = sorted(GUIDE.glob("*.md"), key=lambda path: int(path.name.partition("-")[0]))
        written = [path.read_text("utf-8").splitlines()[0] for path in pages]
        assert titles == [line.lstrip("# ") for line in written]
        # Keys of the window are the guide's own while it is in front.
        user.until(guide.isActiveWindow)
        scale, words = user.session.camera.scale, page.zoom
        QTest.keyClick(page, Key.Key_Plus, CTRL)
        assert page.zoom > words
        assert user.session.camera.scale == scale
        user.trigger("theme-dark")
        assert page.document().begin().charFormat() is not None
        user.click((2, 2))
        assert user.grid.walls[2, 2]
        guide.close()
        user.key(Key.Key_F1)
        assert user.find("guide") is guide
        guide.close()

    assert drive(steps) == 0


def test_the_guide_opens_at_what_belongs_to_where_one_is(drive):
    def steps(user):
        user.wait_for_plan()
        user.value_view.setFocus()
        user.key(Key.Key_F1)
        guide = user.find("guide")
        assert guide.page.source().fragment() == "reading-a-value-map"
        assert guide.page.verticalScrollBar().value() > 0
        guide.close()

        def read(dialog):
            user.until(lambda: QApplication.focusWidget() is not None)
            QTest.keyClick(QApplication.focusWidget(), Key.Key_F1)
            assert user.find("guide").page.source().fragment() == "figures"
            QTest.keyClick(dialog, Key.Key_Escape)

        met = user.in_dialog(read)
        user.trigger("export")
        assert met
        assert user.find("guide") is guide
        guide.close()
        docks = {f"dock-{id_}" for id_ in user.window.docks}
        assert docks == {name for name in TOPICS if name.startswith("dock-")}
        for name in ("value-view", "value-header", "transport"):
            assert user.window.findChild(QWidget, name) is not None

    assert drive(steps) == 0


def test_about_tells_the_versions(drive):
    def steps(user):
        user.wait_for_plan()
        user.trigger("about")
        about = user.find("about-dialog")
        assert QApplication.activeModalWidget() is None
        said = " ".join(label.text() for label in about.findChildren(QLabel))
        versions = user.session.planner.versions
        assert {"keras", "tensorflow"} <= {name.lower() for name in versions}
        for version in (__version__, *versions.values()):
            assert version in said
        user.click_on("copy-versions")
        assert __version__ in QGuiApplication.clipboard().text()
        QGuiApplication.clipboard().clear()
        QTest.keyClick(about, Key.Key_Escape)
        assert not is_shown("about-dialog")

    assert drive(steps) == 0
