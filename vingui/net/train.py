"""Training a model from settings and a seed, by `keras.Model.fit`."""

import importlib.util
import json
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from vingui.core.cards import find_model
from vingui.core.cluster_place import ClusterPlace
from vingui.core.errors import VinguiError
from vingui.core.files import naming, replacing
from vingui.core.formats import read_dataset
from vingui.core.moves import rule_named
from vingui.core.phrases import counted
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import COST_MAPS, TrainSettings
from vingui.core.training_runs import EPOCHS_FILE
from vingui.net.backend import keras, tf
from vingui.net.cluster import ALONE, Cluster
from vingui.net.cost_vin import CostVIN
from vingui.net.data import GeneratedData, StoredData, TrainingData
from vingui.net.demonstration_data import DemonstrationData, generated_demonstrations
from vingui.net.keras_networks import load_model, untrained_cost_vin
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel
from vingui.net.shared_training import BeginWithChief, connected

_MODELS: Final[dict[str, type[ValueIterationModel]]] = {
    "dynamic": DynamicVIN,
    "vin": VIN,
    "costs": CostVIN,
}

_SETTINGS_FILE = "settings.json"
_STOPWATCH_FILE = "minutes.json"
_LOSS_FILE = "loss.json"


class TrainingClock(keras.callbacks.Callback):
    """Sets the epoch of the data, and the temperature of a dynamic kernel, which falls from 1.

    Both follow from the epoch and the batch, so that an interrupted training continues with the
    same ones.

    Args:
        data: the training data.
        total: the number of batches in the whole training.
        coldest: the temperature at the end.
    """

    def __init__(self, data: TrainingData, *, total: int, coldest: float = 0.02) -> None:
        super().__init__()
        self.data = data
        self.total = total
        self.coldest = coldest

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set the epoch of the data."""
        self.data.epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the temperature of this batch."""
        if isinstance(self.model, DynamicVIN):
            share = self.data.epoch * len(self.data) + batch
            cooled = min(max((share / self.total - 0.3) / 0.5, 0.0), 1.0)
            self.model.temperature.assign(self.coldest**cooled)


class DivergedError(VinguiError):
    """The loss or the weights of a training are no longer finite."""


class DivergenceGuard(keras.callbacks.Callback):
    """Stops a training whose loss or weights are no longer finite.

    Raises:
        DivergedError: from `fit`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch."""
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Check the loss."""
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise self._stop(f"batch {batch + 1}: the loss became {loss}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Check the weights, whose overflow a rectifier can hide from the loss."""
        if not all(np.isfinite(weight.numpy()).all() for weight in self.model.weights):
            raise self._stop("at its end: weights are not finite any more")

    def _stop(self, why: str) -> DivergedError:
        return DivergedError(
            f"Training stopped in epoch {self.epoch + 1}, {why}. The steps are too large for "
            "these maps: try a smaller learning rate. The checkpoint of the previous epoch is kept"
        )


class Stopwatch(keras.callbacks.Callback):
    """Sums the minutes of all finished epochs, across interruptions.

    Args:
        folder: where the sum is kept, the last loss and the number of epochs; `None` for nowhere.
        most: the training ends with the epoch in which so many are over; 0 for any number.

    Attributes:
        epochs: how many epochs are finished.
        loss: the mean loss of the last of them; `None` before the first.
    """

    def __init__(self, folder: Path | None, *, most: float = 0) -> None:
        super().__init__()
        self.folder = folder
        self.most = most
        self.epochs = 0
        self.minutes: float = self._kept(_STOPWATCH_FILE) or 0.0
        self.loss: float | None = self._kept(_LOSS_FILE)
        self.began = 0.0

    def _kept(self, name: str) -> Any:
        if self.folder is None or not (self.folder / name).exists():
            return None
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the epoch's time, and save the sum."""
        self.minutes += (time.perf_counter() - self.began) / 60
        self.loss = (logs or {}).get("loss")
        if self.folder is not None:
            values = {
                _STOPWATCH_FILE: self.minutes,
                _LOSS_FILE: self.loss,
                EPOCHS_FILE: epoch + 1,
            }
            for name, value in values.items():
                (self.folder / name).write_text(json.dumps(value), encoding="utf-8")
        self.epochs = epoch + 1
        minutes, most = self.model.cluster.from_chief([self.minutes, self.most])
        if most and minutes > most:
            self.model.stop_training = True


class ReportProgress(keras.callbacks.Callback):
    """Reports how far a training is.

    Args:
        on_progress: called with how many batches are done, and of how many.
        on_epoch: called after each epoch with its number, from 1, and the mean loss.
    """

    def __init__(
        self, on_progress: Callable[[int, int], None], on_epoch: Callable[[int, float], None]
    ) -> None:
        super().__init__()
        self.on_progress, self.on_epoch = on_progress, on_epoch
        self._before = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Count the batches of the epochs before."""
        self._before = epoch * self.params["steps"]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report the batch."""
        total = self.params["epochs"] * self.params["steps"]
        self.on_progress(self._before + batch + 1, total)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Report the epoch."""
        self.on_epoch(epoch + 1, float((logs or {}).get("loss", math.nan)))


class KeepSnapshots(keras.callbacks.Callback):
    """Keeps the network after epochs, and before the first, without the optimizer's state.

    Args:
        snapshots: where. Those of an earlier training are removed.
        epochs: after which epochs; the last one's is always kept. Empty for all, of which fewer
            are left once there are many.
        on_kept: called with the number of epochs.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        *,
        epochs: Collection[int] = (),
        on_kept: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self.snapshots = snapshots
        self.epochs = epochs
        self.on_kept = on_kept
        self._done = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Keep the untrained network."""
        if epoch == 0:
            self.snapshots.remove()
            self._keep_chosen(0)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the network, and fewer of the many."""
        self._done = epoch + 1
        self._keep_chosen(self._done)
        if not self.epochs:
            self.snapshots.thin()

    def on_train_end(self, logs: Any = None) -> None:
        """Keep the last network."""
        if self.epochs and self._done not in self.epochs:
            self._keep(self._done)

    def _keep_chosen(self, epoch: int) -> None:
        if not self.epochs or epoch in self.epochs:
            self._keep(epoch)

    def _keep(self, epoch: int) -> None:
        self.snapshots.folder.mkdir(parents=True, exist_ok=True)
        save_model(without_optimizer(self.model), self.snapshots.file(epoch))
        self.on_kept(epoch)


def without_optimizer(model: ValueIterationModel) -> ValueIterationModel:
    """A model with the same weights that was not compiled: its file is half as large."""
    copy: ValueIterationModel = type(model).from_config(model.get_config())
    copy.build_from_config(model.get_build_config())
    copy.set_weights(model.get_weights())
    return copy


def save_model(model: ValueIterationModel, out: Path) -> None:
    """Write a model to a file, which others see whole or not at all.

    Raises:
        VinguiError: it cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        # Keras saves under this suffix only, and not under .KERAS.
        file = Path(folder, "model.keras")
        model.save(file)
        with replacing(out) as temporary:
            shutil.copyfile(file, temporary)


def logs_for_tensorboard(folder: str) -> Any:
    """A callback that writes the loss of each batch for TensorBoard.

    Raises:
        VinguiError: TensorBoard is not installed.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise VinguiError(
            "Logs for TensorBoard need TensorBoard, which is not installed. Install it: "
            'pip install "vingui[tensorboard]"'
        )
    return keras.callbacks.TensorBoard(folder, update_freq=1)


def training_data(settings: TrainSettings) -> TrainingData:
    """The data of the settings.

    Raises:
        VinguiError: they name a file that cannot be read or does not fit.
    """
    common: dict[str, Any] = {
        "rule": rule_named(settings.moves),
        "batch_size": settings.batch_size,
        "batches": settings.batches,
        "seed": settings.seed,
    }
    if settings.maps in COST_MAPS:
        grids = generated_demonstrations(
            settings.demonstrations,
            maps=settings.maps,
            rows=settings.rows,
            cols=settings.cols,
            seed=settings.seed,
        )
        return DemonstrationData(grids, sees=settings.sees, mirrored=settings.mirrored, **common)
    if settings.wall_maps:
        return GeneratedData(
            settings.wall_maps,
            rows=settings.rows,
            cols=settings.cols,
            density=settings.density,
            **common,
        )
    dataset = read_dataset(Path(settings.maps))
    if dataset.refused:
        # The card names the data set, so it must not silently be a part of it.
        raise VinguiError(
            f"{counted(len(dataset.refused), 'file')} of the folder cannot be read. "
            f"The first: {dataset.refused[0]}"
        )
    maps = dataset.maps[: len(dataset.maps) - settings.held_out]
    with naming(Path(settings.maps)):
        if settings.architecture == "costs":
            return DemonstrationData(maps, sees=settings.sees, mirrored=settings.mirrored, **common)
        return StoredData(maps, moved_goals=settings.goals == "anywhere", **common)


def _copy_weights(source: str, model: ValueIterationModel) -> None:
    other = load_model(find_model(source))
    shapes = [[weight.shape for weight in one.weights] for one in (other, model)]
    if type(other) is not type(model) or shapes[0] != shapes[1]:
        raise VinguiError(
            f"Training cannot begin from the weights of {Path(source).name}, which is another "
            "network than the one to train. Choose one of the same architecture"
        )
    model.set_weights(other.get_weights())


def new_model(settings: TrainSettings) -> ValueIterationModel:
    """A model to train, built and compiled, with weights drawn from the seed or of another model.

    Raises:
        VinguiError: the other model cannot be loaded, or is of another kind.
    """
    keras.utils.set_random_seed(settings.seed)
    if settings.architecture == "costs":
        model = untrained_cost_vin(rule_named(settings.moves), settings.sees)
    else:
        model = _MODELS[settings.architecture](
            moves=settings.moves,
            iterations=settings.iterations,
            reading_every=settings.reading_every,
        )
        model.build((None, None, None, 2))
    if settings.weights:
        _copy_weights(settings.weights, model)
    steps = settings.epochs * settings.batches
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
    model.compile(optimizer=keras.optimizers.Adam(rate, clipnorm=1.0), jit_compile=False)
    return model


class Trained(NamedTuple):
    """A trained model.

    Attributes:
        model: the model.
        minutes: those of all its epochs, including those before an interruption.
        settings: the settings that make it again, however it was ended.
        loss: the mean loss of its last epoch.
    """

    model: ValueIterationModel
    minutes: float
    settings: TrainSettings
    loss: float | None


def train(
    settings: TrainSettings,
    *,
    checkpoint: Path,
    verbose: int = 1,
    minutes: float = 0,
    callbacks: Sequence[Any] = (),
    on_note: Callable[[str], None] | None = None,
    place: ClusterPlace = ALONE.place,
) -> Trained:
    """Train a model, or continue a training that was interrupted.

    Args:
        settings: what to train.
        checkpoint: a folder for the state of training, saved after every epoch. If it exists, its
            training is continued, with the same result as without the interruption. The caller
            removes it once the model is saved.
        verbose: 1 for a progress bar, 2 for a line an epoch, 0 for none.
        minutes: the training ends with the epoch in which so many are over; 0 for any number.
        callbacks: more of Keras's callbacks, which come last.
        on_note: called with what is left out of the data, a sentence, before the training begins.
        place: of this process among several workers that train together. Each takes its share of
            every batch, and has the trained model in the end; the chief alone has a checkpoint.

    Raises:
        VinguiError: the data do not fit, the loss is no longer finite, or the checkpoint is of
            other settings; or other workers do not come, have other settings or are lost.
    """
    # Before the checkpoint, which would be left over if the training cannot begin.
    data = training_data(settings)
    if on_note is not None and data.note:
        on_note(data.note)
    continues = not place.is_chief or resumes(checkpoint, settings)
    cluster = connected(place, settings, on_note or (lambda _: None))
    if not continues:
        _begin(checkpoint, settings)
    # TensorFlow's optimizer would rewrite the gradient of a dynamic kernel's backups to be summed
    # in an order that depends on the timing of threads, and weights would differ from run to run.
    tf.config.optimizer.set_experimental_options(
        {"arithmetic_optimization": settings.architecture == "vin"}
    )
    model = new_model(settings)
    data.cluster = model.cluster = cluster
    stopwatch = Stopwatch(checkpoint if place.is_chief else None, most=minutes)
    with cluster.reporting_loss(checkpoint):
        model.fit(
            data,
            epochs=settings.last_epoch,
            shuffle=False,
            verbose=verbose,
            callbacks=[
                DivergenceGuard(),
                *_checkpoints(checkpoint, cluster),
                TrainingClock(data, total=settings.epochs * settings.batches),
                stopwatch,
                *callbacks,
            ],
        )
    cluster.leave()
    epochs = stopwatch.epochs or settings.last_epoch
    done = replace(settings, stop_after=epochs if epochs < settings.epochs else 0)
    return Trained(model, stopwatch.minutes, done, stopwatch.loss)


def _checkpoints(checkpoint: Path, cluster: Cluster) -> list[Any]:
    """The callbacks that save the state of a training, and begin with what was saved."""
    if not cluster.place.is_chief:
        return [BeginWithChief(cluster)]
    backup = keras.callbacks.BackupAndRestore(
        str(checkpoint), double_checkpoint=True, delete_checkpoint=False
    )
    return [backup, BeginWithChief(cluster)] if cluster.place.count > 1 else [backup]


def resumes(checkpoint: Path, settings: TrainSettings) -> bool:
    """Whether there is a checkpoint of this training to continue from.

    Raises:
        VinguiError: there is a checkpoint of another training, or something else in its place.
    """
    wanted = asdict(settings)
    with _at(checkpoint):
        if not checkpoint.exists():
            return False
        found = json.loads((checkpoint / _SETTINGS_FILE).read_text(encoding="utf-8"))
    if found != wanted:
        known = found if isinstance(found, dict) else {}
        differing = [name for name in wanted if known.get(name) != wanted[name]]
        raise VinguiError(
            f"{checkpoint}: This is the checkpoint of a training with other settings: "
            f"{', '.join(differing)} differ. Remove it to start over"
        )
    return True


def _begin(checkpoint: Path, settings: TrainSettings) -> None:
    with _at(checkpoint):
        checkpoint.mkdir(parents=True)
        text = json.dumps(asdict(settings), indent=2)
        (checkpoint / _SETTINGS_FILE).write_text(text, encoding="utf-8")


@contextmanager
def _at(checkpoint: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise VinguiError(
            f"{checkpoint}: This cannot be the folder for checkpoints: {error}"
        ) from error
