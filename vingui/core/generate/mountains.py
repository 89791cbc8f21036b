"""Maps of real mountains, whose slopes make a step costly.

The heights are those of the land around Jacksboro, Tennessee: 32 km from north to south and 30 km
from west to east, a height every three seconds of arc, from the Shuttle Radar Topography Mission
(NASA and the U.S. Geological Survey, public domain). Matplotlib brings them as sample data.
"""

import math
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from vingui.core.elevation import STEEPNESS, slopes, steepness
from vingui.core.errors import VinguiError
from vingui.core.frame import MapFrame
from vingui.core.generate.goal_and_starts import make_room
from vingui.core.generate.landscapes import Ground

_FILE: Final = Path("mpl-data", "sample_data", "jacksboro_fault_dem.npz")
_SHAPE: Final = (344, 403)

_HELD_OUT_ROWS: Final = 112
_GAP: Final = 4
"""Rows between the two areas, so that no height of one has a part in slopes of the other."""

_LATITUDE: Final = 36.59
_SPACING: Final = (111_200 / 1200, 111_200 / 1200 * math.cos(math.radians(_LATITUDE)))
"""Metres from a height to the next one in the south and in the east: 3 seconds of arc."""

_LARGEST_CELL: Final = 75.0
"""In metres: about as far as the heights are from each other."""


@cache
def real_heights() -> NDArray[np.float64]:
    """`(344, 403)`: heights in metres, the north at the top.

    Raises:
        VinguiError: this copy of Matplotlib has none, or others.
    """
    spec = find_spec("matplotlib")
    file = Path(str(spec and spec.origin)).parent / _FILE
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            heights: NDArray[Any] = arrays["elevation"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise VinguiError(
            f"The heights for maps of mountains come with Matplotlib, in {_FILE.name}, which this "
            "copy of Matplotlib lacks. Install Matplotlib from PyPI"
        ) from error
    if heights.shape != _SHAPE or heights.dtype != np.int16:
        raise VinguiError(
            f"The heights for maps of mountains must be int16 of shape {_SHAPE}, and those of this "
            f"copy of Matplotlib are {heights.dtype} of shape {heights.shape}"
        )
    metres = heights.astype(np.float64)
    metres.flags.writeable = False
    return metres


def area(*, training: bool) -> tuple[slice, slice]:
    """The rows and columns of `real_heights` that networks learn from, or those held out."""
    rows = slice(_HELD_OUT_ROWS + _GAP, _SHAPE[0]) if training else slice(0, _HELD_OUT_ROWS)
    return rows, slice(0, _SHAPE[1])


def mountains(
    *,
    rows: int,
    cols: int,
    rng: np.random.Generator,
    relief: float,
    cliffs: float,
    training: bool,
) -> Ground:
    """Generate a map of real heights: a part of the land, turned and mirrored at random.

    A cell is 75 m wide, or as much less as makes the land large enough for the map.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        relief: how many times as high the mountains are as in nature.
        cliffs: the slope in degrees from which a cell is a wall; 90 for no walls.
        training: whether the heights are from the area that networks learn from, instead of the
            one that is held out.
    """
    land, spacing = real_heights()[area(training=training)], _SPACING
    if rng.integers(2):
        land, spacing = land.T, spacing[::-1]
    land = land[:: 1 - 2 * int(rng.integers(2)), :: 1 - 2 * int(rng.integers(2))]
    extents = [(length - 1) * step for length, step in zip(land.shape, spacing, strict=True)]
    side = min(_LARGEST_CELL, extents[0] / (rows - 1), extents[1] / (cols - 1))
    places = [
        (rng.random() * (extent - (count - 1) * side) + np.arange(count) * side) / step
        for extent, count, step in zip(extents, (rows, cols), spacing, strict=True)
    ]
    heights = _interpolated(_interpolated(land, places[0]).T, places[1]).T
    elevation = np.ascontiguousarray(relief * heights, np.float32)
    degrees = slopes(elevation, side)
    walls = make_room(degrees >= cliffs)
    return Ground(walls, steepness(degrees), STEEPNESS, elevation, MapFrame(side))


def _interpolated(rows: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of an array at fractions of an index, by cubic convolution (Keys 1981)."""
    last = len(rows) - 1
    before = np.minimum(places.astype(np.int64), last - 1)
    t = (places - before)[:, None]
    weights = (
        ((2 - t) * t - 1) * t / 2,
        ((3 * t - 5) * t * t + 2) / 2,
        ((4 - 3 * t) * t + 1) * t / 2,
        (t - 1) * t * t / 2,
    )
    total = np.zeros((len(places), rows.shape[1]))
    for offset, weight in enumerate(weights, start=-1):
        total += weight * rows[np.clip(before + offset, 0, last)]
    return total
