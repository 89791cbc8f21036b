"""The messages between the window and the process that trains.

One training runs at a time; every reply about it has its number. Its files are those of a
`vingui.core.training_folder.TrainingFolder`.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Command = Literal["play", "pause", "batch", "epoch", "stop"]
"""Go on to the end, pause, train one batch or to the end of the epoch and pause, or end."""

LEAVE: Final = "leave"
"""A command that a new request implies: end without a result, at once."""


@dataclass(frozen=True, eq=False)
class TrainRequest:
    """Begin a training, or continue the one that its folder holds.

    A training that runs is left; it can be continued after its last epoch.

    Attributes:
        number: greater than those of all earlier requests.
        settings: the JSON record of the `TrainSettings`.
        folder: the folder of the training.
        minutes: the training ends with the epoch in which so many are over; 0 for any number.
        logs: a folder for TensorBoard's logs; empty for none.
        command: what to do first: "play", "pause", "batch" or "epoch".
    """

    number: int
    settings: str
    folder: str
    minutes: float
    logs: str
    command: str


@dataclass(frozen=True, eq=False)
class TrainCommand:
    """Do something else from now on.

    Attributes:
        number: the number of the training.
        command: a `Command`.
    """

    number: int
    command: str


@dataclass(frozen=True, eq=False)
class TrainerReady:
    """The process has started.

    Attributes:
        versions: the versions of its libraries, by name.
    """

    versions: dict[str, str]


@dataclass(frozen=True, eq=False)
class TrainingBegun:
    """A training has begun: the file of its model holds the network as it is.

    Attributes:
        number: the number of the training.
        batch: how many batches were trained before, by the run that is continued; usually 0.
    """

    number: int
    batch: int


@dataclass(frozen=True, eq=False)
class TrainingNote:
    """What is left out of the data of a training.

    Attributes:
        number: the number of the training.
        text: a sentence.
    """

    number: int
    text: str


@dataclass(frozen=True, eq=False)
class BatchesTrained:
    """The latest batches.

    Attributes:
        number: the number of the training.
        batch: how many batches were trained altogether.
        losses: `(n,)` float64: the losses of the last n of them.
        seconds: how long all of them took.
        saved: how often the file of the model was written.
    """

    number: int
    batch: int
    losses: NDArray[np.float64]
    seconds: float
    saved: int


@dataclass(frozen=True, eq=False)
class HeldOutResult:
    """How well the network plans on held-out maps.

    Attributes:
        number: the number of the training.
        batch: after how many batches.
        success: the share of starts that reach the goal.
        optimal: the share of starts whose trajectory has the least cost.
        best: whether it is better than all before, at the end of an epoch.
    """

    number: int
    batch: int
    success: float
    optimal: float
    best: bool


@dataclass(frozen=True, eq=False)
class SnapshotKept:
    """The network at the end of an epoch was kept.

    Attributes:
        number: the number of the training.
        epoch: how many epochs were trained.
    """

    number: int
    epoch: int


@dataclass(frozen=True, eq=False)
class TrainingPaused:
    """Nothing is trained until the next command.

    Attributes:
        number: the number of the training.
    """

    number: int


@dataclass(frozen=True, eq=False)
class TrainingFinished:
    """The file of the model holds the best network of the training, with its card beside it.

    Attributes:
        number: the number of the training.
        epoch: the epoch after which it was the best.
        minutes: how long the training took.
    """

    number: int
    epoch: int
    minutes: float


@dataclass(frozen=True, eq=False)
class TrainingFailed:
    """A training ended for a reason that the user can change. What was kept stays.

    Attributes:
        number: the number of the training.
        reason: why, and what to do about it.
        diverged: whether the steps were too large, so that a smaller learning rate would help.
    """

    number: int
    reason: str
    diverged: bool


@dataclass(frozen=True, eq=False)
class TrainerCrashed:
    """A training failed because of a bug.

    Attributes:
        number: the number of the training.
        traceback: of the exception, in many lines.
    """

    number: int
    traceback: str


@dataclass(frozen=True, eq=False)
class TrainerUnavailable:
    """The process cannot train at all, and exits.

    Attributes:
        reason: why, in one line.
        remedy: what to do about it.
    """

    reason: str
    remedy: str


TrainingReply = (
    TrainingBegun
    | TrainingNote
    | BatchesTrained
    | HeldOutResult
    | SnapshotKept
    | TrainingPaused
    | TrainingFinished
    | TrainingFailed
    | TrainerCrashed
)
TrainingMessage = TrainRequest | TrainCommand | TrainerReady | TrainerUnavailable | TrainingReply
