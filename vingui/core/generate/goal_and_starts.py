"""The goal and the starts on given walls, and room for them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import distances

_MIN_REGION = 2

_APART = 0.75
"""The least distance of a start from the goal and the other starts, as a share of the greatest
distance of any cell."""


def largest_region(walls: NDArray[np.bool_], *, diagonal: bool = False) -> NDArray[np.bool_]:
    """The largest set of free cells that are connected by straight moves.

    Cells connected by straight moves are connected under every movement rule. A diagonal move
    connects others only where it may pass between two walls.

    Args:
        walls: `(rows, cols)` bool.
        diagonal: whether diagonal moves connect cells too.

    Returns:
        `(rows, cols)` bool, `True` in the region; among equally large ones the first in reading
        order. All `False` if no cell is free.
    """
    # Imported when it is first needed: planning imports the generators too, and would wait for it.
    from scipy import ndimage

    labels, count = ndimage.label(~walls, np.ones((3, 3)) if diagonal else None)
    if count == 0:
        return np.zeros(walls.shape, bool)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax())


def place_uniform(
    walls: NDArray[np.bool_], rng: np.random.Generator, *, starts: int = 1
) -> GridMap:
    """A map with a goal and starts anywhere, all cells being equally likely.

    The paper's data are drawn like this, and so are the maps that models are trained and
    evaluated on. The same state of `rng` must therefore always give the same map.

    Args:
        walls: `(rows, cols)` bool, with at least two neighbouring free cells.
        rng: the random generator.
        starts: the number of starts, from 1; where there is not enough room, there are fewer.

    Returns:
        A map whose goal and starts are different cells of the largest region connected by straight
        moves, so that every start reaches the goal under every movement rule.

    Raises:
        VinguiError: no two neighbouring cells are free.
    """
    region = _region(walls)
    first = int(rng.integers(len(region)))
    # Drawn among the other cells, so that the two always differ.
    second = (first + 1 + int(rng.integers(len(region) - 1))) % len(region)
    chosen = [region[first], region[second]]
    if starts > 1:
        others = np.delete(region, [first, second])
        chosen += rng.permutation(others)[: starts - 1].tolist()
    return _map_of(walls, chosen)


def place_apart(walls: NDArray[np.bool_], rng: np.random.Generator, *, starts: int = 1) -> GridMap:
    """A map with a goal anywhere, and starts far from it and from each other.

    Each start is drawn among the cells whose distance from the goal and the earlier starts is at
    least three quarters of the greatest one. Distances are exact, under the rule that allows the
    most moves; under the others they are no shorter.

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
    """The flat indices of the largest region, at least two, in reading order."""
    region = np.flatnonzero(largest_region(walls))
    if len(region) < _MIN_REGION:
        raise VinguiError(
            "The goal and a start need two free neighbouring cells, and these "
            f"{walls.shape[0]}x{walls.shape[1]} walls leave none"
        )
    return region


def _map_of(walls: NDArray[np.bool_], chosen: Sequence[np.int64]) -> GridMap:
    """The map of a goal and then starts, given by their flat indices."""
    goal, *starts = (_cell(place, walls.shape[1]) for place in chosen)
    return GridMap(walls, (goal,), tuple(starts))


def _cell(place: np.int64, cols: int) -> Cell:
    row, col = divmod(int(place), cols)
    return row, col


def make_room(walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Open, in place, one or two cells if no two neighbouring cells are free; nothing is random.

    Args:
        walls: `(rows, cols)` bool, at least 2x2.

    Returns:
        `walls`, with room for a goal and a start.
    """
    free = ~walls
    if (free[1:] & free[:-1]).any() or (free[:, 1:] & free[:, :-1]).any():
        return walls
    rows, cols = walls.shape
    places = np.flatnonzero(free)
    row, col = divmod(int(places[0]), cols) if len(places) else (rows // 2, cols // 2)
    walls[row, col] = False
    # Towards the middle, so that a border stays whole if there are cells inside it.
    if cols >= rows:
        walls[row, col - 1 if 2 * col >= cols - 1 else col + 1] = False
    else:
        walls[row - 1 if 2 * row >= rows - 1 else row + 1, col] = False
    return walls


def add_border(walls: NDArray[np.bool_]) -> None:
    """Make the outermost cells walls, in place, if at least two cells are left inside."""
    rows, cols = walls.shape
    if (rows - 2) * (cols - 2) >= _MIN_REGION and min(rows, cols) > 2:
        walls[[0, -1]] = True
        walls[:, [0, -1]] = True
