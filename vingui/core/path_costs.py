"""The costs of paths, and when two of them are equal."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

TIE_TOLERANCE: Final = 1e-15
"""Two costs whose difference, relative to their size, is at most this are equal.

Lengths are m + n sqrt 2. Two that differ do so by |dm + dn sqrt 2| = |dm^2 - 2 dn^2| /
|dm - dn sqrt 2|, which is at least 0.35 / |dn| where they are nearly equal. No path visits a cell
twice; in 4096x4096 cells this keeps |dn| below 1.2 x 10^7 and lengths below 2.4 x 10^7, so that
the difference is above 1.7e-15 of the length. Two that are equal differ by less than 0.5e-15: the
oracle rounds once, and `rollout.path_length` twice. The costs of cells, and their products with
sqrt 2, are rounded too, which adds at most 0.5e-15.
"""


def is_least(
    costs: NDArray[np.float64], least: NDArray[np.float64], *, greatest_value: float
) -> NDArray[np.bool_]:
    """Whether each cost of a path is the least; infinite costs never are.

    Args:
        costs: float64, minus the value of the goal that the path reaches.
        least: float64 of the same shape, finite.
        greatest_value: that of a goal, without its sign; 0 if goals have no values.
    """
    return costs - least <= TIE_TOLERANCE * (np.abs(least) + greatest_value)
