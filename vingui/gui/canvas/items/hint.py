"""Hints that are shown over a view."""

from typing import Final

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.look.theme import Look

TEXT: Final = "Press G over a cell, or take the goal tool, to place a goal"

_MARGIN: Final = 16
"""Pixels below the hint."""
_WIDEST: Final = 360.0
"""Pixels of the lines of a label."""
_PADDING: Final = QMarginsF(12, 8, 12, 8)
_WRAPPED: Final = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


class GoalHint(CanvasItem):
    """A hint at the bottom of the view, shown while the map has no goal."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self.session.document.changed.connect(self.repaint)

    def boundingRect(self) -> QRectF:  # noqa: N802
        """The whole visible area, including outside of the map."""
        row, col = self.view.point_at(QPointF())
        port = self.view.viewport()
        return QRectF(col, row, port.width() * self.pixel, port.height() * self.pixel)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the hint."""
        if self.view.offscreen or self.session.document.grid.goal is not None:
            return
        port = self.view.viewport()
        row, col = self.view.point_at(QPointF())
        painter.translate(col, row)
        painter.scale(self.pixel, self.pixel)
        painter.setFont(self.view.font())
        words = words_area(self.view, TEXT)
        words.moveCenter(QPointF(port.width() / 2, 0))
        words.moveBottom(port.height() - _MARGIN - _PADDING.bottom())
        paint_label(painter, self.session.theme.look, words, TEXT)


def words_area(view: GridView, text: str) -> QRectF:
    """Return the area in pixels that a text takes in a view."""
    port, metrics = view.viewport(), QFontMetricsF(view.font())
    room = QRectF(0, 0, min(_WIDEST, port.width() - 48), port.height())
    return metrics.boundingRect(room, _WRAPPED, text)


def paint_label(painter: QPainter, look: Look, words: QRectF, text: str) -> None:
    """Paint a text on a rounded background, in pixels.

    Args:
        painter: the painter.
        look: the colours.
        words: the area of the text; the background is larger.
        text: the text.
    """
    painter.setPen(QPen(QColor(look.border), 1))
    painter.setBrush(QColor(look.raised))
    painter.drawRoundedRect(words + _PADDING, 6, 6)
    painter.setPen(QColor(look.text))
    painter.drawText(words, _WRAPPED, text)
