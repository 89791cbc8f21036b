"""A picture with the part of it that is taken: a rectangle to drag, by mouse or by keys."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

LEAST_SIDE: Final = 2
"""Pixels of the smallest part: a map has two cells a side or more."""

_REACH: Final = 8.0
"""How near to an edge the mouse takes hold of it, in pixels of the screen."""

_MARGIN: Final = 4
"""Room around the picture for the handles on its edges."""

_HANDLE: Final = 7.0
"""The side of a corner's handle."""

_STEPS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_MANY: Final = 10
"""Steps of a key with Ctrl."""

_MOVE: Final = (2, 2)
_DRAW: Final = (3, 3)
_CURSORS: Final = {
    (0, 0): Qt.CursorShape.CrossCursor,
    _DRAW: Qt.CursorShape.CrossCursor,
    _MOVE: Qt.CursorShape.SizeAllCursor,
    (-1, 0): Qt.CursorShape.SizeVerCursor,
    (1, 0): Qt.CursorShape.SizeVerCursor,
    (0, -1): Qt.CursorShape.SizeHorCursor,
    (0, 1): Qt.CursorShape.SizeHorCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
}


class CropView(QWidget):
    """A picture as large as there is room, with a rectangle on it.

    Args:
        shown: the picture, `(height, width)` uint8, perhaps reduced.
        rows: the pixels of the whole picture, downwards.
        cols: the same, across.
        look: the colours of the rectangle.
        parent: the dialog.
    """

    changed = Signal()
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
        self.setAccessibleName("Picture with the part that is taken")
        self.setToolTip(
            "Drag a rectangle around the part to take, or its edges, or the rectangle itself. "
            "Arrow keys move it, with Shift they change its size, Home takes the whole picture."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        height, width = shown.shape
        self._source = QImage(
            np.ascontiguousarray(shown).data, width, height, width, QImage.Format.Format_Grayscale8
        ).copy()
        self._whole = QRect(0, 0, cols, rows)
        self._crop = QRect(self._whole)
        self._look = look
        self._scaled: QImage | None = None
        self._grip: tuple[int, int] | None = None
        self._from = QPoint()
        self._before = QRect()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room enough to make out a floor plan."""
        return QSize(420, 300)

    @property
    def crop(self) -> QRect:
        """The part that is taken, in pixels of the whole picture."""
        return QRect(self._crop)

    @property
    def whole(self) -> QRect:
        """All of the picture."""
        return QRect(self._whole)

    def set_crop(self, crop: QRect) -> None:
        """Take another part, as far as it lies in the picture; tells nobody."""
        size = crop.size().expandedTo(QSize(LEAST_SIDE, LEAST_SIDE)).boundedTo(self._whole.size())
        self._crop = _kept_inside(QRect(crop.topLeft(), size), self._whole)
        self.update()

    # Between the screen and the picture.

    def picture_rect(self) -> QRectF:
        """Where the picture is in the widget."""
        room = QSize(self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN)
        size = self._whole.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        size = size.expandedTo(QSize(1, 1))
        return QRectF(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )

    def position_of(self, x: int, y: int) -> QPointF:
        """Where the upper left corner of a pixel of the picture is in the widget."""
        box = self.picture_rect()
        return QPointF(
            box.left() + x * box.width() / self._whole.width(),
            box.top() + y * box.height() / self._whole.height(),
        )

    def _pixel_at(self, where: QPointF) -> QPoint:
        box = self.picture_rect()
        x = round((where.x() - box.left()) / box.width() * self._whole.width())
        y = round((where.y() - box.top()) / box.height() * self._whole.height())
        return QPoint(min(max(x, 0), self._whole.width()), min(max(y, 0), self._whole.height()))

    def _crop_box(self) -> QRectF:
        corner = self._crop.topLeft() + QPoint(self._crop.width(), self._crop.height())
        return QRectF(
            self.position_of(self._crop.left(), self._crop.top()),
            self.position_of(corner.x(), corner.y()),
        )

    def _grip_at(self, where: QPointF) -> tuple[int, int]:
        """What the mouse takes hold of: an edge or corner as -1 or 1 down and across, or more."""
        box = self._crop_box()
        if not box.adjusted(-_REACH, -_REACH, _REACH, _REACH).contains(where):
            return _DRAW
        grip = (
            _nearer(where.y(), box.top(), box.bottom()),
            _nearer(where.x(), box.left(), box.right()),
        )
        if grip != (0, 0):
            return grip
        # The whole picture cannot be moved: a drag inside it chooses a part.
        return _DRAW if self._crop == self._whole else _MOVE

    # What the user does.

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the rectangle, or begin another one."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._grip = self._grip_at(event.position())
        self._from = self._pixel_at(event.position())
        self._before = QRect(self._crop)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag what was taken hold of."""
        if self._grip is None:
            self.setCursor(_CURSORS[self._grip_at(event.position())])
        else:
            self._drag(self._grip, self._pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move the rectangle, change its size, or take the whole picture."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Home:
            self._become(self._whole)
        elif key in _STEPS:
            modifiers = event.modifiers()
            many = _MANY if modifiers & Qt.KeyboardModifier.ControlModifier else 1
            step = many * max(1, round(self._whole.width() / self.picture_rect().width()))
            down, across = (part * step for part in _STEPS[key])
            if modifiers & Qt.KeyboardModifier.ShiftModifier:
                size = self._crop.size() + QSize(across, down)
                size = size.boundedTo(
                    QSize(
                        self._whole.width() - self._crop.left(),
                        self._whole.height() - self._crop.top(),
                    )
                )
                self._become(QRect(self._crop.topLeft(), size))
            else:
                self._become(self._crop.translated(across, down))
        else:
            super().keyPressEvent(event)

    def _drag(self, grip: tuple[int, int], to: QPoint) -> None:
        before = self._before
        if grip == _MOVE:
            self._become(before.translated(to - self._from))
            return
        if grip == _DRAW:
            top, bottom = sorted((self._from.y(), to.y()))
            left, right = sorted((self._from.x(), to.x()))
            # A click that trembles chooses nothing.
            if min(bottom - top, right - left) >= LEAST_SIDE:
                self._become(QRect(left, top, right - left, bottom - top))
            return
        by = to - self._from
        top, bottom = _moved(before.top(), before.height(), grip[0], by.y(), self._whole.height())
        left, right = _moved(before.left(), before.width(), grip[1], by.x(), self._whole.width())
        self._become(QRect(left, top, right - left, bottom - top))

    def _become(self, crop: QRect) -> None:
        before = self.crop
        self.set_crop(crop)
        if self._crop != before:
            self.changed.emit()

    # How it looks.

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show that the keys are the rectangle's."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show that they are not."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture, dim what is left out, and draw the rectangle."""
        painter = QPainter(self)
        box = self.picture_rect()
        painter.drawImage(box, self._image(box.size().toSize()))
        crop = self._crop_box()
        veil = QColor(self._look.panel)
        veil.setAlphaF(0.72)
        painter.setClipRect(box)
        for part in _around(box, crop):
            painter.fillRect(part, veil)
        painter.setClipping(False)
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._draw_rectangle(painter, crop)

    def _draw_rectangle(self, painter: QPainter, crop: QRectF) -> None:
        width = 4.0 if self.hasFocus() else 1.5
        for colour, pen_width in ((self._look.halo, width + 2), (self._look.accent, width)):
            pen = QPen(QColor(colour), pen_width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(crop)
        painter.setPen(QPen(QColor(self._look.halo), 1))
        painter.setBrush(QColor(self._look.accent))
        handle = QRectF(0, 0, _HANDLE, _HANDLE)
        middle = crop.center()
        for x in (crop.left(), middle.x(), crop.right()):
            for y in (crop.top(), middle.y(), crop.bottom()):
                if (x, y) != (middle.x(), middle.y()):
                    handle.moveCenter(QPointF(x, y))
                    painter.drawRect(handle)

    def _image(self, size: QSize) -> QImage:
        wanted = size * self.devicePixelRatioF()
        if self._scaled is None or self._scaled.size() != wanted:
            # Pixels of a small picture are cells: they stay sharp.
            grows = wanted.width() > self._source.width()
            self._scaled = self._source.scaled(
                wanted,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.FastTransformation
                if grows
                else Qt.TransformationMode.SmoothTransformation,
            )
        return self._scaled


def _nearer(where: float, low: float, high: float) -> int:
    """Whether a place is at the low edge (-1), at the high one (1) or at neither (0)."""
    if min(abs(where - low), abs(where - high)) > min(_REACH, (high - low) / 3 + 2):
        return 0
    return -1 if abs(where - low) <= abs(where - high) else 1


def _moved(low: int, length: int, grip: int, by: int, limit: int) -> tuple[int, int]:
    """Two edges, of which one is dragged as far as the other and the picture allow."""
    high = low + length
    if grip < 0:
        return min(max(low + by, 0), high - LEAST_SIDE), high
    return (low, max(min(high + by, limit), low + LEAST_SIDE)) if grip > 0 else (low, high)


def _kept_inside(crop: QRect, whole: QRect) -> QRect:
    left = min(max(crop.left(), 0), whole.width() - crop.width())
    top = min(max(crop.top(), 0), whole.height() - crop.height())
    return QRect(QPoint(left, top), crop.size())


def _around(box: QRectF, hole: QRectF) -> tuple[QRectF, ...]:
    """What is left of a box around a hole in it."""
    return (
        QRectF(box.left(), box.top(), box.width(), hole.top() - box.top()),
        QRectF(box.left(), hole.bottom(), box.width(), box.bottom() - hole.bottom()),
        QRectF(box.left(), hole.top(), hole.left() - box.left(), hole.height()),
        QRectF(hole.right(), hole.top(), box.right() - hole.right(), hole.height()),
    )
