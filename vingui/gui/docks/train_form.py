"""The form of the Train panel: all settings of a training."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from vingui.core.cards import shipped_models
from vingui.core.errors import VinguiError
from vingui.core.moves import RULES
from vingui.core.train_settings import ARCHITECTURES, PRESETS, SEES, TrainSettings
from vingui.gui.docks.panel import quiet_label
from vingui.gui.docks.train_data import DataFields, add_field, narrow_form
from vingui.gui.document.file_names import existing_folder, file_stem
from vingui.gui.look.buttons import small_button
from vingui.gui.look.fields import (
    check,
    choice,
    edited,
    line,
    number,
    row,
    show_value,
    value_of,
    whole,
)
from vingui.gui.look.plain_text import FileDialog, Label
from vingui.gui.session import Session
from vingui.gui.settings import FOLDER, RECENT_MODELS, TRAIN

_ABOUT: Final = {
    "dynamic": "Learns which moves walls block and what moves cost. Plans on maps of any size.",
    "vin": "The same 3x3 filter in every backup. Plans well on maps as large as those it learned "
    "on.",
    "costs": "Learns from demonstrated paths what each kind of terrain costs.",
}
"""What is special about each architecture."""

_NEW: Final = ""
_OPEN: Final = "open a file"


@dataclass(frozen=True)
class Choices:
    """What is entered in the form.

    Attributes:
        settings: the settings.
        minutes: after how many the training ends; 0 for any number.
        logs: a folder for TensorBoard's logs; empty for none.
        name: the name of the model; empty for one that follows from the settings.
    """

    settings: TrainSettings = field(default_factory=lambda: PRESETS[0].settings)
    minutes: float = 0.0
    logs: str = ""
    name: str = ""

    @property
    def model_name(self) -> str:
        """The name of the model, also if none is entered."""
        return file_stem(self.name) if self.name.strip() else default_name(self.settings)

    @classmethod
    def of_text(cls, text: str) -> "Choices":
        """The remembered choices, or the first preset's if they cannot be read."""
        with suppress(
            ValueError, RecursionError, TypeError, LookupError, AttributeError, VinguiError
        ):
            content = json.loads(text)
            settings = TrainSettings.of_record(content.pop("settings"))
            choices = cls(settings, **content)
            if [type(value) for value in (choices.minutes, choices.logs, choices.name)] == [
                float,
                str,
                str,
            ]:
                return choices
        return cls()

    def encoded(self) -> str:
        """The choices as the text of a setting."""
        return json.dumps(asdict(self))


def default_name(settings: TrainSettings) -> str:
    """The name of a model of which none is entered, such as `my-vin-8x8`; no shipped one has it."""
    if settings.architecture == "costs":
        return f"my-costs-{settings.sees}"
    size = f"-{settings.rows}x{settings.cols}" if settings.generated else ""
    return f"my-{settings.architecture}{size}"


class TrainForm(QWidget):
    """The fields of a training.

    Args:
        session: the map in the editor, and the models to begin with.
        trained: returns the files of the models that were trained in the window.
        parent: the panel.
    """

    changed = Signal()
    """A field was edited."""

    def __init__(
        self, session: Session, trained: Callable[[], list[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._trained = session, trained
        self.data = DataFields(self._data_folder, self)
        self.fields: dict[str, QWidget] = _network_fields() | _training_fields()
        self._about = quiet_label()
        self._about.setWordWrap(True)
        about = "After how many minutes the training ends, with the epoch"
        self.minutes = number("train-minutes", "Minutes", about, low=0, high=10_000)
        self.minutes.setSpecialValueText("Until all epochs are done")
        about = "The weights that training begins with"
        self.weights = choice("train-weights", "Begin with", about, [(_NEW, "New weights")])
        about = "A folder for TensorBoard's logs; empty for none"
        self.logs = line("train-logs", "Logs", about, hint="None")
        about = "The name of the model in the list of models"
        self.name = line("train-name", "Name", about, most=60)
        self._lay_out()
        self.data.changed.connect(self._on_edited)
        for entry in (*self.fields.values(), self.minutes, self.logs, self.name):
            edited(entry).connect(self._on_edited)
        self.weights.activated.connect(self._on_weights_chosen)
        self.show_choices(Choices.of_text(session.settings.get(TRAIN)))

    def _lay_out(self) -> None:
        logs = small_button("train-browse-logs", "open", "Choose a folder for TensorBoard's logs")
        logs.clicked.connect(self._browse_logs)
        folder, epochs = QWidget(), QWidget()
        folder.setLayout(row(self.logs, logs, spacing=4))
        epochs.setLayout(
            row(self.fields["epochs"], Label("x"), self.fields["batches"], Label("batches"), None)
        )
        self._form = form = narrow_form(self)
        form.addRow(self.data)
        add_field(form, "Network", self.fields["architecture"])
        form.addRow(self._about)
        add_field(form, "Sees", self.fields["sees"])
        form.addRow("", self.fields["mirrored"])
        add_field(form, "Moves", self.fields["moves"])
        add_field(form, "K", self.fields["iterations"])
        add_field(form, "Learn at", self.fields["reading_every"])
        add_field(form, "Epochs", epochs)
        add_field(form, "Minutes", self.minutes)
        add_field(form, "Batch size", self.fields["batch_size"])
        add_field(form, "Rate", self.fields["learning_rate"])
        add_field(form, "Seed", self.fields["seed"])
        add_field(form, "Begin with", self.weights)
        add_field(form, "Logs", folder)
        add_field(form, "Name", self.name)

    # What is entered.

    def choices(self) -> Choices:
        """What is entered.

        Raises:
            VinguiError: the settings do not fit together.
        """
        values: dict[str, Any] = {name: value_of(entry) for name, entry in self.fields.items()}
        values |= self.data.values()
        if not values["maps"]:
            raise VinguiError("There is nothing to learn from: choose kinds of maps, or a file")
        settings = TrainSettings(**values, weights=self.weights.value())
        return Choices(settings, self.minutes.value(), self.logs.text(), self.name.text())

    def show_choices(self, choices: Choices) -> None:
        """Show other choices."""
        settings = choices.settings
        with QSignalBlocker(self):
            for name, entry in self.fields.items():
                show_value(entry, getattr(settings, name))
            self.data.show_settings(settings)
            show_value(self.minutes, choices.minutes)
            show_value(self.logs, choices.logs)
            show_value(self.name, choices.name)
            self._offer_weights(settings.weights)
        self._show_rows()

    def refresh(self) -> None:
        """Show what there is on the map in the editor."""
        self.data.show_map(self._session.document.grid)

    def _on_edited(self) -> None:
        self._show_rows()
        self._offer_weights(self.weights.value())
        self.changed.emit()

    def _show_rows(self) -> None:
        architecture = value_of(self.fields["architecture"])
        self._about.setText(_ABOUT[architecture])
        learns_costs = architecture == "costs"
        for name in ("sees", "mirrored"):
            self._form.setRowVisible(self.fields[name], learns_costs)
        for name in ("iterations", "reading_every"):
            self._form.setRowVisible(self.fields[name], not learns_costs)
        with suppress(VinguiError):
            self.name.setPlaceholderText(default_name(self.choices().settings))

    # Weights and folders.

    def _offer_weights(self, chosen: str) -> None:
        """List the models of the architecture and the movement rule, and recent files."""
        architecture, moves = (value_of(self.fields[name]) for name in ("architecture", "moves"))
        cards = [
            (card.name, card.name)
            for card in shipped_models()
            if (card.architecture, card.moves) == (architecture, moves)
        ]
        recent = self._session.settings.get(RECENT_MODELS)
        files = dict.fromkeys((*self._trained(), *recent, chosen))
        shipped = {card.name for card in shipped_models()}
        paths = [(file, Path(file).stem) for file in files if file and file not in shipped]
        rows = [(_NEW, "New weights"), *cards, *paths, (_OPEN, "A model file ...")]
        self.weights.offer(rows)
        self.weights.show_value(chosen)

    def _on_weights_chosen(self) -> None:
        if self.weights.value() != _OPEN:
            self._on_edited()
            return
        self._offer_weights(_NEW)
        folder = str(existing_folder([self._session.settings.get(FOLDER)]))
        dialog = FileDialog(self, "Begin with the weights of", folder, "Keras models (*.keras)")
        dialog.setObjectName("train-begin-with")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_weights_file)
        dialog.open()

    def _on_weights_file(self, file: str) -> None:
        self._offer_weights(file)
        self.changed.emit()

    def _browse_logs(self) -> None:
        dialog = FileDialog(self, "Folder for TensorBoard's logs", self._data_folder())
        dialog.setObjectName("train-logs-folder")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.logs.setText)
        dialog.open()

    def _data_folder(self) -> str:
        return str(existing_folder([self._session.settings.get(FOLDER)]))


def _network_fields() -> dict[str, QWidget]:
    moves = [(rule.name, rule.title) for rule in RULES.values()]
    about = "The number of Bellman backups in training"
    return {
        "architecture": choice(
            "train-architecture", "Network", "The kind of network", [*ARCHITECTURES.items()]
        ),
        "sees": choice("train-sees", "Sees", "What it sees of the map", [*SEES.items()]),
        "mirrored": check(
            "train-mirrored", "Mirrored", "Mirror maps at random, which teaches more from few"
        ),
        "moves": choice("train-moves", "Moves", "The moves that it learns", moves),
        "iterations": whole("train-iterations", "K", about, low=1, high=500),
        "reading_every": _every(),
    }


def _every() -> QWidget:
    about = "At every how many iterations the policy is learned, besides at the last one"
    every = whole("train-reading-every", "Learn at", about, low=1, high=500)
    every.setPrefix("every ")
    every.setSuffix(". k")
    return every


def _training_fields() -> dict[str, QWidget]:
    rate = number(
        "train-learning-rate",
        "Learning rate",
        "Adam's step at the beginning; it falls to 0",
        low=1e-5,
        high=0.9,
        decimals=5,
    )
    rate.setSingleStep(0.001)
    about = "The seed of all random numbers: the same one gives the same network"
    return {
        "epochs": whole("train-epochs", "Epochs", "How many epochs", low=1, high=100_000),
        "batches": whole("train-batches", "Batches", "Batches in an epoch", low=1, high=100_000),
        "batch_size": whole("train-batch-size", "Batch", "Maps in a batch", low=1, high=4096),
        "learning_rate": rate,
        "seed": whole("train-seed", "Seed", about, low=0, high=2**31 - 1),
    }
