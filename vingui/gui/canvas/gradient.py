"""Colour maps as lookup tables, from pyqtgraph."""

from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from vingui.core.value_colours import LEVELS, ColourMap


@cache
def gradient(colour_map: ColourMap) -> NDArray[np.uint8]:
    """Return a colour map as a read-only `(LEVELS, 3)` uint8 array of RGB, from low to high."""
    table: NDArray[np.uint8] = pg.colormap.get(colour_map.source).getLookupTable(
        start=colour_map.first, nPts=LEVELS, alpha=False, mode=pg.ColorMap.BYTE
    )
    table.flags.writeable = False
    return table
