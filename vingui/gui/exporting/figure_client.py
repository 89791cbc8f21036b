"""The client of the figure process, which draws figures and writes files about a run."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from vingui.core.figure_protocol import (
    DataNeeded,
    DrawRequest,
    EvaluationFigureRequest,
    ExportReply,
    ExportRequest,
    Failed,
    NewRun,
    NewStarts,
    Progress,
    StopRequest,
)
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import PlanReply, Values
from vingui.core.run import Run
from vingui.core.value_history import VALUES_BUDGET
from vingui.gui.planner.client import Phase
from vingui.gui.planner.process import WorkerProcess
from vingui.gui.planner.process_end import ProcessEnd
from vingui.gui.session import Session
from vingui.gui.status_texts import PLANNING, why_no_plan

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.figure.worker")

_PATIENCE: Final = 20
"""Seconds without a sign of life; there is none while Matplotlib is loaded or draws a long line."""

_DEADLINE_MS: Final = 2000
"""Milliseconds that the process may take to give up an export."""

_SILENCE: Final = "figures"


class RunFeed:
    """Finds the messages that tell the process about a run, each of which is sent only once.

    Args:
        run: the run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._grid: GridMap | None = None
        self._latest = 0
        self._sent: set[tuple[type[PlanReply], int]] = set()

    def unsent(self, grid: GridMap) -> Iterator[NewRun | NewStarts | PlanReply]:
        """Yield the messages that have not been sent yet.

        Args:
            grid: the run's map, possibly with other starts than when it was planned.
        """
        if self._grid is None:
            self._grid = self.run.grid
            yield NewRun(self._grid, VALUES_BUDGET)
        for reply in self.run.replies(after=self._latest):
            key = type(reply), getattr(reply, "k", 0)
            if isinstance(reply, Values):
                if self._latest < self.run.latest:
                    yield reply
            elif key not in self._sent:
                self._sent.add(key)
                yield reply
        self._latest = self.run.latest
        if grid != self._grid:
            self._grid = grid
            yield NewStarts(grid)


@dataclass(frozen=True)
class _PendingRequest:
    """A request that has not been answered yet.

    Attributes:
        request: the request.
        shown: the run that it is about, and its map; `None` for an evaluation.
        on_reply: called with every reply.
    """

    request: DrawRequest | ExportRequest | EvaluationFigureRequest
    shown: tuple[Run, GridMap] | None
    on_reply: Callable[[ExportReply], None]


class FigureClient(QObject):
    """Sends requests about the shown run to the process, and the policies that it asks for.

    The process is started at the first request, and restarted at the first request after it ended.

    Args:
        session: what is shown.
        command: the command line of the process.
        parent: the Qt parent.
    """

    ended = Signal()
    """The process ended and left unfinished files; emitted before its requests fail."""

    def __init__(
        self, session: Session, *, command: Sequence[str] = COMMAND, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pending: dict[int, _PendingRequest] = {}
        self._number = 0
        self._feed: RunFeed | None = None
        self._needed: DataNeeded | None = None
        self._stopping: set[int] = set()
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.setInterval(_DEADLINE_MS)
        self._deadline.timeout.connect(self._on_deadline)
        self._worker = WorkerProcess(command=command, name="The figure process", parent=self)
        self._worker.replied.connect(self._on_reply)
        self._worker.died.connect(self._on_death)
        self._worker.silent_changed.connect(self._on_silent_changed)
        session.run_changed.connect(self._send_needed)
        session.planner.phase_changed.connect(self._send_needed)

    @property
    def process_id(self) -> int | None:
        """The process id, while the process runs."""
        return self._worker.process_id

    def request(
        self, request: DrawRequest | ExportRequest, on_reply: Callable[[ExportReply], None]
    ) -> int:
        """Request a picture or a file of the shown run.

        Args:
            request: the request; its number is chosen here.
            on_reply: called with every reply; with `Failed` if there is no run.

        Returns:
            The request's number.
        """
        self._number += 1
        number, shown = self._number, shown_run(self._session)
        if shown is None:
            on_reply(Failed(number, why_no_plan(self._session) or PLANNING, ""))
            return number
        self._pending[number] = _PendingRequest(replace(request, number=number), shown, on_reply)
        self._send(self._pending[number])
        return number

    def draw_evaluation(
        self, request: EvaluationFigureRequest, on_reply: Callable[[ExportReply], None]
    ) -> int:
        """Request a file with the charts of an evaluation; the rest is as of `request`."""
        self._number += 1
        number = self._number
        self._pending[number] = _PendingRequest(replace(request, number=number), None, on_reply)
        self._send(self._pending[number])
        return number

    def drop(self, number: int) -> None:
        """Cancel a request whose answer is no longer needed."""
        if self._forget(number) is not None:
            self._worker.send(StopRequest(number))

    def stop(self, number: int) -> None:
        """Stop an export, which then fails without a reason.

        If the process does not give it up in time, the process is ended.
        """
        if number in self._pending:
            self._worker.send(StopRequest(number))
            self._stopping.add(number)
            self._deadline.start()

    def restart(self) -> None:
        """Kill the process, and send the pending requests to a new one."""
        self._worker.kill()
        self._needed = None
        self.ended.emit()
        for pending in tuple(self._pending.values()):
            self._send(pending)

    def close(self) -> None:
        """End the process. Takes a third of a second at most."""
        self._worker.close()

    def _send(self, pending: _PendingRequest) -> None:
        if self._worker.process_id is None:
            self._feed = None
            try:
                self._worker.start()
            except OSError as error:
                why = f"it cannot be started: {error.strerror or error}"
                self._on_death(ProcessEnd(why))
                return
        if pending.shown is not None:
            run, grid = pending.shown
            if self._feed is None or self._feed.run is not run:
                self._feed = RunFeed(run)
            for message in self._feed.unsent(grid):
                self._worker.send(message)
        self._worker.send(pending.request)
        self._worker.expect(_PATIENCE)

    def _forget(self, number: int) -> _PendingRequest | None:
        pending = self._pending.pop(number, None)
        if self._needed is not None and self._needed.number == number:
            self._needed = None
        self._worker.expect(_PATIENCE if self._pending else None)
        return pending

    def _fail(self, number: int, reason: str, details: str = "") -> None:
        pending = self._forget(number)
        if pending is not None:
            pending.on_reply(Failed(number, reason, details))

    def _on_reply(self, reply: ExportReply) -> None:
        pending = self._pending.get(reply.number)
        if pending is None:
            return
        if isinstance(reply, DataNeeded):
            self._needed = reply
            self._send_needed()
            return
        if not isinstance(reply, Progress):
            self._forget(reply.number)
        pending.on_reply(reply)

    def _send_needed(self) -> None:
        """Send the policy that the process waits for, or request it from the planner."""
        needed, session = self._needed, self._session
        shown = None if needed is None else self._pending[needed.number].shown
        if needed is None or shown is None:
            return
        run, request = shown[0], needed.request
        answer = run.readouts.known(request)
        if answer is not None:
            self._needed = None
            self._worker.send(answer)
            return
        why = ""
        if session.run is not run or (request.k and run.nearest(request.k) != request.k):
            why = "The map has changed before its policies were read. Export it again."
        elif session.planner.phase is not Phase.READY:
            cause = session.planner.failure or "The planner stopped and is starting again."
            why = f"Not all policies were read for the export. {cause} Then export it again."
        if why:
            self._worker.send(StopRequest(needed.number))
            self._fail(needed.number, why)
        else:
            # Even if it was requested before: a readout for the inspector may have replaced it.
            session.planner.read(run, (request,), purpose="export")

    def _on_death(self, end: ProcessEnd) -> None:
        self.ended.emit()
        for number in tuple(self._pending):
            self._fail(number, f"The process that draws figures stopped: {end.cause}", end.details)

    def _on_silent_changed(self) -> None:
        if self._worker.silent:
            self._session.notify(
                "The process that draws figures does not answer. You can wait, or start it again.",
                kind="warning",
                actions=(("Start it again", self.restart),),
                key=_SILENCE,
            )
        else:
            self._session.close_message(_SILENCE)

    def _on_deadline(self) -> None:
        late = [pending for number, pending in self._pending.items() if number in self._stopping]
        self._stopping.clear()
        for pending in late:
            self._forget(pending.request.number)
        if late:
            self.restart()
        for pending in late:
            pending.on_reply(Failed(pending.request.number, "", ""))


def shown_run(session: Session) -> tuple[Run, GridMap] | None:
    """Return the shown run, if any, and its map with the current starts."""
    run, grid = session.run, session.document.grid
    if run is None or not run.latest:
        return None
    return run, grid if grid.same_world(run.grid) else run.grid
