"""Maze data sets of planning papers: GPPN, the MPD files of the planning data sets.

An `.npz` of `arr_0` to `arr_11`: training, validation and test split, each as maps `(n, s, s)`,
1 where free; goals `(n, 1, s, s)`, one-hot; optimal policies `(n, actions, 1, s, s)` of 4 or 8
actions; optimal distances `(n, 1, s, s)`, every move counted as 1. Source: the data loaders of
RLAgent/gated-path-planning-networks and omron-sinicx/neural-astar.

The files give no starts: their papers start from every free cell.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats.base import Format, check_count, check_size, goal_places
from vingui.core.formats.npz import (
    ArrayHeader,
    array_names,
    names_or_empty,
    read_arrays,
    read_headers,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, SPLITS, ReadOptions
from vingui.core.phrases import counted

_NAMES: Final = tuple(f"arr_{number}" for number in range(12))
_PART_CELLS: Final = 2**22


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a zip with unnamed arrays in it, as `numpy.savez` numbers them."""
    return "arr_0" in names_or_empty(head, path)


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read one split, by default the one that the papers report on.

    Raises:
        VinguiError: it is not a valid `.npz`, or the arrays are not what the format says.
        OSError: it cannot be read.
    """
    found = array_names(path)
    if not set(_NAMES) <= set(found):
        raise VinguiError(
            "A planning data set has the arrays arr_0 to arr_11, and one of the PyTorch VIN "
            f"arr_0 to arr_7; here they are {brief(', '.join(found))}"
        )
    headers = read_headers(path, _NAMES)
    for number in range(len(SPLITS)):
        _check_split(headers, number)
    chosen = SPLITS.index(options.split)
    names = _NAMES[4 * chosen], _NAMES[4 * chosen + 1]
    arrays = read_arrays(path, names)
    stack = _stack(arrays[names[0]], arrays[names[1]])
    counts = {name: headers[_NAMES[4 * at]].shape[0] for at, name in enumerate(SPLITS)}
    notes = _notes(options.split, counts, headers["arr_2"].shape[1])
    return DataSet(path.stem, stack, notes, split=options.split, splits=counts)


def _check_split(headers: Mapping[str, ArrayHeader], number: int) -> None:
    maps, goals, policies, distances = (headers[f"arr_{4 * number + at}"] for at in range(4))
    maps.check(("n", "rows", "cols"))
    count, rows, cols = maps.shape
    check_size(rows, cols)
    check_count(count)
    policies.check((count, 4, 1, rows, cols), (count, 8, 1, rows, cols))
    for header in (goals, distances):
        header.check((count, 1, rows, cols))


def _stack(maps: NDArray[Any], goals: NDArray[Any]) -> MapStack:
    cols = maps.shape[2]
    for what, array in (("maps", maps), ("goal maps", goals)):
        if not all(((part == 0) | (part == 1)).all() for _, part in _parts(array)):
            raise VinguiError(f"The {what} must hold 0 and 1 only")
    walls = maps == 0
    walls.flags.writeable = False
    places = [
        goal_places(part.reshape(len(part), -1) == 1, first=first) for first, part in _parts(goals)
    ]
    return MapStack(walls, np.stack(np.divmod(np.concatenate(places), cols), axis=1))


def _parts(array: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    """Some maps of the array at a time, to save memory, with the number of the first of them."""
    step = max(1, _PART_CELLS * len(array) // max(1, array.size))
    for first in range(0, len(array), step):
        yield first, array[first : first + step]


def _notes(split: str, counts: Mapping[str, int], actions: int) -> tuple[str, ...]:
    others = " and ".join(
        f"{counted(count, 'map')} for {name}" for name, count in counts.items() if name != split
    )
    return (
        f"Read the {split} split, {counted(counts[split], 'map')}; the file also has {others}.",
        f"Not read: its own policies, of {actions} actions, and distances, every move as 1.",
    )


FORMAT: Final = Format(
    name="planning",
    title="Planning data set (GPPN, MPD)",
    suffixes=(".npz",),
    matches=matches,
    read=read,
)
