"""The dialog that resizes or crops the map."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFormLayout,
    QGridLayout,
    QTabWidget,
    QWidget,
)

from vingui.core import map_edits, map_sizes
from vingui.core.grid import MIN_SIDE, GridMap
from vingui.core.phrases import counted
from vingui.gui.canvas.items.terrain import material_icon
from vingui.gui.canvas.thumbnail import MapPreview
from vingui.gui.dialogs.new_map import SizeFields
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.look.buttons import button, dialog_buttons
from vingui.gui.look.fields import Choice, choice, column, radio, row, whole
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import Label
from vingui.gui.look.theme import Look

_DOWN: Final = ("Top", "Middle", "Bottom")
_ACROSS: Final = ("left", "centre", "right")
_SIDES: Final = ("top", "left", "bottom", "right")


class ResizeDialog(QDialog):
    """Asks for the map's new size, or how much to crop at each side.

    Args:
        grid: the map.
        look: the colours of the preview.
        parent: the window.
    """

    def __init__(self, grid: GridMap, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resize")
        self.setWindowTitle("Resize or crop")
        self._grid = grid
        self._size, self._crop = _SizePage(grid, look), _CropPage(grid)
        self._tabs = QTabWidget(self)
        self._tabs.setObjectName("mode")
        self._tabs.setAccessibleName("Resize or crop")
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._size, "Re&size")
        self._tabs.addTab(self._crop, "Cro&p")
        self._preview = MapPreview(look, self)
        self._losses = Label(parent=self)
        self._losses.setObjectName("losses")
        self._losses.setWordWrap(True)
        self._losses.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._losses.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._buttons = dialog_buttons(self, "Resize", tip="Resize or crop the map")
        result = column(self._preview, self._losses)
        upper = row(self._tabs, result, spacing=16)
        upper.setStretch(1, 1)
        self.setLayout(column(upper, self._buttons, spacing=16, margin=16))
        self._size.changed.connect(self._show_result)
        self._crop.changed.connect(self._show_result)
        self._tabs.currentChanged.connect(self._show_result)
        self._show_result()
        self._size.focus_first()
        resize_on_screen(self, 808, 448)

    def grid(self) -> GridMap:
        """The resized or cropped map."""
        page = self._size if self._tabs.currentWidget() is self._size else self._crop
        return page.result()

    def _show_result(self) -> None:
        cropping = self._tabs.currentWidget() is self._crop
        self._buttons.buttons()[0].setText("Crop" if cropping else "Resize")
        old, new = self._grid, self.grid()
        kept = self._crop.kept() if cropping else self._size.kept()
        if new.rows <= old.rows and new.cols <= old.cols:
            self._preview.show_map(old, kept)
        else:
            self._preview.show_map(new, kept.translated(self._size.shift()))
        sizes = f"{old.rows} × {old.cols} becomes {new.rows} × {new.cols}."
        self._losses.setText(f"{sizes}\n{_losses(old, new)}")


class _SizePage(QWidget):
    """The new size, and the anchor: the part of the map that stays in place."""

    changed = Signal()

    def __init__(self, grid: GridMap, look: Look) -> None:
        super().__init__()
        self._grid = grid
        self._size = SizeFields(rows=grid.rows, cols=grid.cols)
        self._anchors = QButtonGroup(self)
        self._material = _material_choice(grid, look)
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setSpacing(12)
        form.addRow("Size", self._size)
        form.addRow("Anchor", self._make_anchors())
        form.addRow("&New cells", self._material)
        self._size.changed.connect(self.changed)
        self._anchors.buttonToggled.connect(self._on_anchor_toggled)
        self._material.activated.connect(self.changed)

    def focus_first(self) -> None:
        """Give the focus to the size."""
        self._size.setFocus()

    def result(self) -> GridMap:
        """The resized map."""
        row, col = self._anchor()
        return map_sizes.resize(
            self._grid,
            self._size.rows,
            self._size.cols,
            anchor_row=row,
            anchor_col=col,
            material=self._material.value(),
        )

    def kept(self) -> QRect:
        """The cells of the map that are kept; x is the column."""
        shift = self.shift()
        return QRect(0, 0, self._grid.cols, self._grid.rows) & QRect(
            -shift.x(), -shift.y(), self._size.cols, self._size.rows
        )

    def shift(self) -> QPoint:
        """The position of the map's first cell in the resized map."""
        row, col = self._anchor()
        return QPoint(
            -int((self._grid.cols - self._size.cols) * col),
            -int((self._grid.rows - self._size.rows) * row),
        )

    def _anchor(self) -> tuple[float, float]:
        row, col = divmod(self._anchors.checkedId(), 3)
        return row / 2, col / 2

    def _make_anchors(self) -> QWidget:
        box = QWidget(self)
        layout = QGridLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for index in range(9):
            down, across = divmod(index, 3)
            title = "Centre" if index == 4 else f"{_DOWN[down]} {_ACROSS[across]}"
            anchor = radio(f"anchor-{down}-{across}", "", "Anchor", title)
            anchor.setAccessibleName(f"Anchor: {title.lower()}")
            anchor.setChecked(index == 0)
            self._anchors.addButton(anchor, index)
            layout.addWidget(anchor, down, across)
        layout.setColumnStretch(3, 1)
        return box

    def _on_anchor_toggled(self, _button: object, checked: bool) -> None:
        if checked:
            self.changed.emit()


def _material_choice(grid: GridMap, look: Look) -> Choice:
    """The choice of what new cells are made of: free or walls, or a kind of terrain."""
    ground = "Free" if grid.terrain is None else grid.palette[0].name
    kinds = [(number, kind.name) for number, kind in enumerate(grid.palette)][1:]
    rows = [(0, ground), (map_edits.WALL, "Walls"), *kinds]
    about = "What added cells are made of"
    chosen = choice("new-cells", "New cells", about, rows)
    for index, (material, _) in enumerate(rows):
        chosen.setItemIcon(index, material_icon(look, grid.palette, material, QSize(16, 16)))
    return chosen


class _CropPage(QWidget):
    """How many rows or columns to crop at each side."""

    changed = Signal()

    def __init__(self, grid: GridMap) -> None:
        super().__init__()
        self._grid = grid
        self._cuts = {side: self._make_field(side) for side in _SIDES}
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setSpacing(12)
        for side, mnemonic in zip(_SIDES, ("&Top", "&Left", "&Bottom", "R&ight"), strict=True):
            form.addRow(mnemonic, self._cuts[side])
        tip = "Crop the outer rows and columns in which nothing is drawn or placed"
        content = button("to-content", "To c&ontent", tip, self._on_content_clicked)
        form.addRow("", row(content, None))
        self._limit_fields()

    def result(self) -> GridMap:
        """The cropped map."""
        kept = self.kept()
        return map_sizes.crop(
            self._grid, kept.top(), kept.left(), kept.top() + kept.height(), kept.right() + 1
        )

    def kept(self) -> QRect:
        """The cells of the map that are kept; x is the column."""
        top, left, bottom, right = (self._cuts[side].value() for side in _SIDES)
        return QRect(left, top, self._grid.cols - left - right, self._grid.rows - top - bottom)

    def _make_field(self, side: str) -> WholeField:
        what = "rows" if side in ("top", "bottom") else "columns"
        tip = f"How many {what} to crop at the {side}"
        field = whole(f"crop-{side}", f"Crop at the {side}", tip, low=0, high=0)
        field.setFixedWidth(80)
        field.valueChanged.connect(self._on_cut_changed)
        return field

    def _on_cut_changed(self) -> None:
        self._limit_fields()
        self.changed.emit()

    def _limit_fields(self) -> None:
        """Limit each side's field by the opposite one and the smallest map allowed."""
        for first, second, cells in (
            ("top", "bottom", self._grid.rows),
            ("left", "right", self._grid.cols),
        ):
            for side, other in ((first, second), (second, first)):
                with QSignalBlocker(self._cuts[side]):
                    self._cuts[side].setMaximum(cells - MIN_SIDE - self._cuts[other].value())

    def _on_content_clicked(self) -> None:
        top, left, bottom, right = map_sizes.content_bounds(self._grid)
        cuts = (top, left, self._grid.rows - bottom, self._grid.cols - right)
        for side, cut in zip(_SIDES, cuts, strict=True):
            with QSignalBlocker(self._cuts[side]):
                self._cuts[side].setMaximum(cut)
                self._cuts[side].setValue(cut)
        self._on_cut_changed()


def _losses(old: GridMap, new: GridMap) -> str:
    """Describe what is lost of all that is placed on the map; "" if nothing is."""
    lost = [
        f"the {what}" if len(before) == 1 else f"{fewer} of {counted(len(before), what)}"
        for what, before, after in (
            ("goal", old.goals, new.goals),
            ("start", old.starts, new.starts),
            ("demonstration", old.demonstrations, new.demonstrations),
        )
        if (fewer := len(before) - len(after))
    ]
    most, last = ", ".join(lost[:-1]), lost[-1] if lost else ""
    return f"Lost: {f'{most} and {last}' if most else last}." if lost else ""
