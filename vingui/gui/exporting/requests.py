"""What is asked of the figure process, with what it has to know for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from vingui.core.figure_protocol import (
    DrawRequest,
    ExportReply,
    ExportRequest,
    Failed,
    MissingData,
    Progress,
    ReadingRequest,
    StopRequest,
)
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import GreedyActions, PolicyReadout
from vingui.core.run import Run
from vingui.gui.exporting.figure_process import FigureProcess
from vingui.gui.exporting.readouts import ReadoutQueue
from vingui.gui.planner.process_end import ProcessEnd
from vingui.gui.session import Session
from vingui.gui.status_texts import PLANNING, why_no_plan

_SILENCE: Final = "figures"
_DEADLINE_MS: Final = 2000
"""How long a process may take to give up an export."""


@dataclass(frozen=True)
class ReadoutProgress:
    """How far the planner has come with what an export needs to know."""

    done: int
    total: int


Told = Callable[[ExportReply | ReadoutProgress], None]


@dataclass
class _PendingRequest:
    """A request that is not met yet."""

    request: DrawRequest | ExportRequest
    run: Run
    grid: GridMap
    told: Told
    readings: ReadoutQueue | None = None


class Requests(QObject):
    """Asks the figure process, and the planner for what that lacks.

    Args:
        session: what is shown, which requests are about.
        process: draws and writes.
    """

    def __init__(self, session: Session, process: FigureProcess) -> None:
        super().__init__(process)
        self._session = session
        self._process = process
        self._pending: dict[int, _PendingRequest] = {}
        self._number = 0
        self._stopping: set[int] = set()
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.setInterval(_DEADLINE_MS)
        self._deadline.timeout.connect(self._on_deadline)
        process.answered.connect(self._take)
        process.died.connect(self._on_death)
        process.silent_changed.connect(self._on_silent_changed)

    def ask(self, request: DrawRequest | ExportRequest, told: Told) -> int:
        """Ask something about the run that is shown.

        Args:
            request: what; its number is chosen here.
            told: is called with all that comes of it, with a `Failed` where there is no run.

        Returns:
            The request's number.
        """
        self._number += 1
        number, about = self._number, subject(self._session)
        if about is None:
            told(Failed(number, why_no_plan(self._session) or PLANNING, ""))
            return number
        self._pending[number] = pending = _PendingRequest(
            replace(request, number=number), *about, told
        )
        self._send(pending)
        return number

    def drop(self, number: int) -> None:
        """Tell nothing more of a request."""
        pending = self._pending.pop(number, None)
        self._expect_answers()
        if pending is not None and pending.readings is not None:
            pending.readings.cancel()
            # It may wait for what was being read.
            self._process.tell(StopRequest(number))

    def stop(self, number: int) -> None:
        """Give up an export. It is told that it failed.

        By request, and where that does not help in time by ending the process.
        """
        pending = self._pending.get(number)
        if pending is not None and pending.readings is not None:
            self._end(number, "")
        elif pending is not None:
            self._process.tell(StopRequest(number))
            self._stopping.add(number)
            self._deadline.start()

    def _send(self, pending: _PendingRequest) -> None:
        # Where no process can be started, its death has been told by then.
        self._process.ask(pending.request, pending.run, pending.grid)
        self._expect_answers()

    def _take(self, reply: ExportReply) -> None:
        pending = self._pending.get(reply.number)
        if pending is None:
            if isinstance(reply, ReadingRequest):
                self._process.tell(StopRequest(reply.number))
            return
        if isinstance(reply, MissingData):
            self._learn(pending, reply)
            return
        if isinstance(reply, ReadingRequest):
            self._read(pending, [reply.k], lambda reading, *_: self._process.tell(reading))
            return
        if not isinstance(reply, Progress):
            del self._pending[reply.number]
            self._expect_answers()
        pending.told(reply)

    def _on_death(self, end: ProcessEnd) -> None:
        for number in tuple(self._pending):
            self._end(number, f"The process that draws figures stopped: {end.cause}", end.details)

    def _on_silent_changed(self) -> None:
        if self._process.silent:
            self._session.notify(
                "The process that draws figures does not answer. You can wait, or start it again.",
                kind="warning",
                actions=(("Start it again", self.restart),),
                key=_SILENCE,
            )
        else:
            self._session.close_message(_SILENCE)

    def restart(self) -> None:
        """End the process at once, and ask another what is not answered yet."""
        self._process.kill()
        for pending in tuple(self._pending.values()):
            if pending.readings is not None:
                pending.readings.cancel()
                pending.readings = None
            # What was read out for it is gone with the process.
            pending.request = replace(pending.request, skip_check=False)
            self._send(pending)

    def _on_deadline(self) -> None:
        """Exports were stopped. End the process where it has not given them up."""
        late = self._stopping & self._pending.keys()
        self._stopping.clear()
        if late:
            self._process.kill()
            for number in late:
                self._end(number, "")
            self.restart()

    def _end(self, number: int, reason: str, details: str = "") -> None:
        pending = self._pending.get(number)
        self.drop(number)
        if pending is not None:
            pending.told(Failed(number, reason, details))

    def _expect_answers(self) -> None:
        waiting = any(pending.readings is None for pending in self._pending.values())
        self._process.expect(answer=waiting)

    def _learn(self, pending: _PendingRequest, missing: MissingData) -> None:
        whole = set(missing.readings.tolist())

        def came(reading: PolicyReadout, done: int, total: int) -> None:
            # At once, as a run keeps but some. And its actions once more, as they are kept all.
            unknown = np.empty(0, np.uint8)
            self._process.tell(GreedyActions(reading.number, reading.k, reading.actions, unknown))
            if reading.k in whole:
                self._process.tell(reading)
            pending.told(ReadoutProgress(done, total))

        def done() -> None:
            pending.request = replace(pending.request, skip_check=True)
            self._send(pending)

        self._read(pending, sorted({*whole, *missing.walks.tolist()}), came, done)

    def _read(
        self,
        pending: _PendingRequest,
        ks: Sequence[int],
        came: Callable[[PolicyReadout, int, int], None],
        done: Callable[[], None] = lambda: None,
    ) -> None:
        """Have the planner read value functions out for a request."""

        def end() -> None:
            pending.readings = None
            done()

        pending.readings = ReadoutQueue(
            self._session,
            pending.run,
            ks,
            came=came,
            done=end,
            failed=lambda why: self._end(pending.request.number, why),
            parent=self,
        )
        pending.readings.begin()


def subject(session: Session) -> tuple[Run, GridMap] | None:
    """The run that is shown, and its map with the starts that there are now."""
    run, grid = session.run, session.document.grid
    if run is None or not run.latest:
        return None
    same = grid.goal == run.grid.goal and np.array_equal(grid.walls, run.grid.walls)
    return run, grid if same else run.grid
