"""Strokes: what is drawn from the press of a button to its release, cell by cell.

A stroke begins when a button is pressed, and computes the map after each move of the mouse. Shapes
and markers are always drawn on the map from the press, so that what they covered on the way is
restored.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vingui.core import map_edits
from vingui.core.grid import MAX_DEMONSTRATED_CELLS, Cell, Demonstration, GridMap
from vingui.core.map_edits import WALL
from vingui.core.moves import DEFAULT_RULE, MoveRule
from vingui.core.path_drawing import begin_path, extend_path


@dataclass(frozen=True)
class StrokeStart:
    """The state at the press that begins a stroke.

    Attributes:
        grid: the map.
        cell: the cell under the mouse.
        left: whether the left button was pressed, not the right one.
        brush: the side of the brush in cells.
        material: what the left button draws: `WALL` or a kind of terrain.
        adds: whether the goal tool adds a goal instead of moving the first one.
        rule: the movement rule that demonstrations follow.
    """

    grid: GridMap
    cell: Cell
    left: bool
    brush: int
    material: int = WALL
    adds: bool = False
    rule: MoveRule = DEFAULT_RULE

    @property
    def drawn(self) -> int:
        """What the pressed button draws; the right one erases."""
        return self.material if self.left else 0


class Stroke:
    """What is drawn from a press to its release. The base class draws nothing.

    Args:
        text: the text of the undo entry.
        grid: the map at the press.

    Attributes:
        before: the map at the press.
        grid: the map as drawn so far.
    """

    def __init__(self, text: str, grid: GridMap) -> None:
        self.text = text
        self.before = grid
        self.grid = grid

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        """Move the mouse to a cell, and return the map as drawn so far.

        Args:
            cell: the cell under the mouse, which may be outside of the map.
            straight: whether to limit a line to eight directions, or a rectangle to a square.
        """
        return self.grid


class Freehand(Stroke):
    """Paints the cells under the mouse, or a straight line from where `straight` began."""

    def __init__(self, text: str, press: StrokeStart, *, material: int) -> None:
        super().__init__(text, press.grid)
        self._material, self._brush = material, press.brush
        self._last = press.cell
        self._bend: tuple[GridMap, Cell] | None = None

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        """Paint the cells since the last move."""
        if not straight:
            self._bend = None
        elif self._bend is None:
            self._bend = self.grid, self._last
        grid, first = self._bend or (self.grid, self._last)
        self._last = aligned(first, cell) if straight else cell
        line = map_edits.line_cells(first, self._last)
        self.grid = map_edits.paint(grid, line, material=self._material, brush=self._brush)
        return self.grid


class Shape(Stroke):
    """Paints a shape from the cell of the press to the cell under the mouse."""

    def __init__(
        self,
        text: str,
        press: StrokeStart,
        *,
        material: int,
        cells: Callable[[Cell, Cell], NDArray[np.int64]],
        align: Callable[[Cell, Cell], Cell],
    ) -> None:
        super().__init__(text, press.grid)
        self._material, self._brush = material, press.brush
        self._first, self._cells, self._align = press.cell, cells, align

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        """Paint the shape anew."""
        cell = inside(self.before, cell)
        if straight:
            cell = self._align(self._first, cell)
        cells = self._cells(self._first, cell)
        self.grid = map_edits.paint(self.before, cells, material=self._material, brush=self._brush)
        return self.grid


class Placing(Stroke):
    """Places a marker at the mouse; where that is not allowed, the marker stays where it was.

    Args:
        text: the text of the undo entry.
        press: the press.
        put: returns the map with the marker on a cell, or the same map if that is not allowed.
        marker: the marker's cell at the press; the mouse's cell if left out.
    """

    def __init__(
        self,
        text: str,
        press: StrokeStart,
        put: Callable[[GridMap, Cell], GridMap],
        marker: Cell | None = None,
    ) -> None:
        super().__init__(text, press.grid)
        self._put = put
        self._marker = marker
        row, col = marker or press.cell
        self._offset = row - press.cell[0], col - press.cell[1]

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        """Place the marker, if it may be there."""
        cell = inside(self.before, (cell[0] + self._offset[0], cell[1] + self._offset[1]))
        moved = self._put(self.before, cell)
        if moved is not self.before or cell == self._marker:
            self.grid = moved
        return self.grid


class Demonstrating(Stroke):
    """Leads a path after the mouse by legal moves, and adds it to the map's demonstrations.

    It grows no further where these have as many cells as a map may hold.
    """

    def __init__(self, text: str, press: StrokeStart) -> None:
        super().__init__(text, press.grid)
        self._rule = press.rule
        self._path = begin_path(press.grid.walls, press.cell)
        demonstrated = sum(len(shown.cells) for shown in press.grid.demonstrations)
        self._room = MAX_DEMONSTRATED_CELLS - demonstrated

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        """Lead the path on; back over its last cells, take these back."""
        if self._path and self._room > 1:
            path = extend_path(self._path, cell, self.before.walls, self._rule)
            self._path = path[: self._room]
        if len(self._path) > 1:
            shown = (*self.before.demonstrations, Demonstration(self._path))
            self.grid = self.before.with_demonstrations(shown)
        else:
            self.grid = self.before
        return self.grid


def inside(grid: GridMap, cell: Cell) -> Cell:
    """Return the cell of the map that is nearest to `cell`."""
    return min(max(cell[0], 0), grid.rows - 1), min(max(cell[1], 0), grid.cols - 1)


def aligned(first: Cell, cell: Cell) -> Cell:
    """Return the cell nearest to `cell` that is straight or diagonal from `first`."""
    rows, cols = cell[0] - first[0], cell[1] - first[1]
    if abs(cols) > 2 * abs(rows):
        return first[0], cell[1]
    if abs(rows) > 2 * abs(cols):
        return cell[0], first[1]
    return squared(first, cell)


def squared(first: Cell, cell: Cell) -> Cell:
    """Return the corner, nearest to `cell`, of a square whose opposite corner is `first`."""
    rows, cols = cell[0] - first[0], cell[1] - first[1]
    side = max(abs(rows), abs(cols))
    return (
        first[0] + (side if rows >= 0 else -side),
        first[1] + (side if cols >= 0 else -side),
    )
