"""The client of the training process: begins trainings, steers them and collects reports."""

import json
import logging
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from enum import Enum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from vingui.core.errors import VinguiError
from vingui.core.formats import write_map
from vingui.core.grid import GridMap
from vingui.core.train_settings import TrainSettings
from vingui.core.training_folder import TrainingFolder, TrainingHistory, unfinished_trainings
from vingui.core.training_protocol import (
    BatchesTrained,
    Command,
    HeldOutResult,
    SnapshotKept,
    TrainCommand,
    TrainerCrashed,
    TrainerReady,
    TrainerUnavailable,
    TrainingBegun,
    TrainingFailed,
    TrainingFinished,
    TrainingNote,
    TrainingPaused,
    TrainRequest,
)
from vingui.gui.planner.process import WorkerProcess
from vingui.gui.planner.process_end import ProcessEnd

__all__ = ["TrainingClient", "TrainingState"]

_log = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.net.trainer")
"""Without -P, a file in the current folder, such as `keras.py`, would be imported as a library."""


class TrainingState(Enum):
    """What a training does."""

    NONE = "none"
    """There is no training."""
    STARTING = "starting"
    """It has been requested, and the network does not learn yet."""
    PLAYING = "playing"
    PAUSED = "paused"
    """It can be continued, also after a restart of the program."""
    STOPPING = "stopping"
    """It ends with the current epoch, and the best network is kept."""
    FINISHED = "finished"
    FAILED = "failed"


class TrainingClient(QObject):
    """Trains in a separate process, one network at a time.

    Args:
        folder: where the folders of trainings are.
        command: the command line of the process.
        parent: the Qt parent.

    Attributes:
        state: what the training does.
        training: the files of the training; `None` while there is none.
        history: its settings and curves; `None` while there is none.
        failure: why it failed and what to do about it, while `state` is `FAILED`.
        details: the last output of a process that failed, in several lines; may be empty.
        diverged: whether it failed because its steps were too large.
        ready: whether the process has loaded its libraries.
        saved: how often the process has written the file of the model.
    """

    state_changed = Signal()
    progressed = Signal()
    """`history` has grown."""
    model_changed = Signal()
    """The file of the model has been written, at most some times a second."""
    snapshots_changed = Signal()
    """A network was kept at the end of an epoch, or another training is shown."""
    noted = Signal(str)
    """What is left out of the data, a sentence."""
    finished = Signal()
    """The file of the model holds the best network, and its card is beside it."""

    def __init__(
        self, folder: Path, *, command: Sequence[str] = COMMAND, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self.state = TrainingState.NONE
        self.training: TrainingFolder | None = None
        self.history: TrainingHistory | None = None
        self.failure = self.details = ""
        self.diverged = self.ready = False
        self._replaced: TrainingFolder | None = None
        self._number = 0
        self.saved = 0
        self._with_process = False
        self._process = WorkerProcess(command=command, name="The trainer", parent=self)
        self._process.replied.connect(self._on_reply)
        self._process.died.connect(self._on_died)

    @property
    def process_id(self) -> int | None:
        """The trainer's process id, while it runs."""
        return self._process.process_id

    @property
    def loading(self) -> bool:
        """Whether the process runs and has not loaded its libraries yet."""
        return self.process_id is not None and not self.ready

    @property
    def active(self) -> bool:
        """Whether a training is with the process."""
        return self.state in (TrainingState.STARTING, TrainingState.PLAYING, TrainingState.STOPPING)

    def prepare(self) -> None:
        """Start the process, which takes seconds to load TensorFlow, unless it runs."""
        if self.process_id is not None:
            return
        try:
            self._process.start()
        except OSError as error:
            self._fail(f"Training cannot be started: {error.strerror or error}.")
        else:
            self.state_changed.emit()

    def find_unfinished(self) -> None:
        """Show the newest training that was interrupted, as paused, if there is one."""
        for training in unfinished_trainings(self.folder):
            self.training, self.history = training, training.read_history()
            self._set_state(TrainingState.PAUSED)
            self.snapshots_changed.emit()
            return

    def begin(
        self,
        settings: TrainSettings,
        name: str,
        *,
        grid: GridMap | None = None,
        minutes: float = 0,
        logs: str = "",
        command: Command = "play",
        replaces: TrainingFolder | None = None,
    ) -> None:
        """Begin a training. One that runs is left.

        Args:
            settings: what to train.
            name: the name of the model; a number is added where there is one of that name.
            grid: the map in the editor, if the network is to learn from it; the training's `maps`
                are then its copy.
            minutes: ends with the epoch in which so many are over; 0 for any number.
            logs: a folder for TensorBoard's logs; empty for none.
            command: what to do first.
            replaces: a training whose files are removed once this one has begun.

        Raises:
            VinguiError: the folder of the training cannot be written.
        """
        training = TrainingFolder(self._free_folder(name))
        try:
            training.path.mkdir(parents=True)
        except OSError as error:
            raise VinguiError(
                f"{training.path}: The folder of the training cannot be created: {error.strerror}"
            ) from error
        if grid is not None:
            write_map(training.map, grid)
            settings = replace(settings, maps=str(training.map))
        # Not removed yet: the process may still write there.
        self._replaced = replaces
        self._request(training, TrainingHistory(settings), minutes, logs, command)

    def resume(self, *, minutes: float = 0, logs: str = "", command: Command = "play") -> None:
        """Continue the training that is paused, failed or was interrupted."""
        if self.training is not None and self.history is not None and not self.active:
            if self._with_process:
                self.command(command)
                return
            self._request(self.training, self.history, minutes, logs, command)

    def command(self, command: Command) -> None:
        """Have the process play, pause, train one batch or one epoch, or stop.

        Of a training that was interrupted, "stop" keeps the best network too.
        """
        if self.state in (TrainingState.NONE, TrainingState.FINISHED, TrainingState.FAILED):
            return
        if not self._with_process:
            self.resume(command=command)
            return
        self._process.send(TrainCommand(self._number, command))
        if command == "stop":
            self._set_state(TrainingState.STOPPING)
        elif command != "pause":
            self._set_state(TrainingState.PLAYING)

    def discard(self) -> None:
        """End the training and remove its files."""
        if self._with_process:
            self._process.kill()
            self.ready = self._with_process = False
        if self.training is not None:
            shutil.rmtree(self.training.path, ignore_errors=True)
        self.training = self.history = None
        self._set_state(TrainingState.NONE)
        self.snapshots_changed.emit()
        self.prepare()

    def close(self) -> None:
        """End the process. The training can be continued after its last epoch."""
        self._process.close()

    def _free_folder(self, name: str) -> Path:
        path, number = self.folder / name, 2
        while path.exists():
            path, number = self.folder / f"{name}-{number}", number + 1
        return path

    def _request(
        self,
        training: TrainingFolder,
        history: TrainingHistory,
        minutes: float,
        logs: str,
        command: Command,
    ) -> None:
        self.training, self.history = training, history
        self.failure = self.details = ""
        self.diverged = False
        self._number += 1
        self.saved = 0
        self._set_state(TrainingState.STARTING)
        self.snapshots_changed.emit()
        self.prepare()
        if self.failure:
            return
        record = json.dumps(asdict(history.settings))
        self._process.send(
            TrainRequest(self._number, record, str(training.path), minutes, logs, command)
        )
        self._with_process = True

    # Replies.

    def _on_reply(self, reply: object) -> None:
        if isinstance(reply, TrainerReady):
            self.ready = True
            self.state_changed.emit()
        elif isinstance(reply, TrainerUnavailable):
            self._process.end()
            self._fail(f"Training cannot start: {reply.reason}. {reply.remedy}")
        elif getattr(reply, "number", None) == self._number and self.history is not None:
            self._on_training_reply(reply, self.history)

    def _on_training_reply(self, reply: object, history: TrainingHistory) -> None:
        match reply:
            case TrainingBegun():
                history.go_back_to(reply.batch // history.settings.batches)
                if self._replaced is not None:
                    shutil.rmtree(self._replaced.path, ignore_errors=True)
                    self._replaced = None
                if self.state is TrainingState.STARTING:
                    self._set_state(TrainingState.PLAYING)
            case BatchesTrained():
                history.add_losses(reply.batch, reply.losses.tolist())
                history.seconds = reply.seconds
                if reply.saved != self.saved:
                    self.saved = reply.saved
                    self.model_changed.emit()
                self.progressed.emit()
            case HeldOutResult():
                history.results.append((reply.batch, reply.success, reply.optimal))
                if reply.best:
                    history.best = reply.batch // history.settings.batches
                self.progressed.emit()
            case TrainingNote():
                self.noted.emit(reply.text)
            case SnapshotKept():
                self.snapshots_changed.emit()
            case TrainingPaused():
                self._set_state(TrainingState.PAUSED)
            case TrainingFinished():
                history.finished, self._with_process = True, False
                self._set_state(TrainingState.FINISHED)
                self.finished.emit()
            case TrainingFailed():
                self.diverged = reply.diverged
                self._fail(f"{reply.reason}.")
            case TrainerCrashed():
                _log.error("The trainer failed:\n%s", reply.traceback)
                what = reply.traceback.strip().rpartition("\n")[2]
                self._fail(f"Training failed: {what[:200]}", reply.traceback)

    def _on_died(self, end: ProcessEnd) -> None:
        self.ready = False
        if self._with_process:
            self._fail(
                f"Training stopped: {end.cause}. Resume continues it after its last epoch.",
                end.details,
            )

    def _fail(self, failure: str, details: str = "") -> None:
        self._with_process = False
        self.failure, self.details = failure, details
        self._set_state(TrainingState.FAILED)

    def _set_state(self, state: TrainingState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit()
