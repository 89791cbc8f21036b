"""Fields of separate obstacles, and uniform noise."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.goal_and_starts import add_border, make_room

_PAPER = ((30, 8, 0), (40, 16, 1), (50, 28, 2))
"""Obstacles at most, the map's side, and the largest obstacle, as the paper's data have them."""

_LARGEST_BY_DEFAULT = 8


@lru_cache(maxsize=128)
def _disc(radius: int) -> NDArray[np.bool_]:
    """`(2 * radius + 1,) * 2` bool: the cells of a disc, by the midpoint rule.

    1, 5, 21, 37 cells for a radius of 0, 1, 2, 3: the discs of the paper's data.
    """
    offsets = np.arange(-radius, radius + 1)
    squares = offsets[:, None] ** 2 + offsets**2
    # Below a radius of 1 the bound would leave out the centre itself.
    return np.asarray(squares < max(radius * (radius + 1), 1))


def _mean_cells(size: int) -> float:
    """The cells that an obstacle covers on average, off the map's edge."""
    if size == 0:
        return 0.5
    discs = np.mean([_disc(radius).sum() for radius in range(1, size + 1)])
    return float(discs + ((size + 1) / 2) ** 2) / 2


def default_obstacle_size(rows: int, cols: int) -> int:
    """The largest obstacle that suits the map: 0, 1, 2 at 8x8, 16x16, 28x28 (the paper's)."""
    side = float(np.sqrt(rows * cols))
    if side < 32:
        return min(range(len(_PAPER)), key=lambda size: abs(_PAPER[size][1] - side))
    return min(round(side / 13), _LARGEST_BY_DEFAULT)


def default_obstacles(rows: int, cols: int) -> int:
    """The most obstacles that suit the map: 30, 40, 50 at 8x8, 16x16, 28x28 (the paper's).

    Between and beyond, the share of the map that they would cover without overlap stays.
    """
    size = default_obstacle_size(rows, cols)
    most, side, paper_size = _PAPER[min(size, len(_PAPER) - 1)]
    share = most * _mean_cells(paper_size) / side**2
    return max(round(share * rows * cols / _mean_cells(size)), 1)


def obstacle_walls(
    *,
    rows: int,
    cols: int,
    rng: np.random.Generator,
    obstacles: int,
    obstacle_size: int,
    border: bool,
) -> NDArray[np.bool_]:
    """An obstacle field after Tamar et al. 2016 (the generator of avivt/VIN).

    Between one and `obstacles` obstacles fall anywhere on the map, each a disc or a rectangle
    with equal chance. At an `obstacle_size` of 0 a disc is one cell and a rectangle is nothing,
    as in the paper's 8x8 data. Unlike there, the goal is drawn afterwards, on a cell left free,
    instead of dropping the obstacles that would cover it.

    Args:
        rows: the map's rows.
        cols: the map's columns.
        rng: the source of chance.
        obstacles: how many obstacles are dropped at most.
        obstacle_size: the largest radius of a disc and side of a rectangle, in cells.
        border: whether the outermost cells are walls, where that leaves two cells inside.

    Returns:
        `(rows, cols)` bool, with two free neighbouring cells or more.
    """
    walls = np.zeros((rows, cols), bool)
    count = int(rng.integers(1, obstacles + 1)) if obstacles else 0
    draws = rng.random((count, 5))
    high = (2, rows, cols, max(obstacle_size, 1), max(obstacle_size, 1))
    for kind, row, col, first, second in (draws * high).astype(np.int64).tolist():
        if kind == 0:
            _drop_disc(walls, row, col, radius=first + 1 if obstacle_size else 0)
        elif obstacle_size:
            walls[row : row + first + 1, col : col + second + 1] = True
    if border:
        add_border(walls)
    return make_room(walls)


def _drop_disc(walls: NDArray[np.bool_], row: int, col: int, *, radius: int) -> None:
    if radius == 0:
        walls[row, col] = True
        return
    top, left = max(row - radius, 0), max(col - radius, 0)
    part = walls[top : row + radius + 1, left : col + radius + 1]
    above, before = top - row + radius, left - col + radius
    part |= _disc(radius)[above : above + part.shape[0], before : before + part.shape[1]]


def noise_walls(
    *, rows: int, cols: int, rng: np.random.Generator, density: float, border: bool
) -> NDArray[np.bool_]:
    """Every cell a wall with the same chance.

    Args:
        rows: the map's rows.
        cols: the map's columns.
        rng: the source of chance.
        density: the chance of a wall, 0 to 1.
        border: whether the outermost cells are walls, where that leaves two cells inside.

    Returns:
        `(rows, cols)` bool, with two free neighbouring cells or more.
    """
    walls = rng.random((rows, cols)) < density
    if border:
        add_border(walls)
    return make_room(walls)
