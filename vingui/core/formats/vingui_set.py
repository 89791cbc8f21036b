"""vingui's own data set: an `.npz` that `numpy.savez` writes from three arrays.

`walls (n, rows, cols)` bool, `True` for a wall; `goal (n, 2)` and, optionally,
`start (n, 2)` whole numbers, `(row, col)` from 0. Walls of whole numbers are taken too where
they are 0 and 1 only, 1 being the wall. Sets of maps with terrain, several goals, demonstrations or
an elevation also have the arrays of `world_arrays`; `goal` is then the first of `goals`. Further
arrays are ignored.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats import world_arrays
from vingui.core.formats.base import Format, all_terrain, check_count, check_size
from vingui.core.formats.npz import (
    ArrayHeader,
    array_names,
    dimensions,
    names_or_empty,
    read_arrays,
    read_headers,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a zip with the walls of many maps and their goals."""
    named = {"walls", "goal"} <= set(names_or_empty(head, path))
    # The walls of a single map are those of a run.
    return named and dimensions(path, "walls") != 2


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a data set.

    Raises:
        VinguiError: it is not a valid `.npz`, or the arrays are not what the format says.
        OSError: it cannot be read.
    """
    names = array_names(path)
    if not {"walls", "goal"} <= set(names):
        raise VinguiError(
            "It needs the arrays walls and goal, or arr_0 to arr_11 of a planning data set, but "
            f"has {brief(', '.join(names) or 'none')}"
        )
    optional = ("start", *world_arrays.NAMES, world_arrays.COUNTS)
    wanted = ["walls", "goal", *(name for name in optional if name in names)]
    _check(read_headers(path, wanted))
    arrays = read_arrays(path, wanted)
    walls, notes = as_bools(arrays["walls"])
    terrain, palette = world_arrays.terrain_of(arrays)
    stack = MapStack(
        walls,
        arrays.get("goals", arrays["goal"]),
        arrays.get("start"),
        terrain,
        palette,
        arrays.get("goal_values"),
        world_arrays.stack_of(arrays),
        world_arrays.elevation_of(arrays),
    )
    return DataSet(path.stem, stack, notes)


def write(path: Path, dataset: DataSet) -> None:
    """Write maps of one size and palette, each with a goal, and all or none with one start.

    Raises:
        VinguiError: the maps are not like that.
    """
    stack = MapStack.from_maps(dataset.maps)
    arrays: dict[str, NDArray[Any]] = {"walls": stack.walls, "goal": stack.goals[:, 0]}
    if stack.starts is not None:
        arrays["start"] = stack.starts
    arrays |= world_arrays.terrain_arrays(stack.terrain, stack.palette, stack.walls.shape)
    if stack.goals.shape[1] > 1 or stack.goal_values is not None:
        arrays["goals"] = stack.goals
    if stack.goal_values is not None:
        arrays["goal_values"] = stack.goal_values
    arrays |= world_arrays.stack_arrays(stack.demonstrations)
    if stack.elevation is not None:
        arrays["elevation"] = stack.elevation
    # To an open file: given a name, NumPy adds .npz to one that ends in .NPZ.
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _check(headers: dict[str, ArrayHeader]) -> None:
    headers["walls"].check(("n", "rows", "cols"), kinds="biu")
    count, rows, cols = headers["walls"].shape
    check_size(rows, cols)
    check_count(count)
    for name in headers.keys() & {"goal", "start"}:
        headers[name].check((count, 2), kinds="iu")
    world_arrays.check_headers(headers)


def as_bools(walls: NDArray[Any]) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Walls as bools, and a note where they were whole numbers.

    Raises:
        VinguiError: there are other numbers than 0 and 1.
    """
    if walls.dtype.kind == "b":
        return walls, ()
    if walls.min() < 0 or walls.max() > 1:
        raise VinguiError(f"walls must be 0 and 1, not numbers from {walls.min()} to {walls.max()}")
    # Numbers of one byte are viewed as bools: a copy might take half a gigabyte.
    bools = walls.view(np.bool_) if walls.dtype.itemsize == 1 else walls == 1
    bools.flags.writeable = False
    return bools, ("Walls were whole numbers; 1 was taken as a wall and 0 as free.",)


FORMAT: Final = Format(
    name="set",
    title="vingui data set",
    suffixes=(".npz",),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".npz",),
    keeps_goals=True,
    keeps_values=True,
    keeps_demonstrations=True,
    keeps_elevation=True,
    terrain_loss=all_terrain,
)
