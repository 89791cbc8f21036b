"""The status bar: the cell under the mouse, the planner's state, the zoom."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from vingui.core.grid import Cell, GridMap
from vingui.core.learned_costs import learned_costs
from vingui.core.phrases import place
from vingui.core.run import Run
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.plain_text import Label, LabelSlot, tip
from vingui.gui.planner.client import Phase
from vingui.gui.session import Session
from vingui.gui.status_texts import duration, state

_PHASES = {
    Phase.STARTING: "Starting the network ...",
    Phase.READY: "Ready",
    Phase.FAILED: "No network",
    Phase.STOPPED: "Stopped",
}


_DELAY = 30
"""Milliseconds from a change to its text, so that the views are painted first."""


class StatusBar(QStatusBar):
    """The status bar.

    Args:
        session: the map, its plan and the planner.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self._cell = self._label("status-cell", "The cell under the mouse")
        self._planner = self._label("status-planner", "The planner")
        self._zoom = self._label("status-zoom", "Zoom: pixels per cell")
        self.addWidget(LabelSlot(self._cell, grows=False), 1)
        self.addPermanentWidget(LabelSlot(self._planner, grows=True))
        self.addPermanentWidget(LabelSlot(self._zoom, grows=True))
        for label in (self._planner, self._zoom):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        session.inspected_changed.connect(self._show_cell)
        session.run_changed.connect(self._show_cell)
        session.camera.changed.connect(self._show_zoom)
        self._showing_planner = Debounce(self._show_planner, _DELAY, self)
        session.planner.phase_changed.connect(self._show_planner)
        session.planner.silent_changed.connect(self._show_planner)
        session.planner.busy_changed.connect(self._on_plan_changed)
        session.run_changed.connect(self._on_plan_changed)
        self._show_planner()
        self._show_zoom()

    def _label(self, name: str, about: str) -> QLabel:
        label = Label()
        label.setObjectName(name)
        label.setAccessibleName(about)
        label.setToolTip(about)
        label.setContentsMargins(8, 0, 8, 0)
        return label

    def _show_cell(self) -> None:
        cell, grid = self.session.inspected, self.session.document.grid
        text = "" if cell is None else place(cell)
        if cell is not None and grid.frame is not None:
            x, y = grid.frame.world([cell], grid.rows)[0]
            text += f", x {x:z.2f} m, y {y:z.2f} m"
        if cell is not None:
            text += _costs_text(grid, self.session.run, cell)
        self._cell.setText(text)

    def _on_plan_changed(self) -> None:
        self._showing_planner.request()

    def _show_planner(self) -> None:
        planner, run = self.session.planner, self.session.run
        text = _PHASES[planner.phase]
        if planner.phase is Phase.READY and run is not None:
            text = state(run)
            if run.finished:
                text += f", {duration(run.seconds)}"
        elif planner.busy and planner.phase is Phase.READY:
            text = "Planning ..."
        if planner.silent:
            text = "Not answering"
        if text != self._planner.text():
            self._planner.setText(text)
            self._planner.setToolTip(tip(planner.failure or "The planner"))

    def _show_zoom(self) -> None:
        self._zoom.setText(f"{self.session.camera.scale:z.3g} px per cell")


def _costs_text(grid: GridMap, run: Run | None, cell: Cell) -> str:
    """The true and the learned cost of a cell, where the network learned costs."""
    costs = learned_costs(run) if run is not None else None
    if costs is None or costs.shape != grid.walls.shape or grid.walls[cell]:
        return ""
    true = "" if grid.costs is None else f"cost {grid.costs[cell]:zg}, "
    return f", {true}learned cost {costs[cell]:z.2f}"
