"""The greedy rollouts of all cells, followed again only where the policy changed."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.engine.shortest_paths import added, one_or_each
from vingui.core.grid import Cell
from vingui.core.moves import MoveRule

UNKNOWN: Final = 0
REACHED: Final = 1
LOOP: Final = 2
WALL: Final = 3
STOPPED: Final = 4
"""How a rollout ends: `STOPPED` in a cell without an action."""

_ON_THE_WAY: Final = 5
_NO_POLICY: Final = -2


class GreedyRollouts:
    """The greedy rollout from every cell of a map, for one policy after the other.

    Only the rollouts through cells whose action changed are followed again.

    Args:
        legal: `(rows, cols)` uint8, as of `legal_masks`.
        goals: the cells that end a rollout, and their values.
        rule: the movement rule of `legal`.
        entry_costs: `(rows, cols)` float64 above 0, as of `costs_to_go`; all 1 if left out.
        measured: whether costs and steps are wanted.

    Attributes:
        outcomes: `(rows, cols)` uint8, `REACHED` to `STOPPED`; without a meaning on walls.
        costs: `(rows, cols)` float64, the cost of the path minus the value of its goal;
            infinite unless it reaches one. Empty unless measured.
        steps: `(rows, cols)` int32, its moves; 0 unless it reaches a goal. Empty unless measured.
    """

    def __init__(
        self,
        legal: NDArray[np.uint8],
        goals: Mapping[Cell, float],
        rule: MoveRule,
        *,
        entry_costs: NDArray[np.float64] | None = None,
        measured: bool = False,
    ) -> None:
        shape = legal.shape if measured else (0, 0)
        self.outcomes = np.full(legal.shape, STOPPED, np.uint8)
        self.costs = np.full(shape, np.inf)
        self.steps = np.zeros(shape, np.int32)
        self._rests = np.zeros(self.costs.size, np.float32)
        self._goals = np.array([row * legal.shape[1] + col for row, col in goals], np.int64)
        self._actions = np.full(legal.size, _NO_POLICY, np.int8)
        self._actions[self._goals] = -1
        self.outcomes.ravel()[self._goals] = REACHED
        if measured:
            self.costs.ravel()[self._goals] = [-value for value in goals.values()]
        self._legal, self._lengths = legal.ravel(), rule.costs
        self._strides = rule.deltas @ (legal.shape[1], 1)
        # The action that undoes each one.
        self._back = (rule.deltas[:, None] == -rule.deltas).all(axis=-1).argmax(axis=-1)
        self._entry_costs = one_or_each(entry_costs)
        self._cells = np.empty((2, legal.size), np.int32)

    @property
    def reaching(self) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, the cells whose rollout reaches a goal."""
        return np.asarray(self.outcomes == REACHED)

    def follow(self, actions: NDArray[np.integer]) -> None:
        """Follow another policy.

        Args:
            actions: `(rows, cols)`, the greedy action of each cell, below 0 where there is none.
        """
        new = actions.astype(np.int8).ravel()
        new[self._goals] = -1
        outcomes, costs, steps = self.outcomes.ravel(), self.costs.ravel(), self.steps.ravel()
        cells, path = self._cells
        count = _forget(new, self._actions, self._legal, self._strides, self._back, outcomes, cells)
        self._actions = new
        _follow(
            cells[:count],
            path,
            new,
            self._legal,
            self._strides,
            self._lengths,
            self._entry_costs,
            outcomes,
            costs,
            self._rests,
            steps,
        )


@compiled
def _forget(
    new: NDArray[np.int8],
    old: NDArray[np.int8],
    legal: NDArray[np.uint8],
    strides: NDArray[np.int64],
    back: NDArray[np.int64],
    outcomes: NDArray[np.uint8],
    cells: NDArray[np.int32],
) -> int:
    """Make the outcomes unknown of the rollouts through cells whose action changed.

    Returns:
        How many of `cells` are theirs.
    """
    count = 0
    for cell in range(new.size):
        if new[cell] != old[cell]:
            outcomes[cell], cells[count] = UNKNOWN, cell
            count += 1
    place = 0
    while place < count:
        cell = cells[place]
        place += 1
        for move in range(strides.size):
            before = cell - strides[move]
            # A move is legal exactly if the move back is.
            if not legal[cell] >> back[move] & 1:
                continue
            if old[before] == move and outcomes[before] != UNKNOWN:
                outcomes[before], cells[count] = UNKNOWN, before
                count += 1
    return count


@compiled
def _follow(
    cells: NDArray[np.int32],
    path: NDArray[np.int32],
    actions: NDArray[np.int8],
    legal: NDArray[np.uint8],
    strides: NDArray[np.int64],
    lengths: NDArray[np.float64],
    entry_costs: NDArray[np.float64],
    outcomes: NDArray[np.uint8],
    costs: NDArray[np.float64],
    rests: NDArray[np.float32],
    steps: NDArray[np.int32],
) -> None:
    """Fill in the unknown outcomes of `cells`; `path` is scratch."""
    for start in cells:
        cell, count = start, 0
        while outcomes[cell] == UNKNOWN:
            path[count] = cell
            count += 1
            action = actions[cell]
            if action < 0:
                outcomes[cell] = STOPPED
            elif not legal[cell] >> action & 1:
                outcomes[cell] = WALL
            else:
                outcomes[cell] = _ON_THE_WAY
                cell += strides[action]
        outcome = LOOP if outcomes[cell] == _ON_THE_WAY else outcomes[cell]
        for place in range(count - 1, -1, -1):
            cell = path[place]
            outcomes[cell] = outcome
            if not steps.size:
                continue
            costs[cell], rests[cell], steps[cell] = np.inf, 0, 0
            if outcome == REACHED:
                action = actions[cell]
                onward = cell + strides[action]
                step = lengths[action] * (entry_costs[onward] if entry_costs.size > 1 else 1.0)
                costs[cell], rests[cell] = added(costs[onward], rests[onward], step)
                steps[cell] = steps[onward] + 1
