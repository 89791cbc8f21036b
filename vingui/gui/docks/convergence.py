"""The plot of a run's convergence: revisions, reached cells and successful starts by iteration."""

import math
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QStackedLayout, QVBoxLayout, QWidget

from vingui.core.grid import Cell
from vingui.core.phrases import percent
from vingui.core.rollout import Outcome
from vingui.core.run import Run
from vingui.core.ticks import minus
from vingui.core.value_history import log_changes
from vingui.gui.docks.convergence_text import describe_early_starts, describe_iteration
from vingui.gui.docks.curves import (
    CurveButton,
    CurveHeader,
    CurveView,
    DecadeAxis,
    IterationAxis,
    PercentAxis,
    ScaledAxis,
)
from vingui.gui.docks.panel import DockPanel, empty_page, tabular
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label, LabelSlot
from vingui.gui.session import Session

_MOVING: Final = 10
"""Milliseconds by which the playhead's line lags behind the playhead."""

_AXIS_WIDTH: Final = 46
_MARGIN: Final = 0.07
"""Fraction of a panel's height that is left free above and below the curves."""

_BETWEEN: Final = 10
"""Pixels between the panels, so that the labels of their axes do not overlap."""

_WIDE: Final = 480
"""Pixels. In a wider panel, the longest sentence takes two lines."""

_UNLIMITED: Final = 16_777_215
"""Qt's greatest height, `QWIDGETSIZE_MAX`."""

_CACHED: Final = QGraphicsItem.CacheMode.DeviceCoordinateCache
"""Axes and curves are painted again only when they change, not whenever the playhead moves."""

_UNKNOWN: Final = "–"
_FEW: Final = 40
"""Up to this many points are drawn as dots."""

_NONE_CAN: Final = "none can"
"""Shown instead of a number of starts if none has a path to the goal."""

_ABOUT_SUCCESS: Final = (
    "How many starts reach the goal under V_k, of those that have a path to it. The policy "
    "compares reward plus V_k of the next cells: it looks one step beyond V_k, so a start can "
    "succeed one iteration before it has a value"
)
_ABOVE: Final = ("revision", "new")
_CURVES: Final = {
    "revision": (
        "Largest revision",
        "max |V_k - V_(k-1)|: the largest change among cells that already had a value",
    ),
    "new": ("Newly reached", "How many cells get their first value"),
    "reached": ("Reached", "Share of the free cells that have a value"),
    "success": (
        "Starts that succeed",
        _ABOUT_SUCCESS,
    ),
    "start": ("Start", "V_k at the selected start, on the axis at the right"),
}


class ConvergencePlot(DockPanel):
    """Plots a run's convergence by iteration, with the playhead.

    A sentence says what the iteration under the mouse, or else at the playhead, did. The buttons
    below it name the curves, switch them on and off, and show their values there. The upper panel
    has a log axis, for the largest revision and the newly reached cells; the lower one has
    percentages, and the value at a start on a second axis. The curves of a plan that has converged
    end with the step after K, which changed nothing.

    Args:
        session: the run that is plotted.
        parent: the Qt parent.
    """

    delay, drawing_delay = 100, 400

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "convergence", "Convergence", parent)
        self._hovered: int | None = None
        self._has_scale = False
        self._buttons = {
            id_: CurveButton(id_, *texts, session.theme) for id_, texts in _CURVES.items()
        }
        self._words = named(Label(), "convergence-words", "What this iteration did", "")
        self._head = CurveHeader(self._buttons)
        self._graphics = named(
            pg.GraphicsLayoutWidget(),
            "convergence-plot",
            "Plot of the convergence",
            "Click or drag to see another iteration",
        )
        self._graphics.setMinimumSize(160, 108)
        self._scaled = ScaledAxis("right")
        self._upper = self._make_panel(left=DecadeAxis("left"), right=pg.AxisItem("right"))
        self._lower = self._make_panel(left=PercentAxis("left"), right=self._scaled)
        self._lower.setYRange(-_MARGIN * 100, 100 + _MARGIN * 100, padding=0)
        self._panels = self._upper, self._lower
        self._curves = {id_: self._make_curve(id_) for id_ in _CURVES}
        self._hover_lines = [self._make_line(panel) for panel in self._panels]
        self._playheads = [self._make_line(panel) for panel in self._panels]
        self._lay_out()
        self.refresh_after(session.run_changed, session.start_selected, session.document.changed)
        # Delayed, so that the views are painted first while the goal is dragged.
        self._moving = Debounce(self._show_k, _MOVING, self)
        session.playback.moved.connect(self._on_playhead_moved)
        session.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _make_panel(self, **axes: Any) -> Any:
        view_box = CurveView(self.session.playback)
        view_box.hovered.connect(self._on_hovered)
        axes["bottom"] = IterationAxis("bottom")
        panel = pg.PlotItem(viewBox=view_box, axisItems=axes, enableMenu=False)
        panel.hideButtons()
        panel.showAxis("right")
        for side in ("left", "bottom", "right"):
            panel.getAxis(side).setCacheMode(_CACHED)
        self._graphics.addItem(panel, self._graphics.ci.layout.rowCount(), 0)
        return panel

    def _make_curve(self, id_: str) -> Any:
        thinned = {"autoDownsample": True, "downsampleMethod": "peak", "autoDownsampleFactor": 1.0}
        curve = pg.PlotDataItem(connect="finite", antialias=True, **thinned)
        for item in (curve.curve, curve.scatter):
            item.setCacheMode(_CACHED)
        (self._upper if id_ in _ABOVE else self._lower).addItem(curve)
        return curve

    def _make_line(self, panel: Any) -> Any:
        line = panel.addLine(x=1)
        line.setZValue(20)
        line.hide()
        return line

    def _lay_out(self) -> None:
        for button in self._buttons.values():
            button.toggled.connect(self._show_panels)
        plotted = QWidget()
        page = QVBoxLayout(plotted)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setContentsMargins(8, 4, 8, 0)
        self._words.setFont(tabular(self._words.font()))
        self._words_room = LabelSlot(self._words, grows=False)
        page.addWidget(self._words_room)
        page.addWidget(self._head)
        page.addWidget(self._graphics, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(empty_page("convergence-empty", "No plan yet"))
        self._pages.addWidget(plotted)
        grid = self._graphics.ci.layout
        grid.setContentsMargins(4, 4, 4, 4)
        grid.setVerticalSpacing(_BETWEEN)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep room for the longest sentence, so that the plot stays in place."""
        super().resizeEvent(event)
        lines = 2 if self.width() >= _WIDE else 4
        self._words_room.setFixedHeight(lines * self._words.fontMetrics().lineSpacing() + 6)

    def refresh(self) -> None:
        """Show the session's current state."""
        run = self.session.run
        if run is None or not run.latest:
            self._pages.setCurrentIndex(0)
            return
        self._pages.setCurrentIndex(1)
        last = len(run.revisions)
        margin = max((last - 1) * 0.015, 0.1)
        for panel in self._panels:
            panel.setXRange(1 - margin, last + margin, padding=0)
        self._draw_changes(run)
        reached = np.append(run.reached_share, run.reached_share[-1:])[:last]
        self._curves["reached"].setData(np.arange(1, last + 1), 100 * reached)
        self._draw_success(run)
        self._draw_start(run)
        self._colour_start()
        self._show_panels()
        self._show_k()

    def _draw_changes(self, run: Run) -> None:
        logs, zeros, floor = log_changes(run.revisions)
        logs[zeros - 1] = floor
        new = run.newly_reached
        # If all cells have values from the start, as with the paper's VIN, none are new.
        some = np.nanmax(new, initial=0) > 0
        heights = np.log10(new, out=np.full(len(new), floor), where=new > 0)
        heights[np.isnan(new)] = np.nan
        ks = np.arange(1, len(logs) + 1)
        self._curves["revision"].setData(ks, logs)
        self._curves["new"].setData(ks, heights if some else np.full(len(ks), np.nan))
        floored = bool(len(zeros)) or (some and bool((new == 0).any()))
        self._upper.getAxis("left").set_floor(floor if floored else None)
        low = floor if floored else floor + 1
        top = max(float(np.nanmax(logs, initial=low)), low + 1)
        if some:
            top = max(top, float(np.nanmax(heights)))
        margin = (top - low) * _MARGIN
        self._upper.setYRange(low - margin, top + margin, padding=0)

    def _draw_success(self, run: Run) -> None:
        able = run.able(self._starts(run))
        ks = sorted(run.reaching) if able else []
        shares = [100 * run.succeeding(k, able) / len(able) for k in ks]
        self._curves["success"].setData(ks, shares, symbol="o" if len(ks) <= _FEW else None)

    def _draw_start(self, run: Run) -> None:
        cell = self._start_cell(run)
        kept = run.kept if cell else []
        values = run.series(cell).astype(float) if cell else np.empty(0)
        finite = values[np.isfinite(values)]
        self._has_scale = bool(finite.size)
        if finite.size:
            low, high = float(finite.min()), float(finite.max())
            # A value that never changes is drawn in the middle.
            margin = 0.0 if high > low else max(abs(low) * 0.1, 1.0)
            self._scaled.set_limits(low - margin, high + margin)
        values = np.where(np.isfinite(values), values, np.nan)
        self._curves["start"].setData(np.array(kept, dtype=float), self._scaled.to_percent(values))

    def _starts(self, run: Run) -> tuple[Cell, ...]:
        """The map's starts; none if the run is of a map of another size."""
        grid = self.session.document.grid
        return grid.starts if run.grid.walls.shape == grid.walls.shape else ()

    def _start_cell(self, run: Run) -> Cell | None:
        starts = self._starts(run)
        return starts[self._start_number] if starts else None

    @property
    def _start_number(self) -> int:
        selected = self.session.selected_start or 0
        return selected if selected < len(self.session.document.grid.starts) else 0

    def _on_hovered(self, k: int | None) -> None:
        run = self.session.run
        known = run is not None and k is not None and 1 <= k <= len(run.revisions)
        self._hovered = k if known else None
        for line in self._hover_lines:
            line.setVisible(self._hovered is not None)
            line.setValue(self._hovered or 1)
        self._show_numbers()

    def _on_playhead_moved(self) -> None:
        if self.isVisible() and not self.session.document.in_stroke:
            self._moving.request()

    def _show_k(self) -> None:
        for line in self._playheads:
            line.setVisible(self.session.k > 0)
            line.setValue(max(self.session.k, 1))
        self._show_numbers()

    def _show_numbers(self) -> None:
        run = self.session.run
        if run is None or self._pages.currentIndex() == 0:
            return
        k = min(max(self._hovered or self.session.k, 1), len(run.revisions))
        self._show_words(run, k)
        self._buttons["revision"].set_number(_number_at(run.revisions, k, "{:z.3g}"))
        self._buttons["new"].set_number(_number_at(run.newly_reached, k, "{:z,.0f}"))
        self._buttons["reached"].set_number(
            percent(float(run.reached_share[min(k, run.latest) - 1]))
        )
        self._buttons["success"].set_number(self._success(run, k))
        cell = self._start_cell(run)
        value = run.value(cell, k) if cell else math.nan
        self._buttons["start"].set_number(
            minus(f"{value:z.2f}") if math.isfinite(value) else _UNKNOWN
        )
        self._buttons["start"].setText(f"Start {self._start_number + 1}" if cell else "Start")

    def _show_words(self, run: Run, k: int) -> None:
        early = describe_early_starts(run, min(k, run.latest), self._starts(run))
        words = " ".join(filter(None, (describe_iteration(run, k), early)))
        self._words.setText(words)
        self._words.setToolTip(words)

    def _success(self, run: Run, k: int) -> str:
        starts = self._starts(run)
        able = run.able(starts)
        shown = run.nearest(k)
        known = max((at for at in run.reaching if at <= shown), default=0)
        if not starts or run.oracle is None or not known:
            return _UNKNOWN
        if not able:
            return _NONE_CAN
        if known < shown and run.readouts.holds(run.readouts.actions_request(shown)):
            outcomes = [trajectory.outcome for trajectory in run.trajectories(starts, shown)]
            return f"{outcomes.count(Outcome.REACHED)} of {len(able)}"
        return f"{run.succeeding(known, able)} of {len(able)}"

    def _show_panels(self) -> None:
        shown = {id_ for id_, button in self._buttons.items() if button.isChecked()}
        for id_, curve in self._curves.items():
            curve.setVisible(id_ in shown)
        scaled = self._has_scale and "start" in shown
        above, below = bool(shown & {*_ABOVE}), scaled or bool(shown & {"reached", "success"})
        grid = self._graphics.ci.layout
        for row, (panel, visible, share) in enumerate(
            ((self._upper, above, 3), (self._lower, below, 2))
        ):
            panel.setVisible(visible)
            grid.setRowStretchFactor(row, share if visible else 0)
            grid.setRowMaximumHeight(row, _UNLIMITED if visible else 0)
            panel.getAxis("right").setWidth(_AXIS_WIDTH if scaled else 12)
        self._upper.getAxis("bottom").setStyle(showValues=not below)
        self._upper.getAxis("bottom").setHeight(4 if below else None)
        self._upper.getAxis("right").setStyle(showValues=False)
        self._scaled.setStyle(showValues=scaled)

    def _on_theme_changed(self) -> None:
        look = self.session.theme.look
        # Only starts have colours; the other curves are in shades of the text.
        self._colour("revision", look.text)
        self._colour("new", look.muted)
        self._colour("reached", look.muted, style=Qt.PenStyle.DashLine)
        self._colour("success", look.text)
        self._curves["success"].setSymbolBrush(look.text)
        self._curves["success"].setSymbolPen(None)
        self._curves["success"].setSymbolSize(4)
        self._graphics.setBackground(look.panel)
        for line, over in zip(self._playheads, self._hover_lines, strict=True):
            line.setPen(pg.mkPen(look.text, width=1))
            over.setPen(pg.mkPen(look.muted, width=1))
        for panel in self._panels:
            for side in ("left", "bottom", "right"):
                self._style_axis(panel.getAxis(side), side)
        self._colour_start()

    def _colour(self, id_: str, colour: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        self._buttons[id_].set_pen(QPen(QColor(colour), 2, style), dots=id_ == "success")
        self._curves[id_].setPen(pg.mkPen(colour, width=1.5, style=style))

    def _colour_start(self) -> None:
        colours = self.session.theme.look.starts
        colour = colours[self._start_number % len(colours)]
        self._colour("start", colour)
        self._scaled.setTextPen(colour)

    def _style_axis(self, axis: Any, side: str) -> None:
        look = self.session.theme.look
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 1, 6))
        axis.setStyle(tickFont=font, tickLength=0, maxTickLevel=0, hideOverlappingLabels=False)
        axis.setPen(pg.mkPen(look.border))
        axis.setTextPen(look.muted)
        axis.enableAutoSIPrefix(False)
        if side == "left":
            axis.setWidth(_AXIS_WIDTH)
        axis.setGrid(60 if side == "left" else False)


def _number_at(numbers: NDArray[np.float64], k: int, form: str) -> str:
    return _UNKNOWN if k <= 1 else form.format(numbers[k - 1])
