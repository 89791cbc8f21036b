"""Making maps of pictures, which is slow for large pictures and done in background threads."""

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
from vingui.core.formats.base import blank_map_warning
from vingui.core.formats.cells import cells_of
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.options import pixel_size
from vingui.core.formats.picture_bounds import MAX_PIXELS
from vingui.core.grid import MAX_SIDE, MIN_SIDE
from vingui.gui.importing.cost_fields import Costs

_SHOWN_SIDE: Final = 1024
"""The longest side in pixels of the reduced picture that is shown."""

_SUITED_SIDE: Final = 256
"""The longest side in cells of the proposed map, so that a plan takes about a second."""

_DRAFT_PIXELS: Final = 1 << 20
"""The number of pixels that a draft is made of, which takes a few milliseconds."""

_LARGE_PIXELS: Final = 1 << 22
"""The number of pixels from which a draft saves time."""


@dataclass(frozen=True, eq=False)
class SourcePicture:
    """A picture that was read.

    Attributes:
        name: the name of the map.
        grey: `(rows, cols)` uint8 from 0 (black) to 255 (white), read-only.
        notes: how its file was read, one sentence each.
        shown: the picture reduced to the size of a screen.
        two_greys: whether it has two grey values only, as pictures of maps do.

    Raises:
        VinguiError: it is too small for a map.
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
                f"The picture has {pixel_size(rows, cols)}; a map needs {MIN_SIDE}x{MIN_SIDE} "
                "or more"
            )
        step = -(-max(rows, cols) // _SHOWN_SIDE)
        shown = self.grey if step == 1 else pixels.reduced(self.grey, step)
        object.__setattr__(self, "shown", shown)
        greys = np.count_nonzero(picture.histogram(self.grey))
        object.__setattr__(self, "two_greys", greys <= 2)

    @property
    def suited_longest(self) -> int:
        """The longest side in cells of the map that is proposed."""
        side = int(max(self.grey.shape))
        if self.two_greys and side <= MAX_SIDE:
            return side
        return min(side, _SUITED_SIDE)


@dataclass(frozen=True, eq=False)
class ImportedMap:
    """The map that was made of a picture.

    Attributes:
        dataset: the map alone, with a note on how it was made.
        threshold: the grey value below which a pixel is dark.
        counts: `(256,)` number of pixels of each grey value in the crop; `None` for a draft.
    """

    dataset: DataSet
    threshold: int
    counts: NDArray[np.int64] | None = None


def read_picture(path: Path) -> SourcePicture:
    """Read the file of a picture.

    Raises:
        VinguiError: it cannot be read, or is too small; one line with the file's name.
    """
    with reading(path):
        found = pixels.read_grey(path)
        return SourcePicture(path.stem, found.grey, found.notes)


def picture_from_image(image: QImage, name: str) -> SourcePicture:
    """Convert a picture from the clipboard; what is transparent becomes white.

    Raises:
        VinguiError: it cannot be read, or is too large or too small.
    """
    if image.isNull():
        raise VinguiError("The picture on the clipboard cannot be read")
    if image.width() * image.height() > MAX_PIXELS:
        raise VinguiError(
            f"The picture has {pixel_size(image.height(), image.width())}; "
            f"at most {MAX_PIXELS:,} can be read"
        )
    grey = _plane(image, QImage.Format.Format_Grayscale8)
    if image.hasAlphaChannel():
        alpha = _plane(image, QImage.Format.Format_Alpha8).astype(np.uint16)
        grey = ((grey * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return SourcePicture(name, grey)


def make_map(
    source: SourcePicture, options: PictureOptions, costs: Costs | None = None
) -> ImportedMap:
    """Make the map of a picture.

    Args:
        source: the picture.
        options: how to read it.
        costs: how greys become costs; `None` for no costs.

    Raises:
        VinguiError: no map can have the size, the crop is not inside the picture, or the costs
            make no levels.
    """
    options = _with_costs(options, costs)
    found = picture.thresholded(source.grey, options)
    grid = found.grid
    note = " ".join(filter(None, (blank_map_warning((grid,)), *source.notes, found.note)))
    return ImportedMap(picture.data_set(source.name, grid, (note,)), found.threshold, found.counts)


def draft(
    source: SourcePicture, options: PictureOptions, costs: Costs | None = None
) -> ImportedMap | None:
    """Make nearly the same map from some of the pixels; `None` if that would save no time."""
    options = _with_costs(options, costs)
    cells = cells_of(source.grey.shape, options)
    part = cells.part(source.grey)
    if part.size < _LARGE_PIXELS:
        return None
    side = max(1, min(cells.side, math.isqrt(_DRAFT_PIXELS // math.prod(cells.shape))))
    some = part[np.ix_(*(_places(length, cells.side, side) for length in part.shape))]
    threshold = options.threshold
    if threshold is None:
        threshold = picture.threshold_of(options, picture.histogram(some))
    reduced = replace(options, threshold=threshold, cell=side, longest=None, crop=None)
    grid = picture.grid_of(some, reduced)
    return ImportedMap(picture.data_set(source.name, grid, ()), threshold)


def _with_costs(options: PictureOptions, costs: Costs | None) -> PictureOptions:
    return options if costs is None else replace(options, levels=CostLevels(*costs))


def _places(length: int, cell: int, side: int) -> NDArray[np.int64]:
    """Pick `side` pixels of each cell along a side of a picture."""
    cells = -(-length // cell)
    places = (np.arange(cells * side) * 2 + 1) * cell // (2 * side)
    return np.minimum(places, length - 1)


def _plane(image: QImage, kind: QImage.Format) -> NDArray[np.uint8]:
    plane = image.convertToFormat(kind)
    rows = np.frombuffer(plane.constBits(), np.uint8).reshape(plane.height(), plane.bytesPerLine())
    return rows[:, : plane.width()].copy()
