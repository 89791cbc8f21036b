"""The shortcut sheet, About, the tour, and the Help menu's way to them."""

import re
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

from vingui.gui import settings as entries
from vingui.gui.actions import ACTIONS, MOUSE
from vingui.gui.actions.menus import sheet
from vingui.gui.commands.help import Help
from vingui.gui.dialogs.about import AboutDialog, all_versions
from vingui.gui.dialogs.guide_html import headings
from vingui.gui.dialogs.guide_topics import TOPICS
from vingui.gui.dialogs.shortcuts import ShortcutSheet
from vingui.gui.dialogs.tour import STEPS, Tour
from vingui.gui.look.theme import DARK, LIGHT, Theme
from vingui.gui.modal import run_modal
from vingui.gui.settings import Settings
from vingui.paths import GUIDE

LEFT = Qt.MouseButton.LeftButton


class Views(QMainWindow):
    """A window with the parts that the tour explains."""

    def __init__(self):
        super().__init__()
        self.session = SimpleNamespace(
            theme=Theme(), settings=Settings(), planner=SimpleNamespace(versions={})
        )
        self.session.settings.set(entries.TOUR_DONE, False)
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

    def tours(self):
        return [tour for tour in self.findChildren(Tour) if tour.isVisible()]


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
def tour(window):
    window.help.tour()
    (tour,) = window.tours()
    return tour


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


def area(widget, window):
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def outline(window):
    (found,) = [one for one in window.findChildren(QWidget, "tour-outline") if one.isVisible()]
    return found


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


# The tour.


def test_the_tour_goes_through_its_cards(tour, window):
    shown = []
    for _ in STEPS:
        shown.append(tour.findChild(QLabel).text())
        click(tour.next)
    assert shown == [step.title for step in STEPS]
    assert window.tours() == []
    assert gone(tour)


def test_back_goes_a_card_back(tour):
    assert not tour.back.isVisible()
    click(tour.next)
    click(tour.next)
    click(tour.back)
    assert tour.place == 1


def test_the_card_of_a_panel_says_where_it_is_opened():
    for step in STEPS:
        named = re.search(r"the (\w+) panel", step.text, re.IGNORECASE)
        assert named is None or f"{named[1]} panel (View > Panels)" in step.text


def test_the_last_card_has_nothing_to_skip(tour):
    tour.go(len(STEPS) - 1)
    assert not tour.skip.isVisible()
    assert tour.next.text().replace("&", "") == "Done"


@pytest.mark.parametrize("size", [(1360, 860), (1024, 640)])
@pytest.mark.parametrize("place", range(len(STEPS)))
def test_the_card_is_beside_its_target(tour, window, qtbot, size, place):
    window.resize(*size)
    tour.go(place)
    target = area(window.findChild(QWidget, STEPS[place].target), window)
    qtbot.waitUntil(lambda: outline(window).geometry() == target)
    card = tour.geometry()
    assert window.rect().contains(card)
    assert not card.intersects(target)
    for view in (window.map, window.values):
        assert not card.intersects(area(view, window)) or STEPS[place].target == "dock-model"


def test_the_card_follows_the_window(tour, window, qtbot):
    tour.go(2)
    window.resize(1100, 700)
    target = area(window.values, window)
    qtbot.waitUntil(lambda: outline(window).geometry() == area(window.values, window))
    assert not tour.geometry().intersects(target)
    assert window.rect().contains(tour.geometry())


@pytest.mark.parametrize("how", ["hidden", "floating"])
def test_the_card_of_a_missing_panel_is_in_the_middle(tour, window, how):
    if how == "hidden":
        window.model.hide()
    else:
        window.model.setFloating(True)
    tour.go(len(STEPS) - 1)
    assert (tour.geometry().center() - window.rect().center()).manhattanLength() <= 2
    assert not any(one.isVisible() for one in window.findChildren(QWidget, "tour-outline"))
    click(tour.next)
    assert window.tours() == []


def test_a_panel_behind_a_tab_comes_forward_for_its_card(tour, window, qtbot):
    window.removeDockWidget(window.starts)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.starts)
    window.starts.show()
    window.tabifyDockWidget(window.model, window.starts)
    window.starts.raise_()
    qtbot.waitUntil(lambda: window.model.visibleRegion().isEmpty())
    tour.go(len(STEPS) - 1)
    qtbot.waitUntil(lambda: not window.model.visibleRegion().isEmpty())
    qtbot.waitUntil(lambda: outline(window).geometry() == area(window.model, window))


@pytest.mark.parametrize("size", [(900, 480), (960, 540), (1920, 1040)])
@pytest.mark.parametrize("place", range(len(STEPS)))
def test_the_card_is_whole_on_any_screen(tour, window, qtbot, size, place):
    for part in (window.starts, window.plot):
        part.setMinimumHeight(40)
    window.resize(*size)
    qtbot.waitUntil(lambda: window.width() == size[0])
    tour.go(place)
    qtbot.waitUntil(lambda: window.rect().contains(tour.geometry()))
    assert tour.height() >= tour.layout().totalHeightForWidth(tour.width())


def test_a_tour_at_the_start_leaves_the_keyboard_focus_alone(window):
    window.help.tour(focus=False)
    (tour,) = window.tours()
    assert window.map.hasFocus()
    click(tour.next)
    assert window.map.hasFocus()
    # Enter goes on where nothing else takes it.
    QTest.keyClick(window.map, Qt.Key.Key_Return)
    QTest.keyClick(window.map, Qt.Key.Key_Enter)
    assert tour.place == 3
    QTest.keyClick(window.map, Qt.Key.Key_Right)
    assert tour.place == 3
    click(tour.skip)


def test_escape_ends_the_tour_from_anywhere(tour, window):
    window.map.setFocus()
    QTest.keyClick(window.map, Qt.Key.Key_Escape)
    assert window.tours() == []
    assert window.map.hasFocus()


def test_a_tour_from_the_menu_is_used_with_the_keyboard(tour, window):
    assert tour.next.hasFocus()
    QTest.keyClick(tour, Qt.Key.Key_Right)
    QTest.keyClick(tour, Qt.Key.Key_Return)
    assert tour.place == 2
    QTest.keyClick(tour, Qt.Key.Key_Left)
    assert tour.place == 1
    QTest.keyClick(tour.next, Qt.Key.Key_Escape)
    assert window.tours() == []
    assert window.map.hasFocus()


def test_the_tour_follows_the_theme(qtbot, tour, window, started):
    started.set_window(window)
    for look in (LIGHT, DARK):
        started.choose(look.name)
        qtbot.waitUntil(lambda: not started.switching)
        image = tour.grab().toImage()
        assert image.pixelColor(8, image.height() // 2) == QColor(look.raised)
        framed = outline(window).grab().toImage()
        assert framed.pixelColor(2, framed.height() // 2) == QColor(look.accent)


# The menu.


def test_the_tour_is_shown_only_once_by_itself(window, tour):
    assert window.session.settings.get(entries.TOUR_DONE)
    click(tour.skip)
    assert window.tours() == []
    assert window.session.settings.get(entries.TOUR_DONE)


def test_the_tour_is_shown_once_at_a_time(window, tour):
    click(tour.next)
    window.help.tour()
    assert window.tours() == [tour]
    assert tour.place == 0
    click(tour.skip)
    window.help.tour()
    (again,) = window.tours()
    assert again is not tour
    assert gone(tour)
    assert window.tours() == [again]


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
