"""Maps typed by hand: `#` wall, `.` free, `G` the goal, `S` a start, one line a row.

Blank lines before and after the map do not count. Starts come in reading order.
"""

from pathlib import Path
from typing import Final

import numpy as np

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import read_text
from vingui.core.formats.base import MAX_TEXT_BYTES, Format, only_map
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.text_grid import characters, drawn
from vingui.core.grid import Cell, GridMap

_KNOWN: Final = "#.GS"


def matches(head: bytes, path: Path) -> bool:
    """Whether nothing but the four characters stands in it."""
    text = head.strip()
    return bool(text) and not text.strip(_KNOWN.encode() + b"\r\n")


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a map.

    Raises:
        VinguiError: it is no sound map, or has more than one goal.
    """
    return DataSet(path.stem, (decoded(read_text(path, limit=MAX_TEXT_BYTES)),))


def decoded(text: str) -> GridMap:
    """The map that a file's text draws.

    Raises:
        VinguiError: it is no sound map, or has more than one goal.
    """
    codes = characters(text.strip("\n").split("\n"), known=_KNOWN)
    goals = [_cell(found) for found in np.argwhere(codes == ord("G"))]
    if len(goals) > 1:
        raise VinguiError(f"Expected at most one goal G, received {len(goals)}")
    starts = tuple(_cell(found) for found in np.argwhere(codes == ord("S")))
    return GridMap(codes == ord("#"), goals[0] if goals else None, starts)


def write(path: Path, dataset: DataSet) -> None:
    """Write the one map of a data set.

    Raises:
        VinguiError: there are more, or a start stands on the goal: a cell holds one letter.
    """
    grid = only_map(dataset)
    if grid.goal in grid.starts:
        raise VinguiError("Expected no start on the goal, which text cannot show, received one")
    rows = [list(row) for row in drawn(grid.walls)]
    for row, col in grid.starts:
        rows[row][col] = "S"
    if grid.goal is not None:
        rows[grid.goal[0]][grid.goal[1]] = "G"
    text = "".join("".join(row) + "\n" for row in rows)
    path.write_text(text, encoding="ascii", newline="\n")


def _cell(found: np.ndarray) -> Cell:
    return int(found[0]), int(found[1])


FORMAT: Final = Format(
    name="text",
    title="Text map of # . G S",
    suffixes=(".txt",),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".txt",),
)
