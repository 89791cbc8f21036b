"""Max-plus value iteration that visits only the neighbours of the cells that changed.

The backup of a dynamic transition kernel whose rewards are below 0 is

    V_(k+1)(s) = max(V_k(s), max over neighbours j of R_j(s) + V_k(s + j)).

A cell can only change if one of its neighbours changed in the iteration before, so each iteration
looks at these alone, and gives the same V_(k+1) as a backup of all cells.

Arrays of cells have a border one cell wide, so that every cell has eight neighbours: cell
`(row, col)` of a map of `cols` columns is at `(row + 1) * (cols + 2) + col + 1`.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.grid import Cell
from vingui.core.moves import DELTAS
from vingui.core.value_changes import ValueChanges

_CENTRE: Final = 1 << 4
"""The bit of a patch's own cell."""


def patch_numbers(walls: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Return the number of the 3x3 patch of walls around each cell.

    Args:
        walls: `(rows, cols)` bool; outside the map counts as wall.

    Returns:
        `((rows + 2) * (cols + 2),)` uint16, 0 to 511: bit `3 * row + col` of the patch, its upper
        left cell first. 511 in the border.
    """
    shape = walls.shape[0] + 2, walls.shape[1] + 2
    closed, numbers = np.ones(shape, np.uint8), np.full(shape, 511, np.uint16)
    closed[1:-1, 1:-1] = walls
    _number_patches(closed, numbers)
    return numbers.ravel()


@compiled
def _number_patches(closed: NDArray[np.uint8], numbers: NDArray[np.uint16]) -> None:
    for row in range(1, closed.shape[0] - 1):
        for col in range(1, closed.shape[1] - 1):
            number = 0
            for bit in range(9):
                number |= closed[row - 1 + bit // 3, col - 1 + bit % 3] << bit
            numbers[row, col] = number


@compiled
def _spread(
    patches: NDArray[np.uint16],
    rewards: NDArray[np.float32],
    best: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
    strides: NDArray[np.int64],
    values: NDArray[np.float32],
    changed_at: NDArray[np.int32],
    cells: NDArray[np.int32],
    after: NDArray[np.float32],
    before: NDArray[np.float32],
    ends: NDArray[np.int64],
    figures: NDArray[np.float64],
    k: int,
    last: int,
    most: int,
) -> int:
    """Iterate from V_k to V_last at most.

    It stops early where nothing changes, after `most` changes, or where the room of the arrays
    may not be enough for the next iteration.

    Returns:
        The newest k, up to which the arrays are filled.
    """
    weighted = entry_costs.size > 1
    stop = ends[k] + most
    while k < last and ends[k] < stop:
        begin = ends[k - 1] if k else 0
        end = used = ends[k]
        if (end - begin) * strides.size > cells.size - end:
            break
        k += 1
        reached, largest, highest, lowest = 0, 0.0, -np.inf, np.inf
        for place in range(begin, end):
            target, value = cells[place], after[place]
            cost = entry_costs[target] if weighted else np.float32(1)
            for move in range(strides.size):
                cell = target - strides[move]
                old = values[cell]
                # Most neighbours are better already, or walls, whose value is infinity here.
                if best[move] * cost + value <= old:
                    continue
                candidate = rewards[patches[cell], move] * cost + value
                if candidate <= old:
                    continue
                if changed_at[cell] != k:
                    cells[used], before[used] = cell, old
                    used += 1
                    if old == -np.inf:
                        reached += 1
                    else:
                        # `_restore_lowest` finds the next lowest one.
                        if old == figures[4, changed_at[cell]]:
                            figures[4, changed_at[cell]] = np.nan
                        for earlier in range(changed_at[cell], k):
                            figures[1, earlier] = min(figures[1, earlier], old)
                    changed_at[cell] = k
                values[cell] = candidate
        for place in range(end, used):
            after[place] = values[cells[place]]
            highest, lowest = max(highest, after[place]), min(lowest, after[place])
            if before[place] > -np.inf:
                largest = max(largest, after[place] - before[place])
        ends[k] = used
        figures[0, k], figures[2, k], figures[3, k], figures[4, k] = (
            largest,
            highest,
            reached,
            lowest,
        )
        if used == end:
            break
    return k


@compiled
def _restore_lowest(
    figures: NDArray[np.float64],
    values: NDArray[np.float32],
    changed_at: NDArray[np.int32],
    cells: NDArray[np.int32],
    ends: NDArray[np.int64],
    latest: int,
) -> None:
    """Find the lowest value that lasts since each iteration, where the lowest one changed."""
    for k in range(latest + 1):
        if figures[4, k] == figures[4, k]:
            continue
        lowest = np.inf
        for place in range(ends[k - 1] if k else 0, ends[k]):
            if changed_at[cells[place]] == k:
                lowest = min(lowest, values[cells[place]])
        figures[4, k] = lowest


class Wave:
    """The max-plus iteration of one map.

    Args:
        walls: `(rows, cols)` bool.
        sources: the cells that end the journey, and their values, which never change: 0 for the
            goal.
        rewards: `(512, moves)` float32: the reward of a step from the centre of each patch to
            each neighbour, in the order of `DELTAS`; `-inf` if the patch forbids it, otherwise
            below 0.
        entry_costs: `(rows, cols)` floats above 0, which multiply the reward of each step into
            a cell; all 1 if left out.

    Attributes:
        changes: V_0 to the newest value function.
        converged: whether the next iteration changes nothing.
        patches: as of `patch_numbers`.
        entry_costs: as given, with a border; `(1, 1)` where all are 1.
    """

    def __init__(
        self,
        walls: NDArray[np.bool_],
        sources: Mapping[Cell, float],
        rewards: NDArray[np.float32],
        entry_costs: NDArray[np.floating] | None = None,
    ) -> None:
        rows, cols = walls.shape
        self.changes = ValueChanges((rows, cols))
        self.converged = False
        self.patches = patch_numbers(walls)
        self._rewards, self._best = rewards, rewards.max(axis=0)
        self._strides = DELTAS[: rewards.shape[1]] @ (cols + 2, 1)
        self.entry_costs = np.ones((1, 1), np.float32)
        if entry_costs is not None:
            self.entry_costs = np.pad(entry_costs.astype(np.float32), 1)
        wall = (self.patches & _CENTRE) != 0
        self._free = max(wall.size - int(np.count_nonzero(wall)), 1)
        self._values = np.where(wall, np.float32(np.inf), np.float32(-np.inf))
        self._changed_at = np.zeros(self.patches.size, np.int32)
        self._figures = np.full((5, self.changes.ends.size), np.inf)
        self._begin(sources)

    def _begin(self, sources: Mapping[Cell, float]) -> None:
        width = self.changes.shape[1] + 2
        cells = np.array([(row + 1) * width + col + 1 for row, col in sources], np.int32)
        values = np.array(list(sources.values()), np.float32)
        # No neighbour changes a source: like walls, it seems better than anything.
        self._values[cells] = np.inf
        self.changes.begin(cells, values)
        self._figures[:, 0] = 0, np.inf, values.max(), cells.size, values.min()

    def advance(self, last: int, *, most: int = 1 << 62) -> None:
        """Iterate up to V_last, or until nothing changes, or for about `most` changes."""
        changes = self.changes
        stop = changes.count + most
        while not self.converged and changes.latest < last and changes.count < stop:
            k = changes.latest
            front = changes.count - (int(changes.ends[k - 1]) if k else 0)
            changes.reserve(changes=front * self._strides.size, iterations=64)
            self._make_room_for_figures()
            limit = min(last, changes.ends.size - 1)
            changes.latest = self._spread(limit, stop - changes.count)
            if changes.ends[changes.latest] == changes.ends[changes.latest - 1]:
                changes.latest -= 1
                self.converged = True

    def _make_room_for_figures(self) -> None:
        missing = self.changes.ends.size - self._figures.shape[1]
        if missing > 0:
            more = np.full((5, missing), np.inf)
            self._figures = np.concatenate([self._figures, more], axis=1)

    def _spread(self, last: int, most: int) -> int:
        changes = self.changes
        return _spread(
            self.patches,
            self._rewards,
            self._best,
            self.entry_costs.ravel(),
            self._strides,
            self._values,
            self._changed_at,
            changes.cells,
            changes.after,
            changes.before,
            changes.ends,
            self._figures,
            changes.latest,
            last,
            most,
        )

    def repeat(self, last: int) -> None:
        """Repeat the newest value function up to V_last, once nothing changes any more."""
        missing = last - self.changes.latest
        nothing = np.empty(0, np.float32)
        self.changes.extend(nothing.astype(np.int32), nothing, nothing, np.zeros(missing, np.int64))
        self._make_room_for_figures()
        self._figures[:, last + 1 - missing : last + 1] = [[0], [np.inf], [-np.inf], [0], [np.inf]]

    def next_change(self) -> float:
        """Return the largest change that the next iteration would make, of the cells with a value.

        This ends the iteration: `advance` must not be called any more.
        """
        changes, k = self.changes, self.changes.latest
        self.advance(k + 1)
        if self.converged:
            return 0.0
        largest = float(self._figures[0, k + 1])
        undone = slice(int(changes.ends[k]), changes.count)
        self._values[changes.cells[undone]] = changes.before[undone]
        changes.latest = k
        return largest

    def figures(self, first: int) -> NDArray[np.float64]:
        """Return `value_history.figures` of V_first to the newest value function."""
        history = self.changes
        _restore_lowest(
            self._figures,
            self._values,
            self._changed_at,
            history.cells,
            history.ends,
            history.latest,
        )
        changes, lows, highs, reached, lowest = self._figures[:, : history.latest + 1]
        lows = np.minimum(lows, np.minimum.accumulate(lowest))
        return np.stack(
            [
                changes,
                np.where(np.isfinite(lows), lows, np.nan),
                np.maximum.accumulate(highs),
                np.cumsum(reached) / self._free,
            ]
        )[:, first:]
