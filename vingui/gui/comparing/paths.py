"""The trajectories of the compared plan in the map view, with a legend of both kinds of lines."""

from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from vingui.gui.canvas.editing_view import EditingView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.comparing.figures import planner_name
from vingui.gui.comparing.session import ComparedSession
from vingui.gui.look.theme import Look
from vingui.gui.settings import SHOW_TRAJECTORIES

SAMPLE: Final = 26
"""The width in pixels of a sample of a line."""

_PADDING: Final = 7
_GAP: Final = 7
_LONGEST: Final = 150
"""Pixels of the longest name that is not elided."""


class PathLegend(CanvasItem):
    """Says in a corner of the map view which trajectories are whose.

    Args:
        view: the map view.
        session: the session of the compared plan.
    """

    def __init__(self, view: EditingView, session: ComparedSession) -> None:
        super().__init__(view)
        self._view = view
        self._compared = session
        session.trajectories_changed.connect(self.repaint)

    def draw(self, painter: QPainter) -> None:
        """Paint the legend, in pixels, where there are trajectories of both plans."""
        main, other = self._compared.main, self._compared
        if not (main.trajectories and other.trajectories):
            return
        if not main.settings.get(SHOW_TRAJECTORIES):
            return
        painter.save()
        painter.resetTransform()
        font = self.view.font()
        font.setPixelSize(11)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        names = [
            metrics.elidedText(planner_name(session), Qt.TextElideMode.ElideMiddle, _LONGEST)
            for session in (main, other)
        ]
        step = metrics.height() + 2
        width = SAMPLE + _GAP + max(map(metrics.horizontalAdvance, names))
        area = QRectF(0, 0, width + 2 * _PADDING, 2 * step + 2 * _PADDING - 2)
        self._view.move_to_free_corner(area, QRectF(self.view.viewport().rect()))
        look = self.session.theme.look
        painter.setPen(QPen(QColor(look.border), 1))
        painter.setBrush(QColor(look.raised))
        painter.drawRoundedRect(area, 5, 5)
        line = QRectF(area.left() + _PADDING, area.top() + _PADDING, width, metrics.height())
        for name, dashed in zip(names, (False, True), strict=True):
            paint_sample(painter, look, line, dashed=dashed)
            painter.setPen(QColor(look.text))
            text = line.adjusted(SAMPLE + _GAP, 0, 1, 0)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, name)
            line.translate(0, step)
        painter.restore()


def paint_sample(painter: QPainter, look: Look, area: QRectF, *, dashed: bool) -> None:
    """Paint a sample of a trajectory's line at the left of an area."""
    pen = QPen(QColor(look.muted), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    if dashed:
        pen.setDashPattern([2.6, 2.0])
    painter.setPen(pen)
    y = round(area.center().y()) + 0.5
    painter.drawLine(QLineF(area.left(), y, area.left() + SAMPLE, y))
