"""Maps from files, from generators and from arrays."""

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import LoadedSet
from vingui.core.formats import ReadOptions, read_dataset, read_map, write_map
from vingui.core.generate import generate_many
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.grid import Cell, GridMap
from vingui.core.train_settings import HELD_OUT_SEED

_AS_IT_IS = ReadOptions()


def open_map(
    path: str | PathLike[str], *, index: int = 0, options: ReadOptions = _AS_IT_IS
) -> GridMap:
    """Read one map from a file of any format that the window opens.

    Args:
        path: the file.
        index: which map of a file that holds several, from 0.
        options: how pictures, ROS maps and data sets are read.

    Raises:
        VinguiError: it cannot be read, or holds no such map.

    Example:
        >>> grid = vingui.open_map("rooms.json")
        >>> grid.walls.shape
        (28, 28)
    """
    return read_map(Path(path), options, index=index)


def open_maps(path: str | PathLike[str], *, options: ReadOptions = _AS_IT_IS) -> DataSet:
    """Read all maps of a file or a folder.

    Args:
        path: the file or folder.
        options: how pictures, ROS maps and data sets are read.

    Returns:
        Its maps in `maps`, and in `notes` and `refused` how they were read and what was not.

    Raises:
        VinguiError: nothing can be read.

    Example:
        >>> [grid.goal for grid in vingui.open_maps("my-maps").maps]
        [(4, 13), (6, 13)]
    """
    return read_dataset(Path(path), options)


def save_map(grid: GridMap, path: str | PathLike[str]) -> None:
    """Write a map, whole or not at all, in the format of the file's suffix.

    Raises:
        VinguiError: there is no such format, or the file cannot be written.

    Example:
        >>> vingui.save_map(vingui.generate("maze"), "maze.json")
    """
    write_map(Path(path), grid)


def generate(
    kind: str = "caves",
    *,
    rows: int = 28,
    cols: int = 28,
    seed: int = 0,
    starts: int = 1,
    **parameters: Any,
) -> GridMap:
    """Generate a random map with a goal, and starts from which it can be reached.

    Args:
        kind: a name that `vingui generate` lists, such as "caves", "maze" or "rooms".
        rows: the number of rows.
        cols: the number of columns.
        seed: the seed; the same one gives the same map as `vingui generate`.
        starts: the number of starts.
        **parameters: the kind's own, such as `density`.

    Raises:
        VinguiError: there is no such kind or parameter, or a value is out of its range.

    Example:
        >>> vingui.generate("rooms", rows=40, cols=60, seed=7).goal
        (16, 39)
    """
    (grid,) = generate_many(
        kind, count=1, seed=seed, rows=rows, cols=cols, starts=starts, **parameters
    )
    return grid


def maps_of(
    maps: GridMap | Sequence[GridMap] | str | PathLike[str],
    *,
    name: str = "",
    seed: int = HELD_OUT_SEED,
) -> LoadedSet:
    """A set of maps, from what the functions of this package take for one.

    Args:
        maps: a map, several, a file or folder of maps, or generated ones as "maze:28:100".
        name: the set's name; empty for one that says what is in it.
        seed: of generated maps.

    Raises:
        VinguiError: they cannot be read, or there are none.
    """
    if isinstance(maps, GridMap):
        return LoadedSet(name or "map", [maps])
    if isinstance(maps, str) and ":" in maps and not Path(maps).exists():
        generated = GeneratedMaps.parse(maps, seed=seed)
        return LoadedSet(name or generated.title, generated)
    if isinstance(maps, str | PathLike):
        dataset = open_maps(maps)
        return LoadedSet(name or dataset.name, dataset.maps)
    if not len(maps):
        raise VinguiError("There are no maps")
    return LoadedSet(name or "maps", maps)


def map_of(
    source: GridMap | ArrayLike | str | PathLike[str],
    *,
    goal: Cell | Sequence[Cell] | None = None,
    starts: Sequence[Cell] | None = None,
    needs_goal: bool = True,
) -> GridMap:
    """A map, from what the functions of this package take for one.

    Args:
        source: a map, `(rows, cols)` walls of which whatever is not 0 is one, or a file.
        goal: a goal's `(row, col)` or those of several, in place of the map's own.
        starts: the starts' `(row, col)`, in place of the map's own.
        needs_goal: whether a map without a goal is refused.

    Raises:
        VinguiError: it is no map, a cell lies in a wall or outside, or there is no goal.
    """
    if isinstance(source, str | PathLike):
        source = open_map(source)
    if isinstance(source, GridMap):
        grid = source if goal is None else replace(source, goals=_cells(goal), goal_values=())
    else:
        walls = np.asarray(source)
        if walls.ndim != 2:
            raise VinguiError(f"Walls must have rows and columns, not the shape {walls.shape}")
        grid = GridMap(walls != 0, _cells(goal) if goal is not None else ())
    if needs_goal and not grid.goals:
        raise VinguiError("The map has no goal; give one with goal=(row, col)")
    return grid if starts is None else grid.with_starts(tuple(map(_cell, starts)))


def _cells(goal: Cell | Sequence[Cell]) -> tuple[Cell, ...]:
    cells = np.asarray(goal)
    if cells.ndim not in (1, 2) or cells.shape[-1:] != (2,):
        raise VinguiError(f"A goal is a (row, col), not {goal!r}")
    return tuple(map(_cell, cells.reshape(-1, 2).tolist()))


def _cell(cell: Sequence[int]) -> Cell:
    row, col = cell
    return row, col
