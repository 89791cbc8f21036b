"""The heights of a map: slopes, and what the steepness of the ground costs.

Elevations are `(rows, cols)` in metres. Beyond the edges the ground goes on with the slope that it
has there.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.terrain import Palette, Terrain

_STEEPNESS: Final = (
    ("flat", 0.0, "#f4f4f0", "."),
    ("gentle", 8.0, "#d9d7ad", "g"),
    ("steep", 16.0, "#b49b69", "s"),
    ("very steep", 24.0, "#7c5f48", "v"),
)
"""Name, least slope in degrees, colour and letter of each kind."""

_CLASS: Final = 8.0
"""Degrees of slope in a kind; the last one has no end."""

_TOBLER: Final = 3.5


def hiking_cost(degrees: float) -> float:
    """How many times as long one walks on a slope as on level ground.

    Tobler's hiking function (1993), `exp(3.5 tan(slope))`, without its slight preference for
    descents: what a cell costs does not depend on the direction.

    Args:
        degrees: the slope, 0 to below 90.
    """
    return math.exp(_TOBLER * math.tan(math.radians(degrees)))


STEEPNESS: Final = Palette(
    tuple(
        Terrain(name, round(hiking_cost(least and least + _CLASS / 2), 1), colour, letter)
        for name, least, colour, letter in _STEEPNESS
    )
)
"""Kinds of terrain by slope. Flat ground costs 1, the others as in the middle of their slopes."""


def cell_side(grid: GridMap) -> float:
    """The side of a map's cells in metres; 1 where its place is unknown."""
    return 1.0 if grid.frame is None else grid.frame.resolution


def gradient(elevation: NDArray[Any], side: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """The slopes of each cell downwards on the map and to the right, as rise over run.

    They are those of Horn (1981), of all eight neighbours, the nearer ones counted twice.

    Args:
        elevation: `(rows, cols)`, the height of each cell in metres.
        side: the side of a cell in metres.
    """
    padded = np.pad(elevation, 1, mode="reflect", reflect_type="odd")
    across = padded[:, 2:] - padded[:, :-2]
    down = padded[2:] - padded[:-2]
    return (
        (down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) / (8 * side),
        (across[:-2] + 2 * across[1:-1] + across[2:]) / (8 * side),
    )


def slopes(elevation: NDArray[Any], side: float) -> NDArray[Any]:
    """The slope of each cell in degrees; arguments as of `gradient`."""
    return np.asarray(np.degrees(np.arctan(np.hypot(*gradient(elevation, side)))))


def steepness(degrees: NDArray[Any]) -> NDArray[np.uint8]:
    """The kind of `STEEPNESS` of each slope.

    Args:
        degrees: the slopes, of any shape.

    Returns:
        uint8 of the same shape.
    """
    steps = [least for _, least, _, _ in _STEEPNESS[1:]]
    return np.searchsorted(steps, degrees, side="right").astype(np.uint8)
