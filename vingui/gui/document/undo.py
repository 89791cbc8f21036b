"""The undo command for edits of the map."""

import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand

from vingui.core.grid import GridMap


class _Packed:
    """A `(rows, cols)` bool array, packed to one bit per cell and compressed."""

    def __init__(self, cells: NDArray[np.bool_]) -> None:
        self._shape = cells.shape
        self._data = zlib.compress(np.packbits(cells).tobytes(), level=1)

    def unpacked(self) -> NDArray[np.bool_]:
        bits = np.frombuffer(zlib.decompress(self._data), np.uint8)
        count = self._shape[0] * self._shape[1]
        return np.unpackbits(bits, count=count).view(np.bool_).reshape(self._shape)


class EditMap(QUndoCommand):
    """An edit of the map, stored as the cells that differ.

    If the sizes differ, both maps are stored whole and packed.

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
        self._before = before.goal, before.starts, before.frame
        self._after = after.goal, after.starts, after.frame
        self._flipped: _Packed | None = None
        self._walls: tuple[_Packed, _Packed] | None = None
        if before.walls.shape == after.walls.shape:
            self._flipped = _Packed(before.walls ^ after.walls)
        else:
            self._walls = _Packed(before.walls), _Packed(after.walls)
        # The stack calls `redo` when the command is pushed, and the map is known at that time.
        self._known_after: GridMap | None = after

    def undo(self) -> None:
        """Restore the map before the edit."""
        grid = GridMap(self._walls_of(0), *self._before)
        if self._swap is not None:
            self._swap()
        self._show(grid)

    def redo(self) -> None:
        """Restore the map after the edit."""
        after, self._known_after = self._known_after, None
        after = after or GridMap(self._walls_of(1), *self._after)
        if self._swap is not None:
            self._swap()
        self._show(after)

    def _walls_of(self, side: int) -> NDArray[np.bool_]:
        if self._flipped is not None:
            return self._current().walls ^ self._flipped.unpacked()
        assert self._walls is not None  # noqa: S101 - for the type checker: one of the two is set
        return self._walls[side].unpacked()
