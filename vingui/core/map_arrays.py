"""The arrays of maps: checked, and read-only."""

from typing import Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.drawn_cells import DrawnCells
from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.core.terrain import Palette

MAX_HEIGHT: Final = 1e5
"""The greatest height in metres, and minus the least."""

_T = TypeVar("_T", bound=np.generic)


def frozen(array: NDArray[_T]) -> NDArray[_T]:
    """Return the array as nobody can change it: itself if it is so already, or else a copy.

    A read-only array may still change through its base, or through a view taken while it was
    writable. Only one over bytes or of drawn cells cannot.
    """
    if isinstance(array.base, bytes | DrawnCells):
        return array
    return np.ndarray(array.shape, array.dtype, array.tobytes())


def frozen_terrain(
    terrain: ArrayLike, walls: NDArray[np.bool_], palette: Palette
) -> NDArray[np.uint8] | None:
    """Check the terrain of a map, and return it read-only, with kind 0 on walls.

    Args:
        terrain: `(rows, cols)` uint8, the kind of each cell.
        walls: `(rows, cols)` bool.
        palette: the kinds.

    Returns:
        The terrain; `None` where every cell is of kind 0.

    Raises:
        VinguiError: the shape or the dtype is another one, or a cell is not in the palette.
    """
    array = np.asarray(terrain)
    if array.dtype != np.uint8 or array.shape != walls.shape:
        raise VinguiError(
            f"Expected terrain as a uint8 array of shape {walls.shape}, "
            f"received {array.dtype} of shape {array.shape}"
        )
    if np.logical_and(array, walls).any():
        array = np.where(walls, np.uint8(0), array)
    highest = int(array.max())
    if highest >= len(palette):
        raise VinguiError(
            f"A cell is of terrain {highest}, but the palette has {counted(len(palette), 'kind')}, "
            "counted from 0"
        )
    return frozen(array) if highest else None


def frozen_elevation(elevation: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Check the elevation of a map, and return it read-only.

    Args:
        elevation: `(rows, cols)` float32, the height of each cell in metres.
        shape: that of the map.

    Raises:
        VinguiError: the shape or the dtype is another one, or a height is out of bounds.
    """
    array = np.asarray(elevation)
    if array.dtype != np.float32 or array.shape != shape:
        raise VinguiError(
            f"Expected elevation as a float32 array of shape {shape}, "
            f"received {array.dtype} of shape {array.shape}"
        )
    # Also false for what is not a number.
    if not (array.min() >= -MAX_HEIGHT and array.max() <= MAX_HEIGHT):
        raise VinguiError(
            f"Every height of the elevation must be a number from {-MAX_HEIGHT:z,.0f} to "
            f"{MAX_HEIGHT:z,.0f} metres"
        )
    return frozen(array)
