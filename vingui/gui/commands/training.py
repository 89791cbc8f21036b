"""Training in the window: what is trained, and the plan of the network as it is on the map."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject

from vingui.core.errors import VinguiError
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import MY_DEMONSTRATIONS, MY_MAP, TrainSettings
from vingui.core.training_protocol import Command
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
        client.model_changed.connect(self._on_model_changed)
        client.state_changed.connect(self._on_state_changed)
        client.finished.connect(self._on_finished)

    @property
    def model(self) -> str:
        """The file of the network that is trained; empty while there is none."""
        return str(self.client.training.model) if self.client.training is not None else ""

    @property
    def shown(self) -> bool:
        """Whether the map is planned with the network as it is."""
        return bool(self.model) and self.session.model == self.model

    @property
    def snapshots(self) -> Snapshots:
        """The snapshots of the model that plans, or of the one of which it is one."""
        path = Path(self.session.model)
        if not path.suffix:
            path = MODELS / f"{path}.keras"
        return Snapshots.around(path) or Snapshots(path)

    @property
    def shown_epoch(self) -> int | None:
        """The epoch of the snapshot that the map is planned with, if it is one."""
        return self.snapshots.epoch_of(Path(self.session.model))

    def begin(
        self,
        settings: TrainSettings,
        name: str,
        *,
        minutes: float = 0,
        logs: str = "",
        command: Command = "play",
    ) -> None:
        """Begin a training, and plan with its network from its first weights on.

        Args:
            settings: what to train; its `maps` may be `MY_MAP` or `MY_DEMONSTRATIONS`.
            name: the name of the model.
            minutes: ends with the epoch in which so many are over; 0 for any number.
            logs: a folder for TensorBoard's logs; empty for none.
            command: what to do first.
        """
        grid = None
        if settings.maps in (MY_MAP, MY_DEMONSTRATIONS):
            grid = self.session.document.grid
            if settings.maps == MY_MAP:
                settings = replace(settings, goals="anywhere")
        try:
            self.client.begin(
                settings, name, grid=grid, minutes=minutes, logs=logs, command=command
            )
        except VinguiError as error:
            self.session.notify(f"{error}.", kind="error", key=_MESSAGE)

    def show(self) -> None:
        """Plan with the network as it is."""
        if self.model:
            self.session.choose_model(self.model)

    def show_epoch(self, epoch: int) -> None:
        """Plan with the network after an epoch, one of `snapshots`."""
        self.session.preview_model(str(self.snapshots.file(epoch)))

    def discard(self) -> None:
        """Remove the training and its files."""
        shown = self.shown or self.shown_epoch is not None
        self.client.discard()
        if shown:
            self.session.forget_model()

    def _on_model_changed(self) -> None:
        if self.shown:
            self.session.plan()
        elif self.shown_epoch is None and self.client.saved == 1:
            self.show()

    def _on_state_changed(self) -> None:
        client = self.client
        if client.state is TrainingState.FAILED:
            self.session.notify(client.failure, kind="error", key=_MESSAGE)
        elif client.state is TrainingState.PLAYING:
            self.session.close_message(_MESSAGE)

    def _on_finished(self) -> None:
        self.session.forget_card(self.model)
        self.show()
        history = self.client.history
        if history is not None and self.shown:
            self.session.plan()
            self.session.notify(
                f"Training is finished. “{Path(self.model).stem}” is in the list of models, as it "
                f"was after epoch {history.best}.",
                key=_MESSAGE,
            )
