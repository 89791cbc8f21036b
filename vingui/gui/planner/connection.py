"""A process that works for the window, and the threads that talk with it."""

import os
import subprocess
import sys
import sysconfig
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from threading import Condition, Thread
from typing import Any, BinaryIO, Final, cast

import numpy as np

import vingui
from vingui.core.figure_protocol import ExportMessage
from vingui.core.pipe import PipeError, receive, send
from vingui.core.planner_protocol import Message, Ping, Pong

AnyMessage = Message | ExportMessage

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.net.worker")
"""Without -P a file of the folder that the window was started in, say `keras.py`, would be taken
for a library."""

IN_FLIGHT: Final = 64 << 20
"""Bytes of replies that wait for the window at most; then the process waits as well."""

_DEADLINE: Final = 1.5
_TAIL: Final = 16 << 10
_PIPE_SIZE: Final = 1 << 20


class Connection:
    """A process. It runs from when this is made until `end`, or until it dies.

    Args:
        deliver: called in a thread with the link and each reply, and at last with `None` once
            the process is gone.
        command: starts the process.

    Attributes:
        heard: how many messages have come; also of those that are not delivered.
        fault: why the process was ended here, as the end of a sentence; empty if it was not.
    """

    def __init__(
        self,
        deliver: Callable[["Connection", AnyMessage | None], None],
        *,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._deliver = deliver
        self._written = bytearray()
        self._changed = Condition()
        self._waiting: deque[AnyMessage] = deque()
        self._closing = False
        self._in_flight = 0
        self._pings = 0
        self.heard = 0
        self.fault = ""
        self.process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Each read of the pipe gives up the interpreter's lock, and waits to have it back.
            bufsize=_PIPE_SIZE,
            env=_environment(),
            # What a terminal sends to all that was started in it, as Ctrl+C or its closing, is for
            # the window, which lets the others end in order.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        _enlarge(self.process.stdout)
        self._listener = Thread(target=self._listen, name="vingui-stderr", daemon=True)
        # The listener first: the reader of a process that ends at once waits for it to end.
        self._threads = [
            self._listener,
            Thread(target=self._write, name="vingui-requests", daemon=True),
            Thread(target=self._read, name="vingui-replies", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    @property
    def written(self) -> str:
        """The end of what the process wrote to its standard error."""
        text = self._written.decode(errors="replace")
        return "".join(mark for mark in text if mark.isprintable() or mark == "\n")

    def send(self, request: AnyMessage) -> None:
        """Put a request on its way. Never waits."""
        with self._changed:
            self._waiting.append(request)
            self._changed.notify_all()

    def ping(self) -> None:
        """Ask for a sign of life, unless one that was asked for has not come yet."""
        with self._changed:
            if not self._pings and not self._closing:
                self._pings += 1
                self._waiting.append(Ping())
                self._changed.notify_all()

    def taken(self, message: AnyMessage) -> None:
        """Say that a delivered reply was dealt with, so that others may come."""
        with self._changed:
            self._in_flight -= _size(message)
            self._changed.notify_all()

    def end(self, *, wait: float | None = None) -> None:
        """End the process: by request, by deadline, by kill.

        Args:
            wait: seconds until the deadline, for which this waits. Without it this returns at
                once, and the process is given longer.
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
        # Also while closing, which writes what is left for a process that may be gone.
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
                    self.heard += 1
                    if isinstance(message, Pong):
                        self._pings = 0
                    else:
                        self._hand_over(message)
            except PipeError as error:
                self._written += f"\n{error}\n".encode()
                self._give_up("it sent something that is no message")
            except MemoryError:
                self._give_up("the window has no memory for what it sent")
        self.process.wait()
        self._listener.join(1)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._deliver(self, None)

    def _give_up(self, why: str) -> None:
        self.fault = why
        self.process.kill()

    def _hand_over(self, message: AnyMessage) -> None:
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
                self._written += written
                del self._written[:-_TAIL]


def _size(message: AnyMessage) -> int:
    """Bytes of a message's arrays."""
    size = 0
    for field in fields(message):
        value: Any = getattr(message, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        size += sum(part.nbytes for part in parts if isinstance(part, np.ndarray))
    return size


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    room = str(Path(vingui.__file__).parent.parent)
    if room not in sysconfig.get_paths().values():
        # A source tree that was never installed: the process finds this very package.
        others = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([room, *([others] if others else [])])
    return environment


def _enlarge(stream: Any) -> None:
    """Let more of a large reply wait in the pipe than the usual 64 KiB, on Linux."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
