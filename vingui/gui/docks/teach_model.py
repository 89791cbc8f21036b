"""The table model of the map's demonstrations."""

from typing import Any, Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget

from vingui.core.demonstration_table import DemonstrationTable
from vingui.core.demonstrations import check_demonstration
from vingui.core.errors import VinguiError
from vingui.core.grid import Cell
from vingui.core.phrases import counted, place
from vingui.gui.docks.row_table import Index, RowModel
from vingui.gui.look.icons import icon
from vingui.gui.session import Session

NUMBER, FROM, TO, STEPS, COST = range(5)
_HEADERS: Final = (
    ("#", "The demonstration's number"),
    ("From", "Row and column of its first cell"),
    ("To", "Row and column of its last cell, where the journey goes"),
    ("Steps", "The number of moves"),
    ("Cost", "Its true cost: each step its length times the cost of the cell entered"),
)
_BLOCKED: Final = "blocked"


class TeachModel(RowModel):
    """The map's demonstrations, a row each.

    Rows are inserted or removed at the end, and the others change in place; the model is never
    reset, so the scroll position is kept.

    Args:
        session: the map and its demonstrations.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(_HEADERS, numbers_from=STEPS, parent=parent)
        self._session = session
        self._table: DemonstrationTable = session.teaching.table
        self._rows = len(self._table.demonstrations)

    @property
    def table(self) -> DemonstrationTable:
        """What the rows show."""
        return self._table

    def refresh(self) -> None:
        """Update the rows from the session."""
        table = self._session.teaching.table
        if table is self._table:
            return
        before, after = self._rows, len(table.demonstrations)
        if after < before:
            self.beginRemoveRows(QModelIndex(), after, before - 1)
        elif after > before:
            self.beginInsertRows(QModelIndex(), before, after - 1)
        self._table, self._rows = table, after
        if after < before:
            self.endRemoveRows()
        elif after > before:
            self.endInsertRows()
        if kept := min(before, after):
            self.dataChanged.emit(self.index(0, 0), self.index(kept - 1, COST))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """The number of demonstrations."""
        return 0 if parent.isValid() else self._rows

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The content of a cell of the table."""
        if not index.isValid() or index.row() >= self._rows:
            return None
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._description(row)
            case Qt.ItemDataRole.DecorationRole if column == COST and self._table.blocked[row]:
                return icon("warning")
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
        return None

    def _text(self, row: int, column: int) -> str:
        path = self._table.demonstrations[row]
        if column == NUMBER:
            return f"{row + 1:,}"
        if column == FROM:
            return _cell(path.start)
        if column == TO:
            return _cell(path.end)
        if column == STEPS:
            return f"{self._table.steps[row]:,}"
        return _BLOCKED if self._table.blocked[row] else f"{self._table.costs[row]:z,.1f}"

    def _description(self, row: int) -> str:
        path, steps = self._table.demonstrations[row], int(self._table.steps[row])
        name = f"Demonstration {row + 1:,}, from {place(path.start)} to {place(path.end)}"
        try:
            check_demonstration(self._table.grid, path, self._table.rule)
        except VinguiError as error:
            return f"{name}. {error}. Learning leaves it out."
        return f"{name}: {counted(steps, 'step')}, cost {self._table.costs[row]:z,.1f}"


def _cell(cell: Cell) -> str:
    return f"{cell[0]}, {cell[1]}"
