"""Iterating the value function of a map, and reading out the policy that follows from it."""

from collections.abc import Generator, Iterator
from functools import cached_property
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vingui.core.cell_backup import BackupRequest, CellBackup
from vingui.core.engine.readout import (
    GreedyPolicy,
    policy_of,
    q_of_actions,
    rewards_of_actions,
)
from vingui.core.engine.wave import Wave
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts, scale_of
from vingui.core.planner_protocol import ChangedValues, NewValues
from vingui.core.tiles import Box
from vingui.core.value_changes import ValueChanges
from vingui.core.value_history import ValueHistory
from vingui.net.transition_tables import TransitionTables

_T = TypeVar("_T", bound=np.generic)

CostReading = Generator[None, None, NDArray[np.float32]]
"""Reads what cells cost from a map, a piece of it at each step; returns `(rows, cols)` float32."""

PIECE: Final = 2 << 20
"""Bytes of values in a message: few enough to be processed quickly."""

_BURST: Final = 200_000
"""Changes between two looks at the clock, which take some milliseconds."""


class Iteration(Protocol):
    """Iterates the value function of one map, for as long as it is looped over.

    Attributes:
        grid: the map, with a goal.
        converged: whether another backup would change nothing; known at the end.
        next_change: the largest change that another backup would make to a cell that has a
            value; `nan` until the end.
        learned_costs: what cells cost, if the network learned it; known before the first values.
    """

    grid: GridMap
    converged: bool
    next_change: float
    learned_costs: LearnedCosts | None

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

    def backup(self, request: BackupRequest) -> CellBackup:
        """The arithmetic of one backup in one cell."""
        ...


class WaveIteration:
    """The iteration of a dynamic transition kernel, by the compiled engine.

    Args:
        tables: what the kernel learned.
        grid: the map, with a goal.
        iterations: K, or `None` to stop at convergence ("auto").
        reading: reads the costs of cells, if the network learned them; otherwise they are those of
            the map.
    """

    def __init__(
        self,
        tables: TransitionTables,
        grid: GridMap,
        iterations: int | None,
        reading: CostReading | None = None,
    ) -> None:
        self.grid = grid
        self.learned_costs: LearnedCosts | None = None
        self._reading = reading
        self.converged = False
        self.next_change = float("nan")
        self._tables = tables
        self._auto = iterations is None
        # A path without loops visits no more cells than the map has.
        self._limit = iterations or grid.walls.size
        self._sent = 0

    def __iter__(self) -> Iterator[None]:
        """Iterate some milliseconds for each step of the loop."""
        if self._reading is not None:
            self.learned_costs = LearnedCosts(self.grid, (yield from self._reading))
            self._reading = None
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

    @cached_property
    def _wave(self) -> Wave:
        grid, tables, learned = self.grid, self._tables, self.learned_costs
        goals = {goal: tables.unit * value for goal, value in grid.valued_goals.items()}
        return Wave(grid.walls, goals, tables.steps, learned.read if learned else grid.costs)

    @property
    def history(self) -> ValueChanges:
        """The values so far."""
        return self._wave.changes

    def new_messages(self, number: int, model: str, rule: str) -> Iterator[NewValues]:
        """Yield the changes since the last call, in pieces that are quick to process."""
        if self._reading is not None or self._sent == self.history.latest:
            return
        history = self.history
        start = self._sent
        table = self._wave.figures(start + 1)
        while self._sent < history.latest:
            first = self._sent + 1
            begin = history.ends[first - 1] + PIECE // history.cells.itemsize
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
                cost_scale=scale_of(self.learned_costs),
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
        return policy_of(q, q * self._tables.scale, silent_cells(self.grid, box))[0]

    def backup(self, request: BackupRequest) -> CellBackup:
        """The arithmetic of one backup in one cell, as of `Iteration`."""
        tables, k, cell = self._tables, request.k, (request.row, request.col)
        box = (*cell, cell[0] + 1, cell[1] + 1)
        next_q = self.q(k, box)[0, 0]
        patches, costs = self._bordered(self._wave.patches, box), self._costs_around(box)
        values = self._bordered(self.history.bordered(k - 1), box)
        q = q_of_actions(patches, tables.leads, tables.rewards, values, costs)[0, 0]
        leads = tables.leads[patches[1, 1]]
        onward = values[1 + leads[:, 0], 1 + leads[:, 1]]
        reward = self.reward(box)[0, 0]
        return CellBackup(
            request.number, k, *cell, leads, reward, onward, q, next_q, next_q * tables.scale
        )

    def _costs_around(self, box: Box) -> NDArray[np.float32]:
        costs = self._wave.entry_costs
        return self._bordered(costs, box) if costs.size > 1 else costs

    def _bordered(self, cells: NDArray[_T], box: Box) -> NDArray[_T]:
        """The part of a bordered array that has some cells and a border around them."""
        rows, cols = self.grid.walls.shape
        top, left, bottom, right = box
        return cells.reshape(rows + 2, cols + 2)[top : bottom + 2, left : right + 2]


def silent_cells(grid: GridMap, box: Box) -> NDArray[np.bool_]:
    """Which of some cells never have a policy: walls and goals."""
    top, left, bottom, right = box
    silent = grid.walls[top:bottom, left:right].copy()
    for row, col in grid.goals:
        if top <= row < bottom and left <= col < right:
            silent[row - top, col - left] = True
    return silent
