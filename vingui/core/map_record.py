"""A map as a JSON object that is short: its cells are packed and compressed."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core import demonstration_arrays
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.frame import MapFrame
from vingui.core.grid import (
    MAX_DEMONSTRATED_CELLS,
    MAX_SIDE,
    MAX_STARTS,
    Cell,
    Demonstration,
    GridMap,
    check_shape,
)
from vingui.core.packing import packed, packed_elevation, unpacked, unpacked_elevation
from vingui.core.phrases import counted
from vingui.core.terrain import STANDARD, Palette

_GOAL_BYTES: Final = 24
"""Row, column and value, eight bytes each."""


MAX_ELEVATION_CHARACTERS: Final = 24 << 20
"""The longest elevation of a recipe: of 2300x2300 random heights, or of more real ones. Without it,
what a network makes of heights cannot be reproduced; with a longer one, other programs could not
open pictures that hold the recipe."""


def map_record(grid: GridMap) -> dict[str, Any]:
    """Return a map as a JSON object; an elevation of more than 24 MiB of text is left out."""
    frame = grid.frame
    record = {
        "rows": grid.rows,
        "cols": grid.cols,
        "walls": packed(np.packbits(grid.walls).tobytes()),
        "goal": grid.goal,
        "starts": packed(np.array(grid.starts, "<u2").tobytes()),
        "frame": frame and {"resolution": frame.resolution, "origin": frame.origin},
    }
    if grid.terrain is not None:
        record["terrain"] = packed(grid.terrain.tobytes())
    if grid.palette != STANDARD:
        record["palette"] = grid.palette.record()
    if len(grid.goals) > 1 or grid.goal_values:
        goals = [(*cell, value) for cell, value in grid.valued_goals.items()]
        record["goals"] = packed(np.array(goals, "<f8").tobytes())
    if grid.demonstrations:
        cells, lengths = demonstration_arrays.flattened(grid.demonstrations)
        record["demonstrations"] = packed(cells.astype("<u2").tobytes())
        record["demonstration_cells"] = packed(lengths.astype("<u4").tobytes())
    heights = "" if grid.elevation is None else packed_elevation(grid.elevation)
    if 0 < len(heights) <= MAX_ELEVATION_CHARACTERS:
        record["elevation"] = heights
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
    walls = _unpacked(content.get("walls"), most=(rows * cols + 7) // 8)
    if len(walls) != (rows * cols + 7) // 8:
        raise VinguiError(
            f"The walls of {rows}x{cols} cells cannot be {counted(len(walls), 'byte')}"
        )
    bits = np.unpackbits(np.frombuffer(walls, np.uint8), count=rows * cols)
    starts = _unpacked(content.get("starts"), most=4 * min(rows * cols, MAX_STARTS))
    if len(starts) % 4:
        raise VinguiError(f"Starts of 4 bytes each cannot be {counted(len(starts), 'byte')}")
    cells: NDArray[np.uint16] = np.frombuffer(starts, "<u2").reshape(-1, 2)
    goals = _goals_of(content, most=min(rows * cols, MAX_STARTS))
    heights = content.get("elevation")
    return GridMap(
        bits.astype(bool).reshape(rows, cols),
        tuple(goals),
        tuple((row, col) for row, col in cells.tolist()),
        _frame_of(content.get("frame")),
        _terrain_of(content.get("terrain"), rows, cols),
        Palette.of_record(content["palette"]) if "palette" in content else STANDARD,
        tuple(goals.values()),
        _demonstrations_of(content),
        None if heights is None else unpacked_elevation(heights, rows, cols),
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


def _demonstrations_of(content: dict[str, Any]) -> tuple[Demonstration, ...]:
    if "demonstrations" not in content:
        return ()
    cells = _unpacked(content["demonstrations"], most=4 * MAX_DEMONSTRATED_CELLS)
    lengths = _unpacked(content.get("demonstration_cells"), most=4 * MAX_DEMONSTRATED_CELLS)
    if len(cells) % 4 or len(lengths) % 4:
        raise VinguiError("The demonstrations of the recipe are damaged")
    return demonstration_arrays.of_arrays(
        np.frombuffer(cells, "<u2").reshape(-1, 2), np.frombuffer(lengths, "<u4")
    )


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


def _unpacked(text: Any, *, most: int) -> bytes:
    return unpacked(text, most=most, what="cells of the recipe")


def is_whole(value: Any) -> bool:
    """Whether it is a whole number from 0 that every JSON reader keeps exact."""
    return type(value) is int and 0 <= value < 2**53
