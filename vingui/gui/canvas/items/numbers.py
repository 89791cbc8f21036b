"""The values as numbers, in cells that are large enough."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText, QTransform

from vingui.core.ticks import minus
from vingui.core.value_colours import FIRST, dark_on
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.canvas.legibility import shows_arrows, shows_numbers
from vingui.gui.canvas.picture import Picture
from vingui.gui.settings import SHOW_CONTOURS, SHOW_TRAJECTORIES

_LOW: Final = 0.98
"""The lower end, as a fraction of the cell's height, of a number below other items."""

_BACKGROUND_ALPHA: Final = 215
"""The opacity, out of 255, of the background of a number."""

_MOST_TEXTS: Final = 4096
_SMALLEST: Final = 8
_LARGEST: Final = 15
_LIGHT: Final = QColor(255, 255, 255, 235)
_DARK: Final = QColor(16, 18, 24, 225)


class Numbers(CanvasItem):
    """The number of each visible cell, with a background in the cell's colour where lines cross it.

    It is at the bottom of the cell if arrows, trajectories or a marker are in the middle.
    """

    def __init__(self, view: GridView, picture: Picture) -> None:
        super().__init__(view)
        self._picture = picture
        self._texts: dict[str, tuple[QStaticText, float, float]] = {}
        self._font = QFont()

    def draw(self, painter: QPainter) -> None:
        """Paint the numbers."""
        layer, scale = self._picture.layer, self.view.camera.scale
        if layer is None or not shows_numbers(self.view, self._picture):
            return
        top, left, bottom, right = self.view.visible_cells()
        entries = self._picture.entries[top:bottom, left:right]
        rows, cols = np.nonzero(entries >= FIRST)
        if not rows.size:
            return
        low = self._low(top + rows, left + cols)
        values = layer.values_of(slice(top, bottom), slice(left, right))
        if values is None:
            # They are being coloured anew, and painted then.
            return
        numbers = values[rows, cols].tolist()
        texts = self._fitting(numbers, scale * (0.24 if low.any() else 0.32))
        colours = self._picture.table[entries[rows, cols]].tolist()
        dark = dark_on(self._picture.table)[entries[rows, cols]]
        x, y = (left + cols + 0.5) * scale, (top + rows + np.where(low, _LOW, 0.5)) * scale
        crossed = self._crossed(top, left, bottom, right)[rows, cols]
        painter.scale(self.pixel, self.pixel)
        painter.setFont(self._font)
        for shade, chosen in ((_LIGHT, ~dark), (_DARK, dark)):
            painter.setPen(shade)
            for number in np.flatnonzero(chosen).tolist():
                text, width, height = self._static(texts[number])
                above = height if low[number] else height / 2
                place = QPointF(round(x[number] - width / 2), round(y[number] - above))
                if crossed[number]:
                    background = QColor(*colours[number])
                    background.setAlpha(_BACKGROUND_ALPHA)
                    upper = place.y() + 0.12 * height
                    area = QRectF(place.x() - 1, upper, width + 2, 0.8 * height)
                    painter.fillRect(area, background)
                painter.drawStaticText(place, text)

    def _crossed(self, top: int, left: int, bottom: int, right: int) -> NDArray[np.bool_]:
        """Which of the cells of a box are crossed by lines: bool of its shape."""
        settings = self.session.settings
        crossed = np.full((bottom - top, right - left), settings.get(SHOW_CONTOURS))
        if settings.get(SHOW_TRAJECTORIES):
            for trajectory in self.session.trajectories:
                rows, cols = trajectory.path.T
                inside = (rows >= top) & (rows < bottom) & (cols >= left) & (cols < right)
                crossed[rows[inside] - top, cols[inside] - left] = True
        return crossed

    def _low(self, rows: NDArray[np.intp], cols: NDArray[np.intp]) -> NDArray[np.bool_]:
        """`(n,)` bool: which cells have their number at the bottom."""
        grid, settings = self.session.document.grid, self.session.settings
        has_trajectories = settings.get(SHOW_TRAJECTORIES) and self.session.trajectories
        if shows_arrows(self.view) or has_trajectories:
            return np.ones(rows.size, bool)
        low = np.zeros(rows.size, bool)
        for row, col in (*grid.starts, *grid.goals):
            low |= (rows == row) & (cols == col)
        return low

    def _fitting(self, numbers: list[float], height: float) -> list[str]:
        """Format the numbers with as many decimals as fit."""
        size = min(max(round(height), _SMALLEST), _LARGEST)
        room = self.view.camera.scale - 3
        for decimals in (2, 1, 0):
            texts = [minus(f"{number:z.{decimals}f}") for number in numbers]
            font = QFont(self.view.font())
            font.setPixelSize(size)
            longest = max(texts, key=len)
            if QFontMetricsF(font).horizontalAdvance(longest) <= room:
                break
        if font != self._font:
            self._font = font
            self._texts.clear()
        return texts

    def _static(self, text: str) -> tuple[QStaticText, float, float]:
        """Lay out a text; return it with its width and height in pixels."""
        if text not in self._texts:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(QTransform(), self._font)
            self._texts[text] = static, static.size().width(), static.size().height()
        return self._texts[text]
