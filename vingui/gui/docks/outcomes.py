"""How outcomes of trajectories are shown: a word, a colour and a mark."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from vingui.core.rollout import Outcome
from vingui.gui.look.theme import Look

NAMES: Final = {
    Outcome.REACHED: "reached",
    Outcome.LOOP: "loops",
    Outcome.WALL: "wall",
    Outcome.OUT_OF_STEPS: "stopped",
    Outcome.UNREACHABLE: "no path",
    Outcome.NO_START: "no start",
    Outcome.NO_GOAL: "no goal",
}


def colour_of(outcome: Outcome, look: Look) -> str:
    """The colour of an outcome's mark."""
    match outcome:
        case Outcome.REACHED:
            return look.success
        case Outcome.LOOP | Outcome.WALL:
            return look.error
        case Outcome.OUT_OF_STEPS:
            return look.warning
    return look.muted


def mark(shape: str, colour: QColor) -> QIcon:
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
        _draw(painter, shape, colour)
        painter.end()
        icon.addPixmap(pixmap)
        # Unchanged in a selected row, as the colour identifies the trajectory.
        icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _draw(painter: QPainter, shape: str, colour: QColor) -> None:
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
