"""Cells as paths: their outline, and the lines between them. x is the col and y the row."""

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.figure.shapes import EMPTY, segments

_Edges = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def outline(cells: NDArray[np.bool_]) -> Path:
    """Return the outline of cells as one path without inner edges.

    So no seams appear between them, however it is drawn.

    Args:
        cells: `(rows, cols)`.

    Returns:
        Closed polygons, a cell's corners being whole numbers.
    """
    padded = np.pad(cells, 1).astype(np.int8)
    # Edges run so that their cells are on the right.
    y, left, right = _edges(np.diff(padded[:, 1:-1], axis=0), forward=1)
    x, upper, lower = _edges(np.diff(padded[1:-1], axis=1).T, forward=-1)
    if not y.size:
        return EMPTY
    stride = cells.shape[1] + 1
    upright = _meeting(y * stride + right, upper * stride + x)
    level = _meeting(lower * stride + x, y * stride + left)
    order, sizes = _cycles(level[upright])
    # Upright edges have the same corners as the level ones.
    corners = np.empty((2 * order.size, 2))
    corners[0::2] = np.stack([left, y], axis=1)[order]
    corners[1::2] = np.stack([right, y], axis=1)[order]
    return _closed(corners, 2 * sizes)


def cell_lines(free: NDArray[np.bool_], *, shift: float) -> Path:
    """Return the lines between free cells as one path, in pieces as long as possible.

    Args:
        free: `(rows, cols)`.
        shift: how far to move them to the right and down, in cells.
    """
    x, top, bottom = _edges((free[:, 1:] & free[:, :-1]).T.astype(np.int8), forward=1)
    y, left, right = _edges((free[1:] & free[:-1]).astype(np.int8), forward=1)
    if not x.size + y.size:
        return EMPTY
    upright = np.stack([x + 1 + shift, top, x + 1 + shift, bottom], axis=1)
    level = np.stack([left, y + 1 + shift, right, y + 1 + shift], axis=1)
    return segments(np.concatenate([upright, level]))


def _edges(change: NDArray[np.int8], *, forward: int) -> _Edges:
    """Return each edge's line and the places where it begins and ends.

    Args:
        change: `(lines, n)`, 1 and -1 for pieces of an edge in either direction, 0 for none.
        forward: the direction in which places rise.
    """
    found: list[tuple[NDArray[np.int64], ...]] = []
    for way in (1, -1):
        ends = np.diff(np.pad(change == way, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        line, low = np.nonzero(ends == 1)
        high = np.nonzero(ends == -1)[1]
        found.append((line, low, high) if way == forward else (line, high, low))
    line, begin, end = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return line, begin, end


def _meeting(ends: NDArray[np.int64], begins: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each edge that ends an edge that begins there, each of them once."""
    onward = np.empty_like(ends)
    onward[np.argsort(ends, kind="stable")] = np.argsort(begins, kind="stable")
    return onward


def _cycles(onward: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cycles of a permutation, one after another, and the length of each."""
    after = onward.tolist()
    order: list[int] = []
    sizes: list[int] = []
    for first in range(len(after)):
        here, before = first, len(order)
        while after[here] >= 0:
            order.append(here)
            after[here], here = -1, after[here]
        if len(order) > before:
            sizes.append(len(order) - before)
    return np.array(order), np.array(sizes)


def _closed(corners: NDArray[np.float64], sizes: NDArray[np.int64]) -> Path:
    """Return polygons as one path, given their corners and how many each has."""
    ends = np.cumsum(sizes)
    begins = ends - sizes
    codes = np.full(len(corners), Path.LINETO, Path.code_type)
    codes[begins] = Path.MOVETO
    return Path(
        np.insert(corners, ends, corners[begins], axis=0),
        np.insert(codes, ends, Path.CLOSEPOLY),
    )
