"""One plan, gathered from the planner's replies: values, policies and trajectories."""

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.bounded_cache import BoundedCache
from vingui.core.cell_backup import CellBackup
from vingui.core.grid import Cell, GridMap
from vingui.core.methods import is_extension, is_search
from vingui.core.moves import MoveRule, rule_named
from vingui.core.oracle import Oracle
from vingui.core.planner_protocol import (
    ChangedValues,
    ExactSolution,
    GreedyActions,
    LayerValues,
    NewValues,
    PlanFinished,
    PlanReply,
    PolicyReadout,
    Values,
)
from vingui.core.readouts import Readouts
from vingui.core.rollout import (
    EveryRollout,
    ReachingCells,
    Rollouts,
    Trajectory,
    rollout,
)
from vingui.core.value_changes import ValueChanges
from vingui.core.value_history import VALUES_BUDGET, ValueHistory, study_ks, value_maps_within

_FOLLOWED_CELLS = 1 << 22
"""On larger maps, what is needed to follow only changed rollouts again is not kept: 30 bytes a
cell."""

_TRAJECTORIES = 64
"""The most ks and sets of starts for which trajectories are kept."""

_KEPT_CELLS = 4_000_000
"""The most cells of trajectories that are kept, 16 bytes each."""

MOST_TRAJECTORY_CELLS = 4_000_000
"""The most cells that the trajectories from all starts together may visit, outside the window."""


class Run:
    """One plan, as far as it is known. In the window it belongs to the window's thread.

    Its memory is bounded: values that change everywhere are thinned as in `ValueHistory`, and old
    readouts dropped.

    Args:
        grid: the map that is planned on, with a goal.
        values: the first iterations of the plan.
        memory: how many bytes of values to keep at most, as in the plan's request.

    Attributes:
        number: the number of the plan.
        grid: the map.
        model: the model's name.
        rule: the model's movement rule.
        engine: what iterated the values.
        cost_scale: as of `Values`; `nan` unless the network learned what cells cost.
        latest: the newest k.
        finished: whether that is K.
        converged: whether another backup would change nothing; known when finished.
        seconds: how long the plan took; 0 until finished.
        low: the least finite value of a free cell so far; `nan` while there is none.
        high: the greatest.
        oracle: the map's exact solution, once known.
        next_change: max |V_(K+1) - V_K|, as in `changes`; `nan` until it is known.
        reaching: for some of the kept k, the cells whose greedy rollout under V_k reaches the goal:
            uint8, a bit for each, as of `np.packbits`.
        most_trajectory_cells: how many cells the trajectories from all starts may visit
            together; `None` for any number.
        readouts: the greedy actions, q-values and policies that follow from the values.
    """

    def __init__(self, grid: GridMap, values: NewValues, *, memory: int = VALUES_BUDGET) -> None:
        self.number = values.number
        self.grid = grid
        self.model = values.model
        self.rule: MoveRule = rule_named(values.rule)
        self.engine = values.engine
        self.cost_scale = values.cost_scale
        self.latest = 0
        self.finished = False
        self.converged = False
        self.seconds = 0.0
        self.next_change = math.nan
        self.low = self.high = float("nan")
        self.oracle: Oracle | None = None
        self.reaching: dict[int, NDArray[np.uint8]] = {}
        self.most_trajectory_cells: int | None = None
        # The expansions of a search are many: copying them into larger arrays takes long.
        room = grid.walls.size if self.is_search else 64
        self._history: ValueHistory | ValueChanges
        if isinstance(values, ChangedValues):
            self._history = ValueChanges(grid.walls.shape)
            self._history.reserve(changes=0, iterations=room)
        else:
            self._history = ValueHistory(value_maps_within(memory, cells=grid.walls.size))
        self._figures = np.empty((4, room))
        # The history's method: with its own, a run would only be freed by the garbage collector.
        self.readouts = Readouts(
            self.number, grid.walls.shape, self.rule.n_actions, self._history.nearest
        )
        self.readouts.has_backups = not self.is_search and not is_extension(self.model)
        self._trajectories: BoundedCache[tuple[int, tuple[Cell, ...]], tuple[Trajectory, ...]] = (
            BoundedCache(_count_cells, most=_KEPT_CELLS, count=_TRAJECTORIES)
        )
        self._rollouts: tuple[int, Rollouts] | None = None
        self._every_rollout: EveryRollout | None = None
        self._following = Lock()
        self.take(values)

    def take(self, reply: PlanReply) -> None:
        """Add a reply of the planner."""
        match reply:
            case Values() | ChangedValues():
                self._add_iterations(reply)
            case PlanFinished():
                self.finished, self.converged = True, reply.converged
                self.seconds, self.next_change = reply.seconds, reply.next_change
                self.readouts.finish(reply)
            case ExactSolution():
                self.oracle = Oracle(reply.cost_to_go, reply.optimal)
            case GreedyActions():
                self.readouts.add(reply)
                if reply.reaching.size:
                    self.reaching[reply.k] = reply.reaching
            case PolicyReadout() | LayerValues() | CellBackup():
                self.readouts.add(reply)

    def _add_iterations(self, values: NewValues) -> None:
        match values, self._history:
            case Values(), ValueHistory():
                for k, value_map in zip(values.kept.tolist(), values.value_maps, strict=True):
                    self._history.add(k, value_map)
            case ChangedValues(), ValueChanges():
                self._history.extend(values.cells, values.after, values.before, values.counts)
        first, last = values.first - 1, values.first - 1 + len(values.changes)
        while last > self._figures.shape[1]:
            self._figures = np.concatenate([self._figures, np.empty_like(self._figures)], axis=1)
        self._figures[:, first:last] = values.changes, values.lows, values.highs, values.reached
        self.latest = last
        self.low = float(np.fmin.reduce(values.lows, initial=self.low))
        self.high = float(np.fmax.reduce(values.highs, initial=self.high))

    def replies(self, *, after: int = 0) -> Iterator[PlanReply]:
        """Yield replies that make the same run elsewhere, but for readouts, which it can request.

        Args:
            after: values up to this k are left out.
        """
        changes, lows, highs, reached = self._figures[:, after : self.latest]
        head = self.number, self.model, self.rule.name, after + 1, changes, lows, highs, reached
        kind = ChangedValues if isinstance(self._history, ValueChanges) else Values
        new = self._history.since(after + 1)
        yield kind(*head, *new, engine=self.engine, cost_scale=self.cost_scale)
        if self.oracle is not None:
            yield ExactSolution(self.number, self.oracle.cost_to_go, self.oracle.optimal)
        for known in self.readouts.all_actions():
            reaching = self.reaching.get(known.k, np.empty(0, np.uint8))
            yield replace(known, reaching=reaching)
        actions = self.readouts.actions(self.latest) if self.finished else None
        if actions is not None:
            yield PlanFinished(
                number=self.number,
                iterations=self.latest,
                converged=self.converged,
                latent_actions=self.readouts.latent_actions,
                reward_channels=self.readouts.reward_channels,
                actions=actions,
                seconds=self.seconds,
                next_change=self.next_change,
            )

    @property
    def settled(self) -> bool:
        """Whether K and the exact solution are known, so that files of it can be reproduced."""
        return self.finished and self.oracle is not None

    @property
    def is_search(self) -> bool:
        """Whether it is a search from one start, as in `vingui.core.methods`."""
        return is_search(self.model)

    # Values, and statistics of them.

    @property
    def kept(self) -> Sequence[int]:
        """The ks whose values are kept, ascending; all of 1 to K, or an evenly spaced selection.

        Not to be changed.
        """
        return self._history.kept

    @property
    def values(self) -> NDArray[np.float32]:
        """`(n, rows, cols)`: a copy of the values of `kept`, `-inf` where not reached."""
        return np.stack([self.values_at(k)[1] for k in self.kept])

    def value(self, cell: Cell, k: int) -> float:
        """The value of a cell in `values_at(k)`."""
        return self._history.value(*cell, k)

    def changes_between(
        self, k: int, other: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """The cells whose values differ between two value functions that are kept.

        Returns:
            `(n,)` their indices in a flat array of cells, and `(n,)` their values in V_other; of a
            cell that comes several times, the last one. `None` if they are not kept as changes,
            or if so many have changed that it is less work to look at all cells.
        """
        return self._history.changes_between(k, other)

    @property
    def large_arrays(self) -> Sequence[NDArray[Any]]:
        """The arrays that take most of its memory."""
        return self._history.arrays

    def changed_cells(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]] | None:
        """The cells that changed in each iteration, where the run is kept as these.

        Returns:
            `(n, 2)` their rows and columns in the order of k, `(n,)` their values from then on,
            and `(latest,)` how many there are for each k from 1; those of V_1 begin with V_0.
        """
        if isinstance(self._history, ValueHistory):
            return None
        cells, values, _, counts = self._history.since(1)
        rows, cols = np.divmod(cells, self.grid.cols + 2)
        return np.stack([rows - 1, cols - 1], axis=-1), values, counts

    def series(self, cell: Cell) -> NDArray[np.float32]:
        """`(n,)`: the value of a cell in each of `kept`, `-inf` until it is reached."""
        return self._history.series(*cell)

    def nearest(self, k: int) -> int:
        """The newest k of `kept` at or before k, or else the first."""
        return self._history.nearest(k)

    def values_at(self, k: int) -> tuple[int, NDArray[np.float32]]:
        """The newest values kept at or before k, or else the first.

        Returns:
            Their k, and `(rows, cols)` float32, `-inf` where not reached. Not to be changed.
        """
        return self._history.at(k)

    def reading(self, k: int) -> AbstractContextManager[NDArray[np.float32]]:
        """The values of `values_at(k)` until the block ends, without copying them.

        It may be used in any thread; meanwhile others wait for values.
        """
        return self._history.reading(k)

    def values_of(self, k: int, rows: slice, cols: slice) -> NDArray[np.float32] | None:
        """A part of the values of `values_at(k)`; `None` while another thread reads values."""
        return self._history.part(k, rows, cols)

    @property
    def changes(self) -> NDArray[np.float64]:
        """`(latest,)`: max |V_k - V_(k-1)|, for each k from 1."""
        return self._figures[0, : self.latest]

    @property
    def revisions(self) -> NDArray[np.float64]:
        """The same, and once converged also the change to V_(K+1), which ended the plan."""
        if self.converged and math.isfinite(self.next_change):
            return np.append(self.changes, self.next_change)
        return self.changes

    @property
    def newly_reached(self) -> NDArray[np.float64]:
        """For each of `revisions`, how many cells get their first value; `nan` for the first."""
        counts = np.rint(self.reached_share * self._free_cells)
        steps = np.diff(counts, prepend=np.nan)
        return np.append(steps, np.zeros(len(self.revisions) - len(steps)))

    @cached_property
    def _free_cells(self) -> int:
        return int(np.count_nonzero(self.grid.free))

    @property
    def lows(self) -> NDArray[np.float64]:
        """`(latest,)`: the least value of a free cell, for each k from 1; `nan` without any."""
        return self._figures[1, : self.latest]

    @property
    def highs(self) -> NDArray[np.float64]:
        """`(latest,)`: the greatest value of a free cell, for each k from 1; `nan` without any."""
        return self._figures[2, : self.latest]

    @property
    def reached_share(self) -> NDArray[np.float64]:
        """`(latest,)`: the share of the free cells that have a value, for each k from 1."""
        return self._figures[3, : self.latest]

    @property
    def has_learned_costs(self) -> bool:
        """Whether the network learned what cells cost."""
        return not math.isnan(self.cost_scale)

    # What follows from the values; for a k that is not kept, from the nearest one before it.

    def trajectories(self, starts: tuple[Cell, ...], k: int) -> tuple[Trajectory, ...]:
        """The greedy trajectories under V_k from each start that is a free cell of the map.

        Returns:
            One trajectory for each start; `()` while the policy or the exact solution is unknown.

        Raises:
            VinguiError: they visit more than `most_trajectory_cells` cells.
        """
        k = self.nearest(k)
        known = self._trajectories.get((k, starts))
        if known is not None:
            return known
        actions = self.readouts.actions(k)
        inside = tuple(start for start in starts if self._is_free(start))
        if actions is None or self.oracle is None or not inside:
            return ()
        trajectories = rollout(
            self.grid.with_starts(inside),
            actions,
            self.rule,
            self.oracle,
            most_cells=self.most_trajectory_cells,
        )
        self._trajectories.add((k, starts), trajectories)
        return trajectories

    def _is_free(self, cell: Cell) -> bool:
        row, col = cell
        inside = 0 <= row < self.grid.rows and 0 <= col < self.grid.cols
        return inside and not self.grid.walls[cell]

    def able(self, starts: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Those of some starts from which a path leads to the goal; `()` while unknown.

        Of a search, only the one that it began at counts.
        """
        if self.oracle is None:
            return ()
        costs, only = self.oracle.cost_to_go, self.grid.starts[0] if self.is_search else None
        return tuple(
            start
            for start in starts
            if only in (None, start) and self._is_free(start) and math.isfinite(costs[start])
        )

    def succeeding(self, k: int, starts: tuple[Cell, ...]) -> int:
        """How many of some starts reach the goal under V_k, for a k of `reaching`."""
        places = np.array([row * self.grid.cols + col for row, col in starts], np.int64)
        return int((self.reaching[k][places >> 3] >> (7 - (places & 7)) & 1).sum())

    def study(self) -> list[int]:
        """Fill `reaching` for the ks of `study_ks` whose policies are known.

        Which ks these are depends on the run alone, not on which readouts were requested.

        Returns:
            Those of them that are in `reaching` then, ascending.
        """
        studied = sorted(study_ks(self.kept, cells=self.grid.walls.size))
        reaching: ReachingCells | None = None
        for k in studied:
            actions = self.readouts.actions(k)
            if k not in self.reaching and actions is not None:
                reaching = reaching or ReachingCells(self.grid, self.rule)
                self.reaching[k] = np.packbits(reaching.under(actions))
        return [k for k in studied if k in self.reaching]

    def rollouts(self, k: int) -> Rollouts | None:
        """The greedy rollouts under V_k from every cell, or `None` while unknown.

        It may be called in any thread.
        """
        k = self.nearest(k)
        actions, oracle, kept = self.readouts.actions(k), self.oracle, self._rollouts
        if kept is not None and kept[0] == k:
            return kept[1]
        if actions is None or oracle is None:
            return None
        with self._following:
            followed = self._every_rollout or EveryRollout(self.grid, self.rule, oracle)
            rollouts = followed.follow(actions)
            if self.grid.walls.size <= _FOLLOWED_CELLS:
                self._every_rollout = followed
        self._rollouts = k, rollouts
        return rollouts


def _count_cells(trajectories: tuple[Trajectory, ...]) -> int:
    return sum(len(trajectory.path) for trajectory in trajectories)
