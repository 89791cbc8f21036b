"""A robot's occupancy map becomes a map: what is unknown, and how large the cells are."""

from collections.abc import Callable
from functools import partial
from math import degrees
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vingui.core.formats.cells import fitting_cell
from vingui.core.phrases import percent
from vingui.gui.canvas.thumbnail import Preview
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.importing.live_preview import LivePreview
from vingui.gui.importing.occupancy import Occupancy, read_occupancy
from vingui.gui.look.buttons import dialog_buttons
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import Label, title_text
from vingui.gui.settings import IMPORT_UNKNOWN, Settings

if TYPE_CHECKING:
    from vingui.core.grid import GridMap
    from vingui.gui.look.theme import Look

_FACTS = {
    "size": "Rows × columns",
    "extent": "Width × height",
    "resolution": "Resolution",
    "origin": "Origin",
    "yaw": "Yaw",
}


class ImportOccupancyDialog(QDialog):
    """Asks how an occupancy map is seen.

    Args:
        source: what was read.
        settings: remember what is unknown.
        look: the colours of the preview.
        parent: the window.
    """

    def __init__(
        self, source: Occupancy, settings: Settings, look: "Look", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("import-occupancy")
        self.setWindowTitle(f"Open {title_text(source.path.name)}")
        self._source = source
        self._settings = settings
        self._wall, self._free = QRadioButton("&Wall", self), QRadioButton("&Free", self)
        self._cell = WholeField(self)
        self._facts = {name: Label(parent=self) for name in _FACTS}
        self._notes = Label(parent=self)
        self._preview = Preview(look, self)
        self._buttons = dialog_buttons(self, "Open &map", tip="Open the map that comes of it")
        self._live = LivePreview(
            self._work,
            show=self._show,
            tell=self._tell,
            slow=lambda: self._preview.say("Reading …"),
            parent=self,
        )
        self._set_up()
        self._lay_out()
        self._live.result = source
        self._show(source)
        (self._wall if self._wall.isChecked() else self._free).setFocus()

    def chosen(self) -> Occupancy | None:
        """The map of the choices as they are; `None` while it is not there."""
        result: Occupancy | None = self._live.result
        return result

    def accept(self) -> None:
        """Take the map as soon as it is there."""
        self._live.then(super().accept)

    def done(self, result: int) -> None:
        """Remember the choices, and stop reading."""
        if result == QDialog.DialogCode.Accepted:
            self._settings.set(IMPORT_UNKNOWN, self._unknown())
        self._live.stop()
        super().done(result)

    def _set_up(self) -> None:
        source = self._source
        for button, name, tip in (
            (self._wall, "unknown-wall", "What the robot has not seen is wall"),
            (self._free, "unknown-free", "What the robot has not seen is free"),
        ):
            button.setObjectName(name)
            button.setAccessibleName(f"Unknown cells: {button.text().replace('&', '').lower()}")
            button.setToolTip(tip)
            button.setChecked(name == f"unknown-{source.unknown}")
        self._wall.toggled.connect(self._live.change)
        least = fitting_cell(source.rows, source.cols)
        self._cell.setObjectName("cell")
        self._cell.setAccessibleName("Cell")
        self._cell.setToolTip("The side of a cell in pixels; a cell with any wall in it is a wall")
        self._cell.setSuffix(" px")
        self._cell.setRange(least, max(least, min(source.rows, source.cols) - 1))
        with QSignalBlocker(self._cell):
            self._cell.setValue(source.cell or least)
        self._cell.valueChanged.connect(self._live.change)
        for name, label in self._facts.items():
            label.setObjectName(f"fact-{name}")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._notes.setObjectName("notes")
        self._notes.setWordWrap(True)
        self._notes.setProperty("quiet", True)
        self._notes.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _lay_out(self) -> None:
        unknown = QHBoxLayout()
        unknown.setSpacing(16)
        unknown.addWidget(self._wall)
        unknown.addWidget(self._free)
        unknown.addStretch()
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.addRow("Unknown cells", unknown)
        form.addRow("&Cell", self._cell)
        for name, title in _FACTS.items():
            form.addRow(title, self._facts[name])
        side = QVBoxLayout()
        side.setSpacing(16)
        side.addLayout(form)
        side.addWidget(self._notes, 1)
        box = QWidget(self)
        box.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        box.setFixedWidth(300)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addWidget(box)
        upper.addWidget(self._preview, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(upper, 1)
        layout.addWidget(self._buttons)
        resize_on_screen(self, 808, 480)

    def _unknown(self) -> str:
        return "wall" if self._wall.isChecked() else "free"

    def _work(self) -> Callable[[], Occupancy]:
        return partial(
            read_occupancy, self._source.path, unknown=self._unknown(), cell=self._cell.value()
        )

    def _show(self, result: Occupancy) -> None:
        grid = result.dataset.maps[0]
        self._preview.say("")
        self._preview.show_map(grid)
        for name, words in _facts(grid).items():
            self._facts[name].setText(words)
        self._notes.setText(" ".join(result.dataset.notes))
        self._buttons.buttons()[0].setEnabled(True)

    def _tell(self, why: str) -> None:
        self._preview.say("")
        self._preview.show_map(None)
        for label in self._facts.values():
            label.setText("")
        self._notes.setText(why)
        self._buttons.buttons()[0].setEnabled(False)


def _facts(grid: "GridMap") -> dict[str, str]:
    said = f"{grid.rows} × {grid.cols} cells, {percent(float(grid.free.mean()))} free"
    facts = {"size": said}
    if grid.frame is not None:
        side = grid.frame.resolution
        x, y, yaw = grid.frame.origin
        facts["extent"] = f"{grid.cols * side:z.4g} × {grid.rows * side:z.4g} m"
        facts["resolution"] = f"{side:z.6g} m a cell"
        facts["origin"] = f"x {x:z.6g} m, y {y:z.6g} m"
        facts["yaw"] = f"{degrees(yaw):z.6g}°"
    return facts
