"""Which part of a page differs from the page before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Change:
    """The smallest rectangle of a page that holds all changed pixels.

    Attributes:
        top: its first row.
        left: its first column.
        pixels: `(height, width)` uint32, the four bytes of each pixel as RGBA; 0, which is
            transparent, where it did not change.
    """

    top: int
    left: int
    pixels: NDArray[np.uint32]

    @property
    def height(self) -> int:
        """In pixels, 1 or more."""
        return len(self.pixels)

    @property
    def width(self) -> int:
        """In pixels, 1 or more."""
        return int(self.pixels.shape[1])

    @property
    def rgba(self) -> NDArray[np.uint8]:
        """The same pixels as `(height, width, 4)` uint8."""
        return self.pixels.view(np.uint8).reshape(*self.pixels.shape, 4)


class Changes:
    """Compares each page with the one before.

    Args:
        step: top and left of a change are multiples of it, as some formats require.
    """

    def __init__(self, *, step: int = 1) -> None:
        self._step = step
        self._before: NDArray[np.uint32] | None = None

    def next(self, page: NDArray[np.uint8]) -> Change:
        """Return what changed on the next page; of the first page, everything.

        Where nothing changed it is one pixel, because a frame has to have one.

        Args:
            page: `(height, width, 4)`, opaque RGBA.
        """
        pixels = np.ascontiguousarray(page).view(np.uint32)[..., 0]
        if self._before is None:
            self._before = pixels.copy()
            return Change(0, 0, self._before.copy())
        changed = pixels != self._before
        rows, cols = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not rows.size:
            return Change(0, 0, np.zeros((1, 1), np.uint32))
        top, left = (int(one[0]) // self._step * self._step for one in (rows, cols))
        part = (slice(top, rows[-1] + 1), slice(left, cols[-1] + 1))
        self._before[part] = pixels[part]
        new = np.where(changed[part], pixels[part], np.uint32(0))
        return Change(top, left, new)
