"""The client of the evaluating process: requests evaluations and searches, collects results."""

import logging
import sys
import time
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from vingui.core.evaluation_protocol import (
    CancelEvaluation,
    EvaluateRequest,
    EvaluationFinished,
    EvaluationNote,
    EvaluationProgress,
    EvaluationRefused,
    EvaluatorCrashed,
    FailedCase,
    FindFailureRequest,
    RowFinished,
    SearchFinished,
    SearchProgress,
)
from vingui.core.grid import GridMap
from vingui.core.methods import leave_out_planner
from vingui.core.moves import DEFAULT_RULE, MoveRule
from vingui.gui.planner.process import WorkerProcess
from vingui.gui.planner.process_end import ProcessEnd

if TYPE_CHECKING:
    # It imports the file formats, which would delay the start of the window.
    from vingui.gui.evaluation.choices import EvaluationChoices

__all__ = ["EvaluationClient", "EvaluationState"]

_log = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.net.evaluator")
MOST_FAILURES: Final = 100
"""So many failed cases are collected of each model on each set."""

_IDLE_MS: Final = 300_000
"""Milliseconds after an evaluation until its process ends, if there is no other one."""

MOST_TRIED: Final = 2000
"""So many maps are tried in a search."""


class EvaluationState(Enum):
    """What the process does, or did last."""

    NONE = "none"
    """Nothing was requested yet."""
    EVALUATING = "evaluating"
    SEARCHING = "searching"
    STOPPING = "stopping"
    """What is done will be kept."""
    EVALUATED = "evaluated"
    SEARCHED = "searched"
    FAILED = "failed"


class EvaluationClient(QObject):
    """Has models evaluated in a separate process, one evaluation or search at a time.

    Args:
        command: the command line of the process.
        parent: the Qt parent.

    Attributes:
        state: what the process does, or did last.
        cancelled: whether that was ended by the user.
        rows: the results so far, as described in `vingui.core.evaluation_protocol`.
        cases: the failed cases so far.
        searching: whether it is or was a search.
        dataset: the name of the set that is evaluated on.
        done: how many maps are done, or tried by a search.
        total: how many there are, or are tried at most.
        case: what the search has found; `None` while there is none.
        notes: how maps were read or chosen.
        failure: why it failed and what to do about it, while `state` is `FAILED`.
        details: the last output of a process that failed, in several lines; may be empty.
    """

    state_changed = Signal()
    progressed = Signal()
    """There are more results, or more maps are done."""
    failures_changed = Signal()
    """There are more failed cases, or none any longer."""
    found = Signal(object)
    """A search has found a `FailedCase`."""

    def __init__(self, *, command: Sequence[str] = COMMAND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = EvaluationState.NONE
        self.cancelled = False
        self.rows: list[dict[str, Any]] = []
        self.cases: list[FailedCase] = []
        self.dataset = self.failure = self.details = ""
        self.done = self.total = 0
        self.case: FailedCase | None = None
        self.notes: list[str] = []
        self.searching = False
        self._number = 0
        self._begun = 0.0
        self._process = WorkerProcess(command=command, name="The evaluator", parent=self)
        # It holds the libraries and the models of the last evaluation.
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(_IDLE_MS)
        self._leaving.timeout.connect(self._process.end)
        self._process.replied.connect(self._on_reply)
        self._process.died.connect(self._on_died)

    @property
    def process_id(self) -> int | None:
        """The process id, while the process runs."""
        return self._process.process_id

    @property
    def active(self) -> bool:
        """Whether something is evaluated or searched for."""
        return self.state in (
            EvaluationState.EVALUATING,
            EvaluationState.SEARCHING,
            EvaluationState.STOPPING,
        )

    @property
    def seconds_left(self) -> float | None:
        """How long it will probably still take; `None` while that is not known."""
        if not self.active or not 0 < self.done < self.total:
            return None
        elapsed = time.monotonic() - self._begun
        return elapsed / self.done * (self.total - self.done)

    def evaluate(
        self, choices: "EvaluationChoices", *, grid: GridMap, rule: MoveRule = DEFAULT_RULE
    ) -> int:
        """Begin an evaluation; the results of the one before are dropped.

        Args:
            choices: the models and maps, and how they are evaluated.
            grid: the map in the editor.
            rule: the movement rule of planners of other packages.

        Returns:
            The number of the request.

        Raises:
            VinguiError: no maps can be generated as entered.
        """
        from vingui.core.processes import cores
        from vingui.core.references import REFERENCES

        request = EvaluateRequest(
            self._number + 1,
            list(choices.models),
            [maps.record() for maps in choices.sets],
            list(REFERENCES) if choices.references else [],
            choices.k,
            choices.starts,
            MOST_FAILURES,
            choices.processes or cores(),
            grid,
            rule.name,
        )
        self.rows, self.cases = [], []
        self.failures_changed.emit()
        self._begin(request, EvaluationState.EVALUATING)
        return request.number

    def search(self, choices: "EvaluationChoices", *, model: str, grid: GridMap) -> int:
        """Begin to search for a map on which a model fails; results of evaluations are kept.

        Args:
            choices: where to search, and K.
            model: the name of a shipped model, or a file.
            grid: the map in the editor.

        Returns:
            The number of the request.

        Raises:
            VinguiError: no maps can be generated as entered.
        """
        maps = choices.map_set(choices.search).record()
        request = FindFailureRequest(self._number + 1, model, maps, choices.k, MOST_TRIED, grid)
        self._begin(request, EvaluationState.SEARCHING)
        return request.number

    def stop(self) -> None:
        """End what is going on; what is done is kept."""
        if self.active:
            self._process.send(CancelEvaluation(self._number))
            self._set_state(EvaluationState.STOPPING)

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _begin(self, request: EvaluateRequest | FindFailureRequest, state: EvaluationState) -> None:
        self._number = request.number
        self.searching = state is EvaluationState.SEARCHING
        self.failure = self.details = self.dataset = ""
        self.done = self.total = 0
        self.case = None
        self.notes = []
        self.cancelled = False
        self._begun = time.monotonic()
        self._leaving.stop()
        try:
            self._process.start()
        except OSError as error:
            self._fail(f"Models cannot be evaluated: {error.strerror or error}.")
            return
        self._set_state(state)
        self._process.send(request)
        self.progressed.emit()

    # Replies.

    def _on_reply(self, reply: object) -> None:
        stale = getattr(reply, "number", None) != self._number
        if stale or not self.active:
            return
        # A search that was stopped must not open a map any longer.
        if not (self.searching and self.state is EvaluationState.STOPPING) or not isinstance(
            reply, FailedCase
        ):
            self._on_reply_about_request(reply)

    def _on_reply_about_request(self, reply: object) -> None:
        match reply:
            case EvaluationProgress():
                self._set_progress(reply.done, reply.total)
                self.dataset = reply.dataset
                for row in reply.rows:
                    self._put_row(row)
                self.progressed.emit()
            case SearchProgress():
                self._set_progress(reply.tried, reply.most)
                self.progressed.emit()
            case RowFinished():
                self._put_row(reply.row)
                self.progressed.emit()
            case FailedCase():
                self._on_failed_case(reply)
            case EvaluationNote():
                self.notes.append(reply.text)
                self.progressed.emit()
            case EvaluationFinished():
                self._finish(EvaluationState.EVALUATED, cancelled=reply.cancelled)
            case SearchFinished():
                self._set_progress(reply.tried, self.total)
                self._finish(EvaluationState.SEARCHED, cancelled=reply.cancelled)
            case EvaluationRefused():
                if reply.broken:
                    leave_out_planner(reply.broken, reply.reason)
                self._fail(f"{reply.reason}.")
            case EvaluatorCrashed():
                _log.error("The evaluator failed:\n%s", reply.traceback)
                what = reply.traceback.strip().rpartition("\n")[2]
                self._fail(f"The evaluation failed: {what[:200]}", reply.traceback)

    def _set_progress(self, done: int, total: int) -> None:
        if self.done == 0 < done:
            # Not the time in which the process and the models are loaded.
            self._begun = time.monotonic()
        self.done, self.total = done, total

    def _put_row(self, row: dict[str, Any]) -> None:
        names = ("dataset", "model", "moves")
        for place, known in enumerate(self.rows):
            if all(known[name] == row[name] for name in names):
                self.rows[place] = row
                return
        self.rows.append(row)

    def _on_failed_case(self, case: FailedCase) -> None:
        if self.searching:
            self.case = case
            self.found.emit(case)
        else:
            self.cases.append(case)
            self.failures_changed.emit()

    def _finish(self, state: EvaluationState, *, cancelled: bool) -> None:
        self.cancelled = cancelled
        self._set_state(state)

    def _on_died(self, end: ProcessEnd) -> None:
        if self.active:
            self._fail(f"The evaluation stopped: {end.cause}. You can begin it again.", end.details)

    def _fail(self, failure: str, details: str = "") -> None:
        self.failure, self.details = failure, details
        self._set_state(EvaluationState.FAILED)

    def _set_state(self, state: EvaluationState) -> None:
        if state is not self.state:
            self.state = state
            if not self.active:
                self._leaving.start()
            self.state_changed.emit()
