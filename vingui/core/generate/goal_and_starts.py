"""The goal and the starts on given walls, and walls that have room for them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import distances

_MIN_REGION = 2

_APART = 0.75
"""The share of the greatest distance there is that a start placed apart has at least."""


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


def place_uniform(
    walls: NDArray[np.bool_], rng: np.random.Generator, *, starts: int = 1
) -> GridMap:
    """A map of `walls` with a goal and starts anywhere, all cells equally likely.

    The paper's data are drawn like this, and so are the maps that models are trained and
    evaluated on. For those the same state of `rng` has to give the same map for good.

    Args:
        walls: `(rows, cols)` bool, two free neighbouring cells or more.
        rng: the source of chance.
        starts: how many; fewer where there is no room for so many.

    Returns:
        A map whose goal and starts differ, in the largest region connected by straight moves: none
        is in a forgotten pocket, and the goal is reached under every movement rule.

    Raises:
        VinguiError: no two free cells are neighbours.
    """
    region = _region(walls)
    first = int(rng.integers(len(region)))
    # Drawn among the others, so that no draw has to be repeated.
    second = (first + 1 + int(rng.integers(len(region) - 1))) % len(region)
    chosen = [region[first], region[second]]
    if starts > 1:
        others = np.delete(region, [first, second])
        chosen += rng.permutation(others)[: starts - 1].tolist()
    return _map_of(walls, chosen)


def place_apart(walls: NDArray[np.bool_], rng: np.random.Generator, *, starts: int = 1) -> GridMap:
    """A map of `walls` with a goal anywhere, and starts far from it and from each other.

    Each start is drawn among the cells that are at least three quarters as far from the goal and
    the starts before as any cell is. Distances are exact, under the rule that allows the most
    moves: under the others they are no shorter.

    Args, Returns, Raises: as for `place_uniform`.
    """
    region = _region(walls)
    chosen = [region[rng.integers(len(region))]]
    nearest = np.full(walls.size, np.inf)
    for _ in range(min(starts, len(region) - 1)):
        cell = _cell(chosen[-1], walls.shape[1])
        nearest = np.minimum(nearest, distances(walls, cell, EIGHT).ravel())
        away = nearest[region]
        far = region[away >= _APART * away.max()]
        chosen.append(far[rng.integers(len(far))])
    return _map_of(walls, chosen)


def _region(walls: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The flat places of the largest region, two or more, in reading order."""
    region = np.flatnonzero(largest_region(walls))
    if len(region) < _MIN_REGION:
        raise VinguiError(
            "The goal and a start need two free neighbouring cells, and these "
            f"{walls.shape[0]}x{walls.shape[1]} walls leave none"
        )
    return region


def _map_of(walls: NDArray[np.bool_], chosen: Sequence[np.int64]) -> GridMap:
    """The map of a goal and then starts, by their flat places."""
    goal, *starts = (_cell(place, walls.shape[1]) for place in chosen)
    return GridMap(walls, goal, tuple(starts))


def _cell(place: np.int64, cols: int) -> Cell:
    row, col = divmod(int(place), cols)
    return row, col


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
