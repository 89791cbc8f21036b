"""The curves of a training: the loss, and the results on held-out maps, by batch."""

import math
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from vingui.core.ticks import ticks
from vingui.core.training_folder import TrainingHistory
from vingui.gui.docks.curves import IterationAxis, LeftAxis, PercentAxis
from vingui.gui.look.fields import named
from vingui.gui.look.theme import Theme

_AXIS_WIDTH: Final = 40
_HEIGHT: Final = 190
_STEPS: Final = (1, 2, 5)
"""The digits of the loss axis's ticks."""

_TICK_SPACE: Final = 18
_SMOOTHED: Final = 30
"""The smoothed loss is the mean over so many batches, or over this part of all of them."""


class LossAxis(LeftAxis):
    """An axis of the logarithm of the loss, with ticks at round numbers."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """As many round numbers as fit."""
        most = max(int(size / _TICK_SPACE), 2)
        if high - low < 1:
            numbers = ticks(10**low, 10**high, most=most)
            return [(1.0, [math.log10(number) for number in numbers if number > 0])]
        decades = range(math.floor(low), math.ceil(high) + 1)
        for steps in (_STEPS, _STEPS[::2], _STEPS[:1]):
            logs = [power + math.log10(step) for power in decades for step in steps]
            inside = [log for log in logs if low <= log <= high]
            if len(inside) <= most:
                break
        return [(1.0, inside)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Format the losses, not their logarithms."""
        return [f"{10**value:z.3g}" for value in values]


def smoothed(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each loss and of those before it.

    Args:
        losses: `(n,)`.

    Returns:
        `(n,)` float64.
    """
    window = max(len(losses) // _SMOOTHED, min(_SMOOTHED, len(losses)) // 3, 1)
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    ends = np.arange(1, len(losses) + 1)
    starts = np.maximum(ends - window, 0)
    means: NDArray[np.float64] = (sums[ends] - sums[starts]) / (ends - starts)
    return means


class TrainingCurves(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Plots a training by batch: above the loss, below success and optimal paths.

    Args:
        theme: the colours.
        parent: the Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        about = "Above the loss of each batch and its mean, below the results on held-out maps"
        named(self, "train-curves", "Curves of the training", about)
        self.setMinimumWidth(160)
        self.setFixedHeight(_HEIGHT)
        self._upper = self._make_panel(0, LossAxis("left"))
        self._lower = self._make_panel(1, PercentAxis("left"))
        self._lower.setYRange(-6, 106, padding=0)
        self._upper.getAxis("bottom").setStyle(showValues=False)
        self._upper.getAxis("bottom").setHeight(4)
        thinned = {"autoDownsample": True, "downsampleMethod": "peak", "autoDownsampleFactor": 1.0}
        self._points = pg.PlotDataItem(connect="finite", **thinned)
        self._loss = pg.PlotDataItem(connect="finite", antialias=True, **thinned)
        self._optimal, self._success = (pg.PlotDataItem(antialias=True) for _ in range(2))
        for curve in (self._points, self._loss):
            self._upper.addItem(curve)
        for curve in (self._optimal, self._success):
            self._lower.addItem(curve)
        grid = self.ci.layout
        grid.setContentsMargins(0, 4, 4, 0)
        grid.setVerticalSpacing(4)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _make_panel(self, row: int, axis: Any) -> Any:
        view_box = pg.ViewBox(enableMenu=False, enableMouse=False)
        axes = {"left": axis, "bottom": IterationAxis("bottom")}
        panel = pg.PlotItem(viewBox=view_box, axisItems=axes, enableMenu=False)
        panel.hideButtons()
        self.addItem(panel, row, 0)
        return panel

    def show_history(self, history: TrainingHistory) -> None:
        """Show a training as far as it is."""
        batches, losses = np.array(history.losses, np.float64).reshape(-1, 2).T
        sound = np.isfinite(losses) & (losses > 0)
        batches, losses = batches[sound], losses[sound]
        last = max(history.batch, 2)
        for panel in (self._upper, self._lower):
            panel.setXRange(1, last, padding=0.01)
        logs = np.log10(losses)
        self._points.setData(batches, logs)
        self._loss.setData(batches, np.log10(smoothed(losses)))
        if len(logs):
            low, high = float(logs.min()), float(logs.max())
            margin = max((high - low) * 0.06, 0.02)
            self._upper.setYRange(low - margin, high + margin, padding=0)
        results = np.array(history.results, np.float64).reshape(-1, 3).T
        self._success.setData(results[0], 100 * results[1])
        self._optimal.setData(results[0], 100 * results[2])

    def _on_theme_changed(self) -> None:
        look = self._theme.look
        self.setBackground(look.panel)
        faint = pg.mkColor(look.muted)
        faint.setAlpha(90)
        self._points.setPen(pg.mkPen(faint, width=1))
        self._loss.setPen(pg.mkPen(look.accent, width=1.5))
        self._success.setPen(pg.mkPen(look.success, width=1.5))
        self._optimal.setPen(pg.mkPen(look.text, width=1.5))
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 1, 6))
        for panel in (self._upper, self._lower):
            for side in ("left", "bottom"):
                axis = panel.getAxis(side)
                axis.setStyle(tickFont=font, tickLength=0, maxTickLevel=0)
                axis.setPen(pg.mkPen(look.border))
                axis.setTextPen(look.muted)
                axis.enableAutoSIPrefix(False)
            panel.getAxis("left").setWidth(_AXIS_WIDTH)
            panel.getAxis("left").setGrid(60)
