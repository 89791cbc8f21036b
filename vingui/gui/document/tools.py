"""The drawing tools, and the strokes that they make from the cells under the mouse.

A stroke begins when a button is pressed, and computes the map after each move of the mouse. Shapes
and markers are always drawn on the map from the press, so that what they covered on the way is
restored.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vingui.core import map_edits
from vingui.core.grid import Cell, GridMap
from vingui.core.map_edits import WALL


class Marker(NamedTuple):
    """What can be dragged: a goal or a start, by its place among the map's goals or starts."""

    kind: Literal["goal", "start"]
    number: int


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
    """

    grid: GridMap
    cell: Cell
    left: bool
    brush: int
    material: int = WALL
    adds: bool = False

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


class _Freehand(Stroke):
    """Paints the cells under the mouse, or a straight line from where `straight` began."""

    def __init__(self, text: str, press: StrokeStart, *, material: int) -> None:
        super().__init__(text, press.grid)
        self._material, self._brush = material, press.brush
        self._last = press.cell
        self._bend: tuple[GridMap, Cell] | None = None

    def move(self, cell: Cell, *, straight: bool = False) -> GridMap:
        if not straight:
            self._bend = None
        elif self._bend is None:
            self._bend = self.grid, self._last
        grid, first = self._bend or (self.grid, self._last)
        self._last = _aligned(first, cell) if straight else cell
        line = map_edits.line_cells(first, self._last)
        self.grid = map_edits.paint(grid, line, material=self._material, brush=self._brush)
        return self.grid


class _Shape(Stroke):
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
        cell = _inside(self.before, cell)
        if straight:
            cell = self._align(self._first, cell)
        cells = self._cells(self._first, cell)
        self.grid = map_edits.paint(self.before, cells, material=self._material, brush=self._brush)
        return self.grid


class _Placing(Stroke):
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
        cell = _inside(self.before, (cell[0] + self._offset[0], cell[1] + self._offset[1]))
        moved = self._put(self.before, cell)
        if moved is not self.before or cell == self._marker:
            self.grid = moved
        return self.grid


def _inside(grid: GridMap, cell: Cell) -> Cell:
    """Return the cell of the map that is nearest to `cell`."""
    return min(max(cell[0], 0), grid.rows - 1), min(max(cell[1], 0), grid.cols - 1)


def _aligned(first: Cell, cell: Cell) -> Cell:
    """Return the cell nearest to `cell` that is straight or diagonal from `first`."""
    rows, cols = cell[0] - first[0], cell[1] - first[1]
    if abs(cols) > 2 * abs(rows):
        return first[0], cell[1]
    if abs(rows) > 2 * abs(cols):
        return cell[0], first[1]
    return _squared(first, cell)


def _squared(first: Cell, cell: Cell) -> Cell:
    """Return the corner, nearest to `cell`, of a square whose opposite corner is `first`."""
    rows, cols = cell[0] - first[0], cell[1] - first[1]
    side = max(abs(rows), abs(cols))
    return (
        first[0] + (side if rows >= 0 else -side),
        first[1] + (side if cols >= 0 else -side),
    )


def drawing_text(grid: GridMap, material: int, *, erases: bool) -> str:
    """The text of the undo entry for cells drawn one by one."""
    if erases:
        return "Erase walls" if grid.terrain is None else "Erase"
    return f"Draw {material_name(grid, material)}"


def material_name(grid: GridMap, material: int) -> str:
    """What a material is called: "walls", or the name of the kind of terrain."""
    return "walls" if material == WALL else grid.palette[material].name


def _pencil(press: StrokeStart) -> Stroke:
    text = drawing_text(press.grid, press.material, erases=not press.left)
    return _Freehand(text, press, material=press.drawn)


def _eraser(press: StrokeStart) -> Stroke:
    return _pencil(replace(press, left=not press.left))


def _line(press: StrokeStart) -> Stroke:
    text = _shape_text("line", press)
    return _Shape(text, press, material=press.drawn, cells=map_edits.line_cells, align=_aligned)


def _rectangle(press: StrokeStart, *, filled: bool) -> Stroke:
    text = _shape_text("rectangle", press)
    cells = partial(map_edits.rectangle_cells, filled=filled)
    return _Shape(text, press, material=press.drawn, cells=cells, align=_squared)


def _shape_text(shape: str, press: StrokeStart) -> str:
    if not press.left:
        return f"Erase a {shape}"
    of = "" if press.material == WALL else f" of {material_name(press.grid, press.material)}"
    return f"Draw a {shape}{of}"


def _fill(press: StrokeStart) -> Stroke:
    name = material_name(press.grid, press.material)
    stroke = Stroke(f"Fill with {name}" if press.left else "Erase a region", press.grid)
    stroke.grid = map_edits.flood(press.grid, press.cell, material=press.drawn)
    return stroke


def _goal(press: StrokeStart) -> Stroke:
    if press.left and press.adds:
        return _Placing("Add a goal", press, map_edits.add_goal)
    if press.left:
        return _Placing("Place the goal", press, map_edits.place_goal)
    stroke = Stroke(f"Remove {one_goal(press.grid)}", press.grid)
    stroke.grid = map_edits.remove_goal(press.grid, press.cell)
    return stroke


def _start(press: StrokeStart) -> Stroke:
    if press.left:
        return _Placing("Add a start", press, map_edits.add_start)
    stroke = Stroke("Remove a start", press.grid)
    stroke.grid = map_edits.remove_start(press.grid, press.cell)
    return stroke


def drag(press: StrokeStart, marker: Marker) -> Stroke:
    """Return a stroke that drags a marker, keeping its offset from the mouse."""
    is_goal = marker.kind == "goal"
    move = map_edits.move_goal if is_goal else map_edits.move_start
    text = f"Move {one_goal(press.grid) if is_goal else 'a start'}"

    def put(grid: GridMap, cell: Cell) -> GridMap:
        return move(grid, marker.number, cell)

    return _Placing(text, press, put, marker_cell(press.grid, marker))


def one_goal(grid: GridMap) -> str:
    """What one of the map's goals is called: "the goal", or "a goal" if there are several."""
    return "a goal" if len(grid.goals) > 1 else "the goal"


def markers(grid: GridMap) -> list[Marker]:
    """The map's goals and starts."""
    goals = [Marker("goal", index) for index in range(len(grid.goals))]
    return goals + [Marker("start", index) for index in range(len(grid.starts))]


def marker_cell(grid: GridMap, marker: Marker) -> Cell:
    """Return the cell of a marker."""
    return (grid.goals if marker.kind == "goal" else grid.starts)[marker.number]


@dataclass(frozen=True)
class Tool:
    """A drawing tool: a row of the table `TOOLS`.

    Attributes:
        id: its name in the code and the settings.
        text: its menu text, with `&` before the mnemonic.
        icon: the name of its icon.
        tip: its tooltip.
        shortcut: the key that selects it.
        begin: returns the stroke that a press begins; `None` for the tool that pans.
        brushed: whether it uses the brush's size.
        places_markers: whether it places goals or starts, and draws no material.
    """

    id: str
    text: str
    icon: str
    tip: str
    shortcut: str
    begin: Callable[[StrokeStart], Stroke] | None
    brushed: bool = False
    places_markers: bool = False

    @property
    def draws(self) -> bool:
        """Whether its left button draws the chosen material."""
        return self.begin is not None and self.begin is not _eraser and not self.places_markers


TOOLS: Final = (
    Tool(
        "pencil",
        "&Pencil",
        "pencil",
        "Draw walls, or the chosen terrain; erase with the right button; keep straight with Shift",
        "D",
        _pencil,
        brushed=True,
    ),
    Tool(
        "eraser",
        "&Eraser",
        "eraser",
        "Erase walls and terrain; draw with the right button",
        "E",
        _eraser,
        brushed=True,
    ),
    Tool(
        "line",
        "L&ine",
        "line",
        "Draw a line; erase one with the right button; keep it straight with Shift",
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
        "Fill a region of one kind; clear one with the right button",
        "F",
        _fill,
    ),
    Tool(
        "goal",
        "&Goal",
        "goal",
        "Place the goal; add another with Shift; remove one with the right button",
        "Shift+G",
        _goal,
        places_markers=True,
    ),
    Tool(
        "start",
        "S&tarts",
        "start",
        "Add a start; remove one with the right button",
        "Shift+S",
        _start,
        places_markers=True,
    ),
    Tool("pan", "Pa&n", "pan", "Move the map", "H", None),
)
"""Every tool, in the order of the toolbar."""

_BY_ID: Final = {tool.id: tool for tool in TOOLS}


def tool_named(id_: str) -> Tool:
    """Return the tool with an id; the pencil if there is none."""
    return _BY_ID.get(id_, TOOLS[0])


def begin(tool: Tool, press: StrokeStart) -> Stroke | None:
    """Begin a stroke with a tool and draw its first cell; `None` for the tool that pans."""
    if tool.begin is None:
        return None
    stroke = tool.begin(press if tool.brushed else replace(press, brush=1))
    stroke.move(press.cell)
    return stroke
