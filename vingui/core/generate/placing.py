"""The goal and the start on given walls, and walls that have room for both."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap

_MIN_REGION = 2


def largest_region(walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest set of free cells connected by straight moves.

    Straight moves alone: what they reach is reached under every movement rule.

    Args:
        walls: `(rows, cols)` bool.

    Returns:
        `(rows, cols)` bool, `True` in the region; of equally large ones the first in reading
        order. All `False` where no cell is free.
    """
    labels, count = ndimage.label(~walls)
    if count == 0:
        return np.zeros(walls.shape, bool)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax())


def place(walls: NDArray[np.bool_], rng: np.random.Generator) -> GridMap:
    """A map of `walls` with a goal and one start that reaches it under every movement rule.

    Both are drawn uniformly from the largest region connected by straight moves, so neither
    ends up in a forgotten pocket, and they differ.

    Args:
        walls: `(rows, cols)` bool, two free neighbouring cells or more.
        rng: the source of chance.

    Raises:
        VinguiError: no two free cells are neighbours.
    """
    region = np.flatnonzero(largest_region(walls))
    if len(region) < _MIN_REGION:
        raise VinguiError(
            "Expected walls with two free neighbouring cells for the goal and a start, "
            f"received {walls.shape[0]}x{walls.shape[1]} walls without"
        )
    first = int(rng.integers(len(region)))
    # Drawn among the others, so that no draw has to be repeated.
    second = (first + 1 + int(rng.integers(len(region) - 1))) % len(region)
    cols = walls.shape[1]
    goal, start = divmod(int(region[first]), cols), divmod(int(region[second]), cols)
    return GridMap(walls, goal, (start,))


def has_room(walls: NDArray[np.bool_]) -> bool:
    """Whether two free cells are neighbours: room for a goal and a start."""
    free = ~walls
    return bool((free[1:] & free[:-1]).any() or (free[:, 1:] & free[:, :-1]).any())


def make_room(walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Open, in place, what is missing for a goal and a start. Always the same cells.

    Args:
        walls: `(rows, cols)` bool, 2x2 or more.

    Returns:
        `walls`, untouched where `has_room` holds already.
    """
    if has_room(walls):
        return walls
    rows, cols = walls.shape
    free = np.flatnonzero(~walls)
    row, col = divmod(int(free[0]), cols) if len(free) else (rows // 2, cols // 2)
    walls[row, col] = False
    # Towards the middle: a border stays whole wherever there is anything inside it.
    if cols >= rows:
        walls[row, col - 1 if 2 * col >= cols - 1 else col + 1] = False
    else:
        walls[row - 1 if 2 * row >= rows - 1 else row + 1, col] = False
    return walls


def add_border(walls: NDArray[np.bool_]) -> None:
    """Close the outermost cells, in place, unless less than two cells would be left inside."""
    rows, cols = walls.shape
    if (rows - 2) * (cols - 2) >= _MIN_REGION and min(rows, cols) > 2:
        walls[[0, -1]] = True
        walls[:, [0, -1]] = True
