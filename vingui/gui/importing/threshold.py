"""The threshold between dark and light: a slider under the histogram of the greys."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QGridLayout,
    QSizePolicy,
    QSlider,
    QWidget,
)

from vingui.gui.look.buttons import Button
from vingui.gui.look.number_fields import WholeField

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

_HIGHEST: Final = 256
_MARGIN: Final = 6
"""Half a slider's handle, so that the bars stand above its places."""


class ThresholdField(QWidget):
    """Chooses the grey below which a pixel is dark, by hand or by Otsu's method.

    Args:
        look: the colours of the histogram.
        parent: the dialog.
    """

    edited = Signal()
    """The user chose another threshold, or another way to find it."""

    def __init__(self, look: "Look", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram = Histogram(look, self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._number = WholeField(self)
        self._otsu = Button("&Otsu", self)
        tip = "Pixels darker than this grey, 0 black to 255 white, are dark"
        for field, name in ((self._slider, "threshold-slider"), (self._number, "threshold")):
            field.setObjectName(name)
            field.setAccessibleName("Threshold")
            field.setToolTip(tip)
            field.setRange(0, _HIGHEST)
            field.valueChanged.connect(self._on_number_changed)
        self._slider.setPageStep(16)
        self._otsu.setObjectName("otsu")
        self._otsu.setAccessibleName("Otsu's threshold")
        self._otsu.setToolTip("The threshold that parts dark from light best (Otsu 1979)")
        self._otsu.setCheckable(True)
        self._otsu.setChecked(True)
        self._otsu.toggled.connect(self.edited)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        layout.addWidget(self._histogram, 0, 0)
        layout.addWidget(self._slider, 1, 0)
        layout.addWidget(self._otsu, 0, 1, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self._number, 1, 1)
        layout.setColumnStretch(0, 1)
        self.setFocusProxy(self._slider)

    @property
    def chosen(self) -> int | None:
        """The threshold chosen by hand; `None` for Otsu's."""
        return None if self._otsu.isChecked() else self._number.value()

    def choose(self, threshold: int | None) -> None:
        """Choose a threshold, or Otsu's, without taking it for the user's."""
        with QSignalBlocker(self._otsu):
            self._otsu.setChecked(threshold is None)
        if threshold is not None:
            self._show_number(threshold)

    def show_greys(self, counts: NDArray[np.int64], threshold: int) -> None:
        """Show how many pixels have each grey, and the threshold in use.

        Args:
            counts: `(256,)` pixels of each grey.
            threshold: 0 to 256.
        """
        self._histogram.show_counts(counts)
        if self.chosen is None:
            self._show_number(threshold)

    def _on_number_changed(self, value: int) -> None:
        self.choose(value)
        self.edited.emit()

    def _show_number(self, value: int) -> None:
        with QSignalBlocker(self._slider), QSignalBlocker(self._number):
            self._slider.setValue(value)
            self._number.setValue(value)
        self._histogram.show_threshold(value)


class Histogram(QWidget):
    """How many pixels have each grey; those that are dark in the colour of walls."""

    def __init__(self, look: "Look", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("histogram")
        self.setAccessibleName("Histogram of the greys")
        self.setToolTip("How many pixels have each grey, from black to white")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._look = look
        self._heights = np.zeros(256)
        self._threshold = 0

    def sizeHint(self) -> QSize:  # noqa: N802
        """A bar a pixel."""
        return QSize(256 + 2 * _MARGIN, 52)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Half of that."""
        return QSize(128 + 2 * _MARGIN, 52)

    def show_counts(self, counts: NDArray[np.int64]) -> None:
        """Show other greys."""
        # Of a drawing nearly all pixels are white: by their roots, the others are seen too.
        heights = np.sqrt(counts.astype(np.float64))
        self._heights = heights / max(heights.max(), 1.0)
        self.update()

    def show_threshold(self, threshold: int) -> None:
        """Part dark from light elsewhere."""
        self._threshold = threshold
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw a bar for each grey and a line at the threshold."""
        painter = QPainter(self)
        width, foot = self.width() - 2 * _MARGIN, self.height() - 1.0
        one = width / _HIGHEST
        dark, light = QColor(self._look.text), QColor(self._look.muted)
        light.setAlphaF(0.45)
        for grey, height in enumerate(self._heights.tolist()):
            if height:
                tall = max(height * (foot - 2), 1.0)
                box = QRectF(_MARGIN + grey * one, foot - tall, max(one, 1.0), tall)
                painter.fillRect(box, dark if grey < self._threshold else light)
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.drawLine(_MARGIN, int(foot), self.width() - _MARGIN, int(foot))
        place = round(_MARGIN + self._threshold * one)
        painter.setPen(QPen(QColor(self._look.accent), 2))
        painter.drawLine(place, 0, place, self.height())
