"""The dialog in which a robot's occupancy map becomes a map."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.core.formats.cells import fitting_cell
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.importing.cost_fields import CostFields
from vingui.gui.importing.import_dialog import ImportDialog
from vingui.gui.importing.occupancy import Occupancy, read_occupancy
from vingui.gui.look.fields import named, whole
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import IMPORT_UNKNOWN, Settings

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look


class ImportOccupancyDialog(ImportDialog):
    """Asks what unknown cells become, and how large the cells of the map are.

    Args:
        source: the occupancy map as it was read first.
        settings: where the choice for unknown cells is remembered.
        look: the colours of the preview.
        parent: the window.
    """

    def __init__(
        self, source: Occupancy, settings: Settings, look: "Look", parent: QWidget | None = None
    ) -> None:
        super().__init__(f"Open {source.path.name}", look, parent)
        self.setObjectName("import-occupancy")
        self._source = source
        self._settings = settings
        self._wall = named(
            QRadioButton("&Wall"),
            "unknown-wall",
            "Unknown cells: wall",
            "Cells that the robot has not observed become walls",
        )
        self._free = named(
            QRadioButton("&Free"),
            "unknown-free",
            "Unknown cells: free",
            "Cells that the robot has not observed become free",
        )
        least = fitting_cell(source.rows, source.cols)
        self._cell = whole(
            "cell",
            "Cell",
            "The side of a cell in pixels; a cell that contains any wall becomes a wall",
            low=least,
            high=max(least, min(source.rows, source.cols) - 1),
        )
        self._cell.setSuffix(" px")
        self._cell.setValue(source.cell or least)
        self._costs = CostFields(upright=True)
        if source.costs is not None:
            self._costs.choose(source.costs)
        self._extent, self._notes = Label(), Label()
        self._extent.setObjectName("extent")
        self._notes.setObjectName("notes")
        self._notes.setWordWrap(True)
        self._notes.setFixedWidth(300)
        self._notes.setProperty("quiet", True)
        self._lay_out()
        chosen = self._wall if source.unknown == "wall" else self._free
        chosen.setChecked(True)
        chosen.setFocus()
        self._result = source
        self.show_result(source)
        self._wall.toggled.connect(self.choices_changed)
        self._cell.valueChanged.connect(self.choices_changed)
        self._costs.changed.connect(self.choices_changed)

    def work(self) -> Callable[[], Occupancy]:
        """Read the file again."""
        return partial(
            read_occupancy,
            self._source.path,
            unknown=self._unknown(),
            cell=self._cell.value(),
            costs=None if self._source.costs is None else self._costs.chosen,
        )

    def remember(self) -> None:
        """Remember the choice for unknown cells for the next map."""
        self._settings.set(IMPORT_UNKNOWN, self._unknown())

    def show_result(self, result: Occupancy) -> None:
        """Show the map, its size in metres, and how it was read."""
        super().show_result(result)
        grid = result.dataset.maps[0]
        if grid.frame is not None:
            side = grid.frame.resolution
            size = f"{grid.cols * side:z.4g} × {grid.rows * side:z.4g} m"
            self._extent.setText(f"{size}, {side:z.6g} m per cell")
        self._notes.setText(" ".join(result.dataset.notes))

    def _on_failure(self, error: VinguiError) -> None:
        super()._on_failure(error)
        self._extent.clear()
        self._notes.clear()

    def _unknown(self) -> str:
        return "wall" if self._wall.isChecked() else "free"

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
        form.addRow("Width × height", self._extent)
        if self._source.costs is not None:
            form.addRow(Label("Shades"), self._costs)
        side = QVBoxLayout()
        side.setSpacing(16)
        side.addLayout(form)
        side.addWidget(self._notes)
        side.addStretch()
        upper = QGridLayout()
        upper.setHorizontalSpacing(16)
        upper.setVerticalSpacing(6)
        upper.addLayout(side, 0, 0, 2, 1)
        upper.addWidget(self._result_label, 0, 1)
        upper.addWidget(self._preview, 1, 1)
        upper.setColumnStretch(1, 1)
        upper.setRowStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(upper, 1)
        layout.addWidget(self._buttons)
        resize_on_screen(self, 808, 480)
