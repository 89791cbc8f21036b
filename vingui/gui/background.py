"""Slow work, done in a thread; its result is handled on the window's thread."""

from collections import deque
from collections.abc import Callable
from functools import cache
from threading import Thread
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

from vingui.core.errors import VinguiError

T = TypeVar("T")

_OnFailure = Callable[[VinguiError], None] | None


class Task:
    """A job that runs in a thread. Its methods may be called on the window's thread only."""

    def __init__(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], None],
        on_failure: _OnFailure,
        parent: QObject,
        on_end: Callable[[Callable[[], None]], None] = lambda handle: handle(),
    ) -> None:
        self._work: Callable[[], Any] | None = work
        self._handlers: tuple[Callable[[Any], None], _OnFailure] | None = on_done, on_failure
        self._parent: QObject | None = parent
        self._on_end = on_end
        # A daemon: work that is still going on must not keep a closed window's process alive.
        self._thread = Thread(
            target=_work, args=(self, _courier()), name="vingui-background", daemon=True
        )
        self._thread.start()

    @property
    def pending(self) -> bool:
        """Whether the result is still to be handled."""
        return self._parent is not None and shiboken6.isValid(self._parent)

    def join(self, seconds: float) -> bool:
        """Wait for the work and handle its result; return whether it ended in time."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            return False
        QCoreApplication.sendPostedEvents(_courier(), QEvent.Type.MetaCall.value)
        return True

    def cancel(self) -> None:
        """Ignore the result. The work itself runs on to its end."""
        self._handlers = self._parent = None

    def _deliver(self, result: Any, error: Exception | None) -> None:
        handlers, pending = self._handlers, self.pending
        self.cancel()
        # Here, not in the thread: the work may hold the last reference to a widget, which is
        # destroyed with it.
        self._work = None
        if pending and handlers is not None:
            self._on_end(lambda: _handle(result, error, *handlers))


class _Courier(QObject):
    """Lives on the window's thread, and receives the results of all threads."""

    arrived = Signal(object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def _deliver(self, task: Task, result: Any, error: Exception | None) -> None:
        task._deliver(result, error)


@cache
def _courier() -> _Courier:
    return _Courier()


def run(
    work: Callable[[], T],
    *,
    on_done: Callable[[T], None],
    on_failure: _OnFailure = None,
    parent: QObject,
) -> Task:
    """Do `work` in a thread. To be called on the window's thread.

    Args:
        work: does not touch any widget.
        on_done: called on the window's thread with what `work` returned.
        on_failure: called on the window's thread with a `VinguiError` that `work` raised. Any
            other exception is a bug, and raised there.
        parent: once it is destroyed, nothing is called.
    """
    return Task(work, on_done, on_failure, parent)


def _work(task: Task, courier: _Courier) -> None:
    courier.arrived.emit(task, *_outcome(task))


def _outcome(task: Task) -> tuple[Any, Exception | None]:
    try:
        return task._work(), None  # type: ignore[misc]
    except Exception as error:
        return None, error


def _handle(
    result: Any, error: Exception | None, on_done: Callable[[Any], None], on_failure: _OnFailure
) -> None:
    if error is None:
        on_done(result)
    elif on_failure is not None and isinstance(error, VinguiError):
        on_failure(error)
    else:
        raise error


class Latest:
    """Jobs of which only the newest matters: one runs and at most one waits.

    However many jobs are submitted, no more than one thread works on them.
    """

    def __init__(self, parent: QObject) -> None:
        self._parent = parent
        self._running = False
        self._superseded = False
        self._waiting: Callable[[], None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a result is still to be handled."""
        return self._waiting is not None or (self._running and not self._superseded)

    def submit(
        self,
        work: Callable[[], T],
        *,
        on_done: Callable[[T], None],
        on_failure: _OnFailure = None,
    ) -> None:
        """Do `work` as `run` does, once the running job has ended, whose result is ignored."""

        def begin() -> None:
            self._running, self._superseded = True, False
            Task(work, on_done, on_failure, self._parent, self._on_end)

        if self._running:
            self._superseded = True
            self._waiting = begin
        else:
            begin()

    def cancel(self) -> None:
        """Ignore the result of the running job, and drop the waiting job."""
        self._superseded = True
        self._waiting = None

    def _on_end(self, handle: Callable[[], None]) -> None:
        self._running = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()
        elif not self._superseded:
            handle()


class InTurn:
    """Jobs that are all done, one after the other, such as the writing of files."""

    def __init__(self, parent: QObject) -> None:
        self._parent = parent
        self._task: Task | None = None
        self._waiting: deque[Callable[[], Task]] = deque()

    def submit(
        self,
        make: Callable[[], Callable[[], T]],
        *,
        on_done: Callable[[T], None],
        on_failure: _OnFailure = None,
    ) -> None:
        """Do some work as `run` does, once all jobs submitted before are done.

        Args:
            make: called on the window's thread when it is this job's turn; returns the work.
            on_done: as for `run`.
            on_failure: as for `run`.
        """

        def begin() -> Task:
            return Task(make(), on_done, on_failure, self._parent, self._on_end)

        self._waiting.append(begin)
        self._begin()

    def finish(self, seconds: float) -> bool:
        """Wait until all jobs are done, at most `seconds` for each; return whether they are."""
        while self._task is not None:
            if not self._task.join(seconds):
                return False
        return True

    def _begin(self) -> None:
        if self._task is None and self._waiting:
            self._task = self._waiting.popleft()()

    def _on_end(self, handle: Callable[[], None]) -> None:
        self._task = None
        try:
            handle()
        finally:
            self._begin()
