"""The session of the compared plan: on the same map and with the same selection, linked playhead.

A plan with another number of iterations shows the same k. A search, whose k counts expansions, is
shown at the same share of its length.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject

from vingui.core.grid import Cell
from vingui.core.methods import METHODS, is_left_out, is_search
from vingui.core.rollout import Trajectory
from vingui.core.run import Run
from vingui.gui import settings as entries
from vingui.gui.planner.client import Phase, PlannerClient
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import Setting, Settings

T = TypeVar("T")

_INSTEAD: Final[Mapping[Setting[Any], Setting[Any]]] = {entries.MODEL: entries.COMPARE_WITH}
"""Settings that the comparison has of its own, in place of those of the shown plan."""


class LinkedSettings(Settings):
    """The settings of the window, but for those that the comparison has of its own.

    Args:
        shared: the settings of the window, where all are kept.
        parent: the Qt parent.
    """

    def __init__(self, shared: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent, given={})
        self._shared = shared
        shared.changed.connect(self._on_shared_changed)

    def get(self, setting: Setting[T]) -> T:
        """Return the value of a setting; of a search, only values can be shown."""
        if setting is entries.LAYER and is_search(self.get(entries.MODEL)):
            return setting.default
        own: Setting[T] = _INSTEAD.get(setting, setting)
        return self._shared.get(own)

    def set(self, setting: Setting[T], value: T) -> None:
        """Change a setting and store it."""
        self._shared.set(_INSTEAD.get(setting, setting), value)

    def _on_shared_changed(self, setting: Setting[Any]) -> None:
        for replaced, own in _INSTEAD.items():
            if setting is own:
                self.changed.emit(replaced)
            if setting in (own, replaced):
                return
        self.changed.emit(setting)


class LinkedPlayback(Playback):
    """The playhead of the compared plan, which follows that of the shown plan.

    At the end of the shown plan it is at its own end.

    Args:
        leader: the playhead that it follows.
        settings: as of `Playback`.
        parent: the Qt parent.

    Attributes:
        by_share: whether it is at the same share of its length; if not, at the same k.
    """

    def __init__(
        self, leader: Playback, settings: Settings, *, parent: QObject | None = None
    ) -> None:
        self._leader = leader
        self.by_share = False
        super().__init__(settings, parent=parent)
        leader.moved.connect(self._emit_changes)
        leader.state_changed.connect(self._emit_changes)
        leader.walked.connect(self.walked)

    @property
    def k(self) -> int:
        """The iteration shown; 0 while there is none."""
        leader = self._leader
        if leader.at_end or not leader.last:
            return self._last
        if self.by_share:
            return min(math.ceil(leader.k * self._last / leader.last), self._last)
        return min(leader.k, self._last)

    @property
    def playing(self) -> bool:
        """Whether the leading playhead, or the dots, are moving."""
        return self._leader.playing

    @property
    def steps(self) -> float:
        """How many steps the dots have walked; -1 while they are not shown."""
        return self._leader.steps


class ComparedSession(Session):
    """A plan of the same map by another model or method.

    Camera, hovered and pinned cell, cell cursor and selected start are those of the shown plan.

    Args:
        main: the session of the shown plan.
        planner: plans by the other model.
        parent: the Qt parent.

    Attributes:
        main: the session of the shown plan.
    """

    def __init__(
        self, main: Session, planner: PlannerClient, parent: QObject | None = None
    ) -> None:
        settings = LinkedSettings(main.settings)
        playback = LinkedPlayback(main.playback, settings)
        super().__init__(
            document=main.document,
            planner=planner,
            playback=playback,
            settings=settings,
            theme=main.theme,
            beside=main,
            parent=parent,
        )
        self.main = main
        self._linked = playback
        self._found: tuple[object, tuple[Trajectory, ...]] = (None, ())
        settings.setParent(self)
        playback.setParent(self)
        for source, copy in ((main, self._follow), (self, self._lead)):
            source.inspected_changed.connect(copy)
            source.pinned_changed.connect(copy)
            source.start_selected.connect(copy)
        self.start_selected.connect(self._plan_if_outdated)
        main.run_changed.connect(self._on_main_run_changed)
        planner.phase_changed.connect(self._on_phase_changed)
        self._follow()

    def choose_model(self, model: str) -> None:
        """Compare with another model, or with a method."""
        if not self._is_shipped(model) and model not in METHODS:
            self._add_recent(model)
        self.settings.set(entries.MODEL, model)
        if self.planner.phase is Phase.FAILED:
            self.planner.restart()

    def plan(self) -> None:
        """Request a plan: of a method, by the movement rule of the shown plan."""
        grid, start = self.document.grid, self._searched_start()
        self._planned = grid, self._choices()
        if start is not None:
            grid = grid.with_starts(tuple(dict.fromkeys((start, *grid.starts))))
        fixed = self.settings.get(entries.ITERATIONS) or None
        self.planner.plan(
            grid,
            model=self.model,
            iterations=None if is_search(self.model) else fixed,
            engine=self.settings.get(entries.ENGINE),
            rule=self.main.rule,
        )

    def _choices(self) -> tuple[object, ...]:
        rule = self.main.rule.name if self.model in METHODS else ""
        return *super()._choices(), rule, self._searched_start()

    def _searched_start(self) -> Cell | None:
        """The start that a search begins at: the selected one, or the first."""
        starts, selected = self.document.grid.starts, self.selected_start
        if not is_search(self.model) or not starts:
            return None
        return starts[selected if selected is not None and selected < len(starts) else 0]

    def _plan_if_outdated(self) -> None:
        """Plan again if the rule or the searched start has changed; a new map is planned anyway."""
        grid, choices = self._planned or (None, ())
        known = grid is not None and grid.same_world(self.document.grid)
        if known and choices != self._choices():
            self.plan()

    def _on_main_run_changed(self) -> None:
        self._link_playheads(self.run)
        self._plan_if_outdated()

    def _link_playheads(self, run: Run | None) -> None:
        searches = [one is not None and is_search(one.model) for one in (run, self.main.run)]
        self._linked.by_share = searches[0] != searches[1]

    def _on_run_changed(self, run: Run) -> None:
        self._link_playheads(run)
        super()._on_run_changed(run)

    def _trajectories_of(self, run: Run, starts: tuple[Cell, ...]) -> tuple[Trajectory, ...]:
        """As of any session; a search has only that of its start, once it has ended."""
        trajectories = super()._trajectories_of(run, starts)
        if not is_search(run.model):
            return trajectories
        ended = run.finished and self.k == run.latest
        key = trajectories, ended, run.grid.starts[:1]
        if self._found[0] != key:
            known = tuple(
                one if ended and one.start in key[2] else replace(one, start=None)
                for one in trajectories
            )
            self._found = key, known
        return self._found[1]

    def _follow(self) -> None:
        _copy_selection(self.main, self)

    def _lead(self) -> None:
        _copy_selection(self, self.main)

    def _on_phase_changed(self) -> None:
        # The view says what is wrong where there is no plan.
        if self.planner.phase is Phase.FAILED:
            self._show(None)

    def _on_plan_refused(self, reason: str) -> None:
        # Late readouts of the plan before would show it again.
        self.planner.cancel()
        if is_left_out(self.model):
            # It is no longer listed, and a message says why.
            self.settings.set(entries.MODEL, entries.COMPARE_WITH.default)
            return
        self.refusal = reason
        self._show(None)


def _copy_selection(source: Session, target: Session) -> None:
    target.set_hovered(source.hovered)
    target.set_pinned(source.pinned)
    target.select_start(source.selected_start)
    # This brings the cell into view, also if it is the same.
    if target.cursor != source.cursor:
        target.set_cursor(source.cursor)
