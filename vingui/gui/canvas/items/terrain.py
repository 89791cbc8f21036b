"""The textures of the map's terrain, and small pictures of what cells are made of."""

import math
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from vingui.core.map_edits import WALL
from vingui.core.terrain import Palette
from vingui.core.terrain_patterns import (
    DOT_RADIUS,
    LINE_WIDTH,
    Mark,
    terrain_colours,
    terrain_marks,
    texture,
    texture_colours,
    tile_side,
)
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.look.theme import Look

_LEAST_TILE: Final = 13.0
"""The least side of a texture's tile in device-independent pixels."""


class Textures(CanvasItem):
    """The textures of the visible terrain, drawn anew only when they have changed."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._fragments = PrimitiveArray(QPainter.PixmapFragment, 10)
        self._shown: tuple[object, QPixmap] = (), QPixmap()

    def draw(self, painter: QPainter) -> None:
        """Paint the textures, from a picture of the visible part."""
        grid, look = self.session.document.grid, self.session.theme.look
        bounds = self.view.visible_cells()
        if grid.terrain is None or bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
            return
        device = painter.deviceTransform()
        corner = device.map(QPointF(bounds[1], bounds[0]))
        scale = device.m11()
        # The terrain itself and not its id, which another array might get.
        key = grid.terrain, grid.palette.colours, look, scale, corner, bounds
        if not _same(key, self._shown[0]):
            self._shown = key, self._picture(grid.terrain, grid.palette, scale, corner, bounds)
        painter.resetTransform()
        painter.setTransform(painter.deviceTransform().inverted()[0])
        painter.drawPixmap(QPointF(math.floor(corner.x()), math.floor(corner.y())), self._shown[1])

    def _picture(
        self,
        terrain: NDArray[np.uint8],
        palette: Palette,
        scale: float,
        corner: QPointF,
        bounds: tuple[int, int, int, int],
    ) -> QPixmap:
        """The textures of the visible cells, in device pixels."""
        top, left, bottom, right = bounds
        width, height = math.ceil((right - left) * scale) + 2, math.ceil((bottom - top) * scale) + 2
        picture = QPixmap(width, height)
        picture.fill(Qt.GlobalColor.transparent)
        camera = self.view.camera.scale
        tile = tile_side(camera, least=_LEAST_TILE)
        side = tile * scale
        inks = texture_colours(terrain_colours(palette, dark=self.session.theme.look.dark))
        shift = np.array([corner.x() % 1 - left * scale, corner.y() % 1 - top * scale])
        painter = QPainter(picture)
        for kind, lines in terrain_marks(terrain, palette, tile, bounds=bounds).items():
            for mark, points in zip(texture(palette, kind), lines, strict=True):
                if len(points):
                    first = points[:, 0] * scale + shift
                    self._stamp(painter, mark, side, tuple(inks[kind].tolist()), first)
        painter.end()
        return picture

    def _stamp(
        self,
        painter: QPainter,
        mark: Mark,
        side: float,
        ink: tuple[int, int, int],
        first: NDArray[np.float64],
    ) -> None:
        """Draw a mark in many places, given where its first point lies in each, in pixels."""
        stamp, middle = _stamp(mark, side, ink)
        self._fragments.resize(len(first))
        fragments = self._fragments.ndarray()
        # Where the stamp's pixels lie on those of the picture, it stays as sharp as it was drawn.
        odd = np.array([stamp.width() % 2, stamp.height() % 2]) / 2
        fragments[:, :2] = np.rint(first + middle - odd) + odd
        fragments[:, 2:4] = 0
        fragments[:, 4], fragments[:, 5] = stamp.width(), stamp.height()
        fragments[:, 6:9] = 1, 1, 0
        fragments[:, 9] = 1
        # PySide's type stubs lack the number of fragments.
        draw: Any = painter.drawPixmapFragments
        draw(*self._fragments.drawargs(), stamp)


def _same(one: object, other: object) -> bool:
    if not isinstance(one, tuple) or not isinstance(other, tuple) or not other:
        return False
    return one[0] is other[0] and one[1:] == other[1:]


@lru_cache(maxsize=128)
def _stamp(
    mark: Mark, side: float, ink: tuple[int, int, int]
) -> tuple[QPixmap, NDArray[np.float64]]:
    """A picture of a mark, and its middle relative to the mark's first point, in pixels.

    Args:
        mark: the mark, in a tile.
        side: the side of a tile in pixels.
        ink: RGB.
    """
    points = np.array(mark) * side
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (np.ceil(high - low).astype(int) + 2 * math.ceil(0.1 * side) + 2).tolist()
    stamp = QPixmap(width, height)
    stamp.fill(Qt.GlobalColor.transparent)
    middle = (low + high) / 2
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(width / 2 - middle[0], height / 2 - middle[1])
    _paint_mark(painter, mark, side, QColor(*ink))
    painter.end()
    return stamp, middle - points[0]


def _paint_mark(painter: QPainter, mark: Mark, side: float, ink: QColor) -> None:
    points = [QPointF(x * side, y * side) for x, y in mark]
    if len(points) == 1:
        radius = max(DOT_RADIUS * side, 0.8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(points[0], radius, radius)
        return
    pen = QPen(ink, max(LINE_WIDTH * side, 1.0))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(points))


def paint_material(
    painter: QPainter, look: Look, palette: Palette, material: int, area: QRectF
) -> None:
    """Fill an area with what walls or cells of a kind look like.

    Args:
        painter: the painter.
        look: the colours.
        palette: the kinds of terrain.
        material: `WALL` or a kind.
        area: the area, in pixels.
    """
    if material == WALL:
        painter.fillRect(area, QColor(look.wall))
        return
    colours = terrain_colours(palette, dark=look.dark)[[material]]
    painter.fillRect(area, QColor(*colours[0].tolist()))
    ink = QColor(*texture_colours(colours)[0].tolist())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.translate(area.topLeft())
    for row in range(math.ceil(area.height() / _LEAST_TILE)):
        for col in range(math.ceil(area.width() / _LEAST_TILE)):
            for mark in texture(palette, material):
                painter.save()
                painter.translate(col * _LEAST_TILE, row * _LEAST_TILE)
                _paint_mark(painter, mark, _LEAST_TILE, ink)
                painter.restore()
    painter.restore()


def material_icon(
    look: Look, palette: Palette, material: int, size: QSize, ratio: float = 1.0
) -> QIcon:
    """A framed picture of what walls or cells of a kind look like.

    Args:
        look: the colours.
        palette: the kinds of terrain.
        material: `WALL` or a kind.
        size: the icon's size in device-independent pixels.
        ratio: the device pixel ratio.
    """
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    area = QRectF(0, 0, size.width(), size.height()).adjusted(1, 1, -1, -1)
    paint_material(painter, look, palette, material, area)
    painter.setPen(QPen(QColor(look.muted), 1))
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.end()
    icon = QIcon(pixmap)
    # A selected row must not tint it.
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
