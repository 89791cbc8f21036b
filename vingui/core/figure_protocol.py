"""The messages between the window and the process that draws figures.

The window announces a run with a `NewRun`, forwards the planner's replies, and then sends requests
about the run. Requests are numbered in ascending order.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.planner_protocol import DataRequest


@dataclass(frozen=True, eq=False)
class NewRun:
    """The following requests are about another run, whose replies come next.

    Attributes:
        grid: the map that was planned on.
        memory: how many bytes of values the run keeps at most.
    """

    grid: GridMap
    memory: int


@dataclass(frozen=True, eq=False)
class NewStarts:
    """The run's map now has other starts, which need no new plan.

    Attributes:
        grid: the run's map with these starts.
    """

    grid: GridMap


@dataclass(frozen=True, eq=False)
class DrawRequest:
    """Draw a picture of the run.

    Attributes:
        number: greater than those of all earlier requests.
        kind: "figure", "film" for one of a film's frames, or "learning" for the last of one.
        options: the JSON record of the figure's or the film's options.
        k: the iteration for panels that name none; 0 for the last. Of learning, the last epoch.
        name: what the map is called.
        model: the name of a shipped model or the path of a file.
        most_pixels: the most pixels of a preview, which is skipped if a newer one waits; 0 for the
            picture as it would be saved.
    """

    number: int
    kind: str
    options: str
    k: int
    name: str
    model: str
    most_pixels: int


@dataclass(frozen=True, eq=False)
class ExportRequest:
    """Write a file about the run.

    Attributes:
        number: greater than those of all earlier requests.
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


@dataclass(frozen=True, eq=False)
class EvaluationFigureRequest:
    """Draw the charts of an evaluation, and write them to a file. It needs no run.

    Attributes:
        number: greater than those of all earlier requests.
        path: the file, which is replaced.
        rows: the results, as described in `vingui.core.evaluation_protocol`.
        options: the JSON record of the figure's options.
    """

    number: int
    path: str
    rows: list[dict[str, Any]]
    options: str


KINDS = ("figure", "film", "learning", "arrays", "trajectories", "values", "run")
"""The kinds of an `ExportRequest`."""


@dataclass(frozen=True, eq=False)
class StopRequest:
    """Stop the request with this number."""

    number: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture that was requested.

    Attributes:
        number: the request's.
        picture: `(height, width, 4)` uint8, RGBA.
        width: the width in pixels of the file that would be saved.
        height: the height in pixels of that file.
        millimetres: `(2,)` float64, the width and height of that file.
        frames: the number of a film's frames; 1 for a figure.
        seconds: the length of a film; 0 for a figure.
    """

    number: int
    picture: NDArray[np.uint8]
    width: int
    height: int
    millimetres: NDArray[np.float64]
    frames: int
    seconds: float


@dataclass(frozen=True, eq=False)
class DataNeeded:
    """A request waits for something that follows from the plan's values, or for being stopped.

    Attributes:
        number: the request's.
        request: what it waits for.
    """

    number: int
    request: DataRequest


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
        size: the size of the file in bytes.
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


ExportReply = Drawn | DataNeeded | Progress | Written | Failed
ExportMessage = (
    NewRun
    | NewStarts
    | DrawRequest
    | ExportRequest
    | EvaluationFigureRequest
    | StopRequest
    | ExportReply
)
