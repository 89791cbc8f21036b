"""Edits of a map's size: cells are added or cut off at its sides.

Every function takes a map and returns one: the same object where nothing changes. A map with a
place in metres keeps it.
"""

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import MIN_SIDE, Cell, Demonstration, GridMap, check_shape
from vingui.core.map_edits import WALL


def resize(
    grid: GridMap,
    rows: int,
    cols: int,
    *,
    anchor_row: float = 0,
    anchor_col: float = 0,
    material: int = 0,
) -> GridMap:
    """Give a map another size. What falls outside is dropped, like a goal or a demonstration.

    New cells have the height of the nearest old one, where the map has an elevation.

    Args:
        grid: the map.
        rows: the new number of rows.
        cols: the new number of columns.
        anchor_row: the row that stays in its place: 0 for the top one, 1 for the bottom one, 0.5
            for the middle.
        anchor_col: the column that stays in its place: 0 for the left one, 1 for the right one.
        material: what new cells are made of.

    Raises:
        VinguiError: no map may have that size.
    """
    check_shape(rows, cols)
    # Rounded towards 0, so that a map made larger and then smaller is the same again.
    top = int((grid.rows - rows) * anchor_row)
    left = int((grid.cols - cols) * anchor_col)
    return _cut(grid, top, left, rows, cols, material=material)


def crop(grid: GridMap, top: int, left: int, bottom: int, right: int) -> GridMap:
    """Keep the rows from `top` and the columns from `left`, to `bottom` and `right` exclusive.

    Rows and columns beyond the map are ignored; a goal, a start or a demonstration that falls
    outside, even in part, is dropped.

    Raises:
        VinguiError: no map may have the size that is left.
    """
    top, left = max(top, 0), max(left, 0)
    rows, cols = min(bottom, grid.rows) - top, min(right, grid.cols) - left
    check_shape(max(rows, 0), max(cols, 0))
    return _cut(grid, top, left, rows, cols, material=0)


def content_bounds(grid: GridMap) -> tuple[int, int, int, int]:
    """The smallest part, of at least 2x2 cells, with all that is drawn or placed on the map.

    Returns:
        `top`, `left`, `bottom` and `right`, the last two exclusive, as `crop` takes them.
    """
    content = grid.walls.copy()
    if grid.terrain is not None:
        content |= grid.terrain != 0
    for cell in (*grid.goals, *grid.starts):
        content[cell] = True
    for demonstration in grid.demonstrations:
        content[tuple(demonstration.array.T)] = True
    if not content.any():
        return 0, 0, grid.rows, grid.cols
    top, bottom = _extent(np.asarray(content.any(axis=1)))
    left, right = _extent(np.asarray(content.any(axis=0)))
    return top, left, bottom, right


def _extent(filled: NDArray[np.bool_]) -> tuple[int, int]:
    places = np.flatnonzero(filled)
    first = min(int(places[0]), len(filled) - MIN_SIDE)
    return first, max(int(places[-1]) + 1, first + MIN_SIDE)


def _cut(grid: GridMap, top: int, left: int, rows: int, cols: int, *, material: int) -> GridMap:
    """The rows x cols cells from (top, left) on, which may extend beyond the map on any side."""
    if (top, left, rows, cols) == (0, 0, grid.rows, grid.cols):
        return grid
    walls, terrain = np.full((rows, cols), material == WALL), None
    kept = np.s_[max(top, 0) : max(top + rows, 0), max(left, 0) : max(left + cols, 0)]
    below, beside = max(-top, 0), max(-left, 0)
    height, width = grid.walls[kept].shape
    place = np.s_[below : below + height, beside : beside + width]
    walls[place] = grid.walls[kept]
    if grid.terrain is not None or material > 0:
        terrain = np.full((rows, cols), max(material, 0), np.uint8)
        terrain[place] = 0 if grid.terrain is None else grid.terrain[kept]
    goals = {_moved(goal, top, left): value for goal, value in grid.valued_goals.items()}
    goals = {goal: value for goal, value in goals.items() if _lies_in(goal, rows, cols)}
    starts = (_moved(start, top, left) for start in grid.starts)
    # The frame's origin is the lower left corner, which the cut moves.
    frame = grid.frame and grid.frame.moved(right=left, up=grid.rows - (top + rows))
    return GridMap(
        walls,
        tuple(goals),
        tuple(start for start in starts if _lies_in(start, rows, cols)),
        frame,
        terrain,
        grid.palette,
        tuple(goals.values()),
        _cut_demonstrations(grid.demonstrations, top, left, rows, cols),
        None if grid.elevation is None else _cut_elevation(grid.elevation, top, left, rows, cols),
    )


def _cut_demonstrations(
    demonstrations: tuple[Demonstration, ...], top: int, left: int, rows: int, cols: int
) -> tuple[Demonstration, ...]:
    kept = []
    for demonstration in demonstrations:
        first_row, first_col, last_row, last_col = demonstration.bounds
        whole_rows = top <= first_row and last_row < top + rows
        if whole_rows and left <= first_col and last_col < left + cols:
            cells = tuple(_moved(cell, top, left) for cell in demonstration.cells)
            kept.append(Demonstration(cells))
    return tuple(kept)


def _cut_elevation(
    elevation: NDArray[np.float32], top: int, left: int, rows: int, cols: int
) -> NDArray[np.float32]:
    across = np.clip(np.arange(left, left + cols), 0, elevation.shape[1] - 1)
    down = np.clip(np.arange(top, top + rows), 0, elevation.shape[0] - 1)
    return elevation[np.ix_(down, across)]


def _moved(cell: Cell, top: int, left: int) -> Cell:
    return cell[0] - top, cell[1] - left


def _lies_in(cell: Cell, rows: int, cols: int) -> bool:
    return 0 <= cell[0] < rows and 0 <= cell[1] < cols
