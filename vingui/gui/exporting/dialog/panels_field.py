"""The field that edits the list of a figure's panels."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from vingui.core.moves import DEFAULT_RULE
from vingui.core.readouts import BEST
from vingui.core.value_layers import latent_names, layers_of
from vingui.gui.look.buttons import small_button
from vingui.gui.look.fields import FRAMED_LIST, add_row, choice, group, named, whole

if TYPE_CHECKING:
    from vingui.core.run import Run
    from vingui.figure.panel import Panel

_MOST_K: Final = 1_000_000
_LINES: Final = 4
_CUSTOM: Final = "custom"
_PRESETS: Final = (
    ("map-value", "Map and value"),
    ("strip", "Strip of k"),
    ("q", "Q of every action"),
    ("everything", "Everything"),
    (_CUSTOM, "Custom"),
)
_STRIP: Final = 4


class PanelsField(QWidget):
    """The panels of a figure: presets, and a list in which panels are added, removed and moved.

    Args:
        run: the shown run, whose actions and iterations can be chosen.
    """

    changed = Signal()

    def __init__(self, run: "Run | None") -> None:
        super().__init__()
        from vingui.figure.panel import PANELS

        self._run = run
        self._names = _action_names(run)
        self._titles = dict(PANELS)
        self._panels: list[Panel] = []
        self._preset = choice("preset", "Panels", "The panels to show side by side", _PRESETS)
        self._list = named(QListWidget(), "panels", "Panels", "The panels, row after row")
        self._list.setStyleSheet(
            FRAMED_LIST.format(edge="palette(mid)") + "QListWidget { background: palette(base); }"
        )
        self._list.setFixedHeight(_LINES * (self.fontMetrics().lineSpacing() + 8) + 4)
        self._layer = choice("panel-layer", "Panel shows", "What the panel shows", PANELS)
        tip = "The iteration; by default the one under the playhead or of the film's frame"
        self._k = whole("panel-k", "Panel's iteration", tip, low=0, high=_MOST_K, special="Shown")
        actions = [(BEST, "Best action"), *enumerate(self._names)]
        self._action = choice(
            "panel-action", "Panel's action", "The action whose values to show", actions
        )
        tip = "Panels in a row"
        self._columns = whole("columns", "Columns", tip, low=0, high=12, special="Auto")
        self._lay_out()
        self._preset.activated.connect(self._on_preset_chosen)
        self._list.currentRowChanged.connect(self._show_panel)
        self._layer.activated.connect(self._on_panel_chosen)
        self._action.activated.connect(self._on_panel_chosen)
        self._k.valueChanged.connect(self._on_panel_chosen)
        self._columns.valueChanged.connect(self.changed)

    @property
    def panels(self) -> tuple["Panel", ...]:
        """The panels."""
        return tuple(self._panels)

    @property
    def columns(self) -> int | None:
        """Panels in a row; `None` for any number."""
        return self._columns.value() or None

    def show_run(self, run: "Run | None", *, open_k: str) -> None:
        """Offer the iterations of a run so far; `open_k` is the text for no fixed iteration."""
        self._run = run
        with QSignalBlocker(self._k):
            # Not below the chosen iteration, since a new plan has few iterations at first.
            most = run.latest if run is not None and run.latest else _MOST_K
            self._k.setMaximum(max(most, self._k.value()))
            self._k.setSpecialValueText(open_k)

    def show_panels(self, panels: Sequence["Panel"], columns: int | None) -> None:
        """Show other panels without emitting a signal."""
        self._panels = list(panels)
        with QSignalBlocker(self._columns):
            self._columns.setValue(columns or 0)
        self._fill(0)

    def _lay_out(self) -> None:
        buttons = QVBoxLayout()
        buttons.setSpacing(0)
        for name, picture, about, slot in (
            ("panel-add", "add", "Add a panel", self._add),
            ("panel-remove", "delete", "Remove the panel", self._remove),
            ("panel-up", "up", "Move the panel up", lambda: self._move(-1)),
            ("panel-down", "down", "Move the panel down", lambda: self._move(1)),
        ):
            button = small_button(name, picture, about)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch()
        shown = QHBoxLayout()
        shown.setSpacing(4)
        shown.addWidget(self._list, 1)
        shown.addLayout(buttons)
        box, form = group("&Panels")
        form.addRow(self._preset)
        form.addRow(shown)
        add_row(form, "S&hows", self._layer)
        add_row(form, "k", self._k)
        add_row(form, "Action", self._action)
        add_row(form, "Col&umns", self._columns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def _fill(self, row: int) -> None:
        with QSignalBlocker(self._list):
            self._list.clear()
            self._list.addItems([self._title(panel) for panel in self._panels])
            self._list.setCurrentRow(min(row, len(self._panels) - 1))
        self._preset.show_value(self._preset_of(self.panels))
        self._show_panel()

    def _title(self, panel: "Panel") -> str:
        title = self._titles[panel.layer]
        if panel.latent != BEST:
            names = self._names
            known = 0 <= panel.latent < len(names)
            title += f" of {names[panel.latent] if known else panel.latent}"
        if panel.k is not None:
            title += f", k = {panel.k:,}"
        return title

    def _show_panel(self, _row: int = 0) -> None:
        from vingui.figure.panel import WITH_LATENT

        row = self._list.currentRow()
        if not 0 <= row < len(self._panels):
            return
        panel = self._panels[row]
        self._layer.show_value(panel.layer)
        self._action.show_value(panel.latent)
        self._action.setEnabled(panel.layer in WITH_LATENT)
        with QSignalBlocker(self._k):
            # An iteration that was chosen for a longer run stays until the user changes it.
            self._k.setMaximum(max(self._k.maximum(), panel.k or 0))
            self._k.setValue(panel.k or 0)

    def _on_panel_chosen(self) -> None:
        from vingui.figure.panel import WITH_LATENT, Panel

        row, layer = self._list.currentRow(), str(self._layer.value())
        latent = self._action.value() if layer in WITH_LATENT else BEST
        self._panels[row] = Panel(layer, self._k.value() or None, int(str(latent)))
        self._fill(row)
        self.changed.emit()

    def _on_preset_chosen(self) -> None:
        preset = str(self._preset.value())
        if preset != _CUSTOM:
            self._panels = list(self._preset_panels(preset))
            self._fill(0)
            self.changed.emit()

    def _add(self) -> None:
        from vingui.figure.options import MOST_PANELS

        if len(self._panels) >= MOST_PANELS:
            return
        row = self._list.currentRow() + 1
        self._panels.insert(row, replace(self._panels[row - 1]))
        self._fill(row)
        self.changed.emit()

    def _remove(self) -> None:
        if len(self._panels) > 1:
            row = self._list.currentRow()
            del self._panels[row]
            self._fill(row)
            self.changed.emit()

    def _move(self, by: int) -> None:
        row = self._list.currentRow()
        if 0 <= row + by < len(self._panels):
            panels = self._panels
            panels[row], panels[row + by] = panels[row + by], panels[row]
            self._fill(row + by)
            self.changed.emit()

    def _preset_panels(self, preset: str) -> tuple["Panel", ...]:
        from vingui.figure.panel import PANELS, Panel

        match preset:
            case "strip":
                last = self._run.latest if self._run is not None else _STRIP
                ks = dict.fromkeys(round(1 + (last - 1) * part / 3) for part in range(_STRIP))
                return tuple(Panel("value", k) for k in ks)
            case "q":
                return tuple(Panel("q", latent=action) for action in range(len(self._names)))
            case "everything":
                shown = {name for name, _ in _shown_layers(self._run)} | {"map", "convergence"}
                return tuple(Panel(name) for name, _ in PANELS if name in shown)
        return Panel("map"), Panel("value")

    def _preset_of(self, panels: tuple["Panel", ...]) -> str:
        return next((id_ for id_, _ in _PRESETS if self._preset_panels(id_) == panels), _CUSTOM)


def _shown_layers(run: "Run | None") -> tuple[tuple[str, str], ...]:
    """The layers that show something of a run."""
    if run is None:
        return layers_of(costs=False, learned=False)
    return layers_of(costs=run.grid.has_costs, learned=run.has_learned_costs)


def _action_names(run: "Run | None") -> tuple[str, ...]:
    if run is None:
        return latent_names(DEFAULT_RULE.n_actions, DEFAULT_RULE)
    count = run.readouts.latent_actions or run.rule.n_actions
    return latent_names(count, run.rule)
