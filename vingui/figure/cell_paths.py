"""Cells as paths: areas of cells, and the lines between them. x is the col and y the row."""

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.figure.shapes import segments

_RECTANGLE = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]


def cell_area(cells: NDArray[np.bool_]) -> Path:
    """Return the area of cells as one path, a rectangle for each run of cells in a row.

    As they are parts of one path, no seams appear between them, however it is drawn.

    Args:
        cells: `(rows, cols)`.

    Returns:
        Rectangles, a cell's corners being whole numbers.
    """
    y, left, right = _runs(cells)
    corners = [(left, y), (right, y), (right, y + 1), (left, y + 1), (left, y)]
    vertices = np.moveaxis(np.array(corners, float), 2, 0).reshape(-1, 2)
    return Path(vertices, np.tile(_RECTANGLE, len(y)).astype(Path.code_type))


def cell_lines(free: NDArray[np.bool_], *, shift: float) -> Path:
    """Return the lines between free cells as one path, in pieces as long as possible.

    Args:
        free: `(rows, cols)`.
        shift: how far to move them to the right and down, in cells.
    """
    x, top, bottom = _runs((free[:, 1:] & free[:, :-1]).T)
    y, left, right = _runs(free[1:] & free[:-1])
    upright = np.stack([x + 1 + shift, top, x + 1 + shift, bottom], axis=1)
    level = np.stack([left, y + 1 + shift, right, y + 1 + shift], axis=1)
    return segments(np.concatenate([upright, level]))


def _runs(
    cells: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the row of each run of cells, and the cols where it begins and ends."""
    ends = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, begin = np.nonzero(ends == 1)
    return row, begin, np.nonzero(ends == -1)[1]
