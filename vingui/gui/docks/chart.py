"""A small plot in a panel, and an axis of logarithms."""

import math
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QSizePolicy

from vingui.gui.docks.curves import LeftAxis
from vingui.gui.look.theme import Theme

_SIZE: Final = QSize(240, 200)
_LEAST: Final = QSize(160, 140)
_TICK_GAP: Final = 10
"""Pixels between two labels of an axis, at least."""


class LogAxis(LeftAxis):
    """An axis of logarithms to base 10, with ticks at 1, 2 and 5 times powers of ten."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """As many ticks as there is room for."""
        per_decade = size / max(high - low, 1e-9)
        room = self._label_room(10 ** math.ceil(high))
        steps = (1, 2, 5) if per_decade * math.log10(2) >= room else (1,)
        every = max(math.ceil(room / per_decade), 1)
        powers = range(math.floor(low), math.ceil(high) + 1)
        values = [
            power + math.log10(step) for power in powers if power % every == 0 for step in steps
        ]
        return [(1.0, [value for value in values if low <= value <= high])]

    def _label_room(self, greatest: float) -> float:
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        if self.orientation == "left":
            return metrics.height() + _TICK_GAP / 2
        return metrics.horizontalAdvance(f"{greatest:zg}") + _TICK_GAP

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Format the numbers, not their logarithms."""
        return [f"{10**value:z,.6g}" for value in values]


class Chart(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A plot in the colours of the theme, without menus, that the mouse does not move.

    Args:
        theme: the colours.
        left: the vertical axis.
        bottom: the horizontal axis.
        titles: those of the horizontal and of the vertical axis.
    """

    def __init__(self, theme: Theme, *, left: Any, bottom: Any, titles: tuple[str, str]) -> None:
        super().__init__()
        self.theme = theme
        self.setMinimumSize(_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False)
        axes = {"left": left, "bottom": bottom}
        self.plot = pg.PlotItem(viewBox=self.box, axisItems=axes, enableMenu=False)
        self.plot.hideButtons()
        for side, title in zip(("bottom", "left"), titles, strict=True):
            axis = self.plot.getAxis(side)
            axis.setLabel(title)
            # Its grid lines lie below the points.
            axis.setZValue(-1)
        self.addItem(self.plot)
        self.ci.layout.setContentsMargins(0, 4, 8, 0)
        theme.changed.connect(self.apply_theme)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for a panel."""
        return _SIZE

    def label_font(self) -> QFont:
        """The font of the axes and of labels, a little smaller than that of the window."""
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 1, 6))
        return font

    def apply_theme(self) -> None:
        """Draw all in the colours of the look; to be called once it is set up."""
        look, font = self.theme.look, self.label_font()
        self.setBackground(look.panel)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setStyle(tickFont=font, tickLength=0, maxTickLevel=0, hideOverlappingLabels=False)
            axis.setPen(pg.mkPen(look.border))
            axis.label.setFont(font)
            axis.setTextPen(look.muted)
            axis.enableAutoSIPrefix(False)
            axis.setGrid(60)
        self.repaint_content()

    def repaint_content(self) -> None:
        """Draw what is shown in the colours of the look."""
        raise NotImplementedError
