"""The window's side of drawing figures: the process that draws them, and what it knows of a run."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from vingui.core.figure_protocol import DrawRequest, ExportRequest, Starts, StopRequest, Subject
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    PlanFinished,
    PlanReply,
    PolicyReadout,
    Values,
)
from vingui.core.run import Run
from vingui.core.value_history import FRAME_BUDGET
from vingui.gui.planner.process import WorkerProcess
from vingui.gui.planner.process_end import ProcessEnd

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.figure.worker")

_PATIENCE: Final = 20
"""Seconds without a sign of life. None comes while Matplotlib is loaded or draws a long line."""


class RunFeed:
    """Says of a run what was not said yet.

    Args:
        run: the run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._grid: GridMap | None = None
        self._latest = 0
        self._exact = self._finished = False
        self._walks: set[int] = set()
        self._readings: set[int] = set()

    def news(self, grid: GridMap) -> Iterator[Subject | Starts | PlanReply]:
        """What makes the same run elsewhere, without what was given before.

        Args:
            grid: the run's map, maybe with other starts than it was planned with.
        """
        if self._grid is None:
            self._grid = self.run.grid
            yield Subject(self._grid, FRAME_BUDGET)
        for reply in self.run.replies():
            yield from self._unsaid(reply)
        if grid != self._grid:
            self._grid = grid
            yield Starts(grid)

    def _unsaid(self, reply: PlanReply) -> Iterator[PlanReply]:
        match reply:
            case Values():
                before, self._latest = self._latest, len(reply.changes)
                if self._latest > before:
                    yield _after(reply, before)
            case ExactSolution() if not self._exact:
                self._exact = True
                yield reply
            case GreedyActions() if reply.k not in self._walks:
                self._walks.add(reply.k)
                yield reply
            case PolicyReadout() if reply.k not in self._readings:
                self._readings.add(reply.k)
                yield reply
            case PlanFinished() if not self._finished:
                self._finished = True
                yield reply


def _after(values: Values, k: int) -> Values:
    """Values without those up to a k."""
    unsaid = values.kept > k
    return replace(
        values,
        first=k + 1,
        changes=values.changes[k:],
        lows=values.lows[k:],
        highs=values.highs[k:],
        reached=values.reached[k:],
        kept=values.kept[unsaid],
        frames=values.frames[len(values.frames) - int(unsaid.sum()) :],
    )


class FigureProcess(QObject):
    """Draws and writes in a process of its own, which is started when it is first needed.

    Args:
        command: starts the process.
        parent: the Qt parent.
    """

    answered = Signal(object)
    """An `ExportReply`."""
    died = Signal(object)
    """The process ended by itself: a `ProcessEnd`. The next request starts another."""
    gone = Signal()
    """The process ended, by itself or by `kill`, and left what it was writing. Before `died`."""
    silent_changed = Signal()
    """`silent` has changed."""

    def __init__(self, *, command: Sequence[str] = COMMAND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed: RunFeed | None = None
        self._worker = WorkerProcess(command=command, name="The figure process", parent=self)
        self._worker.replied.connect(self.answered)
        self._worker.died.connect(self._on_death)
        self._worker.silent_changed.connect(self.silent_changed)

    @property
    def process_id(self) -> int | None:
        """Of the process, while there is one."""
        return self._worker.process_id

    def ask(self, request: DrawRequest | ExportRequest, run: Run, grid: GridMap) -> bool:
        """Ask something about a run.

        Args:
            request: what.
            run: the run.
            grid: its map, maybe with other starts.

        Returns:
            Whether there is a process that was asked.
        """
        if self._worker.process_id is None and not self._start():
            return False
        if self._feed is None or self._feed.run is not run:
            self._feed = RunFeed(run)
        for message in self._feed.news(grid):
            self._worker.send(message)
        self._worker.send(request)
        return True

    def tell(self, message: PolicyReadout | GreedyActions | StopRequest) -> None:
        """Say what the run itself may have forgotten by the next request, or end an export."""
        self._worker.send(message)

    @property
    def silent(self) -> bool:
        """Whether the process gave no sign of life for longer than it is given."""
        return self._worker.silent

    def expect(self, *, answer: bool) -> None:
        """Say whether an answer of the process is waited for, so that its silence counts."""
        self._worker.expect(_PATIENCE if answer else None)

    def kill(self) -> None:
        """End the process at once. The next request starts another."""
        self._worker.kill()
        self.gone.emit()

    def close(self) -> None:
        """End the process. Takes a third of a second at most."""
        self._worker.close()

    def _on_death(self, end: ProcessEnd) -> None:
        self.gone.emit()
        self.died.emit(end)

    def _start(self) -> bool:
        self._feed = None
        try:
            self._worker.start()
        except OSError as error:
            self.died.emit(ProcessEnd(f"it cannot be started: {error.strerror or error}"))
            return False
        return True
