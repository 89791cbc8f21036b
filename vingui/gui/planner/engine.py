"""The engine: sends plan requests to the planner process and collects the replies in runs."""

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
from vingui.gui.planner.deferred_free import DeferredFree
from vingui.gui.planner.planner_process import Phase, PlannerProcess

__all__ = ["Engine", "Phase"]

_log = logging.getLogger(__name__)

_GROWING: Final = 12
"""Milliseconds for which a plan's new values are collected before one signal is emitted."""

_LEARNING: Final = 40
"""The same for policy readouts and greedy actions, which arrive in large numbers."""


class Engine(QObject):
    """Plans in a separate process. The latest request wins.

    At most one unanswered request is with the process, and one waits here. The first values of a
    superseded plan are still shown, so that the views keep moving however fast requests follow
    each other. Replies to a plan are ignored once a newer plan has been answered.

    Args:
        command: the command line of the process.
        parent: the Qt parent.

    Attributes:
        run: the newest plan with any values.
    """

    phase_changed = Signal()
    busy_changed = Signal(bool)
    updated = Signal(object)
    """A `Run` that has anything new; once for all replies that arrived together."""
    begun = Signal(object)
    """A `Run`, with its first values."""
    grew = Signal(object)
    finished = Signal(object)
    learned = Signal(object)
    refused = Signal(str)
    """Why the newest plan is not possible, in one line."""
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
        self._growing.timeout.connect(lambda: self._emit(self.grew))
        self._learning = QTimer(self)
        self._learning.setSingleShot(True)
        self._learning.setInterval(_LEARNING)
        self._learning.timeout.connect(lambda: self._emit(self.learned))
        self._deferred_free = DeferredFree(self)
        self._has_changes = False
        self._process = PlannerProcess(command=command, parent=self)
        self._process.phase_changed.connect(self._on_phase_changed)
        self._process.lost.connect(self._on_process_lost)
        self._process.noted.connect(self.noted)
        self._process.silent_changed.connect(self.silent_changed)
        self._process.replied.connect(self._on_reply)
        self._process.settled.connect(self._emit_updated)

    @property
    def phase(self) -> Phase:
        """The state of the planner process."""
        return self._process.phase

    @property
    def failure(self) -> str:
        """Why the process failed and what to do about it, while `phase` is `FAILED`."""
        return self._process.failure

    @property
    def details(self) -> str:
        """The last output of the process that failed, in several lines; may be empty."""
        return self._process.details

    @property
    def silent(self) -> bool:
        """Whether a reply is awaited from a process that shows no sign of life.

        A process that is busy computing is not silent.
        """
        return self._process.silent

    @property
    def versions(self) -> dict[str, str]:
        """The versions of the planner's libraries, by name; empty until it is ready."""
        return self._process.versions

    @property
    def busy(self) -> bool:
        """Whether the newest requested plan is not finished yet."""
        return self._busy

    @property
    def process_id(self) -> int | None:
        """The planner's process id, while it runs."""
        return self._process.process_id

    # Requests.

    def start(self) -> None:
        """Start the process, unless it runs."""
        self._process.start()

    def restart(self) -> None:
        """Restart the process in any state, and request the newest plan again."""
        self._process.restart()

    def plan(self, grid: GridMap, *, model: str, iterations: int | None) -> None:
        """Request a plan. A map without a goal only cancels the previous plan.

        Args:
            grid: the map.
            model: the name of a shipped model or the path of a file.
            iterations: K, or `None` for auto.
        """
        if grid.goal is None:
            self.cancel()
            return
        self._number += 1
        self._waiting = PlanRequest(self._number, grid, model, iterations, FRAME_BUDGET)
        self._set_pending(True)
        self._send_waiting()

    def cancel(self) -> None:
        """Cancel the plan in progress. No further results are emitted."""
        if self._process.ready:
            self._process.send(CancelRequest(self._number))
        self._dropped = self._number
        # Results that were received but not emitted yet must not show it again.
        self._stop_timers()
        self._has_changes = False
        self._forget_requests()

    def read(self, run: Run, k: int) -> None:
        """Request the q-values and the policy of a run at iteration k."""
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
        """End the process, which takes at most a third of a second."""
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

    def _on_process_lost(self) -> None:
        """Queue the last request again after the process was lost."""
        if self._waiting is None and self._sent is not None:
            self._number += 1
            sent = self._sent
            self._waiting = PlanRequest(
                self._number, sent.grid, sent.model, sent.iterations, sent.memory
            )
            self._set_pending(True)
        self._sent, self._sent_answered = None, True
        self._forget_readings()

    # Replies.

    def _on_reply(self, reply: PlanReply) -> None:
        grid = None
        if self._sent is not None and reply.number == self._sent.number:
            grid, self._sent_answered = self._sent.grid, True
            self._send_waiting()
        newest = self.run.number if self.run else 0
        if reply.number <= self._dropped or reply.number < newest:
            return
        match reply:
            case PlanRefused():
                self._refuse(reply.number, reply.reason)
            case PlanCrashed():
                _log.error("The planner failed:\n%s", reply.traceback)
                what = reply.traceback.strip().rpartition("\n")[2]
                self._refuse(reply.number, f"The planner failed: {what[:200]}")
            case Values() if reply.number > newest and grid is not None:
                self._begin(grid, reply)
            case _ if self.run is not None and reply.number == newest:
                self.run.take(reply)
                self._on_run_changed(self.run, reply)

    def _begin(self, grid: GridMap, values: Values) -> None:
        self._stop_timers()
        self._forget_readings()
        if self.run is not None:
            self._deferred_free.free_later(self.run.frames)
        self.run = Run(grid, values)
        self._has_changes = True
        self.begun.emit(self.run)

    def _on_run_changed(self, run: Run, reply: PlanReply) -> None:
        match reply:
            case Values() if not self._growing.isActive():
                self._growing.start()
            case PlanFinished():
                self._growing.stop()
                if run.number == self._number:
                    self._set_pending(False)
                self._has_changes = True
                self.finished.emit(run)
            case ExactSolution():
                self._has_changes = True
                self.learned.emit(run)
            case PolicyReadout() if self._reading is not None and reply.k == self._reading.k:
                self._send_reading(self._next_reading)
                self._has_changes = True
                self.learned.emit(run)
            case GreedyActions() | PolicyReadout() if not self._learning.isActive():
                self._learning.start()

    def _emit(self, signal: SignalInstance) -> None:
        self._has_changes = True
        signal.emit(self.run)
        self._emit_updated()

    def _emit_updated(self) -> None:
        if self._has_changes and self.run is not None:
            self._has_changes = False
            self.updated.emit(self.run)

    def _stop_timers(self) -> None:
        self._growing.stop()
        self._learning.stop()

    def _refuse(self, number: int, reason: str) -> None:
        if number == self._number:
            self._set_pending(False)
            self.refused.emit(" ".join(reason.split()))

    # State.

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
