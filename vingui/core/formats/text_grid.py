"""Maps drawn with characters: what several formats share."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats.base import check_size
from vingui.core.grid import GridMap
from vingui.core.phrases import counted
from vingui.core.terrain import WALL_LETTER


def characters(rows: Sequence[str], *, known: str, legend: str) -> NDArray[np.unsignedinteger]:
    """The characters of a drawn map.

    Args:
        rows: one string a row, all of one length.
        known: the characters that may occur in them.
        legend: their meaning, for the message about an unknown character: "a map has ...".

    Returns:
        `(rows, cols)`, the code of each character, uint8 if all of `known` are ASCII and uint32
        otherwise; read-only.

    Raises:
        VinguiError: the rows differ in length, no map may have this size, or there is an unknown
            character.
    """
    cols = len(rows[0]) if rows else 0
    check_size(len(rows), cols)
    for row, line in enumerate(rows):
        unknown = line.translate(dict.fromkeys(map(ord, known)))
        if unknown:
            raise VinguiError(
                f"{brief(unknown[0])} at row {row}, col {line.index(unknown[0])} "
                f"is not known here: {legend}"
            )
        if len(line) != cols:
            raise VinguiError(f"Row {row} has {counted(len(line), 'cell')}, but row 0 has {cols:,}")
    encoding, code = ("ascii", "u1") if known.isascii() else ("utf-32-le", "<u4")
    return np.frombuffer("".join(rows).encode(encoding), code).reshape(len(rows), cols)


def drawn(walls: NDArray[np.bool_]) -> list[str]:
    """The rows of `(rows, cols)` bool walls as strings, with `#` for walls and `.` for the rest."""
    codes = np.where(walls, np.uint8(ord(WALL_LETTER)), np.uint8(ord(".")))
    return [row.tobytes().decode("ascii") for row in codes]


def drawn_terrain(grid: GridMap) -> list[str]:
    """A map's rows as strings, with `#` for walls and the letters of its palette."""
    letters = np.array([ord(kind.letter) for kind in grid.palette], "<u4")
    kinds = np.zeros(grid.walls.shape, np.uint8) if grid.terrain is None else grid.terrain
    codes = np.where(grid.walls, np.uint32(ord(WALL_LETTER)), letters[kinds])
    return [row.tobytes().decode("utf-32-le") for row in codes.astype("<u4")]
