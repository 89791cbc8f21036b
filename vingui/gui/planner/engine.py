"""The window's side of planning: which plan is asked for, and what is told of it."""

import logging
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from vingui.core.grid import GridMap
from vingui.core.planner_protocol import (
    CancelRequest,
    ExactSolution,
    GreedyActions,
    PlanCrashed,
    PlanFinished,
    PlanRefused,
    PlanReply,
    PlanRequest,
    PolicyReadout,
    ReadoutRequest,
    Values,
)
from vingui.core.run import Run
from vingui.core.value_history import FRAME_BUDGET
from vingui.gui.planner.connection import COMMAND
from vingui.gui.planner.deferred_free import Attic
from vingui.gui.planner.planner_process import Phase, PlannerProcess

__all__ = ["Engine", "Phase"]

_log = logging.getLogger(__name__)

_GROWING: Final = 12
"""Milliseconds in which all that comes of a plan is told once."""

_LEARNING: Final = 40
"""The same for what is learned about it afterwards, which comes by the dozen."""


class Engine(QObject):
    """Plans in a process of its own. The latest request wins.

    One request is on its way to the process at most, until something has come of it, and one
    waits here. A plan that was superseded may still bring its first values, so that something
    moves however fast requests follow each other; nothing of a plan comes after that of a newer.

    Args:
        command: starts the process.
        parent: the Qt parent.

    Attributes:
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
    silent_changed = Signal()
    """`silent` has changed."""

    def __init__(self, *, command: Sequence[str] = COMMAND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: Run | None = None
        self._number = 0
        self._pending = self._busy = False
        self._waiting: PlanRequest | None = None
        self._sent: PlanRequest | None = None
        self._sent_answered = True
        self._dropped = 0
        self._reading: ReadoutRequest | None = None
        self._next_reading: ReadoutRequest | None = None
        self._growing = QTimer(self)
        self._growing.setSingleShot(True)
        self._growing.setInterval(_GROWING)
        self._growing.timeout.connect(lambda: self._tell_of(self.grew))
        self._learning = QTimer(self)
        self._learning.setSingleShot(True)
        self._learning.setInterval(_LEARNING)
        self._learning.timeout.connect(lambda: self._tell_of(self.learned))
        self._attic = Attic(self)
        self._news = False
        self._process = PlannerProcess(command=command, parent=self)
        self._process.phase_changed.connect(self._on_phase_changed)
        self._process.lost.connect(self._ask_again)
        self._process.noted.connect(self.noted)
        self._process.silent_changed.connect(self.silent_changed)
        self._process.replied.connect(self._take)
        self._process.settled.connect(self._tell_news)

    @property
    def phase(self) -> Phase:
        """How the process that plans is doing."""
        return self._process.phase

    @property
    def failure(self) -> str:
        """Why the process failed and what to do about it, while `phase` is `FAILED`."""
        return self._process.failure

    @property
    def details(self) -> str:
        """What the process that failed wrote last, in many lines; may be empty."""
        return self._process.details

    @property
    def silent(self) -> bool:
        """Whether an answer is waited for, and the process has given no sign of life for long.

        One that computes for long is not silent.
        """
        return self._process.silent

    @property
    def versions(self) -> dict[str, str]:
        """Of the libraries that it plans with, by name; known when it is ready."""
        return self._process.versions

    @property
    def busy(self) -> bool:
        """Whether the newest plan that was asked for is not finished yet."""
        return self._busy

    @property
    def process_id(self) -> int | None:
        """Of the process that plans, while there is one."""
        return self._process.process_id

    # What is asked.

    def start(self) -> None:
        """Start the process, unless there is one."""
        self._process.start()

    def restart(self) -> None:
        """Start the process anew, whatever became of it, and ask the newest plan again."""
        self._process.restart()

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
        if self._process.ready:
            self._process.send(CancelRequest(self._number))
        self._dropped = self._number
        # What came of it before and was not told yet would bring it back.
        self._stop_timers()
        self._news = False
        self._forget_requests()

    def read(self, run: Run, k: int) -> None:
        """Ask for the q-values and the policy of one of a run's value functions."""
        if run is not self.run or not self._process.ready or not run.latest:
            return
        kept, values = run.frame(k)
        if run.reading(kept) is not None or run.number <= self._dropped:
            return
        request = ReadoutRequest(run.number, kept, values)
        if self._reading is None:
            self._send_reading(request)
        elif self._reading.k != kept:
            self._next_reading = request

    def close(self) -> None:
        """End the process, for good unless started again. Takes a third of a second at most."""
        self._stop_timers()
        self._forget_requests()
        self._process.close()

    def _send_waiting(self) -> None:
        if self._process.ready and self._waiting is not None and self._sent_answered:
            self._sent, self._waiting, self._sent_answered = self._waiting, None, False
            self._process.send(self._sent)

    def _send_reading(self, request: ReadoutRequest | None) -> None:
        self._reading, self._next_reading = request, None
        if request is not None:
            self._process.send(request)
        self._expect_answer()

    def _forget_requests(self) -> None:
        self._waiting = self._sent = None
        self._sent_answered = True
        self._forget_readings()
        self._set_pending(False)

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

    def _take(self, reply: PlanReply) -> None:
        grid = None
        if self._sent is not None and reply.number == self._sent.number:
            grid, self._sent_answered = self._sent.grid, True
            self._send_waiting()
        newest = self.run.number if self.run else 0
        if reply.number <= self._dropped or reply.number < newest:
            return
        match reply:
            case PlanRefused():
                self._give_up(reply.number, reply.reason)
            case PlanCrashed():
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
            case PlanFinished():
                self._growing.stop()
                if run.number == self._number:
                    self._set_pending(False)
                self._news = True
                self.finished.emit(run)
            case ExactSolution():
                self._news = True
                self.learned.emit(run)
            case PolicyReadout() if self._reading is not None and reply.k == self._reading.k:
                self._send_reading(self._next_reading)
                self._news = True
                self.learned.emit(run)
            case GreedyActions() | PolicyReadout() if not self._learning.isActive():
                self._learning.start()

    def _tell_of(self, signal: SignalInstance) -> None:
        self._news = True
        signal.emit(self.run)
        self._tell_news()

    def _tell_news(self) -> None:
        if self._news and self.run is not None:
            self._news = False
            self.updated.emit(self.run)

    def _stop_timers(self) -> None:
        self._growing.stop()
        self._learning.stop()

    def _give_up(self, number: int, reason: str) -> None:
        if number == self._number:
            self._set_pending(False)
            self.refused.emit(" ".join(reason.split()))

    # How it is doing.

    def _on_phase_changed(self) -> None:
        self.phase_changed.emit()
        self._update_busy()
        self._send_waiting()

    def _set_pending(self, pending: bool) -> None:
        self._pending = pending
        self._update_busy()

    def _update_busy(self) -> None:
        busy = self._pending and self.phase in (Phase.STARTING, Phase.READY)
        self._expect_answer()
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def _expect_answer(self) -> None:
        self._process.expect(answer=self._pending or self._reading is not None)
