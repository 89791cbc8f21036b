"""Tiles: the squares of a map that q-values and policies are read out in.

Nobody looks at the policy of millions of cells at once, and it takes a hundred bytes a cell. So it
is computed for the tiles that are shown; most maps are a single tile.
"""

from collections.abc import Iterator
from typing import Final

from vingui.core.grid import Cell

SIDE: Final = 128
"""The rows and columns of a tile; the last ones of a map may have fewer."""

Tile = tuple[int, int]
"""The `(row, col)` of a tile among the tiles of a map."""

Box = tuple[int, int, int, int]
"""Cells of a map: the first row and column, and the row and column after the last."""


def tile_of(cell: Cell) -> Tile:
    """The tile that a cell lies in."""
    return cell[0] // SIDE, cell[1] // SIDE


def box_of(tile: Tile, shape: tuple[int, int]) -> Box:
    """The cells of a tile of a map of these rows and columns."""
    top, left = tile[0] * SIDE, tile[1] * SIDE
    return top, left, min(top + SIDE, shape[0]), min(left + SIDE, shape[1])


def tiles_in(box: Box) -> Iterator[Tile]:
    """The tiles that have any of these cells, row by row."""
    top, left, bottom, right = box
    for row in range(top // SIDE, -(-bottom // SIDE)):
        for col in range(left // SIDE, -(-right // SIDE)):
            yield row, col


def is_one_tile(shape: tuple[int, int]) -> bool:
    """Whether a map of these rows and columns is a single tile."""
    return max(shape) <= SIDE
