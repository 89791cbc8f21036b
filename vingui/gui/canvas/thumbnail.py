"""Thumbnails and previews of maps."""

from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vingui.core.grid import Cell, GridMap
from vingui.core.relief import relief
from vingui.gui.canvas.items.cells import map_entries, map_table
from vingui.gui.canvas.items.markers import paint_goal, paint_start
from vingui.gui.canvas.label import paint_label
from vingui.gui.canvas.rgb import packed_rgb, rgb32_image
from vingui.gui.look.theme import Look

_WHOLE_PIXELS_FROM: Final = 4
"""The cell size in pixels from which all cells are equally large, in a smaller image."""

_MARKER: Final = 0.4
"""A marker's radius in cells."""

_LEAST_START: Final = 3.0
"""A start's minimum radius in pixels; on a large map it covers more than its cell."""

_LEAST_GOAL: Final = 4.5
"""The goal's minimum radius in pixels, with room for its rings."""

_PATH: Final = 0.2
"""The width of a trajectory in cells."""

_LEAST_PATH: Final = 1.5
"""The same in pixels, at least."""

_LEAST_NUMBERED: Final = 14.0
"""The cell size in pixels from which starts have numbers."""


def thumbnail(
    grid: GridMap,
    look: Look,
    size: QSize,
    dpr: float = 1.0,
    *,
    path: NDArray[np.int64] | None = None,
) -> QImage:
    """Draw a small image of a map: walls, terrain, goals and starts in the look's colours.

    Args:
        grid: the map.
        look: the colours.
        size: the available size in device-independent pixels. The image is as large as fits,
            with square cells.
        dpr: the device pixel ratio of the image.
        path: `(n, 2)` int64, the cells of a trajectory from the first start, to be drawn too.

    Returns:
        An image without transparency. May be called in any thread.
    """
    factor = min(size.width() * dpr / grid.cols, size.height() * dpr / grid.rows)
    image = _cells(
        grid, look, scale=max(int(factor) if factor >= _WHOLE_PIXELS_FROM else ceil(factor), 1)
    )
    if factor < _WHOLE_PIXELS_FROM:
        # Rounded down, but not because of a rounding error.
        image = image.scaled(
            max(int(factor * grid.cols + 1e-6), 1),
            max(int(factor * grid.rows + 1e-6), 1),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    cell = image.width() / grid.cols
    painter = QPainter(image)
    painter.scale(dpr, dpr)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if path is not None:
        _paint_path(painter, path, look, cell / dpr)
    _paint_markers(painter, grid, look, cell / dpr)
    painter.end()
    image.setDevicePixelRatio(dpr)
    return image


def framed_thumbnail(
    grid: GridMap,
    look: Look,
    side: int,
    dpr: float = 1.0,
    *,
    path: NDArray[np.int64] | None = None,
) -> QImage:
    """Draw a thumbnail with a border in the middle of a transparent square.

    Args:
        grid: the map.
        look: the colours.
        side: the side of the square in device-independent pixels.
        dpr: the device pixel ratio of the image.
        path: as of `thumbnail`.

    Returns:
        The image, for `list_icon`. May be called in any thread.
    """
    picture = thumbnail(grid, look, QSize(side - 2, side - 2), dpr, path=path)
    picture.setDevicePixelRatio(1.0)
    image = QImage(round(side * dpr), round(side * dpr), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    place = picture.rect()
    place.moveCenter(image.rect().center())
    with QPainter(image) as painter:
        # Free cells at a map's edge may have the background colour of the list.
        painter.fillRect(place.adjusted(-1, -1, 1, 1), QColor(look.border))
        painter.drawImage(place, picture)
    image.setDevicePixelRatio(dpr)
    return image


def list_icon(image: QImage) -> QIcon:
    """An icon that looks the same in a selected row, where Qt would tint it."""
    pixmap = QPixmap.fromImage(image)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _cells(grid: GridMap, look: Look, *, scale: int) -> QImage:
    shade = relief(grid)
    colours = packed_rgb(map_table(grid.palette, look, shades=shade is not None))
    pixels = colours[map_entries(grid, shade)].repeat(scale, axis=0).repeat(scale, axis=1)
    # A copy, since the image refers to the array's memory.
    return rgb32_image(pixels).copy()


def _paint_path(painter: QPainter, path: NDArray[np.int64], look: Look, cell: float) -> None:
    line = QPolygonF([QPointF(col, row) for row, col in (path + 0.5) * cell])
    width = max(_PATH * cell, _LEAST_PATH)
    for colour, pixels in ((look.halo, width + 1.5), (look.starts[0], width)):
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(QColor(colour), pixels, Qt.PenStyle.SolidLine, cap, join))
        painter.drawPolyline(line)


def _paint_markers(painter: QPainter, grid: GridMap, look: Look, cell: float) -> None:
    radius, numbered = _MARKER * cell, cell >= _LEAST_NUMBERED
    for start in reversed(range(len(grid.starts))):
        _move_to(painter, grid.starts[start], cell)
        paint_start(painter, look, max(radius, _LEAST_START), start=start, numbered=numbered)
        painter.restore()
    for goal in reversed(grid.goals):
        _move_to(painter, goal, cell)
        paint_goal(painter, look, max(radius, _LEAST_GOAL))
        painter.restore()


def _move_to(painter: QPainter, place: Cell, cell: float) -> None:
    """Move the painter's origin to the middle of a cell, until `painter.restore()`."""
    row, col = place
    painter.save()
    painter.translate((col + 0.5) * cell, (row + 0.5) * cell)


class MapPreview(QWidget):
    """Shows a map as large as possible, optionally with an outlined part and a text.

    Args:
        look: the colours.
        parent: the Qt parent.

    Attributes:
        grid: the map that is shown.
        outline: the outlined cells, where x is the column and y the row; `None` for none.
        text: the text over the map.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 200)
        self._look = look
        self.grid: GridMap | None = None
        self.outline: QRect | None = None
        self.text = ""
        self._image: QImage | None = None
        self._room: tuple[QSize, float] | None = None

    def sizeHint(self) -> QSize:  # noqa: N802
        """Large enough for a map of 100x100 cells."""
        return QSize(300, 300)

    def show_map(self, grid: GridMap | None, outline: QRect | None = None) -> None:
        """Show a map, and outline some of its cells."""
        if grid is not self.grid:
            self.grid, self._image = grid, None
        self.outline = outline
        self.update()

    def show_text(self, text: str) -> None:
        """Show a line of text over the map; "" for none."""
        if text != self.text:
            self.text = text
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the map in the middle, with the outline and the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.grid is not None:
            self._draw_map(painter, self.grid)
        if self.text:
            area = QRectF(self.fontMetrics().boundingRect(self.text))
            area.moveCenter(QPointF(self.rect().center()))
            paint_label(painter, self._look, area, self.text)

    def _draw_map(self, painter: QPainter, grid: GridMap) -> None:
        room, dpr = self.size() - QSize(2, 2), self.devicePixelRatioF()
        if self._image is None or self._room != (room, dpr):
            self._image, self._room = thumbnail(grid, self._look, room, dpr), (room, dpr)
        size = self._image.deviceIndependentSize()
        # At whole device pixels, or the cells' edges would be blurred.
        left = round((self.width() - size.width()) / 2 * dpr) / dpr
        top = round((self.height() - size.height()) / 2 * dpr) / dpr
        painter.drawImage(QPointF(left, top), self._image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.drawRect(
            QRectF(left, top, size.width(), size.height()).adjusted(-0.5, -0.5, 0.5, 0.5)
        )
        if self.outline is not None:
            cell = size.width() / grid.cols
            box = QRectF(self.outline)
            box = QRectF(box.topLeft() * cell + QPointF(left, top), box.size() * cell)
            paint_outline(painter, self._look, box, width=2.0)


def paint_outline(painter: QPainter, look: Look, box: QRectF, *, width: float) -> None:
    """Draw a rectangle with a halo on both sides; `width` is in pixels, without the halo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, pixels in ((look.halo, width + 2), (look.accent, width)):
        pen = QPen(QColor(colour), pixels)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(box)
