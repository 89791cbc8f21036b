"""Messages on a pipe: a header in JSON, then the bytes of the arrays.

They are not pickled, so that nothing received from a pipe can run code. Arrays are read directly
into their final memory, without holding Python's interpreter lock.
"""

import json
import math
import os
import struct
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from threading import Lock
from typing import Any, BinaryIO, Final, get_args

import numpy as np
from numpy.typing import NDArray

from vingui.core.demonstration_arrays import flattened, of_arrays
from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import EvaluationMessage
from vingui.core.figure_protocol import ExportMessage
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import Message, Ping, Pong
from vingui.core.terrain import Palette
from vingui.core.training_protocol import TrainingMessage

MAX_HEADER: Final = 1 << 20
MAX_BYTES: Final = 4 << 30
MAX_ARRAYS: Final = 1 << 20

AnyMessage = Message | ExportMessage | TrainingMessage | EvaluationMessage

_LENGTH: Final = struct.Struct("!4sI")
_MAGIC: Final = b"vin1"
_TYPES: Final = {kind.__name__: kind for kind in get_args(AnyMessage)}
_DTYPES: Final = {
    np.dtype(kind).name: np.dtype(kind)
    for kind in (bool, np.int8, np.uint8, np.int16, np.int32, np.int64, "f4", "f8")
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
    """The data received from a pipe is not a message."""


def send(stream: BinaryIO, *messages: AnyMessage) -> None:
    """Write messages and flush; small ones that are sent together arrive together.

    Raises:
        OSError: the other end of the pipe is closed.
    """
    for message in messages:
        _write(stream, message)
    stream.flush()


def _write(stream: BinaryIO, message: AnyMessage) -> None:
    arrays: list[NDArray[Any]] = []
    header = json.dumps([type(message).__name__, _content(message, arrays)]).encode()
    stream.write(_LENGTH.pack(_MAGIC, len(header)) + header)
    for array in arrays:
        if array.size:
            stream.write(np.ascontiguousarray(array).data.cast("B"))


def _content(message: Any, arrays: list[NDArray[Any]]) -> dict[str, Any]:
    return {field.name: _encode(getattr(message, field.name), arrays) for field in fields(message)}


def _encode(value: Any, arrays: list[NDArray[Any]]) -> Any:
    """Return a value for JSON, and append the arrays in it to `arrays`."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": [value.dtype.name, *value.shape]}
    if isinstance(value, tuple):
        arrays.extend(value)
        kind = [value[0].dtype.name, *value[0].shape] if value else ["float32"]
        return {"arrays": len(value), "each": kind}
    if is_dataclass(value) and type(value).__name__ in _TYPES:
        return {"message": _content(value, arrays), "type": type(value).__name__}
    if isinstance(value, GridMap):
        walls = _encode(value.walls, arrays)
        frame = value.frame and (value.frame.resolution, value.frame.origin)
        starts = _encode(np.array(value.starts, np.int32).reshape(-1, 2), arrays)
        terrain = None if value.terrain is None else _encode(value.terrain, arrays)
        paths = [_encode(array, arrays) for array in flattened(value.demonstrations)]
        elevation = None if value.elevation is None else _encode(value.elevation, arrays)
        return {
            "walls": walls,
            "goals": value.goals,
            "goal_values": value.goal_values,
            "starts": starts,
            "frame": frame,
            "terrain": terrain,
            "palette": value.palette.record(),
            "demonstrations": paths,
            "elevation": elevation,
        }
    return {"value": value}


def receive(stream: BinaryIO) -> AnyMessage:
    """Read the next message.

    Raises:
        EOFError: the pipe was closed.
        PipeError: it received anything but a message.
    """
    magic, length = _LENGTH.unpack(_read(stream, bytearray(_LENGTH.size)))
    if magic != _MAGIC or length > MAX_HEADER:
        raise PipeError(f"Expected a message, received {magic!r} and a length of {length:,}")
    header = _read(stream, bytearray(length))
    try:
        name, content = json.loads(header)
        message = _message(name, content, stream, _Budget())
    except _DAMAGE as error:
        raise PipeError(f"Expected a message, received another header: {error}") from error
    return message


def _message(name: str, content: dict[str, Any], stream: BinaryIO, budget: "_Budget") -> AnyMessage:
    kind = _TYPES[name]
    if set(content) != {field.name for field in fields(kind)}:
        raise PipeError(f"Expected the fields of {name}, received {sorted(content)}")
    values = {field: _decode(part, stream, budget) for field, part in content.items()}
    message: AnyMessage = kind(**values)
    return message


class _Budget:
    """The bytes of arrays that a header may still announce."""

    def __init__(self) -> None:
        self.left = MAX_BYTES

    def take(self, dtype: np.dtype[Any], shape: tuple[int, ...], count: int) -> None:
        if not all(isinstance(side, int) and side >= 0 for side in (*shape, count)):
            raise PipeError(f"Expected the shape of an array, received {shape}")
        self.left -= count * math.prod(shape) * dtype.itemsize
        if self.left < 0 or count > MAX_ARRAYS:
            raise PipeError(f"Expected a message of at most {MAX_BYTES:,} bytes, received more")


def _decode(part: dict[str, Any], stream: BinaryIO, budget: _Budget) -> Any:
    if "array" in part:
        return next(_arrays(part["array"], 1, stream, budget))
    if "arrays" in part:
        return tuple(_arrays(part["each"], part["arrays"], stream, budget))
    if "message" in part:
        return _message(part["type"], part["message"], stream, budget)
    if "walls" in part:
        walls = _decode(part["walls"], stream, budget)
        starts = _decode(part["starts"], stream, budget).tolist()
        frame = part["frame"] and MapFrame(part["frame"][0], tuple(part["frame"][1]))
        return GridMap(
            walls,
            tuple((row, col) for row, col in part["goals"]),
            tuple((row, col) for row, col in starts),
            frame,
            part["terrain"] and _decode(part["terrain"], stream, budget),
            Palette.of_record(part["palette"]),
            tuple(part["goal_values"]),
            of_arrays(*(_decode(array, stream, budget) for array in part["demonstrations"])),
            part["elevation"] and _decode(part["elevation"], stream, budget),
        )
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
    """Sends the replies of a worker process to the window, from several threads.

    Args:
        stream: the pipe to the window.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = Lock()

    def send(self, *messages: AnyMessage) -> None:
        """Send replies, with none from other threads between them.

        Raises:
            OSError: the window is gone.
        """
        with self._lock:
            send(self._stream, *messages)


def requests(stream: BinaryIO, outlet: Outlet) -> Iterator[Any]:
    """Yield the window's messages until it closes the pipe; pings are answered here.

    Args:
        stream: the pipe from the window.
        outlet: for the answers.

    Raises:
        PipeError: the pipe received anything but messages.
    """
    with suppress(EOFError, OSError):
        while True:
            message = receive(stream)
            if isinstance(message, Ping):
                outlet.send(Pong())
            else:
                yield message


def hand_over(stream: BinaryIO, outlet: Outlet, put: Callable[[Any], object]) -> None:
    """Hand over the window's messages until it closes the pipe; then end the process.

    It ends at once, whatever is being computed: the window is gone.

    Args:
        stream: the pipe from the window.
        outlet: for the answers to pings.
        put: takes a message.
    """
    try:
        for message in requests(stream, outlet):
            put(message)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def own_output() -> BinaryIO:
    """Reserve standard output for replies; what libraries print there goes to standard error."""
    # Large enough for a whole quick plan, which the window then reads at once.
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
