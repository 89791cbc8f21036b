"""The items that the views draw, positioned in cells (x is the column) and sized in pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from vingui.core.grid import Cell
from vingui.gui.canvas.grid_view import GridView

_MARGIN = 32.0
"""Pixels that an item may paint beyond the map's edge, since markers have a minimum size."""


class CanvasItem(QGraphicsObject):
    """An item that covers the whole map and paints the visible part.

    It reads what to paint from the session and caches nothing that could be stale; subclasses
    implement `draw`, and connect `repaint` to the signals of what they show.

    Args:
        view: the view that shows it.
    """

    def __init__(self, view: GridView) -> None:
        super().__init__()
        self.view = view
        self.session = view.session
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        view.view_changed.connect(self.prepareGeometryChange)
        view.session.theme.changed.connect(self.repaint)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the visible part."""
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Paint the visible part, in cells."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Repaint the view.

        `update` would notify the scene, which notifies the view only after the pending events, when
        the item may have been painted already; the view would then be painted twice.
        """
        self.view.refresh()

    @property
    def pixel(self) -> float:
        """The side of a pixel, in cells. Pixels are device-independent."""
        return 1 / self.view.camera.scale

    def boundingRect(self) -> QRectF:  # noqa: N802
        """The map with a margin."""
        camera, margin = self.view.camera, _MARGIN * self.pixel
        return QRectF(0, 0, camera.cols, camera.rows).adjusted(-margin, -margin, margin, margin)

    def in_view(self, cell: Cell) -> bool:
        """Whether part of a cell, or of a marker on it, may be visible."""
        (row, col), margin = cell, _MARGIN * self.pixel
        top, left, bottom, right = self.view.visible_cells()
        return top - margin <= row <= bottom + margin and left - margin <= col <= right + margin

    def begin_pixels(self, painter: QPainter, cell: Cell) -> None:
        """Switch to pixels around a cell's middle, until `painter.restore()`."""
        painter.save()
        painter.translate(middle(cell))
        painter.scale(self.pixel, self.pixel)


def middle(cell: Cell) -> QPointF:
    """Return the middle of a cell."""
    return QPointF(cell[1] + 0.5, cell[0] + 0.5)


def snapped(
    painter: QPainter, edges: NDArray[np.int64], *, vertical: bool
) -> tuple[NDArray[np.float64], float]:
    """Snap the edges of cells to device pixels.

    Args:
        painter: the painter, whose units are cells.
        edges: `(n,)` positions in cells: columns for vertical edges, otherwise rows.
        vertical: whether the edges are those between columns.

    Returns:
        `(n,)` float64, the snapped edges in cells; and the width in cells of a line of one pixel.
    """
    device = painter.deviceTransform()
    scale = device.m11() if vertical else device.m22()
    offset = device.m31() if vertical else device.m32()
    places = (np.floor(edges * scale + offset + 0.5) - offset) / scale
    thick = max(int(scale / painter.worldTransform().m11()), 1)
    return places, thick / scale
