"""Edits of a map, for the drawing tools and the commands on the whole map.

Every function takes a map and returns one: the same object where nothing changes. Walls are never
drawn over a goal or a start, and no two of these share a cell. A goal or start that is put on a
wall opens that cell.

What a cell is made of, its material, is `WALL` or the index of a kind of terrain in the map's
palette. A wall that is opened leaves terrain of kind 0.
"""

from dataclasses import replace
from functools import cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.drawn_cells import Part, drawn
from vingui.core.grid import Cell, GridMap

_T = TypeVar("_T", bound=np.generic)

WALL: Final = -1
"""The material of walls."""


def line_cells(a: Cell, b: Cell) -> NDArray[np.int64]:
    """The cells of a straight line, without gaps under the 8-connected neighbourhood.

    The line from `b` to `a` is the same one, reversed.

    Returns:
        `(n, 2)` int64, the `(row, col)` of each cell from `a` to `b`, both included.
    """
    ends = np.array([a, b], np.int64)
    span = ends[1] - ends[0]
    count = int(np.abs(span).max())
    if not count:
        return ends[:1]
    steps = np.arange(count + 1)[:, None]
    # Whole numbers, with halves always rounded the same way: the line is the same from either end.
    return np.asarray(ends[0] + (2 * steps * span + count) // (2 * count), np.int64)


def rectangle_cells(a: Cell, b: Cell, *, filled: bool) -> NDArray[np.int64]:
    """The cells of the rectangle with the opposite corners `a` and `b`.

    Args:
        a: a corner.
        b: the opposite corner; may be the same cell.
        filled: whether to include all its cells, or only the outermost ones.

    Returns:
        `(n, 2)` int64, each `(row, col)` once.
    """
    top, bottom = sorted((int(a[0]), int(b[0])))
    left, right = sorted((int(a[1]), int(b[1])))
    if filled or bottom - top < 2 or right - left < 2:
        return _block(top, left, bottom + 1, right + 1)
    return np.concatenate(
        [
            _block(top, left, top + 1, right + 1),
            _block(top + 1, left, bottom, left + 1),
            _block(top + 1, right, bottom, right + 1),
            _block(bottom, left, bottom + 1, right + 1),
        ]
    )


def _block(top: int, left: int, bottom: int, right: int) -> NDArray[np.int64]:
    rows, cols = np.meshgrid(np.arange(top, bottom), np.arange(left, right), indexing="ij")
    return np.stack([rows.ravel(), cols.ravel()]).T


def paint(grid: GridMap, cells: ArrayLike, *, material: int, brush: int = 1) -> GridMap:
    """Make cells of a material.

    Args:
        grid: the map.
        cells: `(n, 2)` whole numbers, the `(row, col)` of each; cells outside the map are ignored.
        material: `WALL`, or a kind of terrain.
        brush: the side of the brush, from 1: a square up to 3, a disc from 4 on. With an even side
            it reaches one cell further down and to the right.
    """
    # Separate contiguous rows and columns are several times as fast as pairs.
    rows, cols = np.asarray(cells, np.int64).reshape(-1, 2).T - (brush - 1) // 2
    touching = (rows > -brush) & (rows < grid.rows) & (cols > -brush) & (cols < grid.cols)
    if not touching.all():
        rows, cols = rows[touching], cols[touching]
    if not len(rows):
        return grid
    top, left = int(rows.min()), int(cols.min())
    touched = np.zeros((int(rows.max()) - top + 1, int(cols.max()) - left + 1), bool)
    touched[rows - top, cols - left] = True
    painted = _spread(touched, _footprint(brush))
    above, before = max(-top, 0), max(-left, 0)
    part = np.s_[top + above : top + len(painted), left + before : left + painted.shape[1]]
    height, width = grid.walls[part].shape
    return _painted(grid, part, painted[above:, before:][:height, :width], material)


def _painted(grid: GridMap, part: Part, mask: NDArray[np.bool_], material: int) -> GridMap:
    """The map with the cells of a mask, which lies over a part of it, of another material."""
    if material == WALL:
        mask = mask.copy()
        for row, col in _markers(grid):
            place = row - part[0].start, col - part[1].start
            if _lies_in(place, *mask.shape):
                mask[place] = False
    if not mask.any():
        return grid
    walls = _redrawn(grid.walls, part, mask, material == WALL)
    terrain = grid.terrain
    if terrain is None and material > 0:
        terrain = np.zeros_like(walls, np.uint8)
    if terrain is not None:
        terrain = _redrawn(terrain, part, mask, max(material, 0))
    if walls is grid.walls and (terrain is grid.terrain or terrain is None):
        return grid
    return replace(grid, walls=walls, terrain=terrain)


def _redrawn(cells: NDArray[_T], part: Part, mask: NDArray[np.bool_], value: int) -> NDArray[_T]:
    """Cells with another value where a mask says so; the same array if all have it already."""
    before = cells[part]
    after = np.where(mask, cells.dtype.type(value), before)
    return cells if np.array_equal(before, after) else drawn(cells, part, after)


@cache
def _footprint(brush: int) -> NDArray[np.bool_]:
    offsets = np.arange(brush) - (brush - 1) / 2
    return np.asarray(offsets[:, None] ** 2 + offsets**2 <= (brush / 2) ** 2)


def _spread(touched: NDArray[np.bool_], footprint: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells that the footprint covers with its top left corner at each touched cell."""
    rows, cols = touched.shape
    spread = np.zeros((rows + len(footprint) - 1, cols + len(footprint) - 1), bool)
    for row, col in np.argwhere(footprint).tolist():
        spread[row : row + rows, col : col + cols] |= touched
    return spread


def material_at(grid: GridMap, cell: Cell) -> int:
    """What a cell of the map is made of."""
    if grid.walls[cell]:
        return WALL
    return 0 if grid.terrain is None else int(grid.terrain[cell])


def toggle(grid: GridMap, cell: Cell, *, material: int) -> GridMap:
    """Make a cell of a material, or of kind 0 if it is of that material already."""
    if not _is_inside(grid, cell):
        return grid
    return paint(grid, [cell], material=0 if material_at(grid, cell) == material else material)


def flood(grid: GridMap, cell: Cell, *, material: int) -> GridMap:
    """Fill the 4-connected region of one material that a cell belongs to.

    Args:
        grid: the map.
        cell: any cell of the region.
        material: what its cells become.
    """
    if not _is_inside(grid, cell) or material_at(grid, cell) == material:
        return grid
    from scipy import ndimage

    alike = grid.walls == grid.walls[cell]
    if grid.terrain is not None:
        alike &= grid.terrain == grid.terrain[cell]
    labels, _ = ndimage.label(alike)
    return _painted(grid, np.s_[0 : grid.rows, 0 : grid.cols], labels == labels[cell], material)


def add_goal(grid: GridMap, cell: Cell) -> GridMap:
    """Add a goal of value 0 on a cell, after the others, unless a goal or a start is there."""
    if not _is_inside(grid, cell) or cell in _markers(grid):
        return grid
    values = (*grid.valued_goals.values(), 0.0)
    goals = (*grid.goals, cell)
    return replace(grid, walls=_opened(grid, cell), goals=goals, goal_values=values)


def place_goal(grid: GridMap, cell: Cell) -> GridMap:
    """Move the first goal to a cell, or add one there, unless a goal or a start is there."""
    return move_goal(grid, 0, cell) if grid.goals else add_goal(grid, cell)


def move_goal(grid: GridMap, index: int, cell: Cell) -> GridMap:
    """Move a goal to another cell, unless a goal or a start is there.

    Args:
        grid: the map.
        index: the goal's place among `grid.goals`.
        cell: the cell to move it to.

    Raises:
        IndexError: there is no such goal.
    """
    goals = list(grid.goals)
    goals[index] = cell
    if not _is_inside(grid, cell) or cell in _markers(grid):
        return grid
    return replace(grid, walls=_opened(grid, cell), goals=tuple(goals))


def remove_goal(grid: GridMap, cell: Cell) -> GridMap:
    """Remove the goal on a cell, if there is one."""
    if cell not in grid.goals:
        return grid
    left = {goal: value for goal, value in grid.valued_goals.items() if goal != cell}
    return replace(grid, goals=tuple(left), goal_values=tuple(left.values()))


def set_goal_value(grid: GridMap, cell: Cell, value: float) -> GridMap:
    """Change what reaching the goal on a cell is worth, if there is one.

    Raises:
        VinguiError: it is out of range.
    """
    goals = grid.valued_goals
    if cell not in goals or goals[cell] == value:
        return grid
    goals[cell] = value
    return replace(grid, goal_values=tuple(goals.values()))


def add_start(grid: GridMap, cell: Cell) -> GridMap:
    """Add a start on a cell, after the others, unless a goal or a start is there."""
    if not _is_inside(grid, cell) or cell in _markers(grid):
        return grid
    return replace(grid, walls=_opened(grid, cell), starts=(*grid.starts, cell))


def move_start(grid: GridMap, index: int, cell: Cell) -> GridMap:
    """Move a start to another cell, unless a goal or a start is there.

    Args:
        grid: the map.
        index: the start's place among `grid.starts`.
        cell: the cell to move it to.

    Raises:
        IndexError: there is no such start.
    """
    starts = list(grid.starts)
    starts[index] = cell
    if not _is_inside(grid, cell) or cell in _markers(grid):
        return grid
    return replace(grid, walls=_opened(grid, cell), starts=tuple(starts))


def remove_start(grid: GridMap, cell: Cell) -> GridMap:
    """Remove the start on a cell, if there is one."""
    if cell not in grid.starts:
        return grid
    return grid.with_starts(tuple(start for start in grid.starts if start != cell))


def clear(grid: GridMap) -> GridMap:
    """Remove all walls."""
    return _with_cells(grid, np.zeros_like(grid.walls), grid.terrain)


def invert(grid: GridMap) -> GridMap:
    """Make walls free and free cells walls, except under goals and starts."""
    return _with_cells(grid, ~grid.walls, grid.terrain)


def border(grid: GridMap) -> GridMap:
    """Make the outermost cells walls."""
    walls = grid.walls.copy()
    walls[[0, -1]] = True
    walls[:, [0, -1]] = True
    return _with_cells(grid, walls, grid.terrain)


def _lies_in(cell: Cell, rows: int, cols: int) -> bool:
    return 0 <= cell[0] < rows and 0 <= cell[1] < cols


def _with_cells(
    grid: GridMap, walls: NDArray[np.bool_], terrain: NDArray[np.uint8] | None
) -> GridMap:
    """The map with other cells; walls are opened under goals and starts."""
    for cell in _markers(grid):
        walls[cell] = False
    after = replace(grid, walls=walls, terrain=terrain)
    return grid if after == grid else after


def _opened(grid: GridMap, cell: Cell) -> NDArray[np.bool_]:
    row, col = cell
    part = np.s_[row : row + 1, col : col + 1]
    return _redrawn(grid.walls, part, np.ones((1, 1), bool), value=False)


def _markers(grid: GridMap) -> tuple[Cell, ...]:
    return (*grid.goals, *grid.starts)


def _is_inside(grid: GridMap, cell: Cell) -> bool:
    return _lies_in(cell, grid.rows, grid.cols)
