"""The Train panel: choose what to learn, press Play, and watch it."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMessageBox, QToolButton, QWidget

from vingui.core.errors import VinguiError
from vingui.core.train_settings import PRESETS, TrainSettings
from vingui.core.training_protocol import Command
from vingui.gui.commands.training import Training
from vingui.gui.docks.panel import DockPanel, quiet_label
from vingui.gui.docks.save_network import ask_to_save
from vingui.gui.docks.train_form import Choices, TrainForm
from vingui.gui.docks.train_live import LiveView, state_text
from vingui.gui.docks.train_snapshots import SnapshotBar
from vingui.gui.docks.train_transport import TrainTransport
from vingui.gui.look.buttons import button
from vingui.gui.look.fields import choice, column, named, row
from vingui.gui.look.plain_text import Label
from vingui.gui.planner.client import Phase
from vingui.gui.settings import TRAIN
from vingui.gui.training.client import TrainingState

_OWN: Final = "own"
_HEIGHT: Final = 420
_LONG: Final = 60
"""After so many seconds of training, discarding it has to be confirmed."""


class TrainPanel(DockPanel):
    """Sets up a training, steers it, and shows how it goes.

    Args:
        training: begins and steers trainings.
        parent: the Qt parent.
    """

    delay, drawing_delay = 100, 320

    def __init__(self, training: Training, parent: QWidget | None = None) -> None:
        session = training.session
        super().__init__(session, "train", "Train", parent)
        self._training, self._client = training, training.client
        training.shown_while(self.isVisible)
        self._problem = ""
        presets = [(preset.name, preset.title) for preset in PRESETS]
        self.preset = choice("train-preset", "Preset", "Settings to begin with", presets)
        self.about = _text("train-about", quiet=True)
        self.transport = TrainTransport(
            self._client,
            begin=self._begin,
            resume=self._resume,
            again=self._on_again,
            discard=self._on_discard,
        )
        self.state = _text("train-state")
        self.problem = _text("train-problem")
        self.problem.setProperty("kind", "warning")
        about = "Begin again with a tenth of the learning rate"
        self.smaller = button("train-smaller", "", about, self._on_smaller)
        self.later = _text("train-later", quiet=True)
        self.later.setText("Changed settings have an effect when you start again.")
        self.hint = _text("train-hint", quiet=True)
        self.open_map = button("train-open-map", "", "Undo brings your map back", self._open_map)
        self.fold = named(QToolButton(), "train-fold", "Settings", "Show or hide the settings")
        self.form = TrainForm(session, training.trained_models)
        self.live = LiveView(session.theme)
        self.snapshots = SnapshotBar(training)
        about = "Copy the network and its card to a file"
        self.save = button("train-save", "Save the network as...", about, self._save)
        self._lay_out()
        self._connect()
        self._show_preset()

    def _lay_out(self) -> None:
        self.fold.setText("Settings")
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.form.hide()
        self.setLayout(
            column(
                self.preset,
                self.about,
                self.transport,
                self.state,
                self.smaller,
                self.problem,
                self.later,
                self.hint,
                row(self.open_map, None),
                row(self.fold, None),
                self.form,
                self.snapshots,
                self.live,
                row(self.save, None),
                None,
                margin=8,
            )
        )

    def _connect(self) -> None:
        session, client = self.session, self._client
        self.preset.activated.connect(self._on_preset_chosen)
        self.form.changed.connect(self._on_form_edited)
        self.fold.toggled.connect(self._unfold)
        client.state_changed.connect(self._on_state_changed)
        client.snapshots_changed.connect(self._read_snapshots)
        session.planner.phase_changed.connect(self._prepare)
        self.refresh_after(client.progressed, session.document.changed)

    # What is shown.

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Load what trains, before it is needed."""
        super().showEvent(event)
        self._prepare()
        self.snapshots.read_epochs()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Not as high as all of it, which would leave no room for the panel above."""
        return QSize(super().sizeHint().width(), _HEIGHT)

    def _prepare(self) -> None:
        # Not while the planner loads its libraries, which takes all of a small machine.
        phase = self.session.planner.phase
        if self.isVisible() and phase in (Phase.READY, Phase.FAILED):
            self._client.prepare()

    def refresh(self) -> None:
        """Show how the training goes, and what can be done."""
        client, history = self._client, self._client.history
        self.form.refresh()
        self._show_problem()
        self._show_state()
        self.transport.refresh(valid=not self._problem)
        self.smaller.setVisible(client.diverged)
        if client.diverged and history is not None:
            self.smaller.setText(f"Start again with a rate of {_tenth(history.settings):zg}")
        self.later.setVisible(self._is_changed)
        self._show_hint()
        self.live.setVisible(history is not None)
        if history is not None:
            self.live.show_history(history, active=client.active)
        self.snapshots.refresh()
        self.save.setVisible(history is not None and history.finished)

    @property
    def _is_changed(self) -> bool:
        """Whether other settings are entered than those of the training that can go on."""
        choices, history = self._choices(), self._client.history
        if choices is None or history is None or history.finished:
            return False
        # A copy takes the place of the map in the editor.
        entered, trained = choices.settings, history.settings
        return replace(trained, maps=entered.maps, goals=entered.goals) != entered

    def _show_state(self) -> None:
        self.state.setText(state_text(self._client))
        self.state.setVisible(bool(self.state.text()))
        kind = "error" if self._client.state is TrainingState.FAILED else ""
        if kind != self.state.property("kind"):
            self.state.setProperty("kind", kind)
            self.state.style().polish(self.state)

    def _on_state_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    def _read_snapshots(self) -> None:
        if self.isVisible():
            self.snapshots.read_epochs()

    def _choices(self) -> Choices | None:
        """What is entered, or `None` where it does not fit together."""
        try:
            choices = self.form.choices()
            self._training.check(choices.settings)
        except VinguiError as error:
            self._problem = f"{error}."
            return None
        self._problem = ""
        return choices

    def _show_problem(self) -> None:
        self._choices()
        self.problem.setText(self._problem)
        self.problem.setVisible(bool(self._problem))

    def _show_hint(self) -> None:
        choices, grid = self._choices(), self.session.document.grid
        settings = choices.settings if choices is not None else None
        larger = (
            settings is not None
            and settings.architecture == "vin"
            and bool(settings.wall_maps)
            and (grid.rows > settings.rows or grid.cols > settings.cols)
        )
        self.hint.setVisible(larger)
        self.open_map.setVisible(larger)
        if larger and settings is not None:
            size = f"{settings.rows}x{settings.cols}"
            self.hint.setText(f"This network plans well on maps of {size}, and yours is larger.")
            self.open_map.setText(f"Open a map of {size}")

    def _unfold(self, unfolded: bool) -> None:
        self.form.setVisible(unfolded)
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.fold.setArrowType(arrow)

    # What is entered.

    def _on_preset_chosen(self) -> None:
        chosen = self.preset.value()
        for preset in PRESETS:
            if preset.name == chosen:
                self.form.show_choices(Choices(preset.settings))
                self._on_form_edited()

    def _on_form_edited(self) -> None:
        if (choices := self._choices()) is not None:
            self.session.settings.set(TRAIN, choices.encoded())
        self._show_preset()
        self.refresh()

    def _show_preset(self) -> None:
        """Show the preset of which the settings are, if they are of one."""
        choices = self._choices()
        settings = choices.settings if choices is not None else None
        rows = [(preset.name, preset.title) for preset in PRESETS]
        found = next((preset for preset in PRESETS if preset.settings == settings), None)
        self.preset.offer([*rows, (_OWN, "Own settings")] if found is None else rows)
        self.preset.show_value(_OWN if found is None else found.name)
        self.about.setText("" if found is None else found.about)
        self.about.setVisible(found is not None)

    # What is done.

    def _begin(self, command: Command) -> None:
        history = self._client.history
        unfinished = history is not None and not history.finished
        if (choices := self._choices()) is not None:
            self.fold.setChecked(False)
            self._training.begin(
                choices.settings,
                choices.model_name,
                minutes=choices.minutes,
                logs=choices.logs,
                command=command,
                replaces=self._client.training if unfinished else None,
            )

    def _resume(self, command: Command) -> None:
        minutes, logs = self.form.minutes.value(), self.form.logs.text()
        self._client.resume(minutes=minutes, logs=logs, command=command)
        self._training.show()

    def _on_again(self) -> None:
        history = self._client.history
        lost = history is not None and not history.finished and history.seconds > _LONG
        what = "The network that is not finished will be lost."
        if not lost or self._confirmed("Start again", "Start again?", what):
            self._begin("play")

    def _on_smaller(self) -> None:
        choices, history = self._choices(), self._client.history
        if choices is not None and history is not None:
            settings = replace(choices.settings, learning_rate=_tenth(history.settings))
            self.form.show_choices(replace(choices, settings=settings))
            self._on_form_edited()
            self._begin("play")

    def _on_discard(self) -> None:
        training = self._client.training
        what = "Its network and its snapshots will be removed."
        if training is not None and self._confirmed(
            "Discard", f"Discard “{training.path.name}”?", what
        ):
            self._training.discard()

    def _confirmed(self, verb: str, question: str, what: str) -> bool:
        box = QMessageBox(self)
        box.setObjectName("train-question")
        box.setWindowTitle("Training")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.setInformativeText(what)
        doing = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        box.deleteLater()
        return box.clickedButton() is doing

    def _open_map(self) -> None:
        if (choices := self._choices()) is not None:
            self._training.open_map_of_size(choices.settings)

    def _save(self) -> None:
        ask_to_save(self._training, self)


def _text(name: str, *, quiet: bool = False) -> Label:
    label = named(quiet_label() if quiet else Label(), name, "", "")
    label.setWordWrap(True)
    return label


def _tenth(settings: TrainSettings) -> float:
    return float(f"{settings.learning_rate / 10:z.3g}")
