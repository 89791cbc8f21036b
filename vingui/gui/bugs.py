"""Handling of unexpected exceptions: save the drawing, log the traceback, show the bug."""

import logging
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

LOG = logging.getLogger("vingui")


class Bugs(QObject):
    """Handles uncaught exceptions, also those of threads.

    Args:
        save: saves the drawing; called before anything is shown.
    """

    caught = Signal(str)
    """The traceback of a bug."""

    def __init__(self, save: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._previous_hook = sys.excepthook
        sys.excepthook = self._on_exception

    def release(self) -> None:
        """Restore the previous exception hook."""
        sys.excepthook = self._previous_hook

    def report(self, details: str) -> None:
        """Save the drawing, then log and emit a bug whose traceback is `details`."""
        LOG.error("%s", details)
        try:
            self._save()
        except Exception:
            LOG.exception("The drawing could not be saved")
        self.caught.emit(details)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._previous_hook(kind, error, trace)
            return
        self.report("".join(traceback.format_exception(kind, error, trace)))


def log_qt_messages() -> None:
    """Route Qt's own messages to the log."""
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }

    def on_message(kind: QtMsgType, _: QMessageLogContext, text: str | None) -> None:
        LOG.log(levels[kind], "Qt: %s", text)

    qInstallMessageHandler(on_message)
