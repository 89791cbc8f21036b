"""The parts of the convergence plot: buttons for its curves, view boxes and axes."""

import math
from collections.abc import Mapping
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QGraphicsSceneMouseEvent,
    QGridLayout,
    QSizePolicy,
    QWidget,
)

from vingui.core.ticks import minus, ticks
from vingui.gui.look.fields import named
from vingui.gui.look.theme import Theme
from vingui.gui.playback.playback import Playback

_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TICK_SPACE: Final = 18
"""Pixels between two labels of a vertical axis, at least."""

_LABEL_GAP: Final = 12
"""Pixels between two labels of a horizontal axis, at least."""

_AXIS_ROOM: Final = 10
_INSET: Final = 4
_WIDEST: Final = {"new": "8,888", "success": "8 of 8", "start": "−88.88"}
"""As wide as most numbers of these curves."""

_GAP: Final = 6
"""Pixels between a curve's name and its number."""

_SWATCH: Final = 20
"""Pixels that the sample of the curve takes, left of its number."""


class CurveButton(QAbstractButton):
    """Shows a curve's name, line style and current number; a click switches the curve on or off.

    Args:
        id_: the curve's id.
        name: the text.
        tip: what the curve shows.
        theme: the colours.

    Attributes:
        number: the curve's number as text.
    """

    def __init__(self, id_: str, name: str, tip: str, theme: Theme) -> None:
        super().__init__()
        self._id, self._theme = id_, theme
        self._pen = QPen()
        self._dots = False
        self.number = ""
        named(self, f"curve-{id_}", name, f"{tip}. Click to show or hide it")
        self.setCheckable(True)
        self.setChecked(True)
        self.setText(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_number(self, number: str) -> None:
        """Show the curve's number."""
        if number != self.number:
            self.number = number
            self.setAccessibleDescription(number)
            self.update()

    def set_pen(self, pen: QPen, *, dots: bool) -> None:
        """Set how the curve is drawn."""
        self._pen, self._dots = pen, dots
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line: the curve's sample, its name, and a number beside it."""
        wide = self.fontMetrics().horizontalAdvance
        width = (
            2 * _INSET + _SWATCH + wide(self.text()) + _GAP + wide(_WIDEST.get(self._id, "100.00%"))
        )
        return QSize(width, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A few letters."""
        return QSize(64, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw a sample of the curve, the curve's name, and its number."""
        look, on = self._theme.look, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QColor(look.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hover))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        y = self.height() / 2
        painter.setPen(self._pen if on else QPen(QColor(look.border), 2))
        painter.drawLine(QPointF(_INSET, y), QPointF(_INSET + 14, y))
        if self._dots and on:
            painter.setBrush(self._pen.color())
            painter.drawEllipse(QPointF(_INSET + 7, y), 2, 2)
        metrics, number = self.fontMetrics(), self.number if on else ""
        room = self.width() - 2 * _INSET - _SWATCH
        least = metrics.horizontalAdvance(number) + _GAP if number else 0
        name = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room - least)
        middle = Qt.AlignmentFlag.AlignVCenter
        place = QRectF(_INSET + _SWATCH, 0, room, self.height())
        painter.setPen(QColor(look.muted if on else look.border))
        painter.drawText(place, middle, name)
        painter.setPen(QColor(look.text))
        painter.drawText(
            place.adjusted(metrics.horizontalAdvance(name) + _GAP, 0, 0, 0), middle, number
        )


class CurveHeader(QWidget):
    """The curves' buttons, in as few lines as they fit into.

    Args:
        buttons: the buttons of all curves, by the curves' ids.
    """

    def __init__(self, buttons: Mapping[str, CurveButton]) -> None:
        super().__init__()
        self._buttons = tuple(buttons.values())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(4, 2, 8, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(0)
        self._arrange(len(self._buttons))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Use as few lines as all names fit into; at most three, with names cut short."""
        super().resizeEvent(event)
        fitting = (columns for columns in (5, 3) if self._total_width(columns) <= self.width())
        self._arrange(next(fitting, 2))

    def _widths(self, columns: int) -> list[int]:
        """The width in pixels that the text of each column needs."""
        return [
            max(button.sizeHint().width() for button in self._buttons[column::columns])
            for column in range(columns)
        ]

    def _total_width(self, columns: int) -> int:
        margins = self._grid.contentsMargins()
        between = (columns - 1) * self._grid.horizontalSpacing()
        return sum(self._widths(columns)) + between + margins.left() + margins.right()

    def _arrange(self, columns: int) -> None:
        for index, button in enumerate(self._buttons):
            self._grid.addWidget(button, index // columns, index % columns)
        # Spare room is shared in proportion.
        for column, width in enumerate(self._widths(columns) + [0] * len(self._buttons)):
            self._grid.setColumnStretch(column, width)


class CurveView(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """The view box of the curves; as on the scrubber, a click or drag moves the playhead."""

    hovered = Signal(object)
    """The iteration under the mouse; `None` when the mouse has left."""

    def __init__(self, playback: Playback) -> None:
        super().__init__(enableMenu=False, enableMouse=False)
        self._playback = playback

    def _k(self, point: QPointF) -> int:
        x: float = self.mapSceneToView(point).x()
        return round(x)

    # Qt's own events, since pyqtgraph's drags begin late and drop fast moves.

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802
        """Jump to where the mouse is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._playback.hold()
            self._playback.scrub(self._k(event.scenePos()))
        event.setAccepted(event.button() == Qt.MouseButton.LeftButton)

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802
        """Follow the mouse."""
        self._playback.scrub(self._k(event.scenePos()))

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802
        """Resume playback."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._playback.scrub(self._k(event.scenePos()))
            self._playback.release()

    def hoverEvent(self, event: Any) -> None:  # noqa: N802
        """Report the iteration under the mouse."""
        self.hovered.emit(None if event.isExit() else self._k(event.scenePos()))


class IterationAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of iterations, with ticks at 1 and at round numbers, as many as fit."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Whole numbers from 1 on, each with room for its label."""
        last = max(math.floor(high), 2)
        wide = QFontMetricsF(self.style["tickFont"] or self.font()).horizontalAdvance(f"{last:,}")
        room = max(size / (wide + _LABEL_GAP), 2)
        rounds = ticks(0, last, most=int(room))
        least = 1 + (high - low) / room
        return [(1.0, [1.0, *(k for k in rounds if k.is_integer() and k >= least)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Format with commas between thousands."""
        return [f"{value:z,.0f}" for value in values]


class LeftAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis with grid lines across the panel, whose labels may reach beyond its ends."""

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Include half a line of text beyond either end."""
        bounds: QRectF = super().boundingRect()
        return bounds.adjusted(0, -_AXIS_ROOM, 0, _AXIS_ROOM)


class PercentAxis(LeftAxis):
    """An axis from 0 to 100 %."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """The ends, and the middle where there is room."""
        rooms = 100 / (high - low) * size / _TICK_SPACE
        return [(50.0, [0.0, 50.0, 100.0] if rooms >= 2 else [0.0, 100.0] if rooms >= 1 else [])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Format with a percent sign."""
        return [f"{value:z.0f}%" for value in values]


class DecadeAxis(LeftAxis):
    """An axis of powers of ten, with 0 on a floor below them."""

    floor: float | None = None

    def set_floor(self, floor: float | None) -> None:
        """Set where 0 is; `None` if there is none."""
        if floor != self.floor:
            self.floor = floor
            _redraw(self)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Every power, or fewer where they would not fit."""
        step = max(math.ceil((high - low) * _TICK_SPACE / max(size, 1)), 1)
        # The first power is as far from the floor's 0 as from the next power.
        first = math.ceil(low) if self.floor is None else self.floor + step
        decades = [float(power) for power in range(int(first), math.floor(high) + 1, step)]
        return [(1.0, decades if self.floor is None else [self.floor, *decades])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Format small powers as decimals, others as 10 with an exponent."""
        return ["0" if value == self.floor else _power(value) for value in values]


class ScaledAxis(pg.AxisItem):  # type: ignore[misc]
    """A second axis for values drawn on the percent axis: `low` is at 0 and `high` at 100."""

    low, high = 0.0, 1.0

    def set_limits(self, low: float, high: float) -> None:
        """Set the values at 0 and at 100."""
        if (low, high) != (self.low, self.high):
            self.low, self.high = low, high
            _redraw(self)

    def to_percent(self, values: Any) -> Any:
        """Convert values to the percentages at which they are drawn."""
        return 100 * (values - self.low) / (self.high - self.low)

    def _value(self, share: float) -> float:
        return self.low + share * (self.high - self.low) / 100

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Round values, as many as fit."""
        most = max(int(size / _TICK_SPACE), 1)
        numbers = ticks(self._value(low), self._value(high), most=max(most, 2))
        return [(1.0, [self.to_percent(number) for number in numbers[:most]])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Format the values, not the percentages."""
        return [minus(f"{self._value(value):z.6g}") for value in values]


def _redraw(axis: Any) -> None:
    """Draw an axis anew although its range is the same, for which pyqtgraph keeps its picture."""
    axis.picture = None
    axis.update()


def _power(exponent: float) -> str:
    if -2 <= exponent <= 3:
        return f"{10**exponent:zg}"
    return "10" + f"{exponent:z.0f}".translate(_SUPERSCRIPTS)
