"""A process that evaluates nothing, but reports and obeys as `vingui.net.evaluator` does."""

import os
import sys
import time
from queue import SimpleQueue
from threading import Event, Thread

import numpy as np

from vingui.core.evaluation_protocol import (
    CancelEvaluation,
    EvaluationFinished,
    EvaluationNote,
    EvaluationProgress,
    EvaluationRefused,
    EvaluatorCrashed,
    EvaluatorReady,
    FailedCase,
    FindFailureRequest,
    RowFinished,
    SearchFinished,
    SearchProgress,
)
from vingui.core.evaluation_rows import wilson_interval
from vingui.core.pipe import receive, send

MAPS = 10
"""Maps of each set, of which model i fails on the first i."""

REFUSED, CRASHES, DIES, SLOW, NEVER = "refused", "crashes", "dies", "slow", "never"
"""Names of models with which something else happens; no failure is found of the last."""

requests: SimpleQueue = SimpleQueue()
cancelled: dict[int, Event] = {}


def listen():
    try:
        while True:
            message = receive(sys.stdin.buffer)
            if isinstance(message, CancelEvaluation):
                cancelled[message.number].set()
            else:
                cancelled[message.number] = Event()
                requests.put(message)
    except EOFError:
        os._exit(0)


def row_of(dataset, model, place, done, *, reference=False):
    failed = min(0 if reference else place, done)
    group = {"starts": done, "success": done - failed, "optimal": done - failed}
    return {
        "dataset": dataset,
        "model": model,
        "moves": "8",
        "iterations": "auto",
        "reference": reference,
        "finished": done == MAPS,
        "maps": done,
        "starts": done,
        "unreachable": 0,
        "success": 1 - failed / done,
        "success_interval": wilson_interval(done - failed, done),
        "optimal": 1 - failed / done,
        "mean_excess": 0.0,
        "action_accuracy": 0.9,
        "seconds_per_map": 0.001 * (place + 1),
        "by_length": [{"from": 0, "to": 10, **group}, {"from": 20, "to": None, **group}],
        "by_side": [{"from": 9, "to": 17, **group}],
        "by_k": [] if reference else [{"k": k, **group} for k in (1, 2, 4, 8)],
    }


def case_of(number, dataset, index, model, grid):
    words = "Loops: comes back to row 1, col 1 after 2 steps."
    path = np.array([grid.starts[0], (1, 1), (1, 2), (1, 1)])
    alone = grid.with_starts(grid.starts[:1])
    return FailedCase(number, dataset, index, model, 7, "loop", words, alone, path)


def evaluate(request, is_cancelled):
    number, total = request.number, MAPS * len(request.sets)
    contestants = [(model, False) for model in request.models]
    contestants += [(name, True) for name in request.references]
    yield EvaluationNote(number, "These are no maps.")
    for at, maps in enumerate(request.sets):
        dataset = maps["source"] if maps["source"] in ("map", "like") else maps["text"]
        for done in range(1, MAPS + 1):
            time.sleep(0.2 if SLOW in request.models else 0)
            rows = [
                row_of(dataset, model, place, done, reference=reference)
                for place, (model, reference) in enumerate(contestants)
            ]
            stopped = is_cancelled()
            if done == MAPS or stopped:
                yield from (RowFinished(number, row) for row in rows)
            for place, model in enumerate(request.models):
                if done <= place:
                    yield case_of(number, dataset, done - 1, model, request.grid)
            yield EvaluationProgress(number, dataset, at * MAPS + done, total, rows)
            if stopped:
                yield EvaluationFinished(number, True)
                return
    yield EvaluationFinished(number, False)


def search(request, is_cancelled):
    number = request.number
    for tried in range(1, 21):
        time.sleep(0.2 if request.model == SLOW else 0)
        yield SearchProgress(number, tried, request.most)
        stopped = is_cancelled()
        # A case that was found in the meantime is sent all the same.
        if stopped or (tried == 5 and request.model != NEVER):
            yield case_of(number, "like", tried - 1, request.model, request.grid)
            yield SearchFinished(number, tried, True, stopped)
            return
    yield SearchFinished(number, 20, False, False)


def answers(request, is_cancelled=lambda: False):
    """Yield the replies to a request."""
    is_search = isinstance(request, FindFailureRequest)
    models = [request.model] if is_search else request.models
    if REFUSED in models:
        yield EvaluationRefused(request.number, "No map has a start; choose others")
    elif CRASHES in models:
        yield EvaluatorCrashed(request.number, "Traceback\n  somewhere\nValueError: no")
    elif DIES in models:
        print("out of luck", flush=True)
        os._exit(3)
    else:
        yield from (search if is_search else evaluate)(request, is_cancelled)


def main():
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    Thread(target=listen, daemon=True).start()
    send(replies, EvaluatorReady())
    while True:
        request = requests.get()
        for message in answers(request, cancelled[request.number].is_set):
            send(replies, message)


if __name__ == "__main__":
    main()
