"""Edits of a map, for the drawing tools and the commands on the whole map.

Every function takes a map and returns one: the same object where nothing changes. Walls are never
drawn over the goal or a start, and no two of these share a cell. A goal or start that is put on a
wall opens that cell. A map with a place in metres keeps it when cells are cut off or added.
"""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.grid import MIN_SIDE, Cell, GridMap, check_shape


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


def paint(grid: GridMap, cells: ArrayLike, *, wall: bool, brush: int = 1) -> GridMap:
    """Make cells walls, or free.

    Args:
        grid: the map.
        cells: `(n, 2)` whole numbers, the `(row, col)` of each; cells outside the map are ignored.
        wall: whether they become walls, or free.
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
    marked = np.zeros((int(rows.max()) - top + 1, int(cols.max()) - left + 1), bool)
    marked[rows - top, cols - left] = True
    painted = _spread(marked, _footprint(brush))
    above, before = max(-top, 0), max(-left, 0)
    walls = grid.walls.copy()
    part = walls[top + above : top + len(painted), left + before : left + painted.shape[1]]
    part[painted[above:, before:][: part.shape[0], : part.shape[1]]] = wall
    return _with_walls(grid, walls)


@cache
def _footprint(brush: int) -> NDArray[np.bool_]:
    offsets = np.arange(brush) - (brush - 1) / 2
    return np.asarray(offsets[:, None] ** 2 + offsets**2 <= (brush / 2) ** 2)


def _spread(marked: NDArray[np.bool_], footprint: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells that the footprint covers with its top left corner at each marked cell."""
    rows, cols = marked.shape
    spread = np.zeros((rows + len(footprint) - 1, cols + len(footprint) - 1), bool)
    for row, col in np.argwhere(footprint).tolist():
        spread[row : row + rows, col : col + cols] |= marked
    return spread


def toggle_wall(grid: GridMap, cell: Cell) -> GridMap:
    """Make a free cell a wall and a wall a free cell."""
    if not _is_inside(grid, cell):
        return grid
    return paint(grid, [cell], wall=not grid.walls[cell])


def flood(grid: GridMap, cell: Cell, *, wall: bool) -> GridMap:
    """Fill the 4-connected region of walls, or of free cells, that a cell belongs to.

    Args:
        grid: the map.
        cell: any cell of the region.
        wall: whether its cells become walls, or free.
    """
    if not _is_inside(grid, cell) or grid.walls[cell] == wall:
        return grid
    from scipy import ndimage

    labels, _ = ndimage.label(grid.walls == grid.walls[cell])
    return _with_walls(grid, np.where(labels == labels[cell], wall, grid.walls))


def move_goal(grid: GridMap, cell: Cell) -> GridMap:
    """Put the goal on a cell, unless a start is there."""
    if not _is_inside(grid, cell) or cell == grid.goal or cell in grid.starts:
        return grid
    return GridMap(_opened(grid, cell), cell, grid.starts, grid.frame)


def add_start(grid: GridMap, cell: Cell) -> GridMap:
    """Add a start on a cell, after the others, unless the goal or a start is there."""
    if not _is_inside(grid, cell) or cell == grid.goal or cell in grid.starts:
        return grid
    return GridMap(_opened(grid, cell), grid.goal, (*grid.starts, cell), grid.frame)


def move_start(grid: GridMap, index: int, cell: Cell) -> GridMap:
    """Move a start to another cell, unless the goal or a start is there.

    Args:
        grid: the map.
        index: the start's place among `grid.starts`.
        cell: the cell to move it to.

    Raises:
        IndexError: there is no such start.
    """
    starts = list(grid.starts)
    starts[index] = cell
    if not _is_inside(grid, cell) or cell == grid.goal or cell in grid.starts:
        return grid
    return GridMap(_opened(grid, cell), grid.goal, tuple(starts), grid.frame)


def remove_start(grid: GridMap, cell: Cell) -> GridMap:
    """Remove the start on a cell, if there is one."""
    if cell not in grid.starts:
        return grid
    return grid.with_starts(tuple(start for start in grid.starts if start != cell))


def clear(grid: GridMap) -> GridMap:
    """Remove all walls."""
    return _with_walls(grid, np.zeros_like(grid.walls))


def invert(grid: GridMap) -> GridMap:
    """Make walls free and free cells walls, except under the goal and the starts."""
    return _with_walls(grid, ~grid.walls)


def border(grid: GridMap) -> GridMap:
    """Make the outermost cells walls."""
    walls = grid.walls.copy()
    walls[[0, -1]] = True
    walls[:, [0, -1]] = True
    return _with_walls(grid, walls)


def resize(
    grid: GridMap,
    rows: int,
    cols: int,
    *,
    anchor_row: float = 0,
    anchor_col: float = 0,
    wall: bool = False,
) -> GridMap:
    """Give a map another size. A goal or start that falls outside is dropped.

    Args:
        grid: the map.
        rows: the new number of rows.
        cols: the new number of columns.
        anchor_row: the row that stays in its place: 0 for the top one, 1 for the bottom one, 0.5
            for the middle.
        anchor_col: the column that stays in its place: 0 for the left one, 1 for the right one.
        wall: whether new cells are walls.

    Raises:
        VinguiError: no map may have that size.
    """
    check_shape(rows, cols)
    # Rounded towards 0, so that a map made larger and then smaller is the same again.
    top = int((grid.rows - rows) * anchor_row)
    left = int((grid.cols - cols) * anchor_col)
    return _cut(grid, top, left, rows, cols, wall=wall)


def crop(grid: GridMap, top: int, left: int, bottom: int, right: int) -> GridMap:
    """Keep the rows from `top` and the columns from `left`, to `bottom` and `right` exclusive.

    Rows and columns beyond the map are ignored; a goal or start that falls outside is dropped.

    Raises:
        VinguiError: no map may have the size that is left.
    """
    top, left = max(top, 0), max(left, 0)
    rows, cols = min(bottom, grid.rows) - top, min(right, grid.cols) - left
    check_shape(max(rows, 0), max(cols, 0))
    return _cut(grid, top, left, rows, cols, wall=False)


def content_bounds(grid: GridMap) -> tuple[int, int, int, int]:
    """The smallest part, of at least 2x2 cells, with all walls, the goal and the starts.

    Returns:
        `top`, `left`, `bottom` and `right`, the last two exclusive, as `crop` takes them.
    """
    content = grid.walls.copy()
    for cell in _markers(grid):
        content[cell] = True
    if not content.any():
        return 0, 0, grid.rows, grid.cols
    top, bottom = _extent(np.asarray(content.any(axis=1)))
    left, right = _extent(np.asarray(content.any(axis=0)))
    return top, left, bottom, right


def _extent(filled: NDArray[np.bool_]) -> tuple[int, int]:
    places = np.flatnonzero(filled)
    first = min(int(places[0]), len(filled) - MIN_SIDE)
    return first, max(int(places[-1]) + 1, first + MIN_SIDE)


def _cut(grid: GridMap, top: int, left: int, rows: int, cols: int, *, wall: bool) -> GridMap:
    """The rows x cols cells from (top, left) on, which may extend beyond the map on any side."""
    if (top, left, rows, cols) == (0, 0, grid.rows, grid.cols):
        return grid
    walls = np.full((rows, cols), wall)
    kept = grid.walls[max(top, 0) : max(top + rows, 0), max(left, 0) : max(left + cols, 0)]
    below, beside = max(-top, 0), max(-left, 0)
    walls[below : below + kept.shape[0], beside : beside + kept.shape[1]] = kept
    moved = {cell: (cell[0] - top, cell[1] - left) for cell in _markers(grid)}
    held = {
        cell: place
        for cell, place in moved.items()
        if 0 <= place[0] < rows and 0 <= place[1] < cols
    }
    goal = held.get(grid.goal) if grid.goal is not None else None
    starts = tuple(held[start] for start in grid.starts if start in held)
    # The frame's origin is the lower left corner, which the cut moves.
    frame = grid.frame and grid.frame.moved(right=left, up=grid.rows - (top + rows))
    return GridMap(walls, goal, starts, frame)


def _with_walls(grid: GridMap, walls: NDArray[np.bool_]) -> GridMap:
    """The map with other walls, which are opened under the goal and the starts."""
    for cell in _markers(grid):
        walls[cell] = False
    if np.array_equal(walls, grid.walls):
        return grid
    return GridMap(walls, grid.goal, grid.starts, grid.frame)


def _opened(grid: GridMap, cell: Cell) -> NDArray[np.bool_]:
    if not grid.walls[cell]:
        return grid.walls
    walls = grid.walls.copy()
    walls[cell] = False
    return walls


def _markers(grid: GridMap) -> tuple[Cell, ...]:
    return grid.starts if grid.goal is None else (grid.goal, *grid.starts)


def _is_inside(grid: GridMap, cell: Cell) -> bool:
    return 0 <= cell[0] < grid.rows and 0 <= cell[1] < grid.cols
