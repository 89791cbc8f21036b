"""Lines of equal value."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vingui.core.layers import Layer
from vingui.core.tint import FIRST, dark_on
from vingui.gui.background import Latest
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.canvas.ticks import ticks
from vingui.gui.settings import SHOW_CONTOURS

if TYPE_CHECKING:
    from vingui.gui.canvas.value_view import ValueView

_LEVELS: Final = 12
_AT_ONCE: Final = 40_000
"""Cells of the largest map whose contours keep up with playback; those of others wait."""

_REST: Final = 120
"""Milliseconds that the picture stands still before they are drawn."""

_SHADES: Final = (QColor(255, 255, 255, 210), QColor(16, 18, 24, 190))

_Lines = list[tuple[float, NDArray[np.float64]]]


class Contours(CanvasItem):
    """Contour lines at round values, between the middles of cells that have one."""

    def __init__(self, view: "ValueView") -> None:
        super().__init__(view)
        self._picture = view.picture
        self._layer: Layer | None = None
        self._lines: _Lines = []
        self._paths: tuple[QPainterPath, ...] = ()
        self._table: NDArray[np.uint8] | None = None
        self._latest = Latest(self)
        self._rest = QTimer(self, interval=_REST, singleShot=True)
        self._rest.timeout.connect(self._ask)
        view.picture.changed.connect(self._wait)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the lines of the layer that is shown, if they are known."""
        layer = self._picture.layer
        if layer is None or not self._wanted():
            return
        if layer is not self._layer and layer.values.size <= _AT_ONCE:
            self._take(layer, contour_lines(layer, self._picture.entries >= FIRST))
        if layer is not self._layer:
            if not (self._rest.isActive() or self._latest.busy):
                self._rest.start()
            return
        if self._table is not self._picture.table:
            self._table = self._picture.table
            self._paths = self._shaded(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, path in zip(_SHADES, self._paths, strict=True):
            # Qt paints lines of just this width twenty times as fast as wider ones.
            pen = QPen(shade, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(path)

    def _wanted(self) -> bool:
        layer = self._picture.layer
        on = self.session.settings.get(SHOW_CONTOURS)
        return on and layer is not None and layer.kind != "outcomes"

    def _wait(self) -> None:
        if self._rest.isActive():
            self._rest.start()

    def _ask(self) -> None:
        layer, valued = self._picture.layer, self._picture.entries >= FIRST
        if layer is not None and self._wanted():
            self._latest.ask(
                lambda: contour_lines(layer, valued),
                done=lambda lines: self._take(layer, lines),
            )

    def _take(self, layer: Layer, lines: _Lines) -> None:
        self._layer, self._lines, self._table = layer, lines, None
        if layer.values.size > _AT_ONCE:
            # It was found in a thread, not for this painting.
            self.repaint()

    def _shaded(self, layer: Layer) -> tuple[QPainterPath, ...]:
        """The lines on dark colours, and those on light ones."""
        dark = dark_on(self._picture.table)[FIRST:]
        parts: tuple[list[NDArray[np.float64]], ...] = ([], [])
        for level, line in self._lines:
            place = round((level - layer.low) / (layer.high - layer.low) * (len(dark) - 1))
            parts[int(dark[min(max(place, 0), len(dark) - 1)])].append(line)
        return tuple(_path(part) for part in parts)


def contour_lines(layer: Layer, valued: NDArray[np.bool_]) -> _Lines:
    """Lines of equal value at round numbers.

    Args:
        layer: whose.
        valued: `(rows, cols)` bool, the cells that have a value.

    Returns:
        For each level its lines, `(n, 2)` as x, y in cells, with a row of `nan` after each.
    """
    from contourpy import LineType, contour_generator

    if min(valued.shape) < 2 or not valued.any():
        return []
    generator = contour_generator(
        z=np.where(valued, layer.values, np.nan).astype(np.float64),
        name="serial",
        line_type=LineType.ChunkCombinedNan,
    )
    lines = []
    for level in _levels(layer):
        (points,) = generator.lines(level)[0]
        if points is not None:
            lines.append((level, np.vstack([points + 0.5, [[np.nan, np.nan]]])))
    return lines


def _levels(layer: Layer) -> list[float]:
    # Near the ends, and where differences vanish, rounding errors would draw lines.
    air = 0.005 * (layer.high - layer.low)
    inner = [
        level
        for level in ticks(layer.low, layer.high, most=_LEVELS)
        if layer.low + air < level < layer.high - air
    ]
    return [level for level in inner if layer.kind == "sequential" or abs(level) > air]


def _path(parts: list[NDArray[np.float64]]) -> QPainterPath:
    if not parts:
        return QPainterPath()
    points = np.concatenate(parts)
    path: QPainterPath = pg.arrayToQPath(points[:, 0], points[:, 1], connect="finite")
    return path
