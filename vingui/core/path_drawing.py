"""Drawing a path with the mouse: each point is joined to the path by legal moves."""

import heapq
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import Cell
from vingui.core.moves import MoveRule

_MOST_DETOUR: Final = 32
"""Steps that a way round an obstacle may be longer than the direct way."""

_MOST_SEARCHED: Final = 4000
"""Cells that are searched for such a way: some 20 ms."""


def begin_path(walls: NDArray[np.bool_], cell: Cell) -> tuple[Cell, ...]:
    """Return the path of a cell alone; an empty one for walls and outside the map."""
    inside = 0 <= cell[0] < walls.shape[0] and 0 <= cell[1] < walls.shape[1]
    return (cell,) if inside and not walls[cell] else ()


def extend_path(
    path: tuple[Cell, ...], cell: Cell, walls: NDArray[np.bool_], rule: MoveRule
) -> tuple[Cell, ...]:
    """Lead a path on to a cell by the fewest legal moves.

    The path never visits a cell twice: where it comes back to one, what it did since is taken
    back. It goes round an obstacle if there is a way nearby; otherwise, and in front of a cell that
    is a wall, it stops there.

    Args:
        path: one cell or more, joined by legal moves, none twice.
        cell: where it is led; outside the map, the nearest cell inside is meant.
        walls: `(rows, cols)` bool.
        rule: the movement rule.

    Returns:
        The path, which still begins at its first cell.
    """
    rows, cols = walls.shape
    cell = min(max(cell[0], 0), rows - 1), min(max(cell[1], 0), cols - 1)
    if cell in path:
        return path[: path.index(cell) + 1]
    return _without_loops(path, _way(path[-1], cell, walls, rule))


def _without_loops(path: tuple[Cell, ...], way: list[Cell]) -> tuple[Cell, ...]:
    cells = list(path)
    places = {cell: place for place, cell in enumerate(cells)}
    for cell in way:
        if cell in places:
            for erased in cells[places[cell] + 1 :]:
                del places[erased]
            del cells[places[cell] + 1 :]
        else:
            places[cell] = len(cells)
            cells.append(cell)
    return tuple(cells)


def _way(start: Cell, target: Cell, walls: NDArray[np.bool_], rule: MoveRule) -> list[Cell]:
    """Return the cells of a shortest way after its start, by A*.

    Of several, it follows the straight line most closely. Where there is none nearby, it goes as
    far towards the target as moves lead that all come nearer to it.
    """
    direct = _least_steps(start, target, rule)
    limit = direct if walls[target] else direct + _MOST_DETOUR
    came_from: dict[Cell, Cell] = {start: start}
    steps = {start: 0}
    best = direct, 0, start
    queue = [(direct, direct, 0, start)]
    for _ in range(_MOST_SEARCHED):
        if not queue or best[-1] == target:
            break
        total, left, aside, cell = heapq.heappop(queue)
        if total == direct:
            best = min(best, (left, aside, cell))
        elif cell == target:
            best = left, aside, cell
        for action, (down, right) in enumerate(rule.deltas.tolist()):
            after = cell[0] + down, cell[1] + right
            taken = steps[cell] + 1
            if taken >= steps.get(after, taken + 1) or not rule.allows(walls, cell, action):
                continue
            left = _least_steps(after, target, rule)
            if taken + left <= limit:
                came_from[after], steps[after] = cell, taken
                aside = _distance_from_line(after, start, target)
                heapq.heappush(queue, (taken + left, left, aside, after))
    way = []
    cell = best[-1]
    while cell != start:
        way.append(cell)
        cell = came_from[cell]
    return way[::-1]


def _least_steps(a: Cell, b: Cell, rule: MoveRule) -> int:
    """The number of moves between two cells where nothing is in the way."""
    rows, cols = abs(a[0] - b[0]), abs(a[1] - b[1])
    return rows + cols if rule.n_actions == 4 else max(rows, cols)


def _distance_from_line(cell: Cell, a: Cell, b: Cell) -> int:
    """How far a cell is from the line through two others, times the distance of those."""
    (down, right), (rows, cols) = (b[0] - a[0], b[1] - a[1]), (cell[0] - a[0], cell[1] - a[1])
    return abs(down * cols - right * rows)
