"""A process that works for the window, heard in the window's thread."""

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from vingui.gui.planner.connection import AnyMessage, Connection
from vingui.gui.planner.process_end import process_end

_log = logging.getLogger(__name__)

_CLOSING: Final = 0.3
_LOOK_MS: Final = 1000


class WorkerProcess(QObject):
    """One process at a time, and what it says, in the order in which it said it.

    Nothing more comes of a process that was ended, whatever of it was still on its way.

    Args:
        command: starts the process.
        name: what the log calls it.
        parent: the Qt parent.

    Attributes:
        silent: whether the process gave no sign of life for longer than it was given.
    """

    replied = Signal(object)
    """A reply. The next ones may come once all who listen have dealt with it."""
    settled = Signal()
    """All the replies that had come until now were told."""
    died = Signal(object)
    """The process ended by itself: a `ProcessEnd`. There is none any more."""
    silent_changed = Signal()
    """`silent` has changed."""
    _arrived = Signal()

    def __init__(self, *, command: Sequence[str], name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = command
        self._name = name
        self._link: Connection | None = None
        self.silent = False
        self._patience = 0
        self._unanswered = self._heard = 0
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_MS)
        self._watch.timeout.connect(self._on_look)
        self._arrivals: deque[tuple[Connection, AnyMessage | None]] = deque()
        self._arrived.connect(self._on_messages_received, Qt.ConnectionType.QueuedConnection)

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
            self._link = Connection(self._deliver, command=self._command)

    def send(self, request: AnyMessage) -> None:
        """Put a request on its way, if there is a process. Never waits."""
        if self._link is not None:
            self._link.send(request)

    def end(self) -> None:
        """End the process, without waiting for it."""
        if (link := self._let_go()) is not None:
            link.end()

    def kill(self) -> None:
        """End the process at once, also one that does not listen."""
        if (link := self._let_go()) is not None:
            link.end(wait=0)

    def expect(self, seconds: int | None) -> None:
        """Look from now on whether the process gives signs of life, which costs it nothing else.

        Args:
            seconds: after how many without any it is `silent`; `None` to look no longer.
        """
        if seconds == (self._patience or None):
            return
        self._patience = seconds or 0
        self._unanswered = 0
        if seconds is None:
            self._watch.stop()
            self._set_silent(False)
        else:
            self._watch.start()

    def close(self) -> None:
        """End the process and wait for it, a third of a second at most."""
        self.expect(None)
        if (link := self._let_go()) is not None:
            link.end(wait=_CLOSING)

    def _let_go(self) -> Connection | None:
        link, self._link = self._link, None
        self._unanswered = 0
        self._set_silent(False)
        return link

    def _on_look(self) -> None:
        # Looks are counted, and not seconds: the window itself may have been stopped meanwhile.
        link = self._link
        if link is None:
            return
        if link.heard != self._heard:
            self._heard, self._unanswered = link.heard, 0
        else:
            self._unanswered += 1
        link.ping()
        self._set_silent(self._unanswered * _LOOK_MS >= self._patience * 1000)

    def _set_silent(self, silent: bool) -> None:
        if silent != self.silent:
            self.silent = silent
            self.silent_changed.emit()

    def _deliver(self, link: Connection, message: AnyMessage | None) -> None:
        """In the link's thread."""
        self._arrivals.append((link, message))
        try:
            self._arrived.emit()
        except RuntimeError:
            # Qt has destroyed this: there is nobody to tell.
            link.end()

    def _on_messages_received(self) -> None:
        # No more than there are now: others keep coming, and the window has more to do.
        for _ in range(len(self._arrivals)):
            self._take(*self._arrivals.popleft())
        self.settled.emit()

    def _take(self, link: Connection, message: AnyMessage | None) -> None:
        if link is not self._link:
            return
        if message is not None:
            self.replied.emit(message)
            link.taken(message)
            return
        self._let_go()
        end = process_end(link.process.returncode, link.written)
        if link.fault:
            end = replace(end, cause=link.fault, killed=False)
        _log.warning("%s stopped: %s\n%s", self._name, end.cause, end.details)
        self.died.emit(end)
