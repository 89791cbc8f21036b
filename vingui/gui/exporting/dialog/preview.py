"""The preview of the picture to be exported."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from vingui.gui.look.theme import Theme

_SQUARE: Final = 8
_PATIENCE_MS: Final = 250
"""Milliseconds that a picture may take before a busy bar is shown."""


class PicturePreview(QWidget):
    """Shows a picture, reduced if it does not fit, or a text.

    Args:
        theme: the colours.

    Attributes:
        image: the picture.
        text: what is shown instead of the picture.
        busy: whether another picture is being drawn.
    """

    def __init__(self, theme: "Theme") -> None:
        super().__init__()
        self.setObjectName("drawing")
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self._theme = theme
        self.image = QImage()
        self.text = ""
        self.busy = False
        self._fitted: tuple[QSize, QImage] | None = None
        self._bar = QProgressBar()
        self._bar.setAccessibleName("Drawing")
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(96, 8)
        self._bar.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._bar.show)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a figure of two panels."""
        return QSize(440, 360)

    def show_image(self, image: QImage) -> None:
        """Show a picture, and stop waiting for one."""
        self.image, self._fitted = image, None
        self.show_text("")

    def show_text(self, text: str) -> None:
        """Show a text, such as why there is no picture, and stop waiting for one."""
        self.text, self.busy = text, False
        self.setAccessibleDescription(text)
        self._patience.stop()
        self._bar.hide()
        self.update()

    def wait(self) -> None:
        """Wait for a picture; show a busy bar if it takes long."""
        self.text = ""
        if not self.busy:
            self.busy = True
            self._patience.start()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the text, or else the picture."""
        look = self._theme.look
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(look.border), 1))
            painter.setBrush(QColor(look.window))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            if self.text:
                wrap = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
                painter.setPen(QColor(look.text))
                painter.drawText(self.rect().adjusted(32, 16, -32, -16), wrap, self.text)
            elif not self.image.isNull():
                self._draw_image(painter)

    def _draw_image(self, painter: QPainter) -> None:
        picture = self._fit()
        size = picture.deviceIndependentSize()
        dpr = picture.devicePixelRatio()
        # At whole device pixels, or the cells' edges would be blurred.
        left = round((self.width() - size.width()) / 2 * dpr) / dpr
        top = round((self.height() - size.height()) / 2 * dpr) / dpr
        box = QRectF(left, top, size.width(), size.height())
        # Visible behind a picture with a transparent background.
        painter.drawTiledPixmap(box, _squares())
        painter.drawImage(box.topLeft(), picture)

    def _fit(self) -> QImage:
        """Return the picture reduced to the widget's size; cached until either changes."""
        dpr = self.devicePixelRatioF()
        room = (self.size() - QSize(24, 24)) * dpr
        if self._fitted is None or self._fitted[0] != room:
            fitted = self.image
            if fitted.width() > room.width() or fitted.height() > room.height():
                keep = Qt.AspectRatioMode.KeepAspectRatio
                smooth = Qt.TransformationMode.SmoothTransformation
                fitted = fitted.scaled(room, keep, smooth)
            else:
                fitted = fitted.copy()
            fitted.setDevicePixelRatio(dpr)
            self._fitted = room, fitted
        return self._fitted[1]


def _squares() -> QPixmap:
    """Return a tile of the pattern that shows through transparent pictures."""
    tile = QPixmap(2 * _SQUARE, 2 * _SQUARE)
    tile.fill(QColor("#ffffff"))
    with QPainter(tile) as painter:
        for place in (0, _SQUARE):
            painter.fillRect(place, _SQUARE - place, _SQUARE, _SQUARE, QColor("#e2e2e2"))
    return tile
