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
    *,
    low: bool,
) -> tuple[Path, Path]:
    """The numbers over dark cells, and those over light ones.

    Args:
        values: `(rows, cols)`.
        shown: `(rows, cols)`, the cells that have a number.
        dark: `(rows, cols)`, the cells whose numbers are dark.
        low: whether they stand below the middle, where arrows are shown too.

    Returns:
        Both in cells.
    """
    rows, cols = np.nonzero(shown)
    if not rows.size:
        return outlined([], [], 1), outlined([], [], 1)
    texts, size = _fitting(values[shown].tolist(), _BESIDE_ARROWS if low else _LARGEST)
    places = np.stack([cols + 0.5, rows + (0.95 - size / 2 if low else 0.5)], axis=1)
    is_dark = dark[shown]
    light, black = (
        outlined(
            [texts[number] for number in np.flatnonzero(chosen).tolist()], places[chosen], size
        )
        for chosen in (~is_dark, is_dark)
    )
    return light, black


def _fitting(values: list[float], size: float) -> tuple[list[str], float]:
    """The numbers in words and their size, with as many decimals as there is room for."""
    for decimals in (2, 1, 0):
        texts = [minus(f"{value:.{decimals}f}") for value in values]
        widest = width(max(texts, key=len), size)
        if widest <= _ROOM:
            return texts, size
    return texts, size * _ROOM / widest
