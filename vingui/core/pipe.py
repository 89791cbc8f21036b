"""Messages on a pipe: a header in JSON, then the numbers of the arrays as they lie in memory.

Not pickled, so that nothing that comes out of a pipe can run. Arrays are read straight into the
memory that they stay in, for which Python's interpreter lock is not needed.
"""

import json
import math
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from threading import Condition, Lock
from typing import Any, BinaryIO, Final, get_args

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.figure_protocol import ExportMessage
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import CancelRequest, Message, Ping, PlanRequest, Pong, Request

MAX_HEADER: Final = 1 << 20
MAX_BYTES: Final = 4 << 30
MAX_ARRAYS: Final = 1 << 20

_LENGTH: Final = struct.Struct("!4sI")
_MAGIC: Final = b"vin1"
_TYPES: Final = {kind.__name__: kind for kind in get_args(Message | ExportMessage)}
_DTYPES: Final = {
    np.dtype(kind).name: np.dtype(kind) for kind in (bool, np.int8, np.uint8, np.int64, "f4", "f8")
}
_DAMAGE: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    VinguiError,
)


class PipeError(Exception):
    """What came through a pipe is no message."""


def send(stream: BinaryIO, message: Message | ExportMessage) -> None:
    """Write a message and flush.

    Raises:
        OSError: nobody reads the pipe any more.
    """
    arrays: list[NDArray[Any]] = []
    content = {
        field.name: _taken_apart(getattr(message, field.name), arrays) for field in fields(message)
    }
    header = json.dumps([type(message).__name__, content]).encode()
    stream.write(_LENGTH.pack(_MAGIC, len(header)) + header)
    for array in arrays:
        if array.size:
            stream.write(np.ascontiguousarray(array).data.cast("B"))
    stream.flush()


def _taken_apart(value: Any, arrays: list[NDArray[Any]]) -> Any:
    """The value as JSON has it; the arrays in it are put into `arrays`."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": [value.dtype.name, *value.shape]}
    if isinstance(value, tuple):
        arrays.extend(value)
        kind = [value[0].dtype.name, *value[0].shape] if value else ["float32"]
        return {"arrays": len(value), "each": kind}
    if isinstance(value, GridMap):
        walls = _taken_apart(value.walls, arrays)
        frame = value.frame and (value.frame.resolution, value.frame.origin)
        return {"walls": walls, "goal": value.goal, "starts": value.starts, "frame": frame}
    return {"value": value}


def receive(stream: BinaryIO) -> Message | ExportMessage:
    """Read the next message.

    Raises:
        EOFError: the pipe was closed.
        PipeError: it holds anything but messages.
    """
    magic, length = _LENGTH.unpack(_read(stream, bytearray(_LENGTH.size)))
    if magic != _MAGIC or length > MAX_HEADER:
        raise PipeError(f"Expected a message, received {magic!r} and a length of {length:,}")
    header = _read(stream, bytearray(length))
    try:
        name, content = json.loads(header)
        kind = _TYPES[name]
        if set(content) != {field.name for field in fields(kind)}:
            raise PipeError(f"Expected the fields of {name}, received {sorted(content)}")
        budget = _Budget()
        values = {field: _put_together(part, stream, budget) for field, part in content.items()}
        message: Message | ExportMessage = kind(**values)
    except _DAMAGE as error:
        raise PipeError(f"Expected a message, received another header: {error}") from error
    return message


class _Budget:
    """How much a header may still ask for."""

    def __init__(self) -> None:
        self.left = MAX_BYTES

    def take(self, dtype: np.dtype[Any], shape: tuple[int, ...], count: int) -> None:
        if not all(isinstance(side, int) and side >= 0 for side in (*shape, count)):
            raise PipeError(f"Expected the shape of an array, received {shape}")
        self.left -= count * math.prod(shape) * dtype.itemsize
        if self.left < 0 or count > MAX_ARRAYS:
            raise PipeError(f"Expected a message of at most {MAX_BYTES:,} bytes, received more")


def _put_together(part: dict[str, Any], stream: BinaryIO, budget: _Budget) -> Any:
    if "array" in part:
        return next(_arrays(part["array"], 1, stream, budget))
    if "arrays" in part:
        return tuple(_arrays(part["each"], part["arrays"], stream, budget))
    if "walls" in part:
        walls = _put_together(part["walls"], stream, budget)
        goal = part["goal"]
        starts = tuple((row, col) for row, col in part["starts"])
        frame = part["frame"] and MapFrame(part["frame"][0], tuple(part["frame"][1]))
        return GridMap(walls, None if goal is None else tuple(goal), starts, frame)
    return part["value"]


def _arrays(
    kind: list[Any], count: int, stream: BinaryIO, budget: _Budget
) -> Iterator[NDArray[Any]]:
    dtype, shape = _DTYPES[kind[0]], tuple(kind[1:])
    budget.take(dtype, shape, count)
    for _ in range(count):
        array = np.empty(shape, dtype)
        if array.size:
            _read(stream, array.data.cast("B"))
        array.flags.writeable = False
        yield array


class Outlet:
    """Where a process that works for the window sends its replies, from several threads.

    Args:
        stream: the pipe to the window.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = Lock()

    def send(self, message: Message | ExportMessage) -> None:
        """Send a reply whole.

        Raises:
            OSError: the window is gone.
        """
        with self._lock:
            send(self._stream, message)


def requests(stream: BinaryIO, outlet: Outlet) -> Iterator[Any]:
    """What the window sends until it closes the pipe, but for pings, which are answered here.

    Args:
        stream: the pipe from the window.
        outlet: takes the answers.

    Raises:
        PipeError: the pipe holds anything but messages.
    """
    with suppress(EOFError, OSError):
        while True:
            message = receive(stream)
            if isinstance(message, Ping):
                outlet.send(Pong())
            else:
                yield message


def own_output() -> BinaryIO:
    """What was standard output, for replies alone: what libraries print goes to standard error."""
    # A whole quick plan at once, so that the window's thread need not come back for more of it.
    own = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)
    return own


def _read(stream: BinaryIO, into: Any) -> Any:
    view, done = memoryview(into), 0
    while done < len(view):
        count = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        done += count
    return into


class Inbox:
    """Requests that were received and not begun yet: the newest of each kind."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: dict[type[Request], Request] = {}

    def put(self, request: Request) -> None:
        """Take in a request, which replaces an older one of its kind."""
        with self._changed:
            plan = self._waiting.get(PlanRequest)
            if isinstance(request, CancelRequest) and plan and plan.number <= request.number:
                del self._waiting[PlanRequest]
            self._waiting[type(request)] = request
            self._changed.notify_all()

    def take(self, *kinds: type[Request], wait: float | None) -> Request | None:
        """The next request, or `None` if none has come within `wait` seconds.

        Args:
            *kinds: those that may be taken, the most urgent first.
            wait: `None` for as long as it takes.
        """
        with self._changed:
            self._changed.wait_for(lambda: any(kind in self._waiting for kind in kinds), wait)
            kind = next((kind for kind in kinds if kind in self._waiting), None)
            return self._waiting.pop(kind) if kind else None
