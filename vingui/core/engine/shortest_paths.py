"""Exact shortest paths to goals, where entering a cell may cost more or less.

Entering a cell costs the length of the step times the cost of that cell, so the way back may cost
something else. The search therefore starts at the goals and goes against the direction of travel.

It is Dijkstra's algorithm with a queue of buckets (Dial 1969). A bucket is no wider than the
cheapest step, so that its cells cannot improve each other and need no order. Where costs differ so
much that this would take too many buckets, they are wider, and a bucket is repeated until none of
its cells improves.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.engine.wave import patch_numbers
from vingui.core.grid import Cell
from vingui.core.moves import MoveRule
from vingui.core.path_costs import TIE_TOLERANCE

_BUCKETS: Final = 64
_MOST_AHEAD: Final = _BUCKETS - 3
"""How many buckets the dearest step may lead ahead: those in use differ modulo 64."""

_GOAL: Final = 255
"""In place of the bucket in which a cell is queued: the cell is a goal."""


@cache
def _legal_in_patches(rule: MoveRule) -> NDArray[np.uint8]:
    """`(512,)`: the legal moves from the centre of each patch of walls, a bit for each action."""
    patches = (np.arange(512)[:, None] >> np.arange(9) & 1).astype(bool).reshape(512, 3, 3)
    return np.packbits(rule.legal(patches)[:, 1, 1], axis=-1, bitorder="little")[:, 0]


def legal_masks(walls: NDArray[np.bool_], rule: MoveRule) -> NDArray[np.uint8]:
    """Return the legal moves from each cell: `(rows, cols)` uint8, bit `a` for action `a`."""
    rows, cols = walls.shape
    patches = patch_numbers(walls).reshape(rows + 2, cols + 2)
    return _legal_in_patches(rule)[patches[1:-1, 1:-1]]


def costs_to_go(
    legal: NDArray[np.uint8],
    goals: Mapping[Cell, float],
    rule: MoveRule,
    entry_costs: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the least cost of a path to a goal, minus the value of that goal.

    A path ends at the first goal that it enters, so the cost-to-go of a goal is minus its value.

    Args:
        legal: `(rows, cols)` uint8, as of `legal_masks`.
        goals: the cells that end a path, at least one, and their values.
        rule: the movement rule of `legal`.
        entry_costs: `(rows, cols)` float64, above 0 and finite on free cells: the cost of entering
            each, for a step of length 1; all 1 if left out.

    Returns:
        `(rows, cols)` float64, rounded only once; infinite on walls and where there is no path.
    """
    rows, cols = legal.shape
    order = sorted(goals, key=lambda cell: -goals[cell])
    places = np.array([row * cols + col for row, col in order], np.int32)
    costs, queued = np.full(legal.size, np.inf), np.zeros(legal.size, np.uint8)
    costs[places], queued[places] = [-goals[cell] for cell in order], _GOAL
    entry = one_or_each(entry_costs)
    entered = entry if entry_costs is None else entry[(legal != 0).ravel()]
    cheapest, dearest = (entered.min(), entered.max()) if entered.size else (1.0, 1.0)
    _search(
        legal.ravel(),
        places,
        rule.deltas @ (cols, 1),
        rule.costs,
        entry,
        float(max(cheapest, dearest * rule.costs.max() / _MOST_AHEAD)),
        costs,
        np.zeros(legal.size, np.float32),
        queued,
    )
    return costs.reshape(rows, cols)


def one_or_each(entry_costs: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """One cost for each cell, or a single 1."""
    return np.ones(1) if entry_costs is None else np.asarray(entry_costs, np.float64).ravel()


@compiled
def _search(
    legal: NDArray[np.uint8],
    goals: NDArray[np.int32],
    strides: NDArray[np.int64],
    lengths: NDArray[np.float64],
    entry_costs: NDArray[np.float64],
    width: float,
    costs: NDArray[np.float64],
    rests: NDArray[np.float32],
    queued: NDArray[np.uint8],
) -> None:
    """Fill in the costs of all cells, given those of the goals, in ascending order.

    `width` is that of a bucket. `costs` are infinite but at the goals. `rests` are 0 at first, then
    what rounding takes away from each cost: with it, a sum is exact to 2^-77 of its size, and steps
    may be added in any order. `queued` is `_GOAL` at goals, 0 elsewhere at first, and then 1 + the
    slot of the bucket that a cell is in.
    """
    # A bucket is a list of links (cell, next link), and so are the unused links.
    heads, tails = np.full(_BUCKETS, -1), np.full(_BUCKETS, -1)
    links, unused, waiting = np.empty((0, 2), np.int32), -1, 0
    goal, bucket, lowest, per_width = 0, 0, costs[goals[0]], 1 / width
    while waiting or goal < goals.size:
        if not waiting:
            bucket = int((costs[goals[goal]] - lowest) * per_width)
        slot = bucket & _BUCKETS - 1
        if goal < goals.size and (costs[goals[goal]] - lowest) * per_width < bucket + 1:
            cell, goal = goals[goal], goal + 1
        elif heads[slot] < 0:
            bucket += 1
            continue
        else:
            link = heads[slot]
            cell, heads[slot] = links[link]
            links[link, 1], unused, waiting = unused, link, waiting - 1
            if queued[cell] != 1 + slot:
                # It improved since, and was visited in an earlier bucket.
                continue
            queued[cell] = 0
        if waiting + strides.size > len(links):
            links, unused = _with_more(links, unused)
        entry_cost = entry_costs[cell] if entry_costs.size > 1 else 1.0
        for move in range(strides.size):
            before = cell + strides[move]
            if not legal[cell] >> move & 1:
                continue
            cost, rest = added(costs[cell], rests[cell], lengths[move] * entry_cost)
            if cost > costs[before] or (cost == costs[before] and rest >= rests[before]):
                continue
            # Most moves come no further than here.
            if queued[before] == _GOAL:
                continue
            costs[before], rests[before] = cost, rest
            slot = int((cost - lowest) * per_width) & _BUCKETS - 1
            if queued[before] == 1 + slot:
                continue
            link, queued[before], waiting = unused, 1 + slot, waiting + 1
            unused = links[link, 1]
            links[link, 0], links[link, 1] = before, -1
            if heads[slot] < 0:
                heads[slot] = link
            else:
                links[tails[slot], 1] = link
            tails[slot] = link


@compiled
def added(total: float, rest: float, step: float) -> tuple[float, np.float32]:
    """Return `total + rest + step` as a rounded sum and a rest (Knuth's TwoSum)."""
    rounded = total + step
    added = rounded - total
    rest += (total - (rounded - added)) + (step - added)
    result = rounded + rest
    return result, np.float32(rest - (result - rounded))


@compiled
def _with_more(links: NDArray[np.int32], unused: int) -> tuple[NDArray[np.int32], int]:
    """Return a copy with as many more, and the first of those that are unused then."""
    size = len(links)
    # Loops compile much sooner than assignments of slices.
    more = np.empty((2 * size + 256, 2), np.int32)
    for link in range(size):
        more[link, 0], more[link, 1] = links[link, 0], links[link, 1]
    for link in range(size, len(more)):
        more[link, 1] = link + 1
    more[len(more) - 1, 1] = unused
    return more, size


def optimal_masks(
    costs: NDArray[np.float64],
    legal: NDArray[np.uint8],
    goals: Mapping[Cell, float],
    rule: MoveRule,
    entry_costs: NDArray[np.float64] | None = None,
) -> NDArray[np.uint8]:
    """Return every action that begins a path of least cost.

    Args:
        costs: `(rows, cols)` float64, as of `costs_to_go` with the other arguments.
        legal: as there.
        goals: as there.
        rule: as there.
        entry_costs: as there.

    Returns:
        `(rows, cols)` uint8, bit `a` for action `a`; 0 at goals and where there is no path.
    """
    masks = np.zeros(legal.shape, np.uint8)
    _fill_optimal(
        costs.ravel(),
        legal.ravel(),
        rule.deltas @ (legal.shape[1], 1),
        rule.costs,
        one_or_each(entry_costs),
        max(map(abs, goals.values())),
        masks.ravel(),
    )
    for goal in goals:
        masks[goal] = 0
    return masks


@compiled
def _fill_optimal(
    costs: NDArray[np.float64],
    legal: NDArray[np.uint8],
    strides: NDArray[np.int64],
    lengths: NDArray[np.float64],
    entry_costs: NDArray[np.float64],
    greatest_value: float,
    masks: NDArray[np.uint8],
) -> None:
    for cell in range(costs.size):
        if not legal[cell] or costs[cell] == np.inf:
            continue
        limit = costs[cell] + TIE_TOLERANCE * (abs(costs[cell]) + greatest_value)
        for move in range(strides.size):
            if legal[cell] >> move & 1:
                onward = cell + strides[move]
                step = lengths[move] * (entry_costs[onward] if entry_costs.size > 1 else 1.0)
                if step + costs[onward] <= limit:
                    masks[cell] |= 1 << move
