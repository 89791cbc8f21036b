"""Learning from the map's demonstrations, in the Teach panel, and charts of what was learned."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QTabWidget, QWidget

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.learned_costs import learned_costs
from vingui.core.phrases import counted, percent
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.train_settings import SEES, teaching_settings
from vingui.core.training_folder import TrainingFolder, TrainingHistory
from vingui.gui import settings as entries
from vingui.gui.commands.training import Training
from vingui.gui.docks.panel import quiet_label
from vingui.gui.docks.save_network import ask_to_save
from vingui.gui.docks.teach_charts import AgreementChart, CostChart
from vingui.gui.docks.train_curves import TrainingCurves
from vingui.gui.docks.train_live import state_text
from vingui.gui.look.buttons import button
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import check, choice, column, edited, labelled, named, row, show_value
from vingui.gui.settings import Setting
from vingui.gui.training.client import TrainingState

_NAME: Final = "learned-costs"
_HINT: Final = (
    "Learn trains a network that has no access to the costs of terrain: in seconds, it infers "
    "them from the demonstrations, and plans with what it inferred."
)
_LINES: Final = 4
_CHART_HEIGHT: Final = 220
_DELAY: Final = 100
"""Milliseconds between two refreshes, so that charts do not slow the views down."""


class TeachLearning(QWidget):
    """Learns from the demonstrations, and shows what was learned.

    Args:
        training: trains the network.
        parent: the Qt parent.
    """

    def __init__(self, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        session = training.session
        self._training = training
        self._session = session
        self._learned_from = 0
        self._own: TrainingFolder | None = None
        self._points: dict[str, dict[int, float]] = {}
        self.sees = choice(
            "teach-sees",
            "What the network sees",
            "What the network can tell costs by",
            [(name, text[0].upper() + text[1:]) for name, text in SEES.items()],
        )
        self.sees.show_value(session.settings.get(entries.TEACH_SEES))
        self.learn = button(
            "teach-learn",
            "&Learn",
            "Learn what terrain costs from the demonstrations",
            self._toggle,
        )
        self.save = button(
            "teach-save", "Sa&ve as...", "Save the network that has learned", self._save
        )
        self.show_costs = check(
            "teach-show-costs",
            "Show learned &costs",
            "Show in the value view what the network believes that each cell costs",
        )
        self.state = named(quiet_label(), "teach-state", "Learning", "")
        self.state.setWordWrap(True)
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Always as many lines, so that nothing below moves when the text is shorter.
        self.state.setFixedHeight(_LINES * self.state.fontMetrics().lineSpacing())
        self.costs = CostChart(session.theme)
        self.curves = TrainingCurves(session.theme)
        self.agreement = AgreementChart(session.theme)
        self.charts = named(QTabWidget(), "teach-charts", "Charts of what was learned", "")
        for chart, title, tip in (
            (self.costs, "Costs", "What was learned that each kind of terrain costs"),
            (self.curves, "Curves", "The loss, and the results on journeys that were not shown"),
            (
                self.agreement,
                "Agreement",
                "Other journeys planned at the least cost, by the number of demonstrations",
            ),
        ):
            chart.setFixedHeight(_CHART_HEIGHT)
            self.charts.setTabToolTip(self.charts.addTab(chart, title), tip)
        self.charts.setUsesScrollButtons(False)
        self.sees.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setLayout(
            column(
                row(labelled("S&ees", self.sees), self.sees),
                row(self.learn, self.save, None),
                self.show_costs,
                self.state,
                self.charts,
            )
        )
        self._refreshing = Debounce(self.refresh, _DELAY, self)
        edited(self.show_costs).connect(self._on_costs_toggled)
        session.settings.changed.connect(self._on_setting_changed)
        edited(self.sees).connect(self._on_sees_chosen)
        client = training.client
        for changed in (
            client.state_changed,
            client.progressed,
            session.run_changed,
            session.document.changed,
        ):
            changed.connect(self._refresh_soon)
        client.finished.connect(self._on_finished)
        self._follow_layer()
        self.refresh()

    # Input.

    def _toggle(self) -> None:
        if self._is_own and self._training.client.active:
            self._training.client.command("stop")
            return
        session, sees = self._session, self.sees.value()
        self._learned_from = len(session.document.grid.demonstrations)
        settings = teaching_settings(sees, session.rule.name)
        self._training.begin(settings, _NAME, replaces=self._own)
        self._own = self._training.client.training
        self.refresh()

    def _on_costs_toggled(self, shown: bool) -> None:
        layer = LEARNED_COST if shown else entries.LAYER.default
        self._session.settings.set(entries.LAYER, layer)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting is entries.LAYER:
            self._follow_layer()

    def _follow_layer(self) -> None:
        show_value(self.show_costs, self._session.settings.get(entries.LAYER) == LEARNED_COST)

    def _save(self) -> None:
        ask_to_save(self._training, self)

    def _on_sees_chosen(self) -> None:
        self._session.settings.set(entries.TEACH_SEES, self.sees.value())
        self.refresh()

    def _on_finished(self) -> None:
        history = self._training.client.history
        if self._is_own and history is not None:
            shares = self._points.setdefault(history.settings.sees, {})
            shares[self._learned_from] = _best_agreement(history)
        self.refresh()

    # Display.

    @property
    def _is_own(self) -> bool:
        """Whether the training is the one that was begun here."""
        training = self._training.client.training
        return training is not None and training is self._own

    def _refresh_soon(self) -> None:
        if self.isVisible():
            self._refreshing.request()

    def refresh(self) -> None:
        """Show the session's current state."""
        active = self._is_own and self._training.client.active
        problem = self._problem()
        self.learn.setText("S&top" if active else "&Learn")
        self.learn.setEnabled(active or not problem)
        self.sees.setEnabled(not active)
        self.save.setEnabled(self._is_own and self._training.client.state is TrainingState.FINISHED)
        self.state.setText(self._state_text(problem, active=active))
        self.charts.setVisible(self._own is not None)
        self.show_costs.setVisible(self._own is not None)
        history = self._training.client.history
        if self._is_own and history is not None:
            self.curves.show_history(history)
        shares = self._points.get(self.sees.value(), {})
        self.agreement.show_agreement(
            np.array(list(shares), np.int64), np.array(list(shares.values()), np.float64)
        )
        self._show_costs()

    def _problem(self) -> str:
        """Why one cannot learn now, as a sentence; empty if one can."""
        settings = teaching_settings(self.sees.value(), self._session.rule.name)
        try:
            self._training.check(settings)
        except VinguiError as error:
            return f"{error}."
        return ""

    def _state_text(self, problem: str, *, active: bool) -> str:
        client, history = self._training.client, self._training.client.history
        if active:
            return state_text(client)
        if self._is_own and history is not None and history.finished:
            shares = self._points[history.settings.sees]
            share = percent(shares[self._learned_from])
            return (
                f"Learned from {counted(self._learned_from, 'demonstration')}: {share} of journeys "
                "that were not shown are planned at the least cost."
            )
        if self._is_own and client.failure:
            return client.failure
        return problem or _HINT

    def _show_costs(self) -> None:
        run = self._session.run
        if run is None or not run.finished or not run.has_learned_costs:
            return
        costs = learned_costs(run)
        if costs is not None:
            self.costs.show_costs(run.grid.palette, _mean_costs(run.grid, costs))
        elif self.isVisible():
            self._session.planner.read(
                run, [run.readouts.layer_request(run.latest, LEARNED_COST, BEST)], purpose="teach"
            )


def _best_agreement(history: TrainingHistory) -> float:
    """The share of held-out journeys that the best network plans at the least cost."""
    ends = [row for row in history.results if row[0] == history.best * history.settings.batches]
    return ends[-1][2] if ends else 0.0


def _mean_costs(grid: GridMap, costs: NDArray[np.float32]) -> NDArray[np.float64]:
    """`(kinds,)` float64: the mean learned cost of each kind, NaN where the map has none of it."""
    free, kinds = grid.free, np.zeros(grid.walls.shape, np.uint8)
    kinds = kinds if grid.terrain is None else grid.terrain
    count = len(grid.palette)
    sums = np.bincount(kinds[free], costs[free], count)
    numbers = np.bincount(kinds[free], minlength=count)
    with np.errstate(invalid="ignore"):
        return sums / numbers
