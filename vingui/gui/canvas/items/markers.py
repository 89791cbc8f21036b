"""The goal and the starts."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem

if TYPE_CHECKING:
    from vingui.gui.theme import Look

LEAST_RADIUS: Final = 5.0
"""Pixels of a marker on a map of small cells."""

_LEAST_NUMBERED: Final = 14.0
"""Pixels of the smallest cell whose start bears its number."""


def marker_radius(scale: float) -> float:
    """A marker's radius in pixels where a cell has `scale` of them."""
    return max(0.36 * scale, LEAST_RADIUS)


def start_colour(look: "Look", start: int) -> QColor:
    """The colour of the start of that place, and of its trajectory."""
    return QColor(look.starts[start % len(look.starts)])


def paint_goal(painter: QPainter, look: "Look", radius: float) -> None:
    """Paint a target about the origin, in pixels."""
    _disc(painter, look.halo, radius + halo_width(radius))
    _disc(painter, look.goal, radius)
    _disc(painter, look.halo, radius * 0.68)
    _disc(painter, look.goal, radius * 0.36)


def paint_start(
    painter: QPainter,
    look: "Look",
    radius: float,
    *,
    start: int,
    selected: bool = False,
    numbered: bool = True,
) -> None:
    """Paint a disc about the origin, in pixels.

    Args:
        painter: paints.
        look: the colours.
        radius: the disc's.
        start: its place among the map's starts, which gives its colour and its number.
        selected: whether it has a ring.
        numbered: whether its number is on it.
    """
    colour = start_colour(look, start)
    rim = halo_width(radius)
    if selected:
        _disc(painter, look.halo, radius + 3 * rim + 1)
        _disc(painter, look.accent, radius + 2 * rim + 1)
    _disc(painter, look.halo, radius + rim)
    _disc(painter, colour, radius)
    if numbered:
        font = painter.font()
        font.setPixelSize(max(round(radius * (1.15 if start < 9 else 0.95)), 1))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor("#ffffff" if _is_dark(colour) else "#1a1a1a"))
        square = QRectF(-radius, -radius, 2 * radius, 2 * radius)
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, str(start + 1))


def halo_width(radius: float) -> float:
    """Pixels around a marker that keep it apart from what is beneath."""
    return max(0.1 * radius, 1.25)


class Markers(CanvasItem):
    """The goal and the starts of the document's map."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self.session.document.changed.connect(self.repaint)
        self.session.start_selected.connect(self.repaint)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint those in view, the goal and the first starts over the others."""
        grid, look = self.session.document.grid, self.session.theme.look
        scale = self.view.camera.scale
        radius = marker_radius(scale)
        # The viewport's own, which it has of the application's style, may be another one.
        painter.setFont(self.view.font())
        for start in reversed(range(len(grid.starts))):
            if self.in_view(grid.starts[start]):
                self.begin_pixels(painter, grid.starts[start])
                paint_start(
                    painter,
                    look,
                    radius,
                    start=start,
                    selected=start == self.session.selected_start,
                    numbered=scale >= _LEAST_NUMBERED,
                )
                painter.restore()
        if grid.goal is not None and self.in_view(grid.goal):
            self.begin_pixels(painter, grid.goal)
            paint_goal(painter, look, radius)
            painter.restore()


def _disc(painter: QPainter, colour: QColor | str, radius: float) -> None:
    painter.setPen(QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(), radius, radius)


def _is_dark(colour: QColor) -> bool:
    red, green, blue = colour.redF(), colour.greenF(), colour.blueF()
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.6
