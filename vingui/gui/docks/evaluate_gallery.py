"""The gallery of failures: thumbnails of the maps on which a model failed."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStackedWidget

from vingui.core.evaluation_protocol import FailedCase
from vingui.core.rollout import Outcome
from vingui.gui.canvas.thumbnail import framed_thumbnail
from vingui.gui.docks.panel import empty_page
from vingui.gui.docks.starts_model import OUTCOME_NAMES
from vingui.gui.importing.map_list import Thumbnails
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import tip
from vingui.gui.look.theme import Theme

Index = QModelIndex | QPersistentModelIndex

SIDE: Final = 84
"""The side of a thumbnail in pixels."""

CASE: Final = Qt.ItemDataRole.UserRole
"""The role of an item's `FailedCase`."""

_PAD: Final = 7


class FailuresModel(QAbstractListModel):
    """An item for each failed case, or for those of one row of the table.

    Args:
        theme: the colours of the thumbnails.
        dpr: the device pixel ratio of the thumbnails.
        parent: the view.
    """

    def __init__(self, theme: Theme, dpr: float, parent: QListView) -> None:
        super().__init__(parent)
        self._theme, self._dpr = theme, dpr
        self._cases: list[FailedCase] = []
        self._shown: list[int] = []
        self._row: tuple[str, str] | None = None
        self._thumbnails = self._drawn_thumbnails()

    def redraw(self) -> None:
        """Draw the thumbnails in the colours of the look."""
        self._thumbnails.deleteLater()
        self._thumbnails = self._drawn_thumbnails()
        self._on_drawn()

    def _drawn_thumbnails(self) -> Thumbnails:
        cases, look, dpr = self._cases, self._theme.look, self._dpr

        def draw(place: int) -> QImage:
            return framed_thumbnail(cases[place].grid, look, SIDE, dpr, path=cases[place].path)

        thumbnails = Thumbnails(draw, side=SIDE, dpr=dpr, parent=self)
        thumbnails.drawn.connect(self._on_drawn)
        return thumbnails

    def show_cases(self, cases: Sequence[FailedCase], row: tuple[str, str] | None) -> None:
        """Show cases; more of them are added at the end, without a change of the others.

        Args:
            cases: the cases.
            row: the names of the set and of the model whose cases are shown; `None` for all.
        """
        grows = cases[: len(self._cases)] == self._cases
        if not grows:
            self._cases = []
        self._cases += cases[len(self._cases) :]
        shown = [
            place
            for place, case in enumerate(self._cases)
            if row in (None, (case.dataset, case.model))
        ]
        if grows and row == self._row and shown[: len(self._shown)] == self._shown:
            if len(shown) > len(self._shown):
                self.beginInsertRows(QModelIndex(), len(self._shown), len(shown) - 1)
                self._shown = shown
                self.endInsertRows()
            return
        self.beginResetModel()
        self._row, self._shown = row, shown
        self.endResetModel()
        if not grows:
            # Those that are kept are of the maps before.
            self.redraw()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """The number of cases that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, thumbnail, tooltip, spoken description or case of an item."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        place = self._shown[index.row()]
        case = self._cases[place]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"Map {case.index}, {OUTCOME_NAMES[Outcome(case.outcome)]}\n{case.model}"
            case Qt.ItemDataRole.DecorationRole:
                return self._thumbnails.get(place)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(_description(case))
            case Qt.ItemDataRole.AccessibleTextRole:
                return _description(case)
            case _ if role == CASE:
                return case
        return None

    def _on_drawn(self) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DecorationRole])


class _View(QListView):
    opened = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Open the current item with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class FailuresGallery(QStackedWidget):
    """Shows failed cases as thumbnails. A click, or Enter, opens one.

    Args:
        theme: the colours.
    """

    opened = Signal(object)
    """The `FailedCase` that is to be opened."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.view = view = named(_View(), "evaluate-failures", "Failures", "")
        self.failures = FailuresModel(theme, self.devicePixelRatioF(), view)
        self.empty = empty_page("evaluate-no-failures", "")
        view.setModel(self.failures)
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setUniformItemSizes(True)
        view.setIconSize(QSize(SIDE, SIDE))
        lines = 2 * self.fontMetrics().lineSpacing()
        view.setGridSize(QSize(SIDE + 2 * _PAD, SIDE + lines + 2 * _PAD))
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setWordWrap(False)
        view.setMouseTracking(True)
        self.addWidget(self.empty)
        self.addWidget(view)
        view.clicked.connect(self._on_opened)
        view.opened.connect(self._on_opened)
        theme.changed.connect(self.failures.redraw)

    def show_cases(
        self, cases: Sequence[FailedCase], row: tuple[str, str] | None, *, empty: str
    ) -> None:
        """Show the cases of one row of the table, or all.

        Args:
            cases: all cases.
            row: the names of the set and of the model; `None` for all.
            empty: what to say where there are none.
        """
        self.failures.show_cases(cases, row)
        self.empty.setText(empty)
        self.setCurrentWidget(self.view if self.failures.rowCount() else self.empty)

    def _on_opened(self, index: QModelIndex) -> None:
        if (case := index.data(CASE)) is not None:
            self.opened.emit(case)


def _description(case: FailedCase) -> str:
    return f"{case.model} on map {case.index} of {case.dataset}: {case.sentence}"
