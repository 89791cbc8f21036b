"""The process that plans: how it is doing, and that it keeps running."""

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
"""So many deaths within so many seconds, and the process is not started again."""


_PATIENCE: Final = 8
"""Seconds without a sign of life. Solving the largest maps takes some in which none can come."""

_PATIENCE_AT_START: Final = 30
"""The same while TensorFlow is loaded, which a slow disk can make long."""


class Phase(Enum):
    """How the process that plans is doing."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class PlannerProcess(QObject):
    """Keeps the process that plans running, until that dies too often.

    Args:
        command: starts the process.
        parent: the Qt parent.

    Attributes:
        phase: how the process is doing.
        failure: why it failed and what to do about it, while `phase` is `FAILED`.
        details: what the process that failed wrote last, in many lines; may be empty.
        versions: of the libraries that it plans with, by name; known when it is ready.
    """

    phase_changed = Signal()
    replied = Signal(object)
    """A `PlanReply`."""
    settled = Signal()
    """All the replies that had come until now were told."""
    lost = Signal()
    """The process is gone, and what it was asked with it. `phase` changes after this."""
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
        self._worker.replied.connect(self._take)
        self._worker.settled.connect(self.settled)
        self._worker.died.connect(self._on_death)
        self._worker.silent_changed.connect(self.silent_changed)

    @property
    def process_id(self) -> int | None:
        """Of the process, while there is one."""
        return self._worker.process_id

    @property
    def ready(self) -> bool:
        """Whether there is a process that takes requests."""
        return self.phase is Phase.READY and self._worker.process_id is not None

    @property
    def silent(self) -> bool:
        """Whether the process gave no sign of life for longer than it is given."""
        return self._worker.silent

    def expect(self, *, answer: bool) -> None:
        """Say whether an answer of the process is waited for, so that its silence counts."""
        patience = _PATIENCE if self.phase is Phase.READY else _PATIENCE_AT_START
        running = self.phase in (Phase.STARTING, Phase.READY)
        self._worker.expect(patience if answer and running else None)

    def start(self) -> None:
        """Start the process, unless there is one."""
        if self._worker.process_id is not None:
            return
        self.failure = self.details = ""
        self._set_phase(Phase.STARTING)
        try:
            self._worker.start()
        except OSError as error:
            self._fail(f"The planner cannot be started: {error.strerror or error}.")

    def restart(self) -> None:
        """Start the process anew, whatever became of it."""
        self._deaths.clear()
        self._worker.end()
        self.lost.emit()
        self.start()

    def send(self, request: Request) -> None:
        """Put a request on its way to a process that is ready."""
        self._worker.send(request)

    def close(self) -> None:
        """End the process, for good unless started again. Takes a third of a second at most."""
        self._set_phase(Phase.STOPPED)
        self._worker.close()

    def _take(self, message: Reply) -> None:
        match message:
            case PlannerReady():
                self.versions = message.versions
                self._set_phase(Phase.READY)
            case PlannerUnavailable():
                self._worker.end()
                self._fail(f"The planner cannot start: {message.reason}. {message.remedy}")
            case _:
                self.replied.emit(message)

    def _on_death(self, end: ProcessEnd) -> None:
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
    return "Start it again, or install vingui anew."
