"""Values as colours: an index for each cell into a table of 256 colours.

Walls and cells without a value have entries of their own, so that no value looks like them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

WALL: Final = 0
UNREACHED: Final = 1
FIRST: Final = 2
"""The first indices of the table: of walls, of cells without a value, of the lowest value."""

LEVELS: Final = 256 - FIRST
"""The number of colours for values."""

_DARK_ON: Final = 0.5

_BAND: Final = 1 << 15
"""Cells of a band: 128 KiB of values."""


@dataclass(frozen=True)
class ColourMap:
    """A colour map that values can be shown in.

    Attributes:
        id: its name in settings and recipes.
        title: its name for the user.
        kind: whether it runs from low to high, or from a middle to both sides.
        source: its name in Matplotlib, or in Peter Kovesi's collection (CET).
        first: the share of its colours, from the low end, that is left out because they are too
            similar to the walls of the dark look.
    """

    id: str
    title: str
    kind: Literal["sequential", "diverging"]
    source: str
    first: float = 0.0


COLOUR_MAPS: Final = (
    ColourMap("viridis", "Viridis", "sequential", "viridis"),
    ColourMap("plasma", "Plasma", "sequential", "plasma"),
    ColourMap("magma", "Magma", "sequential", "magma", 0.14),
    ColourMap("inferno", "Inferno", "sequential", "inferno", 0.14),
    ColourMap("ocean", "Ocean", "sequential", "CET-L6"),
    ColourMap("blue-yellow", "Blue and yellow", "diverging", "CET-D7"),
)
"""Perceptually uniform colour maps of rising lightness, legible to the colour-blind; the first is
the default. All differ from the colours of walls and of cells without a value in both looks, which
rules out grey ones, cividis, and diverging ones with a light middle."""

SEQUENTIAL: Final = tuple(row for row in COLOUR_MAPS if row.kind == "sequential")

DIVERGING: Final = COLOUR_MAPS[-1]
"""The colour map of differences: its middle, a grey, is 0."""


def colour_map_named(id_: str) -> ColourMap:
    """The sequential colour map of an id; the default one for an unknown id."""
    return next((row for row in SEQUENTIAL if row.id == id_), SEQUENTIAL[0])


def palette(colours: NDArray[np.uint8], *, wall: str, unreached: str) -> NDArray[np.uint8]:
    """The table of colours that `tinted` and `labelled` index.

    Args:
        colours: `(n, 3)` uint8 RGB, of the values from low to high or of the labels in order.
        wall: the colour of walls, as `#rrggbb`.
        unreached: the colour of cells without a value.

    Returns:
        `(256, 3)` uint8 RGB, black where an index is not used.
    """
    table = np.zeros((256, 3), np.uint8)
    table[WALL], table[UNREACHED] = rgb(wall), rgb(unreached)
    table[FIRST : FIRST + len(colours)] = colours
    return table


def tinted(
    values: NDArray[np.float32], walls: NDArray[np.bool_], *, low: float, high: float
) -> NDArray[np.uint8]:
    """Indices into the table for values.

    Args:
        values: `(rows, cols)` float32, finite or `-inf` where there is no value; or `(n,)`, those
            of some cells.
        walls: bool, of the same shape.
        low: the value of the lowest colour, and of all values below.
        high: the value of the highest colour, and of all values above.

    Returns:
        uint8 of this shape: `WALL`, `UNREACHED`, or `FIRST` and above, rising with the value.
    """
    entries = np.empty(values.shape, np.uint8)
    for band in bands(values):
        entries[band] = _tinted(values[band], walls[band], low, high)
    return entries


def _tinted(
    values: NDArray[np.float32], walls: NDArray[np.bool_], low: float, high: float
) -> NDArray[np.uint8]:
    places = np.subtract(values, np.float32(low), dtype=np.float32)
    places *= np.float32((LEVELS - 1) / (high - low))
    # The cast cuts decimals off: adding a half rounds.
    places += np.float32(FIRST + 0.5)
    np.clip(places, FIRST, 255, out=places)
    entries = places.astype(np.uint8)
    # Arithmetic instead of masked assignment: a tenth of the time on large maps.
    entries -= UNREACHED
    entries *= (values > -np.inf).view(np.uint8)
    entries += UNREACHED
    entries *= (~walls).view(np.uint8)
    return entries


def bands(cells: NDArray[Any]) -> Iterator[slice]:
    """Slices of an array's rows with so few cells that what is computed of them stays in the cache.

    Elementwise computations of several steps then take half as long on large maps.
    """
    step = max(_BAND // max(math.prod(cells.shape[1:]), 1), 1)
    for first in range(0, len(cells), step):
        yield slice(first, first + step)


def labelled(labels: NDArray[np.float32], walls: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Indices into the table for labels.

    Args:
        labels: `(rows, cols)` float32, 0, 1, 2 ...; `-inf` where there is none.
        walls: `(rows, cols)` bool.

    Returns:
        `(rows, cols)` uint8, as `tinted` returns them: `FIRST + n` for label n.
    """
    return tinted(labels, walls, low=0, high=LEVELS - 1)


def dark_on(table: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether black shows better than white on each of `(n, 3)` RGB colours: `(n,)` bool."""
    weights = np.array([0.299, 0.587, 0.114]) / 255
    return np.asarray(table @ weights > _DARK_ON)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour written `#rrggbb`, each 0 to 255."""
    red, green, blue = bytes.fromhex(colour[1:7])
    return red, green, blue
