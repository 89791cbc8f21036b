"""What of a page is not as it was on the page before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Change:
    """The smallest part of a page that holds all that changed.

    Attributes:
        top: its first row.
        left: its first column.
        pixels: `(height, width)` uint32: the four bytes of each pixel, RGBA; 0 where it did not
            change, which is transparent.
        whole: whether every pixel of it changed.
    """

    top: int
    left: int
    pixels: NDArray[np.uint32]
    whole: bool

    @property
    def height(self) -> int:
        """In pixels, 1 or more."""
        return len(self.pixels)

    @property
    def width(self) -> int:
        """Likewise."""
        return int(self.pixels.shape[1])

    @property
    def rgba(self) -> NDArray[np.uint8]:
        """`(height, width, 4)`: the same pixels."""
        return self.pixels.view(np.uint8).reshape(*self.pixels.shape, 4)


class Changes:
    """Tells of pages that follow each other what has changed.

    Args:
        step: the top and the left of a change are multiples of it, as some formats want.
    """

    def __init__(self, *, step: int = 1) -> None:
        self._step = step
        self._before: NDArray[np.uint32] | None = None

    def of(self, page: NDArray[np.uint8]) -> Change:
        """What is new on the next page; of the first, everything.

        Where nothing changed it is one pixel, for a frame has to have one.

        Args:
            page: `(height, width, 4)`, opaque RGBA.
        """
        pixels = np.ascontiguousarray(page).view(np.uint32)[..., 0]
        if self._before is None:
            self._before = pixels.copy()
            return Change(0, 0, self._before.copy(), whole=True)
        changed = pixels != self._before
        rows, cols = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not rows.size:
            return Change(0, 0, np.zeros((1, 1), np.uint32), whole=False)
        top, left = (int(one[0]) // self._step * self._step for one in (rows, cols))
        part = (slice(top, rows[-1] + 1), slice(left, cols[-1] + 1))
        self._before[part] = pixels[part]
        new = np.where(changed[part], pixels[part], np.uint32(0))
        return Change(top, left, new, whole=bool(changed[part].all()))
