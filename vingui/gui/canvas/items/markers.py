"""The markers: the goals and the starts."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from vingui.core.grid import Cell
from vingui.core.phrases import signed
from vingui.core.value_colours import FIRST
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.canvas.legibility import (
    LIFTED,
    MARKERS_NUMBERED_FROM,
    MARKERS_SHOW_VALUES_FROM,
    MOST_NUMBERED,
    shows_numbers,
)
from vingui.gui.canvas.picture import Picture
from vingui.gui.look.theme import Look

LEAST_RADIUS: Final = 7.0
_MANY_RADIUS: Final = 5.0
"""The radius in pixels of a marker on small cells, with few starts and with many."""

_LEAST_TEXT: Final = 11.0
_MOST_TEXT: Final = 20.0
"""The height in pixels of a goal's value, in a font."""

_VALUE_OPACITY: Final = 0.8
"""The opacity of the background of a goal's value."""

_RADIUS: Final = 0.36
_LIFTED_RADIUS: Final = 0.27
"""The radius relative to the cell, for a marker alone in its cell and above a number."""


def marker_radius(view: GridView) -> float:
    """Return the radius in pixels of the markers in a view."""
    grid = view.session.document.grid
    most = max(len(grid.starts), len(grid.goals))
    least = LEAST_RADIUS if most <= MOST_NUMBERED else _MANY_RADIUS
    return max(_RADIUS * view.camera.scale, least)


def start_colour(look: Look, start: int) -> QColor:
    """Return the colour of a start, by its index, and of its trajectory."""
    return QColor(look.starts[start % len(look.starts)])


def paint_goal(
    painter: QPainter, look: Look, radius: float, *, inside: QColor | None = None
) -> None:
    """Paint the goal at the origin, as a target, in pixels.

    Args:
        painter: the painter.
        look: the colours.
        radius: the radius of the target.
        inside: the colour between the rings; `None` for the halo's.
    """
    _disc(painter, look.halo, radius + halo_width(radius))
    _disc(painter, look.goal, radius)
    _disc(painter, inside or look.halo, radius * 0.68)
    _disc(painter, look.goal, radius * 0.36)


def paint_goal_value(
    painter: QPainter, look: Look, radius: float, value: float, *, on_left: bool
) -> None:
    """Paint what reaching a goal is worth beside the goal at the origin, in pixels.

    Args:
        painter: the painter.
        look: the colours.
        radius: the radius of the goal's target.
        value: the value.
        on_left: whether it is painted to the left of the goal and not to the right.
    """
    font = painter.font()
    font.setPixelSize(round(min(max(0.8 * radius, _LEAST_TEXT), _MOST_TEXT)))
    font.setBold(True)
    text, size, gap = signed(value), font.pixelSize(), radius + 2 * halo_width(radius)
    width, height = QFontMetricsF(font).horizontalAdvance(text) + 0.5 * size, 1.25 * size
    area = QRectF(-gap - width if on_left else gap, -height / 2, width, height)
    # Not outlined letters: their outlines differ by a trace from one process to the next, and so
    # would screenshots.
    background = QColor(look.halo)
    background.setAlphaF(_VALUE_OPACITY)
    painter.fillRect(area, background)
    painter.setFont(font)
    painter.setPen(QColor(look.goal))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def paint_start(
    painter: QPainter,
    look: Look,
    radius: float,
    *,
    start: int,
    selected: bool = False,
    numbered: bool = True,
    inside: QColor | None = None,
) -> None:
    """Paint a start at the origin, as a disc or a ring, in pixels.

    Args:
        painter: the painter.
        look: the colours.
        radius: the radius of the disc.
        start: the start's index, which determines its colour and number.
        selected: whether it is marked by an additional ring.
        numbered: whether its number is shown.
        inside: the colour inside a ring; `None` for a disc.
    """
    colour = start_colour(look, start)
    rim = halo_width(radius)
    if selected:
        _disc(painter, look.halo, radius + 3 * rim + 1)
        _disc(painter, look.accent, radius + 2 * rim + 1)
    _disc(painter, look.halo, radius + rim)
    _disc(painter, colour, radius)
    if inside is not None:
        _disc(painter, inside, radius * _RING)
        colour = inside
    if numbered:
        font = painter.font()
        size = (1.15 if start < 9 else 0.95) * (1 if inside is None else 0.9)
        font.setPixelSize(max(round(radius * size), 1))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor("#ffffff" if _is_dark(colour) else "#1a1a1a"))
        square = QRectF(-radius, -radius, 2 * radius, 2 * radius)
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, str(start + 1))


_RING: Final = 0.74
"""The inner radius of a start's ring, relative to the outer one."""


def halo_width(radius: float) -> float:
    """Return the width in pixels of the halo around a marker."""
    return max(0.1 * radius, 1.25)


class Markers(CanvasItem):
    """The goals and the starts of the document's map.

    Args:
        view: the view that shows it.
        picture: the value view's picture. On large enough cells, markers are then rings around
            the colours of their cells, above the numbers if there are any.
    """

    def __init__(self, view: GridView, picture: Picture | None = None) -> None:
        super().__init__(view)
        self._picture = picture
        self.session.document.changed.connect(self.repaint)
        self.session.start_selected.connect(self.repaint)

    def draw(self, painter: QPainter) -> None:
        """Paint the visible markers, with the goals and the first starts on top."""
        grid, look = self.session.document.grid, self.session.theme.look
        scale, starts = self.view.camera.scale, grid.starts
        # Not the viewport's font, which the application's style may change.
        painter.setFont(self.view.font())
        for start in reversed(range(len(starts))):
            if self.in_view(starts[start]):
                radius = self._begin(painter, starts[start])
                paint_start(
                    painter,
                    look,
                    radius,
                    start=start,
                    selected=start == self.session.selected_start,
                    numbered=scale >= MARKERS_NUMBERED_FROM or len(starts) <= MOST_NUMBERED,
                    inside=self._colour(starts[start]),
                )
                painter.restore()
        for goal, value in reversed(grid.valued_goals.items()):
            if self.in_view(goal):
                radius = self._begin(painter, goal)
                paint_goal(painter, look, radius, inside=self._colour(goal))
                if value:
                    paint_goal_value(painter, look, radius, value, on_left=goal[1] + 1 == grid.cols)
                painter.restore()

    def _begin(self, painter: QPainter, cell: Cell) -> float:
        """Switch to pixels around a marker until `painter.restore()`; return its radius."""
        self.begin_pixels(painter, cell)
        if not self._has_number(cell):
            return marker_radius(self.view)
        scale = self.view.camera.scale
        painter.translate(0, (LIFTED - 0.5) * scale)
        return _LIFTED_RADIUS * scale

    def _has_number(self, cell: Cell) -> bool:
        picture = self._picture
        if picture is None or not shows_numbers(self.view, picture):
            return False
        return bool(picture.entries[cell] >= FIRST)

    def _colour(self, cell: Cell) -> QColor | None:
        picture = self._picture
        if picture is None or self.view.camera.scale < MARKERS_SHOW_VALUES_FROM:
            return None
        return QColor(*picture.table[picture.entries[cell]].tolist())


def _disc(painter: QPainter, colour: QColor | str, radius: float) -> None:
    painter.setPen(QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(), radius, radius)


def _is_dark(colour: QColor) -> bool:
    red, green, blue = colour.redF(), colour.greenF(), colour.blueF()
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.6
