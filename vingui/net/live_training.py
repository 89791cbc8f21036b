"""A training that is watched and steered while it runs."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from vingui.core.errors import VinguiError
from vingui.core.files import replacing
from vingui.core.train_settings import TrainSettings
from vingui.core.training_folder import TrainingFolder, TrainingHistory
from vingui.core.training_protocol import (
    LEAVE,
    BatchesTrained,
    HeldOutResult,
    SnapshotKept,
    TrainingBegun,
    TrainingFinished,
    TrainingNote,
    TrainingPaused,
    TrainingReply,
    TrainRequest,
)
from vingui.net.backend import keras
from vingui.net.held_out import HeldOut
from vingui.net.train import KeepSnapshots, logs_for_tensorboard, resumes, save_model, train
from vingui.net.train_and_evaluate import write_card


class _Pace:
    """Says when something is due again, so that it takes a share of the time at most.

    Args:
        seconds: how long to wait at least.
        share: how many times as long as it took to wait at least.
        first: how many seconds to wait until the first time.
    """

    def __init__(self, seconds: float, *, share: float = 0, first: float = 0) -> None:
        self._seconds = seconds
        self._share = share
        self._next = time.perf_counter() + first

    @property
    def due(self) -> bool:
        return time.perf_counter() >= self._next

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Do it now."""
        began = time.perf_counter()
        yield
        now = time.perf_counter()
        self._next = now + max(self._seconds, self._share * (now - began))


class _Stopped(Exception):  # noqa: N818 - it is no error
    """The user has ended the training."""


class _Left(Exception):  # noqa: N818 - it is no error
    """Another training begins."""


class LiveTraining(keras.callbacks.Callback):
    """Reports on a training, keeps its networks, and does what the user commands.

    Args:
        request: what to train.
        commands: the commands of the user, as they come.
        reply: called with each report.

    Raises:
        VinguiError: from `run`, as `vingui.net.train.train` does.
    """

    def __init__(
        self,
        request: TrainRequest,
        commands: "SimpleQueue[str]",
        reply: Callable[[TrainingReply], None],
    ) -> None:
        super().__init__()
        self._request = request
        self._number = request.number
        self._commands = commands
        self._reply = reply
        self._command = request.command
        self._settings = TrainSettings.of_record(json.loads(request.settings))
        self._folder = TrainingFolder(Path(request.folder))
        self._history = TrainingHistory(self._settings)
        self._held_out = HeldOut(self._settings)
        self._losses: list[float] = []
        self._summed = 0.0
        self._saved = 0
        self._reporting = _Pace(0.1)
        self._saving = _Pace(0.2, share=8)
        self._evaluation = _Pace(0.5, share=5)
        # Not at once, so that the first batches come sooner.
        self._evaluation_within_epoch = _Pace(3, share=8, first=5)
        self._best: tuple[float, float] | None = None
        self._began = time.perf_counter()
        self._begun = False

    def run(self) -> None:
        """Train, until all is done or the user ends it; then keep the best network."""
        folder = self._folder
        if resumes(folder.checkpoint, self._settings):
            self._history = folder.read_history()
        try:
            train(
                self._settings,
                checkpoint=folder.checkpoint,
                verbose=0,
                on_note=self._on_note,
                callbacks=(
                    KeepSnapshots(folder.snapshots, on_kept=self._on_kept),
                    *self._loggers(),
                    self,
                ),
            )
        except _Left:
            return
        except _Stopped:
            pass
        self._finish()

    def _loggers(self) -> Sequence[Any]:
        logs = self._request.logs
        return (logs_for_tensorboard(logs),) if logs else ()

    # Keras calls these.

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Take note of where the training begins."""
        if self._begun:
            return
        self._begun = True
        self._began = time.perf_counter()
        self._history.go_back_to(epoch)
        self._save_model()
        self._best = max(
            (result[1:] for result in self._history.results if result[0] % self._batches == 0),
            default=None,
        )
        self._folder.write_history(self._history)
        self._reply(TrainingBegun(self._number, self._history.batch))
        self._report()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Do what the user commands, and wait while the training is paused."""
        self._summed = self._summed if batch else 0.0
        with suppress(Empty):
            while True:
                self._command = self._commands.get_nowait()
        if self._command == "pause":
            self._pause()
        if self._command == LEAVE:
            raise _Left
        if self._command == "stop" and self._history.best:
            raise _Stopped

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report, save and evaluate, each as often as it is due."""
        # Keras gives the mean over the epoch so far.
        summed = (logs or {})["loss"] * (batch + 1)
        self._losses.append(summed - self._summed)
        self._summed = summed
        self._history.add_losses(self._history.batch + 1, self._losses[-1:])
        if self._command == "batch":
            self._command = "pause"
        if self._saving.due or self._command == "pause":
            self._save_model()
        if batch + 1 < self._batches and self._evaluation_within_epoch.due:
            self._evaluate(at_end=False)
        if self._reporting.due or self._command == "pause":
            self._report()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Evaluate, keep the curves so far, and see whether the time is over."""
        last = epoch + 1 == self._settings.last_epoch
        if self._best is None or last or self._evaluation.due:
            self._evaluate(at_end=True)
        self._report()
        self._folder.write_history(self._history)
        minutes = self._request.minutes
        if minutes and self._history.seconds > 60 * minutes:
            raise _Stopped
        if self._command == "stop":
            raise _Stopped
        if self._command == "epoch":
            self._command = "pause"

    # What they do.

    @property
    def _batches(self) -> int:
        return self._settings.batches

    def _save_model(self) -> None:
        """Write the network as it is, for the planner."""
        with self._saving.measured():
            try:
                save_model(self.model, self._folder.model)
            except VinguiError as error:
                # On Windows, a file cannot be replaced while the planner reads it; soon it can.
                if not isinstance(error.__cause__, PermissionError):
                    raise
                return
        self._saved += 1

    def _evaluate(self, *, at_end: bool) -> None:
        """Evaluate the network as it is.

        Args:
            at_end: whether an epoch has ended, so that the network can be kept as the best.
        """
        with self._evaluation.measured(), self._evaluation_within_epoch.measured():
            row = self._held_out.evaluate(self.model)
        result = row["success"], row["optimal"]
        is_best = at_end and (self._best is None or result > self._best)
        if is_best:
            self._best = result
            self._history.best = self._history.epoch
            save_model(self.model, self._folder.best)
        self._history.results.append((self._history.batch, *result))
        self._reply(HeldOutResult(self._number, self._history.batch, *result, is_best))

    def _on_note(self, text: str) -> None:
        self._reply(TrainingNote(self._number, text))

    def _on_kept(self, epoch: int) -> None:
        self._reply(SnapshotKept(self._number, epoch))

    def _count_time(self) -> float:
        """Add the time since the last call, and return the sum."""
        now = time.perf_counter()
        self._history.seconds += now - self._began
        self._began = now
        return self._history.seconds

    def _report(self) -> None:
        losses, self._losses = np.array(self._losses, np.float64), []
        with self._reporting.measured():
            self._reply(
                BatchesTrained(
                    self._number, self._history.batch, losses, self._count_time(), self._saved
                )
            )

    def _pause(self) -> None:
        self._count_time()
        self._reply(TrainingPaused(self._number))
        while self._command == "pause":
            self._command = self._commands.get()
        self._began = time.perf_counter()

    def _finish(self) -> None:
        """Put the best network in place of the last one, with its card."""
        history, folder = self._history, self._folder
        minutes, history.finished = self._count_time() / 60, True
        settings = replace(
            self._settings,
            stop_after=0 if history.best == self._settings.epochs else history.best,
        )
        self.model.load_weights(folder.best)
        row = self._held_out.evaluate(self.model)
        with replacing(folder.model) as temporary:
            shutil.copyfile(folder.best, temporary)
        write_card(self.model, settings, folder.model, minutes=minutes, results=(row,))
        folder.write_history(history)
        shutil.rmtree(folder.checkpoint)
        self._reply(TrainingFinished(self._number, history.best, minutes))
