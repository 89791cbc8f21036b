"""The undo command for edits of the map."""

import math
import zlib
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand

from vingui.core.drawn_cells import Part, differing_part, drawn
from vingui.core.grid import GridMap

_ARRAYS: Final = ("walls", "terrain", "elevation")
"""What is compressed of a map; the rest is kept as it is."""


class _Packed:
    """An array, compressed."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._shape, self._dtype = array.shape, array.dtype
        data = np.packbits(array) if self._dtype == np.bool_ else array
        self._data = zlib.compress(data.tobytes(), level=1)

    def unpacked(self) -> NDArray[Any]:
        data = np.frombuffer(zlib.decompress(self._data), np.uint8)
        if self._dtype == np.bool_:
            data = np.unpackbits(data, count=math.prod(self._shape))
        return data.view(self._dtype).reshape(self._shape)


class _ArrayChange:
    """An array before and after an edit, each of which may be missing.

    Only their difference is kept where both have one shape, and nothing where they are the same.
    """

    def __init__(self, before: NDArray[Any] | None, after: NDArray[Any] | None) -> None:
        self._same = before is after
        self._difference: tuple[Part, _Packed] | None = None
        self._sides: tuple[_Packed | None, ...] = ()
        if self._same:
            return
        if before is not None and after is not None and before.shape == after.shape:
            part = differing_part(before, after)
            self._difference = part, _Packed(_bits(before[part]) ^ _bits(after[part]))
        else:
            self._sides = tuple(None if side is None else _Packed(side) for side in (before, after))

    def side(self, number: int, current: NDArray[Any] | None) -> NDArray[Any] | None:
        """Return the array before (0) or after (1) the edit; `current` is the other of them."""
        if self._same:
            return current
        if self._difference is not None:
            assert current is not None  # noqa: S101 - for the type checker: both are arrays
            part, difference = self._difference
            bits: NDArray[Any] = _bits(current[part]) ^ difference.unpacked()
            return drawn(current, part, bits.view(current.dtype))
        packed = self._sides[number]
        return None if packed is None else packed.unpacked()


def _bits(array: NDArray[Any]) -> NDArray[Any]:
    """Heights as whole numbers, whose bits can be compared."""
    return np.ascontiguousarray(array).view(np.uint32) if array.dtype == np.float32 else array


class EditMap(QUndoCommand):
    """An edit of the map, stored as the cells that differ.

    If the sizes differ, the cells of both maps are stored whole and packed.

    Args:
        text: the text of the undo entry, such as "Draw walls".
        before: the map before the edit.
        after: the map after the edit.
        current: returns the current map, from which undo and redo start.
        show: called with the resulting map.
        swap: exchanges the document's title and file for those of the other side of the edit, if
            the edit makes a different document.
    """

    def __init__(
        self,
        text: str,
        before: GridMap,
        after: GridMap,
        *,
        current: Callable[[], GridMap],
        show: Callable[[GridMap], None],
        swap: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(text)
        self._current = current
        self._show = show
        self._swap = swap
        self._rest = _rest(before), _rest(after)
        self._changes = {
            name: _ArrayChange(getattr(before, name), getattr(after, name)) for name in _ARRAYS
        }
        # The stack calls `redo` when the command is pushed, and the map is known at that time.
        self._known_after: GridMap | None = after

    def undo(self) -> None:
        """Restore the map before the edit."""
        grid = self._grid_of(0)
        if self._swap is not None:
            self._swap()
        self._show(grid)

    def redo(self) -> None:
        """Restore the map after the edit."""
        after, self._known_after = self._known_after, None
        after = after or self._grid_of(1)
        if self._swap is not None:
            self._swap()
        self._show(after)

    def _grid_of(self, side: int) -> GridMap:
        current = self._current()
        arrays: dict[str, Any] = {
            name: change.side(side, getattr(current, name))
            for name, change in self._changes.items()
        }
        return GridMap(**arrays, **self._rest[side])


def _rest(grid: GridMap) -> dict[str, Any]:
    """What is kept as it is: all but the arrays."""
    names = (field.name for field in fields(grid) if field.name not in _ARRAYS)
    return {name: getattr(grid, name) for name in names}
