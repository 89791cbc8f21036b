"""Terrain: the colours and textures of a map's panel, and their legend."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.palette_edits import cells_by_kind
from vingui.core.phrases import counted
from vingui.core.relief import relief, shaded
from vingui.core.terrain import Terrain
from vingui.core.terrain_patterns import (
    DOT_RADIUS,
    LINE_WIDTH,
    terrain_colours,
    terrain_marks,
    texture,
    texture_colours,
    tile_side,
)
from vingui.figure.context import DrawContext
from vingui.figure.fonts import drawable
from vingui.figure.legend import Entry
from vingui.figure.shapes import EMPTY, Colour, Shape, square
from vingui.figure.text_layout import one_line

_LEAST_TILE: Final = 11.0
"""The least side of a texture's tile in points."""

_MOST_ENTRIES: Final = 8
"""The most kinds that the legend has; of more, such as levels, it has some from all costs."""

_SWATCH: Final = 1.3
"""The side of the legend's squares in letter sizes."""

_DOT: Final = np.array([(np.cos(turn), np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 9)])


def shows_terrain(grid: GridMap) -> bool:
    """Whether the cells of a map do not look as those of a map without terrain."""
    return grid.terrain is not None or grid.has_costs or grid.elevation is not None


def cell_colours(grid: GridMap, *, dark: bool) -> NDArray[np.uint8]:
    """`(rows, cols, 3)` uint8 RGB: the colour of the terrain of each cell, walls included.

    It is shaded where the map has elevation.
    """
    colours, shade = terrain_colours(grid.palette, dark=dark), relief(grid)
    if shade is not None:
        return np.asarray(shaded(colours)[0 if grid.terrain is None else grid.terrain, shade])
    if grid.terrain is None:
        return np.broadcast_to(colours[0], (*grid.walls.shape, 3))
    return colours[grid.terrain]


def texture_shapes(grid: GridMap, *, dark: bool, points: float) -> list[Shape]:
    """The textures of a map, x, y in cells: one shape for the lines of a kind, one for its dots.

    Args:
        grid: the map.
        dark: whether the figure is dark.
        points: a cell's side in points.
    """
    if grid.terrain is None:
        return []
    tile = tile_side(points, least=_LEAST_TILE)
    inks = _hex(texture_colours(terrain_colours(grid.palette, dark=dark)))
    return [
        shape
        for kind, marks in terrain_marks(grid.terrain, grid.palette, tile).items()
        for shape in _mark_shapes(marks, tile, inks[kind], points=points)
    ]


def terrain_entries(context: DrawContext) -> list[Entry]:
    """The legend's entries for the kinds of terrain that a map has, cheap ones first."""
    grid, dark = context.run.grid, context.theme.dark
    if not shows_terrain(grid):
        return []
    kinds, left_out = _explained(grid)
    colours = terrain_colours(grid.palette, dark=dark)
    faces, inks = _hex(colours), _hex(texture_colours(colours))
    entries = [
        Entry(_label(grid.palette[kind]), _swatch(context, grid, kind, faces[kind], inks[kind]))
        for kind in kinds
    ]
    return [*entries, *([Entry(f"{counted(left_out, 'kind')} between", [])] if left_out else [])]


def _explained(grid: GridMap) -> tuple[list[int], int]:
    """The kinds that the legend has, and how many others there are."""
    kinds = np.flatnonzero(cells_by_kind(grid))
    kinds = kinds[np.argsort(grid.palette.costs[kinds], kind="stable")]
    places = np.arange(len(kinds))
    if len(kinds) > _MOST_ENTRIES:
        places = np.rint(np.linspace(0, len(kinds) - 1, _MOST_ENTRIES - 1)).astype(int)
    return kinds[places].tolist(), len(kinds) - len(places)


def _label(kind: Terrain) -> str:
    cost, name = f"cost {kind.cost:z.4g}", drawable(one_line(kind.name))
    # Levels are called by their costs, unrounded.
    return cost if name == f"cost {kind.cost:zg}" else f"{name} ({cost})"


def _swatch(
    context: DrawContext, grid: GridMap, kind: int, face: Colour, ink: Colour
) -> list[Shape]:
    side, middle = _SWATCH * context.sizes.small, (0.0, 0.0)
    # The legend's y is upwards.
    marks = [(np.array([mark]) - 0.5) * (side, -side) for mark in texture(grid.palette, kind)]
    return [
        Shape(square(middle, side / 2), face),
        *_mark_shapes(marks, side, ink, points=1),
        Shape(square(middle, side / 2), edge=context.theme.frame, width=context.sizes.hairline),
    ]


def _mark_shapes(
    marks: Sequence[NDArray[np.float64]], tile: float, ink: Colour, *, points: float
) -> list[Shape]:
    """Shapes of `(n, m, 2)` marks of a kind; `points` is how many of them one unit has."""
    lines = [line for line in marks if line.shape[1] > 1]
    dots = [at + DOT_RADIUS * tile * _DOT for at in marks if at.shape[1] == 1]
    width = LINE_WIDTH * tile * points
    return [Shape(_joined(lines), edge=ink, width=width), Shape(_joined(dots), ink)]


def _joined(lines: Sequence[NDArray[np.float64]]) -> Path:
    """One path of many lines, `(n, m, 2)` for those of m points."""
    if not lines:
        return EMPTY
    codes = []
    for points in lines:
        of_one = np.full(points.shape[1], Path.LINETO, Path.code_type)
        of_one[0] = Path.MOVETO
        codes.append(np.tile(of_one, len(points)))
    return Path(np.concatenate([points.reshape(-1, 2) for points in lines]), np.concatenate(codes))


def _hex(colours: NDArray[np.uint8]) -> list[str]:
    return [f"#{bytes(colour).hex()}" for colour in colours]
