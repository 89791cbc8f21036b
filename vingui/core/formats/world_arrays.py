"""All of maps but walls, one goal and starts as arrays: what `.npz` of data sets and runs share.

`terrain` uint8, the kind of each cell, of the shape of the walls; `palette (bytes,)` uint8, the
JSON of a list of its kinds, each with `name`, `cost`, `colour` and `letter`: read it by
`json.loads(bytes(arrays["palette"]))`. `goals (..., goals, 2)` whole numbers, the `(row, col)` of
each goal, `-1, -1` for each that a map has less than others; `goal_values (..., goals)`, what each
is worth.

`demonstrations (cells, 2)` whole numbers, the `(row, col)` of the cells of all paths, one after the
other; `demonstration_cells (paths,)`, the number of cells of each; in data sets also
`demonstration_counts (n,)`, the number of paths of each map, in the order of the maps. `elevation`
float32, the height of each cell in metres, of the shape of the walls.

Files of plain maps have none of them.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.demonstration_arrays import DemonstrationStack, flattened, of_arrays
from vingui.core.errors import VinguiError
from vingui.core.files import gist, parse_json
from vingui.core.formats.base import check_bytes
from vingui.core.formats.npz import ArrayHeader
from vingui.core.grid import Demonstration
from vingui.core.phrases import counted
from vingui.core.terrain import STANDARD, Palette

_PATHS: Final = ("demonstrations", "demonstration_cells")

NAMES: Final = ("terrain", "palette", "goals", "goal_values", *_PATHS, "elevation")
"""The arrays, each of which a file may lack."""

COUNTS: Final = "demonstration_counts"
"""The array that a data set also has, together with demonstrations."""

_MAX_PALETTE_BYTES: Final = 2**18
"""The longest palette that is read: 256 kinds with names of escaped characters fit."""

_MAX_CELL_BYTES: Final = 64 * 2**20
"""For the goals of all maps: four million as int64. For their demonstrations, 16 million cells."""


def terrain_arrays(
    terrain: NDArray[np.uint8] | None, palette: Palette, shape: tuple[int, ...]
) -> dict[str, NDArray[Any]]:
    """The arrays `terrain` and `palette`; none where both are as in a new map.

    Args:
        terrain: uint8, the kind of each cell; `None` where all are of kind 0.
        palette: the kinds.
        shape: of the walls.
    """
    if terrain is None and palette == STANDARD:
        return {}
    text = json.dumps(palette.record(), separators=(",", ":"))
    return {
        "terrain": np.zeros(shape, np.uint8) if terrain is None else terrain,
        "palette": np.frombuffer(text.encode("ascii"), np.uint8),
    }


def check_headers(headers: dict[str, ArrayHeader]) -> None:
    """Raise `VinguiError` unless those of the arrays that a file has fit its walls."""
    shape = headers["walls"].shape
    maps = shape[:-2]
    if "terrain" in headers:
        headers["terrain"].check(shape, kinds="iu")
    if "goals" in headers:
        headers["goals"].check((*maps, "goals", 2), kinds="iu")
        check_bytes("Goals", headers["goals"].nbytes, _MAX_CELL_BYTES)
    if "goal_values" in headers:
        headers["goal_values"].check((*maps, "goals"))
    if "palette" in headers:
        headers["palette"].check(("bytes",), kinds="iu")
        check_bytes("A palette", headers["palette"].nbytes, _MAX_PALETTE_BYTES)
    if "elevation" in headers:
        headers["elevation"].check(shape)
    _check_paths(headers, counts=bool(maps))
    if ("terrain" in headers) != ("palette" in headers):
        raise VinguiError(
            "The file has only one of the arrays terrain and palette; kinds of terrain need both"
        )
    if ("goal_values" in headers) and "goals" not in headers:
        raise VinguiError("The file has goal_values, but no goals that they belong to")


def _check_paths(headers: dict[str, ArrayHeader], *, counts: bool) -> None:
    needed = (*_PATHS, COUNTS) if counts else _PATHS
    found = [name for name in needed if name in headers]
    if not found:
        return
    if len(found) < len(needed):
        raise VinguiError(f"Demonstrations need the arrays {', '.join(needed)}, not only some")
    headers["demonstrations"].check(("cells", 2), kinds="iu")
    headers["demonstration_cells"].check(("paths",), kinds="iu")
    for name in _PATHS:
        check_bytes("Demonstrations", headers[name].nbytes, _MAX_CELL_BYTES)
    if counts:
        headers[COUNTS].check(headers["walls"].shape[:1], kinds="iu")


def path_arrays(demonstrations: Sequence[Demonstration]) -> dict[str, NDArray[Any]]:
    """The arrays of the demonstrations of one map; none where it has none."""
    if not demonstrations:
        return {}
    return dict(zip(_PATHS, flattened(demonstrations), strict=True))


def stack_arrays(stack: DemonstrationStack | None) -> dict[str, NDArray[Any]]:
    """The arrays of the demonstrations of the maps of a data set; none where there are none.

    Raises:
        VinguiError: there are more than a file may hold.
    """
    if stack is None:
        return {}
    cells, lengths, counts = stack.arrays()
    check_bytes("Demonstrations", cells.nbytes, _MAX_CELL_BYTES)
    return dict(zip((*_PATHS, COUNTS), (cells, lengths, counts), strict=True))


def stack_of(arrays: dict[str, NDArray[Any]]) -> DemonstrationStack | None:
    """The demonstrations of the maps of a data set, whose headers have been checked.

    Raises:
        VinguiError: they are no paths on its maps.
    """
    if COUNTS not in arrays:
        return None
    cells, lengths = (arrays[name] for name in _PATHS)
    rows, cols = arrays["walls"].shape[1:]
    return DemonstrationStack.of_arrays(cells, lengths, arrays[COUNTS], (rows, cols))


def paths_of(arrays: dict[str, NDArray[Any]]) -> tuple[Demonstration, ...]:
    """The demonstrations of the only map of a file whose headers have been checked.

    Raises:
        VinguiError: they are no paths, or too long.
    """
    if "demonstrations" not in arrays:
        return ()
    return of_arrays(*(arrays[name] for name in _PATHS))


def elevation_of(arrays: dict[str, NDArray[Any]]) -> NDArray[np.float32] | None:
    """The elevation of a file whose headers have been checked; a number too large is infinite."""
    if "elevation" not in arrays:
        return None
    with np.errstate(over="ignore"):
        heights = arrays["elevation"].astype(np.float32, copy=False)
    heights.flags.writeable = False
    return heights


def terrain_of(arrays: dict[str, NDArray[Any]]) -> tuple[NDArray[np.uint8] | None, Palette]:
    """The terrain and the palette of a file whose headers have been checked.

    Raises:
        VinguiError: the palette is damaged, or a cell is of no kind in it.
    """
    if "terrain" not in arrays:
        return None, STANDARD
    palette, terrain = _palette_of(arrays["palette"]), arrays["terrain"]
    lowest, highest = int(terrain.min()), int(terrain.max())
    if lowest < 0 or highest >= len(palette):
        raise VinguiError(
            f"A cell is of terrain {highest if lowest >= 0 else lowest}, but the palette has "
            f"{counted(len(palette), 'kind')}, counted from 0"
        )
    kinds = terrain.astype(np.uint8, copy=False)
    kinds.flags.writeable = False
    return kinds, palette


def _palette_of(numbers: NDArray[Any]) -> Palette:
    try:
        content = parse_json(numbers.astype(np.uint8, copy=False).tobytes())
    except ValueError as error:
        raise VinguiError(f"The palette is not written in JSON: {gist(error)}") from None
    return Palette.of_record(content)
