"""Cells that were drawn over those of another map: which part differs remains known.

A stroke of the mouse changes few cells many times a second. Comparing all cells of a large map
each time would take longer than a frame.
"""

from typing import Any, TypeVar
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T", bound=np.generic)

Part = tuple[slice, slice]
"""Rows and columns of a map."""


class DrawnCells(np.ndarray[Any, Any]):
    """The memory of an array that `drawn` made; never changed, so that maps can share it.

    Attributes:
        origins: the arrays that are still in use of which it was made, and where it may differ.
    """

    origins: list[tuple[ReferenceType[NDArray[Any]], Part]]


def drawn(before: NDArray[_T], part: Part, cells: NDArray[_T]) -> NDArray[_T]:
    """Return an array with other cells in one part, read only.

    Args:
        before: `(rows, cols)`, which must not be changed any more.
        part: a part of it, inside the map.
        cells: of the shape of this part.
    """
    memory = np.ndarray.__new__(DrawnCells, before.shape, before.dtype)
    memory[...] = before
    memory[part] = cells
    memory.flags.writeable = False
    memory.origins = [(ref(before), part)]
    for origin, differs in _origins(before):
        if origin() is not None:
            memory.origins.append((origin, _union(differs, part)))
    return memory.view(np.ndarray)


def differing_part(one: NDArray[Any], other: NDArray[Any]) -> Part:
    """Return a part outside of which two arrays of the same shape are equal."""
    if one is other:
        return np.s_[0:0, 0:0]
    ours, theirs = ({id(origin()): part for origin, part in _origins(x)} for x in (one, other))
    if id(other) in ours:
        return ours[id(other)]
    if id(one) in theirs:
        return theirs[id(one)]
    for origin in ours.keys() & theirs.keys() - {id(None)}:
        return _union(ours[origin], theirs[origin])
    return np.s_[0 : one.shape[0], 0 : one.shape[1]]


def equal_cells(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    """Whether two arrays of cells, or none, are equal."""
    if one is other or one is None or other is None:
        return one is other
    if one.shape != other.shape:
        return False
    part = differing_part(one, other)
    return np.array_equal(one[part], other[part])


def differing_cells(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.int64]:
    """Return the flat indices of the cells that differ between two arrays of the same shape."""
    rows, cols = part = differing_part(one, other)
    where = np.nonzero(one[part] != other[part])
    return np.asarray((where[0] + rows.start) * one.shape[1] + where[1] + cols.start)


def _origins(array: NDArray[Any]) -> list[tuple[ReferenceType[NDArray[Any]], Part]]:
    return array.base.origins if isinstance(array.base, DrawnCells) else []


def _union(one: Part, other: Part) -> Part:
    first, second = (
        slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(one, other, strict=True)
    )
    return first, second
