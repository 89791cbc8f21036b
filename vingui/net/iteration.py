"""Iterating the value function of a map, and reading out the policy that follows from it."""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine import Engine
from vingui.core.engine.readout import (
    GreedyPolicy,
    policy_of,
    q_of_actions,
    rewards_of_actions,
)
from vingui.core.engine.wave import Wave
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.phrases import counted
from vingui.core.planner_protocol import ChangedValues, NewValues, Values
from vingui.core.tiles import Box
from vingui.core.value_changes import ValueChanges
from vingui.core.value_history import ValueHistory, figures, value_maps_within
from vingui.net.backups import Backups
from vingui.net.transition_tables import TransitionTables

_T = TypeVar("_T", bound=np.generic)

_CHUNK: Final = 32
"""Backups between two looks at the clock, unless memory makes them fewer."""

_CHUNK_BYTES: Final = 8 << 20
_PIECE: Final = 2 << 20
"""Bytes of values in a message: few enough to be processed quickly."""

_BURST: Final = 200_000
"""Changes between two looks at the clock, which take some milliseconds."""

_STILL: Final = 1e-4
"""A VIN's values only approach their limit: they have converged once none changes by more than
this share of the largest. Those of a dynamic kernel reach it, and are compared for equality."""


class Iteration(Protocol):
    """Iterates the value function of one map, for as long as it is looped over.

    Attributes:
        grid: the map, with a goal.
        converged: whether another backup would change nothing; known at the end.
        next_change: the largest change that another backup would make to a cell that has a
            value; `nan` until the end.
    """

    grid: GridMap
    converged: bool
    next_change: float

    @property
    def history(self) -> ValueHistory | ValueChanges:
        """The values so far."""
        ...

    def __iter__(self) -> Iterator[None]:
        """Do a piece of work for each step of the loop."""
        ...

    def new_messages(self, number: int, model: str, rule: str) -> Iterator[NewValues]:
        """Yield the values since the last call, in pieces that are quick to process."""
        ...

    def actions(self, k: int) -> NDArray[np.int8]:
        """The greedy actions under a V_k of `history`, `(rows, cols)`, or `NO_ACTION`."""
        ...

    def reward(self, box: Box) -> NDArray[np.float32]:
        """The reward of some cells, `(rows, cols, channels)`."""
        ...

    def q(self, k: int, box: Box) -> NDArray[np.float32]:
        """The q-values of some cells that follow from V_k, `(rows, cols, latent actions)`.

        They are `-inf` where not reached.
        """
        ...

    def policy(self, k: int, box: Box) -> NDArray[np.float32]:
        """The policy in some cells that follows from V_k, `(rows, cols, n_actions)`.

        As of `policy_of`.
        """
        ...


class WaveIteration:
    """The iteration of a dynamic transition kernel, by the compiled engine.

    Args:
        tables: what the kernel learned.
        grid: the map, with a goal.
        iterations: K, or `None` to stop at convergence ("auto").
        costs: `(rows, cols)` floats, the cost of entering each cell; 1 everywhere if left out.
    """

    def __init__(
        self,
        tables: TransitionTables,
        grid: GridMap,
        iterations: int | None,
        costs: NDArray[np.floating] | None = None,
    ) -> None:
        self.grid = grid
        self.converged = False
        self.next_change = float("nan")
        self._tables = tables
        self._auto = iterations is None
        # A path without loops visits no more cells than the map has.
        self._limit = iterations or grid.walls.size
        goals = {goal: tables.unit * value for goal, value in grid.valued_goals.items()}
        self._wave = Wave(grid.walls, goals, tables.steps, costs)
        self.history: ValueChanges = self._wave.changes
        self._sent = 0

    def __iter__(self) -> Iterator[None]:
        """Iterate some milliseconds for each step of the loop."""
        wave = self._wave
        wave.advance(self._limit, most=_BURST)
        while not wave.converged and self.history.latest < self._limit:
            yield
            wave.advance(self._limit, most=_BURST)
        if wave.converged:
            # Where no value ever changes, as around a goal walled in, there still is a V_1.
            wave.repeat(max(self.history.latest, 1) if self._auto else self._limit)
            self.next_change = 0.0
        else:
            self.next_change = wave.next_change()
        self.converged = wave.converged
        yield

    def new_messages(self, number: int, model: str, rule: str) -> Iterator[NewValues]:
        """Yield the changes since the last call, in pieces that are quick to process."""
        history = self.history
        if self._sent == history.latest:
            return
        start = self._sent
        table = self._wave.figures(start + 1)
        while self._sent < history.latest:
            first = self._sent + 1
            begin = history.ends[first - 1] + _PIECE // history.cells.itemsize
            last = int(np.searchsorted(history.ends[: history.latest + 1], begin, side="right")) - 1
            last = min(max(last, first), history.latest)
            changes, lows, highs, reached = table[:, first - 1 - start : last - start]
            self._sent = last
            yield ChangedValues(
                number,
                model,
                rule,
                first,
                changes,
                lows,
                highs,
                reached,
                *history.between(first, last),
            )

    def actions(self, k: int) -> NDArray[np.int8]:
        """The greedy actions under V_k, as of `Iteration`."""
        return self._greedy_policy.at(k)

    @cached_property
    def _greedy_policy(self) -> GreedyPolicy:
        tables, wave = self._tables, self._wave
        return GreedyPolicy(
            self.history,
            wave.patches,
            tables.leads,
            tables.rewards,
            wave.entry_costs.ravel(),
            tables.scale,
            self.grid.goals,
        )

    def reward(self, box: Box) -> NDArray[np.float32]:
        """The reward of every action, as of `Iteration`."""
        patches, costs = self._bordered(self._wave.patches, box), self._costs_around(box)
        return rewards_of_actions(patches, self._tables.leads, self._tables.rewards, costs)

    def q(self, k: int, box: Box) -> NDArray[np.float32]:
        """The q-values under V_k, as of `Iteration`."""
        tables, values = self._tables, self._bordered(self.history.bordered(k), box)
        patches, costs = self._bordered(self._wave.patches, box), self._costs_around(box)
        return q_of_actions(patches, tables.leads, tables.rewards, values, costs)

    def policy(self, k: int, box: Box) -> NDArray[np.float32]:
        """The policy under V_k, as of `Iteration`."""
        q = self.q(k, box)
        return policy_of(q, q * self._tables.scale, _silent(self.grid, box))[0]

    def _costs_around(self, box: Box) -> NDArray[np.float32]:
        costs = self._wave.entry_costs
        return self._bordered(costs, box) if costs.size > 1 else costs

    def _bordered(self, cells: NDArray[_T], box: Box) -> NDArray[_T]:
        """The part of a bordered array that has some cells and a border around them."""
        rows, cols = self.grid.walls.shape
        top, left, bottom, right = box
        return cells.reshape(rows + 2, cols + 2)[top : bottom + 2, left : right + 2]


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
        chunk = max(min(_CHUNK, _CHUNK_BYTES // before.nbytes), 1)
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
        many = max(_PIECE // value_maps[0].nbytes, 1)
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
            )

    def actions(self, k: int) -> NDArray[np.int8]:
        """The greedy actions under V_k, as of `Iteration`."""
        q, logits = self._read_out(k)
        rows, cols = self.grid.walls.shape
        return policy_of(q, logits, _silent(self.grid, (0, 0, rows, cols)))[1]

    def reward(self, box: Box) -> NDArray[np.float32]:
        """The reward, as of `Iteration`."""
        return _part(self._reward, box)

    def q(self, k: int, box: Box) -> NDArray[np.float32]:
        """The q-values under V_k, as of `Iteration`."""
        return _part(self._read_out(k)[0], box)

    def policy(self, k: int, box: Box) -> NDArray[np.float32]:
        """The policy under V_k, as of `Iteration`."""
        q, logits = (_part(one, box) for one in self._read_out(k))
        return policy_of(q, logits, _silent(self.grid, box))[0]

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


def _silent(grid: GridMap, box: Box) -> NDArray[np.bool_]:
    """Which of some cells never have a policy: walls and goals."""
    top, left, bottom, right = box
    silent = grid.walls[top:bottom, left:right].copy()
    for row, col in grid.goals:
        if top <= row < bottom and left <= col < right:
            silent[row - top, col - left] = True
    return silent


def _largest_change(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    both = np.isfinite(before) & np.isfinite(after)
    return float(np.abs(after[both] - before[both]).max(initial=0))
