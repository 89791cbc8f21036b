"""The shortcut sheet, About, the guide, and the Help menu's way to them."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vingui.gui.actions import ACTIONS, MOUSE
from vingui.gui.actions.menus import sheet
from vingui.gui.commands.help import Help
from vingui.gui.dialogs.about import AboutDialog, all_versions
from vingui.gui.dialogs.guide_html import headings
from vingui.gui.dialogs.guide_topics import TOPICS
from vingui.gui.dialogs.shortcuts import ShortcutSheet
from vingui.gui.look.theme import DARK, LIGHT, Theme
from vingui.gui.modal import run_modal
from vingui.gui.settings import Settings
from vingui.paths import GUIDE

LEFT = Qt.MouseButton.LeftButton


class Views(QMainWindow):
    """A window with the parts that the guide has sections about."""

    def __init__(self):
        super().__init__()
        self.session = SimpleNamespace(
            theme=Theme(), settings=Settings(), planner=SimpleNamespace(versions={})
        )
        self.map, self.values, self.transport = (
            self.part(name) for name in ("map-view", "value-view", "transport")
        )
        self.transport.setFixedHeight(72)
        self.field = QLineEdit(self.map)
        middle = QWidget()
        self.setCentralWidget(middle)
        across = QVBoxLayout(middle)
        views = QWidget()
        across.addWidget(views, 1)
        across.addWidget(self.transport)
        layout = QVBoxLayout(views)
        layout.setDirection(QVBoxLayout.Direction.LeftToRight)
        layout.addWidget(self.map)
        layout.addWidget(self.values)
        self.model = QDockWidget("Model", self)
        self.model.setObjectName("dock-model")
        self.model.setWidget(QLabel("dynamic-8"))
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.model)
        self.starts, self.plot = (self.panel(title) for title in ("Starts", "Convergence"))
        for below in (self.starts, self.plot):
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, below)
        self.help = Help(self.session, sheet, self)

    def panel(self, title):
        panel = QDockWidget(title, self)
        panel.setObjectName(f"dock-{title.lower()}")
        panel.setWidget(self.part(title.lower()))
        panel.setMinimumHeight(170)
        return panel

    def part(self, name):
        part = QWidget()
        part.setObjectName(name)
        part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return part


@pytest.fixture
def window(qtbot):
    window = Views()
    qtbot.addWidget(window)
    window.resize(1360, 860)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    window.map.setFocus()
    qtbot.waitUntil(window.map.hasFocus)
    return window


@pytest.fixture
def started(qapp):
    """A theme that has been applied to the application."""
    style, palette, styles = qapp.style().objectName(), qapp.palette(), qapp.styleSheet()
    theme = Theme()
    theme.choose("light")
    theme.start(qapp)
    yield theme
    qapp.setStyleSheet(styles)
    qapp.setStyle(style)
    qapp.setPalette(palette)


def opened(qtbot, widget):
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


def click(widget):
    QTest.mouseClick(widget, LEFT)


def gone(widget):
    """Whether it has been scheduled for deletion."""
    deleted = []
    widget.destroyed.connect(lambda: deleted.append(True))
    QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)
    return bool(deleted)


# The shortcut sheet.


def rows(dialog):
    """The visible texts and keys."""
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


@pytest.fixture
def shortcuts(qtbot):
    return opened(qtbot, ShortcutSheet(sheet()))


def test_the_sheet_has_every_shortcut(shortcuts):
    visible = rows(shortcuts)
    for row in ACTIONS:
        if row.shortcuts or row.keys:
            assert row.text.replace("&", "").removesuffix("...") in visible
    for text, keys in MOUSE:
        assert text in visible
        assert keys.replace("Escape", "Esc") in visible


@pytest.mark.parametrize(("width", "columns"), [(1000, 2), (600, 1)])
def test_the_sheet_has_two_columns_where_they_fit_and_cuts_none(qtbot, shortcuts, width, columns):
    shortcuts.resize(width, 600)
    page = shortcuts.findChild(QScrollArea)
    caps = [label for label in shortcuts.findChildren(QLabel) if label.property("cap")]

    def lefts():
        return {cap.parentWidget().parentWidget().x() for cap in caps}

    qtbot.waitUntil(lambda: len(lefts()) == columns)
    assert page.widget().width() == page.viewport().width()
    for cap in caps:
        at = cap.parentWidget().mapTo(page.widget(), cap.geometry().topLeft())
        assert page.widget().rect().contains(QRect(at, cap.size()))


def test_the_sheet_is_narrowed_down_by_what_is_typed(shortcuts):
    assert shortcuts.filter.hasFocus()
    QTest.keyClicks(shortcuts.filter, "zoom in")
    visible = rows(shortcuts)
    assert visible[:2] == ["View", "Zoom in"]
    assert "Undo" not in visible
    shortcuts.filter.clear()
    QTest.keyClicks(shortcuts.filter, "ctrl+z")
    assert "Undo" in rows(shortcuts)
    assert "Pencil" not in rows(shortcuts)
    QTest.keyClicks(shortcuts.filter, "bicycle")
    assert rows(shortcuts) == ["No shortcut contains these words."]
    shortcuts.filter.clear()
    assert {"Undo", "Pencil"} <= set(rows(shortcuts))


def test_escape_closes_the_sheet(shortcuts):
    QTest.keyClicks(shortcuts.filter, "undo")
    QTest.keyClick(shortcuts.filter, Qt.Key.Key_Escape)
    assert not shortcuts.isVisible()


def test_the_caps_of_the_keys_follow_the_theme(qtbot, window, started):
    started.set_window(window)
    dialog = opened(
        qtbot, ShortcutSheet([("Edit", [("Undo", ["Ctrl+Z"], "Take it back")])], window)
    )
    (cap,) = [label for label in dialog.findChildren(QLabel) if label.property("cap")]
    for look in (LIGHT, DARK):
        started.choose(look.name)
        qtbot.waitUntil(lambda: not started.switching)
        image = cap.grab().toImage()
        assert image.pixelColor(4, image.height() // 2) == QColor(look.raised)


# About.


def test_about_shows_and_copies_the_versions(qtbot):
    dialog = opened(qtbot, AboutDialog({"tensorflow": "2.20.0", "keras": "3.12.0"}))
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    versions = all_versions({"tensorflow": "2.20.0", "keras": "3.12.0"})
    assert versions["TensorFlow"] == "2.20.0"
    for name, version in versions.items():
        assert name in texts
        assert version in texts
    click(dialog.findChild(QPushButton, "copy-versions"))
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines() == [f"{name} {version}" for name, version in versions.items()]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_about_before_the_planner_has_started():
    assert all_versions({})["TensorFlow"] == all_versions({})["Keras"] == "not started"


def test_the_picture_in_about_is_crisp_and_whole(qtbot):
    dialog = opened(qtbot, AboutDialog({}))
    (picture,) = [one.pixmap() for one in dialog.findChildren(QLabel) if not one.pixmap().isNull()]
    assert picture.deviceIndependentSize().toSize() == QSize(64, 64)


# The menu.


@pytest.mark.parametrize("name", ["shortcuts", "about"])
def test_a_dialog_is_opened_once_and_goes_when_it_is_closed(window, name):
    show = getattr(window.help, name)
    show()
    (dialog,) = window.findChildren(QDialog)
    assert not dialog.isModal()
    show()
    assert window.findChildren(QDialog) == [dialog]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert gone(dialog)
    show()
    (again,) = window.findChildren(QDialog)
    assert again.isVisible()
    again.close()
    assert gone(again)


def test_the_guide_keeps_its_place(window):
    window.help.guide()
    guide = window.findChild(QWidget, "guide")
    QTest.keyClick(guide.page, Qt.Key.Key_End)
    place = guide.page.verticalScrollBar().value()
    assert place > 0
    guide.close()
    window.help.guide()
    assert window.findChildren(QWidget, "guide") == [guide]
    assert guide.isVisible()
    assert guide.page.verticalScrollBar().value() == place


@pytest.mark.parametrize("topic", sorted(set(TOPICS.values())))
def test_topics_are_sections_of_the_guide(topic):
    name, _, anchor = topic.partition("#")
    (page,) = GUIDE.glob(f"*-{name}.md")
    assert anchor in [found for *_, found in headings(page)]


def test_the_guide_opens_at_what_belongs_to_the_focus(window):
    window.values.setFocus()
    window.help.guide()
    guide = window.findChild(QWidget, "guide")
    page, _, anchor = guide.page.source().toString().partition("#")
    assert (page.partition("-")[2], anchor) == ("planning.md", "reading-a-value-map")
    assert guide.page.verticalScrollBar().value() > 0
    guide.close()
    window.starts.widget().setFocus()
    window.help.guide()
    assert guide.page.source().fragment() == "outcomes"


def test_the_guide_can_be_read_beside_a_modal_dialog_and_stays_after_it(window, qtbot):
    # As in the window, in which the shortcut of the action is blocked by the dialog.
    action = QAction("Guide", window)
    action.setObjectName("guide")
    action.setShortcut("F1")
    action.triggered.connect(window.help.guide)
    dialog = QDialog(window)
    dialog.setObjectName("import-picture")
    field = QLineEdit(dialog)
    met = []

    def read():
        try:
            qtbot.waitUntil(field.hasFocus)
            QTest.keyClick(field, Qt.Key.Key_F1)
            guide = window.findChild(QWidget, "guide")
            met.append((guide, guide.page.source().fragment(), top(guide)))
            # Sent to the window, it would be discarded if it was blocked.
            QTest.keyClick(guide.windowHandle(), Qt.Key.Key_PageUp)
            met.append(top(guide))
        finally:
            dialog.reject()

    def top(guide):
        return guide.page.verticalScrollBar().value()

    QTimer.singleShot(0, read)
    with run_modal(dialog) as accepted:
        assert not accepted
    (guide, fragment, before), after = met
    assert fragment == "importing-maps"
    assert after < before
    assert guide.isVisible()
    assert guide.windowHandle().transientParent() is window.windowHandle()


def test_the_guide_does_not_keep_vingui_open(window):
    window.help.guide()
    guide = window.findChild(QWidget, "guide")
    # Qt counts no window that belongs to another one when it asks for the last.
    assert guide.windowHandle().transientParent() is window.windowHandle()
