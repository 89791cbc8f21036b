"""Work that takes long, done in a thread and answered on the window's thread."""

from collections import deque
from collections.abc import Callable
from functools import cache
from threading import Thread
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

T = TypeVar("T")


class Task:
    """Work under way. All its methods belong to the window's thread."""

    def __init__(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None,
        parent: QObject,
    ) -> None:
        self._work: Callable[[], Any] | None = work
        self._done: Callable[[Any], None] | None = done
        self._failed = failed
        self._parent: QObject | None = parent
        self._thread: Thread | None = None

    @property
    def pending(self) -> bool:
        """Whether an answer may still come."""
        return self._parent is not None and shiboken6.isValid(self._parent)

    def join(self, seconds: float) -> bool:
        """Wait for the work and take its answer; whether it ended in time."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
            if thread.is_alive():
                return False
        QCoreApplication.sendPostedEvents(_courier(), QEvent.Type.MetaCall.value)
        return True

    def cancel(self) -> None:
        """Ignore whatever the work comes to. The work itself runs on to its end."""
        self._done = self._failed = self._parent = None

    def _deliver(self, result: Any, error: Exception | None) -> None:
        done, failed, pending = self._done, self._failed, self.pending
        self.cancel()
        # Here, not in the thread: what the work refers to may be a widget, and the last one who
        # lets go of a widget destroys it.
        self._work = None
        if not pending:
            return
        if error is None:
            done(result)  # type: ignore[misc]
        elif failed is None:
            raise error
        else:
            failed(error)


class _Courier(QObject):
    """Lives on the window's thread; the threads hand it what they came to."""

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
    done: Callable[[T], None],
    failed: Callable[[Exception], None] | None = None,
    parent: QObject,
) -> Task:
    """Do `work` in a thread of its own. Call it on the window's thread.

    Args:
        work: takes no widgets and touches none.
        done: called on the window's thread with what `work` returned.
        failed: called on the window's thread with what `work` raised. Without it that is raised
            there, as a bug.
        parent: once it is destroyed nothing is called any more.
    """
    task = Task(work, done, failed, parent)
    # A daemon: work that is still going on must not keep a closed window's process alive.
    thread = Thread(target=_work, args=(task, _courier()), name="vingui-background", daemon=True)
    task._thread = thread
    thread.start()
    return task


def _work(task: Task, courier: _Courier) -> None:
    courier.arrived.emit(task, *_outcome(task))


def _outcome(task: Task) -> tuple[Any, Exception | None]:
    try:
        return task._work(), None  # type: ignore[misc]
    except Exception as error:
        return None, error


class Latest:
    """Work of which only the newest counts: one under way and at most one waiting.

    However often it is asked, no more than one thread works for it.
    """

    def __init__(self, parent: QObject) -> None:
        self._parent = parent
        self._running = False
        self._superseded = False
        self._waiting: Callable[[], None] | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._waiting is not None or (self._running and not self._superseded)

    def ask(
        self,
        work: Callable[[], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do `work` as soon as what is under way has ended, whose answer is dropped."""

        def begin() -> None:
            self._running, self._superseded = True, False
            run(
                work,
                done=lambda result: self._ended(lambda: done(result)),
                failed=lambda error: self._ended(lambda: _report(error, failed)),
                parent=self._parent,
            )

        if self._running:
            self._superseded = True
            self._waiting = begin
        else:
            begin()

    def cancel(self) -> None:
        """Drop the answer of what is under way, and what waits."""
        self._superseded = True
        self._waiting = None

    def _ended(self, answer: Callable[[], None]) -> None:
        self._running = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()
        elif not self._superseded:
            answer()


class InTurn:
    """Work that is all done, one piece after the other: the writing of files."""

    def __init__(self, parent: QObject) -> None:
        self._parent = parent
        self._task: Task | None = None
        self._waiting: deque[Callable[[], Task]] = deque()

    def ask(
        self,
        make: Callable[[], Callable[[], T]],
        *,
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do some work once what was asked for before is done.

        Args:
            make: called on the window's thread when it is the work's turn; gives the work.
            done: as of `run`.
            failed: as of `run`.
        """

        def begin() -> Task:
            return run(
                make(),
                done=lambda result: self._ended(lambda: done(result)),
                failed=lambda error: self._ended(lambda: _report(error, failed)),
                parent=self._parent,
            )

        self._waiting.append(begin)
        self._begin()

    def finish(self, seconds: float) -> bool:
        """Wait until all is done and answered, each piece for so long; whether it came to that."""
        while self._task is not None:
            if not self._task.join(seconds):
                return False
        return True

    def _begin(self) -> None:
        if self._task is None and self._waiting:
            self._task = self._waiting.popleft()()

    def _ended(self, answer: Callable[[], None]) -> None:
        self._task = None
        try:
            answer()
        finally:
            self._begin()


def _report(error: Exception, failed: Callable[[Exception], None] | None) -> None:
    if failed is None:
        raise error
    failed(error)
