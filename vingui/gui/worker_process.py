"""A process that works for the window, heard in the window's thread."""

import logging
import sys
from collections import deque
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from vingui.gui.link import AnyMessage, Link

_log = logging.getLogger(__name__)

_CLOSING: Final = 0.3


class WorkerProcess(QObject):
    """One process at a time, and what it says, in the order in which it said it.

    Nothing more comes of a process that was ended, whatever of it was still on its way.

    Args:
        command: starts the process.
        name: what the log calls it.
        parent: the Qt parent.
    """

    replied = Signal(object)
    """A reply. The next ones may come once all who listen have dealt with it."""
    settled = Signal()
    """All the replies that had come until now were told."""
    died = Signal(str)
    """The process ended by itself, and why. There is none any more."""
    _arrived = Signal()

    def __init__(self, *, command: Sequence[str], name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = command
        self._name = name
        self._link: Link | None = None
        self._arrivals: deque[tuple[Link, AnyMessage | None]] = deque()
        self._arrived.connect(self._take_arrivals, Qt.ConnectionType.QueuedConnection)

    @property
    def process_id(self) -> int | None:
        """Of the process, while there is one."""
        return self._link.process.pid if self._link else None

    def start(self) -> None:
        """Start the process, unless there is one.

        Raises:
            OSError: it cannot be started.
        """
        if self._link is None:
            self._link = Link(self._deliver, command=self._command)

    def send(self, request: AnyMessage) -> None:
        """Put a request on its way, if there is a process. Never waits."""
        if self._link is not None:
            self._link.send(request)

    def end(self) -> None:
        """End the process, without waiting for it."""
        link, self._link = self._link, None
        if link is not None:
            link.end()

    def close(self) -> None:
        """End the process and wait for it, a third of a second at most."""
        link, self._link = self._link, None
        if link is not None:
            link.end(wait=_CLOSING)

    def _deliver(self, link: Link, message: AnyMessage | None) -> None:
        """In the link's thread."""
        self._arrivals.append((link, message))
        try:
            self._arrived.emit()
        except RuntimeError:
            # Qt has destroyed this: there is nobody to tell.
            link.end()

    def _take_arrivals(self) -> None:
        # No more than there are now: others keep coming, and the window has more to do.
        for _ in range(len(self._arrivals)):
            self._take(*self._arrivals.popleft())
        self.settled.emit()

    def _take(self, link: Link, message: AnyMessage | None) -> None:
        if link is not self._link:
            return
        if message is not None:
            self.replied.emit(message)
            link.taken(message)
            return
        self._link = None
        code, said = link.process.returncode, link.last_words
        _log.warning("%s ended with %s: %s", self._name, code, said)
        self.died.emit(said or f"it ended with {_ending(code)}")


def _ending(code: int) -> str:
    if code < 0 and sys.platform != "win32":
        return f"signal {-code}"
    return f"code {code}"
