"""Best-first search from one cell to the goals, in the order of its expansions.

The cell of least `f = weight_g * g + weight_h * h` is expanded next, where g is the cost from the
start and h a lower bound of the cost to a goal. With weights 1 and 0 this is Dijkstra's algorithm,
with 1 and 1 it is A* (Hart, Nilsson and Raphael 1968), with 1 and w weighted A* (Pohl 1970), with
0 and 1 greedy best-first search, and with the number of moves as g breadth-first search.

h is what the way to a goal costs on a map without walls where every cell is of the cheapest kind:
the octile distance, or without diagonal moves the Manhattan distance, times the least cost. It is
consistent under every movement rule, so that no cell has to be expanded twice.

A path ends at the first goal that it enters. How much less a goal is worth than the best one counts
as a cost of ending there, in g of that goal and in h.
"""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.engine.shortest_paths import added, one_or_each
from vingui.core.grid import Cell
from vingui.core.methods import Priority
from vingui.core.moves import MoveRule

_T = TypeVar("_T", bound=np.generic)

_ARRIVED = 15
"""The bits of a cell's mark for how the best way so far enters it: 1 + the action, or `_START`."""

_START = 9
_EXPANDED = 16
_GOAL = 32
_FIRST_ROOM = 1024


class BestFirstSearch:
    """A search that is made piece by piece.

    Of cells whose f is equal, the one of least h is expanded first, then the one whose entry was
    made first; the moves of a cell are made in the order of the actions. Two f are equal if they
    agree in their first 41 bits: sums that only the order of their terms makes unlike then tie.

    Args:
        legal: `(rows, cols)` uint8, as of `legal_masks`.
        start: the free cell to begin at.
        goals: the cells that end the search, at least one, and their values.
        rule: the movement rule of `legal`.
        entry_costs: `(rows, cols)` float64, above 0 and finite on free cells: the cost of entering
            each, for a step of length 1; all 1 if left out.
        priority: what is expanded first. With moves as g, the values of goals do not count.

    Attributes:
        expanded: how many cells were expanded, the goal that ended the search among them.
        goal: the number of that goal, a row after the other; -1 if none was found.
        finished: whether it has found a goal or expanded all that it could.
    """

    def __init__(
        self,
        legal: NDArray[np.uint8],
        start: Cell,
        goals: Mapping[Cell, float],
        rule: MoveRule,
        entry_costs: NDArray[np.float64] | None,
        priority: Priority,
    ) -> None:
        rows, cols = legal.shape
        self.expanded, self.goal, self.finished = 0, -1, False
        self._shape = rows, cols
        self._strides = rule.deltas @ (cols, 1)
        self._start = start[0] * cols + start[1]
        self._goals = np.array([row * cols + col for row, col in goals], np.int64)
        worth = np.array([0.0 if priority.by_moves else value for value in goals.values()])
        entry = one_or_each(entry_costs)
        entered = entry if entry_costs is None else entry[(legal != 0).ravel()]
        self._world = (legal.ravel(), self._strides, rule.costs, entry)
        self._ends = (self._goals, worth.max() - worth)
        # The least cost of a step, and that of a diagonal step in such steps.
        least = float(entered.min()) if entered.size else 1.0
        across = float(rule.costs.max()) if rule.n_actions == 8 else 2.0
        self._bound = np.array([least, across])
        self._weights = np.array([priority.weight_g, priority.weight_h])
        self._by_moves = priority.by_moves
        self._order = np.empty(legal.size, np.int32)
        self._costs, self._rests = np.zeros(legal.size), np.zeros(legal.size, np.float32)
        self._marks = np.zeros(legal.size, np.uint8)
        self._marks[self._goals] = _GOAL
        self._marks[self._start] |= _START
        # A heap of entries: f and h, and when it was made and the cell.
        self._keys, self._entries = np.zeros((_FIRST_ROOM, 2)), np.zeros((_FIRST_ROOM, 2), np.int32)
        self._entries[0, 1] = self._start
        self._size, self._made = 1, 1

    def advance(self, most: int) -> None:
        """Expand cells until so many are expanded in all, or the search is finished."""
        while self.expanded < most and not self.finished:
            if self._size + self._strides.size > len(self._keys):
                self._keys, self._entries = _doubled(self._keys), _doubled(self._entries)
            self._size, self._made, self.expanded, self.goal = _expand(
                *self._world,
                *self._ends,
                self._shape[1],
                self._bound,
                self._weights,
                self._by_moves,
                self._order,
                self._costs,
                self._rests,
                self._marks,
                self._keys,
                self._entries,
                self._size,
                self._made,
                self.expanded,
                most,
            )
            self.finished = self.goal >= 0 or not self._size

    def order(self, first: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the cells that were expanded from the `first` on, counted from 0.

        Returns:
            `(n,)` their numbers, a row after the other, and `(n,)` what each costs from the start.
        """
        cells = self._order[first : self.expanded].astype(np.int64)
        return cells, self._costs[cells]

    def path(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the path that was found.

        Returns:
            `(n,)` the numbers of its cells but the goal, the start first, and `(n,)` the action in
            each; both empty if no goal was found.
        """
        cells, actions, cell = [], [], self.goal
        while cell >= 0 and cell != self._start:
            action = int(self._marks[cell] & _ARRIVED) - 1
            cell -= int(self._strides[action])
            cells.append(cell)
            actions.append(action)
        return np.array(cells[::-1], np.int64), np.array(actions[::-1], np.int64)


def _doubled(array: NDArray[_T]) -> NDArray[_T]:
    return np.concatenate([array, np.empty_like(array)])


@compiled
def _expand(
    legal: NDArray[np.uint8],
    strides: NDArray[np.int64],
    lengths: NDArray[np.float64],
    entry_costs: NDArray[np.float64],
    goals: NDArray[np.int64],
    shortfalls: NDArray[np.float64],
    cols: int,
    bound: NDArray[np.float64],
    weights: NDArray[np.float64],
    by_moves: bool,
    order: NDArray[np.int32],
    costs: NDArray[np.float64],
    rests: NDArray[np.float32],
    marks: NDArray[np.uint8],
    keys: NDArray[np.float64],
    entries: NDArray[np.int32],
    size: int,
    made: int,
    expanded: int,
    most: int,
) -> tuple[int, int, int, int]:
    """Expand cells until `most` are, a goal is, or the heap may be too small for the next.

    Returns:
        The entries in the heap, those ever made, the cells expanded, and the goal or -1.
    """
    while size and expanded < most and size + strides.size <= len(keys):
        f, cell = keys[0, 0], entries[0, 1]
        marks[cell] |= _EXPANDED
        order[expanded] = cell
        expanded += 1
        if marks[cell] & _GOAL:
            return size, made, expanded, cell
        for move in range(strides.size):
            onward = cell + strides[move]
            if not legal[cell] >> move & 1 or marks[onward] & _EXPANDED:
                continue
            entry_cost = entry_costs[onward] if entry_costs.size > 1 else 1.0
            cost, rest = added(costs[cell], rests[cell], lengths[move] * entry_cost)
            if marks[onward] & _ARRIVED and (
                by_moves
                or cost > costs[onward]
                or (cost == costs[onward] and rest >= rests[onward])
            ):
                continue
            costs[onward], rests[onward] = cost, rest
            marks[onward] = (marks[onward] & _GOAL) | (1 + move)
            g, h = f + 1 if by_moves else cost, 0.0
            if marks[onward] & _GOAL:
                g += _shortfall(onward, goals, shortfalls)
            elif weights[1]:
                h = _lower_bound(onward, goals, shortfalls, cols, bound)
            keys[size, 0], keys[size, 1] = _rounded(weights[0] * g + weights[1] * h), h
            entries[size, 0], entries[size, 1] = made, onward
            made += 1
            _rise(keys, entries, size)
            size += 1
        # The entry itself, and those of cells that were expanded from a better one.
        while size and marks[entries[0, 1]] & _EXPANDED:
            size -= 1
            _sink(keys, entries, size)
    return size, made, expanded, -1


@compiled
def _shortfall(cell: int, goals: NDArray[np.int64], shortfalls: NDArray[np.float64]) -> float:
    for number in range(goals.size):
        if goals[number] == cell:
            return float(shortfalls[number])
    return 0.0


@compiled
def _lower_bound(
    cell: int,
    goals: NDArray[np.int64],
    shortfalls: NDArray[np.float64],
    cols: int,
    bound: NDArray[np.float64],
) -> float:
    """Return the least cost of a way to a goal where nothing is in the way."""
    least, row, col = np.inf, cell // cols, cell % cols
    for number in range(goals.size):
        down, right = abs(goals[number] // cols - row), abs(goals[number] % cols - col)
        short, long = min(down, right), max(down, right)
        distance = (long - short) + short * bound[1]
        least = min(least, distance * bound[0] + shortfalls[number])
    return least


@compiled
def _rounded(f: float) -> float:
    """Return a number rounded to its first 41 bits (Dekker 1971)."""
    scaled = f * 4097.0
    return scaled - (scaled - f)


@compiled
def _precedes(keys: NDArray[np.float64], entries: NDArray[np.int32], one: int, other: int) -> bool:
    if keys[one, 0] != keys[other, 0]:
        return bool(keys[one, 0] < keys[other, 0])
    if keys[one, 1] != keys[other, 1]:
        return bool(keys[one, 1] < keys[other, 1])
    return bool(entries[one, 0] < entries[other, 0])


@compiled
def _swap(keys: NDArray[np.float64], entries: NDArray[np.int32], one: int, other: int) -> None:
    for part in range(2):
        keys[one, part], keys[other, part] = keys[other, part], keys[one, part]
        entries[one, part], entries[other, part] = entries[other, part], entries[one, part]


@compiled
def _rise(keys: NDArray[np.float64], entries: NDArray[np.int32], place: int) -> None:
    """Move an entry up the heap to where it belongs."""
    while place and _precedes(keys, entries, place, (place - 1) // 2):
        _swap(keys, entries, place, (place - 1) // 2)
        place = (place - 1) // 2


@compiled
def _sink(keys: NDArray[np.float64], entries: NDArray[np.int32], last: int) -> None:
    """Take the first entry off the heap: put the last one in its place, and move it down."""
    _swap(keys, entries, 0, last)
    place = 0
    while 2 * place + 1 < last:
        below = 2 * place + 1
        if below + 1 < last and _precedes(keys, entries, below + 1, below):
            below += 1
        if not _precedes(keys, entries, below, place):
            break
        _swap(keys, entries, below, place)
        place = below
