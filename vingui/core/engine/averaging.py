"""Pictures of maps that are larger than the screen: each pixel is the average of its cells."""

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled


@compiled
def average(
    entries: NDArray[np.unsignedinteger],
    colours: NDArray[np.float32],
    image: NDArray[np.uint32],
) -> None:
    """Fill a picture of a map.

    Args:
        entries: `(rows, cols)` unsigned, the index of each cell in `colours`.
        colours: `(n, 4)` float32, red, green and blue of 0 to 255; the last one is not used.
        image: `(height, width)` uint32, filled with 0xffRRGGBB: at most a pixel for each cell.
    """
    sums = np.empty((entries.shape[1], 4), np.float32)
    for y in range(image.shape[0]):
        _fill(entries, colours, image, sums, y, 0, image.shape[1])


@compiled
def average_around(
    entries: NDArray[np.unsignedinteger],
    colours: NDArray[np.float32],
    image: NDArray[np.uint32],
    cells: NDArray[np.int64],
    visited: NDArray[np.int32],
    visit: int,
) -> None:
    """Fill the pixels that some cells lie in.

    Args:
        entries: as for `average`.
        colours: the same.
        image: the same.
        cells: `(n,)`, the flat indices of the cells.
        visited: `(height, width)`, for each pixel the last visit that has filled it.
        visit: the number of this visit.
    """
    (rows, cols), (height, width) = entries.shape, image.shape
    sums = np.empty((cols, 4), np.float32)
    for cell in cells:
        row, col = cell // cols, cell % cols
        for y in range(row * height // rows, ((row + 1) * height - 1) // rows + 1):
            for x in range(col * width // cols, ((col + 1) * width - 1) // cols + 1):
                if visited[y, x] != visit:
                    visited[y, x] = visit
                    _fill(entries, colours, image, sums, y, x, x + 1)


@compiled
def _fill(
    entries: NDArray[np.unsignedinteger],
    colours: NDArray[np.float32],
    image: NDArray[np.uint32],
    sums: NDArray[np.float32],
    y: int,
    left: int,
    right: int,
) -> None:
    """Fill some pixels of a row: each cell is weighted by the area of the pixel that it covers."""
    (rows, cols), (height, width) = entries.shape, image.shape
    first, last = left * cols // width, (right * cols - 1) // width + 1
    sums[first:last] = 0
    for row in range(y * rows // height, ((y + 1) * rows - 1) // height + 1):
        # In units of 1 / height of a cell, and below of 1 / width: whole numbers.
        tall = np.float32(min((row + 1) * height, (y + 1) * rows) - max(row * height, y * rows))
        for col in range(first, last):
            for channel in range(4):
                sums[col, channel] += tall * colours[entries[row, col], channel]
    area = np.float32(rows * cols)
    for x in range(left, right):
        red = green = blue = np.float32(0)
        for col in range(x * cols // width, ((x + 1) * cols - 1) // width + 1):
            wide = np.float32(min((col + 1) * width, (x + 1) * cols) - max(col * width, x * cols))
            red += wide * sums[col, 0]
            green += wide * sums[col, 1]
            blue += wide * sums[col, 2]
        half = np.float32(0.5)
        colour = int(red / area + half) << 16 | int(green / area + half) << 8
        image[y, x] = np.uint32(0xFF000000 | colour | int(blue / area + half))
