"""Connected cells."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled

_STEPS: Final = np.array([(-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1)])
"""The straight moves, then the diagonal ones."""


def largest_region_of(walls: NDArray[np.bool_], *, diagonal: bool) -> NDArray[np.bool_]:
    """The largest set of connected free cells.

    Args:
        walls: `(rows, cols)` bool.
        diagonal: whether diagonal neighbours are connected too.

    Returns:
        `(rows, cols)` bool; among equally large ones the first in reading order.
    """
    numbers = walls.astype(np.int32)
    return np.asarray(numbers == _number_regions(numbers, diagonal))


@compiled
def _number_regions(numbers: NDArray[np.int32], diagonal: bool) -> int:
    """Replace the zeros of each region by its number, from 2; returns that of the largest.

    Without any, it is -1.
    """
    rows, cols = numbers.shape
    queue = np.empty(numbers.size, np.int32)
    largest, most, number = -1, 0, 1
    for first_row in range(rows):
        for first_col in range(cols):
            if numbers[first_row, first_col]:
                continue
            number += 1
            numbers[first_row, first_col] = number
            queue[0] = first_row * cols + first_col
            done, found = 0, 1
            while done < found:
                row, col = queue[done] // cols, queue[done] % cols
                done += 1
                for step in range(8 if diagonal else 4):
                    down, right = _STEPS[step]
                    there, beside = row + down, col + right
                    if 0 <= there < rows and 0 <= beside < cols and not numbers[there, beside]:
                        numbers[there, beside] = number
                        queue[found] = there * cols + beside
                        found += 1
            if found > most:
                largest, most = number, found
    return largest
