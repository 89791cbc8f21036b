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

_World = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]
"""The legal moves, the stride and the length of each move, and the cost of entering each cell."""

_Aim = tuple[NDArray[np.int64], NDArray[np.float64], int, float, float, float, float, bool]
"""The goals, how much less than the best each is worth, and the columns of the map; the least cost
of a step, and how many such steps a diagonal one counts as; the weights of g and h, and whether g
is the number of moves."""

_Known = tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float32], NDArray[np.uint8]]
"""The order of expansions; of each cell the cost from the start, what rounding takes away from it,
and a mark."""

_Heap = tuple[NDArray[np.float64], NDArray[np.int32]]
"""Of each entry f and h, and when it was made and the cell."""

_ARRIVED = 15
"""The bits of a cell's mark for how the best way so far enters it: 1 + the action, or `_START`."""

_START = 9
_EXPANDED = 16
_GOAL = 32
_FIRST_ROOM = 1024


class BestFirstSearch:
    """A search that is made piece by piece.

    Of two ways to a cell that is not expanded yet the cheaper one counts, and if they cost the same
    the first; with moves as g always the first. The moves of a cell are made in the order of the
    actions. Of cells whose f is equal, the one of least h is expanded first, then the one whose
    entry was made first. Two f are equal if they agree in their first 41 bits: sums that only the
    order of their terms makes unlike then tie.

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
        cols = legal.shape[1]
        self.expanded, self.goal, self.finished = 0, -1, False
        self._strides = rule.deltas @ (cols, 1)
        self._start = start[0] * cols + start[1]
        places = np.array([row * cols + col for row, col in goals], np.int64)
        worth = np.array([0.0 if priority.by_moves else value for value in goals.values()])
        entry = one_or_each(entry_costs)
        entered = entry if entry_costs is None else entry[(legal != 0).ravel()]
        self._world = legal.ravel(), self._strides, rule.costs, entry
        self._aim = (
            places,
            worth.max() - worth,
            cols,
            float(entered.min()) if entered.size else 1.0,
            float(rule.costs.max()) if rule.n_actions == 8 else 2.0,
            float(priority.weight_g),
            float(priority.weight_h),
            priority.by_moves,
        )
        self._order = np.empty(legal.size, np.int32)
        self._costs, self._marks = np.zeros(legal.size), np.zeros(legal.size, np.uint8)
        self._marks[places] = _GOAL
        self._marks[self._start] |= _START
        rests = np.zeros(legal.size, np.float32)
        self._known = self._order, self._costs, rests, self._marks
        # A heap of entries: f and h, and when it was made and the cell.
        self._keys, self._entries = np.zeros((_FIRST_ROOM, 2)), np.zeros((_FIRST_ROOM, 2), np.int32)
        self._entries[0, 1] = self._start
        self._size, self._made = 1, 1

    def advance(self, most: int) -> None:
        """Expand cells until so many are expanded in all, or the search is finished."""
        while self.expanded < most and not self.finished:
            if self._size + self._strides.size > len(self._keys):
                self._keys, self._entries = _doubled(self._keys), _doubled(self._entries)
            counts = self._size, self._made, self.expanded
            heap = self._keys, self._entries
            self._size, self._made, self.expanded, self.goal = _expand(
                self._world, self._aim, self._known, heap, counts, most
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
    world: _World, aim: _Aim, known: _Known, heap: _Heap, counts: tuple[int, int, int], most: int
) -> tuple[int, int, int, int]:
    """Expand cells until `most` are, a goal is, or the heap may be too small for the next.

    Args:
        world: the map.
        aim: the goals, and what is expanded first.
        known: what is known of the cells.
        heap: the open entries.
        counts: how many there are in the heap, how many were ever made, and the cells expanded.
        most: of expanded cells.

    Returns:
        The counts, and the goal or -1.
    """
    legal, strides, lengths, entry_costs = world
    order, costs, rests, marks = known
    (keys, entries), (size, made, expanded), by_moves = heap, counts, aim[-1]
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
            improves = cost < costs[onward] or (cost == costs[onward] and rest < rests[onward])
            if marks[onward] & _ARRIVED and (by_moves or not improves):
                continue
            costs[onward], rests[onward] = cost, rest
            marks[onward] = (marks[onward] & _GOAL) | (1 + move)
            g = f + 1 if by_moves else cost
            keys[size] = _key(onward, g, marks[onward] & _GOAL != 0, aim)
            entries[size, 0], entries[size, 1] = made, onward
            _rise(keys, entries, size)
            made, size = made + 1, size + 1
        # The entry itself, and those of cells that were expanded from a better one.
        while size and marks[entries[0, 1]] & _EXPANDED:
            size -= 1
            _take_first(keys, entries, size)
    return size, made, expanded, -1


@compiled
def _key(cell: int, g: float, is_goal: bool, aim: _Aim) -> tuple[float, float]:
    """Return f and h of a cell."""
    goals, shortfalls, cols, least, across, weight_g, weight_h, _ = aim
    if is_goal:
        return _rounded(weight_g * (g + _shortfall(cell, goals, shortfalls))), 0.0
    h = np.inf if weight_h else 0.0
    for number in range(goals.size if weight_h else 0):
        down = abs(goals[number] // cols - cell // cols)
        right = abs(goals[number] % cols - cell % cols)
        steps = abs(down - right) + min(down, right) * across
        h = min(h, steps * least + shortfalls[number])
    return _rounded(weight_g * g + weight_h * h), h


@compiled
def _shortfall(cell: int, goals: NDArray[np.int64], shortfalls: NDArray[np.float64]) -> float:
    for number in range(goals.size):
        if goals[number] == cell:
            return float(shortfalls[number])
    return 0.0


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
def _rise(keys: NDArray[np.float64], entries: NDArray[np.int32], place: int) -> None:
    """Move an entry up the heap to where it belongs."""
    while place and _precedes(keys, entries, place, (place - 1) // 2):
        above = (place - 1) // 2
        for part in range(2):
            keys[place, part], keys[above, part] = keys[above, part], keys[place, part]
            entries[place, part], entries[above, part] = entries[above, part], entries[place, part]
        place = above


@compiled
def _take_first(keys: NDArray[np.float64], entries: NDArray[np.int32], last: int) -> None:
    """Take the first entry off the heap, whose last one moves to where it belongs.

    Its place sinks to the bottom first, as the last entry mostly belongs there (Wegener 1993).
    """
    place, below = 0, 1
    while below < last:
        if below + 1 < last and _precedes(keys, entries, below + 1, below):
            below += 1
        _copy(keys, entries, below, place)
        place, below = below, 2 * below + 1
    _copy(keys, entries, last, place)
    _rise(keys, entries, place)


@compiled
def _copy(keys: NDArray[np.float64], entries: NDArray[np.int32], one: int, to: int) -> None:
    for part in range(2):
        keys[to, part], entries[to, part] = keys[one, part], entries[one, part]
