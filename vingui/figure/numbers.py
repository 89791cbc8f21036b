"""Values as numbers in their cells."""

from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.ticks import minus
from vingui.figure.lettering import outlined, width

_ROOM: Final = 0.9
"""Of a cell's width."""

_LARGEST: Final = 0.32
_BESIDE_ARROWS: Final = 0.22
"""Of a cell's height."""


def numbers(
    values: NDArray[np.float32],
    shown: NDArray[np.bool_],
    dark: NDArray[np.bool_],
    low: NDArray[np.bool_],
) -> tuple[Path, Path, NDArray[np.float64]]:
    """The numbers over dark cells, those over light ones, and the ground that each stands on.

    Args:
        values: `(rows, cols)`.
        shown: `(rows, cols)`, the cells that have a number.
        dark: `(rows, cols)`, the cells whose numbers are dark.
        low: `(rows, cols)`, the cells whose numbers stand below the middle, where something else
            is; with any, all numbers are smaller.

    Returns:
        All in cells; the grounds as `(n, 4)`: left, top, width and height for each of `shown`.
    """
    rows, cols = np.nonzero(shown)
    if not rows.size:
        return outlined([], [], 1), outlined([], [], 1), np.empty((0, 4))
    smaller = bool(low[shown].any())
    texts, size = _fitting(values[shown].tolist(), _BESIDE_ARROWS if smaller else _LARGEST)
    middle = np.where(low[shown], 0.95 - size / 2, 0.5)
    places = np.stack([cols + 0.5, rows + middle], axis=1)
    sides = np.array([[width(text, size) + 0.04, 0.9 * size] for text in texts])
    is_dark = dark[shown]
    light, black = (
        outlined(
            [texts[number] for number in np.flatnonzero(chosen).tolist()], places[chosen], size
        )
        for chosen in (~is_dark, is_dark)
    )
    return light, black, np.hstack([places - sides / 2, sides])


def _fitting(values: list[float], size: float) -> tuple[list[str], float]:
    """The numbers in words and their size, with as many decimals as there is room for."""
    for decimals in (2, 1, 0):
        texts = [minus(f"{value:z.{decimals}f}") for value in values]
        widest = width(max(texts, key=len), size)
        if widest <= _ROOM:
            return texts, size
    return texts, size * _ROOM / widest
