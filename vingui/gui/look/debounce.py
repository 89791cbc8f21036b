"""Debouncing: one delayed call for many requests."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Debounce(QTimer):
    """Calls a function a delay after the first request, once for all requests until then.

    Args:
        call: the function.
        milliseconds: the delay; 0 to call it once the pending events have been handled.
        parent: the Qt parent.
    """

    def __init__(
        self, call: Callable[[], object], milliseconds: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(milliseconds)
        self.timeout.connect(call)

    def request(self, milliseconds: int | None = None) -> None:
        """Request the call, with another delay if given.

        A further request does not postpone the call.
        """
        if not self.isActive():
            self.start(self.interval() if milliseconds is None else milliseconds)
