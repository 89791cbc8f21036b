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
from vingui.core.formats.base import Format, check_count
from vingui.core.formats.npz import (
    ArrayHeader,
    array_names,
    names_or_none,
    read_arrays,
    read_headers,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, SPLITS, ReadOptions
from vingui.core.grid import check_shape
from vingui.core.phrases import counted

_NAMES: Final = tuple(f"arr_{number}" for number in range(12))
_PART_CELLS: Final = 2**22


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a zip with unnamed arrays in it, as `numpy.savez` numbers them."""
    return "arr_0" in names_or_none(head, path)


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read one split, by default the one that the papers report on.

    Raises:
        VinguiError: it is no sound `.npz`, or the arrays are not what the format says.
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
    if len(maps.shape) != 3:
        raise VinguiError(
            f"The maps in {maps.name} must have shape (n, s, s), not {brief(maps.shape)}"
        )
    count, rows, cols = maps.shape
    check_shape(rows, cols)
    check_count(count)
    actions = policies.shape[1] if len(policies.shape) == 5 else 0
    if actions not in (4, 8) or policies.shape != (count, actions, 1, rows, cols):
        raise VinguiError(
            f"The policies in {policies.name} must have shape "
            f"({count}, 4 or 8, 1, {rows}, {cols}), not {brief(policies.shape)}"
        )
    for header, what in ((goals, "goals"), (distances, "distances")):
        if header.shape != (count, 1, rows, cols):
            raise VinguiError(
                f"The {what} in {header.name} must have shape ({count}, 1, {rows}, {cols}), "
                f"not {brief(header.shape)}"
            )


def _stack(maps: NDArray[Any], goals: NDArray[Any]) -> MapStack:
    cols = maps.shape[2]
    for what, array in (("maps", maps), ("goal maps", goals)):
        if not all(((part == 0) | (part == 1)).all() for part in _parts(array)):
            raise VinguiError(f"The {what} must hold 0 and 1 only")
    walls = maps == 0
    walls.flags.writeable = False
    found = [_goals(part.reshape(len(part), -1)) for part in _parts(goals)]
    counts, places = (np.concatenate(each) for each in zip(*found, strict=True))
    wrong = counts != 1
    if wrong.any():
        index = int(wrong.argmax())
        raise VinguiError(f"Map {index} must have one goal, not {counts[index]}")
    return MapStack(walls, np.stack(np.divmod(places, cols), axis=1))


def _goals(flat: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many goals each map has, and the place of the first in its cells."""
    hot = flat == 1
    return np.count_nonzero(hot, axis=1), hot.argmax(axis=1)


def _parts(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The array in parts of some maps, so that what is worked out of all takes little memory."""
    step = max(1, _PART_CELLS * len(array) // max(1, array.size))
    for first in range(0, len(array), step):
        yield array[first : first + step]


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
    choices="maps",
)
