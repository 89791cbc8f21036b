"""The choices about a picture: threshold, size, share of dark, and the part that is taken."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRect, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QSlider,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions
from vingui.core.formats.cells import fitting_cell
from vingui.core.grid import MAX_SIDE, MIN_SIDE
from vingui.gui.importing.crop_view import LEAST_SIDE
from vingui.gui.importing.threshold import ThresholdField
from vingui.gui.look.buttons import Button
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import IMPORT_PICTURE, Settings

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

_HALF: Final = 50
_CROP: Final = (
    ("left", "&Left", "Pixels left out on the left"),
    ("top", "&Top", "Pixels left out above"),
    ("width", "&Width", "Width of the part in pixels"),
    ("height", "&Height", "Height of the part in pixels"),
)


@dataclass(frozen=True, kw_only=True)
class _Choices:
    """What is remembered from one picture to the next.

    Attributes:
        threshold: `None` for Otsu's.
        invert: whether light is wall.
        percent: the share of dark that makes a wall.
        longest: the longest side in cells; `None` for what suits the picture.
    """

    threshold: int | None = None
    invert: bool = False
    percent: int = _HALF
    longest: int | None = None

    def __post_init__(self) -> None:
        if type(self.invert) is not bool or type(self.percent) is not int:
            raise VinguiError("Expected choices of the right types, received others")
        for number in (self.threshold, self.longest):
            if number is not None and type(number) is not int:
                raise VinguiError(f"Expected a whole number, received {number!r}")
        PictureOptions(
            threshold=self.threshold, longest=self.longest, dark_share=self.percent / 100
        )

    @classmethod
    def kept(cls, text: str) -> "_Choices":
        """The choices that were kept, or the usual ones where they are no sound choices."""
        try:
            found: Any = json.loads(text)
            return cls(**found)
        except (ValueError, TypeError, RecursionError, VinguiError):
            return cls()


class PictureForm(QWidget):
    """The fields.

    Args:
        whole: the whole picture, in pixels.
        suited: the longest side in cells of a map that suits it.
        settings: remember the choices.
        look: the colours of the histogram.
        parent: the dialog.
    """

    changed = Signal()
    """The user chose something else."""
    crop_changed = Signal(QRect)
    """The user typed another part to take."""

    def __init__(
        self,
        whole: QRect,
        *,
        suited: int,
        settings: Settings,
        look: "Look",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._whole = whole
        self._suited = suited
        self._settings = settings
        self.threshold = ThresholdField(look, self)
        self._invert = QCheckBox("&Invert: light is wall", self)
        self._invert.setObjectName("invert-picture")
        self._invert.setAccessibleName("Invert")
        self._invert.setToolTip("Take light pixels as walls, not dark ones")
        self._cell = self._number("cell", "Cell", "The side of a cell in pixels")
        self._longest = self._number(
            "longest", "Longest side", "The longest side of the map in cells"
        )
        # Tab goes through the fields in the order in which they are made.
        self._reset = Button("&Reset", self)
        self._share_slider = QSlider(Qt.Orientation.Horizontal, self)
        self._share = self._number(
            "dark-share",
            "Dark-pixel fraction",
            "A cell is a wall if at least this fraction of its pixels is dark",
        )
        self._crop = {name: self._number(name, text, tip) for name, text, tip in _CROP}
        # A map with cells of one pixel must not be larger than maps may be.
        self._longest_cells = suited
        self._set_up()
        self._lay_out()
        self._show(_Choices.kept(settings.get(IMPORT_PICTURE)), whole)
        self._connect()
        self.setFocusProxy(self.threshold)

    @property
    def crop(self) -> QRect:
        """The part that is taken, in pixels."""
        left, top, width, height = (field.value() for field in self._crop.values())
        return QRect(left, top, width, height)

    def options(self) -> PictureOptions:
        """What the fields say."""
        crop = self.crop
        return PictureOptions(
            threshold=self.threshold.chosen,
            invert=self._invert.isChecked(),
            cell=self._cell.value(),
            dark_share=self._share.value() / 100,
            crop=None
            if crop == self._whole
            else (crop.top(), crop.left(), crop.height(), crop.width()),
        )

    def set_crop(self, crop: QRect) -> None:
        """Show another part that is taken, which the user has dragged."""
        self._show_crop(crop)
        self.changed.emit()

    def remember(self) -> None:
        """Keep the choices for the next picture."""
        suits = self._longest_cells == self._suited
        choices = {
            "threshold": self.threshold.chosen,
            "invert": self._invert.isChecked(),
            "percent": self._share.value(),
            "longest": None if suits else self._longest_cells,
        }
        self._settings.set(IMPORT_PICTURE, json.dumps(choices))

    def reset(self) -> None:
        """Choose what suits the picture, and all of it."""
        self._show(_Choices(), self._whole)
        self.crop_changed.emit(self._whole)
        self.changed.emit()

    def _number(self, name: str, title: str, tip: str) -> WholeField:
        field = WholeField(self)
        field.setObjectName(name)
        field.setAccessibleName(title.replace("&", ""))
        field.setToolTip(tip)
        field.setKeyboardTracking(True)
        return field

    def _set_up(self) -> None:
        self._cell.setSuffix(" px")
        self._longest.setSuffix(" cells")
        self._share.setRange(1, 100)
        self._share.setSuffix(" %")
        self._share_slider.setObjectName("dark-share-slider")
        self._share_slider.setAccessibleName("Dark-pixel fraction")
        self._share_slider.setToolTip(self._share.toolTip())
        self._share_slider.setRange(1, 100)
        self._reset.setObjectName("reset")
        self._reset.setAccessibleName("Reset")
        self._reset.setToolTip("Choose what suits the picture, and all of it")

    def _lay_out(self) -> None:
        left = QGridLayout()
        left.setHorizontalSpacing(12)
        left.setVerticalSpacing(8)
        label = Label("Thr&eshold", self)
        label.setBuddy(self.threshold)
        left.addWidget(label, 0, 0, Qt.AlignmentFlag.AlignBottom)
        left.addWidget(self.threshold, 0, 1)
        left.addWidget(self._invert, 1, 1)
        left.setRowStretch(2, 1)
        right = QFormLayout()
        right.setHorizontalSpacing(12)
        right.setVerticalSpacing(8)
        share = QHBoxLayout()
        share.setSpacing(8)
        share.addWidget(self._share_slider, 1)
        share.addWidget(self._share)
        share_label = Label("&Dark share", self)
        share_label.setBuddy(self._share)
        right.addRow(Label("Size", self), self._size_row())
        right.addRow(share_label, share)
        right.addRow(Label("Part", self), self._crop_row())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)

    def _size_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for field, text in ((self._cell, "&Cell"), (self._longest, "Lon&gest side")):
            label = Label(text, self)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
            row.addSpacing(8)
        row.addStretch()
        row.addWidget(self._reset)
        return row

    def _crop_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for name, text, _ in _CROP:
            label = Label(text, self)
            label.setBuddy(self._crop[name])
            row.addWidget(label)
            row.addWidget(self._crop[name], 1)
        return row

    def _connect(self) -> None:
        self.threshold.edited.connect(self.changed)
        self._invert.toggled.connect(self.changed)
        self._cell.valueChanged.connect(self._on_cell_size_changed)
        self._longest.valueChanged.connect(self._on_longest_side_changed)
        self._longest.editingFinished.connect(self._show_longest)
        self._share.valueChanged.connect(self._on_share_changed)
        self._share_slider.valueChanged.connect(self._share.setValue)
        for field in self._crop.values():
            field.valueChanged.connect(self._on_crop_changed)
        self._reset.clicked.connect(self.reset)

    # From one field to those that depend on it.

    def _show(self, choices: _Choices, crop: QRect) -> None:
        self.threshold.choose(choices.threshold)
        with QSignalBlocker(self._invert), QSignalBlocker(self._share):
            self._invert.setChecked(choices.invert)
            self._share.setValue(choices.percent)
        with QSignalBlocker(self._share_slider):
            self._share_slider.setValue(choices.percent)
        self._longest_cells = choices.longest or self._suited
        self._show_crop(crop)

    def _show_crop(self, crop: QRect) -> None:
        whole = self._whole
        highest = {
            "top": whole.height() - LEAST_SIDE,
            "left": whole.width() - LEAST_SIDE,
            "height": whole.height() - crop.top(),
            "width": whole.width() - crop.left(),
        }
        values = {
            "top": crop.top(),
            "left": crop.left(),
            "height": crop.height(),
            "width": crop.width(),
        }
        for name, field in self._crop.items():
            with QSignalBlocker(field):
                least = LEAST_SIDE if name in ("height", "width") else 0
                field.setRange(least, highest[name])
                field.setValue(values[name])
        self._fit_cell()

    def _fit_cell(self) -> None:
        """The cell at which the part's longest side has as many cells as was wished."""
        crop = self.crop
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

    def _on_cell_size_changed(self) -> None:
        self._show_longest()
        self._longest_cells = self._longest.value()
        self.changed.emit()

    def _on_longest_side_changed(self, cells: int) -> None:
        self._longest_cells = cells
        longest = max(self.crop.height(), self.crop.width())
        with QSignalBlocker(self._cell):
            self._cell.setValue(fitting_cell(longest, longest, cells))
        self.changed.emit()

    def _on_share_changed(self, percent: int) -> None:
        with QSignalBlocker(self._share_slider):
            self._share_slider.setValue(percent)
        self.changed.emit()

    def _on_crop_changed(self) -> None:
        crop = self.crop
        whole = self._whole
        crop.setWidth(min(crop.width(), whole.width() - crop.left()))
        crop.setHeight(min(crop.height(), whole.height() - crop.top()))
        self._show_crop(crop)
        self.crop_changed.emit(crop)
        self.changed.emit()
