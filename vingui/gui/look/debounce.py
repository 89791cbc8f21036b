"""Doing once, a moment later, what was asked for many times."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Debounce(QTimer):
    """Calls something a moment after it was first asked to, however often it is asked meanwhile.

    Args:
        call: what is called.
        milliseconds: the moment; 0 for after what is going on now.
        parent: the owner.
    """

    def __init__(
        self, call: Callable[[], object], milliseconds: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(milliseconds)
        self.timeout.connect(call)

    def ask(self, milliseconds: int | None = None) -> None:
        """Have it called, after another moment than usual if so asked.

        Asking again does not put it off.
        """
        if not self.isActive():
            self.start(self.interval() if milliseconds is None else milliseconds)
