"""What the window asks of the process that draws figures, and what it is answered.

The process is sent a `Subject` and the messages of its plan, as they were sent by the one that
plans, and then requests about it. Requests are numbered, newer ones higher.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap


@dataclass(frozen=True, eq=False)
class Subject:
    """From now on requests are about another run, whose messages follow.

    Attributes:
        grid: the map that was planned on.
        memory: how many bytes of values the run keeps at most.
    """

    grid: GridMap
    memory: int


@dataclass(frozen=True, eq=False)
class Starts:
    """From now on the run's map has other starts, which asks the network nothing.

    Attributes:
        grid: the run's map with these starts.
    """

    grid: GridMap


@dataclass(frozen=True, eq=False)
class DrawRequest:
    """Draw a picture of the run.

    Attributes:
        number: above that of every request before.
        kind: "figure", or "film" for one of its frames.
        options: of the figure or the film, as JSON of their record.
        k: the iteration used where the options name none; 0 for the last.
        name: what the map is called.
        most_pixels: of a preview, which is drawn no finer, and not at all if a newer one waits; 0
            for the picture as it would be saved.
    """

    number: int
    kind: str
    options: str
    k: int
    name: str
    most_pixels: int


@dataclass(frozen=True, eq=False)
class ExportRequest:
    """Write a file about the run.

    Attributes:
        number: above that of every request before.
        kind: one of `KINDS`.
        path: the file, which is replaced.
        options: of the figure or the film, as JSON of their record; empty for data.
        k: the iteration used where the options name none, and of a table of values; 0 for
            the last.
        name: what the map is called.
        model: the name of a shipped model or the path of a file.
    """

    number: int
    kind: str
    path: str
    options: str
    k: int
    name: str
    model: str


KINDS = ("figure", "film", "arrays", "trajectories", "values", "run")
"""What an `ExportRequest` can ask for."""


@dataclass(frozen=True, eq=False)
class StopRequest:
    """Give up the request of that number, if it has begun or is to write a file."""

    number: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture that was requested.

    Attributes:
        number: the request's.
        picture: `(height, width, 4)` uint8, RGBA.
        width: pixels of the file that would be saved.
        height: pixels of it, too.
        millimetres: its width and height, `(2,)` float64.
        frames: of a film; 1 of a figure.
        seconds: of a film, from its first frame to its end; 0 of a figure.
    """

    number: int
    picture: NDArray[np.uint8]
    width: int
    height: int
    millimetres: NDArray[np.float64]
    frames: int
    seconds: float


@dataclass(frozen=True, eq=False)
class ReadingRequest:
    """A request waits for its plan's `PolicyReadout` of a V_k, or for being stopped.

    This way policies can be drawn that together exceed the run's memory.

    Attributes:
        number: the request's.
        k: which V_k.
    """

    number: int
    k: int


@dataclass(frozen=True, eq=False)
class Progress:
    """How far an export has come.

    Attributes:
        number: the request's.
        done: of the frames.
        total: all of them.
    """

    number: int
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Written:
    """A file is there.

    Attributes:
        number: the request's.
        size: of the file, in bytes.
    """

    number: int
    size: int


@dataclass(frozen=True, eq=False)
class Failed:
    """A request was given up.

    Attributes:
        number: the request's.
        reason: in one line; empty where a `StopRequest` asked for it.
        traceback: where, in many lines, if it was a fault in the program.
    """

    number: int
    reason: str
    traceback: str


ExportAsked = Subject | Starts | DrawRequest | ExportRequest | StopRequest
ExportReply = Drawn | ReadingRequest | Progress | Written | Failed
ExportMessage = ExportAsked | ExportReply
