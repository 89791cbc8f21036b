"""The planner process: handles the requests on its standard input.

Run it as `python -m vingui.net.worker`. This module imports little, so that it can receive
requests while libraries are imported.
"""

import os
import sys
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from threading import Thread
from typing import TYPE_CHECKING, Final

import numpy as np

from vingui.core.cards import default_model, find_model
from vingui.core.cell_backup import BackupRequest
from vingui.core.engine import compile_all
from vingui.core.errors import VinguiError
from vingui.core.extensions import BrokenExtensionError
from vingui.core.files import gist
from vingui.core.grid import GridMap
from vingui.core.memory import free_memory_in_words, is_short_of_memory
from vingui.core.methods import METHODS, is_extension
from vingui.core.moves import DEFAULT_RULE, MoveRule, rule_named
from vingui.core.pipe import Outlet, hand_over, own_output
from vingui.core.planner_protocol import (
    KERAS_WHEN_NEEDED,
    ActionsRequest,
    CancelRequest,
    DataRequest,
    LayerRequest,
    PlanCrashed,
    PlannerReady,
    PlannerUnavailable,
    PlanRefused,
    PlanRequest,
    ReadoutRequest,
    Reply,
    Request,
)
from vingui.net.import_ahead import import_ahead
from vingui.net.request_queue import RequestQueue

if TYPE_CHECKING:
    from vingui.net.planner import Job, Planner

FIRST_AFTER: Final = 0.008
"""Seconds until the first values of a plan that takes longer are sent."""

EVERY: Final = 0.03
"""Seconds between two messages of values."""

REST: Final = 0.06
"""Seconds to wait for requests before a plan's other value functions are read out."""

_SOLVE_AFTER: Final = 0.3
_QUICK: Final = 0.004
"""Seconds that a plan takes at most to be sent in one piece."""

_SOLVED: Final = 0.06
"""Seconds that a plan takes at most to be solved exactly although a newer one was requested, for
trajectories to follow the goal while it is dragged."""

_SOLVE_EVERY: Final = 0.1
"""Seconds between two such exact solutions."""

_BUSY: Final = 0.1
"""Seconds after a request in which others are to be expected, as while a goal is dragged."""

_PLANNERS: Final = 4
_TURN: Final = 0.0005
"""Seconds for which a thread runs before another one does."""

_LIBRARIES: Final = ("numba", "tensorflow", "keras")
_USUAL: Final = GridMap(
    np.zeros((28, 28), bool), ((0, 0),), ((9, 9),), elevation=np.zeros((28, 28), np.float32)
)
"""With elevation, as some networks need it, and a start for searches."""


class Worker:
    """Handles the requests of a queue, a small piece of work at a time.

    Args:
        queue: the requests.
        reply: called with replies that are to arrive together.
        load: returns the planner of a model's name or path, or that of a method under a rule.
    """

    def __init__(
        self,
        queue: RequestQueue,
        reply: Callable[..., None],
        load: Callable[[str, MoveRule], "Planner"],
    ) -> None:
        self._queue = queue
        self._reply = reply
        self._load = load
        self._planners: OrderedDict[tuple[object, ...], Planner] = OrderedDict()
        self._number = 0
        self._job: Job | None = None
        self._steps: Iterator[float] | None = None
        self._pause = 0.0
        self._next_readout = self._next_solution = 0.0
        self._busy_until = 0.0

    def prepare(self, model: str) -> None:
        """Load a model and, once there are no requests, compile it for maps of a usual size."""
        self._steps, self._pause = self._warm_up(self.planner(model)), 0.5

    def run_once(self) -> bool:
        """Handle a request, or else do a piece of work, or else wait for a request.

        Returns:
            Whether there is work left.
        """
        request = self._queue.take(*self._kinds(), wait=self._pause if self._steps else None)
        if request is not None:
            self._busy_until = time.perf_counter() + _BUSY
        try:
            match request:
                case PlanRequest():
                    self._number, self._job, self._pause = request.number, None, 0.0
                    self._steps = self._plan(request)
                case ActionsRequest() | ReadoutRequest() | LayerRequest() | BackupRequest():
                    self._read(request)
                case CancelRequest() if self._number <= request.number:
                    self._job = self._steps = None
                case None if self._steps is not None:
                    self._pause = next(self._steps, -1.0)
                    self._steps = self._steps if self._pause >= 0 else None
        except Exception as error:
            self._job = self._steps = None
            if isinstance(error, VinguiError):
                broken = error.name if isinstance(error, BrokenExtensionError) else ""
                self._reply(PlanRefused(self._number, str(error), broken))
            elif is_short_of_memory(error):
                reason = _with_memory("There is too little memory to plan on this map")
                self._reply(PlanRefused(self._number, reason))
            else:
                self._reply(PlanCrashed(self._number, traceback.format_exc()))
        return self._steps is not None

    def busy(self) -> float:
        """Seconds for which other requests are to be expected."""
        return max(0.0, self._busy_until - time.perf_counter())

    def planner(self, wanted: str, rule: MoveRule = DEFAULT_RULE) -> "Planner":
        """The planner of a model, loaded unless it was used recently, or of a method.

        Raises:
            VinguiError: there is no such model, or it cannot be loaded.
        """
        if wanted in METHODS:
            return self._load(wanted, rule)
        path = find_model(wanted)
        with suppress(OSError):
            status = path.stat()
            key = (path.resolve(), status.st_mtime_ns, status.st_size)
            if key not in self._planners:
                self._planners[key] = self._load(wanted, rule)
            self._planners.move_to_end(key)
            if len(self._planners) > _PLANNERS:
                self._planners.popitem(last=False)
            return self._planners[key]
        return self._load(wanted, rule)

    def _kinds(self) -> tuple[type[Request], ...]:
        planning = self._steps is not None and self._job is not None and not self._job.finished
        wait = planning and time.perf_counter() < self._next_readout
        readout = () if wait else (ActionsRequest, ReadoutRequest, LayerRequest, BackupRequest)
        leaving = () if planning and self._job and not self._job.may_be_left else (PlanRequest,)
        return (CancelRequest, *readout, *leaving)

    def _plan(self, request: PlanRequest) -> Iterator[float]:
        """Make a plan in steps; each yields how long to wait for requests before the next."""
        planner = self.planner(request.model, rule_named(request.rule))
        planner = planner.with_engine(request.engine)
        self._job = job = planner.begin(request)
        due, solve_from = FIRST_AFTER, 0.0
        for _ in job.iteration:
            # Not from the beginning, which may have been spent compiling.
            solve_from = solve_from or job.seconds + _SOLVE_AFTER
            if job.seconds >= due:
                self._reply(*job.values())
                due = job.seconds + EVERY
                if job.shown and job.oracle is None and job.seconds > solve_from:
                    # So that trajectories are known while values are still being computed.
                    self._reply(job.solve())
            yield 0.0
        # A quick plan is sent at once, since the window would paint each reply separately; of one
        # that is not so quick, the values come first.
        seconds = job.seconds
        quick = seconds < _QUICK
        last: list[Reply] = [*job.values()]
        if not quick:
            self._reply(*last)
            last = []
        last.extend(job.end())
        if not quick:
            self._reply(*last)
            last = []
            if seconds > _SOLVED or time.perf_counter() < self._next_solution:
                yield 0.0
        if job.oracle is None:
            last.append(job.solve())
        self._reply(*last)
        self._next_solution = time.perf_counter() + _SOLVE_EVERY
        yield REST
        for reply in job.study():
            self._reply(reply)
            yield 0.0
        if not is_extension(request.model):
            yield REST
            yield from self._warm_up(planner)

    def _warm_up(self, planner: "Planner") -> Iterator[float]:
        planner.greedy_actions(_USUAL, iterations=1)
        yield 0.0

    def _read(self, request: DataRequest) -> None:
        if self._job is None or self._job.number != request.number:
            return
        began = time.perf_counter()
        self._reply(self._job.read(request))
        # During a plan, readouts take a quarter of the time.
        self._next_readout = began + 4 * (time.perf_counter() - began)


def main(*, keras_ahead: bool = True) -> None:
    """Handle requests until the window closes the pipe.

    Args:
        keras_ahead: whether Keras is imported in the background, before a model needs it.
    """
    outlet, queue = Outlet(own_output()), RequestQueue()
    Thread(target=hand_over, args=(sys.stdin.buffer, outlet, queue.put), daemon=True).start()

    def reply(*messages: Reply) -> None:
        try:
            outlet.send(*messages)
        except OSError:
            os._exit(0)

    # Threads take turns often, so that those in the background do not hold up a plan.
    sys.setswitchinterval(_TURN)
    model = default_model(DEFAULT_RULE)
    try:
        # Before another thread does: if an import fails in one thread, Python hands the unfinished
        # module to the other, whose error then says nothing of the reason.
        import_module("vingui.core.engine.compiling")
        # The first time on a machine it takes seconds.
        Thread(target=compile_all, daemon=True).start()
        from vingui.net.zoo import import_keras, load_planner

        worker = Worker(queue, reply, lambda wanted, rule: load_planner(wanted, rule=rule)[0])
        worker.prepare(model)
    except Exception as error:
        if not isinstance(error, VinguiError):
            traceback.print_exc()
        reply(_unavailable(error))
        # At once, since Python itself fails to exit when memory is short.
        os._exit(1)
    reply(PlannerReady(_versions()))
    while worker.run_once():
        pass
    # The default model does without Keras, and a plan of another one would wait for it.
    if keras_ahead:
        import_ahead(import_keras, busy=worker.busy)
    while True:
        worker.run_once()


def _versions() -> dict[str, str]:
    """The versions of the libraries that are installed."""
    found = {}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _unavailable(error: Exception) -> PlannerUnavailable:
    if is_short_of_memory(error):
        remedy = "Close other programs, then try again."
        return PlannerUnavailable(_with_memory("there is too little memory"), remedy)
    remedy = "Install vingui again: pip install --force-reinstall vingui"
    if isinstance(error, ImportError):
        return PlannerUnavailable(f"a library cannot be imported: {gist(error)}", remedy)
    return PlannerUnavailable(gist(error), remedy)


def _with_memory(reason: str) -> str:
    words = free_memory_in_words()
    return f"{reason}; {words}" if words else reason


if __name__ == "__main__":
    main(keras_ahead=KERAS_WHEN_NEEDED not in sys.argv)
