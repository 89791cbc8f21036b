"""Shading by elevation, in the window and in figures, as if the sun shone from the north-west."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.elevation import cell_side, gradient
from vingui.core.grid import GridMap
from vingui.core.value_colours import bands

LEVELS: Final = 31
"""Levels of shade, from the darkest to the lightest; the middle one is that of level ground."""

_MIDDLE: Final = LEVELS // 2
_SUN: Final = math.sqrt(0.5)
"""The sine of its height above the horizon, 45 degrees."""

_STEEP: Final = 0.5
_STEEP_SHARE: Final = 0.9
_MOST_EXAGGERATION: Final = 4.0
"""Heights are scaled so that a tenth of the slopes is steeper than this rise over run, and at most
so many times."""

_SAMPLES: Final = 1 << 16
_BLACK: Final = 0.45
_WHITE: Final = 0.35
"""How much black the darkest level has mixed into a colour, and how much white the lightest."""


def relief(grid: GridMap) -> NDArray[np.uint8] | None:
    """`(rows, cols)` uint8: the level of shade of each cell; `None` for a map without elevation."""
    if grid.elevation is None:
        return None
    down, across = gradient(grid.elevation, cell_side(grid))
    scale = _exaggeration(down, across)
    levels = np.empty(grid.walls.shape, np.uint8)
    for band in bands(levels):
        levels[band] = _levels(scale * down[band], scale * across[band])
    return levels


def _exaggeration(down: NDArray[Any], across: NDArray[Any]) -> float:
    step = max(down.size // _SAMPLES, 1)
    steep = float(np.quantile(np.hypot(down.ravel()[::step], across.ravel()[::step]), _STEEP_SHARE))
    return min(_STEEP / steep, _MOST_EXAGGERATION) if steep else 1.0


def _levels(down: NDArray[Any], across: NDArray[Any]) -> NDArray[Any]:
    # The cosine of the angle between the sun and what is perpendicular to the ground, less that of
    # level ground.
    light = ((down + across) / 2 + _SUN) / np.sqrt(1 + down**2 + across**2) - _SUN
    light /= np.where(light > 0, 1 - _SUN, _SUN)
    return np.asarray(np.rint(_MIDDLE + _MIDDLE * light))


def shaded(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The shades of each of some colours.

    Args:
        colours: `(n, 3)` RGB.

    Returns:
        `(n, LEVELS, 3)` RGB.
    """
    light = (np.arange(LEVELS)[:, None] - _MIDDLE) / _MIDDLE
    share = np.where(light < 0, -light * _BLACK, light * _WHITE)
    mixed = colours[:, None] * (1 - share) + 255 * (light > 0) * share
    levels: NDArray[np.uint8] = np.rint(mixed).astype(np.uint8)
    return levels
