"""A picture with a rectangle around the crop, which the mouse or the keyboard changes."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vingui.gui.canvas.thumbnail import paint_outline

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

LEAST_SIDE: Final = 2
"""The smallest side of a crop in pixels: a map has at least two cells a side."""

_REACH: Final = 8.0
"""How close to an edge the mouse grabs it, in screen pixels."""

_MARGIN: Final = 4
"""Room around the picture for the handles on its edges."""

_HANDLE: Final = 7.0

_STEPS: Final = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}
_CTRL_STEPS: Final = 10

_Edges = tuple[bool, bool, bool, bool]
"""Which edges move: left, top, right, bottom."""

_ALL: Final = True, True, True, True
_FAR: Final = False, False, True, True


class CropView(QWidget):
    """A picture as large as there is room, with a rectangle on it.

    Args:
        shown: the picture, `(height, width)` uint8, possibly reduced.
        rows: the number of rows of the whole picture, in pixels.
        cols: the number of its columns.
        look: the colours of the rectangle.
        parent: the dialog.
    """

    changed = Signal(QRect)
    """The user changed the rectangle."""

    def __init__(
        self,
        shown: NDArray[np.uint8],
        *,
        rows: int,
        cols: int,
        look: "Look",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("crop-view")
        self.setAccessibleName("Picture with a rectangle around the part that is used")
        self.setToolTip(
            "Drag a rectangle around the part to use, or move it or its edges. "
            "Arrow keys move it, Shift with arrow keys resizes it, Ctrl makes larger steps, "
            "and Home selects the whole picture."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        height, width = shown.shape
        self._source = QImage(
            np.ascontiguousarray(shown).data, width, height, width, QImage.Format.Format_Grayscale8
        ).copy()
        self._scaled = QImage()
        self._whole = QRect(0, 0, cols, rows)
        self._crop = QRect(self._whole)
        self._look = look
        self._dragging = False
        self._grabbed: _Edges | None = None
        self._from = QPoint()
        self._before = QRect()

    @property
    def crop(self) -> QRect:
        """The part of the picture that is used, in pixels of the whole picture."""
        return QRect(self._crop)

    @property
    def whole(self) -> QRect:
        """The whole picture."""
        return QRect(self._whole)

    def set_crop(self, crop: QRect) -> None:
        """Show another crop, which has to be inside the picture, without emitting `changed`."""
        self._crop = QRect(crop)
        self.update()

    # Between the screen and the picture.

    def _picture_box(self) -> QRectF:
        room = QSize(self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN)
        size = self._whole.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(QPoint(0, 0), size.expandedTo(QSize(1, 1)))
        box.moveTo((self.width() - box.width()) // 2, (self.height() - box.height()) // 2)
        return QRectF(box)

    def position_of(self, x: int, y: int) -> QPointF:
        """The position in the widget of the upper left corner of a pixel of the picture."""
        box = self._picture_box()
        return QPointF(
            box.left() + x * box.width() / self._whole.width(),
            box.top() + y * box.height() / self._whole.height(),
        )

    def _pixel_at(self, where: QPointF) -> QPoint:
        """The pixel corner nearest to a position, outside the picture if the position is."""
        box = self._picture_box()
        x = (where.x() - box.left()) / box.width() * self._whole.width()
        y = (where.y() - box.top()) / box.height() * self._whole.height()
        return QPoint(round(x), round(y))

    def _crop_box(self) -> QRectF:
        crop = self._crop
        far = self.position_of(crop.left() + crop.width(), crop.top() + crop.height())
        return QRectF(self.position_of(crop.left(), crop.top()), far)

    def _edges_at(self, where: QPointF) -> _Edges | None:
        """Which edges a drag from here moves; `None` if it draws a new rectangle."""
        box = self._crop_box()
        if not box.adjusted(-_REACH, -_REACH, _REACH, _REACH).contains(where):
            return None
        left, right = _near(where.x(), box.left(), box.right())
        top, bottom = _near(where.y(), box.top(), box.bottom())
        if left or top or right or bottom:
            return left, top, right, bottom
        # The whole picture cannot be moved, so a drag inside it draws a rectangle.
        return None if self._crop == self._whole else _ALL

    # Mouse and keyboard.

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Grab the rectangle or its edges, or begin a new rectangle."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._dragging = True
        self._grabbed = self._edges_at(event.position())
        self._from = self._pixel_at(event.position())
        self._before = self.crop

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag what is grabbed."""
        to = self._pixel_at(event.position())
        if not self._dragging:
            self.setCursor(_cursor(self._edges_at(event.position())))
        elif self._grabbed is not None:
            self._change(self._moved(self._before, self._grabbed, to - self._from))
        else:
            left, right = sorted((self._from.x(), to.x()))
            top, bottom = sorted((self._from.y(), to.y()))
            drawn = QRect(left, top, right - left, bottom - top).intersected(self._whole)
            # A click with an unsteady hand draws nothing.
            if min(drawn.width(), drawn.height()) >= LEAST_SIDE:
                self._change(drawn)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End the drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move or resize the rectangle, or select the whole picture."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Home:
            self._change(self.whole)
        elif key in _STEPS:
            step = max(1, round(self._whole.width() / self._picture_box().width()))
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                step *= _CTRL_STEPS
            resize = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._change(self._moved(self._crop, _FAR if resize else _ALL, _STEPS[key] * step))
        else:
            super().keyPressEvent(event)

    def _moved(self, crop: QRect, edges: _Edges, by: QPoint) -> QRect:
        """Move edges of a crop as far as its other edges and the picture allow."""
        left, top, right, bottom = edges
        x = _limited(by.x(), (left, right), crop.left(), crop.width(), self._whole.width())
        y = _limited(by.y(), (top, bottom), crop.top(), crop.height(), self._whole.height())
        return crop.adjusted(x * left, y * top, x * right, y * bottom)

    def _change(self, crop: QRect) -> None:
        if crop != self._crop:
            self.set_crop(crop)
            self.changed.emit(crop)

    # Painting.

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture, dim what is not used, and draw the rectangle."""
        painter = QPainter(self)
        box, crop = self._picture_box(), self._crop_box()
        painter.drawImage(box, self._image(box.size().toSize() * self.devicePixelRatioF()))
        veil = QColor(self._look.panel)
        veil.setAlphaF(0.72)
        unused = QPainterPath()
        unused.addRect(box)
        unused.addRect(crop)
        painter.fillPath(unused, veil)
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        paint_outline(painter, self._look, crop, width=4.0 if self.hasFocus() else 1.5)
        painter.setPen(QPen(QColor(self._look.halo), 1))
        painter.setBrush(QColor(self._look.accent))
        handle = QRectF(0, 0, _HANDLE, _HANDLE)
        for x in (0.0, 0.5, 1.0):
            for y in (0.0, 0.5, 1.0):
                if (x, y) != (0.5, 0.5):
                    at = QPointF(x * crop.width(), y * crop.height())
                    handle.moveCenter(crop.topLeft() + at)
                    painter.drawRect(handle)

    def _image(self, size: QSize) -> QImage:
        if self._scaled.size() != size:
            # The pixels of a small picture are cells, which stay sharp.
            enlarged = size.width() > self._source.width()
            mode = Qt.TransformationMode
            self._scaled = self._source.scaled(
                size,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                mode.FastTransformation if enlarged else mode.SmoothTransformation,
            )
        return self._scaled


def _near(where: float, low: float, high: float) -> tuple[bool, bool]:
    """Whether a position is near the low and the high one of two edges; never near both."""
    to_low, to_high = abs(where - low), abs(where - high)
    near = min(to_low, to_high) <= min(_REACH, (high - low) / 3 + 2)
    return near and to_low <= to_high, near and to_low > to_high


def _limited(by: int, moves: tuple[bool, bool], low: int, length: int, limit: int) -> int:
    """How far the edges at `low` and `low + length` can move between 0 and `limit`."""
    least = -low if moves[0] else LEAST_SIDE - length
    most = limit - low - length if moves[1] else length - LEAST_SIDE
    return min(max(by, least), most)


def _cursor(edges: _Edges | None) -> Qt.CursorShape:
    if edges is None:
        return Qt.CursorShape.CrossCursor
    left, top, right, bottom = edges
    if all(edges):
        return Qt.CursorShape.SizeAllCursor
    if not (top or bottom):
        return Qt.CursorShape.SizeHorCursor
    if not (left or right):
        return Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeFDiagCursor if left == top else Qt.CursorShape.SizeBDiagCursor
