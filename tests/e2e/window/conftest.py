"""The real window from its real entry point, driven by mouse and key events."""

import logging
import os
import re
import traceback

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSettings, Qt, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QToolBar, QToolButton

from vingui.cli import main
from vingui.core.dataset import DataSet
from vingui.core.formats import write_dataset
from vingui.core.grid import GridMap
from vingui.gui import app as entry
from vingui.gui import settings as entries
from vingui.gui.look.debounce import Debounce
from vingui.gui.planner.client import Phase, PlannerClient
from vingui.gui.settings import Settings

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


class Driver:
    """Somebody at the window.

    Args:
        app: the running application.
        qtbot: waits for what is to come.
    """

    def __init__(self, app, qtbot):
        self.app = app
        self.window = app.window
        self.session = app.session
        self.document = app.session.document
        self.map_view = app.window.map_view
        self.value_view = app.window.value_view
        self.bugs = []
        """Tracebacks of what went wrong inside; the test fails with any."""
        self.expected_log = ["This plugin does not support"]
        """Patterns of warnings in the log that are no fault; the test fails with any other.
        There is no screen here, of which Qt tells."""
        self._qtbot = qtbot
        self._listening = []
        self.listen(app.bugs.caught, self.bugs.append)

    @property
    def grid(self):
        return self.document.grid

    @property
    def messages(self):
        """The texts of the messages that are shown."""
        return self.window.messages.texts

    def listen(self, signal, take):
        """Call a function with what a signal tells, as long as the window is there."""
        signal.connect(take)
        self._listening.append((signal, take))

    def leave(self):
        """Listen no longer: the planner outlives the window."""
        for signal, take in self._listening:
            signal.disconnect(take)
        self._listening.clear()

    def until(self, reached, *, seconds=60):
        """Wait until something is so."""
        try:
            self._qtbot.waitUntil(lambda: bool(reached()), timeout=int(seconds * 1000))
        except self._qtbot.TimeoutError as error:
            error.add_note(
                f"active: {QApplication.activeWindow()}, "
                f"modal: {QApplication.activeModalWidget()}, "
                f"map: {self.document.title!r}, messages: {self.messages}"
            )
            raise

    def planned(self):
        """Whether the map as it is has its plan and its trajectories."""
        run = self.session.run
        return (
            run is not None
            and run.finished
            and run.oracle is not None
            and run.grid.same_world(self.grid)
        )

    def _refreshing(self):
        return any(timer.isActive() for timer in self.window.findChildren(Debounce))

    def wait_for_plan(self):
        """Wait for the plan of the map as it is, and for the panels to show it."""
        self.until(lambda: self.planned() and not self._refreshing())
        return self.session.run

    def at(self, cell, view=None):
        """Where a cell is in a view."""
        return (view or self.map_view).position_of(cell).toPoint()

    def move(self, cell, view=None):
        """Move the mouse to a cell."""
        view = view or self.map_view
        QTest.mouseMove(view.viewport(), self.at(cell, view))

    def press(self, cell, button=LEFT, view=None):
        """Press a button over a cell."""
        view = view or self.map_view
        QTest.mousePress(view.viewport(), button, NONE, self.at(cell, view))

    def release(self, cell, button=LEFT, view=None):
        """Release a button over a cell."""
        view = view or self.map_view
        QTest.mouseRelease(view.viewport(), button, NONE, self.at(cell, view))

    def drag(self, *cells, button=LEFT, view=None):
        """Press at the first cell, move over the others, release at the last."""
        self.press(cells[0], button, view)
        for cell in cells[1:]:
            self.move(cell, view)
        self.release(cells[-1], button, view)

    def click(self, cell, button=LEFT, view=None):
        """Press and release over a cell."""
        self.drag(cell, button=button, view=view)

    def key(self, key, modifiers=NONE, widget=None):
        """Press and release a key where the focus is, or in a widget."""
        # A desktop gives the window the keyboard back when a dialog was closed.
        active = QApplication.activeWindow()
        if active is None or not active.isVisible():
            self.window.activateWindow()
            self.until(self.window.isActiveWindow)
        QTest.keyClick(widget or self.window.focusWidget() or self.window, key, modifiers)

    def trigger(self, id_):
        """Choose an entry of a menu."""
        action = self.window.actions_by_id[id_]
        assert action.isEnabled(), id_
        action.trigger()

    def click_on(self, name, position=None):
        """Click on the widget of an object name."""
        widget = self.find(name)
        QTest.mouseClick(widget, LEFT, NONE, position or widget.rect().center())

    def click_on_action(self, id_):
        """Click on the toolbar's button of an action."""
        action = self.window.actions_by_id[id_]
        for bar in self.window.findChildren(QToolBar):
            if (button := bar.widgetForAction(action)) is not None and button.isVisible():
                QTest.mouseClick(button, LEFT)
                return
        raise AssertionError(f"Expected a button for {id_!r}")

    def type_into(self, name, text):
        """Type into a field in place of what is in it."""
        field = self.find(name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def in_dialog(self, act, *, over=None):
        """Call a function with the next modal dialog, once it is there.

        Args:
            act: what is done with the dialog.
            over: a dialog that is there already.

        Returns:
            A list, empty until the function was called.
        """
        timer, met = QTimer(self.window), []
        timer.setInterval(5)

        def poll():
            dialog = QApplication.activeModalWidget()
            if dialog not in (None, over) and dialog.isActiveWindow():
                timer.stop()
                met.append(dialog)
                try:
                    act(dialog)
                except BaseException as error:
                    self.bugs.append("".join(traceback.format_exception(error)))
                    dialog.close()

        timer.timeout.connect(poll)
        timer.start()
        return met

    def name_file(self, path, *, over=None):
        """Type a file's name into the next file dialog, and press Return."""
        return self.in_dialog(lambda dialog: self.type_file_name(dialog, path), over=over)

    def type_file_name(self, dialog, path):
        """Type a file's name into a file dialog that is there, and press Return."""
        assert isinstance(dialog, QFileDialog)
        dialog.setDirectory(str(path.parent))
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        # Without the focus the file that is selected in the list would stay so.
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, path.name)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def click_on_message(self, words):
        """Click on the button of a message."""
        buttons = self.window.messages.findChildren(QToolButton)
        (button,) = (one for one in buttons if one.text() == words and one.isVisible())
        QTest.mouseClick(button, LEFT)

    def find(self, name):
        """The visible widget of an object name, in any window."""
        from PySide6.QtWidgets import QWidget

        for top in QApplication.topLevelWidgets():
            for widget in [top, *top.findChildren(QWidget)]:
                if widget.objectName() == name and widget.isVisible():
                    return widget
        raise AssertionError(f"Expected a visible widget {name!r}")

    def picture(self, widget=None):
        """What a widget, or the whole window, looks like."""
        return (widget or self.window).grab().toImage()

    def close(self):
        """Close without being asked about changes."""
        # A step that failed may have left a stroke under way, which would be a change.
        self.document.abandon()
        self.document.commit()
        self.document.undo_stack.setClean()
        fingerprint = self.document.fingerprint
        if self.document.lost or (fingerprint is not None and not fingerprint.untouched()):
            # A map whose file the test has changed would be asked about too.
            self.document.detach_from_file()
        self.window.close()


@pytest.fixture
def snake(tmp_path):
    """A file of a map with one long way through it, whose film takes seconds."""
    walls = np.zeros((21, 21), bool)
    walls[1::2] = True
    walls[1::4, -1] = walls[3::4, 0] = False
    path = tmp_path / "snake.json"
    write_dataset(path, DataSet("snake", (GridMap(walls, ((20, 20),), ((0, 0),)),)))
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Settings and recovery files of a user who was never here; the tour is done."""
    before = os.environ["XDG_CONFIG_HOME"]
    # Not the cache, in which Matplotlib lists the machine's fonts.
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name.lower()))
    # Qt reads XDG_CONFIG_HOME only once.
    ini, scope = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    QSettings.setPath(ini, scope, str(tmp_path / "home" / "xdg_config_home"))
    QApplication.setApplicationName("vingui")
    QApplication.setOrganizationName("vingui")
    settings = Settings()
    settings.set(entries.TOUR_DONE, True)
    settings.sync()
    yield tmp_path / "home"
    QSettings.setPath(ini, scope, before)


@pytest.fixture(scope="package")
def warm_engine(qapp):
    """A planner that is ready: importing TensorFlow anew for each test would take minutes."""
    planner = PlannerClient()
    planner.start()
    yield planner
    planner.close()


@pytest.fixture
def drive(qtbot, home, monkeypatch, warm_engine, caplog):
    """Calls `main()` with some words and, while it runs, a function with a `Driver`.

    The window has a planner that is warm already; `planner=None` lets it start its own.
    """

    real = entry.App

    def run(steps, *words, planner=warm_engine):
        failures, drivers = [], []

        class Observed(real):
            def __init__(self, path=None):
                super().__init__(path)
                QTimer.singleShot(0, self.begin)

            def begin(self):
                if QThread.currentThread().loopLevel() > 1:
                    # A dialog that came first could not return before these steps have ended.
                    QTimer.singleShot(5, self.begin)
                    return
                driver = Driver(self, qtbot)
                drivers.append(driver)
                try:
                    driver.until(lambda: _activated(self.window))
                    steps(driver)
                except BaseException as error:
                    failures.append(error)
                finally:
                    if self.window.isVisible():
                        driver.close()
                    QApplication.quit()

        monkeypatch.setattr(entry, "App", Observed)
        _lend(planner, monkeypatch)
        code = main([str(word) for word in words])
        # One more that waits, as from the last window's closing, would end the loops of all tests
        # to come.
        QApplication.removePostedEvents(QApplication.instance(), QEvent.Type.Quit.value)
        for driver in drivers:
            driver.leave()
            failures.extend(_faults(driver, caplog))
            driver.app.deleteLater()
        for failure in failures:
            raise failure
        return code

    return run


def _activated(window):
    """Whether a window is active; a dialog that came before it has to be answered first."""
    if QApplication.activeModalWidget() is None and not window.isActiveWindow():
        # A desktop does so when a dialog has gone; there is none here.
        window.activateWindow()
    return window.isActiveWindow()


def _faults(driver, caplog):
    """What went wrong that nobody expected."""
    told = [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and not any(re.search(words, record.getMessage()) for words in driver.expected_log)
    ]
    return [AssertionError(f"Expected no bug, received {fault}") for fault in driver.bugs + told]


_CLOSE = PlannerClient.close


def _lend(planner, monkeypatch):
    """Let the next window use an planner that stays when it closes, or one of its own."""
    if planner is None:
        monkeypatch.setattr(entry, "PlannerClient", PlannerClient)
        monkeypatch.setattr(PlannerClient, "close", _CLOSE)
        return

    class Lent:
        def __new__(cls, parent=None):
            return planner

    planner.cancel()
    monkeypatch.setattr(entry, "PlannerClient", Lent)
    monkeypatch.setattr(PlannerClient, "close", lambda self: self.cancel())
    if planner.phase is not Phase.READY:
        planner.start()
