"""The part of each page that differs from the page before."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vingui.figure.encoding.film_spec import Pages


class Change(NamedTuple):
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


def changes(pages: Pages, *, step: int = 1) -> Iterator[Change]:
    """Yield what changed on each page; of the first page, everything.

    Where nothing changed it is one pixel, because a frame has to have one.

    Args:
        pages: the film's pages.
        step: top and left of a change are multiples of it, as some formats require.
    """
    before: NDArray[np.uint32] | None = None
    for page in pages:
        pixels = np.ascontiguousarray(page).view(np.uint32)[..., 0]
        if before is None:
            before = pixels.copy()
            yield Change(0, 0, before.copy())
            continue
        changed = pixels != before
        rows, cols = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not rows.size:
            yield Change(0, 0, np.zeros((1, 1), np.uint32))
            continue
        top, left = (int(places[0]) // step * step for places in (rows, cols))
        part = (slice(top, rows[-1] + 1), slice(left, cols[-1] + 1))
        before[part] = pixels[part]
        yield Change(top, left, np.where(changed[part], pixels[part], np.uint32(0)))
