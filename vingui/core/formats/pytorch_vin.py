"""The data of the PyTorch VIN, kentsommer/pytorch-value-iteration-networks: an `.npz`.

`arr_0` to `arr_3` for training and `arr_4` to `arr_7` for the test, a row a state: images
`(n, 2, s, s)`, of which the first channel is 1 in obstacles and 0 where free, and the second 10 at
the goal and 0 elsewhere; S1 and S2 `(n, 1)` or `(n,)`, the row and the column of the state; labels,
an optimal action 0..7 in the order N, S, E, W, NE, NW, SE, SW. Source: its
`dataset/make_training_data.py` and `domains/gridworld.py`.

The order of the cells is not believed but checked, as that of the paper's own files.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats import base
from vingui.core.formats.base import Format, check_count, check_size
from vingui.core.formats.npz import (
    ArrayHeader,
    dimensions,
    iterate_rows,
    names_or_none,
    read_arrays,
    read_headers,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.state_table import StateTable, fitting_order, stack_of
from vingui.core.moves import DELTAS
from vingui.core.phrases import counted

_SPLITS: Final = ("training", "test")
_NAMES: Final = tuple(f"arr_{number}" for number in range(4 * len(_SPLITS)))
_MAX_IMAGE_BYTES: Final = 4 * 2**30
"""Of the images of a split; the 28x28 test set in 64-bit numbers has 3 GB. They are never held."""


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a zip of eight unnamed arrays, the first of them images with channels."""
    names = names_or_none(head, path)
    return sorted(names) == sorted(_NAMES) and dimensions(path, _NAMES[0]) == 4


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read one split, every state as a map with one start.

    Raises:
        VinguiError: it is no sound `.npz`, the arrays are not what the format says, there is no
            such split, or in neither order of the cells are all states free.
        OSError: it cannot be read.
    """
    if options.split not in _SPLITS:
        raise VinguiError(
            f"The file has the splits {' and '.join(_SPLITS)}, and none for {options.split}"
        )
    headers = read_headers(path, _NAMES)
    chosen = _SPLITS.index(options.split)
    names = _NAMES[4 * chosen : 4 * chosen + 4]
    _check(headers, names)
    table = _table(path, names, headers[names[0]])
    order = fitting_order(table, "row-major")
    counts = {split: headers[_NAMES[4 * at]].shape[0] for at, split in enumerate(_SPLITS)}
    notes = [_about(options.split, counts)]
    if order != "row-major":
        notes.append(
            f"The cells are in {order} order, unlike the original's; checked by the states."
        )
    return DataSet(
        path.stem, stack_of(table, order), tuple(notes), split=options.split, splits=counts
    )


def _check(headers: Mapping[str, ArrayHeader], names: tuple[str, ...]) -> None:
    images, *columns = (headers[name] for name in names)
    if len(images.shape) != 4 or images.shape[1] != 2 or images.shape[2] != images.shape[3]:
        raise VinguiError(
            f"The images in {images.name} have the shape (n, 2, s, s); here it is "
            f"{brief(images.shape)}"
        )
    count, _, side, _ = images.shape
    check_size(side, side)
    check_count(count)
    for header in columns:
        if header.shape not in ((count,), (count, 1)):
            raise VinguiError(
                f"The array {header.name} has the shape ({count},) or ({count}, 1); here it is "
                f"{brief(header.shape)}"
            )
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
    rows, cols, labels = (_whole(name, columns[name]) for name in names[1:])
    if labels.min() < 0 or labels.max() >= len(DELTAS):
        raise VinguiError(
            f"The labels are actions from 0 to 7; here they go from {labels.min()} to "
            f"{labels.max()}"
        )
    free = np.empty((count, side * side), bool)
    goals = np.empty(count, np.int64)
    first = 0
    for part in iterate_rows(path, names[0]):
        here = slice(first, first + len(part))
        free[here], goals[here] = _maps(part.reshape(len(part), 2, -1), first)
        first += len(part)
    states = np.stack((rows, cols), axis=1)
    cells = np.concatenate([states, states + DELTAS[labels]])
    return StateTable(free, goals, states, cells, np.tile(np.arange(count), 2), None)


def _maps(part: NDArray[Any], first: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Where maps are free, `(k, s*s)`, and the place of each goal, `(k,)`.

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
    hot = values > 0
    count = np.count_nonzero(hot, axis=1)
    if (count != 1).any():
        index = int((count != 1).argmax())
        raise VinguiError(
            f"The second channel of an image is above 0 at the goal alone; that of map "
            f"{first + index} is at {counted(int(count[index]), 'cell')}"
        )
    return obstacles == 0, hot.argmax(axis=1)


def _whole(name: str, array: NDArray[Any]) -> NDArray[np.int64]:
    # Compared in its own dtype, where nothing overflows and NaN compares as false.
    if not ((array > -(2**31)) & (array < 2**31)).all() or (array % 1 != 0).any():
        raise VinguiError(f"The array {name} has other numbers than whole ones")
    return array.reshape(-1).astype(np.int64)


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
    choices="maps",
)
