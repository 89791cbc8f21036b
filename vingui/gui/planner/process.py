"""A worker process whose replies are emitted in the window's thread."""

import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from vingui.core.pipe import AnyMessage
from vingui.gui.planner.connection import Connection
from vingui.gui.planner.process_end import process_end

_log = logging.getLogger(__name__)

_LONGEST: Final = 0.012
"""Seconds of work after which messages that have arrived wait for the next turn of the loop."""

_CLOSING: Final = 0.3
_CHECK_MS: Final = 1000


class WorkerProcess(QObject):
    """Runs one process at a time, and emits its replies in order.

    Pending replies of a process that was ended are dropped.

    Args:
        command: the command line of the process.
        name: its name in the log.
        parent: the Qt parent.

    Attributes:
        silent: whether the process has shown no sign of life for longer than expected.
    """

    replied = Signal(object)
    """A reply. It counts as handled when all connected slots have returned."""
    settled = Signal()
    """All replies received so far have been emitted."""
    died = Signal(object)
    """The process has ended by itself: a `ProcessEnd`."""
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
        self._unanswered = self._received = 0
        self._check_timer = QTimer(self)
        self._check_timer.setInterval(_CHECK_MS)
        self._check_timer.timeout.connect(self._check_alive)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(0)
        self._resting.timeout.connect(self._on_messages_received)
        self._arrivals: deque[tuple[Connection, AnyMessage | None]] = deque()
        self._arrived.connect(self._on_messages_received, Qt.ConnectionType.QueuedConnection)

    @property
    def process_id(self) -> int | None:
        """The process id, while the process runs."""
        return self._link.process.pid if self._link else None

    def start(self) -> None:
        """Start the process, unless it runs.

        Raises:
            OSError: it cannot be started.
        """
        if self._link is None:
            self._link = Connection(self._deliver, command=self._command)

    def send(self, request: AnyMessage) -> None:
        """Send a request, if the process runs; never blocks."""
        if self._link is not None:
            self._link.send(request)

    def end(self) -> None:
        """End the process, without waiting for it."""
        if (link := self._release_link()) is not None:
            link.end()

    def kill(self) -> None:
        """Kill the process at once, even if it does not respond."""
        if (link := self._release_link()) is not None:
            link.end(wait=0)

    def expect(self, seconds: int | None) -> None:
        """Check from now on whether the process shows signs of life.

        Args:
            seconds: after how many without any it is `silent`; `None` to stop checking.
        """
        if seconds == (self._patience or None):
            return
        self._patience = seconds or 0
        self._unanswered = 0
        if seconds is None:
            self._check_timer.stop()
            self._set_silent(False)
        else:
            self._check_timer.start()

    def close(self) -> None:
        """End the process and wait for it, at most a third of a second."""
        self.expect(None)
        if (link := self._release_link()) is not None:
            link.end(wait=_CLOSING)

    def _release_link(self) -> Connection | None:
        link, self._link = self._link, None
        self._unanswered = 0
        self._set_silent(False)
        return link

    def _check_alive(self) -> None:
        # Checks are counted, not seconds, since the window itself may have been suspended.
        link = self._link
        if link is None:
            return
        if link.received != self._received:
            self._received, self._unanswered = link.received, 0
        else:
            self._unanswered += 1
        link.ping()
        self._set_silent(self._unanswered * _CHECK_MS >= self._patience * 1000)

    def _set_silent(self, silent: bool) -> None:
        if silent != self.silent:
            self.silent = silent
            self.silent_changed.emit()

    def _deliver(self, link: Connection, message: AnyMessage | None) -> None:
        """Queue a message; called in the connection's thread."""
        self._arrivals.append((link, message))
        try:
            self._arrived.emit()
        except RuntimeError:
            # Qt has destroyed this object.
            link.end()

    def _on_messages_received(self) -> None:
        if self._resting.isActive():
            return
        # Only those that are here now, so that a stream of messages does not block the window.
        end = time.thread_time() + _LONGEST
        for _ in range(len(self._arrivals)):
            self._on_message(*self._arrivals.popleft())
            if time.thread_time() > end:
                # What else happens in the window comes first.
                self._resting.start()
                break
        self.settled.emit()

    def _on_message(self, link: Connection, message: AnyMessage | None) -> None:
        if link is not self._link:
            return
        if message is not None:
            self.replied.emit(message)
            link.handled(message)
            return
        self._release_link()
        end = process_end(link.process.returncode, link.written)
        if link.fault:
            end = replace(end, cause=link.fault, killed=False)
        _log.warning("%s stopped: %s\n%s", self._name, end.cause, end.details)
        self.died.emit(end)
