"""What the Train panel shows of a training: how far it is, how good, and its curves."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from vingui.core.phrases import percent
from vingui.core.training_folder import TrainingHistory
from vingui.gui.docks.panel import quiet_label, tabular
from vingui.gui.docks.train_curves import TrainingCurves
from vingui.gui.look.fields import column, named
from vingui.gui.look.plain_text import Label
from vingui.gui.look.theme import Theme
from vingui.gui.training.client import TrainingClient, TrainingState

_UNKNOWN: Final = "–"
_FEWEST: Final = 20
"""Batches after which the remaining time can be estimated."""


def clock(seconds: float) -> str:
    """A duration as text: "0:34", "12:05", "2:03:09"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def time_text(history: TrainingHistory, *, active: bool) -> str:
    """How long a training took, and how long it will take."""
    settings = history.settings
    left = settings.last_epoch * settings.batches - history.batch
    text = clock(history.seconds)
    if not active or left <= 0 or history.batch < _FEWEST:
        return text
    return f"{text}, about {clock(history.seconds / history.batch * left)} left"


def state_text(client: TrainingClient) -> str:
    """What a training does, in a sentence."""
    history, state = client.history, client.state
    if client.loading and state is not TrainingState.FAILED:
        return "Loading TensorFlow …"
    if history is None:
        return client.failure
    settings = history.settings
    epoch = f"epoch {history.epoch_of_last_batch} of {settings.last_epoch}"
    match state:
        case TrainingState.STARTING:
            return "Preparing the network and the maps …"
        case TrainingState.PLAYING:
            batch = max(history.batch - 1, 0) % settings.batches + 1
            return f"{epoch.capitalize()}, batch {batch} of {settings.batches}"
        case TrainingState.PAUSED:
            return f"Paused at {epoch}"
        case TrainingState.STOPPING:
            return "Stopping, and keeping the best network …"
        case TrainingState.FINISHED:
            name = client.training.path.name if client.training else ""
            return f"Finished: “{name}” is the network after epoch {history.best}"
    return client.failure


class LiveView(QWidget):
    """The numbers and curves of a training.

    Args:
        theme: the colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.success = _number("train-success", "Success", "starts that reach the goal")
        self.optimal = _number("train-optimal", "Optimal", "starts whose path is a best one")
        self.time = named(quiet_label(), "train-time", "Time", "How long it took, and what is left")
        self.time.setFont(tabular(self.time.font()))
        self.curves = TrainingCurves(theme)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        self._captions = Label("● Success"), Label("● Optimal paths")
        for place, label in enumerate((self.success, self.optimal)):
            grid.addWidget(label, 0, place)
            grid.addWidget(self._captions[place], 1, place)
        self.setLayout(column(self.time, grid, self.curves, spacing=6))
        self._theme = theme
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        """Give the captions the colours of their curves."""
        look = self._theme.look
        for caption, colour in zip(self._captions, (look.success, look.text), strict=True):
            caption.setStyleSheet(f"color: {colour}")

    def show_history(self, history: TrainingHistory, *, active: bool) -> None:
        """Show a training as far as it is."""
        self.time.setText(time_text(history, active=active))
        _, success, optimal = history.results[-1] if history.results else (0, None, None)
        self.success.setText(_UNKNOWN if success is None else percent(success))
        self.optimal.setText(_UNKNOWN if optimal is None else percent(optimal))
        self.curves.show_history(history)


def _number(name: str, title: str, about: str) -> Label:
    label = named(Label(_UNKNOWN), name, title, f"The share of {about}, on held-out maps")
    label.setFont(tabular(label.font(), scale=1.7))
    return label
