"""A worker process, and the threads that exchange messages with it."""

import os
import subprocess
import sys
import sysconfig
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields
from threading import Condition, Thread
from typing import Any, BinaryIO, Final, cast

import numpy as np

from vingui.core.pipe import AnyMessage, PipeError, receive, send
from vingui.core.planner_protocol import Ping, Pong
from vingui.paths import PACKAGE

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.net.worker")
"""Without -P, a file in the current folder, such as `keras.py`, would be imported as a library."""

IN_FLIGHT: Final = 64 << 20
"""The most bytes of replies that wait for the window; beyond it, the process has to wait."""

_DEADLINE: Final = 1.5
_TAIL: Final = 16 << 10
_PIPE_SIZE: Final = 1 << 20


class Connection:
    """A worker process, which runs until `end` or until it dies.

    Args:
        deliver: called in a thread with this connection and each reply, and finally with `None`
            when the process is gone.
        command: the command line of the process.

    Attributes:
        received: how many messages have been received, including those that are not delivered.
        fault: why this ended the process, as the end of a sentence; empty if it did not.
    """

    def __init__(
        self,
        deliver: Callable[["Connection", AnyMessage | None], None],
        *,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._deliver = deliver
        self._stderr_tail = bytearray()
        self._changed = Condition()
        self._waiting: deque[AnyMessage] = deque()
        self._closing = False
        self._in_flight = 0
        self._pings = 0
        self.received = 0
        self.fault = ""
        self.process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Each read of the pipe releases the interpreter lock, and waits to get it back.
            bufsize=_PIPE_SIZE,
            env=_environment(),
            # Signals from the terminal, such as Ctrl+C or its closing, should reach only the
            # window, which then ends its processes in order.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        _enlarge_pipe(self.process.stdout)
        self._listener = Thread(target=self._listen, name="vingui-stderr", daemon=True)
        # The listener first, since the reader of a process that ends at once joins it.
        self._threads = [
            self._listener,
            Thread(target=self._write, name="vingui-requests", daemon=True),
            Thread(target=self._read, name="vingui-replies", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def written(self) -> str:
        """The end of the process's standard error, without control characters."""
        text = self._stderr_tail.decode(errors="replace")
        return "".join(char for char in text if char.isprintable() or char == "\n")

    def send(self, request: AnyMessage) -> None:
        """Queue a request for the process; never blocks."""
        with self._changed:
            self._waiting.append(request)
            self._changed.notify_all()

    def ping(self) -> None:
        """Request a sign of life, unless one is still pending."""
        with self._changed:
            if not self._pings and not self._closing:
                self._pings += 1
                self._waiting.append(Ping())
                self._changed.notify_all()

    def handled(self, message: AnyMessage) -> None:
        """Note that a delivered reply has been handled, so that others may be delivered."""
        with self._changed:
            self._in_flight -= _size(message)
            self._changed.notify_all()

    def end(self, *, wait: float | None = None) -> None:
        """End the process: by request, after a deadline by kill.

        Args:
            wait: the deadline in seconds, for which this blocks. If left out, this returns at
                once, and the deadline is longer.
        """
        with self._changed:
            self._closing = True
            self._waiting.clear()
            self._changed.notify_all()
        if wait is None:
            Thread(target=self._reap, args=(_DEADLINE,), daemon=True).start()
            return
        self._reap(wait)
        for thread in self._threads:
            thread.join(wait)

    def _reap(self, deadline: float) -> None:
        try:
            self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _write(self) -> None:
        # Around closing the stream too, which flushes to a process that may be gone.
        with suppress(OSError), cast(BinaryIO, self.process.stdin) as stream:
            while (request := self._next_request()) is not None:
                send(stream, request)

    def _next_request(self) -> AnyMessage | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            return None if self._closing else self._waiting.popleft()

    def _read(self) -> None:
        with cast(BinaryIO, self.process.stdout) as stream, suppress(EOFError, OSError):
            try:
                while True:
                    message = receive(stream)
                    self.received += 1
                    if isinstance(message, Pong):
                        self._pings = 0
                    else:
                        self._deliver_when_room(message)
            except PipeError as error:
                self._stderr_tail += f"\n{error}\n".encode()
                self._give_up("it sent data that is not a message")
            except MemoryError:
                self._give_up("the window has not enough memory for its reply")
        self.process.wait()
        self._listener.join(1)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._deliver(self, None)

    def _give_up(self, why: str) -> None:
        self.fault = why
        self.process.kill()

    def _deliver_when_room(self, message: AnyMessage) -> None:
        size = _size(message)
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or not self._in_flight or self._in_flight + size <= IN_FLIGHT
            )
            self._in_flight += size
            if self._closing:
                return
        self._deliver(self, message)

    def _listen(self) -> None:
        with cast(BinaryIO, self.process.stderr) as stream, suppress(OSError):
            while written := stream.read1(4096):  # type: ignore[attr-defined]
                self._stderr_tail += written
                del self._stderr_tail[:-_TAIL]


def _size(message: AnyMessage) -> int:
    """The bytes of a message's arrays."""
    size = 0
    for field in fields(message):
        value: Any = getattr(message, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        size += sum(part.nbytes for part in parts if isinstance(part, np.ndarray))
    return size


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    package_folder = str(PACKAGE.parent)
    if package_folder not in sysconfig.get_paths().values():
        # A source tree that is not installed: the process has to import this package.
        others = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([package_folder, *([others] if others else [])])
    return environment


def _enlarge_pipe(stream: Any) -> None:
    """Enlarge the pipe on Linux, so that large replies do not wait for every 64 KiB."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
