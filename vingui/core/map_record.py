"""A map as a JSON object that is short: its cells are packed and compressed."""

import base64
import binascii
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.frame import MapFrame
from vingui.core.grid import MAX_SIDE, MAX_STARTS, Cell, GridMap, check_shape
from vingui.core.phrases import counted
from vingui.core.terrain import STANDARD, Palette

_GOAL_BYTES: Final = 24
"""Row, column and value, eight bytes each."""


def map_record(grid: GridMap) -> dict[str, Any]:
    """Return a map as a JSON object."""
    frame = grid.frame
    record = {
        "rows": grid.rows,
        "cols": grid.cols,
        "walls": _packed(np.packbits(grid.walls).tobytes()),
        "goal": grid.goal,
        "starts": _packed(np.array(grid.starts, "<u2").tobytes()),
        "frame": frame and {"resolution": frame.resolution, "origin": frame.origin},
    }
    if grid.terrain is not None:
        record["terrain"] = _packed(grid.terrain.tobytes())
    if grid.palette != STANDARD:
        record["palette"] = grid.palette.record()
    if len(grid.goals) > 1 or grid.goal_values:
        goals = [(*cell, value) for cell, value in grid.valued_goals.items()]
        record["goals"] = _packed(np.array(goals, "<f8").tobytes())
    return record


def map_of_record(content: Any) -> GridMap:
    """Return the map of a JSON object made by `map_record`, with a goal.

    Raises:
        VinguiError: it is damaged.
    """
    if not isinstance(content, dict):
        raise VinguiError(f"The map of a recipe cannot be {brief(content)}")
    rows: Any = content.get("rows")
    cols: Any = content.get("cols")
    if not (is_whole(rows) and is_whole(cols)):
        raise VinguiError(f"The rows and cols of a map cannot be {brief((rows, cols))}")
    check_shape(rows, cols)
    packed = _unpacked(content.get("walls"), most=(rows * cols + 7) // 8)
    if len(packed) != (rows * cols + 7) // 8:
        raise VinguiError(
            f"The walls of {rows}x{cols} cells cannot be {counted(len(packed), 'byte')}"
        )
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=rows * cols)
    starts = _unpacked(content.get("starts"), most=4 * min(rows * cols, MAX_STARTS))
    if len(starts) % 4:
        raise VinguiError(f"Starts of 4 bytes each cannot be {counted(len(starts), 'byte')}")
    cells: NDArray[np.uint16] = np.frombuffer(starts, "<u2").reshape(-1, 2)
    goals = _goals_of(content, most=min(rows * cols, MAX_STARTS))
    return GridMap(
        bits.astype(bool).reshape(rows, cols),
        tuple(goals),
        tuple((row, col) for row, col in cells.tolist()),
        _frame_of(content.get("frame")),
        _terrain_of(content.get("terrain"), rows, cols),
        Palette.of_record(content["palette"]) if "palette" in content else STANDARD,
        tuple(goals.values()),
    )


def _goals_of(content: dict[str, Any], *, most: int) -> dict[Cell, float]:
    if "goals" not in content:
        goal = content.get("goal")
        if not (isinstance(goal, list) and len(goal) == 2 and all(map(is_whole, goal))):
            raise VinguiError(f"The goal must be [row, col], not {brief(goal)}")
        return {(goal[0], goal[1]): 0.0}
    data = _unpacked(content["goals"], most=_GOAL_BYTES * most)
    if not data or len(data) % _GOAL_BYTES:
        raise VinguiError(
            f"Goals of {_GOAL_BYTES} bytes each cannot be {counted(len(data), 'byte')}"
        )
    goals: NDArray[np.float64] = np.frombuffer(data, "<f8").reshape(-1, 3)
    # Also false for what is not a number.
    if not ((goals[:, :2] >= 0) & (goals[:, :2] < MAX_SIDE)).all():
        raise VinguiError("A goal of the recipe lies outside any map")
    return {(int(row), int(col)): value for row, col, value in goals.tolist()}


def _terrain_of(text: Any, rows: int, cols: int) -> NDArray[np.uint8] | None:
    if text is None:
        return None
    kinds = np.frombuffer(_unpacked(text, most=rows * cols), np.uint8)
    if kinds.size != rows * cols:
        raise VinguiError(f"The terrain of {rows}x{cols} cells cannot be of {kinds.size:,}")
    return kinds.reshape(rows, cols)


def _frame_of(content: Any) -> MapFrame | None:
    if content is None:
        return None
    if not isinstance(content, dict):
        raise VinguiError(f"The frame of a map cannot be {brief(content)}")
    return MapFrame(content.get("resolution", 0), content.get("origin", ()))


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def _unpacked(text: Any, *, most: int) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(data, most + 1)
    except (TypeError, ValueError, binascii.Error, zlib.error):
        raise VinguiError("The packed cells of the recipe are damaged") from None
    if len(unpacked) > most or not unpacker.eof:
        raise VinguiError(f"The packed cells of the recipe must be at most {counted(most, 'byte')}")
    return unpacked


def is_whole(value: Any) -> bool:
    """Whether it is a whole number from 0 that every JSON reader keeps exact."""
    return type(value) is int and 0 <= value < 2**53
