"""Heights from pictures and arrays: shades or numbers become elevation, and slopes terrain."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.elevation import STEEPNESS, slopes, steepness
from vingui.core.errors import VinguiError
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.core.map_arrays import MAX_HEIGHT


@dataclass(frozen=True, kw_only=True)
class Heights:
    """How shades and numbers become heights.

    Attributes:
        low: the height of black, or of the least number, in metres; -100,000 to 100,000. `None`
            where the numbers are metres.
        high: the height of white, or of the greatest number; `None` together with `low`. It may
            be the lower one.
        side: the side of a cell in metres, above 0.

    Raises:
        VinguiError: one is out of its range.
    """

    low: float | None = None
    high: float | None = None
    side: float = 1.0

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise VinguiError("Give the heights of both black and white, or of neither")
        for height in (self.low, self.high):
            if height is not None and not abs(height) <= MAX_HEIGHT:
                raise VinguiError(
                    f"A height must be a number from {-MAX_HEIGHT:z,.0f} to {MAX_HEIGHT:z,.0f} "
                    f"metres, not {height:zg}"
                )
        if not (self.side > 0 and math.isfinite(self.side)):
            raise VinguiError(f"The side of a cell must be above 0 metres, not {self.side:zg}")

    def of_shades(self, shades: NDArray[np.float64]) -> NDArray[np.float64]:
        """The heights of shades from 0, black, to 1, white.

        Raises:
            VinguiError: it is not known how high black and white are.
        """
        if self.low is None or self.high is None:
            raise VinguiError(
                "The shades of a picture need the heights of black and white in metres, such as "
                "--elevation 200,950"
            )
        return self.low + (self.high - self.low) * shades

    def of_numbers(self, numbers: NDArray[Any]) -> NDArray[np.float64]:
        """The heights of a grid of numbers: metres, or stretched from `low` to `high`.

        Raises:
            VinguiError: not all of them are finite.
        """
        heights = numbers.astype(np.float64)
        if not np.isfinite(heights).all():
            raise VinguiError("Heights must be finite numbers, and some of these are not")
        if self.low is None:
            return heights
        least, span = heights.min(), heights.max() - heights.min()
        return self.of_shades((heights - least) / (span or 1.0))

    def __str__(self) -> str:
        what = "in metres" if self.low is None else f"from {self.low:zg} to {self.high:zg} m"
        return f"heights {what}, {self.side:zg} m a cell, and slopes terrain"


def map_of_heights(
    heights: NDArray[np.float64], side: float, walls: NDArray[np.bool_] | None = None
) -> GridMap:
    """The map of some heights, with terrain by slope.

    Args:
        heights: `(rows, cols)`, in metres.
        side: the side of a cell in metres.
        walls: `(rows, cols)` bool; `None` for none.

    Raises:
        VinguiError: a height is out of the range that a map may have.
    """
    elevation = heights.astype(np.float32)
    return GridMap(
        np.zeros(heights.shape, bool) if walls is None else walls,
        frame=MapFrame(side),
        terrain=steepness(slopes(elevation, side)),
        palette=STEEPNESS,
        elevation=elevation,
    )
