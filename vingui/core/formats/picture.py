"""Maps from pictures: PNG, JPEG, GIF, WebP, BMP and the PGM family. Dark is wall.

Reading and thresholding are separate, so that a dialog can show the threshold live: it calls
`read_grey` once, and `thresholded` whenever the options change.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.formats.base import PLACE_RULE, Format, only_map
from vingui.core.formats.cells import Cells, cells_of
from vingui.core.formats.options import DEFAULT_OPTIONS, PictureOptions, ReadOptions
from vingui.core.formats.pixels import read_grey
from vingui.core.grid import GridMap

_BMP_HEADER_SIZES: Final = (12, 16, 40, 52, 56, 64, 108, 124)


def matches(head: bytes, path: Path) -> bool:
    """Whether it begins like a picture of one of these formats."""
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")):
        return True
    if head.startswith(b"RIFF"):
        return head[8:12] == b"WEBP"
    if head.startswith(b"BM"):
        # The two letters alone would match many texts.
        return int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES
    return re.match(rb"P[1-6]\s", head) is not None


@dataclass(frozen=True, eq=False)
class ThresholdedPicture:
    """The walls of a picture, and how they were found.

    Attributes:
        walls: `(rows, cols)` bool.
        threshold: the grey below which a pixel is dark.
        counts: `(256,)` int64, how many pixels inside the crop have each grey.
        note: how the walls were found, in one sentence.
    """

    walls: NDArray[np.bool_]
    threshold: int
    counts: NDArray[np.int64]
    note: str


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a picture as a map without goal and starts.

    Raises:
        VinguiError: it is not a valid picture, too large, or its map has a size that no map may
            have.
        OSError: it cannot be read.
    """
    source = read_grey(path)
    found = thresholded(source.grey, options.picture)
    return data_set(path.stem, GridMap(found.walls), (*source.notes, found.note))


def data_set(name: str, grid: GridMap, notes: tuple[str, ...]) -> DataSet:
    """The data set of a picture's map."""
    return DataSet(name, (grid,), notes, PLACE_RULE, real_place=True)


def thresholded(grey: NDArray[np.uint8], options: PictureOptions) -> ThresholdedPicture:
    """Make the walls of a picture.

    Args:
        grey: `(height, width)` uint8, from `read_grey`.
        options: how to read it.

    Raises:
        VinguiError: the map would have a size that no map may have, or the crop is not inside
            the picture.
    """
    cells = cells_of(grey.shape, options)
    counts = histogram(cells.part(grey))
    threshold = otsu(counts) if options.threshold is None else options.threshold
    walls = walls_of(grey, replace(options, threshold=threshold))
    return ThresholdedPicture(walls, threshold, counts, _note(cells, options, threshold, counts))


def walls_of(grey: NDArray[np.uint8], options: PictureOptions) -> NDArray[np.bool_]:
    """The walls that a picture shows, `(rows, cols)` bool.

    Args:
        grey: `(height, width)` uint8, from `read_grey`.
        options: how to read it.

    Raises:
        VinguiError: as `thresholded`.
    """
    cells = cells_of(grey.shape, options)
    part = cells.part(grey)
    dark = part < (otsu(histogram(part)) if options.threshold is None else options.threshold)
    if options.invert:
        np.logical_not(dark, out=dark)
    return cells.marked_cells(dark)


def histogram(grey: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many pixels have each of the 256 greys, `(256,)` int64."""
    from PIL import Image

    return np.array(Image.fromarray(np.atleast_2d(grey)).histogram(), np.int64)


def otsu(histogram: NDArray[np.int64]) -> int:
    """Otsu's threshold, 1 to 255, below which a pixel is dark.

    It maximises the variance between dark and light pixels (Otsu 1979), and is in the middle of
    equally good thresholds. For a picture of a single grey it is 128.

    Args:
        histogram: `(256,)` int64, how many pixels have each grey.
    """
    counts = histogram.astype(np.float64)
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = counts * np.arange(256)
    sum_below = np.cumsum(sums)[:-1]
    split = (below > 0) & (above > 0)
    if not split.any():
        return 128
    between = np.zeros(255)
    mean_gap = sum_below[split] / below[split] - (sums.sum() - sum_below[split]) / above[split]
    between[split] = below[split] * above[split] * mean_gap**2
    best = np.flatnonzero(between == between.max())
    return int(best[0] + best[-1]) // 2 + 1


def write(path: Path, dataset: DataSet) -> None:
    """Write the walls of a data set's only map, one pixel for each cell, walls black.

    A picture has no place for the goal and the starts.

    Raises:
        VinguiError: the data set has several maps.
    """
    write_pixels(path, only_map(dataset), free=255)


def write_pixels(path: Path, grid: GridMap, *, free: int) -> None:
    """Write a map's walls, one pixel for each cell, walls black and free cells of a grey."""
    from PIL import Image

    kind = "PPM" if path.suffix.lower() == ".pgm" else "PNG"
    Image.fromarray(np.where(grid.walls, np.uint8(0), np.uint8(free))).save(path, format=kind)


def _note(cells: Cells, options: PictureOptions, threshold: int, counts: NDArray[np.int64]) -> str:
    if np.count_nonzero(counts) == 1:
        return f"Read {cells}; they have one grey only."
    side = "not darker" if options.invert else "darker"
    how = f"threshold {threshold} of 255{' (Otsu)' if options.threshold is None else ''}"
    if cells.side == 1:
        return f"Read {cells}, {how}: pixels that are {side} are walls."
    share = f"{cells.share * 100:z.4g}%"
    return f"Read {cells}, {how}: a cell is a wall if {share} of its pixels or more are {side}."


FORMAT: Final = Format(
    name="picture",
    title="Picture",
    suffixes=(".png", ".pgm", ".pbm", ".ppm", ".bmp", ".jpg", ".jpeg", ".gif", ".webp"),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".png", ".pgm"),
    keeps_markers=False,
)
