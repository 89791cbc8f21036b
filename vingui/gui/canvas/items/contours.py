"""Contour lines of the values."""

from dataclasses import replace
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from vingui.core.contours import Lines, contour_lines, split_by_shade
from vingui.core.value_colours import FIRST, dark_on
from vingui.core.value_layers import Layer
from vingui.gui.background import Latest
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.canvas.picture import Picture
from vingui.gui.settings import SHOW_CONTOURS

_AT_ONCE: Final = 40_000
"""Cells of the largest map whose contours are computed at once, also during playback."""

_PAUSE: Final = 120
"""Milliseconds without a change after which the contours of larger maps are computed."""

_SHADES: Final = (QColor(255, 255, 255, 210), QColor(16, 18, 24, 190))


class Contours(CanvasItem):
    """Contour lines at round values, between the middles of cells that have a value."""

    def __init__(self, view: GridView, picture: Picture) -> None:
        super().__init__(view)
        self._picture = picture
        self._layer: Layer | None = None
        self._lines: Lines = []
        self._paths: tuple[QPainterPath, ...] = ()
        self._table: NDArray[np.uint8] | None = None
        self._latest = Latest(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._request)
        picture.changed.connect(self._restart_pause)

    def draw(self, painter: QPainter) -> None:
        """Paint the contours of the current layer, if they are known."""
        layer = self._picture.layer
        if layer is None or not self._wanted():
            return
        at_once = self.view.offscreen or self._picture.entries.size <= _AT_ONCE
        if layer is not self._layer and at_once:
            self._set_lines(layer, contour_lines(layer, self._picture.entries >= FIRST))
        if layer is not self._layer:
            if not (self._pause.isActive() or self._latest.busy):
                self._pause.start()
            return
        if self._table is not self._picture.table:
            self._table = self._picture.table
            self._paths = self._shaded(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, path in zip(_SHADES, self._paths, strict=True):
            # Qt paints lines of exactly this width twenty times as fast as wider ones.
            pen = QPen(shade, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(path)

    def _wanted(self) -> bool:
        layer = self._picture.layer
        on = self.session.settings.get(SHOW_CONTOURS)
        return on and layer is not None and layer.kind != "outcomes"

    def _restart_pause(self) -> None:
        if self._pause.isActive():
            self._pause.start()

    def _request(self) -> None:
        layer, valued = self._picture.layer, self._picture.entries >= FIRST
        if layer is not None and self._wanted():
            # With its values, since a run belongs to the window's thread.
            known = replace(layer, source=layer.values)
            self._latest.submit(
                lambda: contour_lines(known, valued),
                on_done=lambda lines: self._set_lines(layer, lines),
            )

    def _set_lines(self, layer: Layer, lines: Lines) -> None:
        self._layer, self._lines, self._table = layer, lines, None
        if self._picture.entries.size > _AT_ONCE:
            # The lines were computed in a thread, so they are not painted yet.
            self.repaint()

    def _shaded(self, layer: Layer) -> tuple[QPainterPath, ...]:
        """The paths of the lines on dark colours and of those on light colours."""
        dark = dark_on(self._picture.table)[FIRST:]
        return tuple(_path(points) for points in split_by_shade(self._lines, layer, dark))


def _path(points: NDArray[np.float64]) -> QPainterPath:
    if not points.size:
        return QPainterPath()
    path: QPainterPath = pg.arrayToQPath(points[:, 0], points[:, 1], connect="finite")
    return path
