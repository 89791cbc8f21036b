"""The map in the data of a run, as `vingui plan --out` writes it.

The `.npz` has `walls (rows, cols)` bool, `goal (2,)` and `starts (n, 2)` whole numbers, and where
the map has a place in metres, `resolution ()` and `origin (3,)`; with terrain, several goals,
demonstrations or an elevation also the arrays of `world_arrays`. The `.json` has the entry
`"format": "vingui-run"`, and the whole map under `"map"`. Values and trajectories are not read.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet, as_cell
from vingui.core.errors import VinguiError
from vingui.core.files import brief, read_head
from vingui.core.formats import vingui_map, world_arrays
from vingui.core.formats.base import Format, check_size
from vingui.core.formats.npz import (
    ArrayHeader,
    array_names,
    dimensions,
    is_zip,
    names_or_empty,
    read_arrays,
    read_headers,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.vingui_set import as_bools
from vingui.core.frame import MapFrame
from vingui.core.grid import MAX_STARTS, GridMap
from vingui.core.phrases import counted

NAME: Final = "vingui-run"
"""The format that the `.json` declares."""

VERSION: Final = 1

_ARRAYS: Final[dict[str, tuple[tuple[int | str, ...], str]]] = {
    "walls": (("rows", "cols"), "biu"),
    "goal": ((2,), "iu"),
    "starts": (("n", 2), "iu"),
    "resolution": ((), "biuf"),
    "origin": ((3,), "biuf"),
}
"""The shapes and kinds of the arrays that are read."""

_NOTE: Final = "Read the map of a run; its values and trajectories stay in the file."


def matches(head: bytes, path: Path) -> bool:
    """Whether it is JSON that declares itself a run, or a zip with one map's walls and more."""
    if is_zip(head):
        # Walls alone are a grid.
        return len(names_or_empty(head, path)) > 1 and dimensions(path, "walls") == 2
    return vingui_map.declared_format(head) == NAME


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read the map.

    Raises:
        VinguiError: the file is damaged, or was written by a newer version.
        OSError: it cannot be read.
    """
    grid = _map_of_arrays(path) if is_zip(read_head(path)) else _map_of_record(path)
    return DataSet(path.stem, (grid,), (_NOTE,))


def _map_of_record(path: Path) -> GridMap:
    content = vingui_map.parsed(path)
    if not isinstance(content, dict) or content.get("format") != NAME:
        raise VinguiError("This is not a run that vingui wrote")
    if content.get("version") != VERSION:
        raise VinguiError(
            f"This run has version {brief(content.get('version'))}, but this vingui reads "
            f"version {VERSION}. A newer vingui may read it"
        )
    return vingui_map.decoded(content.get("map"))


def _map_of_arrays(path: Path) -> GridMap:
    found = array_names(path)
    names = [name for name in (*_ARRAYS, *world_arrays.NAMES) if name in found]
    _check(read_headers(path, names))
    arrays = read_arrays(path, names)
    starts = arrays.get("starts", np.empty((0, 2), np.int64))
    walls, _ = as_bools(arrays["walls"])
    terrain, palette = world_arrays.terrain_of(arrays)
    goals = arrays["goals"] if "goals" in arrays else np.atleast_2d(arrays.get("goal", starts[:0]))
    return GridMap(
        walls,
        tuple(as_cell(goal) for goal in goals),
        tuple(as_cell(start) for start in starts),
        _frame(arrays),
        terrain,
        palette,
        tuple(arrays["goal_values"].tolist()) if "goal_values" in arrays else (),
        world_arrays.paths_of(arrays),
        world_arrays.elevation_of(arrays),
    )


def _check(headers: dict[str, ArrayHeader]) -> None:
    for name in headers.keys() & _ARRAYS.keys():
        shape, kinds = _ARRAYS[name]
        headers[name].check(shape, kinds=kinds)
    check_size(*headers["walls"].shape)
    world_arrays.check_headers(headers)
    if "starts" in headers and headers["starts"].shape[0] > MAX_STARTS:
        raise VinguiError(f"A run has at most {counted(MAX_STARTS, 'start')}")


def _frame(arrays: dict[str, NDArray[Any]]) -> MapFrame | None:
    if "resolution" not in arrays:
        return None
    x, y, yaw = (float(number) for number in arrays.get("origin", np.zeros(3)))
    return MapFrame(float(arrays["resolution"]), (x, y, yaw))


FORMAT: Final = Format(
    name="run",
    title="Data of a run (plan --out)",
    suffixes=(".npz", ".json"),
    matches=matches,
    read=read,
    keeps_frame=True,
)
