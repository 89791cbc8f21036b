"""Maps from files, from generators and from arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.api.checks import checked_path, checked_whole
from vingui.api.progress import OnProgress, reporting
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import LoadedSet
from vingui.core.files import brief
from vingui.core.formats import ReadOptions, read_dataset, read_map, write_map
from vingui.core.generate import KINDS, nth_map
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.grid import MAX_SIDE, MAX_STARTS, MIN_SIDE, Cell, GridMap
from vingui.core.train_settings import HELD_OUT_SEED

_AS_IT_IS = ReadOptions()

Maps = GridMap | Iterable[GridMap] | DataSet | str | PathLike[str]
"""A map, several, what `open_maps` returns, a file or folder of maps, or generated ones as
"maze:28:100", which are made when they are needed."""


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
    index = checked_whole(index, "index", 0)
    return read_map(checked_path(path), _checked_options(options), index=index)


def open_maps(
    path: str | PathLike[str],
    *,
    options: ReadOptions = _AS_IT_IS,
    progress: bool = True,
    on_progress: OnProgress | None = None,
) -> DataSet:
    """Read all maps of a file or a folder.

    Args:
        path: the file or folder.
        options: how pictures, ROS maps and data sets are read.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        on_progress: called instead, with how many files of a folder are done, and of how many.

    Returns:
        Its maps in `maps`, and in `notes` and `refused` how they were read and what was not.

    Raises:
        VinguiError: nothing can be read.

    Example:
        >>> [grid.goal for grid in vingui.open_maps("my-maps").maps]
        [(4, 13), (6, 13)]
    """
    path, options = checked_path(path), _checked_options(options)
    with reporting(f"Reading {path.name}", progress=progress, on_progress=on_progress) as report:
        return read_dataset(path, options, on_progress=report)


def save_map(grid: GridMap, path: str | PathLike[str]) -> None:
    """Write a map, whole or not at all, in the format of the file's suffix.

    Args:
        grid: the map.
        path: the file.

    Raises:
        VinguiError: there is no such format, or the file cannot be written.

    Example:
        >>> vingui.save_map(vingui.generate("maze"), "maze.json")
    """
    if not isinstance(grid, GridMap):
        raise VinguiError(f"grid must be a GridMap, such as GridMap(walls), not {brief(grid)}")
    write_map(checked_path(path), grid)


def generate(
    kind: str = "caves",
    *,
    rows: int = 28,
    cols: int = 28,
    seed: int = 0,
    starts: int = 1,
    uniform: bool = False,
    progress: bool = True,
    **parameters: Any,
) -> GridMap:
    """Generate a random map with a goal, and starts from which it can be reached.

    Args:
        kind: a name that `vingui generate` lists, such as "caves", "maze" or "rooms".
        rows: the number of rows.
        cols: the number of columns.
        seed: the seed; the same one gives the same map as `vingui generate`.
        starts: the number of starts; where there is not enough room, there are fewer.
        uniform: whether starts are drawn anywhere, as in the paper's data, instead of far from the
            goal and from each other.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        **parameters: the kind's own, such as `density`.

    Raises:
        VinguiError: there is no such kind or parameter, or a value is out of its range.

    Example:
        >>> vingui.generate("rooms", rows=40, cols=60, seed=7).goal
        (16, 39)
    """
    check_generation(kind, rows, cols, seed, starts, parameters)
    sizes = {"rows": rows, "cols": cols, "starts": starts}
    with reporting("Generating", progress=progress):
        return nth_map(kind, 0, seed=seed, uniform=uniform, **sizes, **parameters)


def check_generation(
    kind: Any, rows: Any, cols: Any, seed: Any, starts: Any, parameters: dict[str, Any]
) -> None:
    """Raise `VinguiError` unless maps can be generated so, with arguments as of `generate`."""
    if kind not in KINDS:
        raise VinguiError(f"There is no kind of map {brief(kind)}; there are {', '.join(KINDS)}")
    checked_whole(rows, "rows", MIN_SIDE, MAX_SIDE)
    checked_whole(cols, "cols", MIN_SIDE, MAX_SIDE)
    checked_whole(seed, "seed", 0)
    checked_whole(starts, "starts", 0, MAX_STARTS)
    KINDS[kind].settings(rows=rows, cols=cols, **parameters)


def maps_of(
    maps: Maps,
    *,
    name: str = "",
    seed: int = HELD_OUT_SEED,
) -> LoadedSet:
    """A set of maps, from what the functions of this package take for one.

    Args:
        maps: as `Maps` says.
        name: the set's name; empty for one that says what is in it.
        seed: of generated maps.

    Raises:
        VinguiError: they cannot be read, or there are none.
    """
    if isinstance(maps, GridMap):
        return LoadedSet(name or "map", [maps])
    if isinstance(maps, str) and _is_generated(maps):
        generated = GeneratedMaps.parse(maps, seed=checked_whole(seed, "seed", 0))
        return LoadedSet(name or generated.title, generated)
    if isinstance(maps, str | PathLike):
        maps = open_maps(maps, progress=False)
    if isinstance(maps, DataSet):
        return LoadedSet(name or maps.name, maps.maps)
    several: Any = maps
    if not isinstance(maps, Sequence):
        several = list(maps) if isinstance(maps, Iterable) else [maps]
    # Others may make or read each map when it is needed.
    for one in several if isinstance(several, list | tuple) else ():
        if not isinstance(one, GridMap):
            raise VinguiError(
                "Maps to evaluate on are GridMaps, a file or a folder, or described like "
                f'"maze:28:100", not {brief(one)}'
            )
    if not several:
        raise VinguiError("There are no maps")
    return LoadedSet(name or "maps", several)


def _is_generated(maps: str) -> bool:
    return not Path(maps).exists() and (":" in maps or maps in KINDS)


def _checked_options(options: ReadOptions) -> ReadOptions:
    if not isinstance(options, ReadOptions):
        raise VinguiError(f"options must be vingui.ReadOptions, not {brief(options)}")
    return options


def map_of(
    source: GridMap | ArrayLike | str | PathLike[str],
    *,
    goal: Cell | Iterable[Cell] | None = None,
    starts: Cell | Iterable[Cell] | None = None,
    needs_goal: bool = True,
) -> GridMap:
    """A map, from what the functions of this package take for one.

    Args:
        source: a map, `(rows, cols)` walls of which whatever is not 0 is one, or a file.
        goal: a goal's `(row, col)` or those of several, in place of the map's own.
        starts: a start's `(row, col)` or those of several, in place of the map's own.
        needs_goal: whether a map without a goal is refused.

    Raises:
        VinguiError: it is no map, a cell lies in a wall or outside, or there is no goal.
    """
    if isinstance(source, str | PathLike):
        source = open_map(source)
    if not isinstance(source, GridMap):
        grid = GridMap(_walls(source), () if goal is None else _cells("goal", goal))
    elif goal is None:
        grid = source
    else:
        grid = replace(source, goals=_cells("goal", goal), goal_values=())
    if needs_goal and not grid.goals:
        raise VinguiError("The map has no goal; give one with goal=(row, col)")
    return grid if starts is None else grid.with_starts(_cells("start", starts))


def _walls(source: ArrayLike) -> NDArray[np.bool_]:
    try:
        walls = np.asarray(source)
    except ValueError:
        raise VinguiError("The rows of walls must have one length, and theirs differ") from None
    if walls.ndim != 2:
        raise VinguiError(
            "A map is a GridMap, a file, or walls with rows and columns, "
            + (f"not {brief(source)}" if walls.ndim == 0 else f"not of the shape {walls.shape}")
        )
    if walls.dtype.kind not in "buif":
        raise VinguiError(f"Walls must be numbers, or True and False, not of type {walls.dtype}")
    if np.isnan(walls).any():
        raise VinguiError("Walls must not be NaN: 0 is a free cell, whatever else a wall")
    return np.asarray(walls, bool)


def _cells(what: str, cells: Cell | Iterable[Cell]) -> tuple[Cell, ...]:
    """One cell or several; a map checks where they lie."""
    try:
        given: tuple[Any, ...] = tuple(cells)
        if len(given) == 2 and all(np.ndim(number) == 0 for number in given):
            given = (given,)
        return tuple((row, col) for row, col in given)
    except (TypeError, ValueError):
        raise VinguiError(
            f"A {what} is a (row, col), or there are several of these, not {brief(cells)}"
        ) from None
