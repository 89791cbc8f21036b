"""Training in the window: what is trained, and the plan of the network as it is on the map."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QObject

from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.files import replacing
from vingui.core.generate import generate
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import MY_DEMONSTRATIONS, MY_MAP, TrainSettings
from vingui.core.training_folder import TrainingFolder
from vingui.core.training_protocol import Command
from vingui.gui import background
from vingui.gui.session import Session
from vingui.gui.training.client import TrainingClient, TrainingState
from vingui.paths import MODELS

_MESSAGE: Final = "training"


class Training(QObject):
    """Begins and steers trainings, and has the planner plan with the network as it is.

    Args:
        session: the map and the model that plans.
        client: the training process.
        parent: the Qt parent.
    """

    def __init__(
        self, session: Session, client: TrainingClient, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.client = client
        self._outdated = False
        self._watching: list[Callable[[], bool]] = []
        session.planner.busy_changed.connect(self._on_planner_busy)
        client.model_changed.connect(self._on_model_changed)
        client.state_changed.connect(self._on_state_changed)
        client.finished.connect(self._on_finished)
        client.noted.connect(self._on_noted)

    @property
    def model(self) -> str:
        """The file of the network that is trained; empty while there is none."""
        return str(self.client.training.model) if self.client.training is not None else ""

    @property
    def shown(self) -> bool:
        """Whether the map is planned with the network as it is."""
        return bool(self.model) and self.session.model == self.model

    @property
    def is_live(self) -> bool:
        """Whether the snapshots are of a network whose training is not finished."""
        training, history = self.client.training, self.client.history
        if training is None or history is None or history.finished:
            return False
        return self.snapshots.folder == training.snapshots.folder

    @property
    def snapshots(self) -> Snapshots:
        """The snapshots of the model that plans, or of the one of which it is one.

        Where it has none, those of the training.
        """
        path = self._file_of(self.session.model)
        found = Snapshots.around(path) or Snapshots(path)
        training = self.client.training
        return found if training is None or found.folder.is_dir() else training.snapshots

    @staticmethod
    def _file_of(model: str) -> Path:
        return Path(model) if Path(model).suffix else MODELS / f"{model}.keras"

    @property
    def shown_epoch(self) -> int | None:
        """The epoch of the snapshot that the map is planned with, if it is one."""
        return self.snapshots.epoch_of(Path(self.session.model))

    def check(self, settings: TrainSettings) -> None:
        """Raise `VinguiError` if there is nothing to learn from."""
        grid = self.session.document.grid
        demonstrations = grid.demonstrations
        mine = settings.maps in (MY_MAP, MY_DEMONSTRATIONS)
        if mine and settings.architecture == "costs" and not demonstrations:
            raise VinguiError(
                "Your map has no demonstrations yet: press O, and drag a path over it to show how "
                "one goes"
            )
        if mine and settings.architecture == "costs" and self.session.teaching.table.blocked.all():
            raise VinguiError("All demonstrations of your map are blocked: see why in the list")
        if mine and settings.sees == "elevation" and grid.elevation is None:
            raise VinguiError(
                "Your map has no elevation to learn from: open one with heights, or let the "
                "network see the kinds of terrain"
            )
        if not mine and not settings.generated and not Path(settings.maps).exists():
            raise VinguiError(f"There is no file {settings.maps}: choose another one")

    def begin(
        self,
        settings: TrainSettings,
        name: str,
        *,
        minutes: float = 0,
        logs: str = "",
        command: Command = "play",
        replaces: TrainingFolder | None = None,
    ) -> None:
        """Begin a training, and plan with its network from its first weights on.

        Args:
            settings: what to train; its `maps` may be `MY_MAP` or `MY_DEMONSTRATIONS`.
            name: the name of the model.
            minutes: ends with the epoch in which so many are over; 0 for any number.
            logs: a folder for TensorBoard's logs; empty for none.
            command: what to do first.
            replaces: a training whose files are removed once this one has begun.
        """
        if replaces is not None and Path(settings.weights).is_relative_to(replaces.path):
            # Its weights are needed again when this training is resumed.
            replaces = None
        grid = None
        if settings.maps in (MY_MAP, MY_DEMONSTRATIONS):
            grid = self.session.document.grid
            if settings.maps == MY_MAP:
                settings = replace(settings, goals="anywhere")
        try:
            self.client.begin(
                settings,
                name,
                grid=grid,
                minutes=minutes,
                logs=logs,
                command=command,
                replaces=replaces,
            )
        except VinguiError as error:
            self.session.notify(f"{error}.", kind="error", key=_MESSAGE)

    def shown_while(self, is_visible: Callable[[], bool]) -> None:
        """Add a panel that shows how trainings go: no messages are needed while it is visible."""
        self._watching.append(is_visible)

    @property
    def _is_watched(self) -> bool:
        return any(is_visible() for is_visible in self._watching)

    def find_unfinished(self, show_panel: Callable[[], None]) -> None:
        """Find the newest training that was interrupted, and say so.

        Args:
            show_panel: called when the user wants to see it.
        """
        self.client.find_unfinished()
        training, history = self.client.training, self.client.history
        if training is not None and history is not None and not self._is_watched:
            self.session.notify(
                f"The training of “{training.path.name}” was interrupted in epoch "
                f"{history.epoch_of_last_batch} of {history.settings.last_epoch}.",
                actions=(("Show", show_panel),),
                key=_MESSAGE,
            )

    def show(self) -> None:
        """Plan with the network as it is."""
        if self.model:
            self.session.choose_model(self.model)

    def leave_snapshots(self) -> None:
        """Plan with the model of which a snapshot is shown, or with the network as it is."""
        model = self.snapshots.folder.with_suffix(".keras")
        self.session.choose_model(model.stem if model.parent == MODELS else str(model))

    def show_epoch(self, epoch: int) -> None:
        """Plan with the network after an epoch, one of `snapshots`."""
        self.session.preview_model(str(self.snapshots.file(epoch)))

    def discard(self) -> None:
        """Remove the training and its files."""
        training = self.client.training
        shown = training is not None and Path(self.session.model).is_relative_to(training.path)
        self.client.discard()
        if shown:
            self.session.forget_model()

    def progress_of(self, model: str) -> str:
        """What a network is that is still trained, or a snapshot; empty for others."""
        client, history = self.client, self.client.history
        snapshots = Snapshots.around(Path(model))
        if snapshots is not None:
            name, epoch = snapshots.folder.stem, snapshots.epoch_of(Path(model))
            return f"{name}, as it was after epoch {epoch}"
        if history is None or model != self.model or history.finished:
            return ""
        verb = "Learning" if client.active else "Not finished"
        return f"{verb}, epoch {history.epoch_of_last_batch} of {history.settings.last_epoch}"

    def trained_models(self) -> list[str]:
        """The files of the networks whose training is finished, by their names."""
        cards = self.client.folder.glob("*/*.json")
        files = (card.with_suffix(".keras") for card in cards if card.stem == card.parent.name)
        return sorted(str(file) for file in files if file.exists())

    def save_as(self, file: Path) -> None:
        """Copy the trained network with its card, and plan with the copy."""
        model = Path(self.model)

        def copy() -> None:
            card = ModelCard.read(model.with_suffix(".json"))
            settings = TrainSettings.of_record(card.settings)
            card = replace(card, name=file.stem, command=settings.command(file))
            with replacing(file) as temporary:
                shutil.copyfile(model, temporary)
            with replacing(file.with_suffix(".json")) as temporary:
                temporary.write_text(card.encoded(), encoding="utf-8")

        def on_done(_: None) -> None:
            self.session.forget_card(str(file))
            self.session.choose_model(str(file))
            self.session.notify(f"Saved the network as {file.name}.", key=_MESSAGE)

        def on_failure(error: VinguiError) -> None:
            self.session.notify(f"{error}.", kind="error", key=_MESSAGE)

        background.run(copy, on_done=on_done, on_failure=on_failure, parent=self)

    def open_map_of_size(self, settings: TrainSettings) -> None:
        """Put a new map like those of a training in place of the one in the editor."""
        kind = settings.wall_maps[0]
        kind = "obstacles" if kind == "mixed" else kind
        rows, cols = settings.rows, settings.cols
        # Others than those of the training, which has seeds of its own.
        grid = generate(kind, rows=rows, cols=cols, rng=np.random.default_rng())
        self.session.document.apply(
            f"Open a map of {rows}x{cols}", grid, title=f"{kind.capitalize()} {rows}x{cols}"
        )

    def _on_model_changed(self) -> None:
        if self.shown:
            self._plan()
        elif self.client.saved == 1:
            self.show()

    def _plan(self) -> None:
        """Plan with the network as it is, once the plan in progress is finished."""
        self._outdated = self.session.planner.busy
        if not self._outdated:
            self.session.plan()

    def _on_planner_busy(self, busy: bool) -> None:
        if not busy and self._outdated and self.shown:
            self._plan()

    def _on_state_changed(self) -> None:
        client = self.client
        if client.state is TrainingState.FAILED and not self._is_watched:
            self.session.notify(client.failure, kind="error", key=_MESSAGE)
        elif client.state is TrainingState.PLAYING:
            self.session.close_message(_MESSAGE)

    def _on_noted(self, text: str) -> None:
        self.session.notify(text, kind="warning", key="training-note")

    def _on_finished(self) -> None:
        self.session.forget_card(self.model)
        self.show()
        history = self.client.history
        if history is None:
            return
        self.session.plan()
        if not self._is_watched:
            self.session.notify(
                f"Training is finished. “{Path(self.model).stem}” is in the list of models, as it "
                f"was after epoch {history.best}.",
                key=_MESSAGE,
            )
