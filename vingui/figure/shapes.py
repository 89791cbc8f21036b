"""Paths in colours on the page: all that is neither a picture nor letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from vingui.core.tint import rgb

LIGHT_INK: Final = (1.0, 1.0, 1.0, 0.92)
DARK_INK: Final = (16 / 255, 18 / 255, 24 / 255, 0.88)
"""What is drawn over dark colours, and over light ones."""

_CIRCLE: Final = Path.unit_circle()
_SQUARE: Final = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], float)

Colour = str | tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Shape:
    """One path.

    Attributes:
        path: in the page's pixels, y downwards.
        face: what it is filled with.
        edge: what its line is drawn in.
        width: of the line, in points.
        dashes: how long its dashes and what is between them are, in line widths; `None` for none.
    """

    path: Path
    face: Colour = "none"
    edge: Colour = "none"
    width: float = 0.0
    dashes: tuple[float, float] | None = None


class Shapes(PathCollection):
    """Paths, drawn one after the other."""

    def __init__(self, shapes: Sequence[Shape], **properties: Any) -> None:
        super().__init__([], joinstyle="round", capstyle="butt", **properties)
        self.show(shapes)

    def show(self, shapes: Sequence[Shape]) -> None:
        """Draw these from now on."""
        shown = [shape for shape in shapes if vertices(shape.path).size]
        self.set_visible(bool(shown))
        if shown:
            self.set_paths([shape.path for shape in shown])
            # One colour more than a single path needs: Matplotlib would stamp it as a marker, half
            # a pixel aside.
            self.set_facecolor([shape.face for shape in (*shown, shown[0])])
            self.set_edgecolor([shape.edge for shape in shown])
            self.set_linewidth([shape.width for shape in shown])
            dashes: list[Any] = [(0.0, shape.dashes) for shape in shown]
            self.set_linestyle(dashes)


@dataclass(frozen=True)
class Place:
    """Where the cells of a panel are on the page.

    Attributes:
        left: the left edge of the first column, in pixels.
        top: the upper edge of the first row.
        cell: a cell's side.
    """

    left: float
    top: float
    cell: float

    def points(self, cells: ArrayLike) -> NDArray[np.float64]:
        """`(n, 2)` points as x, y in cells, (0, 0) the corner of the first, in pixels."""
        return np.asarray(cells, float).reshape(-1, 2) * self.cell + (self.left, self.top)

    def path(self, cells: Path) -> Path:
        """A path in cells in pixels."""
        return Path(self.points(vertices(cells)), cells.codes)

    def middle(self, row: float, col: float) -> tuple[float, float]:
        """The middle of a cell as x, y."""
        return self.left + (col + 0.5) * self.cell, self.top + (row + 0.5) * self.cell


def vertices(path: Path) -> NDArray[np.float64]:
    """`(n, 2)` a path's points."""
    return np.asarray(path.vertices, np.float64)


def circle(at: tuple[float, float], radius: float) -> Path:
    """A circle about a point."""
    return Path(vertices(_CIRCLE) * radius + at, _CIRCLE.codes)


def square(at: tuple[float, float], half: float) -> Path:
    """A square about a point, given half its side."""
    return Path(_SQUARE * half + at, closed=True)


def rectangle(left: float, top: float, width: float, height: float) -> Path:
    """A rectangle by its upper left corner."""
    return Path((_SQUARE + 1) / 2 * (width, height) + (left, top), closed=True)


def cross(at: tuple[float, float], arm: float) -> Path:
    """Two lines that cross."""
    ends = np.array([(-1, -1), (1, 1), (-1, 1), (1, -1)], float)
    return Path(ends * arm + at, [Path.MOVETO, Path.LINETO] * 2)


def line(points: ArrayLike) -> Path:
    """A line through points."""
    return Path(np.asarray(points, float).reshape(-1, 2))


def strokes(left: float, top: float, side: float) -> Path:
    """The hatching of a small square."""
    x, y, half = (left, left + side), (top, top + side), side / 2
    return joined(
        [
            line([(x[0], y[0] + half), (x[0] + half, y[0])]),
            line([(x[0], y[1]), (x[1], y[0])]),
            line([(x[0] + half, y[1]), (x[1], y[0] + half)]),
        ]
    )


def joined(paths: Sequence[Path]) -> Path:
    """Several paths as one: where they overlap, see-through colours do not add up."""
    return Path.make_compound_path(*paths) if paths else Path(np.empty((0, 2)))


def seen_through(colour: str, share: float) -> tuple[float, float, float, float]:
    """A colour written `#rrggbb` that lets through what is beneath, but for a share."""
    red, green, blue = (part / 255 for part in rgb(colour))
    return red, green, blue, share
