"""Edits of a map's kinds of terrain: pure functions from a map and arguments to a new map."""

import colorsys
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.terrain import Palette, Terrain, free_letter


def set_kind(grid: GridMap, index: int, kind: Terrain) -> GridMap:
    """Change a kind of terrain of the palette.

    Raises:
        VinguiError: another kind has its name or its letter.
    """
    if grid.palette[index] == kind:
        return grid
    return replace(grid, palette=grid.palette.with_kind(index, kind))


def add_kind(grid: GridMap, kind: Terrain) -> GridMap:
    """Add a kind of terrain after the others.

    Raises:
        VinguiError: another kind has its name or its letter, or there are as many as possible.
    """
    return replace(grid, palette=Palette((*grid.palette.kinds, kind)))


def new_kind(palette: Palette) -> Terrain:
    """A kind that differs from those of a palette, to be changed by the user.

    Raises:
        VinguiError: there are as many kinds as possible.
    """
    names, number = {kind.name for kind in palette}, len(palette)
    name = next(name for n in count(number + 1) if (name := f"terrain {n}") not in names)
    # Steps of the golden angle give hues that differ from those before.
    red, green, blue = colorsys.hls_to_rgb(number * 0.618 % 1, 0.65, 0.45)
    colour = "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
    return Terrain(name, 2, colour, free_letter(palette))


def remove_kind(grid: GridMap, index: int) -> GridMap:
    """Remove a kind of terrain; its cells become of kind 0.

    Raises:
        VinguiError: it is kind 0, of which free cells are made at first.
    """
    if index == 0:
        raise VinguiError(
            f"{grid.palette[0].name.capitalize()} cannot be removed: it is what free cells are "
            "made of"
        )
    kinds = grid.palette.kinds
    terrain = grid.terrain
    if terrain is not None:
        after = np.arange(len(kinds)) - (np.arange(len(kinds)) > index)
        after[index] = 0
        terrain = after.astype(np.uint8)[terrain]
    return replace(grid, terrain=terrain, palette=Palette((*kinds[:index], *kinds[index + 1 :])))


def kinds_used(grid: GridMap) -> list[int]:
    """The kinds of the map's cells, in order, with kind 0."""
    used = np.zeros(len(grid.palette), bool)
    used[0] = True
    if grid.terrain is not None:
        used[grid.terrain] = True
    return np.flatnonzero(used).tolist()


def cells_by_kind(grid: GridMap) -> NDArray[np.int64]:
    """`(kinds,)` int64: how many free cells are of each kind."""
    if grid.terrain is None:
        counts = np.zeros(len(grid.palette), np.int64)
        counts[0] = np.count_nonzero(grid.free)
        return counts
    return np.bincount(grid.terrain[grid.free], minlength=len(grid.palette))


def clear_terrain(grid: GridMap) -> GridMap:
    """Make all cells of kind 0; walls stay."""
    return grid if grid.terrain is None else replace(grid, terrain=None)
