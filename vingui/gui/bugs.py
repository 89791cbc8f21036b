"""What happens when vingui itself is wrong: the drawing is kept, the bug is shown and logged."""

import logging
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

LOG = logging.getLogger("vingui")


class Bugs(QObject):
    """Catches exceptions that nobody handled, also those of threads.

    Args:
        keep: saves the drawing; it is called before anything is shown.
    """

    caught = Signal(str)
    """The traceback of a bug."""

    def __init__(self, keep: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keep = keep
        self._before = sys.excepthook
        sys.excepthook = self._take

    def release(self) -> None:
        """Leave exceptions to whoever handled them before."""
        sys.excepthook = self._before

    def report(self, details: str) -> None:
        """Keep the drawing, and tell of a bug whose traceback is `details`."""
        LOG.error("%s", details)
        try:
            self._keep()
        except Exception:
            LOG.exception("The drawing could not be kept")
        self.caught.emit(details)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        self.report("".join(traceback.format_exception(kind, error, trace)))


def log_qt_messages() -> None:
    """Let Qt's own warnings take the same way as ours."""
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }

    def take(kind: QtMsgType, _: QMessageLogContext, text: str | None) -> None:
        LOG.log(levels[kind], "Qt: %s", text)

    qInstallMessageHandler(take)
