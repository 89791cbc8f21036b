"""The value view's picture: a layer of the run, and the colour of each cell."""

import sys
import time
from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from vingui.core import value_colours
from vingui.core.drawn_cells import differing_cells
from vingui.core.extra_cost import EXTRA_COST
from vingui.core.outcome_categories import category_colours
from vingui.core.run import Run
from vingui.core.value_layers import (
    Layer,
    compute_layer,
    depends_on_k,
    missing_reason,
    run_range,
)
from vingui.gui import settings as entries
from vingui.gui.background import Latest
from vingui.gui.canvas.items.averages import LARGE
from vingui.gui.look.theme import Look
from vingui.gui.session import Session
from vingui.gui.settings import Setting
from vingui.gui.status_texts import PLANNING, why_no_plan

_AT_ONCE: Final = 10_000
"""Cells of the largest map whose outcomes or extra costs are computed without a thread."""

_Key = tuple[object, ...]


class Picture(QObject):
    """The layer that is shown, as colours.

    After any number of changes it is updated once, by `refresh`, before it is painted.

    Args:
        session: the run, the playhead, the map and the settings.
        parent: the Qt parent.
        offscreen: whether to wait for slow results instead of showing them later.

    Attributes:
        layer: the layer; `None` while there is none.
        entries: `(rows, cols)` uint8, the colour of each cell as an index into `table`.
        recoloured: the flat indices of the `entries` that the last change has changed, at least;
            `None` if it may be any.
        table: `(256, 3)` uint8 RGB.
        message: why there is no layer; empty if there is one.
    """

    outdated = Signal()
    """The picture may have changed; `refresh` finds out."""
    changed = Signal()
    """`refresh` has changed the picture."""

    def __init__(self, session: Session, parent: QObject, *, offscreen: bool = False) -> None:
        super().__init__(parent)
        self.session = session
        self._most_at_once = sys.maxsize if offscreen else _AT_ONCE
        self.layer: Layer | None = None
        self.entries: NDArray[np.uint8] = np.ones(session.document.grid.walls.shape, np.uint8)
        self.recoloured: NDArray[np.int64] | None = None
        self.table = np.zeros((256, 3), np.uint8)
        self.message = ""
        self._stale = True
        self._key: _Key = ()
        self._wanted: _Key = ()
        self._computing = Latest(self)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.timeout.connect(self._mark_stale)
        self._replaced = False
        self._coloured: tuple[Layer | None, NDArray[np.bool_] | None] = None, None
        self._ranged: tuple[_Key, tuple[float, float]] = ((), (0.0, 0.0))
        for changed in (
            session.run_changed,
            session.values_changed,
            session.document.changed,
            session.theme.changed,
        ):
            changed.connect(self._mark_stale)
        for changed in (session.planner.phase_changed, session.planner.busy_changed):
            changed.connect(self._mark_message_stale)
        session.settings.changed.connect(self._on_setting_changed)

    def refresh(self) -> None:
        """Update the picture if anything about it has changed."""
        if not self._stale:
            return
        self._stale = False
        self._find_layer()
        message = "" if self.layer is not None else self.missing_reason()
        if self._update_colours() or message != self.message:
            self.message = message
            self.changed.emit()

    def missing_reason(self) -> str:
        """Why there is no layer to show; "" if unknown."""
        session, run = self.session, self.session.run
        if run is None or not run.kept:
            reason = why_no_plan(session)
        else:
            reason = missing_reason(run, session.settings.get(entries.LAYER))
        return reason or (PLANNING if session.planner.busy or run is not None else "")

    def _mark_stale(self) -> None:
        self._stale = True
        self.outdated.emit()

    def _mark_message_stale(self) -> None:
        if self.layer is None:
            self._mark_stale()

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (entries.LAYER, entries.LATENT, entries.COLOUR_MAP, entries.SCALE):
            self._mark_stale()

    def _find_layer(self) -> None:
        session, run = self.session, self.session.run
        name, latent = session.settings.get(entries.LAYER), session.settings.get(entries.LATENT)
        walls = session.document.grid.walls
        if (
            run is None
            or not run.kept
            or run.grid.walls.shape != walls.shape
            or missing_reason(run, name)
        ):
            self._show(None, ())
            return
        latent = latent if name in ("reward", "q") else 0
        k = run.nearest(session.k) if depends_on_k(name) else 0
        fixed = session.settings.get(entries.SCALE) == "run" and name != "outcomes"
        slow = self._is_slow(name, walls.size)
        find_range = self._range_key if slow else self._range
        # The run's number and not the run, which the key would keep alive.
        key = (run.number, name, latent, k, find_range(run, name, latent) if fixed else None)
        if key == self._key:
            self._wanted = key
            return
        compute = partial(self._compute_layer, run, session.k, name, latent, fixed)
        if slow:
            self._request_layer(compute, key)
            return
        layer = compute()
        if self._colours_at_once(walls) or self._changes(layer, walls) is not None:
            self._show(layer, key)
        else:
            self._request_layer(lambda: layer, key)

    def _is_slow(self, name: str, cells: int) -> bool:
        """Whether a layer is computed in a thread. V_k is there already."""
        if name in ("outcomes", EXTRA_COST):
            return cells > self._most_at_once
        return name != "value" and cells > max(self._most_at_once, LARGE)

    def _colours_at_once(self, walls: NDArray[np.bool_]) -> bool:
        return walls.size <= max(self._most_at_once, LARGE)

    def _compute_layer(self, run: Run, k: int, name: str, latent: int, fixed: bool) -> Layer | None:
        whole = self._range(run, name, latent) if fixed else None
        return compute_layer(run, k, name, latent, whole=whole)

    def _request_layer(self, compute: Callable[[], Layer | None], key: _Key) -> None:
        """Compute and colour a layer in a thread; one at a time, and then the newest."""
        self._show(None, key)
        if self._computing.busy or self._resting.isActive():
            return
        began = time.perf_counter()
        walls = self.session.document.grid.walls

        def work() -> tuple[Layer, NDArray[np.uint8]] | None:
            layer = compute()
            return None if layer is None else (layer, _entries(layer, walls))

        def on_done(found: tuple[Layer, NDArray[np.uint8]] | None) -> None:
            same_map = self.session.document.grid.walls.shape == walls.shape
            if found is not None and same_map and key[1:3] == self._wanted[1:3]:
                self.layer, self.entries = found
                self._key, self._replaced = key, True
                self._coloured = self.layer, walls
            if self.session.planner.busy:
                # Half of the time is left to the planner, which may have no core of its own.
                self._resting.start(round(1000 * (time.perf_counter() - began)))
            if found is not None or key != self._wanted:
                self._mark_stale()

        self._computing.submit(work, on_done=on_done)

    def _show(self, layer: Layer | None, key: _Key) -> None:
        self._wanted = key
        if layer is not None:
            self.layer, self._key = layer, key
        elif not self._may_stay(key):
            self.layer, self._key = None, ()

    def _may_stay(self, key: _Key) -> bool:
        """Whether the current layer may stay until the layer of `key` is known."""
        # This avoids flicker while playback is ahead of the results or the goal is dragged.
        if self.layer is None or key[1:3] != self._key[1:3]:
            return False
        return self.entries.shape == self.session.document.grid.walls.shape

    def _range(self, run: Run, name: str, latent: int) -> tuple[float, float]:
        key = self._range_key(run, name, latent)
        if key != self._ranged[0]:
            self._ranged = key, run_range(run, name, latent)
        return self._ranged[1]

    def _range_key(self, run: Run, name: str, latent: int) -> _Key:
        """All that the range of a layer over a run depends on, for comparison."""
        key: _Key = (run.number, run.latest, run.finished, run.oracle is None, name, latent)
        if name in ("q", "reward"):
            request = run.readouts.layer_request(run.latest, name, latent)
            key = (*key, run.readouts.holds(request))
        return key

    def _update_colours(self) -> bool:
        """Update `entries` and `table`; return whether they have changed."""
        layer, walls = self.layer, self.session.document.grid.walls
        kind = layer.kind if layer is not None else "sequential"
        chosen = self.session.settings.get(entries.COLOUR_MAP)
        table = _table(kind, chosen, self.session.theme.look)
        same = self._coloured[0] is layer and self._coloured[1] is walls
        if table is self.table and same and not self._replaced:
            return False
        replaced, self._replaced, self.table = self._replaced, False, table
        cells = np.empty(0, np.int64) if same else self._recolour(layer, walls)
        self.recoloured = None if replaced else cells
        self._coloured = layer, walls
        return True

    def _recolour(self, layer: Layer | None, walls: NDArray[np.bool_]) -> NDArray[np.int64] | None:
        """Update `entries`; return the cells that have changed, `None` if it may be any."""
        before, walls_before = self._coloured
        changes = self._changes(layer, walls)
        if layer is not None and changes is not None:
            cells, values = changes
            self.entries.ravel()[cells] = value_colours.tinted(
                values, walls.ravel()[cells], low=layer.low, high=layer.high
            )
        elif (
            layer is before
            and walls_before is not None
            and walls_before.shape == walls.shape
            and not self._colours_at_once(walls)
        ):
            # Cells that were walls have no value in this run; the next one follows.
            cells = differing_cells(walls, walls_before)
            self.entries.ravel()[cells] = np.where(
                walls.ravel()[cells], value_colours.WALL, value_colours.UNREACHED
            )
        else:
            self.entries = _entries(layer, walls)
            return None
        return cells

    def _changes(
        self, layer: Layer | None, walls: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """The cells that differ from those coloured last, and their values, if these are few."""
        before, walls_before = self._coloured
        if layer is None or before is None or walls is not walls_before:
            return None
        return layer.changes_since(before)


@lru_cache(maxsize=16)
def _table(kind: str, colour_map: str, look: Look) -> NDArray[np.uint8]:
    if kind == "outcomes":
        colours = category_colours(look.unreached)
    elif kind == "diverging":
        colours = gradient(value_colours.DIVERGING)
    else:
        colours = gradient(value_colours.colour_map_named(colour_map))
    return value_colours.palette(colours, wall=look.wall, unreached=look.unreached)


def _entries(layer: Layer | None, walls: NDArray[np.bool_]) -> NDArray[np.uint8]:
    if layer is None:
        # Those of walls, and of cells without a value.
        return (~walls).view(np.uint8)
    with layer.reading() as values:
        if layer.kind == "outcomes":
            return value_colours.labelled(values, walls)
        return value_colours.tinted(values, walls, low=layer.low, high=layer.high)


@cache
def gradient(colour_map: value_colours.ColourMap) -> NDArray[np.uint8]:
    """Return a colour map as a read-only `(LEVELS, 3)` uint8 array of RGB, from low to high."""
    table: NDArray[np.uint8] = pg.colormap.get(colour_map.source).getLookupTable(
        start=colour_map.first, nPts=value_colours.LEVELS, alpha=False, mode=pg.ColorMap.BYTE
    )
    table.flags.writeable = False
    return table
