"""The window's side of planning: asks the process that plans, and keeps it running."""

import logging
import sys
import time
from collections import deque
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from vingui.core.film import FRAME_BUDGET
from vingui.core.grid import GridMap
from vingui.core.messages import (
    Broken,
    CancelRequest,
    Exact,
    Finished,
    PlanReply,
    PlanRequest,
    Reading,
    ReadRequest,
    Ready,
    Refused,
    Unavailable,
    Values,
    Walks,
)
from vingui.core.run import Run
from vingui.gui.attic import Attic
from vingui.gui.link import COMMAND, Link

_log = logging.getLogger(__name__)

_DEATHS: Final = 3
_WITHIN: Final = 60.0
"""So many deaths within so many seconds, and the process is not started again."""

_GROWING: Final = 12
"""Milliseconds in which all that comes of a plan is told once."""

_LEARNING: Final = 40
"""The same for what is learned about it afterwards, which comes by the dozen."""

_CLOSING: Final = 0.3


class Phase(Enum):
    """How the process that plans is doing."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class Engine(QObject):
    """Plans in a process of its own. The latest request wins.

    One request is on its way to the process at most, until something has come of it, and one
    waits here. A plan that was superseded may still bring its first values, so that something
    moves however fast requests follow each other; nothing of a plan comes after that of a newer.

    Args:
        command: starts the process.
        parent: the Qt parent.

    Attributes:
        phase: how the process is doing.
        failure: why it failed and what to do about it, while `phase` is `FAILED`.
        versions: of the libraries that it plans with, by name; known when it is ready.
        run: the newest plan of which anything has come.
    """

    phase_changed = Signal()
    busy_changed = Signal(bool)
    updated = Signal(object)
    """A `Run` that began, grew, was finished or learned: once for all that came in one go."""
    begun = Signal(object)
    """A `Run`, with its first values."""
    grew = Signal(object)
    finished = Signal(object)
    learned = Signal(object)
    refused = Signal(str)
    """Why the newest plan cannot be made, in one line."""
    noted = Signal(str)
    _arrived = Signal()

    def __init__(self, *, command: Sequence[str] = COMMAND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.STOPPED
        self.failure = ""
        self.versions: dict[str, str] = {}
        self.run: Run | None = None
        self._command = command
        self._link: Link | None = None
        self._deaths: deque[float] = deque(maxlen=_DEATHS)
        self._number = 0
        self._pending = self._busy = False
        self._waiting: PlanRequest | None = None
        self._sent: PlanRequest | None = None
        self._sent_answered = True
        self._dropped = 0
        self._reading: ReadRequest | None = None
        self._next_reading: ReadRequest | None = None
        self._growing = QTimer(self, singleShot=True, interval=_GROWING)
        self._growing.timeout.connect(lambda: self._tell_of(self.grew))
        self._learning = QTimer(self, singleShot=True, interval=_LEARNING)
        self._learning.timeout.connect(lambda: self._tell_of(self.learned))
        self._attic = Attic(self)
        self._news = False
        self._arrivals: deque[tuple[Link, Any]] = deque()
        self._arrived.connect(self._take_arrivals, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether the newest plan that was asked for is not finished yet."""
        return self._busy

    @property
    def process_id(self) -> int | None:
        """Of the process that plans, while there is one."""
        return self._link.process.pid if self._link else None

    # What is asked.

    def start(self) -> None:
        """Start the process, unless there is one."""
        if self._link is not None:
            return
        self.failure = ""
        try:
            self._link = Link(self._deliver, command=self._command)
        except OSError as error:
            self._fail(f"The planner cannot be started: {error.strerror or error}.")
            return
        self._set_phase(Phase.STARTING)

    def restart(self) -> None:
        """Start the process anew, whatever became of it, and ask the newest plan again."""
        self._deaths.clear()
        self._drop_link()
        self._ask_again()
        self.start()

    def plan(self, grid: GridMap, *, model: str, iterations: int | None) -> None:
        """Ask for a plan. A map without a goal only ends the plan before.

        Args:
            grid: the map.
            model: the name of a shipped model or the path of a file.
            iterations: K, or `None` for the model's own.
        """
        if grid.goal is None:
            self.cancel()
            return
        self._number += 1
        self._waiting = PlanRequest(self._number, grid, model, iterations, FRAME_BUDGET)
        self._set_pending(True)
        self._send_waiting()

    def cancel(self) -> None:
        """End the plan that is being made. Nothing more comes of it."""
        if self._link is not None and self.phase is Phase.READY:
            self._link.send(CancelRequest(self._number))
        self._dropped = self._number
        # What came of it before and was not told yet would bring it back.
        self._stop_timers()
        self._news = False
        self._waiting = self._sent = None
        self._sent_answered = True
        self._forget_readings()
        self._set_pending(False)

    def read(self, run: Run, k: int) -> None:
        """Ask for the q-values and the policy of one of a run's value functions."""
        if run is not self.run or self.phase is not Phase.READY or not run.latest:
            return
        kept, values = run.frame(k)
        if run.reading(kept) is not None or run.number <= self._dropped:
            return
        request = ReadRequest(run.number, kept, values)
        if self._reading is None:
            self._send_reading(request)
        elif self._reading.k != kept:
            self._next_reading = request

    def close(self) -> None:
        """End the process, for good unless started again. Takes a third of a second at most."""
        link, self._link = self._link, None
        self._stop_timers()
        self._waiting = self._sent = None
        self._set_pending(False)
        self._set_phase(Phase.STOPPED)
        if link is not None:
            link.end(wait=_CLOSING)

    def _send_waiting(self) -> None:
        if self._link is None or self.phase is not Phase.READY:
            return
        if self._waiting is not None and self._sent_answered:
            self._sent, self._waiting, self._sent_answered = self._waiting, None, False
            self._link.send(self._sent)

    def _send_reading(self, request: ReadRequest | None) -> None:
        self._reading, self._next_reading = request, None
        if request is not None and self._link is not None:
            self._link.send(request)

    def _forget_readings(self) -> None:
        self._reading = self._next_reading = None

    def _ask_again(self) -> None:
        """What the process was asked is waiting again."""
        if self._waiting is None and self._sent is not None:
            self._number += 1
            sent = self._sent
            self._waiting = PlanRequest(
                self._number, sent.grid, sent.model, sent.iterations, sent.memory
            )
            self._set_pending(True)
        self._sent, self._sent_answered = None, True
        self._forget_readings()

    # What is answered.

    def _deliver(self, link: Link, message: Any) -> None:
        """In the link's thread."""
        self._arrivals.append((link, message))
        try:
            self._arrived.emit()
        except RuntimeError:
            # Qt has destroyed the engine: there is nobody to tell.
            link.end()

    def _take_arrivals(self) -> None:
        # No more than there are now: others keep coming, and the window has more to do.
        for _ in range(len(self._arrivals)):
            self._take(*self._arrivals.popleft())
        self._tell_news()

    def _tell_of(self, signal: SignalInstance) -> None:
        self._news = True
        signal.emit(self.run)
        self._tell_news()

    def _tell_news(self) -> None:
        if self._news and self.run is not None:
            self._news = False
            self.updated.emit(self.run)

    def _take(self, link: Link, message: Any) -> None:
        if link is not self._link:
            return
        match message:
            case None:
                self._take_death(link)
            case Ready():
                self.versions = message.versions
                self._set_phase(Phase.READY)
                self._send_waiting()
            case Unavailable():
                self._drop_link()
                self._fail(f"The planner cannot start: {message.reason}. {message.remedy}")
            case _:
                try:
                    self._take_reply(message)
                finally:
                    link.taken(message)

    def _take_reply(self, reply: PlanReply) -> None:
        grid = None
        if self._sent is not None and reply.number == self._sent.number:
            grid, self._sent_answered = self._sent.grid, True
            self._send_waiting()
        newest = self.run.number if self.run else 0
        if reply.number <= self._dropped or reply.number < newest:
            return
        match reply:
            case Refused():
                self._give_up(reply.number, reply.reason)
            case Broken():
                _log.error("The planner failed:\n%s", reply.traceback)
                what = reply.traceback.strip().rpartition("\n")[2]
                self._give_up(reply.number, f"The planner failed: {what[:200]}")
            case Values() if reply.number > newest and grid is not None:
                self._begin(grid, reply)
            case _ if self.run is not None and reply.number == newest:
                self.run.take(reply)
                self._tell(self.run, reply)

    def _begin(self, grid: GridMap, values: Values) -> None:
        self._stop_timers()
        self._forget_readings()
        if self.run is not None:
            self._attic.hold(self.run.frames)
        self.run = Run(grid, values)
        self._news = True
        self.begun.emit(self.run)

    def _tell(self, run: Run, reply: PlanReply) -> None:
        match reply:
            case Values() if not self._growing.isActive():
                self._growing.start()
            case Finished():
                self._growing.stop()
                if run.number == self._number:
                    self._set_pending(False)
                self._news = True
                self.finished.emit(run)
            case Exact():
                self._news = True
                self.learned.emit(run)
            case Reading() if self._reading is not None and reply.k == self._reading.k:
                self._send_reading(self._next_reading)
                self._news = True
                self.learned.emit(run)
            case Walks() | Reading() if not self._learning.isActive():
                self._learning.start()

    def _stop_timers(self) -> None:
        self._growing.stop()
        self._learning.stop()

    def _give_up(self, number: int, reason: str) -> None:
        if number == self._number:
            self._set_pending(False)
            self.refused.emit(" ".join(reason.split()))

    # How the process is doing.

    def _take_death(self, link: Link) -> None:
        self._link = None
        code, said = link.process.returncode, link.last_words
        _log.warning("The planner ended with %s: %s", code, said)
        self._deaths.append(time.monotonic())
        often = len(self._deaths) == _DEATHS and self._deaths[-1] - self._deaths[0] < _WITHIN
        why = said or f"it ended with {_ending(code)}"
        if not self.versions:
            self._fail(f"The planner cannot start: {why}. Start it again, or install vingui anew.")
        elif often:
            self._fail(
                f"The planner stopped {_DEATHS} times within a minute: {why}. "
                "Try a smaller map or another model, then start it again."
            )
        else:
            self._ask_again()
            self.start()
            self.noted.emit("The planner stopped and was started again")

    def _fail(self, failure: str) -> None:
        self._ask_again()
        self.failure = failure
        self._set_phase(Phase.FAILED)

    def _drop_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.end()

    def _set_phase(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self.phase_changed.emit()
        self._update_busy()

    def _set_pending(self, pending: bool) -> None:
        self._pending = pending
        self._update_busy()

    def _update_busy(self) -> None:
        busy = self._pending and self.phase in (Phase.STARTING, Phase.READY)
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def _ending(code: int) -> str:
    if code < 0 and sys.platform != "win32":
        return f"signal {-code}"
    return f"code {code}"
