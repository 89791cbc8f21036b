"""Tables of whole rows: the view, and the headers of its model."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from vingui.gui.docks.panel import plain_table, tabular

Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractTableModel):
    """A model whose columns have a name and a meaning.

    Args:
        columns: the name of each column, and its meaning in a sentence.
        numbers_from: the first of the columns that are aligned to the right.
    """

    def __init__(
        self, columns: Sequence[tuple[str, str]], *, numbers_from: int, parent: Any = None
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._numbers_from = numbers_from

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """The number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' names, and their meanings as tooltips."""
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(self._columns):
            name, about = self._columns[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return name
            if role == Qt.ItemDataRole.ToolTipRole:
                return about
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(section)
        return None

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """How the cells of a column are aligned."""
        # PySide returns the union of two flags as a flag, which item views understand.
        numbers = column >= self._numbers_from
        side = Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class RowTable(QTableView):
    """A table of whole rows, in which a click below them clears the selection.

    Args:
        model: the rows.
        widest: the column that takes the room that is left.
    """

    remove_wanted = Signal()
    """Delete was pressed."""
    resized = Signal()
    """There is more or less room for columns."""

    def __init__(self, model: RowModel, *, widest: int) -> None:
        super().__init__()
        self.setModel(model)
        self.setFont(tabular(self.font(), scale=0.92))
        plain_table(self)
        self.setWordWrap(False)
        self.setIconSize(QSize(12, 12))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(22)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(widest, QHeaderView.ResizeMode.Stretch)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select the row, or clear the selection."""
        super().mousePressEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Tell that Delete was pressed."""
        if event.matches(QKeySequence.StandardKey.Delete):
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Tell that there is more or less room."""
        super().resizeEvent(event)
        self.resized.emit()
