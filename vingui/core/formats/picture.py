"""Maps from pictures: PNG, JPEG, GIF, WebP, BMP and the PGM family. Dark is wall.

With levels, greys are costs: white is the lightest level, and only what is nearly black is wall.
The costs of a map with terrain are written like that. With heights, greys are elevation, and
slopes are terrain.

Reading and thresholding are separate, so that a dialog can show the threshold live: it calls
`read_grey` once, and `thresholded` whenever the options change.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.formats.base import PLACE_RULE, Format, only_map
from vingui.core.formats.cells import Cells, block_sizes, block_sums, cells_of
from vingui.core.formats.cost_levels import (
    MAX_LEVELS,
    first_palette,
    has_terrain,
    palette_levels,
)
from vingui.core.formats.heights import map_of_heights
from vingui.core.formats.options import DEFAULT_OPTIONS, PictureOptions, ReadOptions
from vingui.core.formats.pixels import read_grey
from vingui.core.grid import GridMap
from vingui.core.phrases import counted

_BLACK: Final = 16
"""With levels, greys below this are walls by default: JPEG's black has some of them."""

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
    """The map of a picture, and how it was found.

    Attributes:
        grid: the walls and, with levels, the terrain.
        threshold: the grey below which a pixel is dark.
        counts: `(256,)` int64, how many pixels inside the crop have each grey.
        note: how the map was found, in one or two sentences.
    """

    grid: GridMap
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
    return data_set(path.stem, found.grid, (*source.notes, found.note))


def data_set(name: str, grid: GridMap, notes: tuple[str, ...]) -> DataSet:
    """The data set of a picture's map."""
    return DataSet(name, (grid,), notes, PLACE_RULE, real_place=True)


def thresholded(grey: NDArray[np.uint8], options: PictureOptions) -> ThresholdedPicture:
    """Make the map of a picture.

    Args:
        grey: `(height, width)` uint8, from `read_grey`.
        options: how to read it.

    Raises:
        VinguiError: the map would have a size that no map may have, or the crop is not inside
            the picture.
    """
    cells = cells_of(grey.shape, options)
    counts = histogram(cells.part(grey))
    threshold = threshold_of(options, counts)
    grid = grid_of(grey, replace(options, threshold=threshold))
    return ThresholdedPicture(grid, threshold, counts, _note(cells, options, threshold, counts))


def grid_of(grey: NDArray[np.uint8], options: PictureOptions) -> GridMap:
    """The map that a picture shows.

    Args:
        grey: `(height, width)` uint8, from `read_grey`.
        options: how to read it.

    Raises:
        VinguiError: as `thresholded`.
    """
    cells = cells_of(grey.shape, options)
    part = cells.part(grey)
    threshold = options.threshold
    if threshold is None:
        threshold = threshold_of(options, histogram(part))
    dark = part < threshold
    if options.invert:
        np.logical_not(dark, out=dark)
    walls = cells.marked_cells(dark)
    if options.heights is not None:
        shades = block_sums(part, cells.side) / (255 * block_sizes(part.shape, cells.side))
        return map_of_heights(options.heights.of_shades(shades), options.heights.side, walls)
    if options.levels is None:
        return GridMap(walls)
    greys = np.arange(256)
    # The greys that are no walls, from the lightest to the darkest, or the other way round.
    shades = (
        greys / max(threshold, 1) if options.invert else (255 - greys) / max(256 - threshold, 1)
    )
    terrain = options.levels.of_shades(shades)[cells.means(part, ~dark)]
    return GridMap(walls, terrain=terrain, palette=options.levels.palette)


def threshold_of(options: PictureOptions, counts: NDArray[np.int64]) -> int:
    """The grey below which a pixel is dark.

    Args:
        options: how to read the picture.
        counts: `(256,)` int64, how many pixels have each grey.
    """
    if options.threshold is not None:
        return options.threshold
    if options.heights is not None:
        return 256 if options.invert else 0
    if options.levels is None:
        return otsu(counts)
    return 256 - _BLACK if options.invert else _BLACK


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
    """Write a data set's only map, one pixel for each cell: walls black, costs as greys.

    A picture has no place for the goal and the starts.

    Raises:
        VinguiError: the data set has several maps.
    """
    grid, greys = only_map(dataset), np.array([255], np.uint8)
    if has_terrain(grid):
        found = palette_levels(grid.palette, most=MAX_LEVELS)
        # The lightest grey of each level.
        below = -(-np.array(found.of_kinds) * (256 - _BLACK) // found.levels.count)
        greys = (255 - below).astype(np.uint8)
    save_grey(path, grid, greys)


def save_grey(path: Path, grid: GridMap, greys: NDArray[np.uint8]) -> None:
    """Write a map, one pixel for each cell: walls black, free cells of their kind's grey."""
    from PIL import Image

    kind = "PPM" if path.suffix.lower() == ".pgm" else "PNG"
    free = greys[0] if grid.terrain is None else greys[grid.terrain]
    Image.fromarray(np.where(grid.walls, np.uint8(0), free)).save(path, format=kind)


def terrain_loss(maps: Sequence[GridMap]) -> str:
    """How a picture keeps costs, in a sentence; empty where there are none."""
    palette = first_palette(maps)
    if palette is None:
        return ""
    found = palette_levels(palette, most=MAX_LEVELS)
    levels = found.levels
    how = "" if found.exact else ", rounded to one of these"
    return (
        f"A picture keeps costs as greys{how}, without names and colours: read it with "
        f"{counted(levels.count, 'level')} of costs from {levels.lightest:zg} to "
        f"{levels.darkest:zg} (--levels {levels.count} "
        f"--costs {levels.lightest:zg},{levels.darkest:zg})."
    )


def _note(cells: Cells, options: PictureOptions, threshold: int, counts: NDArray[np.int64]) -> str:
    if options.heights is not None and options.threshold is None:
        return f"Read {cells}. Greys became {options.heights}."
    if np.count_nonzero(counts) == 1 and options.levels is None:
        return f"Read {cells}; they have one grey only."
    side = "not darker" if options.invert else "darker"
    otsus = options.threshold is None and options.levels is None
    how = f"threshold {threshold} of 255{' (Otsu)' if otsus else ''}"
    greys = options.levels or options.heights
    costs = f" Greys became {greys}." if greys else ""
    if cells.side == 1:
        return f"Read {cells}, {how}: pixels that are {side} are walls.{costs}"
    share = f"{cells.share * 100:z.4g}%"
    return (
        f"Read {cells}, {how}: a cell is a wall if {share} of its pixels or more are {side}.{costs}"
    )


FORMAT: Final = Format(
    name="picture",
    title="Picture",
    suffixes=(".png", ".pgm", ".pbm", ".ppm", ".bmp", ".jpg", ".jpeg", ".gif", ".webp"),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".png", ".pgm"),
    keeps_markers=False,
    terrain_loss=terrain_loss,
)
