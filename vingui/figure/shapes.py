"""Groups of coloured paths that are drawn as a single Matplotlib artist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from numpy.typing import ArrayLike

LIGHT_INK: Final = (1.0, 1.0, 1.0, 0.92)
DARK_INK: Final = (16 / 255, 18 / 255, 24 / 255, 0.88)
"""Ink over dark colours, and over light ones."""

EMPTY: Final[Path] = Path(np.empty((0, 2)))

Colour = str | tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Shape:
    """A path with its colours.

    Attributes:
        path: the path in the coordinates of its axes.
        face: fill colour.
        edge: line colour.
        width: line width in points.
        dashes: lengths of dashes and gaps in line widths; `None` for a solid line.
    """

    path: Path
    face: Colour = "none"
    edge: Colour = "none"
    width: float = 0.0
    dashes: tuple[float, float] | None = None


class Shapes(PathCollection):
    """Shapes drawn in order as one artist, which is faster than one artist each."""

    def __init__(self, shapes: Sequence[Shape] = (), **properties: Any) -> None:
        super().__init__([], joinstyle="round", capstyle="butt", **properties)
        self.set_shapes(shapes)

    def set_shapes(self, shapes: Sequence[Shape]) -> None:
        """Replace the shapes."""
        shown = [shape for shape in shapes if np.size(shape.path.vertices)]
        self.set_visible(bool(shown))
        if shown:
            self.set_paths([shape.path for shape in shown])
            # One colour more than a single path needs: Matplotlib would draw it as a marker, half
            # a pixel off.
            self.set_facecolor([shape.face for shape in (*shown, shown[0])])
            self.set_edgecolor([shape.edge for shape in shown])
            self.set_linewidth([shape.width for shape in shown])
            dashes: list[Any] = [(0.0, shape.dashes) for shape in shown]
            self.set_linestyle(dashes)


def rectangle(left: float, top: float, width: float, height: float) -> Path:
    """A rectangle given by one corner and its sides."""
    corners = [(0, 0), (width, 0), (width, height), (0, height), (0, 0)]
    return Path(np.add(corners, (left, top)), closed=True)


def square(at: Point, half: float) -> Path:
    """A square given by its centre and half its side."""
    return rectangle(at[0] - half, at[1] - half, 2 * half, 2 * half)


def cross(at: Point, arm: float) -> Path:
    """Two crossing diagonal lines."""
    return segments(np.multiply([(-1, -1), (1, 1), (-1, 1), (1, -1)], arm) + at)


def segments(ends: ArrayLike) -> Path:
    """Separate straight lines, given `(2 * n, 2)` the two ends of each."""
    points = np.asarray(ends, float).reshape(-1, 2)
    return Path(points, np.tile([Path.MOVETO, Path.LINETO], len(points) // 2))
