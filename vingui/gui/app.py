"""The application: what lives as long as the window, and the order in which it comes up."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import cast

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QObject,
    QSocketNotifier,
    QStandardPaths,
    QTimer,
)
from PySide6.QtWidgets import QApplication

from vingui import __version__
from vingui.gui import background
from vingui.gui import settings as entries
from vingui.gui.bugs import Bugs, log_qt_messages
from vingui.gui.document.document import Document
from vingui.gui.document.recovery import Recovered, Recovery, find, remember, remembered
from vingui.gui.document.samples import first_sample
from vingui.gui.look import icons
from vingui.gui.look.theme import Theme
from vingui.gui.memory import return_freed_memory
from vingui.gui.planner.engine import Engine, Phase
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import Settings
from vingui.gui.system import use_decimal_point
from vingui.gui.window import Window


class App(QObject):
    """Everything of one running vingui.

    Args:
        path: a map's file or a folder of maps to open; `None` to go on where the user left off.
    """

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        return_freed_memory()
        # The threads that write to the worker and read from it have to come in between paintings.
        sys.setswitchinterval(0.0005)
        # The worker takes seconds to import TensorFlow: it begins before anything else.
        self.engine = Engine(parent=self)
        self.engine.start()
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
        if path is None:
            self._go_on()
        self.session = Session(
            document=self.document,
            engine=self.engine,
            playback=Playback(self.settings, parent=self),
            settings=self.settings,
            theme=self.theme,
            parent=self,
        )
        self.recovery = Recovery(self.document, self.folder)
        self.bugs = Bugs(self.recovery.flush, self)
        self.window = Window(self.session)
        self.bugs.caught.connect(self._tell_of_bug)
        self.recovery.failed.connect(
            lambda text: self.session.notify(text, kind="warning", key="recovery")
        )
        self.settings.changed.connect(self._on_setting_changed)
        self.engine.phase_changed.connect(self._preload)
        self.session.plan()
        if path is not None:
            self.window.filing.open_path(path, on_failure=self._resume_untouched)
        self.window.show()
        QTimer.singleShot(0, self._after_paint)

    def keep(self) -> None:
        """Keep the drawing and the layout now: the process may be ended without notice."""
        if self.window.isVisible():
            # Once it is closed, floating panels are hidden too.
            self.window.keep_layout()
        # Nobody was asked about changes: the next start offers the drawing back.
        self.recovery.flush()
        if not self.document.modified:
            remember(self.document, self.folder)

    def close(self) -> None:
        """End what runs beside the window, and remember where the user was."""
        self.window.filing.close()
        self.document.commit()
        self.keep()
        if not self.document.modified:
            self.recovery.discard()
        self.window.exporting.close()
        self.engine.close()
        self.bugs.release()
        # The window looks at the document for as long as it is there, so it goes first.
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)

    def _go_on(self) -> None:
        last = remembered(self.folder, self._damaged.append)
        if last is None:
            sample = first_sample()
            self.document.replace(sample.grid, title=sample.title, about=sample.about)
        else:
            self._restore(last)

    def _resume_untouched(self) -> None:
        # What was drawn meanwhile, or restored, stays.
        if self.document.path is None and not self.document.modified:
            self._go_on()

    def _after_paint(self) -> None:
        self.window.filing.reload_if_changed()
        lost = find(self.folder, self._damaged.append)
        if lost is not None:
            self.session.notify(
                f"vingui ended without closing. The drawing {lost.title}, "
                f"kept {lost.when.astimezone():%d %B %H:%M}, can be restored.",
                kind="warning",
                actions=(("Restore", lambda: self._restore_lost(lost)), ("Discard", lost.forget)),
                key="lost",
            )
        elif not self.settings.get(entries.TOUR_DONE):
            self.window.help.tour(focus=False)
        if self._damaged:
            files = ", ".join(str(file) for file in self._damaged)
            self.session.notify(
                "What vingui had kept for this start is damaged and could not be read. "
                f"The damaged file is kept as {files}.",
                kind="warning",
                key="damaged",
            )

    def _preload(self) -> None:
        """Import what the first fill or the first file would have to wait for."""
        # Only once the planner's process has done its own importing, which takes a whole core.
        if self.engine.phase in (Phase.READY, Phase.FAILED) and self._libraries is None:
            self._libraries = background.run(_import_libraries, on_done=lambda _: None, parent=self)

    def _restore_lost(self, lost: Recovered) -> None:
        def restore() -> None:
            self._restore(lost)
            # Kept anew by this window before the old file goes.
            self.recovery.flush()
            lost.forget()

        self.window.filing.after_saving_changes(restore)

    def _restore(self, kept_map: Recovered) -> None:
        self.document.replace(
            kept_map.grid,
            path=kept_map.path,
            title=kept_map.title,
            about=kept_map.about,
            modified=kept_map.modified,
            member=kept_map.member,
            mark=kept_map.mark,
        )

    def _on_setting_changed(self, setting: object) -> None:
        if setting is entries.THEME:
            self.theme.choose(self.settings.get(entries.THEME))

    def _tell_of_bug(self, details: str) -> None:
        self.session.notify(
            "Something went wrong inside vingui. Your drawing is kept. "
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
        "scipy.sparse.csgraph",
        "contourpy",
    ):
        import_module(name)


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise TypeError("Expected a QApplication, received none")
    return application


def run(path: Path | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        path: a map's file or a folder of maps to open.

    Returns:
        The exit code.
    """
    logging.basicConfig(format="vingui: %(levelname)s: %(message)s", level=logging.WARNING)
    log_qt_messages()
    QApplication.setApplicationName("vingui")
    QApplication.setOrganizationName("vingui")
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("vingui")
    application = cast("QApplication", QApplication.instance() or QApplication(sys.argv[:1]))
    use_decimal_point()
    with _ended_by_signals(application):
        app = App(path)
        # The desktop's session ends: whoever is still there after this is ended by force.
        application.commitDataRequest.connect(app.keep)
        code = application.exec()
        app.close()
    return code


@contextmanager
def _ended_by_signals(application: QCoreApplication) -> Iterator[None]:
    """Ctrl+C in the terminal, and the end of it or of the session, close the window at once."""

    def end(*_: object) -> None:
        # Not quit(), which would ask about unsaved changes: they are kept for the next start. And
        # by the event loop: one that does not run yet would not hear of it.
        QTimer.singleShot(0, lambda: application.exit(0))

    numbers = [signal.SIGINT, signal.SIGTERM]
    # Where it is ignored, as under nohup, vingui is meant to outlive its terminal.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = [signal.signal(number, end) for number in numbers]
    # Python handles signals between its own instructions, so it has to get to run some; a
    # descriptor that wakes the event loop does so without a timer that keeps the machine busy.
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    woken = signal.set_wakeup_fd(theirs.fileno())
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: ours.recv(64))
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        notifier.setEnabled(False)
        ours.close()
        theirs.close()
