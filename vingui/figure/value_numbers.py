"""Values as numbers in their cells."""

from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.ticks import minus
from vingui.figure.shapes import EMPTY
from vingui.figure.text_layout import outlined, width

_ROOM: Final = 0.9
"""Share of a cell's width."""

_LARGEST: Final = 0.32
_BESIDE_ARROWS: Final = 0.22
"""Letter sizes as shares of a cell's height."""


def value_numbers(
    values: NDArray[np.float32],
    shown: NDArray[np.bool_],
    dark: NDArray[np.bool_],
    low: NDArray[np.bool_],
) -> tuple[Path, Path, NDArray[np.float64]]:
    """Return the light numbers, the dark numbers, and the ground of each number, in cells.

    Args:
        values: `(rows, cols)`.
        shown: `(rows, cols)`, the cells that have a number.
        dark: `(rows, cols)`, the cells whose numbers are dark.
        low: `(rows, cols)`, the cells whose numbers stand below the middle to leave room for
            something else; if there are any, all numbers are smaller.

    Returns:
        Two paths, and `(n, 4)` left, top, width and height for each of `shown`.
    """
    rows, cols = np.nonzero(shown)
    if not rows.size:
        return EMPTY, EMPTY, np.empty((0, 4))
    smaller = bool(low[shown].any())
    texts, size = _fitting(values[shown].tolist(), _BESIDE_ARROWS if smaller else _LARGEST)
    middle = np.where(low[shown], 0.95 - size / 2, 0.5)
    places = np.stack([cols + 0.5, rows + middle], axis=1)
    sides = np.array([[width(text, size) + 0.04, 0.9 * size] for text in texts])
    is_dark = dark[shown]
    light, black = (
        outlined([texts[at] for at in np.flatnonzero(chosen).tolist()], places[chosen], size)
        for chosen in (~is_dark, is_dark)
    )
    return light, black, np.hstack([places - sides / 2, sides])


def _fitting(values: list[float], size: float) -> tuple[list[str], float]:
    """Return the numbers as texts with as many decimals as fit, and their size."""
    for decimals in (2, 1, 0):
        texts = [minus(f"{value:z.{decimals}f}") for value in values]
        widest = width(max(texts, key=len), size)
        if widest <= _ROOM:
            return texts, size
    return texts, size * _ROOM / widest
