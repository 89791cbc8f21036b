"""The colours of a colour map, the same as in the window."""

from functools import cache

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from vingui.core.value_colours import LEVELS, ColourMap


@cache
def gradient(colour_map: ColourMap) -> NDArray[np.uint8]:
    """Return `(LEVELS, 3)` uint8, the RGB colours from low to high; not writeable."""
    colours = _colours(colour_map.source)
    places = np.linspace(colour_map.first, 1, LEVELS) * (len(colours) - 1)
    known = np.arange(len(colours))
    table = np.stack([np.interp(places, known, part) for part in colours.T], axis=1)
    table = np.asarray(table.astype(np.uint8))
    table.flags.writeable = False
    return table


def _colours(source: str) -> NDArray[np.float64]:
    """Return `(n, 3)` evenly spaced colours, whole numbers from 0 to 255."""
    if source.startswith("CET-"):
        # Importing it registers its maps with Matplotlib.
        import colorcet  # noqa: F401

        source = "cet_" + source.replace("-", "_")
    table = mpl.colormaps[source]
    return np.asarray(np.rint(table(np.arange(table.N))[:, :3] * 255), float)
