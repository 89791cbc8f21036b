"""The folder of a training: its network as it is, its snapshots, and the curves so far."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief, parse_json, read_text, reading, replacing
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import TrainSettings

FORMAT: Final = "vingui-training"
_MAX_BYTES: Final = 4 << 20
_MOST_POINTS: Final = 4000


@dataclass
class TrainingHistory:
    """What is known of a training, also after a restart.

    Attributes:
        settings: its settings.
        batch: how many batches were trained.
        seconds: how long they took.
        losses: `(batch, loss)`; of long trainings, every second, fourth, ... batch.
        results: `(batch, success, optimal)` on held-out maps.
        best: the epoch after which the result was the best; 0 while there is none.
        finished: whether the training is over.
    """

    settings: TrainSettings
    batch: int = 0
    seconds: float = 0.0
    losses: list[tuple[int, float]] = field(default_factory=list)
    results: list[tuple[int, float, float]] = field(default_factory=list)
    best: int = 0
    finished: bool = False

    @property
    def epoch(self) -> int:
        """How many epochs were trained."""
        return self.batch // self.settings.batches

    @property
    def epoch_of_last_batch(self) -> int:
        """The epoch, counted from 1, to which the last batch belongs."""
        return max(self.batch - 1, 0) // self.settings.batches + 1

    def add_losses(self, batch: int, losses: Sequence[float]) -> None:
        """Add the losses of the last batches, of which `batch` were trained altogether."""
        first = batch - len(losses) + 1
        self.losses += [(first + place, float(loss)) for place, loss in enumerate(losses)]
        self.batch = batch
        while len(self.losses) > _MOST_POINTS:
            del self.losses[1::2]

    def go_back_to(self, epoch: int) -> None:
        """Forget what came after an epoch, since the training continues there."""
        last = epoch * self.settings.batches
        self.losses = [point for point in self.losses if point[0] <= last]
        self.results = [point for point in self.results if point[0] <= last]
        self.batch = last

    def encoded(self) -> str:
        """The history as the text of its file."""
        return json.dumps({"format": FORMAT, "version": 1, **asdict(self)}) + "\n"

    @classmethod
    def of_record(cls, content: Any) -> Self:
        """The history of a parsed file.

        Raises:
            VinguiError: it is damaged.
        """
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise VinguiError("It is not the history of a training that vingui wrote")
        try:
            history = cls(
                TrainSettings.of_record(content["settings"]),
                int(content["batch"]),
                float(content["seconds"]),
                [(int(batch), float(loss)) for batch, loss in content["losses"]],
                [(int(batch), float(a), float(b)) for batch, a, b in content["results"]],
                int(content["best"]),
                content["finished"] is True,
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise VinguiError(f"The history of the training is damaged: {brief(error)}") from None
        if history.batch < 0 or not math.isfinite(history.seconds):
            raise VinguiError("The history of the training is damaged")
        return history


class TrainingFolder:
    """The files of a training.

    Args:
        path: the folder. Its name is that of the model.

    Attributes:
        path: the folder.
        model: the network as it is, and at the end the best; its card is beside it.
        best: the best network so far.
        checkpoint: the state from which the training can be continued.
        snapshots: the network after some of the epochs.
        map: the map in the editor, for trainings on it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.model = path / f"{path.name}.keras"
        self.best = path / "best.keras"
        self.checkpoint = path / "checkpoint"
        self.snapshots = Snapshots(self.model)
        self.map = path / "map.json"
        self._history = path / "history.json"

    def read_history(self) -> TrainingHistory:
        """Read what is known of the training.

        Raises:
            VinguiError: it cannot be read, or is damaged.
        """
        with reading(self._history):
            try:
                content = parse_json(read_text(self._history, limit=_MAX_BYTES))
            except ValueError as error:
                raise VinguiError("The history of the training is damaged") from error
            return TrainingHistory.of_record(content)

    def write_history(self, history: TrainingHistory) -> None:
        """Write what is known of the training.

        Raises:
            VinguiError: it cannot be written.
        """
        with replacing(self._history) as temporary:
            temporary.write_text(history.encoded(), encoding="utf-8")


def unfinished_trainings(folder: Path) -> list[TrainingFolder]:
    """The trainings in a folder that can be continued, the newest first."""
    found = []
    for path in folder.glob("*/history.json"):
        training = TrainingFolder(path.parent)
        try:
            unfinished = not training.read_history().finished and training.checkpoint.exists()
        except VinguiError:
            continue
        if unfinished:
            found.append((path.stat().st_mtime_ns, training))
    return [training for _, training in sorted(found, key=lambda pair: pair[0], reverse=True)]
