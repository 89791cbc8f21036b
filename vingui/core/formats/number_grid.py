"""Grids of numbers: 0 and 1, or -1, 0 and 100 as in ROS's occupancy grids; NumPy's `.npy`.

With heights, the numbers of a `.npy` are elevation.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief, read_head
from vingui.core.formats.base import Format, check_size
from vingui.core.formats.heights import Heights, map_of_heights
from vingui.core.formats.npz import (
    ArrayHeader,
    array_names,
    dimensions,
    is_zip,
    names_or_empty,
    read_arrays,
    read_headers,
    read_npy,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.grid import GridMap
from vingui.core.phrases import counted

_OCCUPIED: Final = 100
_UNKNOWN: Final = -1
_MAX_MAPS: Final = 10_000
_MAX_CELLS: Final = 64 * 2**20
"""The most cells of all maps of a file; as float64 they take eight times as many bytes."""

_WORDS: Final = {"true": "1", "false": "0"}


def numbers_of(rows: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """The numbers of a table.

    Args:
        rows: the words of each row.

    Returns:
        `(rows, cols)` float64.

    Raises:
        VinguiError: a word is not a number, the rows differ in length, or no map has the size.
    """
    cols = len(rows[0])
    check_size(len(rows), cols)
    numbers = np.empty((len(rows), cols))
    for row, words in enumerate(rows):
        if len(words) != cols:
            raise VinguiError(
                f"Row {row} has {counted(len(words), 'number')}, but row 0 has {cols}"
            )
        for col, word in enumerate(words):
            try:
                numbers[row, col] = float(_WORDS.get(word.lower(), word))
            except ValueError:
                raise VinguiError(
                    f"{brief(word)} at row {row}, col {col} is not a number"
                ) from None
    return numbers


def meaning_of_digits(options: ReadOptions) -> tuple[str, str]:
    """Which of the digits 0 and 1 is a wall, and a note that says so."""
    wall, free = ("0", "1") if options.picture.invert else ("1", "0")
    hint = "If it is the other way round: --invert, or Edit > Invert walls."
    return wall, f"Took {wall} as wall and {free} as free. {hint}"


def walls_of(
    numbers: NDArray[Any], options: ReadOptions = DEFAULT_OPTIONS
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The walls of a grid of numbers, and notes on how they were read.

    Args:
        numbers: `(..., rows, cols)` bools or numbers: 0 and 1, or -1, 0 and 100.
        options: 1 is a wall unless `picture.invert` is set; `unknown` says what -1 is.

    Returns:
        Bool of the same shape, and the notes.

    Raises:
        VinguiError: there are other numbers.
    """
    whole = numbers.astype(np.int8) if numbers.dtype.kind == "b" else numbers
    if ((whole == 0) | (whole == 1)).all():
        wall, note = meaning_of_digits(options)
        return whole == int(wall), (note,)
    known = (whole == 0) | (whole == _OCCUPIED) | (whole == _UNKNOWN)
    if not known.all():
        # Name the first number that is in neither kind of grid, if there is one.
        odd = ~(known | (whole == 1))
        at = np.unravel_index(int((odd if odd.any() else ~known).argmax()), whole.shape)
        place = f"{f'map {at[0]}, ' if len(at) > 2 else ''}row {at[-2]}, col {at[-1]}"
        raise VinguiError(
            f"{float(whole[at]):zg} at {place} does not fit: a grid has 0 and 1, "
            "or 0, 100 and -1 for unknown"
        )
    unknown = whole == _UNKNOWN
    walls = whole == _OCCUPIED
    notes = ["Took 100 as wall and 0 as free, as in an occupancy grid."]
    if unknown.any():
        walls |= unknown & (options.unknown == "wall")
        count = counted(int(np.count_nonzero(unknown)), "unknown cell")
        notes.append(f"Took {count} (-1) as {options.unknown}.")
    return walls, tuple(notes)


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a `.npy`, or a zip with one array."""
    if head.startswith(b"\x93NUMPY"):
        return True
    names = names_or_empty(head, path)
    return len(names) == 1 and dimensions(path, names[0]) is not None


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read one map, or a stack of them. They have neither goal nor starts.

    Raises:
        VinguiError: it is not a valid array of such numbers, or its maps are too large or too many.
        OSError: it cannot be read.
    """
    if is_zip(read_head(path)):
        name = array_names(path)[0]
        _check(read_headers(path, [name])[name])
        numbers = read_arrays(path, [name])[name]
    else:
        numbers = read_npy(path, _check)
    if options.picture.heights is not None:
        return _heights(path.stem, numbers, options.picture.heights)
    walls, notes = walls_of(numbers, options)
    stack = walls.reshape(-1, *walls.shape[-2:])
    return DataSet(path.stem, tuple(GridMap(each) for each in stack), notes)


def _heights(name: str, numbers: NDArray[Any], heights: Heights) -> DataSet:
    """The maps of heights, each with terrain by slope."""
    stack = heights.of_numbers(numbers).reshape(-1, *numbers.shape[-2:])
    maps = tuple(map_of_heights(each, heights.side) for each in stack)
    return DataSet(name, maps, (f"Numbers became {heights}.",))


def _check(header: ArrayHeader) -> None:
    shape = header.shape
    if len(shape) not in (2, 3):
        raise VinguiError(
            "A grid has the shape (rows, cols), and several have (n, rows, cols); "
            f"this one has {brief(shape)}"
        )
    check_size(*shape[-2:])
    count = math.prod(shape[:-2])
    if not 1 <= count <= _MAX_MAPS or math.prod(shape) > _MAX_CELLS:
        raise VinguiError(
            f"A file of grids has 1 to {_MAX_MAPS:,} maps with {_MAX_CELLS:,} cells together; "
            f"this one has {count:,} of {shape[-2]}x{shape[-1]} cells"
        )


FORMAT: Final = Format(
    name="array",
    title="NumPy array of 0 and 1",
    suffixes=(".npy", ".npz"),
    matches=matches,
    read=read,
)
