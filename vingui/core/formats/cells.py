"""From the pixels of a picture to the cells of a map."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.formats.options import HALF, Crop, PictureOptions, crop_text, pixel_size
from vingui.core.grid import MAX_SIDE, check_shape

_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True)
class Cells:
    """How the pixels of a picture become cells.

    Cells at the right and the bottom edge may be cut off by the edge of the picture.

    Attributes:
        pixels: the picture's height and width in pixels.
        crop: the part of the picture that is read.
        side: the side of a cell in pixels.
        share: the share of marked pixels from which a cell is marked.
    """

    pixels: tuple[int, int]
    crop: Crop
    side: int
    share: float

    @property
    def shape(self) -> tuple[int, int]:
        """The rows and columns of cells."""
        _, _, rows, cols = self.crop
        return -(-rows // self.side), -(-cols // self.side)

    def part(self, pixels: NDArray[_Kind]) -> NDArray[_Kind]:
        """The cropped part of a picture, a view."""
        top, left, rows, cols = self.crop
        return pixels[top : top + rows, left : left + cols]

    def marked_cells(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The cells with at least one marked pixel, and at least the share `share` of them.

        Args:
            marked: bool, a pixel of the cropped part each.

        Returns:
            Bool of the shape `shape`, a cell each.
        """
        if self.side == 1:
            return marked
        sums = block_sums(marked, self.side)
        return np.asarray(sums >= np.maximum(self.share * block_sizes(marked.shape, self.side), 1))

    def means(self, values: NDArray[np.uint8], counted: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """The mean of some of the pixels of each cell, rounded.

        Args:
            values: uint8, a pixel of the cropped part each.
            counted: bool of the same shape, which pixels count.

        Returns:
            Uint8 of the shape `shape`, 0 in cells of which no pixel counts.
        """
        if self.side == 1:
            return np.where(counted, values, np.uint8(0))
        sums = block_sums(np.where(counted, values, np.uint8(0)), self.side)
        counts = np.maximum(block_sums(counted, self.side), 1)
        return np.asarray((2 * sums + counts) // (2 * counts), np.uint8)

    def __str__(self) -> str:
        what = pixel_size(*self.pixels)
        if self.crop != (0, 0, *self.pixels):
            what = f"{crop_text(self.crop)}, of {what}"
        if self.side == 1:
            return f"{what} as cells"
        rows, cols = self.shape
        return f"{what} as {rows}x{cols} cells (rows x columns) of {self.side}x{self.side} pixels"


def cells_of(pixels: tuple[int, ...], options: PictureOptions, *, share: float = HALF) -> Cells:
    """How a picture is divided into cells.

    Args:
        pixels: the picture's height and width in pixels.
        options: how to read it.
        share: the share of marked pixels, unless the options have one.

    Raises:
        VinguiError: the crop is not inside the picture, or no map may have the size.
    """
    rows, cols = pixels
    crop = options.crop or (0, 0, rows, cols)
    if crop[0] + crop[2] > rows or crop[1] + crop[3] > cols:
        raise VinguiError(
            f"The crop must lie inside the {pixel_size(rows, cols)}; it is {crop_text(crop)}"
        )
    side = options.cell or fitting_cell(*crop[2:], options.longest or MAX_SIDE)
    chosen = share if options.dark_share is None else options.dark_share
    cells = Cells((rows, cols), crop, side, chosen)
    check_shape(*cells.shape, what="the map of this picture")
    return cells


def fitting_cell(rows: int, cols: int, longest: int = MAX_SIDE) -> int:
    """The smallest side of a cell in pixels at which no side of the map exceeds `longest`."""
    return max(1, -(-max(rows, cols) // longest))


def block_sums(values: NDArray[np.bool_ | np.uint8], side: int) -> NDArray[np.int64]:
    """The sum of each block of side x side values; blocks at the edges may be cut off.

    Args:
        values: `(height, width)` bool or uint8.
        side: the side of a block.

    Returns:
        `(rows, cols)` int64, one for each block.
    """
    height, width = values.shape
    # Row after row of all blocks at once, then column after column: whole rows are added many
    # times as fast as the few values of a block.
    tall = np.zeros((-(-height // side), width), np.uint32)
    for row in range(min(side, height)):
        part = values[row::side]
        tall[: len(part)] += part
    sums = np.zeros((len(tall), -(-width // side)), np.int64)
    for col in range(min(side, width)):
        columns = tall[:, col::side]
        sums[:, : columns.shape[1]] += columns
    return sums


def block_sizes(shape: tuple[int, ...], side: int) -> NDArray[np.int64]:
    """The number of values in each block of `block_sums`."""
    heights, widths = (np.minimum(side, length - np.arange(0, length, side)) for length in shape)
    return np.outer(heights, widths)
