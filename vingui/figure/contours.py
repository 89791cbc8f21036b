"""Lines of equal value."""

from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.layers import Layer
from vingui.figure.shapes import joined
from vingui.figure.ticks import ticks

_LEVELS: Final = 12

_Lines = list[tuple[float, Path]]


def contour_lines(layer: Layer, valued: NDArray[np.bool_]) -> _Lines:
    """Lines of equal value at round numbers, between the middles of cells that have one.

    Args:
        layer: whose.
        valued: `(rows, cols)` bool, the cells that have a value.

    Returns:
        For each level its lines as one path in cells.
    """
    from contourpy import LineType, contour_generator

    if min(valued.shape) < 2 or not valued.any():
        return []
    generator = contour_generator(
        z=np.where(valued, layer.values, np.nan).astype(np.float64),
        name="serial",
        line_type=LineType.ChunkCombinedCode,
    )
    lines = []
    for level in _levels(layer):
        points, codes = (chunks[0] for chunks in generator.lines(level))
        if points is not None and codes is not None:
            lines.append((level, Path(np.asarray(points) + 0.5, codes)))
    return lines


def shaded(lines: _Lines, layer: Layer, dark: NDArray[np.bool_]) -> tuple[Path, Path]:
    """The lines on dark colours, and those on light ones.

    Args:
        lines: of a layer.
        layer: whose.
        dark: `(n,)`, on which of its colours, from low to high, something dark is better seen.
    """
    parts: tuple[list[Path], list[Path]] = ([], [])
    for level, path in lines:
        place = round((level - layer.low) / (layer.high - layer.low) * (len(dark) - 1))
        parts[int(dark[min(max(place, 0), len(dark) - 1)])].append(path)
    return joined(parts[0]), joined(parts[1])


def _levels(layer: Layer) -> list[float]:
    # Near the ends, and where differences vanish, rounding errors would draw lines.
    air = 0.005 * (layer.high - layer.low)
    inner = [
        level
        for level in ticks(layer.low, layer.high, most=_LEVELS)
        if layer.low + air < level < layer.high - air
    ]
    return [level for level in inner if layer.kind == "sequential" or abs(level) > air]
