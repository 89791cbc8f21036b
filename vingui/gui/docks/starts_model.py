"""The table model of the map's starts."""

from typing import Any, Final

from PySide6.QtCore import (
    QModelIndex,
    QPointF,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from vingui.core.grid import Cell
from vingui.core.phrases import place
from vingui.core.rollout import Outcome, Trajectory
from vingui.gui.docks.row_table import Index, RowModel
from vingui.gui.look.theme import Look
from vingui.gui.session import Session
from vingui.gui.status_texts import sentence, why

NUMBER, CELL, OUTCOME, STEPS, LENGTH, COST, OPTIMAL, EXCESS = range(8)
_HEADERS: Final = (
    ("#", "The start's number and the colour of its trajectory"),
    ("Cell", "Row and column of the start"),
    ("Outcome", "How the greedy trajectory ended at this iteration"),
    ("Steps", "The number of moves"),
    ("Length", "The length of the trajectory in cells; a diagonal move counts √2"),
    ("Cost", "What the trajectory costs: each step its length times the cost of the cell entered"),
    ("Optimal", "The exact cost-to-go of the start"),
    ("Excess", "How much longer or more costly than optimal the trajectory is"),
)
_NONE: Final = "–"
OUTCOME_NAMES: Final = {
    Outcome.REACHED: "reached",
    Outcome.LOOP: "loops",
    Outcome.WALL: "wall",
    Outcome.OUT_OF_STEPS: "stopped",
    Outcome.UNREACHABLE: "no path",
    Outcome.NO_START: "no start",
    Outcome.NO_GOAL: "no goal",
}


class StartsModel(RowModel):
    """The map's starts and their trajectories, a row each.

    Rows are changed in place and inserted or removed at the end; the model is never reset, so the
    selection and the scroll position are kept.

    Args:
        session: the map's starts and their trajectories.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(_HEADERS, numbers_from=STEPS, parent=parent)
        self._session = session
        self._rows: tuple[tuple[Cell, Trajectory | None], ...] = ()
        self._icons: dict[tuple[str, str], QIcon] = {}
        self.refresh()

    def refresh(self) -> None:
        """Update the rows from the session."""
        session = self._session
        known = {trajectory.start: trajectory for trajectory in session.trajectories}
        rows = tuple((start, known.get(start)) for start in session.document.grid.starts)
        before, after = len(self._rows), len(rows)
        if rows == self._rows:
            return
        if after < before:
            self.beginRemoveRows(QModelIndex(), after, before - 1)
            self._rows = self._rows[:after]
            self.endRemoveRows()
        elif after > before:
            self.beginInsertRows(QModelIndex(), before, after - 1)
            self._rows += rows[before:]
            self.endInsertRows()
        changed = [row for row in range(after) if self._rows[row] != rows[row]]
        self._rows = rows
        if changed:
            self.dataChanged.emit(
                self.index(changed[0], 0), self.index(changed[-1], len(_HEADERS) - 1)
            )

    def repaint(self) -> None:
        """Redraw the icons in the colours of the new look."""
        self._icons.clear()
        if self._rows:
            self.dataChanged.emit(
                self.index(0, 0),
                self.index(len(self._rows) - 1, OUTCOME),
                [Qt.ItemDataRole.DecorationRole],
            )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """The number of starts."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The content of a cell of the table."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        start, trajectory = self._rows[index.row()]
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(index.row(), column, start, trajectory)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._description(index.row(), start, trajectory)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(index.row(), column, trajectory)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
        return None

    def _description(self, row: int, start: Cell, trajectory: Trajectory | None) -> str:
        name = f"Start {row + 1}, {place(start)}"
        run = self._session.run
        if trajectory is None or run is None:
            return name
        reason = why(self._session, trajectory)
        outcome = f"{name}: {sentence(trajectory, run, self._session.k)}"
        return f"{outcome}. {reason}" if reason else outcome

    def _icon(self, row: int, column: int, trajectory: Trajectory | None) -> QIcon | None:
        look = self._session.theme.look
        if column == NUMBER:
            shape, colour = "swatch", look.starts[row % len(look.starts)]
        elif column == OUTCOME and trajectory is not None:
            shape, colour = trajectory.outcome.value, _colour_of(trajectory.outcome, look)
        else:
            return None
        if (shape, colour) not in self._icons:
            self._icons[shape, colour] = mark_icon(shape, QColor(colour))
        return self._icons[shape, colour]


def _text(row: int, column: int, start: Cell, trajectory: Trajectory | None) -> str:
    if column == NUMBER:
        return str(row + 1)
    if column == CELL:
        return f"{start[0]}, {start[1]}"
    if trajectory is None:
        return "…" if column == OUTCOME else ""
    optimal = trajectory.optimal_cost
    if column == OUTCOME:
        return OUTCOME_NAMES[trajectory.outcome]
    if trajectory.outcome is Outcome.UNREACHABLE:
        return _NONE
    if column == STEPS:
        return f"{trajectory.steps:,}"
    if column == LENGTH:
        return f"{trajectory.length:z.1f}"
    if column == COST:
        return f"{trajectory.cost:z.1f}"
    if column == OPTIMAL:
        return f"{optimal:z.1f}" if optimal < float("inf") else _NONE
    if trajectory.outcome is not Outcome.REACHED:
        return _NONE
    return "0" if trajectory.optimal else f"{max(trajectory.excess, 0.01):z.2f}"


def _colour_of(outcome: Outcome, look: Look) -> str:
    match outcome:
        case Outcome.REACHED:
            return look.success
        case Outcome.LOOP | Outcome.WALL:
            return look.error
        case Outcome.OUT_OF_STEPS:
            return look.warning
    return look.muted


def mark_icon(shape: str, colour: QColor) -> QIcon:
    """Return a small icon, sharp at any device pixel ratio.

    Args:
        shape: an outcome's value, or "swatch" for a coloured dot.
        colour: the colour.
    """
    icon = QIcon()
    for ratio in (1, 2, 3):
        pixmap = QPixmap(12 * ratio, 12 * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        round_ = (Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(QPen(colour, 1.75, Qt.PenStyle.SolidLine, *round_))
        _draw_mark(painter, shape, colour)
        painter.end()
        icon.addPixmap(pixmap)
        # A selected row must not tint the icon: its colour identifies the trajectory.
        icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _draw_mark(painter: QPainter, shape: str, colour: QColor) -> None:
    """Draw a different shape for each outcome, so that none is marked by colour alone."""
    match shape:
        case "swatch":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QRectF(1, 1, 10, 10))
        case "reached":
            painter.drawPolyline([QPointF(2, 6.5), QPointF(4.8, 9.2), QPointF(10, 3)])
        case "loop":
            painter.drawArc(QRectF(2, 2, 8, 8), 60 * 16, 290 * 16)
            painter.drawPolyline([QPointF(8.6, 0.9), QPointF(8.4, 3), QPointF(10.8, 3.6)])
        case "wall":
            painter.drawLine(QPointF(9.5, 1.5), QPointF(9.5, 10.5))
            painter.drawLine(QPointF(1.5, 6), QPointF(6.5, 6))
            painter.drawPolyline([QPointF(4.5, 3.5), QPointF(7, 6), QPointF(4.5, 8.5)])
        case "out-of-steps":
            painter.setBrush(colour)
            painter.setPen(Qt.PenStyle.NoPen)
            for left in (1.0, 5.0, 9.0):
                painter.drawEllipse(QRectF(left, 5, 2.2, 2.2))
        case _:
            painter.drawEllipse(QRectF(1.5, 1.5, 9, 9))
            painter.drawLine(QPointF(3, 9), QPointF(9, 3))
