"""The process that evaluates models: handles the requests on its standard input.

Run it as `python -m vingui.net.evaluator`.
"""

import os
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from vingui.core.cards import find_model
from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import (
    CancelEvaluation,
    EvaluateRequest,
    EvaluationFinished,
    EvaluationNote,
    EvaluationProgress,
    EvaluationRefused,
    EvaluationReply,
    EvaluatorCrashed,
    EvaluatorReady,
    FindFailureRequest,
    RowFinished,
    SearchFinished,
    SearchProgress,
)
from vingui.core.evaluation_sets import LoadedSet, MapSet, with_distinct_names
from vingui.core.extensions import BrokenExtensionError
from vingui.core.memory import is_short_of_memory
from vingui.core.methods import is_extension
from vingui.core.moves import DEFAULT_RULE, MoveRule, rule_named
from vingui.core.pipe import Outlet, hand_over, own_output

if TYPE_CHECKING:
    from vingui.net.evaluation import Contestant, Evaluation

_NICENESS: Final = 10
"""So that the window and its planner, which have little to do, come first."""

_PAUSE: Final = 0.25
"""Seconds between two reports of progress."""

Request = EvaluateRequest | FindFailureRequest
Report = Callable[[EvaluationReply], None]


class CancelledError(Exception):
    """The window wants no more of an evaluation."""


class Evaluator:
    """Does what is requested, one request after the other."""

    def __init__(self) -> None:
        self._requests: SimpleQueue[Request] = SimpleQueue()
        self._cancelled: dict[int, Event] = {}

    def put(self, message: Request | CancelEvaluation) -> None:
        """Add a message of the window; called in another thread."""
        if isinstance(message, CancelEvaluation):
            if message.number in self._cancelled:
                self._cancelled[message.number].set()
            return
        for cancelled in list(self._cancelled.values()):
            cancelled.set()
        self._cancelled[message.number] = Event()
        self._requests.put(message)

    def run_next(self, reply: Report) -> None:
        """Wait for a request, and do it."""
        request = self._requests.get()
        number = request.number
        task = _Task(request, self._cancelled[number], reply)
        try:
            task.run()
        except VinguiError as error:
            broken = error.name if isinstance(error, BrokenExtensionError) else ""
            reply(EvaluationRefused(number, str(error), broken))
        except Exception as error:
            if is_short_of_memory(error):
                why = "There is too little memory for this. Close other programs, or choose "
                reply(EvaluationRefused(number, f"{why}smaller maps"))
            else:
                reply(EvaluatorCrashed(number, traceback.format_exc()))
        del self._cancelled[number]


class _Task:
    """One request."""

    def __init__(self, request: Request, cancelled: Event, reply: Report) -> None:
        self._request, self._cancelled, self._reply = request, cancelled, reply
        self._reported = 0.0

    def run(self) -> None:
        if isinstance(self._request, EvaluateRequest):
            self._evaluate(self._request)
        else:
            self._search(self._request)

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError

    @property
    def _is_due(self) -> bool:
        """Whether it is time for a report of progress."""
        now = time.monotonic()
        if now - self._reported < _PAUSE:
            return False
        self._reported = now
        return True

    def _load(self, maps: MapSet) -> LoadedSet:
        self._check()
        loaded = maps.load(self._request.grid)
        for text in loaded.notes:
            self._reply(EvaluationNote(self._request.number, text))
        return loaded

    def _model(
        self, name: str, *, rule: MoveRule = DEFAULT_RULE, by_k: bool = True
    ) -> "Contestant":
        from vingui.net.evaluation import Contestant
        from vingui.net.zoo import load_planner

        self._check()
        # Our own methods without a network are references.
        file = None if is_extension(name) else find_model(name)
        planner, card = load_planner(name if file is None else str(file), rule=rule)
        iterations = planner.iterations_for(self._request.iterations)
        return Contestant(planner, card, iterations, by_k=by_k, file=file)

    def _evaluate(self, request: EvaluateRequest) -> None:
        from vingui.net.evaluation import Evaluation

        number, cancelled = request.number, True
        with suppress(CancelledError):
            sets = with_distinct_names([self._load(MapSet.of_record(one)) for one in request.sets])
            evaluation = Evaluation(
                [self._model(name, rule=rule_named(request.rule)) for name in request.models],
                sets,
                references=request.references,
                starts="all" if request.starts == "all" else "given",
                most_failures=request.most_failures,
                number=number,
            )
            self._report(evaluation)
            with suppress(CancelledError):
                self._run(evaluation, request.processes)
            cancelled = evaluation.done < evaluation.total
            for row in evaluation.current_rows():
                self._reply(RowFinished(number, row))
        self._reply(EvaluationFinished(number, cancelled))

    def _run(self, evaluation: "Evaluation", processes: int) -> None:
        from vingui.net.batches import Batches
        from vingui.net.evaluation_batches import reports_in_batches

        number, sent = self._request.number, 0
        batches = Batches(
            None,
            most=processes,
            on_note=lambda text: self._reply(EvaluationNote(number, f"{text}.")),
            on_piece=self._check,
        )
        with closing(reports_in_batches(evaluation, batches)) as reports:
            for evaluated in evaluation.run(reports):
                for case in evaluated.failures:
                    self._reply(case)
                for row in evaluation.finished[sent:]:
                    self._reply(RowFinished(number, row))
                sent = len(evaluation.finished)
                if self._is_due:
                    self._report(evaluation)

    def _report(self, evaluation: "Evaluation") -> None:
        rows, done, total = evaluation.current_rows(), evaluation.done, evaluation.total
        number = self._request.number
        self._reply(EvaluationProgress(number, evaluation.dataset, done, total, rows))

    def _search(self, request: FindFailureRequest) -> None:
        from vingui.net.failure_search import FailureSearch

        number, tried, found, cancelled = request.number, 0, None, True
        with suppress(CancelledError):
            maps = MapSet.of_record(request.maps)
            loaded = self._load(maps)
            model = self._model(request.model, by_k=False)
            where = request.grid if maps.source == "map" else loaded
            search = FailureSearch(model, where, most=request.most, seed=maps.seed, number=number)
            for case in search.run(self._check):
                tried, found = search.tried, case
                if self._is_due:
                    self._reply(SearchProgress(number, tried, search.most))
            cancelled = False
        if found is not None:
            self._reply(found)
        self._reply(SearchFinished(number, tried, found is not None, cancelled))


class _Reply:
    """Sends messages to the window, and ends the process when it is gone."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def __call__(self, message: EvaluatorReady | EvaluationReply) -> None:
        try:
            self._outlet.send(message)
        except OSError:
            os._exit(0)


def main() -> None:
    """Handle requests until the window closes the pipe."""
    outlet, evaluator = Outlet(own_output()), Evaluator()
    Thread(target=hand_over, args=(sys.stdin.buffer, outlet, evaluator.put), daemon=True).start()
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    reply = _Reply(outlet)
    reply(EvaluatorReady())
    while True:
        evaluator.run_next(reply)


if __name__ == "__main__":
    main()
