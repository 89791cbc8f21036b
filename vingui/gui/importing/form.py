"""The choices about a picture: the threshold, the size of the cells, and the crop."""

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QGridLayout, QHBoxLayout, QSlider, QWidget

from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions
from vingui.core.formats.cells import fitting_cell
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.heights import Heights
from vingui.core.formats.options import HALF
from vingui.core.grid import MAX_SIDE, MIN_SIDE
from vingui.gui.importing.cost_fields import DEFAULT_COSTS, CostFields, Costs
from vingui.gui.importing.crop_view import LEAST_SIDE
from vingui.gui.importing.height_fields import DEFAULT_HEIGHTS, HeightFields
from vingui.gui.importing.threshold import ThresholdField
from vingui.gui.look.buttons import Button
from vingui.gui.look.fields import check, column, named, whole
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import IMPORT_PICTURE, Settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QCheckBox

    from vingui.gui.look.number_fields import WholeField
    from vingui.gui.look.theme import Look

_CROP: Final = (
    ("left", "&Left", "Pixels left out on the left"),
    ("top", "&Top", "Pixels left out at the top"),
    ("width", "&Width", "Width of the crop in pixels"),
    ("height", "&Height", "Height of the crop in pixels"),
)


class PictureForm(QWidget):
    """The fields of the picture dialog.

    Args:
        picture: the whole picture, in pixels.
        suited: the longest side in cells of the map that is proposed.
        settings: the choices of the last picture.
        look: the colours of the histogram.
    """

    changed = Signal()
    """The user changed a choice."""
    crop_changed = Signal(QRect)
    """The user has typed another crop."""

    def __init__(self, picture: QRect, *, suited: int, settings: Settings, look: "Look") -> None:
        super().__init__()
        self._picture = picture
        self._suited = self._longest_cells = suited
        self._settings = settings
        self.threshold = ThresholdField(look)
        self._invert = check(
            "invert-picture", "&Invert: light is wall", "Light pixels become walls, not dark ones"
        )
        self._cell = _number("cell", "Cell", "The side of a cell in pixels", " px")
        self._longest = _number(
            "longest", "Longest side", "The longest side of the map in cells", " cells"
        )
        self._reset = named(
            Button("&Reset"),
            "reset",
            "Reset",
            "Use the whole picture, with the default choices for it",
        )
        tip = "A cell becomes a wall if at least this fraction of its pixels is dark"
        self._share_slider = named(
            QSlider(Qt.Orientation.Horizontal), "dark-share-slider", "Dark-pixel fraction", tip
        )
        self._share_slider.setRange(1, 100)
        self._share = _number("dark-share", "Dark-pixel fraction", tip, " %")
        self._share.setRange(1, 100)
        tip = "Greys become costs, the darker the costlier, and only black becomes wall"
        self._with_costs = check("with-costs", "Gre&ys as costs", tip)
        self._costs = CostFields()
        tip = "Greys become heights, and slopes terrain: the steeper, the costlier"
        self._with_heights = check("with-heights", "Greys as elevatio&n", tip)
        self._heights = HeightFields()
        self._crop = {name: _number(name, text.replace("&", ""), tip) for name, text, tip in _CROP}
        self._lay_out()
        options, costs = _remembered(settings.get(IMPORT_PICTURE))
        self._show(options, picture)
        self._show_greys(costs, options.heights)
        self._connect()
        self.setFocusProxy(self.threshold)

    @property
    def crop(self) -> QRect:
        """The part of the picture that is used, in pixels."""
        return QRect(*(field.value() for field in self._crop.values()))

    def options(self) -> PictureOptions:
        """The current choices."""
        crop = self.crop
        return PictureOptions(
            threshold=self.threshold.chosen,
            invert=self._invert.isChecked(),
            cell=self._cell.value(),
            dark_share=self._share.value() / 100,
            crop=None
            if crop == self._picture
            else (crop.top(), crop.left(), crop.height(), crop.width()),
            heights=self._heights.chosen if self._with_heights.isChecked() else None,
        )

    @property
    def costs(self) -> Costs | None:
        """How greys become costs; `None` for no costs."""
        return self._costs.chosen if self._with_costs.isChecked() else None

    def set_crop(self, crop: QRect) -> None:
        """Show another crop, which the user has dragged."""
        self._show_crop(crop)
        self.changed.emit()

    def remember(self) -> None:
        """Remember the choices for the next picture."""
        heights = self.options().heights
        choices = {
            "threshold": self.threshold.chosen,
            "invert": self._invert.isChecked(),
            "percent": self._share.value(),
            "longest": None if self._longest_cells == self._suited else self._longest_cells,
            "costs": self.costs,
            "heights": heights and [heights.low, heights.high, heights.side],
        }
        self._settings.set(IMPORT_PICTURE, json.dumps(choices))

    def reset(self) -> None:
        """Use the whole picture, with the default choices for it."""
        self._show(PictureOptions(), self._picture)
        self._show_greys(None, None)
        self.crop_changed.emit(self._picture)
        self.changed.emit()

    def _lay_out(self) -> None:
        # Tab visits the fields in the order in which they are added.
        left = QGridLayout()
        left.setHorizontalSpacing(12)
        left.setVerticalSpacing(6)
        left.addWidget(_label("Thr&eshold", self.threshold), 0, 0, Qt.AlignmentFlag.AlignBottom)
        left.addWidget(self.threshold, 0, 1)
        left.addWidget(self._invert, 1, 1)
        left.setRowStretch(2, 1)
        size = _row(8, ("&Cell", self._cell), ("Lon&gest side", self._longest))
        size.insertSpacing(2, 8)
        size.addStretch()
        size.addWidget(self._reset)
        share = QHBoxLayout()
        share.setSpacing(8)
        share.addWidget(self._share_slider, 1)
        share.addWidget(self._share)
        crop = _row(6, *((text, self._crop[name]) for name, text, _ in _CROP))
        right = QFormLayout()
        right.setHorizontalSpacing(12)
        right.setVerticalSpacing(6)
        right.addRow(Label("Size"), size)
        right.addRow(_label("&Dark pixels", self._share), share)
        right.addRow(Label("Crop"), crop)
        upper = QHBoxLayout()
        upper.setSpacing(24)
        upper.addLayout(left, 1)
        upper.addLayout(right, 1)
        greys = QGridLayout()
        greys.setHorizontalSpacing(16)
        greys.setVerticalSpacing(4)
        for line, fields in enumerate(
            ((self._with_costs, self._costs), (self._with_heights, self._heights))
        ):
            greys.addWidget(fields[0], line, 0)
            greys.addWidget(fields[1], line, 1, Qt.AlignmentFlag.AlignLeft)
        greys.setColumnStretch(1, 1)
        self.setLayout(column(upper, greys))

    def _connect(self) -> None:
        self.threshold.edited.connect(self.changed)
        self._invert.toggled.connect(self.changed)
        self._cell.valueChanged.connect(self._on_cell_changed)
        self._longest.valueChanged.connect(self._on_longest_changed)
        self._longest.editingFinished.connect(self._show_longest)
        self._share_slider.valueChanged.connect(self._share.setValue)
        self._share.valueChanged.connect(self._share_slider.setValue)
        self._share.valueChanged.connect(self.changed)
        for field in self._crop.values():
            field.valueChanged.connect(self._on_crop_typed)
        self._reset.clicked.connect(self.reset)
        self._with_costs.toggled.connect(self._on_costs_toggled)
        self._costs.changed.connect(self.changed)
        self._with_heights.toggled.connect(self._on_heights_toggled)
        self._heights.changed.connect(self.changed)

    # Updating the fields that depend on others.

    def _show_greys(self, costs: Costs | None, heights: Heights | None) -> None:
        with QSignalBlocker(self._with_costs), QSignalBlocker(self._with_heights):
            self._with_costs.setChecked(costs is not None)
            self._with_heights.setChecked(heights is not None)
        self._costs.choose(costs or DEFAULT_COSTS)
        self._heights.choose(heights or DEFAULT_HEIGHTS)
        self._enable_greys()

    def _enable_greys(self) -> None:
        self._costs.setEnabled(self._with_costs.isChecked())
        self._heights.setEnabled(self._with_heights.isChecked())
        meaning = "heights" if self._with_heights.isChecked() else "walls"
        self.threshold.show_meaning("costs" if self._with_costs.isChecked() else meaning)

    def _on_costs_toggled(self, checked: bool) -> None:
        self._choose_one(checked, self._with_heights)

    def _on_heights_toggled(self, checked: bool) -> None:
        self._choose_one(checked, self._with_costs)

    def _choose_one(self, checked: bool, other: "QCheckBox") -> None:
        """Greys are costs, or heights, or neither."""
        if checked:
            with QSignalBlocker(other):
                other.setChecked(False)
        self._enable_greys()
        self.changed.emit()

    def _show(self, choices: PictureOptions, crop: QRect) -> None:
        percent = round(100 * (choices.dark_share or HALF))
        self.threshold.choose(choices.threshold)
        with QSignalBlocker(self._invert), QSignalBlocker(self._share):
            self._invert.setChecked(choices.invert)
            self._share.setValue(percent)
            self._share_slider.setValue(percent)
        self._longest_cells = choices.longest or self._suited
        self._show_crop(crop)

    def _show_crop(self, crop: QRect) -> None:
        limits = {
            "left": (0, self._picture.width() - LEAST_SIDE, crop.left()),
            "top": (0, self._picture.height() - LEAST_SIDE, crop.top()),
            "width": (LEAST_SIDE, self._picture.width() - crop.left(), crop.width()),
            "height": (LEAST_SIDE, self._picture.height() - crop.top(), crop.height()),
        }
        for name, (low, high, value) in limits.items():
            with QSignalBlocker(self._crop[name]):
                self._crop[name].setRange(low, high)
                self._crop[name].setValue(value)
        # A smaller crop keeps about as many cells.
        longest, shortest = max(crop.height(), crop.width()), min(crop.height(), crop.width())
        least = fitting_cell(longest, longest)
        with QSignalBlocker(self._cell):
            self._cell.setRange(least, max(least, shortest - 1))
            self._cell.setValue(fitting_cell(longest, longest, self._longest_cells))
        self._show_longest()

    def _show_longest(self) -> None:
        longest = max(self.crop.height(), self.crop.width())
        with QSignalBlocker(self._longest):
            self._longest.setRange(MIN_SIDE, min(longest, MAX_SIDE))
            self._longest.setValue(-(-longest // self._cell.value()))

    def _on_cell_changed(self) -> None:
        self._show_longest()
        self._longest_cells = self._longest.value()
        self.changed.emit()

    def _on_longest_changed(self, cells: int) -> None:
        self._longest_cells = cells
        longest = max(self.crop.height(), self.crop.width())
        with QSignalBlocker(self._cell):
            self._cell.setValue(fitting_cell(longest, longest, cells))
        self.changed.emit()

    def _on_crop_typed(self) -> None:
        crop = self.crop.intersected(self._picture)
        self._show_crop(crop)
        self.crop_changed.emit(crop)
        self.changed.emit()


def _remembered(text: str) -> tuple[PictureOptions, Costs | None]:
    """The choices that `remember` saved; the defaults for anything else."""
    kinds = {"threshold": int, "invert": bool, "percent": int, "longest": int}
    kinds |= {"costs": list, "heights": list}
    # It may be no JSON, no object, or have a value that is not allowed.
    with suppress(AttributeError, KeyError, TypeError, ValueError, RecursionError, VinguiError):
        found = {name: value for name, value in json.loads(text).items() if value is not None}
        if all(type(value) is kinds[name] for name, value in found.items()):
            costs = found.pop("costs", None)
            heights = found.pop("heights", None)
            options = PictureOptions(
                dark_share=found.pop("percent", 50) / 100,
                heights=heights and _checked_heights(*heights),
                **found,
            )
            return options, costs and _checked_costs(*costs)
    return PictureOptions(), None


def _checked_costs(count: int, lightest: float, darkest: float) -> Costs:
    levels = CostLevels(int(count), float(lightest), float(darkest))
    return levels.count, levels.lightest, levels.darkest


def _checked_heights(low: float, high: float, side: float) -> Heights:
    return Heights(low=float(low), high=float(high), side=float(side))


def _number(name: str, about: str, tip: str, suffix: str = "") -> "WholeField":
    field = whole(name, about, tip, low=0, high=0)
    field.setSuffix(suffix)
    return field


def _label(text: str, field: QWidget) -> Label:
    label = Label(text)
    label.setBuddy(field)
    return label


def _row(spacing: int, *fields: tuple[str, QWidget]) -> QHBoxLayout:
    """A row of fields, each after its label."""
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for text, field in fields:
        row.addWidget(_label(text, field))
        row.addWidget(field, 1)
    return row
