"""Charts of an evaluation: the success rate by path length, and by K."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from vingui.core.phrases import percent
from vingui.gui.docks.chart import Chart, LogAxis
from vingui.gui.docks.curves import LeftAxis, PercentAxis
from vingui.gui.look.fields import named
from vingui.gui.look.theme import Look, Theme

_POINT: Final = 7
_MARGIN: Final = 6
_BAR_ALPHA: Final = 110
_LEAST_SPAN: Final = 0.3
"""Decades that the axis of K shows at least."""


@dataclass(frozen=True)
class Curve:
    """The success rates of one model on one set of maps.

    Attributes:
        name: the model and the set.
        number: its place in the table, which gives it its colour; -1 for a reference row.
        points: `(x, success, low, high)` of each point: the shares are of 1, and `low` to `high` is
            the 95 % interval.
        chosen: whether it is drawn in front and thicker.
    """

    name: str
    number: int
    points: tuple[tuple[float, float, float, float], ...]
    chosen: bool = False

    @property
    def is_reference(self) -> bool:
        """Whether it is not of a model, but of what models are compared with."""
        return self.number < 0


def curve_colour(look: Look, number: int) -> str:
    """The colour of a row of the table and of its curves."""
    return look.muted if number < 0 else look.starts[number % len(look.starts)]


class RangeAxis(LeftAxis):
    """An axis of ranges of equal width: range i is from i to i + 1, with their ends as ticks.

    Attributes:
        ends: the lower ends of all ranges.
    """

    ends: Sequence[float] = ()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """The ends that are shown."""
        return [(1.0, [float(i) for i in range(len(self.ends)) if low <= i <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Format the ends, not their numbers."""
        return [f"{self.ends[round(value)]:z,g}" for value in values]


class _SuccessChart(Chart):
    """Curves of success rates with their 95 % intervals.

    Attributes:
        curves: what is shown.
        spread: by how much the points of two curves lie beside each other.
    """

    spread = 0.0

    def __init__(self, theme: Theme, *, name: str, about: str, bottom: Any, title: str) -> None:
        super().__init__(theme, left=PercentAxis("left"), bottom=bottom, titles=(title, "Success"))
        named(self, name, about, "")
        self.curves: tuple[Curve, ...] = ()
        self._items: list[tuple[Any, Any]] = []
        self.plot.setYRange(-_MARGIN, 100 + _MARGIN, padding=0)
        self.apply_theme()

    def show_curves(self, curves: Iterable[Curve]) -> None:
        """Show these curves."""
        self.curves = tuple(curve for curve in curves if curve.points)
        self.setAccessibleDescription("; ".join(map(self._description, self.curves)))
        xs = [point[0] for curve in self.curves for point in curve.points]
        self._set_range(xs)
        self.repaint_content()

    def _set_range(self, xs: list[float]) -> None:
        raise NotImplementedError

    def _place(self, x: float) -> float:
        """Where on the axis a point is."""
        raise NotImplementedError

    def _description(self, curve: Curve) -> str:
        rates = ", ".join(f"{point[0]:zg}: {percent(point[1])}" for point in curve.points)
        return f"{curve.name}: {rates}"

    def repaint_content(self) -> None:
        """Draw the curves in the colours of the look."""
        for place, curve in enumerate(self.curves):
            self._draw(curve, *self._item(place))
        for items in self._items[len(self.curves) :]:
            for item in items:
                item.hide()

    def _item(self, place: int) -> tuple[Any, Any]:
        """The line and the intervals of a curve; they are kept, since new ones take long."""
        if place == len(self._items):
            line = pg.PlotDataItem(symbol="o", symbolSize=_POINT, symbolPen=None, antialias=True)
            bars = pg.ErrorBarItem(x=np.zeros(1), y=np.zeros(1))
            self.plot.addItem(bars)
            self.plot.addItem(line)
            self._items.append((line, bars))
        return self._items[place]

    def _draw(self, curve: Curve, line: Any, bars: Any) -> None:
        colour = curve_colour(self.theme.look, curve.number)
        style = Qt.PenStyle.DashLine if curve.is_reference else Qt.PenStyle.SolidLine
        x, y, low, high = np.array(curve.points, np.float64).T
        x, y, low, high = np.array([self._place(at) for at in x]), 100 * y, 100 * low, 100 * high
        if not curve.is_reference:
            # Side by side, so that points of equal rates do not hide each other.
            x = x + self.spread * (curve.number - (len(self.curves) - 1) / 2)
            faint = pg.mkColor(colour)
            faint.setAlpha(_BAR_ALPHA)
            pen = pg.mkPen(faint, width=2)
            bars.setData(x=x, y=y, top=high - y, bottom=y - low, pen=pen)
        bars.setVisible(not curve.is_reference)
        line.show()
        line.setZValue(2 if curve.chosen else 1)
        line.setData(x, y)
        line.setPen(pg.mkPen(colour, width=2.5 if curve.chosen else 1.5, style=style))
        line.setSymbolBrush(colour)


class RangesChart(_SuccessChart):
    """Success by ranges of a number, such as the length of the best path.

    Args:
        theme: the colours.
        name: its object name.
        about: its accessible name.
        title: the number.
    """

    spread = 0.05

    def __init__(self, theme: Theme, *, name: str, about: str, title: str) -> None:
        self._axis = RangeAxis("bottom")
        super().__init__(theme, name=name, about=about, bottom=self._axis, title=title)

    def show_ranges(self, curves: Iterable[Curve], ends: Sequence[float]) -> None:
        """Show curves whose x are the lower ends of ranges.

        Args:
            curves: the curves.
            ends: the ends of all ranges, ascending.
        """
        self._axis.ends = tuple(ends)
        self.show_curves(curves)

    def _set_range(self, xs: list[float]) -> None:
        places = [self._axis.ends.index(x) for x in xs] or [0]
        self.plot.setXRange(min(places), max(places) + 1, padding=0.02)

    def _place(self, x: float) -> float:
        return self._axis.ends.index(x) + 0.5


class IterationsChart(_SuccessChart):
    """Success by K.

    Args:
        theme: the colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            name="evaluate-by-k",
            about="Success by K",
            bottom=LogAxis("bottom"),
            title="K, the number of iterations",
        )

    def _set_range(self, xs: list[float]) -> None:
        logs = np.log10(xs or [1.0])
        low, high = float(logs.min()), float(logs.max())
        spare = max(_LEAST_SPAN - (high - low), 0.1) / 2
        self.plot.setXRange(low - spare, high + spare, padding=0)

    def _place(self, x: float) -> float:
        return float(np.log10(x))
