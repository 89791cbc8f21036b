"""The data of the PyTorch VIN, kentsommer/pytorch-value-iteration-networks: an `.npz`.

`arr_0` to `arr_3` for training and `arr_4` to `arr_7` for the test, a row a state: images
`(n, 2, s, s)`, of which the first channel is 1 in obstacles and 0 where free, and the second 10 at
the goal and 0 elsewhere; S1 and S2 `(n, 1)` or `(n,)`, the row and the column of the state; labels,
an optimal action 0..7 in the order N, S, E, W, NE, NW, SE, SW. Source: its
`dataset/make_training_data.py` and `domains/gridworld.py`.

The order of the cells is checked, as for the paper's own files.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import base
from vingui.core.formats.base import Format, check_count, check_size, goal_places
from vingui.core.formats.npz import (
    ArrayHeader,
    dimensions,
    iterate_rows,
    names_or_empty,
    read_arrays,
    read_headers,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.state_table import (
    StateTable,
    stack_of,
    table_of_actions,
    whole_numbers,
)
from vingui.core.phrases import counted

_SPLITS: Final = ("training", "test")
_NAMES: Final = tuple(f"arr_{number}" for number in range(4 * len(_SPLITS)))
_MAX_IMAGE_BYTES: Final = 4 * 2**30
"""For a split's images, which are read in parts: the 28x28 test set in 64-bit numbers has 3 GB."""


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a zip of eight unnamed arrays, the first of them images with channels."""
    names = names_or_empty(head, path)
    return sorted(names) == sorted(_NAMES) and dimensions(path, _NAMES[0]) == 4


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read one split, every state as a map with one start.

    Raises:
        VinguiError: it is not a valid `.npz`, the arrays are not what the format says, there is no
            such split, or in neither order of the cells are all states free.
        OSError: it cannot be read.
    """
    if options.split not in _SPLITS:
        raise VinguiError(
            f"The file has the splits {' and '.join(_SPLITS)}, but none for {options.split}"
        )
    headers = read_headers(path, _NAMES)
    chosen = _SPLITS.index(options.split)
    names = _NAMES[4 * chosen : 4 * chosen + 4]
    _check(headers, names)
    table = _table(path, names, headers[names[0]])
    stack, notes = stack_of(table, "row-major")
    counts = {split: headers[_NAMES[4 * at]].shape[0] for at, split in enumerate(_SPLITS)}
    notes = (_about(options.split, counts), *notes)
    return DataSet(path.stem, stack, notes, split=options.split, splits=counts)


def _check(headers: Mapping[str, ArrayHeader], names: tuple[str, ...]) -> None:
    images, *columns = (headers[name] for name in names)
    images.check(("n", 2, "s", "s"))
    count, _, side, _ = images.shape
    check_size(side, side)
    check_count(count)
    for header in columns:
        header.check((count,), (count, 1))
    cells = count * side * side
    if cells > base.MAX_ARRAY_BYTES or images.nbytes > _MAX_IMAGE_BYTES:
        raise VinguiError(
            f"The {counted(count, 'map')} of {side}x{side} cells are more than vingui reads "
            "at once: "
            f"at most {base.MAX_ARRAY_BYTES:,} cells, in images of {_MAX_IMAGE_BYTES:,} bytes. "
            "Another split may be smaller"
        )


def _table(path: Path, names: tuple[str, ...], images: ArrayHeader) -> StateTable:
    count, _, side, _ = images.shape
    columns = read_arrays(path, names[1:])
    rows, cols, actions = (whole_numbers(name, columns[name].reshape(count)) for name in names[1:])
    free = np.empty((count, side * side), bool)
    goals = np.empty(count, np.int64)
    first = 0
    for part in iterate_rows(path, names[0]):
        here = slice(first, first + len(part))
        free[here], goals[here] = _maps(part.reshape(len(part), 2, -1), first)
        first += len(part)
    return table_of_actions(free, goals, np.stack((rows, cols), axis=1), actions)


def _maps(part: NDArray[Any], first: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The free cells of maps, `(k, s*s)` bool, and the flat index of each goal, `(k,)`.

    Args:
        part: `(k, 2, s*s)` numbers.
        first: the number of the first map, for messages.
    """
    obstacles, values = part[:, 0], part[:, 1]
    odd = ((obstacles != 0) & (obstacles != 1)).any(axis=1)
    if odd.any():
        raise VinguiError(
            f"The first channel of an image is 0 where free and 1 in obstacles; that of map "
            f"{first + int(odd.argmax())} has other numbers"
        )
    return obstacles == 0, goal_places(values > 0, first=first)


def _about(split: str, counts: Mapping[str, int]) -> str:
    (other, count) = next((name, count) for name, count in counts.items() if name != split)
    return (
        f"Read the {split} split, every state as a map with one start: "
        f"{counted(counts[split], 'map')}, with repeats; {counted(count, 'state')} for {other}."
    )


FORMAT: Final = Format(
    name="pytorch-vin",
    title="Data of the PyTorch VIN",
    suffixes=(".npz",),
    matches=matches,
    read=read,
)
