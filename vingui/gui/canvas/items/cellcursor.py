"""The cell cursor, and the outlines of the pinned cell and of the cells under the brush."""

from functools import cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from vingui.core.grid import MIN_SIDE, Cell, GridMap
from vingui.core.map_edits import WALL, paint
from vingui.core.terrain_patterns import terrain_colours
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem

_LEAST_SIDE = 7.0
"""Pixels, so that an outline is visible on small cells."""

_LEAST_PIN = 18.0
"""The least distance between brackets in pixels, so that they are around markers on small cells."""

_PIN_GAP = 2.0
"""Pixels from a cell to its brackets."""


class CellCursor(CanvasItem):
    """A frame around the cell of the cell cursor."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self.session.cursor_changed.connect(self.repaint)

    def draw(self, painter: QPainter) -> None:
        """Paint the frame."""
        if self.session.cursor is not None:
            colour = self.session.theme.look.cursor
            _outline(painter, self, self.session.cursor, colour, width=2.5)


class PinOutline(CanvasItem):
    """Brackets around the corners of the pinned cell."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self.session.pinned_changed.connect(self.repaint)

    def draw(self, painter: QPainter) -> None:
        """Paint the brackets."""
        if self.session.pinned is None:
            return
        row, col = self.session.pinned
        half = max(1 + 2 * _PIN_GAP * self.pixel, _LEAST_PIN * self.pixel) / 2
        arm = 0.55 * half
        brackets = QPainterPath()
        for down, right in ((-1, -1), (-1, 1), (1, 1), (1, -1)):
            x, y = col + 0.5 + right * half, row + 0.5 + down * half
            brackets.moveTo(x - right * arm, y)
            brackets.lineTo(x, y)
            brackets.lineTo(x, y - down * arm)
        _draw_haloed(painter, self, brackets, self.session.theme.look.text, width=2.5, halo=1.5)


class HoverOutline(CanvasItem):
    """A thin outline of the cells under the mouse that the brush would paint.

    Attributes:
        brush: the brush's side in cells.
        material: the kind of terrain that it would draw; `None` for another material, or none.
    """

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self.brush = 1
        self.material: int | None = None
        self.session.hovered_changed.connect(self.repaint)

    def draw(self, painter: QPainter) -> None:
        """Paint the outline, filled with the kind of terrain."""
        if self.session.hovered is None:
            return
        if self.material is not None:
            self._fill(painter, self.session.hovered, self.material)
        colour = self.session.theme.look.cell_hover
        _outline(painter, self, self.session.hovered, colour, width=1.5, brush=self.brush)

    def _fill(self, painter: QPainter, cell: Cell, kind: int) -> None:
        palette, look = self.session.document.grid.palette, self.session.theme.look
        colour = QColor(*terrain_colours(palette, dark=look.dark)[kind].tolist())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(footprint(self.brush).translated(cell[1], cell[0]))


@cache
def footprint(brush: int) -> QPainterPath:
    """Return the outline of a brush that is centred on the cell at the origin."""
    side = max(brush + 2, MIN_SIDE)
    origin = side // 2
    empty = GridMap(np.zeros((side, side), bool))
    painted = paint(empty, [(origin, origin)], material=WALL, brush=brush).walls
    cells = QPainterPath()
    for row, col in (np.argwhere(painted) - origin).tolist():
        cells.addRect(QRectF(col, row, 1, 1))
    return cells.simplified()


def _outline(
    painter: QPainter,
    item: CanvasItem,
    cell: Cell,
    colour: str,
    *,
    width: float,
    brush: int = 1,
) -> None:
    outline = footprint(brush).translated(cell[1], cell[0])
    least = _LEAST_SIDE * item.pixel
    bounds = outline.boundingRect()
    if bounds.width() < least:
        outline = QPainterPath()
        square = QRectF(0, 0, least, least)
        square.moveCenter(bounds.center())
        outline.addRect(square)
    _draw_haloed(painter, item, outline, colour, width=width, halo=1.0)


def _draw_haloed(
    painter: QPainter,
    item: CanvasItem,
    path: QPainterPath,
    colour: str,
    *,
    width: float,
    halo: float,
) -> None:
    """Draw a path with a halo on both sides, whose widths are in pixels."""
    caps = Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for name, pixels in ((item.session.theme.look.halo, width + 2 * halo), (colour, width)):
        painter.setPen(QPen(QColor(name), pixels * item.pixel, *caps))
        painter.drawPath(path)
