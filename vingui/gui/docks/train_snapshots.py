"""The slider over the networks that a training kept, which plays the learning back."""

from typing import Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSlider, QWidget

from vingui.gui.commands.training import Training
from vingui.gui.docks.panel import tabular
from vingui.gui.look.buttons import button, small_button
from vingui.gui.look.fields import column, named, row
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import MODEL, Setting

_EVERY: Final = 200
"""Milliseconds for which the network of an epoch is shown at least."""


class _Slider(QSlider):
    def event(self, event: QEvent) -> bool:
        """Keep Home and End, which would move the playhead."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End)
        ):
            event.accept()
            return True
        return super().event(event)


class SnapshotBar(QWidget):
    """Shows the plan of the network as it was after an epoch.

    Args:
        training: the training.
        parent: the panel.
    """

    def __init__(self, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._epochs: list[int] = []
        self.play = small_button("train-replay", "play", "Play the learning back")
        about = "The network after an epoch, which was kept"
        self.slider = named(_Slider(Qt.Orientation.Horizontal), "train-snapshot", "Epoch", about)
        self.label = Label("Epoch 0")
        self.label.setFont(tabular(self.label.font()))
        about = "Go back to the network as it is"
        self.back = button("train-live", "Live", about, self._on_back)
        self.setLayout(
            column(
                row(self.play, self.slider, spacing=4), row(self.label, None, self.back), spacing=2
            )
        )
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self._go_on)
        self.play.clicked.connect(self._on_play)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderPressed.connect(self.pause)
        training.session.settings.changed.connect(self._on_setting_changed)

    @property
    def playing(self) -> bool:
        """Whether the learning is played back."""
        return self._timer.isActive()

    def read_epochs(self) -> None:
        """Find out which epochs were kept."""
        self._epochs = self._training.snapshots.epochs()
        self.refresh()

    def refresh(self) -> None:
        """Show which epoch's network the map is planned with."""
        training, epochs = self._training, self._epochs
        shown = training.shown_epoch
        if shown is None:
            self.pause()
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(epochs) - 1, 0))
            self.slider.setValue(epochs.index(shown) if shown in epochs else len(epochs) - 1)
        self.setEnabled(len(epochs) > 1)
        self.setVisible(len(epochs) > 1 or bool(training.model))
        live = training.is_live
        self.back.setText("Live" if live else "Best")
        self.back.setEnabled(shown is not None or (bool(training.model) and not training.shown))
        if shown is not None:
            self.label.setText(f"After epoch {shown}")
        else:
            self.label.setText("The network as it is" if live else "The best network")

    def pause(self) -> None:
        """Stop playing the learning back."""
        self._timer.stop()
        self.play.setIcon(icon("play"))

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting is MODEL:
            self.read_epochs()

    def _on_play(self) -> None:
        if self.playing:
            self.pause()
            return
        # From the beginning, unless an epoch in the middle is shown.
        shown = self._training.shown_epoch
        if shown is None or shown == self._epochs[-1]:
            self._training.show_epoch(self._epochs[0])
        self._timer.start()
        self.play.setIcon(icon("pause"))

    def _go_on(self) -> None:
        """Show the next epoch, unless the plan of this one is still to come."""
        training, session = self._training, self._training.session
        shown, run = training.shown_epoch, session.run
        if session.planner.busy or shown is None:
            return
        later = [epoch for epoch in self._epochs if epoch > shown]
        if not later or run is None:
            self.pause()
        else:
            training.show_epoch(later[0])

    def _on_moved(self, place: int) -> None:
        if place < len(self._epochs):
            self._training.show_epoch(self._epochs[place])

    def _on_back(self) -> None:
        self.pause()
        if self._training.shown_epoch is None:
            self._training.show()
        else:
            self._training.leave_snapshots()
