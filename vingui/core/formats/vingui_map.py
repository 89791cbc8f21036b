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

metres a cell, and x, y and yaw (radians) of its lower left corner. Unknown keys are ignored, so
comments can be added; they are lost when vingui saves the map. A change that older versions of
vingui would misread raises `version`, so that they refuse the file.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief, gist, parse_json, read_text
from vingui.core.formats.base import MAX_TEXT_BYTES, Format, only_map
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.text_grid import characters, drawn
from vingui.core.frame import MapFrame
from vingui.core.grid import Cell, GridMap

NAME: Final = "vingui-map"
VERSION: Final = 1

_LEGEND: Final = "the rows of a vingui map have # for walls and . for free cells"
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
    rows = ",\n".join(f'    "{row}"' for row in drawn(grid.walls))
    return (
        "{\n"
        f'  "format": "{NAME}",\n'
        f'  "version": {VERSION},\n'
        f'  "goal": {json.dumps(grid.goal)},\n'
        f'  "starts": {json.dumps(grid.starts)},\n'
        f"{_frame_line(grid.frame)}"
        f'  "rows": [\n{rows}\n  ]\n'
        "}\n"
    )


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
    goal = content.get("goal")
    return GridMap(
        characters(rows, known="#.", legend=_LEGEND) == ord("#"),
        None if goal is None else _cell("goal", goal),
        tuple(_cell("starts", start) for start in starts),
        _frame(content.get("frame")),
    )


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
            f"version {VERSION}"
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
)
