"""Iterating the value function of a model whose backups change every cell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.cell_backup import BackupRequest, CellBackup
from vingui.core.engine import Engine
from vingui.core.engine.readout import policy_of
from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.learned_costs import LearnedCosts, scale_of
from vingui.core.phrases import counted
from vingui.core.planner_protocol import NewValues, Values
from vingui.core.tiles import Box
from vingui.core.value_history import ValueHistory, figures, value_maps_within
from vingui.net.iteration import PIECE, silent_cells

_CHUNK_BYTES: Final = 8 << 20

_STILL: Final = 1e-4
"""A VIN's values only approach their limit: they have converged once none changes by more than
this share of the largest. Those of a dynamic kernel reach it, and are compared for equality."""


@dataclass(frozen=True, eq=False)
class BackupTerms:
    """What the q-values of one cell are made of; the fields as of `CellBackup`."""

    leads: NDArray[np.int64]
    reward: NDArray[np.float32]
    onward: NDArray[np.float32]
    q: NDArray[np.float32]


@dataclass(frozen=True)
class Backups:
    """A model prepared for one map. Values that are not reached yet are `-inf` everywhere.

    Attributes:
        initial: V_0, `(rows, cols)`.
        advance: returns V_(k+1) to V_(k+count) from V_k and a count, `(count, rows, cols)`.
        read_out: returns the q-values and the action logits of V_k, each `(rows, cols, ...)`.
        reward: returns the reward, `(rows, cols, channels)`.
        terms: returns what the q-values of V_k are made of in a cell.
        learned_costs: `(rows, cols)`, the cost of entering each cell, if the network learned it.
        chunk: how many backups to make between two looks at the clock, unless memory makes them
            fewer.
    """

    initial: NDArray[np.float32]
    advance: Callable[[NDArray[np.float32], int], NDArray[np.float32]]
    read_out: Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]
    reward: Callable[[], NDArray[np.float32]]
    terms: Callable[[NDArray[np.float32], Cell], BackupTerms]
    learned_costs: NDArray[np.float32] | None = None
    chunk: int = 32


class DenseIteration:
    """The iteration of a model whose backups change every cell.

    Args:
        backups: the model, prepared for the map.
        grid: the map, with a goal.
        iterations: K, or `None` to stop at convergence ("auto").
        limit: K at most, if it is "auto".
        memory: how many bytes of values to keep at most.
        engine: what makes the backups.
        exact: whether values have converged only once they stay the same; if not, once they
            hardly change.
    """

    def __init__(
        self,
        backups: Backups,
        grid: GridMap,
        iterations: int | None,
        *,
        limit: int,
        memory: int,
        engine: Engine,
        exact: bool,
    ) -> None:
        self.grid = grid
        self.converged = False
        self.next_change = float("nan")
        self.history = ValueHistory(value_maps_within(memory, cells=grid.walls.size))
        read = backups.learned_costs
        self.learned_costs = None if read is None else LearnedCosts(grid, read)
        self._backups = backups
        self._auto = iterations is None
        self._limit = iterations or limit
        self._engine = engine
        self._exact = exact
        self._new_figures: list[NDArray[np.float64]] = []
        self._newest: tuple[int, tuple[NDArray[np.float32], NDArray[np.float32]]] | None = None
        self._sent = 0

    def __iter__(self) -> Iterator[None]:
        """Make some backups for each step of the loop."""
        before = self._backups.initial
        nothing = np.full_like(before, -np.inf)
        chunk = max(min(self._backups.chunk, _CHUNK_BYTES // before.nbytes), 1)
        done = 0
        while done < self._limit and not self.converged:
            count = min(chunk, self._limit - done)
            # One more than is wanted at the end, to know what it would change.
            ends = done + count == self._limit
            value_maps = np.concatenate([before[None], self._advance(before, done, count + ends)])
            if self._auto:
                count = min(count, self._count_moving(value_maps))
            if not count and done:
                return
            # Where no value ever changes there still is a V_1.
            new = value_maps[1 : count + 1] if count else value_maps[:1]
            self._new_figures.append(figures(before if done else nothing, new, self.grid.free))
            for k, value_map in enumerate(new, start=done + 1):
                self.history.add(k, value_map)
            before = new[-1]
            done += len(new)
            if done == self._limit and not self.converged:
                self.converged = self._still(before, value_maps[-1])
                self.next_change = _largest_change(before, value_maps[-1])
            yield

    def _advance(self, values: NDArray[np.float32], done: int, count: int) -> NDArray[np.float32]:
        value_maps = self._backups.advance(values, count)
        if not self._exact and not np.isfinite(value_maps).all():
            raise VinguiError(
                "This network cannot plan on this map: its values overflow within "
                f"{counted(done + count, 'iteration')}"
            )
        return value_maps

    def _count_moving(self, value_maps: NDArray[np.float32]) -> int:
        """How many come after the first before one changes nothing."""
        # Values that still change at the end of the chunk changed all the way through it.
        if self._still(value_maps[-2], value_maps[-1]):
            pairs = enumerate(pairwise(value_maps))
            still = next(count for count, (one, other) in pairs if self._still(one, other))
            self.converged = True
            self.next_change = _largest_change(value_maps[still], value_maps[still + 1])
            return still
        return len(value_maps) - 1

    def _still(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> bool:
        if self._exact:
            return np.array_equal(before, after)
        return bool(np.abs(after - before).max() <= _STILL * np.abs(after).max())

    def new_messages(self, number: int, model: str, rule: str) -> Iterator[NewValues]:
        """Yield the values since the last call, in pieces that are quick to process."""
        if not self._new_figures:
            return
        table, start = np.concatenate(self._new_figures, axis=1), self._sent
        self._new_figures = []
        kept, value_maps = self.history.since(start + 1)
        many = max(PIECE // value_maps[0].nbytes, 1)
        for place in range(0, len(kept), many):
            piece = slice(place, place + many)
            first, self._sent = self._sent + 1, int(kept[piece][-1])
            changes, lows, highs, reached = table[:, first - 1 - start : self._sent - start]
            yield Values(
                number,
                model,
                rule,
                first,
                changes,
                lows,
                highs,
                reached,
                kept[piece],
                value_maps[piece],
                engine=self._engine,
                cost_scale=scale_of(self.learned_costs),
            )

    def actions(self, k: int) -> NDArray[np.int8]:
        """The greedy actions under V_k, as of `Iteration`."""
        q, logits = self._read_out(k)
        rows, cols = self.grid.walls.shape
        return policy_of(q, logits, silent_cells(self.grid, (0, 0, rows, cols)))[1]

    def reward(self, box: Box) -> NDArray[np.float32]:
        """The reward, as of `Iteration`."""
        return _part(self._reward, box)

    def q(self, k: int, box: Box) -> NDArray[np.float32]:
        """The q-values under V_k, as of `Iteration`."""
        return _part(self._read_out(k)[0], box)

    def policy(self, k: int, box: Box) -> NDArray[np.float32]:
        """The policy under V_k, as of `Iteration`."""
        q, logits = (_part(one, box) for one in self._read_out(k))
        return policy_of(q, logits, silent_cells(self.grid, box))[0]

    def backup(self, request: BackupRequest) -> CellBackup:
        """The arithmetic of one backup in one cell, as of `Iteration`."""
        k, cell = request.k, (request.row, request.col)
        before = self._backups.initial if k == 1 else self.history.at(k - 1)[1]
        terms = self._backups.terms(before, cell)
        next_q, logits = (one[cell] for one in self._read_out(k))
        return CellBackup(
            request.number,
            k,
            *cell,
            terms.leads,
            terms.reward,
            terms.onward,
            terms.q,
            next_q,
            logits,
        )

    def _read_out(self, k: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The q-values and action logits of all cells; of one map they are needed tile by tile."""
        if self._newest is None or self._newest[0] != k:
            self._newest = k, self._backups.read_out(self.history.at(k)[1])
        return self._newest[1]

    @cached_property
    def _reward(self) -> NDArray[np.float32]:
        return self._backups.reward()


def _part(cells: NDArray[np.float32], box: Box) -> NDArray[np.float32]:
    top, left, bottom, right = box
    return np.ascontiguousarray(cells[top:bottom, left:right])


def _largest_change(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    both = np.isfinite(before) & np.isfinite(after)
    return float(np.abs(after[both] - before[both]).max(initial=0))
