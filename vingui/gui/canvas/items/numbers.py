"""The values as numbers, in cells that are large enough to hold them."""

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vingui.core.ticks import minus
from vingui.core.tint import FIRST, dark_on
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.settings import SHOW_ARROWS, SHOW_NUMBERS

if TYPE_CHECKING:
    from vingui.gui.canvas.value_view import ValueView

LEAST_CELL: Final = 28.0
"""Pixels of the smallest cell that has a number."""

_MOST_KEPT: Final = 4096
_SMALLEST: Final = 8
_LARGEST: Final = 15
_LIGHT: Final = QColor(255, 255, 255, 235)
_DARK: Final = QColor(16, 18, 24, 225)


class Numbers(CanvasItem):
    """The number of each cell in view; below the middle where arrows are shown too."""

    def __init__(self, view: "ValueView") -> None:
        super().__init__(view)
        self._picture = view.picture
        self._texts: dict[str, tuple[QStaticText, float, float]] = {}
        self._font = QFont()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the numbers."""
        layer, scale = self._picture.layer, self.view.camera.scale
        shown = self.session.settings.get(SHOW_NUMBERS) and layer is not None
        if not shown or layer is None or layer.kind == "outcomes" or scale < LEAST_CELL:
            return
        top, left, bottom, right = self.view.visible_cells()
        entries = self._picture.entries[top:bottom, left:right]
        numbered = entries >= FIRST
        grid = self.session.document.grid
        for row, col in (*grid.starts, *([grid.goal] if grid.goal else [])):
            # Their markers would cover all but the ends of the numbers.
            if top <= row < bottom and left <= col < right:
                numbered[row - top, col - left] = False
        rows, cols = np.nonzero(numbered)
        if not rows.size:
            return
        numbers = layer.values[top + rows, left + cols].tolist()
        low = self.session.settings.get(SHOW_ARROWS)
        texts = self._fitting(numbers, scale * (0.24 if low else 0.32))
        dark = dark_on(self._picture.table)[entries[rows, cols]]
        x, y = (left + cols + 0.5) * scale, (top + rows + (0.98 if low else 0.5)) * scale
        painter.scale(self.pixel, self.pixel)
        painter.setFont(self._font)
        for shade, chosen in ((_LIGHT, ~dark), (_DARK, dark)):
            painter.setPen(shade)
            for number in np.flatnonzero(chosen).tolist():
                text, width, height = self._static(texts[number])
                above = height if low else height / 2
                place = QPointF(round(x[number] - width / 2), round(y[number] - above))
                painter.drawStaticText(place, text)

    def _fitting(self, numbers: list[float], height: float) -> list[str]:
        """The numbers in words, with as many decimals as there is room for."""
        size = min(max(round(height), _SMALLEST), _LARGEST)
        room = self.view.camera.scale - 3
        for decimals in (2, 1, 0):
            texts = [minus(f"{number:.{decimals}f}") for number in numbers]
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
        """A text laid out, and its width and height in pixels."""
        if text not in self._texts:
            if len(self._texts) >= _MOST_KEPT:
                self._texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(QTransform(), self._font)
            self._texts[text] = static, static.size().width(), static.size().height()
        return self._texts[text]
