"""The dialog for a new map of a chosen size, and its size fields."""

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vingui.core import map_edits as drawing
from vingui.core.grid import MAX_SIDE, MIN_SIDE, GridMap
from vingui.core.phrases import counted
from vingui.gui.look.buttons import Button, dialog_buttons
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import NEW_COLS, NEW_ROWS, Settings

PRESETS: Final = (8, 16, 28, 64, 128, 256, 512)
_LARGE_SIDE: Final = 512
_MIN_SIDE_WITH_BORDER: Final = 4


class SizeFields(QWidget):
    """Fields for the number of rows and columns, which can be kept equal."""

    changed = Signal()
    """The number of rows or columns has changed."""

    def __init__(self, *, rows: int, cols: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = self._make_field("rows", "Rows", rows)
        self._cols = self._make_field("cols", "Columns", cols)
        self._square = QCheckBox("S&quare", self)
        self._square.setObjectName("square")
        self._square.setAccessibleName("Square")
        self._square.setToolTip("Keep the number of rows and columns equal")
        self._square.setChecked(rows == cols)
        self._square.toggled.connect(lambda: self._on_edited(self._rows))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for field, name in ((self._rows, "&Rows"), (self._cols, "&Columns")):
            label = Label(name, self)
            label.setBuddy(field)
            layout.addWidget(label)
            layout.addWidget(field)
            layout.addSpacing(4)
        layout.addWidget(self._square)
        layout.addStretch()
        self.setFocusProxy(self._rows)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self._rows.value()

    @property
    def cols(self) -> int:
        """The number of columns."""
        return self._cols.value()

    def set_size(self, rows: int, cols: int) -> None:
        """Set both numbers, emitting `changed` at most once."""
        before = (self.rows, self.cols)
        with QSignalBlocker(self._rows), QSignalBlocker(self._cols), QSignalBlocker(self._square):
            if rows != cols:
                self._square.setChecked(False)
            self._rows.setValue(rows)
            self._cols.setValue(cols)
        if before != (self.rows, self.cols):
            self.changed.emit()

    def _make_field(self, name: str, title: str, value: int) -> WholeField:
        field = WholeField(self)
        field.setObjectName(name)
        field.setAccessibleName(title)
        field.setToolTip(f"{title} of the map, {MIN_SIDE} to {MAX_SIDE}")
        field.setRange(MIN_SIDE, MAX_SIDE)
        field.setValue(value)
        field.valueChanged.connect(lambda: self._on_edited(field))
        return field

    def _on_edited(self, field: WholeField) -> None:
        if self._square.isChecked():
            other = self._cols if field is self._rows else self._rows
            with QSignalBlocker(other):
                other.setValue(field.value())
        self.changed.emit()


class NewMapDialog(QDialog):
    """Asks for the size and border of a new map.

    Args:
        settings: where the size is remembered.
        parent: the window.
    """

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new-map")
        self.setWindowTitle("New map")
        self._settings = settings
        rows, cols = settings.get(NEW_ROWS), settings.get(NEW_COLS)
        # The Tab order is the order of creation.
        self._size = SizeFields(rows=rows, cols=cols, parent=self)
        presets = self._make_presets()
        self._size.changed.connect(self._show_size)
        self._empty, self._border = self._make_walls()
        self._remark = Label(parent=self)
        self._remark.setObjectName("remark")
        self._remark.setProperty("quiet", True)
        form = QFormLayout()
        form.setSpacing(12)
        form.addRow("Size", self._size)
        form.addRow("", presets)
        walls = QHBoxLayout()
        walls.setSpacing(16)
        walls.addWidget(self._empty)
        walls.addWidget(self._border)
        walls.addStretch()
        form.addRow("Walls", walls)
        form.addRow("", self._remark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addStretch()
        layout.addWidget(dialog_buttons(self, "Cr&eate", tip="Create an empty map of this size"))
        self._show_size()
        self._size.setFocus()

    def grid(self) -> GridMap:
        """The new map, with a start near the top left corner and the goal near the opposite one."""
        rows, cols = self._size.rows, self._size.cols
        down, right = _margin(rows), _margin(cols)
        grid = GridMap(
            np.zeros((rows, cols), bool), (rows - 1 - down, cols - 1 - right), ((down, right),)
        )
        return drawing.border(grid) if self._border.isChecked() else grid

    def accept(self) -> None:
        """Remember the size, and close the dialog."""
        self._settings.set(NEW_ROWS, self._size.rows)
        self._settings.set(NEW_COLS, self._size.cols)
        super().accept()

    def _make_walls(self) -> tuple[QRadioButton, QRadioButton]:
        empty, border = QRadioButton("&None", self), QRadioButton("&Border", self)
        for button, name, tip in (
            (empty, "walls-none", "Every cell is free"),
            (border, "walls-border", "The outermost cells are walls"),
        ):
            button.setObjectName(name)
            button.setAccessibleName(f"Walls: {button.text().replace('&', '').lower()}")
            button.setToolTip(tip)
        empty.setChecked(True)
        return empty, border

    def _make_presets(self) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for side in PRESETS:
            button = Button(str(side), row)
            button.setObjectName(f"preset-{side}")
            button.setAccessibleName(f"{side} by {side}")
            button.setToolTip(f"{counted(side, 'row')} and {counted(side, 'column')}")
            button.setFixedWidth(44)
            # With the usual padding, three digits would be cut off.
            button.setStyleSheet("padding-left: 4px; padding-right: 4px;")
            button.clicked.connect(partial(self._size.set_size, side, side))
            layout.addWidget(button)
        layout.addStretch()
        return row

    def _show_size(self) -> None:
        rows, cols = self._size.rows, self._size.cols
        roomy = min(rows, cols) >= _MIN_SIDE_WITH_BORDER
        if not roomy:
            self._empty.setChecked(True)
        self._border.setEnabled(roomy)
        remark = counted(rows * cols, "cell")
        if max(rows, cols) > _LARGE_SIDE:
            megabytes = rows * cols * 4 / 2**20
            remark += (
                f"; the values of one iteration take {megabytes:z.1f} MB, and planning takes long"
            )
        self._remark.setText(remark)


def _margin(side: int) -> int:
    """How far from the edge a marker is placed: inside the border if there is room for one."""
    return max(side // 8, 1) if side >= _MIN_SIDE_WITH_BORDER else 0
