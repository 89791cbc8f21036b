"""Caves, made by a cellular automaton."""

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.goal_and_starts import add_border, largest_region, make_room

_MAJORITY = 5
_SMALLEST_HALL = 6


def cave_walls(
    *, rows: int, cols: int, rng: np.random.Generator, density: float, steps: int
) -> NDArray[np.bool_]:
    """Generate a cave: smoothed noise, with all its halls connected.

    In each step a cell becomes a wall if it and its Moore neighbourhood hold five walls or more;
    outside the map counts as wall. Then halls are joined to the largest one by a tunnel, and those
    of less than six cells are filled, so that every free cell can be reached.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        density: the share of walls in the noise, 0 to 1.
        steps: the number of smoothing steps.

    Returns:
        `(rows, cols)` bool, with at least two neighbouring free cells.
    """
    walls = rng.random((rows, cols)) < density
    add_border(walls)
    for _ in range(steps):
        walls = _smoothed(walls)
    add_border(walls)
    return make_room(_joined(walls))


def _smoothed(walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.pad(walls.view(np.uint8), 1, constant_values=1)
    bands = padded[:-2] + padded[1:-1] + padded[2:]
    return np.asarray(bands[:, :-2] + bands[:, 1:-1] + bands[:, 2:] >= _MAJORITY)


def _joined(walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cave with every hall joined to the largest one, and the small ones filled."""
    # Imported when it is first needed: planning imports the generators too, and would wait for it.
    from scipy import ndimage

    labels, count = ndimage.label(~walls)
    if count < 2:
        return walls
    sizes = np.bincount(labels.ravel())
    main = largest_region(walls)
    kept = sizes >= _SMALLEST_HALL
    kept[0] = False
    kept[labels[main][0]] = True
    joined = ~kept[labels]
    halls = np.flatnonzero(kept)
    far, nearest = ndimage.distance_transform_cdt(~main, "taxicab", return_indices=True)
    for row, col in ndimage.minimum_position(far, labels, halls):
        end_row, end_col = (int(number) for number in nearest[:, row, col])
        _tunnel(joined, (int(row), int(col)), (end_row, end_col))
    return joined


def _tunnel(walls: NDArray[np.bool_], start: tuple[int, int], end: tuple[int, int]) -> None:
    """Open, in place, the cells along the column of `start` and then the row of `end`."""
    (row, col), (end_row, end_col) = start, end
    walls[min(row, end_row) : max(row, end_row) + 1, col] = False
    walls[end_row, min(col, end_col) : max(col, end_col) + 1] = False
