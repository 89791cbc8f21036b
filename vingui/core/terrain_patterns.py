"""How kinds of terrain are drawn, in the window and in figures: their colours and textures.

A texture is made of small marks in a darker or lighter tone of the kind's colour, so that kinds
can be told apart without colours. Marks repeat in square tiles, which are about as large at every
zoom: small cells share a tile, large ones have several. No mark lies across two kinds.
"""

import colorsys
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.colours import ON_DARK, ON_LIGHT
from vingui.core.terrain import Palette, Terrain
from vingui.core.value_colours import dark_on, rgb

Mark = tuple[tuple[float, float], ...]
"""The x, y of the points of a line in the unit square, y downwards; a single point is a dot."""

LINE_WIDTH: Final = 0.05
DOT_RADIUS: Final = 0.05
"""Of marks, in tiles."""

_MOST_TEXTURED: Final = 16
"""Palettes of more kinds are levels, which are told apart by their lightness."""

_TONE: Final = 0.3
"""How much black or white a texture has, mixed into the colour of its kind."""

_DARK_LIGHTNESS: Final = (0.04, 0.38)
_DARK_SATURATION: Final = 0.9
"""Of colours in the dark look: the lightness of black, how much lighter white is, and the share
of their saturation that is left."""


def _at(shape: Mark, *places: tuple[float, float]) -> tuple[Mark, ...]:
    return tuple(tuple((x + dx, y + dy) for dx, dy in shape) for x, y in places)


_UNEVEN: Final = ((0.27, 0.28), (0.75, 0.76))
_TUFT: Final = (
    (-0.1, -0.04),
    (-0.04, 0.08),
    (0, 0.08),
    (0, -0.1),
    (0, 0.08),
    (0.04, 0.08),
    (0.1, -0.04),
)
_WAVE: Final = tuple((0.4 * (n / 8 - 0.5), -0.07 * math.sin(math.tau * n / 8)) for n in range(9))
_RING: Final = tuple(
    (0.1 * math.cos(math.tau * n / 10), 0.1 * math.sin(math.tau * n / 10)) for n in range(11)
)

_TEXTURES: Final[tuple[tuple[Mark, ...], ...]] = (
    # Tufts of grass.
    _at(_TUFT, *_UNEVEN),
    # Grains of sand.
    _at(
        ((0, 0),), (0.16, 0.18), (0.62, 0.12), (0.38, 0.48), (0.86, 0.52), (0.2, 0.82), (0.68, 0.86)
    ),
    # Level dashes, as maps show wet ground.
    _at(((-0.17, 0), (0.17, 0)), *_UNEVEN)
    + _at(((-0.07, 0), (0.07, 0)), (0.77, 0.3), (0.25, 0.78)),
    # Waves.
    _at(_WAVE, (0.28, 0.27), (0.72, 0.77)),
    # Peaks.
    _at(((-0.13, 0.1), (0, -0.1), (0.13, 0.1)), *_UNEVEN),
    # Rising strokes.
    _at(((-0.1, 0.1), (0.1, -0.1)), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)),
    # Crosses.
    _at(((-0.1, 0), (0.1, 0), (0, 0), (0, -0.1), (0, 0.1)), *_UNEVEN),
    _at(_RING, *_UNEVEN),
    # Pairs of posts.
    _at(((0, -0.13), (0, 0.13)), (0.2, 0.27), (0.34, 0.27), (0.68, 0.75), (0.82, 0.75)),
    # Falling strokes.
    _at(((-0.1, -0.1), (0.1, 0.1)), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)),
    # Squares.
    _at(((-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1), (-0.1, -0.1)), *_UNEVEN),
)
"""Those of the second kind of a palette, the third, and so on; then they repeat."""


def texture(palette: Palette, kind: int) -> tuple[Mark, ...]:
    """The marks of a kind in the unit square.

    There are none for the first kind, which is the ground that others stand out from, and in
    palettes of levels: greys, or more than 16 kinds.
    """
    if kind == 0 or len(palette) > _MOST_TEXTURED or all(map(_is_grey, palette)):
        return ()
    return _TEXTURES[(kind - 1) % len(_TEXTURES)]


def tile_side(cell: float, *, least: float) -> float:
    """The side of a tile in cells, a power of two from 1/4.

    Args:
        cell: the side of a cell, in pixels or points.
        least: the least side of a tile in the same unit; it is less than twice as large, unless
            cells are very large.
    """
    return max(2.0 ** math.ceil(math.log2(least / cell)), 0.25)


def terrain_marks(
    terrain: NDArray[np.uint8],
    palette: Palette,
    tile: float,
    *,
    bounds: tuple[int, int, int, int] | None = None,
) -> dict[int, list[NDArray[np.float64]]]:
    """The marks of all kinds with a texture in a map, or in a part of it.

    Args:
        terrain: `(rows, cols)` uint8, the map's terrain.
        palette: its palette.
        tile: the side of a tile in cells, from `tile_side`.
        bounds: the top, left, bottom and right of the part, the last two exclusive; `None` for the
            whole map. Marks of tiles that the part cuts may reach beyond it.

    Returns:
        For each kind arrays `(n, m, 2)` of n marks with m points each, x, y in cells; m is 1 for
        dots.
    """
    rows, cols = terrain.shape
    top, left, bottom, right = bounds or (0, 0, rows, cols)
    xs = np.arange(math.floor(left / tile), math.ceil(right / tile)) * tile
    ys = np.arange(math.floor(top / tile), math.ceil(bottom / tile)) * tile
    corners = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 1, 2)
    found: dict[int, list[NDArray[np.float64]]] = {}
    for kind in range(len(palette)):
        marks = texture(palette, kind)
        # To find all kinds at once takes longer on large maps.
        if marks and (terrain[top:bottom, left:right] == kind).any():
            lines = [corners + np.multiply(mark, tile) for mark in marks]
            found[kind] = [points[_lie_in(points, terrain, kind)] for points in lines]
    return found


def _lie_in(
    points: NDArray[np.float64], terrain: NDArray[np.uint8], kind: int
) -> NDArray[np.bool_]:
    """Whether all points of each line lie in cells of a kind."""
    rows, cols = terrain.shape
    x, y = points.astype(np.int64).transpose(2, 0, 1)
    inside = (x < cols) & (y < rows)
    kinds = terrain[np.minimum(y, rows - 1), np.minimum(x, cols - 1)]
    return np.asarray((inside & (kinds == kind)).all(axis=1))


def terrain_colours(palette: Palette, *, dark: bool) -> NDArray[np.uint8]:
    """`(kinds, 3)` uint8 RGB: the colours of a palette's kinds in the light or the dark look."""
    colours = [_darkened(kind.colour) if dark else kind.colour for kind in palette]
    return np.array([rgb(colour) for colour in colours], np.uint8)


def texture_colours(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`(n, 3)` uint8 RGB: the colour of the texture over each of some colours."""
    tone = np.where(dark_on(colours)[:, None], 0, 255)
    return np.rint(colours * (1 - _TONE) + tone * _TONE).astype(np.uint8)


def _darkened(colour: str) -> str:
    """A kind's colour in the dark look."""
    if colour == ON_LIGHT["free"]:
        # Maps look the same without terrain and with some of it.
        return str(ON_DARK["free"])
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in rgb(colour)))
    black, white = _DARK_LIGHTNESS
    parts = colorsys.hls_to_rgb(hue, black + white * lightness, _DARK_SATURATION * saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _is_grey(kind: Terrain) -> bool:
    return len(set(rgb(kind.colour))) == 1
