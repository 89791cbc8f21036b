"""The colour bar beside the value view."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from vingui.core.phrases import counted, percent
from vingui.core.ticks import tick_labels, ticks
from vingui.core.value_colours import FIRST, UNREACHED
from vingui.core.value_layers import Layer
from vingui.gui.canvas.items.values import hatch_tile
from vingui.gui.canvas.picture import Picture
from vingui.gui.look.fields import named
from vingui.gui.session import Session

WIDTH: Final = 88

_TOP: Final = 16
_BOTTOM: Final = 56
"""Pixels above and below the bar. The swatch for cells without a value is below the bar."""

_LEFT: Final = 14
_BAR: Final = 14
_TICK: Final = 4
_TICK_ROOM: Final = 36
"""Pixels between two ticks, at least."""

_ENTRY: Final = 36
"""Height in pixels of an entry of the legend."""

_UNREACHED: Final = "not\nreached"


class ColourBar(QWidget):
    """A colour bar that marks the inspected cell's value, or the legend of the outcomes.

    Args:
        session: the inspected cell and the theme.
        picture: the picture whose colours are explained.
    """

    def __init__(self, session: Session, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.picture = picture
        self._scale: tuple[object, QPixmap] = ((), QPixmap())
        named(self, "colour-bar", "Colour bar", "")
        self.setFixedWidth(WIDTH)
        picture.changed.connect(self._on_picture_changed)
        session.inspected_changed.connect(self.update)
        session.theme.changed.connect(self.update)
        self._on_picture_changed()

    def _on_picture_changed(self) -> None:
        about = description(self.picture.layer)
        self.setToolTip(about)
        self.setAccessibleDescription(about)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the bar or the legend, and the value of the inspected cell."""
        painter = QPainter(self)
        layer = self.picture.layer
        painter.drawPixmap(0, 0, self._scale_of(layer))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if layer is not None and layer.kind != "outcomes":
            self._paint_inspected(painter, layer)

    def _scale_of(self, layer: Layer | None) -> QPixmap:
        """What stays the same while a run plays and while the mouse moves."""
        size, ratio = self.size(), self.devicePixelRatioF()
        shown = layer and (
            (layer.kind, layer.label, layer.low, layer.high, layer.categories, layer.counts)
        )
        key = shown, self.picture.table.tobytes(), self.session.theme.look, self.font(), size, ratio
        if self._scale[0] != key:
            pixmap = QPixmap(size * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(QColor(self.session.theme.look.window))
            if layer is not None:
                self._paint_scale(pixmap, layer)
            self._scale = key, pixmap
        return self._scale[1]

    def _paint_scale(self, pixmap: QPixmap, layer: Layer) -> None:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        if layer.kind == "outcomes":
            self._paint_legend(painter, layer)
        else:
            self._paint_bar(painter, layer)
            self._paint_ticks(painter, layer)
            self._paint_unreached(painter)
        painter.end()

    def _bar(self) -> QRectF:
        return QRectF(_LEFT, _TOP, _BAR, max(self.height() - _TOP - _BOTTOM, 1))

    def _y(self, layer: Layer, value: float) -> float:
        share = (value - layer.low) / (layer.high - layer.low)
        bar = self._bar()
        return bar.bottom() - min(max(share, 0.0), 1.0) * bar.height()

    def _paint_bar(self, painter: QPainter, layer: Layer) -> None:
        colours = np.ascontiguousarray(self.picture.table[: FIRST - 1 : -1])
        image = QImage(colours.data, 1, len(colours), 3, QImage.Format.Format_RGB888)
        painter.drawImage(self._bar(), image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.session.theme.look.border), 1))
        painter.drawRect(self._bar().adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_ticks(self, painter: QPainter, layer: Layer) -> None:
        look, bar = self.session.theme.look, self._bar()
        most = max(int(bar.height() // _TICK_ROOM), 2)
        numbers = ticks(layer.low, layer.high, most=most)
        left = bar.right() + 1
        height = QFontMetricsF(painter.font()).height()
        for number, label in zip(numbers, tick_labels(numbers), strict=True):
            y = round(self._y(layer, number)) + 0.5
            painter.setPen(QPen(QColor(look.muted), 1))
            painter.drawLine(QPointF(left, y), QPointF(left + _TICK, y))
            painter.setPen(QColor(look.text))
            area = QRectF(left + _TICK + 3, y - height / 2, self.width() - left, height)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, label)
        painter.save()
        painter.translate(self.width() - height / 2 - 1, bar.center().y())
        painter.rotate(-90)
        painter.setPen(QColor(look.muted))
        room = QRectF(-bar.height() / 2, -height / 2, bar.height(), height)
        label = QFontMetricsF(painter.font()).elidedText(
            layer.label, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, label)
        painter.restore()

    def _paint_inspected(self, painter: QPainter, layer: Layer) -> None:
        cell = self.session.inspected
        rows, cols = self.picture.entries.shape
        if cell is None or not (cell[0] < rows and cell[1] < cols):
            return
        if self.picture.entries[cell] < FIRST:
            return
        look, bar = self.session.theme.look, self._bar()
        y = self._y(layer, layer.value(cell))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.text))
        tip = bar.left() - 2
        painter.drawPolygon(
            QPolygonF([QPointF(tip, y), QPointF(tip - 7, y - 4.5), QPointF(tip - 7, y + 4.5)])
        )

    def _paint_unreached(self, painter: QPainter) -> None:
        look = self.session.theme.look
        swatch = QRectF(_LEFT, self.height() - 36, _BAR, _BAR)
        self._swatch(painter, swatch, UNREACHED, hatched=True)
        painter.setPen(QColor(look.muted))
        area = QRectF(swatch.right() + 8, swatch.top() - 8, self.width(), 30)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, _UNREACHED)

    def _paint_legend(self, painter: QPainter, layer: Layer) -> None:
        look = self.session.theme.look
        room = min(_ENTRY, (self.height() - 16) / len(layer.categories))
        height = QFontMetricsF(painter.font()).height()
        total = max(sum(layer.counts), 1)
        for label, (category, count) in enumerate(zip(layer.categories, layer.counts, strict=True)):
            top = _TOP - 4 + label * room
            swatch = QRectF(_LEFT - 4, top + 2, 12, 12)
            self._swatch(painter, swatch, FIRST + label, hatched=not category.colour)
            left = swatch.right() + 6
            area = QRectF(left, top, self.width() - left, height)
            painter.setPen(QColor(look.text if count else look.muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, percent(count / total))
            if room >= 2 * height:
                painter.setPen(QColor(look.muted))
                area.translate(0, height)
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, category.name)

    def _swatch(self, painter: QPainter, place: QRectF, entry: int, *, hatched: bool) -> None:
        look = self.session.theme.look
        painter.fillRect(place, QColor(*self.picture.table[entry].tolist()))
        if hatched:
            # The ratio of the painter's device, which may be finer than the screen's.
            ratio = painter.deviceTransform().m11()
            tile = hatch_tile(look.unreached_hatch, ratio)
            tile.setDevicePixelRatio(ratio)
            painter.drawTiledPixmap(place, tile)
        painter.setPen(QPen(QColor(look.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))


def description(layer: Layer | None) -> str:
    """Describe what a layer's colours mean."""
    if layer is None:
        return "Colour bar"
    if layer.kind != "outcomes":
        low, high = tick_labels([layer.low, layer.high])
        about = f"{layer.title}\nfrom {low} to {high} {layer.unit}".rstrip()
        return f"{about}\n{layer.note}" if layer.note else about
    total = max(sum(layer.counts), 1)
    lines = [
        f"{counted(count, 'cell')} ({percent(count / total)}) {category.about}"
        for category, count in zip(layer.categories, layer.counts, strict=True)
    ]
    return "\n".join([f"{layer.title}: as a start,", *lines])
