"""The colours of a colour map, by pyqtgraph."""

from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from vingui.core.value_colours import LEVELS, ColourMap


@cache
def gradient(colour_map: ColourMap) -> NDArray[np.uint8]:
    """`(LEVELS, 3)` uint8, the colours from low to high as RGB. Not to be changed."""
    table: NDArray[np.uint8] = pg.colormap.get(colour_map.source).getLookupTable(
        start=colour_map.first, nPts=LEVELS, alpha=False, mode=pg.ColorMap.BYTE
    )
    table.flags.writeable = False
    return table
