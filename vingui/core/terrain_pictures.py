"""Pictures of maps as a network sees them: textured terrain in a few pixels a cell."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.terrain_patterns import (
    terrain_colours,
    terrain_marks,
    texture_colours,
)
from vingui.core.value_colours import rgb

PIXELS: Final = 8
"""The side of a cell in pixels."""

SEEN: Final[dict[str, int]] = {"kinds": 1, "picture": 3 * PIXELS**2, "elevation": 1}
"""What a network can see of a map to learn costs from, and its channels for each cell."""

_WALL: Final = rgb("#343a40")
_TILE: Final = 2.0
"""The side of a tile of texture in cells, so that each cell shows another part of it."""

_FINE: Final = 4
"""Points of a mark's lines for each pixel."""


def picture_of(grid: GridMap) -> NDArray[np.uint8]:
    """Draw the terrain and the walls of a map, without goals and starts.

    Returns:
        `(rows, cols, 8, 8, 3)` uint8 RGB: the pixels of each cell.
    """
    rows, cols = grid.walls.shape
    kinds = np.zeros((rows, cols), np.uint8) if grid.terrain is None else grid.terrain
    colours = terrain_colours(grid.palette, dark=False)
    marked = _marked(grid, kinds)
    cells = kinds.repeat(PIXELS, 0).repeat(PIXELS, 1)
    picture = np.where(marked[..., None], texture_colours(colours)[cells], colours[cells])
    picture[grid.walls.repeat(PIXELS, 0).repeat(PIXELS, 1)] = _WALL
    by_cell = picture.reshape(rows, PIXELS, cols, PIXELS, 3)
    return np.ascontiguousarray(by_cell.transpose(0, 2, 1, 3, 4))


def _marked(grid: GridMap, kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pixels that marks of textures cover."""
    rows, cols = kinds.shape
    marked = np.zeros((rows * PIXELS, cols * PIXELS), bool)
    for marks in terrain_marks(kinds, grid.palette, _TILE).values():
        for points in marks:
            for x, y in _along(points).transpose(1, 2, 0):
                inside = (x < cols) & (y < rows)
                row, col = (y[inside] * PIXELS).astype(int), (x[inside] * PIXELS).astype(int)
                marked[row, col] = True
    return marked


def _along(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(n, m, 2)`: points along lines, close enough to miss no pixel."""
    if points.shape[1] == 1:
        return points
    parts = []
    for one, other in zip(
        points.transpose(1, 0, 2)[:-1], points.transpose(1, 0, 2)[1:], strict=True
    ):
        longest = np.abs(other - one).max(initial=0) * PIXELS * _FINE
        shares = np.linspace(0, 1, max(int(longest), 1) + 1)
        parts.append(one[:, None] + (other - one)[:, None] * shares[:, None])
    return np.concatenate(parts, axis=1)
