"""The state that all parts of the window share: the map, its plan and what is selected."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from vingui.core.cards import ModelCard, find_model, shipped_models
from vingui.core.diagnosis import first_wrong_cell
from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.map_edits import WALL
from vingui.core.moves import DEFAULT_RULE, MoveRule
from vingui.core.outcome_text import unseen
from vingui.core.planner_protocol import DataRequest
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.rollout import Trajectory
from vingui.core.run import Run
from vingui.core.tiles import Box, tile_of, tiles_in
from vingui.gui import settings as entries
from vingui.gui.camera import Camera
from vingui.gui.document.document import Document
from vingui.gui.document.teaching import Teaching
from vingui.gui.look.painting import Painting
from vingui.gui.look.theme import Theme
from vingui.gui.planner.client import PlannerClient
from vingui.gui.playback.playback import Playback
from vingui.gui.settings import Setting, Settings

MessageKind = Literal["note", "warning", "error"]


class Session(QObject):
    """The map, its plan, and what is shown and selected. Only edits of the map can be undone.

    Args:
        document: the map.
        planner: plans on it.
        playback: the playhead.
        settings: the model, and what is shown.
        theme: the colours.
        beside: another session of the document, whose camera and demonstrations are shared.
        parent: the Qt parent.

    Attributes:
        run: the plan that is shown, or `None` while there is none for a map of this size.
        hovered: the cell under the mouse.
        cursor: the cell of the cell cursor, which the arrow keys move; `None` while it is hidden.
        last_inspected: the cell that was last under the mouse or the cell cursor, which the
            inspector shows on.
        pinned: the cell that the inspector keeps showing, with how its value is computed.
        arrowed: the cells whose policy is painted as arrows.
        selected_start: the index of the selected start in the map's starts.
        material: what the left button draws: `WALL` or a kind of terrain.
        refusal: why the newest requested plan is not possible; empty if it is.
        trajectories: the greedy trajectory of each start under V_k at the playhead; `()` while
            unknown.
    """

    run_changed = Signal()
    """Another run is shown, or the shown run has grown."""
    values_changed = Signal()
    """The values at the playhead have changed, or the playhead has moved."""
    trajectories_changed = Signal()
    hovered_changed = Signal()
    cursor_changed = Signal()
    inspected_changed = Signal()
    pinned_changed = Signal()
    start_selected = Signal()
    material_changed = Signal()
    message = Signal(str, str, object, str)
    """A message for the user: text, kind, `(label, callable)` pairs, key."""
    message_closed = Signal(str)
    """The message with this key is outdated."""

    def __init__(
        self,
        *,
        document: Document,
        planner: PlannerClient,
        playback: Playback,
        settings: Settings,
        theme: Theme,
        beside: "Session | None" = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.planner = planner
        self.playback = playback
        self.settings = settings
        self.theme = theme
        self.camera: Camera = beside.camera if beside else Camera(self)
        self.painting: Painting = beside.painting if beside else Painting(self)
        self.teaching: Teaching = (
            beside.teaching if beside else Teaching(document, settings, lambda: self.rule, self)
        )
        self.run: Run | None = None
        self.hovered: Cell | None = None
        self.cursor: Cell | None = None
        self.last_inspected: Cell | None = None
        self.pinned: Cell | None = None
        self.arrowed: Box | None = None
        self.selected_start: int | None = None
        self.material = WALL
        self.refusal = self._unseen = ""
        # The model to return to if a newly chosen file cannot plan.
        self._fallback = None if self._is_shipped(self.model) else entries.MODEL.default
        self._grows = False
        self._showing = False
        self.trajectories: tuple[Trajectory, ...] = ()
        self._planned: tuple[GridMap, tuple[object, ...]] | None = None
        self._cards: dict[str, ModelCard | None] = {card.name: card for card in shipped_models()}
        document.changed.connect(self._on_map_changed)
        playback.moved.connect(self._on_playhead_moved)
        settings.changed.connect(self._on_setting_changed)
        planner.updated.connect(self._on_run_changed)
        planner.refused.connect(self._on_plan_refused)
        self.camera.set_map(rows=document.grid.rows, cols=document.grid.cols)

    # What is planned, and with what.

    @property
    def k(self) -> int:
        """The iteration at the playhead."""
        return self.playback.k

    @property
    def model(self) -> str:
        """The name or the file of the model."""
        return self.settings.get(entries.MODEL)

    @property
    def card(self) -> ModelCard | None:
        """The model's card, if it has a readable one."""
        model = self.model
        if model not in self._cards:
            try:
                self._cards[model] = ModelCard.read(find_model(model).with_suffix(".json"))
            except VinguiError:
                self._cards[model] = None
        return self._cards[model]

    @property
    def rule(self) -> MoveRule:
        """The movement rule of the shown plan, which is the model's."""
        if self.run is not None:
            return self.run.rule
        return self.card.rule if self.card else DEFAULT_RULE

    def choose_model(self, model: str) -> None:
        """Plan with another model: the name of a shipped one, or a file.

        If the file cannot plan, the previous model stays in use.
        """
        if model != self.model:
            self._fallback = None if self._is_shipped(model) else self._fallback or self.model
        if not self._is_shipped(model):
            self._add_recent(model)
        self.settings.set(entries.MODEL, model)

    def preview_model(self, model: str) -> None:
        """Plan with another model file, without adding it to the recent ones."""
        self._fallback = self._fallback or self.model
        self.settings.set(entries.MODEL, model)

    def forget_model(self) -> None:
        """Plan with the default model, since the file of the current one was removed."""
        self._remove_recent(self.model)
        self._fallback = None
        self.settings.set(entries.MODEL, entries.MODEL.default)

    def forget_card(self, model: str) -> None:
        """Read the card of a model again, since it was written anew."""
        self._cards.pop(model, None)
        if model == self.model:
            self.settings.changed.emit(entries.MODEL)

    def _add_recent(self, model: str) -> None:
        recent = self.settings.get(entries.RECENT_MODELS)
        newest = tuple(dict.fromkeys((model, *recent)))[:8]
        self.settings.set(entries.RECENT_MODELS, newest)

    def _remove_recent(self, model: str) -> None:
        recent = self.settings.get(entries.RECENT_MODELS)
        self.settings.set(entries.RECENT_MODELS, tuple(file for file in recent if file != model))

    @staticmethod
    def _is_shipped(model: str) -> bool:
        return model in {card.name for card in shipped_models()}

    def plan(self) -> None:
        """Request a plan of the current map; the latest request wins."""
        self._planned = self.document.grid, self._choices()
        self.planner.plan(
            self.document.grid,
            model=self.model,
            iterations=self.settings.get(entries.ITERATIONS) or None,
            engine=self.settings.get(entries.ENGINE),
        )

    def _choices(self) -> tuple[object, ...]:
        """Return all that a plan depends on beside the map, for comparison."""
        return self.model, self.settings.get(entries.ITERATIONS), self.settings.get(entries.ENGINE)

    def _is_planned(self) -> bool:
        """Whether the newest plan is what another plan would be."""
        if self._planned is None:
            return False
        grid, choices = self._planned
        return choices == self._choices() and grid.same_world(self.document.grid)

    # What is shown and selected.

    @property
    def inspected(self) -> Cell | None:
        """The cell under the mouse, or else the cell of the cell cursor."""
        return self.hovered if self.hovered is not None else self.cursor

    def set_hovered(self, cell: Cell | None) -> None:
        """Set the cell under the mouse."""
        if cell != self.hovered:
            self.hovered = cell
            self.hovered_changed.emit()
            self._on_inspected_changed()

    def set_cursor(self, cell: Cell | None) -> None:
        """Move the cell cursor and pan to it; `None` hides it."""
        if cell is not None:
            cell = self._inside(cell)
            self.camera.show_cell(*cell)
        self._put_cursor(cell)

    def _inside(self, cell: Cell) -> Cell:
        grid = self.document.grid
        return min(max(cell[0], 0), grid.rows - 1), min(max(cell[1], 0), grid.cols - 1)

    def _put_cursor(self, cell: Cell | None) -> None:
        if cell != self.cursor:
            self.cursor = cell
            self.cursor_changed.emit()
            self._on_inspected_changed()

    def _on_inspected_changed(self) -> None:
        self.last_inspected = self.inspected or self.last_inspected
        self.inspected_changed.emit()
        self.request_readouts()

    def toggle_pin(self, cell: Cell) -> None:
        """Pin a cell in the inspector, or unpin it if it is pinned."""
        self.set_pinned(None if cell == self.pinned else cell)

    def set_pinned(self, cell: Cell | None) -> None:
        """Pin a cell in the inspector; `None` to unpin."""
        if cell != self.pinned:
            self.pinned = cell
            self.pinned_changed.emit()
            self.request_readouts()

    def select_start(self, start: int | None) -> None:
        """Select one of the starts."""
        count = len(self.document.grid.starts)
        start = start if start is not None and 0 <= start < count else None
        if start != self.selected_start:
            self.selected_start = start
            self.start_selected.emit()
            self.request_readouts()

    def choose_material(self, material: int) -> None:
        """Draw another material with the left button; walls if the map has no such kind."""
        material = material if material < len(self.document.grid.palette) else WALL
        if material != self.material:
            self.material = material
            self.material_changed.emit()

    def set_arrowed(self, cells: Box | None) -> None:
        """Set the cells whose policy is painted as arrows; `None` if there are none."""
        if cells != self.arrowed:
            self.arrowed = cells
            self.request_readouts()

    def request_readouts(self) -> None:
        """Request all that is shown of the run at the playhead and that it does not hold yet."""
        run = self.run
        if run is None or not run.latest or not self._fits(run):
            return
        # Most plans take milliseconds, and what ends them includes the greedy actions.
        if not run.finished and self.k == run.latest and not self._grows:
            return
        self.planner.read(run, self.needed(run), purpose="shown")

    def needed(self, run: Run) -> list[DataRequest]:
        """What is shown of a run at the playhead, besides its values, and not known yet."""
        readouts, k = run.readouts, self.k
        needed: list[DataRequest] = [readouts.actions_request(k)]
        cells = [self.last_inspected, self.pinned, self._explained_cell(run)]
        tiles = [tile_of(cell) for cell in cells if cell is not None]
        if self.arrowed is not None:
            tiles += tiles_in(self.arrowed)
        # While the user draws, the next plan comes first, and brings others.
        if not (self.document.in_stroke and self.planner.busy):
            needed += [readouts.tile_request(k, tile) for tile in tiles]
            if self.pinned is not None and (sums := readouts.backup_request(k, self.pinned)):
                needed.append(sums)
        layer, latent = self.settings.get(entries.LAYER), self.settings.get(entries.LATENT)
        if run.has_learned_costs and (layer == LEARNED_COST or not self.planner.busy):
            needed.append(readouts.layer_request(k, LEARNED_COST, BEST))
        if layer in ("q", "reward"):
            # The colours have the same limits over the whole run, which are those of the last k.
            needed += [readouts.layer_request(at, layer, latent) for at in (k, run.latest)]
        return [one for one in dict.fromkeys(needed) if not readouts.holds(one)]

    def _explained_cell(self, run: Run) -> Cell | None:
        """The first wrong step of the only or selected start, whose q-values are shown."""
        number = 0 if len(self.trajectories) == 1 else self.selected_start
        if number is None or number >= len(self.trajectories):
            return None
        return first_wrong_cell(self.trajectories[number], run, self.k)

    def notify(
        self,
        text: str,
        *,
        kind: MessageKind = "note",
        actions: Sequence[tuple[str, Callable[[], None]]] = (),
        key: str = "",
    ) -> None:
        """Show the user a message without interrupting."""
        self.message.emit(text, kind, tuple(actions), key)

    def close_message(self, key: str) -> None:
        """Close the message with this key, if it is shown."""
        self.message_closed.emit(key)

    def _on_map_changed(self) -> None:
        grid = self.document.grid
        self.camera.set_map(rows=grid.rows, cols=grid.cols)
        if self.run is not None and not self._fits(self.run):
            self._show(None)
        if self.cursor is not None:
            self._put_cursor(self._inside(self.cursor))
        if self.pinned is not None and self.pinned != self._inside(self.pinned):
            self.set_pinned(None)
        if self.last_inspected is not None:
            self.last_inspected = self._inside(self.last_inspected)
        self.select_start(self.selected_start)
        self.choose_material(self.material)
        # A moved start needs no new plan: its trajectory follows from the known policy.
        if self._is_planned():
            self._follow_starts()
        else:
            self.plan()
            if grid.goal is None:
                self._show(None)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (entries.MODEL, entries.ITERATIONS, entries.ENGINE):
            self.plan()
        elif setting in (entries.LAYER, entries.LATENT):
            self.request_readouts()

    def _on_run_changed(self, run: Run) -> None:
        if self._fits(run):
            self._show(run)

    def _fits(self, run: Run) -> bool:
        """Whether a run is of a map of this size."""
        return run.grid.walls.shape == self.document.grid.walls.shape

    def _show(self, run: Run | None) -> None:
        self._grows = run is not None and run is self.run
        self.run = run
        self._showing = True
        if run is not None:
            self.refusal = ""
            if run.model == Path(self.model).stem:
                self._fallback = None
            self.playback.set_last(run.latest, finished=run.finished)
        else:
            self.playback.set_last(0, finished=True)
        self._showing = False
        self.run_changed.emit()
        self._on_values_changed()
        if run is not None and run.finished:
            self._note_unseen(unseen(run))

    def _note_unseen(self, text: str) -> None:
        """Say once what of the map the model cannot see, until it sees everything."""
        if text and text != self._unseen:
            self.notify(text, key="unseen")
        elif self._unseen and not text:
            self.close_message("unseen")
        self._unseen = text

    def _on_playhead_moved(self) -> None:
        # A run that is being shown changes the values anyway.
        if not self._showing:
            self._on_values_changed()

    def _on_values_changed(self) -> None:
        self.request_readouts()
        self.values_changed.emit()
        self._follow_starts()

    def _follow_starts(self) -> None:
        starts = self.document.grid.starts
        run = self.run
        if self.document.in_stroke and run is not None and run.oracle is None:
            # While the user draws, exact solutions come less often than values.
            return
        trajectories = self._trajectories_of(run, starts) if run is not None else ()
        if trajectories != self.trajectories:
            self.trajectories = trajectories
            if trajectories:
                self.playback.set_walk_length(max(trajectory.steps for trajectory in trajectories))
            self.trajectories_changed.emit()
            self.request_readouts()

    def _trajectories_of(self, run: Run, starts: tuple[Cell, ...]) -> tuple[Trajectory, ...]:
        return run.trajectories(starts, self.k)

    def _on_plan_refused(self, reason: str) -> None:
        if self._fallback is not None:
            self._fall_back(self._fallback, reason)
            return
        self.refusal = reason
        self.notify(reason, kind="warning", key="refused")
        self.run_changed.emit()

    def _fall_back(self, model: str, reason: str) -> None:
        failed, self._fallback = self.model, None
        self._remove_recent(failed)
        self.notify(f"{reason}. {Path(model).stem} stays in use.", kind="error", key="model")
        self.settings.set(entries.MODEL, model)
