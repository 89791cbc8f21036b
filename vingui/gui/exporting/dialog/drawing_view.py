"""A picture that is being drawn elsewhere: the last one, whether another is coming, what failed."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from vingui.gui.look.theme import Theme

_SQUARE: Final = 8
_TURN_MS: Final = 60
_TURN: Final = 30
_PATIENCE_MS: Final = 250
"""How long a picture may take before it is shown that one is coming."""


class DrawingView(QWidget):
    """Shows a picture as large as there is room, never larger than it is.

    Args:
        theme: whose colours it takes.
    """

    def __init__(self, theme: "Theme") -> None:
        super().__init__()
        self.setObjectName("drawing")
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self._theme = theme
        self._image = QImage()
        self._kept: tuple[QSize, QImage] | None = None
        self._clear = False
        self._text = ""
        self._angle = 0
        self._busy = False
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._turning.start)
        theme.changed.connect(self.update)

    @property
    def image(self) -> QImage:
        """The picture."""
        return self._image

    @property
    def text(self) -> str:
        """What is said instead of the picture, or over it."""
        return self._text

    @property
    def busy(self) -> bool:
        """Whether another picture is coming."""
        return self._busy

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a figure of two panels."""
        return QSize(440, 360)

    def show_image(self, image: QImage, *, clear: bool = False) -> None:
        """Show a picture; nothing is coming any more.

        Args:
            image: the picture.
            clear: whether one can see through it.
        """
        self._image, self._kept, self._clear = image, None, clear
        self.say("")

    def say(self, text: str) -> None:
        """Say something, also why there is no picture; nothing is coming any more."""
        self._text, self._busy = text, False
        self.setAccessibleDescription(text)
        self._patience.stop()
        self._turning.stop()
        self.update()

    def wait(self, text: str = "") -> None:
        """Show that a picture is coming, if it takes long."""
        self._text = text
        if not self._busy:
            self._busy = True
            if self.isVisible():
                self._patience.start()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Go on turning."""
        super().showEvent(event)
        if self._busy:
            self._patience.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing turns unseen."""
        super().hideEvent(event)
        self._patience.stop()
        self._turning.stop()

    def _turn(self) -> None:
        self._angle = (self._angle - _TURN) % 360
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture, and over it what there is to say."""
        look = self._theme.look
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(look.border), 1))
            painter.setBrush(QColor(look.window))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            if not self._image.isNull():
                self._draw_image(painter)
            if self._turning.isActive():
                self._draw_spinner(painter)
            if self._text:
                self._draw_text(painter)

    def _draw_image(self, painter: QPainter) -> None:
        picture = self._fitted()
        size = picture.deviceIndependentSize()
        dpr = picture.devicePixelRatio()
        # Whole device pixels, or the cells' edges would be blurred.
        left = round((self.width() - size.width()) / 2 * dpr) / dpr
        top = round((self.height() - size.height()) / 2 * dpr) / dpr
        box = QRectF(left, top, size.width(), size.height())
        painter.setOpacity(0.4 if self._text else 1.0)
        if self._clear:
            _draw_squares(painter, box)
        painter.drawImage(box.topLeft(), picture)
        painter.setOpacity(1.0)

    def _fitted(self) -> QImage:
        """The picture as large as there is room, kept until either changes."""
        dpr = self.devicePixelRatioF()
        room = (self.size() - QSize(24, 24)) * dpr
        if self._kept is None or self._kept[0] != room:
            fitted = self._image
            if fitted.width() > room.width() or fitted.height() > room.height():
                keep = Qt.AspectRatioMode.KeepAspectRatio
                smooth = Qt.TransformationMode.SmoothTransformation
                fitted = fitted.scaled(room, keep, smooth)
            else:
                fitted = fitted.copy()
            fitted.setDevicePixelRatio(dpr)
            self._kept = room, fitted
        return self._kept[1]

    def _draw_spinner(self, painter: QPainter) -> None:
        look = self._theme.look
        box = QRectF(self.width() - 36, 12, 24, 24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.raised))
        painter.drawEllipse(box.adjusted(-4, -4, 4, 4))
        for colour, span in ((look.border, 360), (look.accent, 90)):
            pen = QPen(QColor(colour), 2.5)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(box.adjusted(2, 2, -2, -2), 16 * self._angle, 16 * span)

    def _draw_text(self, painter: QPainter) -> None:
        look = self._theme.look
        wrap = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        room = QRectF(self.rect()).adjusted(32, 16, -32, -16)
        box = QRectF(painter.boundingRect(room, wrap, self._text)).adjusted(-12, -8, 12, 8)
        painter.setPen(QPen(QColor(look.border), 1))
        painter.setBrush(QColor(look.raised))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(look.text))
        painter.drawText(box, wrap, self._text)


def _draw_squares(painter: QPainter, box: QRectF) -> None:
    """What is behind a transparent picture."""
    painter.save()
    painter.setClipRect(box)
    painter.fillRect(box, QColor("#ffffff"))
    for row in range(int(box.height()) // _SQUARE + 1):
        for col in range(row % 2, int(box.width()) // _SQUARE + 1, 2):
            left, top = box.left() + col * _SQUARE, box.top() + row * _SQUARE
            painter.fillRect(QRectF(left, top, _SQUARE, _SQUARE), QColor("#e2e2e2"))
    painter.restore()
