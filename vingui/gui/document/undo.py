"""The undo command for edits of the map."""

import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand

from vingui.core.grid import GridMap


class _Packed:
    """The walls and the terrain of a map, or where those of two maps differ, compressed."""

    def __init__(self, walls: NDArray[np.bool_], terrain: NDArray[np.uint8] | None) -> None:
        self._shape = walls.shape
        self._walls = zlib.compress(np.packbits(walls).tobytes(), level=1)
        self._terrain = None if terrain is None else zlib.compress(terrain.tobytes(), level=1)

    def unpacked(self) -> tuple[NDArray[np.bool_], NDArray[np.uint8] | None]:
        bits = np.frombuffer(zlib.decompress(self._walls), np.uint8)
        walls = np.unpackbits(bits, count=math.prod(self._shape)).view(np.bool_)
        terrain = None
        if self._terrain is not None:
            terrain = np.frombuffer(zlib.decompress(self._terrain), np.uint8).reshape(self._shape)
        return walls.reshape(self._shape), terrain


def _difference(
    one: NDArray[np.uint8] | None, other: NDArray[np.uint8] | None
) -> NDArray[np.uint8] | None:
    """Where two terrains differ, by which bits; terrain that is `None` is 0 everywhere."""
    if one is None or other is None:
        return other if one is None else one
    return one ^ other


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
        self._sides = _rest(before), _rest(after)
        self._difference: _Packed | None = None
        self._cells: tuple[_Packed, _Packed] | None = None
        if before.walls.shape == after.walls.shape:
            terrain = _difference(before.terrain, after.terrain)
            self._difference = _Packed(before.walls ^ after.walls, terrain)
        else:
            self._cells = _Packed(before.walls, before.terrain), _Packed(after.walls, after.terrain)
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
        if self._difference is not None:
            flipped, difference = self._difference.unpacked()
            current = self._current()
            walls, terrain = current.walls ^ flipped, _difference(current.terrain, difference)
        else:
            assert self._cells is not None  # noqa: S101 - for the type checker: one is set
            walls, terrain = self._cells[side].unpacked()
        return GridMap(walls, terrain=terrain, **self._sides[side])


def _rest(grid: GridMap) -> dict[str, Any]:
    """What is kept as it is: all but the cells."""
    return {
        "goals": grid.goals,
        "starts": grid.starts,
        "frame": grid.frame,
        "palette": grid.palette,
        "goal_values": grid.goal_values,
    }
