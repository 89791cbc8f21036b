"""Contour lines: lines of equal value."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.ticks import ticks
from vingui.core.value_layers import Layer

Lines = list[tuple[float, NDArray[np.float64]]]
"""For each level its lines: `(n, 2)` x, y in cells, a row of `nan` after each line."""

_LEVELS: Final = 12


def contour_lines(layer: Layer, valued: NDArray[np.bool_]) -> Lines:
    """The contour lines of a layer at round values.

    They run between the middles of cells that have a value.

    Args:
        layer: the layer.
        valued: `(rows, cols)` bool, the cells that have a value.
    """
    from contourpy import LineType, contour_generator

    if min(valued.shape) < 2 or not valued.any():
        return []
    generator = contour_generator(
        z=np.where(valued, layer.values, np.nan).astype(np.float64),
        name="serial",
        line_type=LineType.ChunkCombinedNan,
    )
    lines = []
    for level in _levels(layer):
        (points,) = generator.lines(level)[0]
        if points is not None:
            lines.append((level, np.vstack([points + 0.5, [[np.nan, np.nan]]])))
    return lines


def _levels(layer: Layer) -> list[float]:
    # Near the ends, and where differences vanish, rounding errors would draw lines.
    air = 0.005 * (layer.high - layer.low)
    inner = [
        level
        for level in ticks(layer.low, layer.high, most=_LEVELS)
        if layer.low + air < level < layer.high - air
    ]
    return [level for level in inner if layer.kind == "sequential" or abs(level) > air]


def split_by_shade(
    lines: Lines, layer: Layer, dark: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split contour lines into those over dark colours and those over light ones.

    Args:
        lines: the contour lines of `layer`.
        layer: the layer.
        dark: `(n,)` bool for its colours from low to high: whether a dark line shows better there.

    Returns:
        `(n, 2)` and `(m, 2)` float64 as in `Lines`: for a light line, and for a dark one.
    """
    parts: tuple[list[NDArray[np.float64]], ...] = ([], [])
    for level, points in lines:
        place = round((level - layer.low) / (layer.high - layer.low) * (len(dark) - 1))
        parts[int(dark[min(max(place, 0), len(dark) - 1)])].append(points)
    on_dark, on_light = (np.concatenate([np.empty((0, 2)), *part]) for part in parts)
    return on_dark, on_light
