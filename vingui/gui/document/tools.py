"""The tools that draw on a map, and the strokes that they make of the mouse's cells.

A stroke begins where a button is pressed. It says what the map looks like after each cell that
the mouse comes to; shapes and markers always from the map at the press, so what they covered on
the way comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core import map_edits as drawing
from vingui.core.grid import Cell, GridMap

Marker = int
"""What can be dragged: the place of a start among the map's, or `GOAL`."""

GOAL: Final[Marker] = -1


@dataclass(frozen=True)
class StrokeStart:
    """What a stroke begins with.

    Attributes:
        grid: the map.
        cell: the cell under the mouse.
        left: the left button or the right one.
        brush: the brush's side in cells.
    """

    grid: GridMap
    cell: Cell
    left: bool
    brush: int


class Stroke:
    """What one press, its moves and its release draw. As it is, nothing.

    Args:
        text: what it does, for the Undo entry.
        grid: the map at the press.

    Attributes:
        before: the map at the press.
        grid: the map as it is drawn so far.
    """

    def __init__(self, text: str, grid: GridMap) -> None:
        self.text = text
        self.before = grid
        self.grid = grid

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        """The map once the mouse is over `cell`.

        Args:
            cell: the cell under the mouse; it may lie outside of the map.
            straight: whether to keep to one of eight directions, or to a square.
        """
        return self.grid


class _Freehand(Stroke):
    """The cells that the mouse passes over. A straight part follows the mouse until its end."""

    def __init__(self, text: str, press: StrokeStart, *, wall: bool) -> None:
        super().__init__(text, press.grid)
        self._wall, self._brush = wall, press.brush
        self._last = press.cell
        self._bend: tuple[GridMap, Cell] | None = None

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        if not straight:
            self._bend = None
        elif self._bend is None:
            self._bend = self.grid, self._last
        grid, first = self._bend or (self.grid, self._last)
        self._last = _aligned(first, cell) if straight else cell
        line = drawing.line_cells(first, self._last)
        self.grid = drawing.paint(grid, line, wall=self._wall, brush=self._brush)
        return self.grid


class _Shape(Stroke):
    """A shape from the cell of the press to the one under the mouse."""

    def __init__(
        self,
        text: str,
        press: StrokeStart,
        *,
        wall: bool,
        cells: Callable[[Cell, Cell], NDArray[np.int64]],
        align: Callable[[Cell, Cell], Cell],
    ) -> None:
        super().__init__(text, press.grid)
        self._wall, self._brush = wall, press.brush
        self._first, self._cells, self._align = press.cell, cells, align

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        cell = _inside(self.before, cell)
        if straight:
            cell = self._align(self._first, cell)
        cells = self._cells(self._first, cell)
        self.grid = drawing.paint(self.before, cells, wall=self._wall, brush=self._brush)
        return self.grid


class _Placing(Stroke):
    """A marker that is put where the mouse is; where it may not be, it stays where it was.

    Args:
        text: what it does, for the Undo entry.
        press: where the mouse took hold of it.
        put: the map with the marker on a cell; the same map where it may not be.
        marker: where the marker is at the press; where the mouse is if left out.
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
        cell = _inside(self.before, (cell[0] + self._offset[0], cell[1] + self._offset[1]))
        moved = self._put(self.before, cell)
        if moved is not self.before or cell == self._marker:
            self.grid = moved
        return self.grid


def _inside(grid: GridMap, cell: Cell) -> Cell:
    """The cell of the map nearest to `cell`."""
    return min(max(cell[0], 0), grid.rows - 1), min(max(cell[1], 0), grid.cols - 1)


def _aligned(first: Cell, cell: Cell) -> Cell:
    """The cell nearest to `cell` that lies straight or diagonally from `first`."""
    rows, cols = cell[0] - first[0], cell[1] - first[1]
    if abs(cols) > 2 * abs(rows):
        return first[0], cell[1]
    if abs(rows) > 2 * abs(cols):
        return cell[0], first[1]
    return _squared(first, cell)


def _squared(first: Cell, cell: Cell) -> Cell:
    """The corner of a square that begins at `first`, nearest to `cell`."""
    rows, cols = cell[0] - first[0], cell[1] - first[1]
    side = max(abs(rows), abs(cols))
    return (
        first[0] + (side if rows >= 0 else -side),
        first[1] + (side if cols >= 0 else -side),
    )


def _pencil(press: StrokeStart) -> Stroke:
    return _freehand(press, wall=press.left)


def _eraser(press: StrokeStart) -> Stroke:
    return _freehand(press, wall=not press.left)


def _freehand(press: StrokeStart, *, wall: bool) -> Stroke:
    return _Freehand("Draw walls" if wall else "Erase walls", press, wall=wall)


def _line(press: StrokeStart) -> Stroke:
    text = "Draw a line" if press.left else "Erase a line"
    return _Shape(text, press, wall=press.left, cells=drawing.line_cells, align=_aligned)


def _rectangle(press: StrokeStart, *, filled: bool) -> Stroke:
    text = "Draw a rectangle" if press.left else "Erase a rectangle"
    cells = partial(drawing.rectangle_cells, filled=filled)
    return _Shape(text, press, wall=press.left, cells=cells, align=_squared)


def _fill(press: StrokeStart) -> Stroke:
    stroke = Stroke("Fill with walls" if press.left else "Erase a region", press.grid)
    stroke.grid = drawing.flood(press.grid, press.cell, wall=press.left)
    return stroke


def _goal(press: StrokeStart) -> Stroke:
    if press.left:
        return _Placing("Place the goal", press, drawing.move_goal)
    stroke = Stroke("Remove the goal", press.grid)
    if press.cell == press.grid.goal:
        stroke.grid = press.grid.with_goal(None)
    return stroke


def _start(press: StrokeStart) -> Stroke:
    if press.left:
        return _Placing("Add a start", press, drawing.add_start)
    stroke = Stroke("Remove a start", press.grid)
    stroke.grid = drawing.remove_start(press.grid, press.cell)
    return stroke


def drag(press: StrokeStart, marker: Marker) -> Stroke:
    """A stroke that takes a marker along, however far from its middle the mouse took hold."""
    if marker == GOAL:
        return _Placing("Move the goal", press, drawing.move_goal, press.grid.goal)
    put = partial(_put_start, marker)
    return _Placing("Move a start", press, put, press.grid.starts[marker])


def _put_start(marker: Marker, grid: GridMap, cell: Cell) -> GridMap:
    return drawing.move_start(grid, marker, cell)


def marker_cell(grid: GridMap, marker: Marker) -> Cell | None:
    """The cell that a marker is on."""
    return grid.goal if marker == GOAL else grid.starts[marker]


@dataclass(frozen=True)
class Tool:
    """One row of the table.

    Attributes:
        id: its name in code and in the settings.
        text: its menu entry, with an `&` before the letter that chooses it.
        icon: the name of its icon.
        tip: one line that says what it does.
        shortcut: the key that takes it.
        begin: the stroke that a press begins; `None` for one that pans.
        brushed: whether the brush's size matters to it.
        marks: whether it places goal or starts.
    """

    id: str
    text: str
    icon: str
    tip: str
    shortcut: str
    begin: Callable[[StrokeStart], Stroke] | None
    brushed: bool = False
    marks: bool = False


TOOLS: Final = (
    Tool(
        "pencil",
        "&Pencil",
        "pencil",
        "Draw walls; erase with the right button; keep straight with Shift",
        "D",
        _pencil,
        brushed=True,
    ),
    Tool(
        "eraser",
        "&Eraser",
        "eraser",
        "Erase walls; draw with the right button",
        "E",
        _eraser,
        brushed=True,
    ),
    Tool(
        "line",
        "L&ine",
        "line",
        "Draw a line of walls; erase one with the right button; keep it straight with Shift",
        "L",
        _line,
        brushed=True,
    ),
    Tool(
        "rectangle",
        "&Rectangle",
        "rectangle",
        "Draw a rectangle's outline; erase one with the right button; make it a square with Shift",
        "R",
        partial(_rectangle, filled=False),
        brushed=True,
    ),
    Tool(
        "rectangle-filled",
        "Filled re&ctangle",
        "rectangle-filled",
        "Draw a filled rectangle; clear one with the right button; make it a square with Shift",
        "Shift+R",
        partial(_rectangle, filled=True),
    ),
    Tool(
        "fill",
        "&Fill",
        "fill",
        "Fill a region with walls; make walls that touch free with the right button",
        "F",
        _fill,
    ),
    Tool(
        "goal",
        "&Goal",
        "goal",
        "Place the goal; remove it with the right button",
        "Shift+G",
        _goal,
        marks=True,
    ),
    Tool(
        "start",
        "S&tarts",
        "start",
        "Add a start; remove one with the right button",
        "Shift+S",
        _start,
        marks=True,
    ),
    Tool("pan", "Pa&n", "pan", "Move the map", "H", None),
)
"""Every tool, in the order of the toolbar."""

_BY_ID: Final = {tool.id: tool for tool in TOOLS}


def tool_named(id_: str) -> Tool:
    """The tool of that id; the pencil where there is none."""
    return _BY_ID.get(id_, TOOLS[0])


def begin(tool: Tool, press: StrokeStart) -> Stroke | None:
    """The stroke that a press begins with a tool, its first cell drawn; `None` where it pans."""
    if tool.begin is None:
        return None
    stroke = tool.begin(press if tool.brushed else replace(press, brush=1))
    stroke.move(press.cell)
    return stroke
