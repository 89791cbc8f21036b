"""What is drawn in the views: items in cells, x the column and y the row, of sizes in pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsObject

from vingui.core.grid import Cell
from vingui.gui.canvas.grid_view import GridView

_AIR = 32.0
"""Pixels that an item may paint beyond the map's edge: markers have a least size."""


class CanvasItem(QGraphicsObject):
    """An item over the whole map, which paints what is in view of it.

    It asks the session what to paint and holds nothing that could be stale; subclasses connect
    `repaint` to what they show.

    Args:
        view: where it is shown.
    """

    def __init__(self, view: GridView) -> None:
        super().__init__()
        self.view = view
        self.session = view.session
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        view.view_changed.connect(self.prepareGeometryChange)
        view.session.theme.changed.connect(self.repaint)

    def repaint(self) -> None:
        """Let the view paint once more.

        `update` would tell the scene, which tells the view only after what else is going on, when
        this may have been painted already: then all would be painted twice.
        """
        self.view.refresh()

    @property
    def pixel(self) -> float:
        """The side of a pixel, in cells. Pixels are device-independent."""
        return 1 / self.view.camera.scale

    def boundingRect(self) -> QRectF:  # noqa: N802
        """The map, and a little air."""
        camera, air = self.view.camera, _AIR * self.pixel
        return QRectF(0, 0, camera.cols, camera.rows).adjusted(-air, -air, air, air)

    def in_view(self, cell: Cell) -> bool:
        """Whether something of a cell, or of a marker on it, may be seen."""
        top, left, bottom, right = self.view.visible_cells()
        air = _AIR * self.pixel
        return top - air <= cell[0] <= bottom + air and left - air <= cell[1] <= right + air

    def begin_pixels(self, painter: QPainter, cell: Cell) -> None:
        """Paint in pixels about a cell's middle, until `painter.restore()`."""
        painter.save()
        painter.translate(middle(cell))
        painter.scale(self.pixel, self.pixel)


def middle(cell: Cell) -> QPointF:
    """The point in the middle of a cell."""
    return QPointF(cell[1] + 0.5, cell[0] + 0.5)


def snapped(
    painter: QPainter, edges: NDArray[np.int64], *, vertical: bool
) -> tuple[NDArray[np.float64], float]:
    """Where on the screen's pixels the edges of cells fall.

    Args:
        painter: paints in cells.
        edges: `(n,)` cells; vertical ones counted in columns, others in rows.
        vertical: whether the edges are those between columns.

    Returns:
        `(n,)` float64, the edges in cells and fractions, moved onto the screen's pixels; and the
        width of a line of one pixel, in cells.
    """
    device = painter.deviceTransform()
    scale = device.m11() if vertical else device.m22()
    offset = device.m31() if vertical else device.m32()
    places = (np.floor(edges * scale + offset + 0.5) - offset) / scale
    thick = max(int(scale / painter.worldTransform().m11()), 1)
    return places, thick / scale
