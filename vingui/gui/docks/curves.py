"""The parts that the plot of the convergence is made of: chips, panes and axes."""

import math
from typing import TYPE_CHECKING, Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
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

from vingui.core.ticks import minus
from vingui.gui.plain_text import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vingui.gui.playback import Playback
    from vingui.gui.theme import Theme

_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TICK_SPACE: Final = 18
_AXIS_ROOM: Final = 10
_NARROW: Final = 480
"""Pixels: a head that is less wide takes two lines."""


class Chip(QAbstractButton):
    """A curve's name, how it looks, and its number; switches it.

    Args:
        id_: the curve's.
        name: what it is called.
        tip: what it shows.
        theme: its colours.
    """

    def __init__(self, id_: str, name: str, tip: str, theme: "Theme") -> None:
        super().__init__()
        self._theme = theme
        self._pen = QPen()
        self._dots = False
        self._number = ""
        self.setCheckable(True)
        self.setChecked(True)
        self.setText(name)
        self.setObjectName(f"curve-{id_}")
        self.setAccessibleName(name)
        self.setToolTip(f"{tip}. Click to show or hide it")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def number(self) -> str:
        """The curve's number, as it is told."""
        return self._number

    def tell(self, number: str) -> None:
        """Show the curve's number."""
        if number != self._number:
            self._number = number
            self.setAccessibleDescription(number)
            self.update()

    def set_pen(self, pen: QPen, *, dots: bool) -> None:
        """Say how the curve looks."""
        self._pen, self._dots = pen, dots
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two lines of text."""
        return QSize(104, 2 * self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A few letters."""
        return QSize(64, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw a piece of the curve, its name, and the number beneath."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QColor(look.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hover))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        line = self.height() / 2
        y = line / 2 + 1
        painter.setPen(self._pen if self.isChecked() else QPen(QColor(look.border), 2))
        painter.drawLine(QPointF(6, y), QPointF(22, y))
        if self._dots and self.isChecked():
            painter.setBrush(self._pen.color())
            painter.drawEllipse(QPointF(14, y), 2, 2)
        room = QRectF(28, 1, self.width() - 30, line - 1)
        painter.setPen(QColor(look.muted if self.isChecked() else look.border))
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        if self.isChecked():
            painter.setPen(QColor(look.text))
            painter.drawText(
                room.translated(0, line - 1), Qt.AlignmentFlag.AlignVCenter, self._number
            )


class Head(QWidget):
    """The iteration and the chips: in one line, or in two where there is little room.

    Args:
        chips: of all curves, by their ids.
    """

    def __init__(self, chips: "Mapping[str, Chip]") -> None:
        super().__init__()
        self._chips = chips
        self._k = Label("k = 0")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 4, 8, 0)
        self._grid.setSpacing(4)
        self._set(1 + len(chips))

    def tell_k(self, k: int, *, latest: int) -> None:
        """Show which iteration the numbers are of."""
        self._k.setText(f"k = {k}")
        widest = f"k = {'0' * max(len(str(latest)), 2)}"
        self._k.setMinimumWidth(self._k.fontMetrics().horizontalAdvance(widest) + 8)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrow enough for two lines."""
        return QSize(232, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Take one line or two."""
        super().resizeEvent(event)
        all_ = 1 + len(self._chips)
        self._set(all_ if self.width() >= _NARROW else (all_ + 1) // 2)

    def _set(self, columns: int) -> None:
        for place, widget in enumerate((self._k, *self._chips.values())):
            self._grid.addWidget(widget, place // columns, place % columns)
            self._grid.setColumnStretch(place, int(place < columns))
        # In one line all room is the chips'.
        self._grid.setColumnStretch(0, int(columns <= len(self._chips)))


class Pane(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Where curves are drawn: as on the scrubber, a click or a drag moves the playhead."""

    hovered = Signal(object)

    def __init__(self, playback: "Playback") -> None:
        super().__init__(enableMenu=False, enableMouse=False)
        self._playback = playback

    def _k(self, point: QPointF) -> int:
        x: float = self.mapSceneToView(point).x()
        return round(x)

    # Qt's own events: pyqtgraph's drags begin late and drop what comes fast.

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
        """Let time go on."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._playback.scrub(self._k(event.scenePos()))
            self._playback.release()

    def hoverEvent(self, event: Any) -> None:  # noqa: N802
        """Say which iteration is under the mouse."""
        self.hovered.emit(None if event.isExit() else self._k(event.scenePos()))


class Counts(pg.AxisItem):  # type: ignore[misc]
    """Iterations: whole numbers."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:  # noqa: N802
        """No ticks between whole numbers."""
        return [(max(space, 1.0), at) for space, at in super().tickSpacing(low, high, size)]


class Left(pg.AxisItem):  # type: ignore[misc]
    """An axis with lines across the panel, which also names what stands at its very ends."""

    def boundingRect(self) -> QRectF:  # noqa: N802
        """With room for half a line of text beyond either end."""
        bounds: QRectF = super().boundingRect()
        return bounds.adjusted(0, -_AXIS_ROOM, 0, _AXIS_ROOM)


class Decades(Left):
    """Powers of ten, and 0 on the floor beneath them."""

    floor: float | None = None

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Every power, or fewer where they would not fit."""
        first = math.ceil(low) if self.floor is None else self.floor + 1
        step = max(math.ceil((high - low) * _TICK_SPACE / max(size, 1)), 1)
        decades = [float(power) for power in range(int(first), math.floor(high) + 1, step)]
        return [(1.0, decades if self.floor is None else [self.floor, *decades])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """As people write them."""
        return ["0" if value == self.floor else _power(value) for value in values]


class Scaled(pg.AxisItem):  # type: ignore[misc]
    """Values, drawn among percentages: `low` stands at 0 and `high` at 100."""

    low, high = 0.0, 1.0

    def to_percent(self, values: Any) -> Any:
        """Where values stand among percentages."""
        return 100 * (values - self.low) / (self.high - self.low)

    def _value(self, share: float) -> float:
        return self.low + share * (self.high - self.low) / 100

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Round values, as many as fit."""
        low, high = self._value(low), self._value(high)
        least = (high - low) * _TICK_SPACE / max(size, 1)
        power = 10.0 ** math.floor(math.log10(least))
        step = next(times * power for times in (1, 2, 5, 10) if times * power >= least)
        places = range(math.ceil(low / step), math.floor(high / step) + 1)
        return [(step, [self.to_percent(place * step) for place in places])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """The values and not the percentages."""
        strings: list[str] = super().tickStrings(
            [self._value(value) for value in values], 1.0, spacing
        )
        return [minus(string) for string in strings]


def _power(exponent: float) -> str:
    if -2 <= exponent <= 3:
        return f"{10**exponent:g}"
    return "10" + f"{exponent:.0f}".translate(_SUPERSCRIPTS)
