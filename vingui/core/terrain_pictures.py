"""Pictures of maps as a network sees them: textured terrain in a few pixels a cell."""

from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.terrain import Palette
from vingui.core.terrain_patterns import (
    terrain_colours,
    texture,
    texture_colours,
)
from vingui.core.value_colours import rgb

PIXELS: Final = 8
"""The side of a cell in pixels."""

SEEN: Final[dict[str, int]] = {"kinds": 1, "picture": 3 * PIXELS**2, "elevation": 1}
"""What a network can see of a map to learn costs from, and its channels for each cell."""

_WALL: Final = rgb("#343a40")
_TILE: Final = 2
"""The side of a tile of texture in cells, so that each cell shows another part of it."""

_FINE: Final = 4
"""Points of a mark's lines for each pixel."""


def picture_of(grid: GridMap) -> NDArray[np.uint8]:
    """Draw the terrain and the walls of a map, without goals and starts.

    Returns:
        `(rows, cols, 8, 8, 3)` uint8 RGB: the pixels of each cell.
    """
    kinds = np.zeros(grid.walls.shape, np.uint8) if grid.terrain is None else grid.terrain
    colours = terrain_colours(grid.palette, dark=False)
    picture = np.where(
        _marked(kinds, grid.palette)[..., None],
        texture_colours(colours)[kinds][:, :, None, None],
        colours[kinds][:, :, None, None],
    )
    picture[grid.walls] = _WALL
    return picture


def _marked(kinds: NDArray[np.uint8], palette: Palette) -> NDArray[np.bool_]:
    """`(rows, cols, 8, 8)` bool: the pixels that marks of textures cover."""
    rows, cols = kinds.shape
    down, right = -(-rows // _TILE), -(-cols // _TILE)
    # Kinds by tile; beyond the map there is none.
    tiles = np.full((down * _TILE, right * _TILE), -1, np.int16)
    tiles[:rows, :cols] = kinds
    tiles = tiles.reshape(down, _TILE, right, _TILE)
    marked = np.zeros((down, _TILE, right, _TILE, PIXELS, PIXELS), bool)
    for kind in np.unique(kinds).tolist():
        for cells, pixels in _marks(palette, kind):
            # No mark lies across two kinds.
            lies = np.logical_and.reduce([tiles[:, row, :, col] == kind for row, col in cells])
            for row, col, y, x in pixels:
                marked[:, row, :, col, y, x] |= lies
    return marked.reshape(down * _TILE, right * _TILE, PIXELS, PIXELS)[:rows, :cols]


@lru_cache(maxsize=256)
def _marks(palette: Palette, kind: int) -> list[tuple[list[list[int]], list[list[int]]]]:
    """The marks of a kind in a tile.

    Returns:
        For each mark the cells of the tile, `[row, col]`, that its points lie in, and the pixels
        that it covers: their cell, and `[y, x]` within it.
    """
    found = []
    for mark in texture(palette, kind):
        line = np.multiply(mark, float(_TILE))
        cells = np.unique(line.astype(int)[:, ::-1], axis=0)
        places = (_along(line).T[::-1] * PIXELS).astype(int)
        inside = np.unique(places[:, (places < _TILE * PIXELS).all(axis=0)], axis=1)
        pixels = np.concatenate(np.divmod(inside, PIXELS))
        found.append((cells.tolist(), pixels.T.tolist()))
    return found


def _along(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(n, 2)`: points along a line of `(m, 2)` points, close enough to miss no pixel."""
    parts = [line[:1]]
    for one, other in pairwise(line):
        longest = np.abs(other - one).max() * PIXELS * _FINE
        shares = np.linspace(0, 1, max(int(longest), 1) + 1)
        parts.append(one + (other - one) * shares[:, None])
    return np.concatenate(parts)
