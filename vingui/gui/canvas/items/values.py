"""The values as coloured cells, and the hatching of cells without a value."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from vingui.core.outcome_categories import OUTCOME_CATEGORIES
from vingui.core.value_colours import FIRST, UNREACHED, WALL, rgb
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem, snapped
from vingui.gui.canvas.items.cells import Cells
from vingui.gui.canvas.legibility import GRID_FROM
from vingui.gui.canvas.picture import Picture

_FAINT: Final = 0.25
"""The opacity of the grid lines, whose colour is chosen for the map view."""

_HATCH: Final = 7
"""Pixels between two lines of the hatching, along an edge."""

_NO_PATH: Final = FIRST + next(
    n for n, category in enumerate(OUTCOME_CATEGORIES) if not category.colour
)


class Values(Cells):
    """The cells of the value view's picture. The view repaints itself when the picture changes."""

    def __init__(self, view: GridView, picture: Picture) -> None:
        super().__init__(view, wall=WALL)
        self._picture = picture
        picture.changed.connect(self._on_picture_changed)
        self._on_picture_changed()

    def _on_picture_changed(self) -> None:
        picture = self._picture
        lines = picture.table * (1 - _FAINT) + np.array(rgb(self.session.theme.look.grid)) * _FAINT
        self.show_entries(
            picture.entries,
            picture.table,
            np.rint(lines).astype(np.uint8),
            changed=picture.recoloured,
        )


class Hatching(CanvasItem):
    """Hatching over cells without a value, so that they are not mistaken for low values."""

    def __init__(self, view: GridView, picture: Picture) -> None:
        super().__init__(view)
        self._picture = picture
        self._rects = PrimitiveArray(QRectF, 4)
        self._brush: tuple[tuple[str, float], QBrush] | None = None

    def draw(self, painter: QPainter) -> None:
        """Paint the visible cells, aligned to device pixels."""
        if self.view.camera.scale < GRID_FROM:
            return
        top, left, bottom, right = self.view.visible_cells()
        entries = self._picture.entries[top:bottom, left:right]
        blank = entries == UNREACHED
        layer = self._picture.layer
        if layer is not None and layer.kind == "outcomes":
            blank |= entries == _NO_PATH
        row, first, beyond = _runs(blank)
        if not row.size:
            return
        scale = painter.deviceTransform().m11()
        x, _ = snapped(painter, np.arange(left, right + 1), vertical=True)
        y, _ = snapped(painter, np.arange(top, bottom + 1), vertical=False)
        self._rects.resize(row.size)
        rects = self._rects.ndarray()
        rects[:, 0], rects[:, 1] = x[first], y[row]
        rects[:, 2], rects[:, 3] = x[beyond] - x[first], y[row + 1] - y[row]
        rects *= scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.scale(1 / scale, 1 / scale)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._hatch(scale / self.view.camera.scale))
        painter.drawRects(*self._rects.drawargs())

    def _hatch(self, ratio: float) -> QBrush:
        key = self.session.theme.look.unreached_hatch, ratio
        if self._brush is None or self._brush[0] != key:
            self._brush = key, QBrush(hatch_tile(*key))
        return self._brush[1]


def hatch_tile(colour: str, ratio: float) -> QPixmap:
    """Return a square of diagonal lines that can be tiled.

    Args:
        colour: the colour of the lines, as `#rrggbb`.
        ratio: the device pixel ratio.
    """
    side = max(round(_HATCH * ratio), 2)
    tile = QPixmap(side, side)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), ratio))
    for shift in (-side, 0, side):
        painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    painter.end()
    return tile


def _runs(
    cells: NDArray[np.bool_],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return horizontal runs of cells: row, first column, and the column after the last."""
    change = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(change == 1)
    return row, first, np.nonzero(change == -1)[1]
