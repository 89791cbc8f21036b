"""The buttons of the Train panel that begin, pause and end a training."""

from collections.abc import Callable

from PySide6.QtWidgets import QToolButton, QWidget

from vingui.core.training_protocol import Command
from vingui.gui.look.buttons import Button, button, small_button
from vingui.gui.look.fields import row
from vingui.gui.look.icons import icon
from vingui.gui.training.client import TrainingClient, TrainingState

_PAUSABLE = (TrainingState.STARTING, TrainingState.PLAYING)
_OVER = (TrainingState.NONE, TrainingState.FINISHED)


class TrainTransport(QWidget):
    """Begins a training, continues it, and ends it.

    Args:
        client: the training process.
        begin: called to begin a training, with what to do first.
        resume: called to continue the one there is, with what to do first.
        again: called to begin another one in place of it.
        discard: called to remove it.
    """

    def __init__(
        self,
        client: TrainingClient,
        *,
        begin: Callable[[Command], object],
        resume: Callable[[Command], object],
        again: Callable[[], object],
        discard: Callable[[], object],
    ) -> None:
        super().__init__()
        self._client, self._begin, self._resume = client, begin, resume
        self.play = button("train-play", "Play", "", self._on_play)
        self.batch = self._step("batch", "step-forward", "Train one batch")
        self.epoch = self._step("epoch", "last", "Train to the end of the epoch")
        self.stop = small_button("train-stop", "stop", "Stop and keep the best network")
        self.stop.clicked.connect(lambda: client.command("stop"))
        self.again = small_button("train-again", "restart", "Start again with new weights")
        self.again.clicked.connect(again)
        self.discard = small_button("train-discard", "delete", "Discard the training")
        self.discard.clicked.connect(discard)
        small = (self.batch, self.epoch, self.stop)
        self.setLayout(row(self.play, *small, None, self.again, self.discard, spacing=2))

    def refresh(self, *, valid: bool) -> None:
        """Enable the buttons for what the training does.

        Args:
            valid: whether a training can begin with what is entered.
        """
        client, state = self._client, self._client.state
        resumable = self._resumable
        pausable = state in _PAUSABLE
        text = "Pause" if pausable else "Resume" if resumable else "Play"
        _show(self.play, text)
        self.play.setEnabled(
            state is not TrainingState.STOPPING and (pausable or resumable or valid)
        )
        can_step = resumable or state is TrainingState.PLAYING or (self._begins_new and valid)
        self.batch.setEnabled(can_step)
        self.epoch.setEnabled(can_step)
        some = client.history is not None and client.history.batch > 0
        self.stop.setEnabled(
            state is TrainingState.PLAYING or (state is TrainingState.PAUSED and some)
        )
        self.again.setEnabled(valid and client.training is not None)
        self.discard.setEnabled(client.training is not None)

    def _step(self, command: Command, picture: str, about: str) -> QToolButton:
        made = small_button(f"train-{command}", picture, about)
        made.clicked.connect(lambda: self._go_on(command))
        return made

    @property
    def _resumable(self) -> bool:
        """Whether there is a training to go on with."""
        client = self._client
        if client.state is TrainingState.PAUSED:
            return True
        # With the same settings it would diverge again, and what failed at once would fail again.
        some = client.history is not None and client.history.batch > 0
        return client.state is TrainingState.FAILED and some and not client.diverged

    @property
    def _begins_new(self) -> bool:
        return self._client.state in (*_OVER, TrainingState.FAILED) and not self._resumable

    def _on_play(self) -> None:
        if self._client.state in _PAUSABLE:
            self._client.command("pause")
        else:
            self._go_on("play")

    def _go_on(self, command: Command) -> None:
        if self._begins_new:
            self._begin(command)
        elif self._client.state is TrainingState.PLAYING:
            self._client.command(command)
        else:
            self._resume(command)


def _show(play: Button, text: str) -> None:
    if play.text() != text:
        about = {
            "Play": "Train a network with these settings",
            "Pause": "Pause after this batch",
            "Resume": "Go on with the training",
        }
        play.setText(text)
        play.setAccessibleName(text)
        play.setToolTip(about[text])
        play.setIcon(icon("pause" if text == "Pause" else "play"))
