"""A small picture of a map, as notebooks show it."""

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.colours import ON_LIGHT

_LONGEST: Final = 420
"""Pixels of the longer side, unless the map has more cells."""

_LARGEST_CELL: Final = 24


def paint(
    walls: NDArray[np.bool_],
    terrain: NDArray[np.uint8] | None,
    colours: Sequence[str],
    goals: Sequence[tuple[int, int]],
    starts: Sequence[tuple[int, int]],
) -> NDArray[np.uint8]:
    """Paint a map: whole cells in their colours, goals as diamonds, starts as discs.

    Args:
        walls: `(rows, cols)` bool.
        terrain: `(rows, cols)` uint8, indices into `colours`; `None` for 0 everywhere.
        colours: the colour of each kind of terrain, as "#rrggbb".
        goals: the goals.
        starts: the starts.

    Returns:
        `(height, width, 3)` uint8.
    """
    side = min(max(_LONGEST // max(walls.shape), 1), _LARGEST_CELL)
    kinds = np.array([_rgb(colour) for colour in colours])
    cells = kinds[np.zeros(walls.shape, np.uint8) if terrain is None else terrain]
    cells[walls] = _rgb(ON_LIGHT["wall"])
    pixels = cells.repeat(side, axis=0).repeat(side, axis=1)
    # How far each pixel of a cell is from its centre, as a share of half a cell.
    away = np.abs((2 * np.arange(side) + 1 - side) / side)
    disc = np.hypot(away[:, None], away) <= 0.7
    diamond = away[:, None] + away <= 0.9
    palette = ON_LIGHT["starts"]
    markers = [(cell, disc, palette[i % len(palette)]) for i, cell in enumerate(starts)]
    markers += [(cell, diamond, ON_LIGHT["goal"]) for cell in goals]
    for (row, col), shape, colour in markers:
        pixels[row * side : (row + 1) * side, col * side : (col + 1) * side][shape] = _rgb(colour)
    return pixels


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG file."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _rgb(colour: str) -> NDArray[np.uint8]:
    return np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)
