"""The table of an evaluation: a row for each model on each set of maps."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from vingui.core.evaluation_rows import Row, title
from vingui.core.phrases import counted, percent
from vingui.core.references import REFERENCES
from vingui.gui.docks.evaluate_charts import curve_colour
from vingui.gui.docks.panel import plain_table, tabular
from vingui.gui.docks.starts_model import mark_icon
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import tip
from vingui.gui.look.theme import Theme
from vingui.gui.status_texts import duration

Index = QModelIndex | QPersistentModelIndex
_NONE: Final = "–"
_SORT: Final = Qt.ItemDataRole.UserRole
_SHOWN_ROWS: Final = 6
_MAPS_DIGITS, _LEAST_MAPS_DIGITS = 13, 9
"""The least width of the column of maps, and that in a narrow table."""

_NARROW_DIGITS: Final = 44


@dataclass(frozen=True)
class _Column:
    """A column: its heading, what it means, and its value in a row for sorting and as text."""

    title: str
    about: str
    value: Callable[[Row], Any]
    text: Callable[[Row], str]


def _name(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name])


def _share(name: str) -> Callable[[Row], str]:
    return lambda row: _NONE if row[name] is None else percent(row[name])


def _interval(row: Row) -> str:
    low, high = (math.floor(1000 * share + 1e-9) / 10 for share in row["success_interval"])
    return f"{low:z.1f} – {high:z.1f} %"


def _excess(row: Row) -> str:
    return _NONE if row["mean_excess"] is None else f"{row['mean_excess']:z.3f}"


COLUMNS: Final = (
    _Column("Model", "The model, or what it is compared with", _name("model"), _name("model")),
    _Column("Maps", "The set of maps", _name("dataset"), _name("dataset")),
    _Column(
        "Success",
        "The share of starts from which the greedy trajectory reaches a goal, with at most twice "
        "as many states as the best path",
        lambda row: row["success"],
        _share("success"),
    ),
    _Column(
        "95 % interval",
        "The true success rate is in this interval with a confidence of 95 % (Wilson)",
        lambda row: row["success_interval"][0],
        _interval,
    ),
    _Column(
        "Optimal",
        "The share of starts from which the trajectory is a best path",
        lambda row: row["optimal"],
        _share("optimal"),
    ),
    _Column(
        "Excess",
        "The mean of how much longer or costlier than the best path the trajectories are that "
        "reach a goal",
        lambda row: -1.0 if row["mean_excess"] is None else row["mean_excess"],
        _excess,
    ),
    _Column(
        "Actions",
        "The share of all cells whose greedy action is an optimal one",
        lambda row: -1.0 if row["action_accuracy"] is None else row["action_accuracy"],
        _share("action_accuracy"),
    ),
    _Column(
        "Time",
        "The median time of planning on a map",
        lambda row: row["seconds_per_map"],
        lambda row: duration(row["seconds_per_map"]),
    ),
)
NAME, MAPS, SUCCESS, INTERVAL, OPTIMAL, EXCESS, ACTIONS, TIME = range(len(COLUMNS))


def row_title(row: Row) -> str:
    """The model and the maps of a row."""
    return f"{row['model']} on {row['dataset']}"


class ResultsModel(QAbstractTableModel):
    """The rows of an evaluation.

    Args:
        theme: the colours.

    Attributes:
        rows: the rows, in the order of their arrival.
    """

    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; those that there were keep their places."""
        kept = len(self.rows)
        if len(rows) < kept or (self.rows[:1] != () and _key(rows[0]) != _key(self.rows[0])):
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()
            return
        changed = [place for place in range(kept) if rows[place] != self.rows[place]]
        self.rows = (*rows[:kept],)
        if changed:
            self.dataChanged.emit(
                self.index(changed[0], 0), self.index(changed[-1], len(COLUMNS) - 1)
            )
        if len(rows) > kept:
            self.beginInsertRows(QModelIndex(), kept, len(rows) - 1)
            self.rows = tuple(rows)
            self.endInsertRows()

    def numbers(self) -> list[int]:
        """The number of each row's model, for its colour; -1 of references."""
        models = list(dict.fromkeys(row["model"] for row in self.rows if not row["reference"]))
        return [-1 if row["reference"] else models.index(row["model"]) for row in self.rows]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """The number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """The number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' names, and their meanings as tooltips."""
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(COLUMNS):
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].title
            if role == Qt.ItemDataRole.ToolTipRole:
                return tip(COLUMNS[section].about)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The content of a cell of the table."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return COLUMNS[column].text(row)
            case _ if role == _SORT:
                return COLUMNS[column].value(row)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(_description(row))
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[column].title}: {COLUMNS[column].text(row)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.DecorationRole if column == NAME:
                return self._icon(index.row())
            case Qt.ItemDataRole.ForegroundRole if row["reference"]:
                return QColor(self._theme.look.muted)
        return None

    def _icon(self, place: int) -> QIcon:
        return mark_icon("swatch", QColor(curve_colour(self._theme.look, self.numbers()[place])))

    def repaint(self) -> None:
        """Draw the icons in the colours of the new look."""
        if self.rows:
            last = self.index(len(self.rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class ResultsTable(QTableView):
    """Shows the rows of an evaluation, which a click on a heading sorts.

    Args:
        theme: the colours.
    """

    row_chosen = Signal()
    """Another row is selected, or none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        about = "Select a row to see its curve in front, and its failures alone"
        named(self, "evaluate-table", "Results", about)
        self.results = ResultsModel(theme, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSortRole(_SORT)
        self._sorted.setSourceModel(self.results)
        self.setModel(self._sorted)
        self.setFont(tabular(self.font(), scale=0.92))
        plain_table(self)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSortingEnabled(True)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # The name of a set may be long, and the rates should stay visible beside it.
        header.setSectionResizeMode(MAPS, QHeaderView.ResizeMode.Interactive)
        # In the order in which they arrive, until a heading is clicked.
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.selectionModel().selectionChanged.connect(self.row_chosen)
        theme.changed.connect(self.results.repaint)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Give the names of sets the room that the numbers leave."""
        super().resizeEvent(event)
        self._fit_maps()

    def _fit_maps(self) -> None:
        header, digit = self.horizontalHeader(), self.fontMetrics().horizontalAdvance("0")
        others = sum(header.sectionSize(place) for place in range(len(COLUMNS)) if place != MAPS)
        width = self.viewport().width()
        least = _LEAST_MAPS_DIGITS if width < _NARROW_DIGITS * digit else _MAPS_DIGITS
        header.resizeSection(MAPS, max(width - others, least * digit))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self.results.show_rows(rows)
        shown = min(max(len(rows), 1), _SHOWN_ROWS)
        frame = self.horizontalScrollBar().sizeHint().height() + 2
        height = self.horizontalHeader().sizeHint().height() + frame
        self._fit_maps()
        self.setFixedHeight(height + shown * self.verticalHeader().defaultSectionSize())

    def selectionCommand(  # noqa: N802
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Clear the selection at a click on the row that is selected."""
        pressed = event is not None and event.type() == QEvent.Type.MouseButtonPress
        if pressed and self.selectionModel().isRowSelected(index.row()):
            return QItemSelectionModel.SelectionFlag.Clear
        return super().selectionCommand(index, event)

    def chosen(self) -> Row | None:
        """The selected row, if any."""
        indexes = self.selectionModel().selectedRows()
        if not indexes:
            return None
        return self.results.rows[self._sorted.mapToSource(indexes[0]).row()]


def _key(row: Row) -> tuple[str, str, str]:
    return row["dataset"], row["model"], row["moves"]


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column <= MAPS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _description(row: Row) -> str:
    starts, maps = counted(row["starts"], "start"), counted(row["maps"], "map")
    text = f"{title(row, [row])} on {row['dataset']}: {starts} on {maps}"
    if row["unreachable"]:
        text += f", and {row['unreachable']:,} without a path"
    text += f"; success {percent(row['success'])}, 95 % interval {_interval(row)}."
    if row["reference"]:
        text = f"{REFERENCES[row['model']]}.\n{text}"
    return text if row["finished"] else f"{text}\nSo far; not all maps are done."
