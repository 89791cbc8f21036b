"""The fields of the Train panel for what a network learns from."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QGridLayout, QWidget

from vingui.core.generate import KINDS
from vingui.core.grid import MIN_SIDE, GridMap
from vingui.core.train_settings import (
    COST_MAPS,
    GOALS,
    MOUNTAINS,
    MY_DEMONSTRATIONS,
    MY_MAP,
    TERRAIN,
    WALL_MAPS,
    TrainSettings,
)
from vingui.gui.look.buttons import small_button
from vingui.gui.look.fields import (
    check,
    choice,
    edited,
    labelled,
    line,
    number,
    row,
    show_value,
    whole,
)
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import FileDialog, Label

WALLS: Final = "walls"
FILE: Final = "file"
_LARGEST: Final = 128
"""Cells of the side of a training map: larger ones take minutes a batch."""

_FILES: Final = "Maps (*.json *.npz *.mat *.txt *.csv *.npy *.map *.png);;All files (*)"


class DataFields(QWidget):
    """What the network learns from: generated maps, the map in the editor, or a file.

    Args:
        folder: returns where the dialog for a file opens.
        parent: the form.
    """

    changed = Signal()

    def __init__(self, folder: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        about = "What the network learns from"
        self.source = choice("train-data", "Data", about, _sources(0))
        self.kinds = {name: _kind_box(name) for name in WALL_MAPS}
        size = "{} of generated maps"
        self.rows = _side("train-rows", "Rows", size.format("Rows"))
        self.cols = _side("train-cols", "Columns", size.format("Columns"))
        about = "The share of walls of noise and caves; the lowest leaves it to the generator"
        self.density = number("train-density", "Density", about, low=0, high=0.9, decimals=2)
        self.density.setSpecialValueText("As usual")
        self.density.setSingleStep(0.05)
        about = "How many generated maps demonstrate a path"
        self.demonstrations = whole("train-demonstrations", "Paths", about, low=1, high=100_000)
        self.file = line("train-file", "File", "A file of maps, or a folder of them", hint="None")
        about = "How many of the file's last maps are not learned from, but evaluated on"
        self.held_out = whole("train-held-out", "Held out", about, low=0, high=1_000_000)
        self.goals = choice(
            "train-goals", "Goals", "Where the goals of the file's maps are", [*GOALS.items()]
        )
        self._lay_out()
        self.source.activated.connect(self._on_source_chosen)
        for field in (*self.kinds.values(), self.rows, self.cols, self.density):
            edited(field).connect(self._on_edited)
        for field in (self.demonstrations, self.file, self.held_out, self.goals):
            edited(field).connect(self._on_edited)
        self._show_rows()

    def _lay_out(self) -> None:
        self._boxes = QWidget()
        grid = QGridLayout(self._boxes)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for place, box in enumerate(self.kinds.values()):
            grid.addWidget(box, place // 2, place % 2)
        self._size = QWidget()
        self._size.setLayout(row(self.rows, Label("x"), self.cols, None))
        browse = small_button("train-browse", "open", "Choose a file of maps")
        browse.clicked.connect(self._browse)
        self._path = QWidget()
        self._path.setLayout(row(self.file, browse, spacing=4))
        self._form = form = narrow_form(self)
        add_field(form, "Data", self.source)
        form.addRow(self._boxes)
        add_field(form, "Density", self.density)
        add_field(form, "Size", self._size)
        add_field(form, "Paths", self.demonstrations)
        add_field(form, "File", self._path)
        add_field(form, "Held out", self.held_out)
        add_field(form, "Goals", self.goals)

    def values(self) -> dict[str, object]:
        """The fields of `TrainSettings` that are shown here, by their names."""
        return {
            "maps": self._maps(),
            "rows": self.rows.value(),
            "cols": self.cols.value(),
            "density": self.density.value() if self._has_density else 0.0,
            "demonstrations": self.demonstrations.value(),
            "held_out": self.held_out.value() if self.source.value() == FILE else 0,
            "goals": self.goals.value() if self.source.value() == FILE else "given",
        }

    def show_settings(self, settings: TrainSettings) -> None:
        """Show the settings' data."""
        source = settings.maps
        if settings.wall_maps:
            source = WALLS
            for name, box in self.kinds.items():
                show_value(box, name in settings.wall_maps)
        elif source not in (*COST_MAPS, MY_MAP, MY_DEMONSTRATIONS):
            source = FILE
            show_value(self.file, settings.maps)
        self.source.show_value(source)
        for name in ("rows", "cols", "density", "demonstrations", "held_out", "goals"):
            show_value(getattr(self, name), getattr(settings, name))
        self._show_rows()

    def show_map(self, grid: GridMap) -> None:
        """Show how many demonstrations the map in the editor has."""
        source = self.source.value()
        self.source.offer(_sources(len(grid.demonstrations)))
        self.source.show_value(source)

    @property
    def _has_density(self) -> bool:
        chosen = any(self.kinds[name].isChecked() for name in ("noise", "caves"))
        return self.source.value() == WALLS and chosen

    def _maps(self) -> str:
        source: str = self.source.value()
        if source == WALLS:
            return "+".join(name for name, box in self.kinds.items() if box.isChecked())
        return self.file.text() if source == FILE else source

    def _on_source_chosen(self) -> None:
        if self.source.value() == FILE and not self.file.text():
            self._browse()
        self._on_edited()

    def _on_edited(self) -> None:
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        source, form = self.source.value(), self._form
        form.setRowVisible(self._boxes, source == WALLS)
        form.setRowVisible(self.density, self._has_density)
        form.setRowVisible(self._size, source in (WALLS, *COST_MAPS))
        form.setRowVisible(self.demonstrations, source in COST_MAPS)
        for field in (self._path, self.held_out, self.goals):
            form.setRowVisible(field, source == FILE)

    def _browse(self) -> None:
        dialog = FileDialog(self, "Choose maps to learn from", self._folder(), _FILES)
        dialog.setObjectName("train-maps")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()


def narrow_form(parent: QWidget) -> QFormLayout:
    """A form for a narrow panel."""
    form = QFormLayout(parent)
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(6)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def add_field(form: QFormLayout, text: str, entry: QWidget) -> None:
    """Add a field to such a form, in line with those of other forms."""
    label = labelled(text, entry)
    label.setFixedWidth(label.fontMetrics().horizontalAdvance("Begin with") + 4)
    form.addRow(label, entry)


def _sources(demonstrations: int) -> list[tuple[object, str]]:
    return [
        (WALLS, "Generated walls"),
        (TERRAIN, "Generated terrain"),
        (MOUNTAINS, "Generated mountains"),
        (MY_MAP, "My map"),
        (MY_DEMONSTRATIONS, f"My demonstrations ({demonstrations})"),
        (FILE, "A file of maps"),
    ]


def _kind_box(name: str) -> QCheckBox:
    about = KINDS[name].about if name in KINDS else "Obstacle fields, noise and mazes"
    return check(f"train-{name}", name.capitalize(), about)


def _side(name: str, title: str, about: str) -> WholeField:
    return whole(name, title, about, low=MIN_SIDE, high=_LARGEST)
