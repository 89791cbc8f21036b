"""Fields of separate obstacles, and uniform noise."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.goal_and_starts import add_border, make_room

_PAPER = ((30, 8, 0), (40, 16, 1), (50, 28, 2))
"""The most obstacles, the map's side and the largest obstacle of the paper's data."""

_LARGEST_BY_DEFAULT = 8


@cache
def _disc(radius: int) -> NDArray[np.bool_]:
    """`(2 * radius + 1,) * 2` bool: the cells of a disc, by the midpoint rule.

    1, 5, 21, 37 cells for a radius of 0, 1, 2, 3: the discs of the paper's data.
    """
    offsets = np.arange(-radius, radius + 1)
    squares = offsets[:, None] ** 2 + offsets**2
    # With a radius of 0 the bound would leave out the centre itself.
    return np.asarray(squares < max(radius * (radius + 1), 1))


def _mean_cells(size: int) -> float:
    """The cells that an obstacle covers on average, away from the map's edge."""
    if size == 0:
        return 0.5
    discs = np.mean([_disc(radius).sum() for radius in range(1, size + 1)])
    return float(discs + ((size + 1) / 2) ** 2) / 2


def default_obstacle_size(rows: int, cols: int) -> int:
    """The default for the largest obstacle: 0, 1, 2 at 8x8, 16x16, 28x28 (the paper's)."""
    side = float(np.sqrt(rows * cols))
    if side < 32:
        return min(range(len(_PAPER)), key=lambda size: abs(_PAPER[size][1] - side))
    return min(round(side / 13), _LARGEST_BY_DEFAULT)


def default_obstacles(rows: int, cols: int) -> int:
    """The default for the most obstacles: 30, 40, 50 at 8x8, 16x16, 28x28 (the paper's).

    At other sizes they would cover the same share of the map, if they did not overlap.
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
    """Generate an obstacle field after Tamar et al. 2016 (the generator of avivt/VIN).

    Between one and `obstacles` obstacles are placed anywhere on the map, each a disc or a
    rectangle with equal probability. With an `obstacle_size` of 0 a disc is one cell and a
    rectangle is nothing, as in the paper's 8x8 data. Unlike there, the goal is drawn afterwards
    among the free cells, and no obstacle is left out to keep it free.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        obstacles: the most obstacles.
        obstacle_size: the largest radius of a disc and side of a rectangle, in cells.
        border: whether the outermost cells are walls, where that leaves two cells inside.

    Returns:
        `(rows, cols)` bool, with at least two neighbouring free cells.
    """
    # With a margin as wide as the largest obstacle.
    padded = np.zeros((rows + 2 * obstacle_size, cols + 2 * obstacle_size), bool)
    count = int(rng.integers(1, obstacles + 1)) if obstacles else 0
    draws = rng.random((count, 5))
    high = (2, rows, cols, max(obstacle_size, 1), max(obstacle_size, 1))
    for kind, row, col, first, second in (draws * high).astype(np.int64).tolist():
        top, left = row + obstacle_size, col + obstacle_size
        if kind == 0:
            radius = first + 1 if obstacle_size else 0
            disc = _disc(radius)
            top, left = top - radius, left - radius
            padded[top : top + len(disc), left : left + len(disc)] |= disc
        elif obstacle_size:
            padded[top : top + first + 1, left : left + second + 1] = True
    walls = padded[obstacle_size:, obstacle_size:][:rows, :cols].copy()
    if border:
        add_border(walls)
    return make_room(walls)


def noise_walls(
    *, rows: int, cols: int, rng: np.random.Generator, density: float, border: bool
) -> NDArray[np.bool_]:
    """Generate noise: every cell is a wall with the same probability.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        density: the probability of a wall, 0 to 1.
        border: whether the outermost cells are walls, where that leaves two cells inside.

    Returns:
        `(rows, cols)` bool, with at least two neighbouring free cells.
    """
    walls = rng.random((rows, cols)) < density
    if border:
        add_border(walls)
    return make_room(walls)
