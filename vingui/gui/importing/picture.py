"""A picture on its way to a map: read once, seen anew with every change of the options.

All of it takes long with large pictures, and runs in background threads.
"""

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import reading
from vingui.core.formats import PictureOptions, picture, pixels
from vingui.core.formats.base import uniform_note
from vingui.core.formats.cells import cells_of
from vingui.core.formats.options import pixel_size
from vingui.core.formats.picture_bounds import MAX_PIXELS
from vingui.core.grid import MAX_SIDE, MIN_SIDE, GridMap

_SHOWN_SIDE: Final = 1024
"""The longest side of the picture that is shown, in pixels."""

_SUITED_SIDE: Final = 256
"""The longest side of a map that is proposed, in cells: planned within a second or so."""

_DRAFT_PIXELS: Final = 1 << 20
"""So many pixels make a draft: some milliseconds of work."""

_LARGE_PIXELS: Final = 1 << 22
"""The smallest picture that is worth a draft."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that was read.

    Attributes:
        name: what to call the map.
        grey: `(rows, cols)` uint8, 0 black to 255 white, read-only.
        notes: what there is to know about its file, one sentence each.
        shown: the same, reduced to a size that a screen shows.
        two_greys: whether it is drawn in two greys only, as pictures of maps are.
    """

    name: str
    grey: NDArray[np.uint8]
    notes: tuple[str, ...] = ()
    shown: NDArray[np.uint8] = field(init=False)
    two_greys: bool = field(init=False)

    def __post_init__(self) -> None:
        self.grey.flags.writeable = False
        rows, cols = self.grey.shape
        if min(rows, cols) < MIN_SIDE:
            raise VinguiError(
                f"Expected a picture of {MIN_SIDE}x{MIN_SIDE} pixels or more, "
                f"received {pixel_size(rows, cols)}"
            )
        step = -(-max(rows, cols) // _SHOWN_SIDE)
        shown = self.grey if step == 1 else pixels.reduced(self.grey, step)
        object.__setattr__(self, "shown", shown)
        greys = np.count_nonzero(picture.histogram(self.grey))
        object.__setattr__(self, "two_greys", greys <= 2)

    @property
    def suited_longest(self) -> int:
        """The longest side in cells of a map that suits it."""
        side = int(max(self.grey.shape))
        if self.two_greys and side <= MAX_SIDE:
            return side
        return min(side, _SUITED_SIDE)


@dataclass(frozen=True, eq=False)
class ImportedMap:
    """The map that a picture comes to.

    Attributes:
        grid: the map.
        threshold: the grey below which a pixel is dark.
        counts: `(256,)` pixels of each grey in the part that is taken; `None` in a draft.
        note: what was done, one sentence; empty in a draft.
    """

    grid: GridMap
    threshold: int
    counts: NDArray[np.int64] | None = None
    note: str = ""

    def data_set(self, name: str) -> DataSet:
        """The data set of it alone."""
        return picture.data_set(name, self.grid, (self.note,))


def read_picture(path: Path) -> Picture:
    """Read a picture's file.

    Raises:
        VinguiError: it is none that can be read; one line with the file's name.
    """
    with reading(path):
        found = pixels.read_grey(path)
        return Picture(path.stem, found.grey, found.notes)


def picture_of(image: QImage, name: str) -> Picture:
    """A picture as it comes from the clipboard, transparency over white.

    Raises:
        VinguiError: there is none, or it is too large or too small.
    """
    if image.isNull():
        raise VinguiError("Expected a picture, received one that cannot be read")
    if image.width() * image.height() > MAX_PIXELS:
        raise VinguiError(
            f"Expected a picture of at most {MAX_PIXELS:,} pixels, "
            f"received {image.height()}x{image.width()}"
        )
    grey = _plane(image, QImage.Format.Format_Grayscale8)
    if image.hasAlphaChannel():
        alpha = _plane(image, QImage.Format.Format_Alpha8).astype(np.uint16)
        grey = ((grey * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return Picture(name, grey)


def made(source: Picture, options: PictureOptions) -> ImportedMap:
    """The map of a picture.

    Raises:
        VinguiError: the options fit no map.
    """
    found = picture.seen(source.grey, options)
    grid = GridMap(found.walls)
    note = " ".join(filter(None, (uniform_note((grid,)), *source.notes, found.note)))
    return ImportedMap(grid, found.threshold, found.counts, note)


def draft(source: Picture, options: PictureOptions) -> ImportedMap | None:
    """About the same from some of the pixels; `None` where the map itself is made as quickly."""
    cells = cells_of(source.grey.shape, options)
    part = cells.part(source.grey)
    if part.size < _LARGE_PIXELS:
        return None
    side = max(1, min(cells.side, math.isqrt(_DRAFT_PIXELS // math.prod(cells.shape))))
    some = part[np.ix_(*(_places(length, cells.side, side) for length in part.shape))]
    threshold = picture.otsu(some) if options.threshold is None else options.threshold
    seen = replace(options, threshold=threshold, cell=side, longest=None, crop=None)
    return ImportedMap(GridMap(picture.walls_of(some, seen)), threshold)


def _places(length: int, cell: int, side: int) -> NDArray[np.int64]:
    """So many places a cell along a side of a picture, at least one in each cell."""
    cells = -(-length // cell)
    places = (np.arange(cells * side) * 2 + 1) * cell // (2 * side)
    return np.minimum(places, length - 1)


def _plane(image: QImage, kind: QImage.Format) -> NDArray[np.uint8]:
    plane = image.convertToFormat(kind)
    rows = np.frombuffer(plane.constBits(), np.uint8).reshape(plane.height(), plane.bytesPerLine())
    return rows[:, : plane.width()].copy()
