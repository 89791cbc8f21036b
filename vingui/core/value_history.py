"""V_1 to V_K in bounded memory, and statistics of each of them."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.phrases import counted

MOST_MEMORY = 512 << 20
"""The most bytes of values that any plan keeps."""

VALUES_BUDGET = 256 << 20
"""The most bytes of values that the window and its planner process keep of a plan."""

_ENOUGH_ITERATIONS = 100_000
_LARGE = 128 * 128
_MOST_STUDIED = 512
_FEW_STUDIED = 64
_STUDIED_BYTES = 48 << 20

_OVERHEAD = 256
"""Bytes of an array besides its numbers: most of the memory on the smallest maps."""


def check_iterations(iterations: int, grid: GridMap) -> None:
    """Raise `VinguiError` unless a plan on a map may have so many iterations.

    A path without loops visits no more cells than the map has, so more iterations than cells
    change nothing; on small maps they take no time.
    """
    most = max(grid.walls.size, _ENOUGH_ITERATIONS)
    if not 1 <= iterations <= most:
        raise VinguiError(
            f"A plan on a map of {grid.rows}x{grid.cols} cells has 1 to "
            f"{counted(most, 'iteration')}, not {iterations:,}"
        )


def value_maps_within(memory: int, *, cells: int) -> int:
    """How many value maps of so many cells fit into `memory` bytes, at least 2."""
    return max(memory // (4 * cells + _OVERHEAD), 2)


def thinned(latest: int, most: int) -> list[int]:
    """Return which of V_1 to the latest a `ValueHistory` of so many value maps keeps."""
    stride = 1
    while latest // stride >= most:
        stride *= 2
    kept = list(range(stride, latest + 1, stride))
    return kept if kept[-1] == latest else [*kept, latest]


class ValueHistory:
    """V_1 to V_K, thinned to a number of them at even distances, and always the newest.

    Which k are kept follows from `most` and the newest k alone. So a second history that is given
    only what a first one has kept keeps the same.

    Args:
        most: the most value maps to keep, 2 or more.

    Attributes:
        kept: the ks of the value maps, ascending.
        stride: all of `kept` but the last are its multiples.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.stride = 1
        self.kept: list[int] = []
        self._value_maps: list[NDArray[np.float32]] = []

    def add(self, k: int, value_map: NDArray[np.float32]) -> None:
        """Add V_k, k above all before. A part of a larger array is copied if it is kept."""
        if self.kept and self.kept[-1] % self.stride:
            self.kept.pop()
            self._value_maps.pop()
        while k // self.stride >= self.most:
            self._thin()
        if k % self.stride == 0 and value_map.base is not None:
            # So that the larger array can be freed.
            value_map = value_map.copy()
        self.kept.append(k)
        self._value_maps.append(value_map)

    def _thin(self) -> None:
        self.stride *= 2
        stay = [place for place, k in enumerate(self.kept) if k % self.stride == 0]
        self.kept = [self.kept[place] for place in stay]
        self._value_maps = [self._value_maps[place] for place in stay]

    @property
    def arrays(self) -> tuple[NDArray[np.float32], ...]:
        """The value maps of `kept`."""
        return tuple(self._value_maps)

    def nearest(self, k: int) -> int:
        """The newest k kept at or before k, or else the first.

        Raises:
            IndexError: there are no value maps.
        """
        return self.kept[self._place(k)]

    def at(self, k: int) -> tuple[int, NDArray[np.float32]]:
        """Return `nearest(k)` and its value map.

        Raises:
            IndexError: there are no value maps.
        """
        place = self._place(k)
        return self.kept[place], self._value_maps[place]

    @contextmanager
    def reading(self, k: int) -> Iterator[NDArray[np.float32]]:
        """The value map of `at(k)`."""
        yield self.at(k)[1]

    def part(self, k: int, rows: slice, cols: slice) -> NDArray[np.float32]:
        """Return the values of some cells in `at(k)`."""
        return self.at(k)[1][rows, cols]

    def changes_between(self, k: int, other: int) -> None:
        """Not known: all cells may differ."""

    def _place(self, k: int) -> int:
        return max(bisect_right(self.kept, k) - 1, 0)

    def value(self, row: int, col: int, k: int) -> float:
        """Return the value of a cell in `at(k)`."""
        return float(self.at(k)[1][row, col])

    def series(self, row: int, col: int) -> NDArray[np.float32]:
        """Return the value of a cell in each of `kept`; `-inf` until it is reached."""
        return np.array([value_map[row, col] for value_map in self._value_maps], np.float32)

    def since(self, k: int) -> tuple[NDArray[np.int64], tuple[NDArray[np.float32], ...]]:
        """Return the ks kept from k on, and their value maps."""
        place = bisect_right(self.kept, k - 1)
        return np.array(self.kept[place:], np.int64), tuple(self._value_maps[place:])


def figures(
    before: NDArray[np.float32], values: NDArray[np.float32], free: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Statistics of consecutive value functions.

    Args:
        before: `(rows, cols)`, V_(k-1) of the first; `-inf` where not reached.
        values: `(n, rows, cols)`.
        free: `(rows, cols)` bool.

    Returns:
        `(4, n)` float64: the change max |V_k - V_(k-1)| over the cells that have a value in both,
        0 without any; the least and the greatest value of a free cell, `nan` where none has one;
        and the share of the free cells that have a value.
    """
    # Imported when it is first needed: the window starts without Numba.
    from vingui.core.engine.dense import fill_figures

    table = np.empty((4, len(values)))
    fill_figures(before, values, free, max(int(np.count_nonzero(free)), 1), table)
    return table


def coarse_to_fine(count: int) -> list[int]:
    """The indices 0 to `count` - 1: the last and the first, then ever finer between them."""
    order = dict.fromkeys((count - 1, 0))
    stride = 1 << count.bit_length()
    while stride:
        order.update(dict.fromkeys(range(stride, count, 2 * stride)))
        stride //= 2
    return list(order)[:count]


def study_ks(kept: Sequence[int], *, cells: int) -> list[int]:
    """Which of the iterations kept have their policies followed from every cell.

    All of them, or on large maps and in long runs an evenly spread selection, so that this takes
    seconds and tens of MiB at most.

    Args:
        kept: the ks, ascending.
        cells: the number of cells of the map.

    Returns:
        Their ks in the order of `coarse_to_fine`.
    """
    most = min(_MOST_STUDIED if cells <= _LARGE else _FEW_STUDIED, _STUDIED_BYTES // cells)
    return [kept[place] for place in coarse_to_fine(len(kept))[:most]]


def log_changes(
    changes: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], float]:
    """Changes for a logarithmic axis.

    Args:
        changes: `(n,)`, for each k from 1, each 0 or more. The first is ignored: there is no V_0.

    Returns:
        `(n,)` their log10: the floor where a 0 is beside another number, so that the curve ends
        there, and `nan` among zeros; the ks of the zeros; and the floor, a whole number below all
        logs.
    """
    known = changes.copy()
    known[:1] = np.nan
    positive = known > 0
    logs = np.full(len(changes), np.nan)
    np.log10(known, out=logs, where=positive)
    floor = math.floor(logs[positive].min()) - 1.0 if positive.any() else -1.0
    beside = np.zeros_like(positive)
    beside[1:] |= positive[:-1]
    beside[:-1] |= positive[1:]
    logs[beside & (known == 0)] = floor
    return logs, np.flatnonzero(known == 0) + 1, floor
