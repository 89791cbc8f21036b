"""The dialog for a new map of a chosen size, and its size fields."""

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QWidget,
)

from vingui.core import map_edits
from vingui.core.grid import MAX_SIDE, MIN_SIDE, GridMap
from vingui.core.phrases import counted
from vingui.core.value_changes import PLAN_BYTES_A_CELL
from vingui.gui.look.buttons import button, dialog_buttons
from vingui.gui.look.fields import check, column, labelled, radio, row, whole
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
        self._square = check("square", "S&quare", "Keep the number of rows and columns equal")
        self._square.setChecked(rows == cols)
        self._square.toggled.connect(lambda: self._on_edited(self._rows))
        rows_row = row(labelled("&Rows", self._rows), self._rows)
        cols_row = row(labelled("&Columns", self._cols), self._cols)
        self.setLayout(row(rows_row, cols_row, self._square, None, spacing=12))
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
        tip = f"{title} of the map, {MIN_SIDE} to {MAX_SIDE}"
        field = whole(name, title, tip, low=MIN_SIDE, high=MAX_SIDE)
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
        self._size = SizeFields(rows=rows, cols=cols)
        self._size.changed.connect(self._show_size)
        self._empty = radio("walls-none", "&None", "Walls", "Every cell is free")
        self._border = radio("walls-border", "&Border", "Walls", "The outermost cells are walls")
        self._empty.setChecked(True)
        self._remark = Label()
        self._remark.setObjectName("remark")
        self._remark.setProperty("quiet", True)
        form = QFormLayout()
        form.setSpacing(12)
        form.addRow("Size", self._size)
        form.addRow("", row(*map(self._make_preset, PRESETS), None, spacing=4))
        form.addRow("Walls", row(self._empty, self._border, None, spacing=16))
        form.addRow("", self._remark)
        buttons = dialog_buttons(self, "Cr&eate", tip="Create an empty map of this size")
        self.setLayout(column(form, None, buttons, spacing=16, margin=16))
        self._show_size()
        self._size.setFocus()

    def grid(self) -> GridMap:
        """The new map, with a start near the top left corner and the goal near the opposite one."""
        rows, cols = self._size.rows, self._size.cols
        down, right = _margin(rows), _margin(cols)
        grid = GridMap(
            np.zeros((rows, cols), bool),
            ((rows - 1 - down, cols - 1 - right),),
            ((down, right),),
        )
        return map_edits.border(grid) if self._border.isChecked() else grid

    def accept(self) -> None:
        """Remember the size, and close the dialog."""
        self._settings.set(NEW_ROWS, self._size.rows)
        self._settings.set(NEW_COLS, self._size.cols)
        super().accept()

    def _make_preset(self, side: int) -> QWidget:
        tip = f"{counted(side, 'row')} and {counted(side, 'column')}"
        preset = button(f"preset-{side}", str(side), tip, partial(self._size.set_size, side, side))
        preset.setAccessibleName(f"{side} by {side}")
        preset.setFixedWidth(44)
        # With the usual padding, three digits would be cut off.
        preset.setStyleSheet("padding-left: 4px; padding-right: 4px;")
        return preset

    def _show_size(self) -> None:
        rows, cols = self._size.rows, self._size.cols
        roomy = min(rows, cols) >= _MIN_SIDE_WITH_BORDER
        if not roomy:
            self._empty.setChecked(True)
        self._border.setEnabled(roomy)
        remark = counted(rows * cols, "cell")
        if max(rows, cols) > _LARGE_SIDE:
            megabytes = rows * cols * PLAN_BYTES_A_CELL / 2**20
            remark += f"; a plan takes about {megabytes:z,.0f} MB of memory"
        self._remark.setText(remark)


def _margin(side: int) -> int:
    """How far from the edge a marker is placed: inside the border if there is room for one."""
    return max(side // 8, 1) if side >= _MIN_SIDE_WITH_BORDER else 0
