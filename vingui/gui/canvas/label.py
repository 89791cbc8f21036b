"""Texts on a rounded background, over a view or a preview."""

from typing import Final

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from vingui.gui.look.theme import Look

_WIDEST: Final = 360.0
"""The maximum width of a label's lines in pixels."""
PADDING: Final = QMarginsF(12, 8, 12, 8)
_WRAPPED: Final = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


def text_area(font: QFont, room: QRectF, text: str) -> QRectF:
    """Return the area in pixels that a text takes if it is wrapped to fit into `room`."""
    lines = QRectF(0, 0, min(_WIDEST, room.width() - 48), room.height())
    return QFontMetricsF(font).boundingRect(lines, _WRAPPED, text)


def paint_label(painter: QPainter, look: Look, area: QRectF, text: str) -> None:
    """Paint a text on a rounded background, in pixels.

    Args:
        painter: the painter.
        look: the colours.
        area: the area of the text; the background is larger.
        text: the text.
    """
    painter.setPen(QPen(QColor(look.border), 1))
    painter.setBrush(QColor(look.raised))
    painter.drawRoundedRect(area + PADDING, 6, 6)
    painter.setPen(QColor(look.text))
    painter.drawText(area, _WRAPPED, text)
