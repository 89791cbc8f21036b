"""Light and dark, small and large, and panels that come back."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)

from vingui.gui import settings as entries
from vingui.gui import window as rooms
from vingui.gui.docks.starts_model import STEPS

SMALL = QSize(1024, 640)
LEFT = Qt.MouseButton.LeftButton


def lightness(image):
    """The share of white of each pixel, `(rows, cols)`."""
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()] / 255


def visible(window, *kinds):
    """The widgets of some kinds that are shown, without those that Qt makes for itself."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds) and widget.isVisible()
    ]


def where(widget, window):
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def words_fit(widget):
    """Whether what a widget says has room in it."""
    if isinstance(widget, QLabel):
        room = widget.contentsRect()
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) <= widget.height()
        return widget.fontMetrics().size(0, widget.text()).width() <= room.width()
    if isinstance(widget, QAbstractSpinBox):
        field = widget.lineEdit()
        words = field.fontMetrics().horizontalAdvance(field.text())
        return words <= field.contentsRect().width() - 2 and field.height() >= 14
    if isinstance(widget, QComboBox):
        words = widget.fontMetrics().horizontalAdvance(widget.currentText())
        return words + 24 <= widget.width()
    if isinstance(widget, QAbstractButton) and widget.text() and widget.icon().isNull():
        return widget.fontMetrics().size(0x0800, widget.text()).width() <= widget.width()
    return True


def panel_of(widget, window):
    """The scroll area of the panel that a widget is in, if it is in one."""
    return next(
        (one.widget() for one in window.docks.values() if one.widget().isAncestorOf(widget)), None
    )


def is_scrolled(widget, window):
    """Whether a widget is in a panel that is too low for its content, and has a scroll bar."""
    area = panel_of(widget, window)
    return area is not None and area.verticalScrollBar().isVisible()


def assert_nothing_is_clipped(window):
    # What a resize has rearranged is laid out in a later turn of the loop.
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    kinds = (QLabel, QAbstractButton, QAbstractSpinBox, QComboBox)
    for widget in visible(window, *kinds):
        said = f"{type(widget).__name__} {widget.objectName()!r} {widget.size()}"
        if is_scrolled(widget, window):
            assert widget.width() <= panel_of(widget, window).viewport().width(), said
            continue
        assert window.rect().contains(where(widget, window)), said
        shown = widget.visibleRegion().boundingRect()
        assert shown == widget.rect() or widget.size().isEmpty(), (said, shown)
        assert words_fit(widget), (said, getattr(widget, "text", str)())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_at_1024_by_640_nothing_is_clipped_and_the_map_is_drawn_on(drive, theme):
    def steps(user):
        window = user.window
        user.trigger(f"theme-{theme}")
        window.resize(SMALL)
        user.until(lambda: window.size() == SMALL)
        user.wait_for_plan()
        user.move((8, 8))
        user.until(lambda: user.session.run.readouts.of_cell(user.session.k, (0, 0)) is not None)
        assert_nothing_is_clipped(window)
        for bar in window.findChildren(QToolBar):
            more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
            assert more is None or not more.isVisible(), bar.objectName()
        # The views are what there is most of.
        for view in (user.map_view, user.value_view):
            assert view.width() >= 280
            assert view.height() >= 240
        assert user.map_view.height() == user.value_view.height()
        assert (
            user.map_view.mapTo(window, QPoint()).y() == user.value_view.mapTo(window, QPoint()).y()
        )
        # Every cell of the map is in view and can be drawn on.
        last = (user.grid.rows - 1, user.grid.cols - 1)
        for cell in ((0, 0), last):
            assert user.map_view.viewport().rect().contains(user.at(cell))
            assert user.value_view.viewport().rect().contains(user.at(cell, user.value_view))
        user.click((2, 2))
        assert user.grid.walls[2, 2]
        # Messages of any length leave the window as it is.
        user.session.notify("A long reason. " * 30, kind="warning", key="long")
        user.session.notify("/a/very/long/path/" + "x" * 300, kind="error", key="path")
        user.until(lambda: len(user.messages) == 2)
        QApplication.processEvents()
        assert window.size() == SMALL
        assert user.map_view.height() >= 120

    assert drive(steps) == 0


def test_the_window_cannot_be_made_smaller_than_what_it_shows(drive):
    def steps(user):
        least = user.window.minimumSizeHint()
        assert least.width() <= SMALL.width()
        assert least.height() <= SMALL.height()
        user.window.resize(1, 1)
        user.until(lambda: user.window.width() < SMALL.width())
        user.wait_for_plan()
        # The panels take their places only after the window has its size.
        user.until(
            lambda: all(
                is_scrolled(widget, user.window)
                or user.window.rect().contains(where(widget, user.window))
                for widget in visible(user.window, QLabel, QComboBox, QAbstractSpinBox)
            ),
            seconds=20,
        )

    assert drive(steps) == 0


def test_reset_layout_brings_the_panels_back(drive):
    def steps(user):
        window = user.window
        user.until(window.docks["model"].isVisible)
        docks = {name: dock for name, dock in window.docks.items() if dock.isVisible()}
        before = {name: where(dock, window) for name, dock in docks.items()}
        split = window.splitter.sizes()
        window.show_panel("terrain")
        window.docks["model"].setFloating(True)
        window.docks["starts"].close()
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["inspector"])
        window.tabifyDockWidget(window.docks["inspector"], window.docks["convergence"])
        bars = {bar.objectName(): bar for bar in window.findChildren(QToolBar)}
        bars["toolbar-main"].toggleViewAction().trigger()
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, bars["toolbar-tools"])
        window.splitter.setSizes([200, 900])
        user.trigger("reset-layout")
        user.until(lambda: not window.docks["model"].isFloating())

        def back():
            now = {name: where(dock, window) for name, dock in docks.items()}
            return all(
                abs(now[name].left() - place.left()) <= 4
                and abs(now[name].top() - place.top()) <= 4
                and abs(now[name].width() - place.width()) <= 4
                and abs(now[name].height() - place.height()) <= 4
                for name, place in before.items()
            )

        user.until(back, seconds=5)
        assert all(dock.isVisible() for dock in docks.values())
        assert not window.docks["terrain"].isVisible()
        assert all(bar.isVisible() for bar in window.findChildren(QToolBar))
        assert window.splitter.sizes() == pytest.approx(split, abs=4)

    assert drive(steps) == 0


def test_where_the_screen_is_small_the_window_fills_it_and_the_views_have_the_height(
    drive, monkeypatch
):
    monkeypatch.setattr(rooms, "_room", lambda _window: QSize(1024, 616))

    def steps(user):
        window, docks = user.window, user.window.docks
        together = {docks["convergence"], docks["starts"]}
        assert window.isMaximized()
        window.showNormal()
        for size in (QSize(1024, 616), QSize(1360, 860), QSize(1024, 616)):
            window.resize(size)
            user.trigger("reset-layout")
            low = size.height() < 700
            tabbed = set(window.tabifiedDockWidgets(docks["inspector"]))
            assert tabbed == (together if low else set())
            # No panel is below the views, or else two are.
            user.until(lambda low=low: (window.height() - user.map_view.height() < 250) is low)
            assert window.size() == size

    assert drive(steps) == 0


def test_messages_leave_the_views_where_they_are(drive):
    def steps(user):
        user.wait_for_plan()
        window = user.window
        before = where(user.map_view, window), where(user.value_view, window)
        scale = user.session.camera.scale
        user.session.notify("A warning that stays", kind="warning")
        user.session.notify("A note, with a lot of words. " * 12)
        QApplication.processEvents()
        assert (where(user.map_view, window), where(user.value_view, window)) == before
        assert user.session.camera.scale == scale
        over = where(window.messages, window)
        assert over.top() > before[0].center().y()
        assert over.bottom() < before[0].bottom()

    assert drive(steps) == 0


def test_panels_are_shown_and_hidden_from_the_menu(drive):
    def steps(user):
        for name, dock in user.window.docks.items():
            action = dock.toggleViewAction()
            # Most maps have neither terrain nor demonstrations, and at first nothing is trained or
            # evaluated.
            shown = name not in ("terrain", "teach", "train", "evaluate")
            assert action.isChecked() == shown
            action.trigger()
            assert dock.isVisible() != shown, name
            action.trigger()
            assert dock.isVisible() == shown, name

    assert drive(steps) == 0


def test_the_look_changes_at_once_everywhere_and_back(drive):
    def steps(user):
        user.trigger("theme-light")
        user.window.show_panel("teach")
        user.wait_for_plan()
        table = user.find("starts-table").model()
        user.until(lambda: table.index(0, STEPS).data())
        user.session.notify("A warning", kind="warning")
        user.until(lambda: not user.session.theme.switching)
        QApplication.processEvents()
        parts = [
            user.window.menuBar(),
            user.window.statusBar(),
            user.window.messages,
            user.window.map_panel,
            *user.window.findChildren(QToolBar),
            *(dock for dock in user.window.docks.values() if dock.isVisible()),
        ]

        def view_state_of(part, picture):
            return lightness(picture.copy(where(part, user.window)))

        light = user.picture()
        for part in parts:
            assert np.median(view_state_of(part, light)) > 0.8, part
        user.trigger("theme-dark")
        assert user.session.settings.get(entries.THEME) == "dark"
        user.until(lambda: not user.session.theme.switching)
        QApplication.processEvents()
        dark = user.picture()
        for part in parts:
            seen = view_state_of(part, dark)
            assert np.median(seen) < 0.3, part
            # Nothing is left that was made for the other look: only words and lines are light.
            assert np.mean(seen > 0.85) < 0.1, part
            assert seen.max() > 0.5, part
        user.trigger("theme-light")
        user.until(lambda: not user.session.theme.switching)
        QApplication.processEvents()
        again = user.picture()
        for part in parts:
            # The curves may still be growing.
            if part is not user.window.docks["convergence"]:
                changed = np.abs(view_state_of(part, again) - view_state_of(part, light)) > 0.05
                assert np.mean(changed) < 0.002, part

    assert drive(steps) == 0


def test_a_long_name_widens_no_window(drive):
    def steps(user):
        least = user.window.minimumSizeHint().width()
        user.document.replace(user.grid, title="a name " * 40)
        QApplication.processEvents()
        assert user.window.minimumSizeHint().width() == least
        title = user.find("map-title")
        assert title.width() < title.sizeHint().width()
        assert title.toolTip().startswith("a name a name")

    assert drive(steps) == 0


_GRAB = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from vingui.cli import main
from vingui.gui import app as entry

class Grabbed(entry.App):
    def __init__(self, path=None):
        super().__init__(path)
        QTimer.singleShot(0, self.grab)

    def grab(self):
        self.window.resize(1024, 640)
        picture = self.window.grab()
        picture.save(sys.argv[1])
        QApplication.quit()

entry.App = Grabbed
main([])
"""


def test_crisp_at_150_and_200_percent(home, tmp_path):
    def grab(scale):
        path = tmp_path / f"{scale}.png"
        environment = os.environ | {"QT_SCALE_FACTOR": str(scale)}
        subprocess.run([sys.executable, "-c", _GRAB, str(path)], check=True, env=environment)
        return QImage(str(path))

    once = grab(1)
    assert once.size() == SMALL
    for scale in (1.5, 2):
        fine = grab(scale)
        assert (fine.width(), fine.height()) == (round(1024 * scale), round(640 * scale))
        # More than the coarse picture blown up: its edges are as steep as those are.
        smooth = Qt.TransformationMode.SmoothTransformation
        blown = once.scaled(fine.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        top = slice(int(28 * scale), int(58 * scale))
        steep, soft = (
            np.abs(np.diff(lightness(image)[top], axis=1)).max(axis=0) for image in (fine, blown)
        )
        assert np.mean(steep > 0.6) > 1.5 * np.mean(soft > 0.6)


def test_k_and_speed_are_read_in_their_fields(drive):
    def steps(user):
        user.wait_for_plan()
        for name in ("brush", "iteration"):
            field = user.find(name)
            assert isinstance(field, QSpinBox)
            inner = field.lineEdit()
            ink = lightness(user.picture(field))[4:-4, 4:-4]
            assert np.mean(np.abs(ink - np.median(ink)) > 0.3) > 0.01, name
            assert inner.text()
        QTest.mouseClick(user.find("brush"), LEFT)

    assert drive(steps) == 0
