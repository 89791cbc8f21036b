"""The scrubber: a slider over the iterations, whose handle is the playhead."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QSlider,
    QToolTip,
    QWidget,
)

from vingui.gui.look.theme import Theme
from vingui.gui.playback.playback import Playback
from vingui.gui.settings import ITERATIONS, Settings

_HANDLE: Final = 7.0
_GROOVE: Final = 4.0
_FADE: Final = 36.0
_NOTCH: Final = 120
_PAGE: Final = 10


class Scrubber(QSlider):
    """A slider over the iterations from 1 to the last, whose handle is the playhead.

    The part that is not computed yet is a thinner line. While K is unknown, the line fades out at
    its end.
    """

    def __init__(
        self,
        playback: Playback,
        settings: Settings,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._playback = playback
        self._settings = settings
        self._theme = theme
        self._wheel = 0
        self.setObjectName("scrubber")
        self.setAccessibleName("Iteration")
        self.setToolTip("Click or drag to show another iteration")
        self.setMouseTracking(True)
        self.setMinimumHeight(24)
        self.valueChanged.connect(self._playback.seek)
        self._theme.changed.connect(self.update)

    def sync(self) -> None:
        """Show the state of playback."""
        last = self._playback.last
        planned = 0 if self._playback.finished else self._settings.get(ITERATIONS)
        with QSignalBlocker(self):
            self.setRange(1, max(last, planned, 1))
            self.setValue(self._playback.k)
        self.update()

    def k_at(self, x: float) -> int:
        """The iteration at a horizontal position in pixels."""
        share = (x - _HANDLE) / max(self.width() - 2 * _HANDLE, 1.0)
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def x_of(self, k: int) -> float:
        """The horizontal position in pixels of iteration k."""
        share = (k - self.minimum()) / max(self.maximum() - self.minimum(), 1)
        # A run of one iteration is drawn at its end.
        share = share if self.maximum() > self.minimum() else 1.0
        return _HANDLE + share * (self.width() - 2 * _HANDLE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the planned, computed and played parts of the line, and the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        look, y = self._theme.look, self.height() / 2
        end = self.width() - _HANDLE
        self._draw_line(painter, end, thickness=2.0, colour=QColor(look.border))
        if not self.isEnabled():
            return
        computed = self.x_of(self._playback.last)
        groove = QColor(look.muted)
        groove.setAlphaF(0.55)
        fades = not self._playback.finished and self._playback.last == self.maximum()
        self._draw_line(painter, computed, thickness=_GROOVE, colour=groove, fades=fades)
        accent = QColor(look.accent)
        x = self.x_of(self._playback.k)
        self._draw_line(painter, x, thickness=_GROOVE, colour=accent)
        if self.hasFocus() or self.underMouse() or self.isSliderDown():
            glow = QColor(accent)
            glow.setAlphaF(0.25)
            painter.setBrush(glow)
            painter.drawEllipse(QPointF(x, y), _HANDLE + 3, _HANDLE + 3)
        painter.setPen(QPen(accent, 2.0))
        painter.setBrush(QColor(look.raised))
        painter.drawEllipse(QPointF(x, y), _HANDLE - 1, _HANDLE - 1)

    def _draw_line(
        self,
        painter: QPainter,
        end: float,
        *,
        thickness: float,
        colour: QColor,
        fades: bool = False,
    ) -> None:
        top = (self.height() - thickness) / 2
        painter.setBrush(colour)
        if fades:
            gradient = QLinearGradient(max(end - _FADE, _HANDLE), 0.0, end, 0.0)
            gradient.setColorAt(0.0, colour)
            gradient.setColorAt(1.0, QColor(self._theme.look.border))
            painter.setBrush(gradient)
        line = QRectF(_HANDLE, top, end - _HANDLE, thickness)
        painter.drawRoundedRect(line, thickness / 2, thickness / 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Jump to the mouse, and start to follow it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._playback.hold()
            self._playback.scrub(self.k_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Follow the mouse."""
        if self.isSliderDown():
            self._playback.scrub(self.k_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Resume playback."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
            self._playback.scrub(self.k_at(event.position().x()))
            self._playback.release()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Step by one iteration per notch."""
        self._wheel += event.angleDelta().y() or -event.angleDelta().x()
        notches = int(self._wheel / _NOTCH)
        self._wheel -= notches * _NOTCH
        if notches:
            self._playback.step(notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Step with the arrow keys; Home and End go to the first and the newest."""
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -_PAGE,
            Qt.Key.Key_PageUp: _PAGE,
        }
        if key in steps:
            self._playback.step(steps[key])
        elif key == Qt.Key.Key_Home:
            self._playback.first()
        elif key == Qt.Key.Key_End:
            self._playback.end()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Show the iteration under the mouse as a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            k = min(max(self.k_at(event.pos().x()), 1), max(self._playback.last, 1))
            QToolTip.showText(event.globalPos() + QPoint(0, 4), f"k = {k}", self)
            return True
        return super().event(event)
