r"""vingui's own map: JSON made to be read, edited and compared line by line.

    {
      "format": "vingui-map",
      "version": 1,
      "goal": [1, 3],
      "starts": [[1, 1]],
      "rows": [
        "#####",
        "#...#",
        "#####"
      ]
    }

`#` is a wall, `.` is free, cells are `[row, col]` from 0. `goal` may be `null` or missing, and
`starts` empty or missing. A map that lies somewhere in metres also has

      "frame": {"resolution": 0.05, "origin": [-10.0, -10.0, 0.0]},

metres a cell, and x, y and yaw (radians) of its lower left corner. A map with several goals, or
one with a value, has in place of `goal`

      "goals": [{"cell": [1, 3], "value": 0}, {"cell": [1, 5], "value": 2.5}],

and a map with terrain, or with a palette of its own, the kinds of its palette by the letters in
its rows:

      "terrain": [
        {"letter": ".", "name": "road", "cost": 1, "colour": "#ffffff"},
        {"letter": "m", "name": "mud", "cost": 5, "colour": "#c0a07c"}
      ],

Both have version 2, all others version 1. A map with demonstrations has each path in a line

      "demonstrations": [
        [[1, 1], [1, 2], [1, 3]]
      ],

and a map with an elevation the heights of its cells, row by row, as little-endian float32 that are
compressed by zlib and written in base64:

      "elevation": {"unit": "m", "packed": "eNpjYCAfAAAAPAAB"},

Unknown keys are ignored, so comments can be added; they are lost when vingui saves the map. A
change that older versions of vingui would misread raises `version`, so that they refuse the file.
Demonstrations and elevation do not: what older versions make of the rest is right.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief, gist, parse_json, read_text
from vingui.core.formats.base import MAX_TEXT_BYTES, Format, all_terrain, only_map
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.text_grid import characters, drawn_terrain
from vingui.core.frame import MapFrame
from vingui.core.grid import Cell, Demonstration, GridMap
from vingui.core.packing import packed_elevation, unpacked_elevation
from vingui.core.terrain import STANDARD, WALL_LETTER, Palette

NAME: Final = "vingui-map"
VERSION: Final = 2
"""The newest version; maps without terrain and with one goal are written as version 1."""

_METRES: Final = "m"
"""The unit of the elevation."""

_LEGEND: Final = "the rows of a vingui map have # for walls and {} for free cells"
_DECLARATION: Final = re.compile(rb'"format"\s*:\s*"([^"]{0,60})"')


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a JSON object that declares itself a vingui map near its start."""
    return declared_format(head) == NAME


def declared_format(head: bytes) -> str:
    """The format that a JSON object declares near its start; empty where it declares none.

    The record of a run declares its own format before that of the map in it.
    """
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return ""
    found = _DECLARATION.search(head)
    return found[1].decode("utf-8", "replace") if found else ""


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a map.

    Raises:
        VinguiError: it is not a vingui map, is one of a newer version, or has no valid map.
    """
    return DataSet(path.stem, (decoded(parsed(path)),))


def parsed(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        VinguiError: it is too long, or not JSON.
    """
    try:
        return parse_json(read_text(path, limit=MAX_TEXT_BYTES))
    except ValueError as error:
        raise VinguiError(
            f"It is not a vingui map, which is written in JSON: {gist(error)}"
        ) from None


def write(path: Path, dataset: DataSet) -> None:
    """Write a data set's only map.

    Raises:
        VinguiError: the data set has several maps.
    """
    path.write_text(encoded(only_map(dataset)), encoding="utf-8", newline="\n")


def encoded(grid: GridMap) -> str:
    """The map as the text of its file."""
    rows = ",\n".join(f'    "{row}"' for row in drawn_terrain(grid))
    palette = _palette_lines(grid)
    several = len(grid.goals) > 1 or bool(grid.goal_values)
    return (
        "{\n"
        f'  "format": "{NAME}",\n'
        f'  "version": {2 if palette or several else 1},\n'
        f"{_goals_line(grid) if several else _goal_line(grid)}"
        f'  "starts": {json.dumps(grid.starts)},\n'
        f"{_frame_line(grid.frame)}"
        f"{palette}"
        f"{_demonstration_lines(grid)}"
        f"{_elevation_line(grid)}"
        f'  "rows": [\n{rows}\n  ]\n'
        "}\n"
    )


def _goal_line(grid: GridMap) -> str:
    return f'  "goal": {json.dumps(grid.goal)},\n'


def _goals_line(grid: GridMap) -> str:
    goals = [{"cell": cell, "value": value} for cell, value in grid.valued_goals.items()]
    return f'  "goals": {json.dumps(goals)},\n'


def _palette_lines(grid: GridMap) -> str:
    if grid.terrain is None and grid.palette == STANDARD:
        return ""
    kinds = ",\n".join(f"    {json.dumps(kind)}" for kind in grid.palette.record())
    return f'  "terrain": [\n{kinds}\n  ],\n'


def _demonstration_lines(grid: GridMap) -> str:
    if not grid.demonstrations:
        return ""
    paths = ",\n".join(f"    {json.dumps(each.cells)}" for each in grid.demonstrations)
    return f'  "demonstrations": [\n{paths}\n  ],\n'


def _elevation_line(grid: GridMap) -> str:
    if grid.elevation is None:
        return ""
    content = {"unit": _METRES, "packed": packed_elevation(grid.elevation)}
    return f'  "elevation": {json.dumps(content)},\n'


def decoded(content: Any) -> GridMap:
    """The map of a file's parsed JSON.

    Raises:
        VinguiError: it is not a vingui map, is one of a newer version, or has no valid map.
    """
    if not isinstance(content, dict) or content.get("format") != NAME:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise VinguiError(
            f'It is not a vingui map: its "format" is not "{NAME}" but {brief(found)}'
        )
    _check_version(content.get("version"))
    rows = content.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise VinguiError('Its "rows" must be a list of strings')
    starts = content.get("starts", [])
    if not isinstance(starts, list):
        raise VinguiError(f'Its "starts" must be a list of [row, col], not {brief(starts)}')
    palette = Palette.of_record(content["terrain"]) if "terrain" in content else STANDARD
    walls, terrain = _cells(rows, palette)
    goals = _goals(content)
    return GridMap(
        walls,
        tuple(cell for cell, _ in goals),
        tuple(_cell("starts", start) for start in starts),
        _frame(content.get("frame")),
        terrain,
        palette,
        tuple(value for _, value in goals),
        _demonstrations(content.get("demonstrations", [])),
        _elevation(content.get("elevation"), *walls.shape),
    )


def _cells(rows: list[str], palette: Palette) -> tuple[NDArray[np.bool_], NDArray[np.uint8] | None]:
    letters = "".join(kind.letter for kind in palette)
    codes = characters(rows, known=WALL_LETTER + letters, legend=_LEGEND.format(", ".join(letters)))
    walls = codes == ord(WALL_LETTER)
    if palette == STANDARD and (walls | (codes == ord(letters[0]))).all():
        return walls, None
    kinds = np.zeros(max(map(ord, letters + WALL_LETTER)) + 1, np.uint8)
    kinds[list(map(ord, letters))] = np.arange(len(letters))
    return walls, kinds[codes]


def _goals(content: dict[str, Any]) -> list[tuple[Cell, float]]:
    if "goals" not in content:
        goal = content.get("goal")
        return [] if goal is None else [(_cell("goal", goal), 0.0)]
    goals = content["goals"]
    if not isinstance(goals, list) or not all(isinstance(goal, dict) for goal in goals):
        raise VinguiError(
            f'Its "goals" must be a list of a cell and a value each, not {brief(goals)}'
        )
    return [(_cell("goals", goal.get("cell")), goal.get("value", 0)) for goal in goals]


def _demonstrations(paths: Any) -> tuple[Demonstration, ...]:
    if not isinstance(paths, list) or not all(isinstance(path, list) for path in paths):
        raise VinguiError(
            f'Its "demonstrations" must be a list of paths of [row, col] each, not {brief(paths)}'
        )
    return tuple(
        Demonstration(tuple(_cell("demonstrations", cell) for cell in path)) for path in paths
    )


def _elevation(value: Any, rows: int, cols: int) -> NDArray[np.float32] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("unit") != _METRES:
        raise VinguiError(
            f'Its "elevation" must be heights in the unit "{_METRES}", not {brief(value)}'
        )
    return unpacked_elevation(value.get("packed"), rows, cols)


def _frame_line(frame: MapFrame | None) -> str:
    if frame is None:
        return ""
    content = {"resolution": frame.resolution, "origin": frame.origin}
    return f'  "frame": {json.dumps(content)},\n'


def _frame(value: Any) -> MapFrame | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("origin"), list):
        raise VinguiError(
            f'Its "frame" must be a resolution and an origin of [x, y, yaw], not {brief(value)}'
        )
    return MapFrame(value.get("resolution"), tuple(value["origin"]))  # type: ignore[arg-type]


def _check_version(version: Any) -> None:
    if type(version) is not int or version < 1:
        raise VinguiError(f'Its "version" must be a number from 1, not {brief(version)}')
    if version > VERSION:
        raise VinguiError(
            f"The map has version {brief(version)}, made by a newer vingui, but this one reads "
            f"versions 1 to {VERSION}"
        )


def _cell(key: str, value: Any) -> Cell:
    # JSON's `true` would pass as the whole number 1.
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(type(number) is int and abs(number) < 2**31 for number in value)
    ):
        raise VinguiError(f'Its "{key}" must hold [row, col], not {brief(value)}')
    return value[0], value[1]


FORMAT: Final = Format(
    name="map",
    title="vingui map",
    suffixes=(".json",),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".json",),
    keeps_frame=True,
    keeps_goals=True,
    keeps_values=True,
    keeps_demonstrations=True,
    keeps_elevation=True,
    terrain_loss=all_terrain,
)
