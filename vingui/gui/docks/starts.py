"""The table of starts and the outcome of each one's trajectory at the playhead."""

from typing import Final

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedLayout,
    QWidget,
)

from vingui.core.map_edits import remove_start
from vingui.gui.docks.panel import DockPanel, empty_page
from vingui.gui.docks.row_table import RowTable
from vingui.gui.docks.starts_model import COST, LENGTH, OPTIMAL, OUTCOME, STEPS, StartsModel
from vingui.gui.look.fields import named
from vingui.gui.session import Session

_EMPTY: Final = "No starts yet.\nPress S over a cell, or use the Starts tool."
_MIN_DIGITS: Final = {STEPS: 36, LENGTH: 42, OPTIMAL: 52}
"""Columns that are hidden in a table narrower than this many digits; the others imply them."""

_COST_DIGITS: Final = 9
"""How many digits more they take where a column shows costs."""


class StartsTable(DockPanel):
    """Shows a table with a row per start.

    Args:
        session: the map's starts and their trajectories.
        parent: the Qt parent.
    """

    drawing_delay = 220

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "starts", "Starts", parent)
        self.model = StartsModel(session, self)
        about = "Click a start to follow its trajectory; Delete removes it"
        self.view = named(RowTable(self.model, widest=OUTCOME), "starts-table", "Starts", about)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.remove_wanted.connect(self.remove_selected)
        self.view.resized.connect(self._hide_columns)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(empty_page("starts-empty", _EMPTY))
        self._pages.addWidget(self.view)
        self.refresh_after(
            session.trajectories_changed,
            session.values_changed,
            session.run_changed,
            session.document.changed,
        )
        session.start_selected.connect(self._follow_selection)
        session.theme.changed.connect(self.model.repaint)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.refresh()

    def refresh(self) -> None:
        """Show the session's current state."""
        self.model.refresh()
        self._hide_columns()
        self._pages.setCurrentIndex(1 if self.model.rowCount() else 0)
        self._follow_selection()

    def _hide_columns(self) -> None:
        """Hide costs where they are lengths, and what there is no room for."""
        view, costly = self.view, self.session.document.grid.is_costly
        digits = view.viewport().width() / view.fontMetrics().horizontalAdvance("0")
        digits -= _COST_DIGITS if costly else 0
        for column, needed in _MIN_DIGITS.items():
            view.setColumnHidden(column, digits < needed)
        view.setColumnHidden(COST, not costly)

    def remove_selected(self) -> None:
        """Remove the selected start from the map, as an undoable edit."""
        chosen, document = self.session.selected_start, self.session.document
        if chosen is not None:
            start = document.grid.starts[chosen]
            document.apply("Remove a start", remove_start(document.grid, start))

    def _on_selection_changed(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        self.session.select_start(rows[0].row() if rows else None)

    def _follow_selection(self) -> None:
        chosen, selection = self.session.selected_start, self.view.selectionModel()
        rows = [index.row() for index in selection.selectedRows()]
        if chosen is None and rows:
            selection.clear()
        elif chosen is not None and rows != [chosen] and chosen < self.model.rowCount():
            whole = (
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows
            )
            selection.setCurrentIndex(self.model.index(chosen, 0), whole)
