"""Worker processes of this machine or of a cluster, through Dask's `distributed`.

Dask's own messages are pickles. Workers of this machine listen to nobody else: each run makes
certificates of its own, kept in memory, with which processes prove who they are. A cluster's
scheduler must be trusted.
"""

import atexit
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import count, islice
from queue import Empty, SimpleQueue
from typing import Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import gist
from vingui.core.phrases import counted
from vingui.core.processes import can_start_workers
from vingui.net.worker_processes import LOCAL, WorkerProcesses

_CONNECTING: Final = 20
"""Seconds to wait for a cluster's scheduler, and then for the first of its workers."""

_PAUSE: Final = 0.25
"""Seconds between two calls of `on_wait`."""

_AHEAD: Final = 4
"""Tasks for each worker that are given out before the first of them is done: enough that none
waits, and few enough that their results take little memory."""


class WorkersError(VinguiError):
    """Workers could not finish; calls that are done stay done."""


class Workers:
    """Runs functions in worker processes; as a context manager, starts and ends them.

    Args:
        jobs: how many processes to start, if `scheduler` is `None`.
        scheduler: the address of a cluster's scheduler, like "tcp://host:8786".
        imports: the module of the functions, which processes import while they start.
        on_note: called with a sentence when a worker is lost.
        on_wait: called some times a second while `run` waits; what it raises ends that.

    Raises:
        VinguiError: `distributed` is not installed, or no scheduler or worker answers.
    """

    def __init__(
        self,
        jobs: int,
        *,
        scheduler: str | None = None,
        imports: str = __name__,
        on_note: Callable[[str], None],
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        if not can_start_workers():
            raise VinguiError(
                "Several processes need Dask, which is not installed. Install it with: "
                'pip install "vingui[batches]"'
            )
        self._jobs, self._scheduler, self._on_note = jobs, scheduler, on_note
        self._imports, self._on_wait = imports, on_wait
        self._stack = ExitStack()
        self._lost: deque[str] = deque()
        self._finished: SimpleQueue[Any] = SimpleQueue()
        """Dask's futures, and sentences that say why there will be no more of them."""
        self._client: Any = None

    def __enter__(self) -> Self:
        with self._stack:
            self._client = self._connected() if self._scheduler else self._started()
            self._client.subscribe_topic("all", self._on_event)
            self._stack.callback(self._client.unsubscribe_topic, "all")
            # A generator may never be closed, and later Python has ended the threads.
            atexit.register(self._end_with_python)
            self._stack.callback(atexit.unregister, self._end_with_python)
            self._stack = self._stack.pop_all()
        return self

    def _end_with_python(self) -> None:
        # Of callbacks that are too late.
        logging.getLogger("tornado.application").setLevel(logging.CRITICAL + 1)
        self._stack.close()

    def __exit__(self, *reason: Any) -> None:
        self._stack.__exit__(*reason)

    def _connected(self) -> Any:
        from distributed import Client

        _silence()
        try:
            client = self._stack.enter_context(Client(self._scheduler, timeout=_CONNECTING))
        except (OSError, ValueError, TypeError) as error:
            raise VinguiError(
                f"No Dask scheduler answers at {self._scheduler}: {gist(error)}"
            ) from error
        try:
            client.wait_for_workers(1, timeout=_CONNECTING)
        except TimeoutError:
            raise VinguiError(
                f"The Dask scheduler at {self._scheduler} has no workers. Start some with: "
                f"dask worker {self._scheduler}"
            ) from None
        self._jobs = max(1, sum(client.nthreads().values()))
        return client

    def _started(self) -> Any:
        # At once, so that they import their libraries while this process imports Dask.
        processes = WorkerProcesses(self._jobs, self._imports, on_fault=self._finished.put)
        self._stack.enter_context(processes)
        import dask
        from distributed import Client, Scheduler, Security, SpecCluster

        _silence()
        self._stack.enter_context(dask.config.set(processes.config))
        security = Security.temporary()
        options = {"protocol": "tls://", "security": security, **LOCAL}
        cluster = SpecCluster(scheduler={"cls": Scheduler, "options": options}, security=security)
        self._stack.enter_context(cluster)
        processes.connect(cluster.scheduler_address, _credentials(security))
        return self._stack.enter_context(Client(cluster))

    def _on_event(self, event: tuple[float, Any]) -> None:
        """Called in a thread of Dask's."""
        message = event[1]
        if isinstance(message, dict) and message.get("action") == "remove-worker":
            self._lost.append(str(message.get("worker")))

    def _report_lost(self) -> None:
        while self._lost:
            address = self._lost.popleft()
            where = f" {address}" if self._scheduler else ""
            self._on_note(
                f"A worker process{where} was lost; what it had not finished is done again"
            )

    def run(
        self,
        function: Callable[..., Any],
        calls: Iterable[tuple[str, tuple[Any, ...]]],
        *,
        on_done: Callable[[int, Any], None],
        on_failure: Callable[[int, VinguiError], Any] | None = None,
        here: Callable[[int], Any] | None = None,
    ) -> Iterator[Any]:
        """Call a function many times; a call that fails is tried again once.

        Args:
            function: the function, which the workers import.
            calls: what each call is about, for messages, and its arguments; consumed lazily.
            on_done: called with the index and the result of each call, as they come.
            on_failure: called with the index of a call that failed twice and the error; returns the
                result in its place. Without it, the first such call ends all.
            here: given the index of a call, computes its result in this process, which then takes
                part; what fails here is left to the workers.

        Yields:
            The results, in order.

        Raises:
            WorkersError: a call failed twice, a process did not start, or the scheduler was lost.
        """
        running: dict[Any, tuple[int, str]] = {}
        done: dict[int, Any] = {}
        waiting, given = iter(calls), 0

        def give(place: int, title: str, arguments: tuple[Any, ...]) -> None:
            future = self._client.submit(function, *arguments, pure=False, retries=1)
            running[future] = place, title
            future.add_done_callback(self._finished.put)

        for number in count():
            most = number + _AHEAD * self._jobs - given
            if here is not None:
                # Not more, so that at the end this process has as much to do as the workers.
                most = min(most, 2 * self._jobs - len(running))
            for title, arguments in islice(waiting, max(0, most)):
                give(given, title, arguments)
                given += 1
            if number == given:
                return
            while number not in done:
                if (
                    here is not None
                    and self._finished.empty()
                    and given < number + _AHEAD * self._jobs
                    and (call := next(waiting, None))
                ):
                    self._on_wait()
                    place, given = given, given + 1
                    try:
                        done[place] = here(place)
                    except Exception:
                        give(place, *call)
                    else:
                        on_done(place, done[place])
                    continue
                future = self._next_finished()
                if isinstance(future, str):
                    raise WorkersError(future)
                # A call of an earlier run that was ended before its time is nobody's.
                if future in running:
                    place, title = running.pop(future)
                    done[place] = self._result(future, place, title, on_failure)
                    on_done(place, done[place])
            yield done.pop(number)

    def _next_finished(self) -> Any:
        while True:
            try:
                return self._finished.get(timeout=_PAUSE)
            except Empty:
                self._on_wait()
            finally:
                # Also before the last one is returned, which may have been lost with a worker.
                self._report_lost()

    def _result(
        self,
        future: Any,
        place: int,
        title: str,
        on_failure: Callable[[int, VinguiError], Any] | None,
    ) -> Any:
        try:
            return self._value(future, title)
        except WorkersError as error:
            if on_failure is None or future.cancelled():
                raise
            return on_failure(place, error)

    def _value(self, future: Any, title: str) -> Any:
        from distributed import CancelledError, KilledWorker

        try:
            return future.result()
        except VinguiError as error:
            raise WorkersError(f"{title}: {error}") from error
        except CancelledError as error:
            raise WorkersError(f"{title}: the Dask scheduler was lost") from error
        except KilledWorker as error:
            raise WorkersError(
                f"{title}: its worker process ended {counted(error.allowed_failures + 1, 'time')}, "
                "perhaps for lack of memory"
            ) from error
        except Exception as error:
            raise WorkersError(
                f"{title} failed twice, with {type(error).__name__}: {gist(error)}"
            ) from error


def _silence() -> None:
    """Keep away Dask's log: what goes wrong is said in sentences of our own."""
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # Python ends its thread pools before it calls what is registered with `atexit`.
    logging.getLogger("tornado.application").addFilter(_is_not_too_late)


def _is_not_too_late(record: logging.LogRecord) -> bool:
    """Whether a record is not of a callback that came while Python was ending."""
    return "cannot schedule new futures after" not in record.getMessage()


def _credentials(security: Any) -> dict[str, Any]:
    """What a worker needs to prove who it is, as JSON has it."""
    tls = security.get_tls_config_for_role("worker")
    return {
        "require_encryption": True,
        "tls_ca_file": tls["ca_file"],
        "tls_worker_cert": tls["cert"],
        "tls_worker_key": tls["key"],
    }
