"""The Teach panel: the demonstrations from which a network can learn what terrain costs."""

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
)
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.core.grid import Demonstration, GridMap
from vingui.core.phrases import counted
from vingui.gui import settings as entries
from vingui.gui.background import Task, run
from vingui.gui.docks.panel import DockPanel, empty_page, quiet_label
from vingui.gui.docks.row_table import RowTable
from vingui.gui.docks.teach_model import COST, STEPS, TO, TeachModel
from vingui.gui.look.buttons import button
from vingui.gui.look.fields import column, named, row, whole
from vingui.gui.session import Session

_EMPTY: Final = (
    "No demonstrations yet.\nPress O and drag a path over the map, or add random journeys."
)
_ROWS: Final = 5
"""Rows of the table that are shown even in a low panel."""


class TeachPanel(DockPanel):
    """Lists the map's demonstrations, removes them, and adds random ones.

    Args:
        session: the map and its demonstrations.
        parent: the Qt parent.
    """

    drawing_delay = 240

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "teach", "Teach", parent)
        teaching, settings = session.teaching, session.settings
        self._adding: Task | None = None
        self._following = False
        self.model = TeachModel(session, self)
        about = "Click a demonstration to highlight it on the map; Delete removes it"
        self.view = named(RowTable(self.model, widest=TO), "teach-table", "Demonstrations", about)
        self._pages = QStackedWidget()
        self.summary = named(quiet_label(), "teach-summary", "Demonstrations", "")
        self.summary.setWordWrap(True)
        self.remove = button(
            "teach-remove",
            "Re&move",
            "Remove the selected demonstrations (Delete)",
            teaching.remove_selected,
        )
        self.remove_all = button(
            "teach-remove-all", "&Remove all", "Remove all demonstrations", teaching.remove_all
        )
        self.count = whole(
            "teach-journeys",
            "Number of random journeys",
            "How many random journeys are added",
            low=int(entries.TEACH_JOURNEYS.low),
            high=int(entries.TEACH_JOURNEYS.high),
        )
        self.count.setValue(settings.get(entries.TEACH_JOURNEYS))
        self.count.valueChanged.connect(partial(settings.set, entries.TEACH_JOURNEYS))
        self.add = button(
            "teach-add",
            "&Add random",
            "Add journeys between random cells, which go where the true costs are least",
            self._on_add,
        )
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        # By the visible rows: going through all of many takes too long.
        self.view.horizontalHeader().setResizeContentsPrecision(0)
        self.view.remove_wanted.connect(teaching.remove_selected)
        self.view.resized.connect(self._hide_steps)
        self._lay_out()
        self.refresh_after(session.document.changed, session.run_changed)
        teaching.selection_changed.connect(self._follow_selection)
        session.theme.changed.connect(self.view.viewport().update)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.refresh()

    def _lay_out(self) -> None:
        self._pages.addWidget(empty_page("teach-empty", _EMPTY))
        self._pages.addWidget(self.view)
        self._pages.setMinimumHeight((_ROWS + 1) * self.view.verticalHeader().defaultSectionSize())
        self._learning = QVBoxLayout()
        self.setLayout(
            column(
                self._pages,
                self.summary,
                row(self.remove, self.remove_all, None),
                row(self.add, self.count, None),
                self._learning,
                margin=8,
            )
        )
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.setStretchFactor(self._pages, 1)

    def add_learning(self, widget: QWidget) -> None:
        """Put what learns from the demonstrations below them."""
        self._learning.addWidget(widget)

    def _hide_steps(self) -> None:
        """Hide the steps if the other columns would be cut off; the cost tells more."""
        view, header = self.view, self.view.horizontalHeader()
        widths = (
            max(view.sizeHintForColumn(column), header.sectionSizeHint(column))
            for column in range(self.model.columnCount())
        )
        view.setColumnHidden(STEPS, sum(widths) > view.viewport().width())

    def refresh(self) -> None:
        """Show the session's current state."""
        # Rows that are removed must not be taken for a selection that the user has changed.
        self._following = True
        self.model.refresh()
        self._following = False
        self._hide_steps()
        count = self.model.rowCount()
        blocked = int(self.model.table.blocked.sum())
        self._pages.setCurrentIndex(1 if count else 0)
        self.summary.setText(_summary(count, blocked) if self._adding is None else _ADDING)
        self.remove_all.setEnabled(count > 0)
        self.add.setEnabled(self._adding is None)
        self._follow_selection()

    def _on_selection_changed(self) -> None:
        if not self._following:
            rows = self.view.selectionModel().selectedRows()
            self.session.teaching.select(index.row() for index in rows)

    def _follow_selection(self) -> None:
        selection, chosen = self.view.selectionModel(), self.session.teaching.selected
        self.remove.setEnabled(bool(chosen))
        if sorted(index.row() for index in selection.selectedRows()) == list(chosen):
            return
        rows = QItemSelection()
        for number in chosen:
            rows.select(self.model.index(number, 0), self.model.index(number, COST))
        selection.select(rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if chosen:
            self.view.scrollTo(self.model.index(chosen[0], 0))

    def _on_add(self) -> None:
        grid, count, rule = self.session.document.grid, self.count.value(), self.session.rule

        def find() -> tuple[Demonstration, ...]:
            # Imported when it is first needed: the window starts without Numba.
            from vingui.core.demonstrations import random_demonstrations

            return random_demonstrations(grid, count, rule, np.random.default_rng())

        self._adding = run(
            find,
            on_done=partial(self._on_found, grid),
            on_failure=self._on_not_found,
            parent=self,
        )
        self.refresh()

    def _on_found(self, grid: GridMap, demonstrations: tuple[Demonstration, ...]) -> None:
        self._adding = None
        session = self.session
        if session.document.grid.same_world(grid):
            try:
                session.teaching.add(demonstrations)
            except VinguiError as error:
                self._warn(error)
        else:
            self._warn("The map has changed while journeys were looked for; add them again")
        self.refresh()
        if self.count.hasFocus():
            # Undo must undo the edit of the map, not what was typed into the field.
            self.view.setFocus()

    def _on_not_found(self, error: VinguiError) -> None:
        self._adding = None
        self._warn(error)
        self.refresh()

    def _warn(self, text: object) -> None:
        self.session.notify(f"{text}.", kind="warning", key="teach")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Show the demonstrations on the map too."""
        super().showEvent(event)
        self.session.teaching.set_panel_visible(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Hide the demonstrations on the map, unless the tool that draws them is chosen."""
        super().hideEvent(event)
        self.session.teaching.set_panel_visible(False)


_ADDING: Final = "Looking for journeys..."


def _summary(count: int, blocked: int) -> str:
    """How many demonstrations there are, and how many of them cannot be learned from."""
    if not count:
        return ""
    text = counted(count, "demonstration")
    if not blocked:
        return text
    return f"{text}; {blocked:,} blocked, which learning leaves out"
