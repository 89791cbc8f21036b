"""The planner process, which is restarted when it dies."""

import time
from collections import deque
from collections.abc import Sequence
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, Signal

from vingui.core.planner_protocol import PlannerReady, PlannerUnavailable, Reply, Request
from vingui.gui.planner.process import WorkerProcess
from vingui.gui.planner.process_end import ProcessEnd

_DEATHS: Final = 3
_WITHIN: Final = 60.0
"""After this many deaths within this many seconds, the process is not restarted."""


_PATIENCE: Final = 8
"""Seconds without a sign of life, of which there is none for a while on the largest maps."""

_PATIENCE_AT_START: Final = 30
"""The same while TensorFlow is loaded, which takes long from a slow disk."""


class Phase(Enum):
    """The state of the planner process."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class PlannerProcess(QObject):
    """Keeps the planner process running, unless it dies too often.

    Args:
        command: the command line of the process.
        parent: the Qt parent.

    Attributes:
        phase: the state of the process.
        failure: why it failed and what to do about it, while `phase` is `FAILED`.
        details: the last output of the process that failed, in several lines; may be empty.
        versions: the versions of its libraries, by name; empty until it is ready.
    """

    phase_changed = Signal()
    replied = Signal(object)
    """A `PlanReply`."""
    settled = Signal()
    """All replies received so far have been emitted."""
    lost = Signal()
    """The process is gone, with its pending requests. `phase` changes after this."""
    noted = Signal(str)
    silent_changed = Signal()
    """`silent` has changed."""

    def __init__(self, *, command: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.STOPPED
        self.failure = self.details = ""
        self.versions: dict[str, str] = {}
        self._deaths: deque[float] = deque(maxlen=_DEATHS)
        self._worker = WorkerProcess(command=command, name="The planner", parent=self)
        self._worker.replied.connect(self._on_reply)
        self._worker.settled.connect(self.settled)
        self._worker.died.connect(self._on_died)
        self._worker.silent_changed.connect(self.silent_changed)

    @property
    def process_id(self) -> int | None:
        """The process id, while the process runs."""
        return self._worker.process_id

    @property
    def ready(self) -> bool:
        """Whether the process accepts requests."""
        return self.phase is Phase.READY and self._worker.process_id is not None

    @property
    def silent(self) -> bool:
        """Whether the process has shown no sign of life for too long."""
        return self._worker.silent

    def expect(self, *, answer: bool) -> None:
        """Set whether a reply is awaited, so that the process can be found silent."""
        patience = _PATIENCE if self.phase is Phase.READY else _PATIENCE_AT_START
        running = self.phase in (Phase.STARTING, Phase.READY)
        self._worker.expect(patience if answer and running else None)

    def start(self) -> None:
        """Start the process, unless it runs."""
        if self._worker.process_id is not None:
            return
        self.failure = self.details = ""
        self._set_phase(Phase.STARTING)
        try:
            self._worker.start()
        except OSError as error:
            self._fail(f"The planner cannot be started: {error.strerror or error}.")

    def restart(self) -> None:
        """Restart the process in any state."""
        self._deaths.clear()
        self._worker.end()
        self.lost.emit()
        self.start()

    def send(self, request: Request) -> None:
        """Send a request to a process that is ready."""
        self._worker.send(request)

    def close(self) -> None:
        """End the process, which takes at most a third of a second."""
        self._set_phase(Phase.STOPPED)
        self._worker.close()

    def _on_reply(self, message: Reply) -> None:
        match message:
            case PlannerReady():
                self.versions = message.versions
                self._set_phase(Phase.READY)
            case PlannerUnavailable():
                self._worker.end()
                self._fail(f"The planner cannot start: {message.reason}. {message.remedy}")
            case _:
                self.replied.emit(message)

    def _on_died(self, end: ProcessEnd) -> None:
        self._deaths.append(time.monotonic())
        often = len(self._deaths) == _DEATHS and self._deaths[-1] - self._deaths[0] < _WITHIN
        if not self.versions:
            self._fail(f"The planner cannot start: {end.cause}. {_remedy(end)}", end.details)
        elif often:
            self._fail(
                f"The planner stopped {_DEATHS} times within a minute; the last time {end.cause}. "
                "Try a smaller map or another model, then start it again.",
                end.details,
            )
        else:
            self.lost.emit()
            self.start()
            if self.phase is Phase.STARTING:
                self.noted.emit(f"The planner stopped and was started again: {end.cause}.")

    def _fail(self, failure: str, details: str = "") -> None:
        self.lost.emit()
        self.failure, self.details = failure, details
        self._set_phase(Phase.FAILED)

    def _set_phase(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self.phase_changed.emit()


def _remedy(end: ProcessEnd) -> str:
    if end.short_of_memory:
        return "Close other programs, then start it again."
    if end.killed:
        return "Start it again."
    return "Start it again, or reinstall vingui."
