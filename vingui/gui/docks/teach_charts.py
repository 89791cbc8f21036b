"""Charts of what was learned: costs beside the true ones, and agreement by demonstrations."""

import math
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from vingui.core.label_placement import place_labels
from vingui.core.phrases import counted, percent
from vingui.core.terrain import STANDARD, Palette
from vingui.core.terrain_patterns import terrain_colours
from vingui.gui.docks.chart import Chart, LogAxis
from vingui.gui.docks.curves import PercentAxis
from vingui.gui.look.fields import named
from vingui.gui.look.theme import Theme

_POINT: Final = 11.0
"""The diameter of a point in pixels."""

_LABEL_GAP: Final = 3.0
"""Pixels from a point to its label."""

_MARGIN: Final = 0.12
"""What is left free beside the points, in decades and as a share of the percentages."""

_LEAST_SPAN: Final = math.log10(4)
"""Decades that an axis shows at least."""


class CostChart(Chart):
    """What was learned that each kind of terrain costs, beside its true cost.

    Both axes are logarithmic and alike, since what counts of a cost is how many times another it
    is. What was learned exactly is on the diagonal.

    Args:
        theme: the colours.

    Attributes:
        names: the kinds of terrain whose points are shown.
        labels: the names beside the points, by kind; there is not room for all of many.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            left=LogAxis("left"),
            bottom=LogAxis("bottom"),
            titles=("True cost", "Learned cost"),
        )
        named(self, "cost-chart", "Learned costs by true costs", "")
        self.names: tuple[str, ...] = ()
        self.labels: dict[str, Any] = {}
        self._palette, self._shown = STANDARD, np.zeros(len(STANDARD), bool)
        self.diagonal = self.plot.plot()
        self.points = pg.ScatterPlotItem(size=_POINT, hoverable=True, tip=_tip)
        self.plot.addItem(self.points)
        self.box.sigResized.connect(self._place_labels)
        self.apply_theme()

    def show_costs(self, palette: Palette, learned: NDArray[np.floating[Any]]) -> None:
        """Show what was learned about a palette.

        Args:
            palette: the kinds of terrain, with their true costs.
            learned: `(kinds,)` floating, the learned costs, scaled to the true ones; kinds whose
                cost is not a positive number, such as NaN where it is unknown, are left out.
        """
        self._palette = palette
        self._shown = np.isfinite(learned) & (learned > 0)
        kinds = [palette[kind] for kind in np.flatnonzero(self._shown).tolist()]
        self.names = tuple(kind.name for kind in kinds)
        found = [f"{cost:z.3g}" for cost in learned[self._shown].tolist()]
        texts = [
            f"{kind.name}: true cost {kind.cost:zg}, learned {cost}"
            for kind, cost in zip(kinds, found, strict=True)
        ]
        self.setAccessibleDescription("; ".join(texts))
        true, learned = np.log10(palette.costs[self._shown]), np.log10(learned[self._shown])
        self.points.setData(true, learned, data=texts)
        low, high = _range(np.concatenate([true, learned]))
        self.diagonal.setData([low, high], [low, high])
        self.plot.setRange(xRange=(low, high), yRange=(low, high), padding=0)
        self.repaint_content()

    def repaint_content(self) -> None:
        """Draw the points and their names in the colours of the look."""
        look = self.theme.look
        self.diagonal.setPen(pg.mkPen(look.muted, width=1, style=Qt.PenStyle.DashLine))
        colours = terrain_colours(self._palette, dark=look.dark)[self._shown]
        self.points.setBrush([pg.mkBrush(*colour) for colour in colours.tolist()])
        self.points.setPen(pg.mkPen(look.text, width=1.25))
        self._place_labels()

    def _place_labels(self) -> None:
        for label in self.labels.values():
            self.box.removeItem(label)
        self.labels = {}
        (left, _), (_, top) = self.box.viewRange()
        x_pixel, y_pixel = self.box.viewPixelSize()
        points = np.transpose(self.points.getData()).reshape(-1, 2)
        points = np.abs(points - (left, top)) / (x_pixel, y_pixel)
        font = self.label_font()
        metrics = QFontMetricsF(font)
        sizes = [(metrics.horizontalAdvance(name), metrics.height()) for name in self.names]
        places = place_labels(
            points,
            np.array(sizes).reshape(-1, 2),
            width=self.box.width(),
            height=self.box.height(),
            radius=_POINT / 2 + _LABEL_GAP,
        )
        for name, place in zip(self.names, places, strict=True):
            if place is not None:
                label = pg.TextItem(name, color=self.theme.look.text, anchor=(0, 0))
                label.setFont(font)
                label.textItem.document().setDocumentMargin(0)
                self.box.addItem(label, ignoreBounds=True)
                label.setPos(left + place[0] * x_pixel, top - place[1] * y_pixel)
                self.labels[name] = label


class AgreementChart(Chart):
    """How well plans agree with demonstrations that were held out, by the number learned from.

    Args:
        theme: the colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            left=PercentAxis("left"),
            bottom=LogAxis("bottom"),
            titles=("Demonstrations", "Agreement"),
        )
        named(self, "agreement-chart", "Agreement by number of demonstrations", "")
        self.curve = self.plot.plot(symbol="o", symbolSize=_POINT - 4, antialias=True)
        margin = 100 * _MARGIN
        self.plot.setYRange(-margin, 100 + margin, padding=0)
        self.apply_theme()

    def show_agreement(
        self, numbers: NDArray[np.integer[Any]], agreement: NDArray[np.floating[Any]]
    ) -> None:
        """Show the agreement after learning from some numbers of demonstrations.

        Args:
            numbers: `(n,)` whole numbers from 1, how many demonstrations were learned from, in any
                order.
            agreement: `(n,)` floating, from 0 to 1: the share of held-out demonstrations whose cost
                the plan matches.
        """
        order = np.argsort(numbers, kind="stable")
        numbers, agreement = numbers[order], agreement[order]
        self.setAccessibleDescription(
            "; ".join(
                f"{counted(number, 'demonstration')}: {percent(share)}"
                for number, share in zip(numbers.tolist(), agreement.tolist(), strict=True)
            )
        )
        logs = np.log10(numbers)
        self.curve.setData(logs, 100 * agreement)
        self.plot.setXRange(*_range(logs), padding=0)

    def repaint_content(self) -> None:
        """Draw the curve in the colours of the look."""
        accent = self.theme.look.accent
        self.curve.setPen(pg.mkPen(accent, width=1.5))
        self.curve.setSymbolPen(None)
        self.curve.setSymbolBrush(accent)


def _tip(x: float, y: float, data: str) -> str:
    """The tooltip of a point."""
    return data


def _range(logs: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of an axis for some logarithms, with margins."""
    if not logs.size:
        return 0.0, 1.0
    low, high = float(logs.min()), float(logs.max())
    spare = max(_LEAST_SPAN - (high - low), 0.0) / 2
    return low - spare - _MARGIN, high + spare + _MARGIN
