"""The client of the planner process: keeps it running, and collects its replies in runs."""

import logging
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from vingui.core.cell_backup import CellBackup
from vingui.core.engine import Engine
from vingui.core.grid import GridMap
from vingui.core.methods import leave_out_planner
from vingui.core.moves import DEFAULT_RULE, MoveRule
from vingui.core.planner_protocol import (
    CancelRequest,
    ChangedValues,
    DataRequest,
    ExactSolution,
    GreedyActions,
    LayerValues,
    NewValues,
    PlanCrashed,
    PlanFinished,
    PlannerReady,
    PlannerUnavailable,
    PlanRefused,
    PlanReply,
    PlanRequest,
    PolicyReadout,
    Reply,
    Values,
)
from vingui.core.run import Run
from vingui.core.value_history import VALUES_BUDGET
from vingui.gui.planner.connection import COMMAND
from vingui.gui.planner.deferred_free import DeferredFree
from vingui.gui.planner.process import WorkerProcess
from vingui.gui.planner.process_end import ProcessEnd

__all__ = ["Phase", "PlannerClient"]

_log = logging.getLogger(__name__)

_VALUES_WAIT: Final = 12
"""Milliseconds for which a plan's new values are collected before they are shown."""

_POLICIES_WAIT: Final = 40
"""The same for policy readouts and greedy actions, which arrive in large numbers."""

_DEATHS: Final = 3
_WITHIN: Final = 60.0
"""After this many deaths within this many seconds, the process is not restarted."""

_PATIENCE: Final = 8
"""Seconds without a sign of life, of which there is none for a while on the largest maps."""

_PATIENCE_AT_START: Final = 30
"""The same while its libraries are loaded, which takes long from a slow disk."""


class Phase(Enum):
    """The state of the planner process."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class PlannerClient(QObject):
    """Plans in a separate process, which is restarted unless it dies too often.

    The latest request wins: at most one unanswered request is with the process, and one waits
    here. The first values of a superseded plan are still shown, so that the views keep moving
    however fast requests follow each other. Replies to a plan are ignored once a newer plan has
    been answered.

    Args:
        command: the command line of the process.
        parent: the Qt parent.

    Attributes:
        run: the newest plan with any values.
        phase: the state of the process.
        failure: why it failed and what to do about it, while `phase` is `FAILED`.
        details: the last output of the process that failed, in several lines; may be empty.
        versions: the versions of the planner's libraries, by name; empty until it is ready.
        busy: whether the newest requested plan is not finished yet.
    """

    phase_changed = Signal()
    busy_changed = Signal(bool)
    updated = Signal(object)
    """A `Run` that has anything new; once for all replies that arrived together."""
    refused = Signal(str)
    """Why the newest plan is not possible, in one line."""
    noted = Signal(str)
    silent_changed = Signal()
    """`silent` has changed."""

    def __init__(self, *, command: Sequence[str] = COMMAND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: Run | None = None
        self.phase = Phase.STOPPED
        self.failure = self.details = ""
        self.versions: dict[str, str] = {}
        self.busy = False
        self._number = 0
        self._pending = False
        self._waiting: PlanRequest | None = None
        self._sent: PlanRequest | None = None
        self._sent_answered = True
        self._dropped = 0
        self._sent_read: DataRequest | None = None
        self._wanted: dict[DataRequest, str] = {}
        self._has_changes = False
        self._update_timer = QTimer(self)
        self._update_timer.setSingleShot(True)
        self._update_timer.timeout.connect(self._emit_updated)
        self._deferred_free = DeferredFree(self)
        self._deaths: deque[float] = deque(maxlen=_DEATHS)
        self._process = WorkerProcess(command=command, name="The planner", parent=self)
        self._process.replied.connect(self._on_reply)
        self._process.settled.connect(self._on_settled)
        self._process.died.connect(self._on_died)
        self._process.silent_changed.connect(self.silent_changed)

    @property
    def silent(self) -> bool:
        """Whether a reply is awaited from a process that shows no sign of life.

        A process that is busy computing is not silent.
        """
        return self._process.silent

    @property
    def process_id(self) -> int | None:
        """The planner's process id, while it runs."""
        return self._process.process_id

    # Requests.

    def start(self) -> None:
        """Start the process, unless it runs."""
        if self.process_id is not None:
            return
        self.failure = self.details = ""
        self._set_phase(Phase.STARTING)
        try:
            self._process.start()
        except OSError as error:
            self._fail(f"The planner cannot be started: {error.strerror or error}.")

    def restart(self) -> None:
        """Restart the process in any state, and request the newest plan again."""
        self._deaths.clear()
        self._process.end()
        self._keep_request()
        self.start()

    def plan(
        self,
        grid: GridMap,
        *,
        model: str,
        iterations: int | None,
        engine: Engine = "numba",
        rule: MoveRule = DEFAULT_RULE,
    ) -> None:
        """Request a plan. A map without a goal only cancels the previous plan.

        Args:
            grid: the map.
            model: the name of a shipped model, the path of a file, or a method's name.
            iterations: K, or `None` for auto.
            engine: what iterates the values.
            rule: the movement rule of a method; models have their own.
        """
        if grid.goal is None:
            self.cancel()
            return
        self._number += 1
        self._waiting = PlanRequest(
            self._number, grid, model, iterations, VALUES_BUDGET, engine, rule.name
        )
        self._abandon_sent(self._waiting)
        self._set_pending(True)
        self._send_waiting()

    def cancel(self) -> None:
        """Cancel the plan in progress. No further results are emitted."""
        if self._ready:
            self._process.send(CancelRequest(self._number))
        self._dropped = self._number
        self._forget_requests()

    def read(self, run: Run, requests: Iterable[DataRequest], *, purpose: str) -> None:
        """Request what a run misses.

        Args:
            run: the run.
            requests: what is needed; what the run holds already is not requested.
            purpose: what for. Requests for the same purpose that were not sent yet are dropped.
        """
        if run is not self.run or not self._ready or run.number <= self._dropped:
            return
        self._wanted = {key: why for key, why in self._wanted.items() if why != purpose}
        for request in requests:
            if request != self._sent_read:
                self._wanted.setdefault(request, purpose)
        if self._sent_read is None:
            self._send_read(run)

    def end(self) -> None:
        """End the process, without waiting for it."""
        self._forget_requests()
        self._set_phase(Phase.STOPPED)
        self._process.expect(None)
        self._process.end()

    def close(self) -> None:
        """End the process, which takes at most a third of a second."""
        self._forget_requests()
        self._set_phase(Phase.STOPPED)
        self._process.close()

    @property
    def _ready(self) -> bool:
        return self.phase is Phase.READY and self.process_id is not None

    def _abandon_sent(self, newer: PlanRequest) -> None:
        """Stop waiting for first values that would not be shown, which can take seconds."""
        sent = self._sent
        if self._sent_answered or sent is None or not self._ready:
            return
        if sent.model != newer.model or sent.grid.walls.shape != newer.grid.walls.shape:
            self._process.send(CancelRequest(sent.number))
            self._sent_answered = True

    def _send_waiting(self) -> None:
        if self._ready and self._waiting is not None and self._sent_answered:
            self._sent, self._waiting, self._sent_answered = self._waiting, None, False
            request = self._sent
            if request.grid.demonstrations:
                # Plans do not depend on them, and they can be many.
                request = replace(request, grid=request.grid.with_demonstrations(()))
            self._process.send(request)

    def _send_read(self, run: Run) -> None:
        """Send the next request for what the run misses; one at a time is with the process."""
        self._sent_read = None
        while self._wanted and self._sent_read is None:
            request = next(iter(self._wanted))
            del self._wanted[request]
            if not run.readouts.holds(request):
                self._sent_read = request
                self._process.send(request)
        self._expect_answer()

    def _forget_reads(self) -> None:
        self._sent_read = None
        self._wanted.clear()

    def _forget_requests(self) -> None:
        # Results that were received but not emitted yet must not show the plan again.
        self._update_timer.stop()
        self._has_changes = False
        self._waiting = self._sent = None
        self._sent_answered = True
        self._forget_reads()
        self._set_pending(False)

    def _keep_request(self) -> None:
        """Queue the last request again, since the process is gone."""
        if self._waiting is None and self._sent is not None:
            self._number += 1
            self._waiting = replace(self._sent, number=self._number)
            self._set_pending(True)
        self._sent, self._sent_answered = None, True
        self._forget_reads()

    # Replies.

    def _on_reply(self, reply: Reply) -> None:
        match reply:
            case PlannerReady():
                self.versions = reply.versions
                self._set_phase(Phase.READY)
            case PlannerUnavailable():
                self._process.end()
                self._fail(f"The planner cannot start: {reply.reason}. {reply.remedy}")
            case _:
                self._on_plan_reply(reply)

    def _on_plan_reply(self, reply: PlanReply) -> None:
        grid = None
        if self._sent is not None and reply.number == self._sent.number:
            grid, self._sent_answered = self._sent.grid, True
            self._send_waiting()
        newest = self.run.number if self.run else 0
        if reply.number <= self._dropped or reply.number < newest:
            return
        match reply:
            case PlanRefused():
                if reply.broken:
                    leave_out_planner(reply.broken, reply.reason)
                self._refuse(reply.number, reply.reason)
            case PlanCrashed():
                _log.error("The planner failed:\n%s", reply.traceback)
                what = reply.traceback.strip().rpartition("\n")[2]
                self._refuse(reply.number, f"The planner failed: {what[:200]}")
            case Values() | ChangedValues() if reply.number > newest and grid is not None:
                self._begin(grid, reply)
            case _ if self.run is not None and reply.number == newest:
                self.run.take(reply)
                self._on_run_changed(self.run, reply)

    def _begin(self, grid: GridMap, values: NewValues) -> None:
        self._forget_reads()
        if self.run is not None:
            self._deferred_free.free_later(self.run.large_arrays)
        self.run = Run(grid, values)
        self._has_changes = True

    def _on_run_changed(self, run: Run, reply: PlanReply) -> None:
        match reply:
            case Values() | ChangedValues():
                self._emit_within(_VALUES_WAIT)
            case PlanFinished():
                if run.number == self._number:
                    self._set_pending(False)
                self._has_changes = True
            case ExactSolution():
                self._has_changes = True
            case GreedyActions() | PolicyReadout() | LayerValues() | CellBackup():
                if reply.request == self._sent_read:
                    self._send_read(run)
                    # What else is shown comes at once, and is shown together.
                    self._has_changes = self._has_changes or self._sent_read is None
                else:
                    self._emit_within(_POLICIES_WAIT)

    def _emit_within(self, milliseconds: int) -> None:
        timer = self._update_timer
        if not timer.isActive() or timer.remainingTime() > milliseconds:
            timer.start(milliseconds)

    def _on_settled(self) -> None:
        if self._has_changes:
            self._emit_updated()

    def _emit_updated(self) -> None:
        self._update_timer.stop()
        self._has_changes = False
        self.updated.emit(self.run)

    def _refuse(self, number: int, reason: str) -> None:
        if number == self._number:
            self._set_pending(False)
            self.refused.emit(" ".join(reason.split()))

    # The process.

    def _on_died(self, end: ProcessEnd) -> None:
        self._deaths.append(time.monotonic())
        often = len(self._deaths) == _DEATHS and self._deaths[-1] - self._deaths[0] < _WITHIN
        if not self.versions:
            self._fail(f"The planner cannot start: {end.cause}. {end.remedy}", end.details)
        elif often:
            remedy = "Try a smaller map or another model, then start it again."
            if end.short_of_memory:
                remedy = "Close other programs, or try a smaller map, then start it again."
            self._fail(
                f"The planner stopped {_DEATHS} times within a minute; the last time {end.cause}. "
                f"{remedy}",
                end.details,
            )
        else:
            self._keep_request()
            self.start()
            if self.phase is Phase.STARTING:
                self.noted.emit(f"The planner stopped and was started again: {end.cause}.")

    def _fail(self, failure: str, details: str = "") -> None:
        self._keep_request()
        self.failure, self.details = failure, details
        self._set_phase(Phase.FAILED)

    def _set_phase(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self.phase_changed.emit()
            self._update_busy()
            self._send_waiting()

    def _set_pending(self, pending: bool) -> None:
        self._pending = pending
        self._update_busy()

    def _update_busy(self) -> None:
        busy = self._pending and self.phase in (Phase.STARTING, Phase.READY)
        self._expect_answer()
        if busy != self.busy:
            self.busy = busy
            self.busy_changed.emit(busy)

    def _expect_answer(self) -> None:
        """Have the process checked for signs of life while a reply is awaited."""
        patience = {Phase.STARTING: _PATIENCE_AT_START, Phase.READY: _PATIENCE}.get(self.phase)
        awaited = self._pending or self._sent_read is not None
        self._process.expect(patience if awaited else None)
