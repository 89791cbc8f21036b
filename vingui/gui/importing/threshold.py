"""The threshold between dark and light: a slider below the histogram of the grey values."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSlider, QWidget

from vingui.gui.look.buttons import Button
from vingui.gui.look.fields import named, whole

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

_HIGHEST: Final = 256
_MARGIN: Final = 6
"""Half the width of a slider's handle, so that the bars are above the slider's positions."""

_AUTOMATIC: Final = {
    "walls": (
        "&Otsu",
        "Otsu's threshold",
        "The threshold that separates dark from light best (Otsu 1979)",
    ),
    "costs": (
        "&Black",
        "Nearly black",
        "Only what is nearly black becomes wall; other greys become costs",
    ),
    "heights": ("N&one", "No walls", "No grey becomes wall; all become heights"),
}
"""Text, accessible name and tooltip of the button for the threshold that needs no choice, by what
greys become."""


class ThresholdField(QWidget):
    """Chooses the grey value below which a pixel is dark, by hand or automatically.

    Args:
        look: the colours of the histogram.
        parent: the dialog.
    """

    edited = Signal()
    """The user changed the threshold, or the way in which it is found."""

    def __init__(self, look: "Look", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tip = "Pixels darker than this grey value, from 0 (black) to 255 (white), are dark"
        self._histogram = Histogram(look, self)
        self._slider = named(
            QSlider(Qt.Orientation.Horizontal), "threshold-slider", "Threshold", tip
        )
        self._slider.setRange(0, _HIGHEST)
        self._slider.setPageStep(16)
        self._number = whole("threshold", "Threshold", tip, low=0, high=_HIGHEST)
        text, about, tip = _AUTOMATIC["walls"]
        self._automatic = named(Button(text), "otsu", about, tip)
        self._automatic.setCheckable(True)
        self._automatic.setChecked(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        layout.addWidget(self._histogram, 0, 0)
        layout.addWidget(self._slider, 1, 0)
        layout.addWidget(self._number, 1, 1)
        layout.addWidget(self._automatic, 0, 1, Qt.AlignmentFlag.AlignBottom)
        layout.setColumnStretch(0, 1)
        self.setFocusProxy(self._slider)
        self._slider.valueChanged.connect(self._number.setValue)
        self._slider.valueChanged.connect(self._histogram.show_threshold)
        self._number.valueChanged.connect(self._on_edited)
        self._automatic.toggled.connect(self.edited)

    @property
    def chosen(self) -> int | None:
        """The threshold chosen by hand; `None` for the automatic one."""
        return None if self._automatic.isChecked() else self._number.value()

    def show_meaning(self, greys: str) -> None:
        """Offer the automatic threshold of a picture whose greys are walls, costs or heights."""
        text, about, tip = _AUTOMATIC[greys]
        self._automatic.setText(text)
        self._automatic.setAccessibleName(about)
        self._automatic.setToolTip(tip)

    def choose(self, threshold: int | None) -> None:
        """Show a threshold, or the automatic one, without emitting `edited`."""
        with QSignalBlocker(self._automatic):
            self._automatic.setChecked(threshold is None)
        if threshold is not None:
            self._show_number(threshold)

    def show_greys(self, counts: NDArray[np.int64], threshold: int) -> None:
        """Show the histogram, and the threshold if it is the automatic one.

        Args:
            counts: `(256,)` number of pixels of each grey value.
            threshold: 0 to 256.
        """
        self._histogram.show_counts(counts)
        if self.chosen is None:
            self._show_number(threshold)

    def _on_edited(self, threshold: int) -> None:
        self.choose(threshold)
        self.edited.emit()

    def _show_number(self, threshold: int) -> None:
        with QSignalBlocker(self._number):
            self._number.setValue(threshold)
            self._slider.setValue(threshold)


class Histogram(QWidget):
    """The number of pixels of each grey value; those below the threshold in the walls' colour."""

    def __init__(self, look: "Look", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "histogram", "Histogram", "The number of pixels of each grey value")
        self.setFixedHeight(52)
        self.setMinimumWidth(_HIGHEST // 2 + 2 * _MARGIN)
        self._look = look
        self._heights = np.zeros(_HIGHEST)
        self._threshold = 0

    def show_counts(self, counts: NDArray[np.int64]) -> None:
        """Show the number of pixels of each grey value."""
        # Nearly all pixels of a drawing are white: with square roots the others are visible too.
        heights = np.sqrt(counts.astype(np.float64))
        self._heights = heights / max(heights.max(), 1.0)
        self.update()

    def show_threshold(self, threshold: int) -> None:
        """Show the threshold."""
        self._threshold = threshold
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw a bar for each grey value and a line at the threshold."""
        painter = QPainter(self)
        width, foot = self.width() - 2 * _MARGIN, self.height() - 1.0
        bar_width = width / _HIGHEST
        dark, light = QColor(self._look.text), QColor(self._look.muted)
        light.setAlphaF(0.45)
        for grey, height in enumerate(self._heights.tolist()):
            if height:
                tall = max(height * (foot - 2), 1.0)
                left = _MARGIN + grey * bar_width
                box = QRectF(left, foot - tall, max(bar_width, 1.0), tall)
                painter.fillRect(box, dark if grey < self._threshold else light)
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.drawLine(_MARGIN, int(foot), self.width() - _MARGIN, int(foot))
        x = round(_MARGIN + self._threshold * bar_width)
        painter.setPen(QPen(QColor(self._look.accent), 2))
        painter.drawLine(x, 0, x, self.height())
