"""The application: creates the window and everything that lives as long as it."""

import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import cast

from pyqtgraph.util.garbage_collector import GarbageCollector
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QObject,
    QSocketNotifier,
    QStandardPaths,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QApplication

from vingui.core import extensions
from vingui.gui import background
from vingui.gui import settings as entries
from vingui.gui.bugs import Bugs, log_qt_messages
from vingui.gui.document.document import Document
from vingui.gui.document.recovery import (
    Recovered,
    Recovery,
    find_recovered,
    load_last_map,
    save_last_map,
)
from vingui.gui.document.samples import first_sample
from vingui.gui.evaluation.client import EvaluationClient
from vingui.gui.look import icons
from vingui.gui.look.theme import Theme
from vingui.gui.memory import return_freed_memory
from vingui.gui.planner.client import Phase, PlannerClient
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import Settings
from vingui.gui.system import use_decimal_point
from vingui.gui.training.client import TrainingClient
from vingui.gui.window import Window
from vingui.version import VERSION


class App(QObject):
    """The running application.

    Args:
        path: the map file or folder of maps to open; `None` to restore the last map.
    """

    _extension_left_out = Signal(str)
    """In any thread: a sentence about an extension."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        return_freed_memory()
        # Widgets in cycles are destroyed by the collector, which Python would run in any thread.
        self._garbage = GarbageCollector()
        # The threads that exchange messages with the worker must run between two repaints.
        sys.setswitchinterval(0.0005)
        # The worker takes a while to import its libraries, so it is started first.
        self.planner = PlannerClient(parent=self)
        self.planner.start()
        self.settings = Settings(self)
        self.theme = Theme(self)
        self.theme.choose(self.settings.get(entries.THEME))
        self.theme.start(_application())
        icons.set_theme(self.theme)
        self.document = Document(parent=self)
        self._libraries: background.Task | None = None
        self.folder = Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
        )
        self._damaged = [self.settings.damaged] if self.settings.damaged is not None else []
        self._opens_file = path is not None
        if path is None:
            self._restore_last_map()
        self.session = Session(
            document=self.document,
            planner=self.planner,
            playback=Playback(self.settings, parent=self),
            settings=self.settings,
            theme=self.theme,
            parent=self,
        )
        self.training = TrainingClient(self.folder / "training", parent=self)
        self.evaluation = EvaluationClient(parent=self)
        self.recovery = Recovery(self.document, self.folder)
        self.bugs = Bugs(self.recovery.flush, self)
        self.window = Window(self.session, self.training, self.evaluation)
        self.bugs.caught.connect(self._show_bug)
        self.recovery.failed.connect(
            lambda text: self.session.notify(text, kind="warning", key="recovery")
        )
        self._extension_left_out.connect(
            lambda text: self.session.notify(text, kind="warning", key=text)
        )
        extensions.report_to(self._extension_left_out.emit)
        self.settings.changed.connect(self._on_setting_changed)
        self.planner.phase_changed.connect(self._preload)
        self.session.plan()
        if path is not None:
            self.window.filing.open_path(path, on_failure=self._restore_last_map_if_untouched)
        self.window.show()
        # What lives as long as the window would take 50 ms to search, in the middle of the start.
        gc.freeze()
        QTimer.singleShot(0, self._after_paint)

    def save_state(self) -> None:
        """Save the drawing and the layout now, since the process may be ended without notice."""
        if self.window.isVisible():
            # Closing the window hides floating panels too.
            self.window.save_layout()
        # The user was not asked about unsaved changes; the next start offers to restore them.
        self.recovery.flush()
        if not self.document.modified and not self.window.filing.autosaves:
            save_last_map(self.document, self.folder)

    def close(self) -> None:
        """Save the state and end everything that runs beside the window."""
        extensions.report_to(None)
        self.window.help.end_tour()
        self.window.filing.close()
        self.document.commit()
        self.save_state()
        if not self.document.modified:
            self.recovery.discard()
        self.window.exporting.close()
        self.training.close()
        self.evaluation.close()
        self.window.comparison.close()
        self.planner.close()
        self.bugs.release()
        # The window uses the document, so it is destroyed first.
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)
        gc.unfreeze()
        gc.enable()

    def _restore_last_map(self) -> None:
        last = load_last_map(self.folder, self._damaged.append)
        if last is None:
            self.document.replace_by_sample(first_sample())
        else:
            self._restore(last)

    def _restore_last_map_if_untouched(self) -> None:
        # Keep a map that was drawn or restored in the meantime.
        if self.document.path is None and not self.document.modified:
            self._restore_last_map()

    def _after_paint(self) -> None:
        self.window.comparison.restore()
        self.window.filing.reload_if_changed()
        self.window.training.find_unfinished(lambda: self.window.show_panel("train"))
        lost = find_recovered(self.folder, self._damaged.append)
        if lost is not None:
            self.session.notify(
                f"vingui was not closed properly last time. “{lost.title}”, as of "
                f"{lost.when.astimezone():%d %B, %H:%M}, can be restored.",
                kind="warning",
                actions=(("Restore", lambda: self._restore_lost(lost)), ("Discard", lost.discard)),
                key="lost",
            )
        elif not self.settings.get(entries.TOUR_DONE):
            self.window.help.first_tour(watch=not self._opens_file)
        if self._damaged:
            files = ", ".join(str(file) for file in self._damaged)
            self.session.notify(
                "A file that vingui saved when it was last open is damaged and could not be read. "
                f"The damaged file was moved to {files}.",
                kind="warning",
                key="damaged",
            )

    def _preload(self) -> None:
        """Import in the background what the first fill or the first file would wait for."""
        # Wait until the planner process has finished its own imports, which take a whole core.
        if self.planner.phase in (Phase.READY, Phase.FAILED) and self._libraries is None:
            self._libraries = background.run(_import_libraries, on_done=lambda _: None, parent=self)

    def _restore_lost(self, lost: Recovered) -> None:
        def restore() -> None:
            self._restore(lost)
            # Write this window's own recovery file before the old one is removed.
            self.recovery.flush()
            lost.discard()

        self.window.filing.after_saving_changes(restore)

    def _restore(self, recovered: Recovered) -> None:
        self.document.replace(
            recovered.grid,
            path=recovered.path,
            title=recovered.title,
            about=recovered.about,
            modified=recovered.modified,
            member=recovered.member,
            fingerprint=recovered.fingerprint,
        )

    def _on_setting_changed(self, setting: object) -> None:
        if setting is entries.THEME:
            self.theme.choose(self.settings.get(entries.THEME))

    def _show_bug(self, details: str) -> None:
        self.session.notify(
            "vingui has a bug: something went wrong. Your drawing is safe. "
            f"{details.strip().splitlines()[-1][:160]}",
            kind="error",
            actions=(("Copy details", lambda: QApplication.clipboard().setText(details)),),
            key="bug",
        )


def _import_libraries() -> None:
    for name in (
        "vingui.core.formats",
        "vingui.core.generate",
        "scipy.ndimage",
        "contourpy",
    ):
        import_module(name)


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise TypeError("Expected a QApplication, received none")
    return application


def run(path: Path | None = None, *, autosave: bool = False) -> int:
    """Open the window and run until it is closed.

    Args:
        path: the map file or folder of maps to open.
        autosave: whether each change is saved to the map's file at once.

    Returns:
        The exit code.
    """
    logging.basicConfig(format="vingui: %(levelname)s: %(message)s", level=logging.WARNING)
    log_qt_messages()
    QApplication.setApplicationName("vingui")
    QApplication.setOrganizationName("vingui")
    QApplication.setApplicationVersion(VERSION)
    QApplication.setDesktopFileName("vingui")
    application = cast("QApplication", QApplication.instance() or QApplication(sys.argv[:1]))
    use_decimal_point()
    with _exit_on_signals(application):
        app = App(path)
        if autosave:
            app.window.filing.save_every_change()
            # Who started it may wait for this line.
            QTimer.singleShot(0, lambda: print("The window is open.", flush=True))
        # When the desktop session ends, programs that still run after this signal are killed.
        application.commitDataRequest.connect(app.save_state)
        code = application.exec()
        app.close()
    return code


@contextmanager
def _exit_on_signals(application: QCoreApplication) -> Iterator[None]:
    """Close the window at once on Ctrl+C, or when the terminal or the session ends."""

    def end(*_: object) -> None:
        # Not quit(), which would ask about unsaved changes; they are saved for the next start.
        # The timer waits for the event loop, which may not be running yet.
        QTimer.singleShot(0, lambda: application.exit(0))

    numbers = [signal.SIGINT, signal.SIGTERM]
    # If SIGHUP is ignored, as under nohup, vingui is meant to outlive its terminal.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = [signal.signal(number, end) for number in numbers]
    # Python runs signal handlers only between its own instructions, so none run while Qt waits for
    # events. Writing to a socket wakes the event loop, without a timer that keeps the machine busy.
    read_end, write_end = socket.socketpair()
    write_end.setblocking(False)
    previous_fd = signal.set_wakeup_fd(write_end.fileno())
    notifier = QSocketNotifier(read_end.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: read_end.recv(64))
    try:
        yield
    finally:
        signal.set_wakeup_fd(previous_fd)
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        notifier.setEnabled(False)
        read_end.close()
        write_end.close()
