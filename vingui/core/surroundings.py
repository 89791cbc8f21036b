"""How a map differs from those that a network was trained on, by its training's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.generate import generators, place_uniform
from vingui.core.grid import Cell, GridMap
from vingui.core.train_settings import TrainSettings

_SHARE: Final = 0.005
"""What lies outside the range of the training's maps: less than all but this share, or more."""

_CELLS, _LEAST_MAPS, _MOST_MAPS = 1 << 15, 8, 64
"""So many cells of generated maps are measured, in at least and at most so many maps."""

_WIDEST: Final = 64
"""The widest free space that is measured, so that large maps take no longer."""

_SEED: Final = 0


@dataclass(frozen=True)
class Difference:
    """A measure of a map that is outside the range of the training's maps.

    Attributes:
        measure: `path`, `walls`, `width` or `size`.
        here: the map's: rows and columns, or one number.
        low: the least of the training's maps.
        high: the greatest.
    """

    measure: str
    here: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def differences(
    grid: GridMap, cell: Cell, length: float, settings: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """How a map differs from those that a network of the paper's kind was trained on.

    - `path`: the length of the best path from the cell, if it is more than K: the training's loss
      leaves out longer ones;
    - `walls`: the share of walls among all cells, and
    - `width`: the side of the largest square of free cells around the cell, at most 64, if they
      are outside the middle 99 % of generated maps like the training's;
    - `size`: rows and columns, if they are others.

    Args:
        grid: the map.
        cell: where the network errs first.
        length: the length of the best path from there to a goal, in cells.
        settings: those of the model's card, which may lack any.

    Returns:
        The differences that are known; whether they are the reason of a failure is not.
    """
    found: list[Difference] = []
    most = settings.get("iterations")
    if isinstance(most, int) and length > most:
        found.append(Difference("path", (length,), (0,), (most,)))
    measured = {
        "walls": float(grid.walls.mean()),
        "width": float(_width_at(grid.free, cell)),
    }
    for measure, (low, high) in _ranges(settings).items():
        if not low <= measured[measure] <= high:
            found.append(Difference(measure, (measured[measure],), (low,), (high,)))
    rows, cols = settings.get("rows"), settings.get("cols")
    if isinstance(rows, int) and isinstance(cols, int) and (rows, cols) != (grid.rows, grid.cols):
        found.append(Difference("size", (grid.rows, grid.cols), (rows, cols), (rows, cols)))
    return tuple(found)


def _width_at(free: NDArray[np.bool_], cell: Cell) -> int:
    """One of `free_widths`, at most `_WIDEST`."""
    top, left = (max(place - _WIDEST + 1, 0) for place in cell)
    near = free[top : cell[0] + _WIDEST, left : cell[1] + _WIDEST]
    return min(int(free_widths(near)[cell[0] - top, cell[1] - left]), _WIDEST)


def free_widths(free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The side of the largest square of free cells that contains each cell.

    Args:
        free: `(rows, cols)` bool.

    Returns:
        `(rows, cols)` int64; 0 on walls, 1 in corridors of one cell.
    """
    widths = free.astype(np.int64)
    # `squares` has the squares of a side by their upper left cells.
    squares, side = free, 1
    while side < min(free.shape):
        squares = squares[:-1, :-1] & squares[1:, :-1] & squares[:-1, 1:] & squares[1:, 1:]
        side += 1
        if not squares.any():
            break
        widths[_covered(_covered(squares, side).T, side).T] = side
    return widths


def _covered(marks: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """The cells of columns that runs of a length cover, downwards from each mark."""
    counts = np.zeros((len(marks) + length, marks.shape[1]), np.int64)
    counts[: len(marks)] += marks
    counts[length:] -= marks
    return np.asarray(counts.cumsum(axis=0)[:-1] > 0)


def _ranges(settings: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """The ranges of `walls` and `width` of generated training maps; none of maps of a file."""
    if not {"maps", "rows", "cols"} <= set(settings):
        return {}
    names = ("maps", "rows", "cols", "density")
    try:
        trained = TrainSettings.of_record(
            {name: settings[name] for name in names if name in settings}
        )
    except VinguiError:
        return {}
    if not trained.wall_maps:
        return {}
    return _generated_ranges(trained.wall_maps, trained.rows, trained.cols, trained.density)


@lru_cache(maxsize=8)
def _generated_ranges(
    kinds: tuple[str, ...], rows: int, cols: int, density: float
) -> dict[str, tuple[float, float]]:
    rng = np.random.default_rng(_SEED)
    mixture = generators(kinds, density=density)
    shares: list[float] = []
    widths: list[NDArray[np.int64]] = []
    for number in range(int(np.clip(_CELLS // (rows * cols), _LEAST_MAPS, _MOST_MAPS))):
        grid = place_uniform(mixture[number % len(mixture)](rows, cols, rng), rng)
        shares.append(float(grid.walls.mean()))
        widths.append(free_widths(grid.free)[grid.free])
    ends = _SHARE, 1 - _SHARE
    low, high = np.quantile(np.concatenate(widths), ends).tolist()
    least, greatest = np.quantile(shares, ends).tolist()
    return {"walls": (least, greatest), "width": (low, high)}
