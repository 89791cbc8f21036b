"""The messages between the window and the process that draws figures.

The window makes a run known by a `NewRun` and the planner's replies, and then sends requests about
it. Requests are numbered in ascending order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap


@dataclass(frozen=True, eq=False)
class NewRun:
    """The requests from now on are about another run, whose replies follow.

    Attributes:
        grid: the map that was planned on.
        memory: how many bytes of values the run keeps at most.
    """

    grid: GridMap
    memory: int


@dataclass(frozen=True, eq=False)
class NewStarts:
    """The run's map has other starts from now on. They need no new plan.

    Attributes:
        grid: the run's map with these starts.
    """

    grid: GridMap


@dataclass(frozen=True, eq=False)
class DrawRequest:
    """Draw a picture of the run.

    Attributes:
        number: above those of all requests before.
        kind: "figure", or "film" for one of its frames.
        options: the JSON record of the figure's or the film's options.
        k: the iteration for panels that name none; 0 for the last.
        name: what the map is called.
        most_pixels: of a preview, which is skipped if a newer one waits; 0 for the picture as it
            would be saved.
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
        number: above those of all requests before.
        kind: one of `KINDS`.
        path: the file, which is replaced.
        options: the JSON record of the figure's or the film's options; empty for data.
        k: the iteration for panels that name none, and of a table of values; 0 for the last.
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
"""The kinds of an `ExportRequest`."""


@dataclass(frozen=True, eq=False)
class StopRequest:
    """Stop the request of that number."""

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
class ReadoutNeeded:
    """A request waits for the plan's `PolicyReadout` of a V_k, or for being stopped.

    Attributes:
        number: the request's.
        k: which V_k.
    """

    number: int
    k: int


@dataclass(frozen=True, eq=False)
class Progress:
    """How many frames of a film are written.

    Attributes:
        number: the request's.
        done: the frames that are written.
        total: all frames.
    """

    number: int
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Written:
    """A file was written.

    Attributes:
        number: the request's.
        size: of the file, in bytes.
    """

    number: int
    size: int


@dataclass(frozen=True, eq=False)
class Failed:
    """A request has failed or was stopped.

    Attributes:
        number: the request's.
        reason: in one line; empty if it was stopped.
        traceback: in many lines, if it was a fault in the program; otherwise empty.
    """

    number: int
    reason: str
    traceback: str


ExportReply = Drawn | ReadoutNeeded | Progress | Written | Failed
ExportMessage = NewRun | NewStarts | DrawRequest | ExportRequest | StopRequest | ExportReply
