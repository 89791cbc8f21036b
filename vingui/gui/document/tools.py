"""The drawing tools, and the stroke that a press of each begins."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal, NamedTuple

from vingui.core import map_edits
from vingui.core.grid import Cell, Demonstration, GridMap
from vingui.core.map_edits import WALL
from vingui.gui.document.strokes import (
    Demonstrating,
    Freehand,
    Placing,
    Shape,
    Stroke,
    StrokeStart,
    aligned,
    squared,
)


class Marker(NamedTuple):
    """What can be dragged: a goal or a start, by its place among the map's goals or starts."""

    kind: Literal["goal", "start"]
    number: int


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
    return Freehand(text, press, material=press.drawn)


def _eraser(press: StrokeStart) -> Stroke:
    return _pencil(replace(press, left=not press.left))


def _line(press: StrokeStart) -> Stroke:
    text = _shape_text("line", press)
    return Shape(text, press, material=press.drawn, cells=map_edits.line_cells, align=aligned)


def _rectangle(press: StrokeStart, *, filled: bool) -> Stroke:
    text = _shape_text("rectangle", press)
    cells = partial(map_edits.rectangle_cells, filled=filled)
    return Shape(text, press, material=press.drawn, cells=cells, align=squared)


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
        return Placing("Add a goal", press, map_edits.add_goal)
    if press.left:
        return Placing("Place the goal", press, map_edits.place_goal)
    stroke = Stroke(f"Remove {one_goal(press.grid)}", press.grid)
    stroke.grid = map_edits.remove_goal(press.grid, press.cell)
    return stroke


def _start(press: StrokeStart) -> Stroke:
    if press.left:
        return Placing("Add a start", press, map_edits.add_start)
    stroke = Stroke("Remove a start", press.grid)
    stroke.grid = map_edits.remove_start(press.grid, press.cell)
    return stroke


def _demonstrate(press: StrokeStart) -> Stroke:
    if press.left:
        return Demonstrating("Add a demonstration", press)
    stroke = Stroke("Remove a demonstration", press.grid)
    demonstrations = press.grid.demonstrations
    ending = [number for number, path in enumerate(demonstrations) if press.cell in ends_of(path)]
    if ending:
        # The last one, which is drawn on top of the others.
        left = demonstrations[: ending[-1]] + demonstrations[ending[-1] + 1 :]
        stroke.grid = press.grid.with_demonstrations(left)
    return stroke


def ends_of(path: Demonstration) -> tuple[Cell, Cell]:
    """The cells at which a press of the right button removes a demonstration."""
    return path.start, path.end


def drag(press: StrokeStart, marker: Marker) -> Stroke:
    """Return a stroke that drags a marker, keeping its offset from the mouse."""
    is_goal = marker.kind == "goal"
    move = map_edits.move_goal if is_goal else map_edits.move_start
    text = f"Move {one_goal(press.grid) if is_goal else 'a start'}"

    def put(grid: GridMap, cell: Cell) -> GridMap:
        return move(grid, marker.number, cell)

    return Placing(text, press, put, marker_cell(press.grid, marker))


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
        draws: whether its left button draws the chosen material.
        brushed: whether it uses the brush's size.
        places_markers: whether it places goals or starts.
    """

    id: str
    text: str
    icon: str
    tip: str
    shortcut: str
    begin: Callable[[StrokeStart], Stroke] | None
    draws: bool = False
    brushed: bool = False
    places_markers: bool = False


DEMONSTRATE: Final = "demonstrate"
"""The id of the tool that draws demonstrations."""

TOOLS: Final = (
    Tool(
        "pencil",
        "&Pencil",
        "pencil",
        "Draw walls, or the chosen terrain; erase with the right button; keep straight with Shift",
        "D",
        _pencil,
        draws=True,
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
        draws=True,
        brushed=True,
    ),
    Tool(
        "rectangle",
        "&Rectangle",
        "rectangle",
        "Draw a rectangle's outline; erase one with the right button; make it a square with Shift",
        "R",
        partial(_rectangle, filled=False),
        draws=True,
        brushed=True,
    ),
    Tool(
        "rectangle-filled",
        "Filled re&ctangle",
        "rectangle-filled",
        "Draw a filled rectangle; clear one with the right button; make it a square with Shift",
        "Shift+R",
        partial(_rectangle, filled=True),
        draws=True,
    ),
    Tool(
        "fill",
        "&Fill",
        "fill",
        "Fill a region of one kind; clear one with the right button",
        "F",
        _fill,
        draws=True,
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
    Tool(
        DEMONSTRATE,
        "Dem&onstrate",
        "demonstrate",
        "Show a path from which a network can learn what terrain costs; go back over it to shorten "
        "it; remove one with the right button at an end of it",
        "O",
        _demonstrate,
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
