"""Demonstrations as arrays: all cells one after the other, and how many each path has."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import MAX_DEMONSTRATED_CELLS, Demonstration
from vingui.core.phrases import counted


def flattened(
    demonstrations: Iterable[Demonstration],
) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """Return the cells of demonstrations and the number of cells of each.

    Returns:
        `(cells, 2)` int16 and `(demonstrations,)` int32.
    """
    arrays = [demonstration.array for demonstration in demonstrations]
    cells = np.concatenate([np.empty((0, 2), np.int64), *arrays]).astype(np.int16)
    return cells, np.array([len(array) for array in arrays], np.int32)


def of_arrays(cells: NDArray[Any], lengths: NDArray[Any]) -> tuple[Demonstration, ...]:
    """Return the demonstrations of the arrays of one map.

    Args:
        cells: `(cells, 2)` whole numbers.
        lengths: `(demonstrations,)` whole numbers.

    Raises:
        VinguiError: the lengths do not add up to the cells, there are more than
            `MAX_DEMONSTRATED_CELLS` of them, or some are no path.
    """
    if len(cells) > MAX_DEMONSTRATED_CELLS:
        raise VinguiError(
            f"The demonstrations of a map may visit at most {MAX_DEMONSTRATED_CELLS:,} cells "
            f"together, not {len(cells):,}"
        )
    ends = _ends(lengths, len(cells), "cells")
    pairs = [(row, col) for row, col in cells.tolist()]
    return tuple(
        Demonstration(tuple(pairs[end - length : end]))
        for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
    )


@dataclass(frozen=True, eq=False)
class DemonstrationStack:
    """The demonstrations of many maps of one size, made on access.

    Attributes:
        cells: `(cells, 2)` int16, read-only, of all paths.
        ends: `(paths,)` int64, where in `cells` each path ends.
        lengths: `(paths,)` int64, how many cells each path has.
        firsts: `(maps,)` int64, the number of each map's first path.
        counts: `(maps,)` int64, how many paths each map has.
    """

    cells: NDArray[np.int16]
    ends: NDArray[np.int64]
    lengths: NDArray[np.int64]
    firsts: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of_maps(cls, demonstrations: Sequence[tuple[Demonstration, ...]]) -> "DemonstrationStack":
        """Stack the demonstrations of each map."""
        cells, lengths = flattened(each for shown in demonstrations for each in shown)
        counts = np.array([len(shown) for shown in demonstrations], np.int64)
        ends = lengths.cumsum(dtype=np.int64)
        return cls(cells, ends, lengths.astype(np.int64), counts.cumsum() - counts, counts)

    @classmethod
    def of_arrays(
        cls,
        cells: NDArray[Any],
        lengths: NDArray[Any],
        counts: NDArray[Any],
        shape: tuple[int, int],
    ) -> "DemonstrationStack":
        """Stack the demonstrations of arrays, after a check of all of them.

        Args:
            cells: `(cells, 2)` whole numbers.
            lengths: `(paths,)` whole numbers, how many cells each path has.
            counts: `(maps,)` whole numbers, how many paths each map has.
            shape: of the maps.

        Raises:
            VinguiError: the numbers do not add up, a path leaves its map or makes a jump, or the
                paths of a map visit more than `MAX_DEMONSTRATED_CELLS` cells.
        """
        ends = _ends(lengths, len(cells), "cells")
        last = _ends(counts, len(lengths), "paths")
        counts, lengths = counts.astype(np.int64), lengths.astype(np.int64)
        stack = cls(cells.astype(np.int16), ends, lengths, last - counts, counts)
        stack._check(cells, shape)
        return stack

    def _check(self, cells: NDArray[Any], shape: tuple[int, int]) -> None:
        outside = ((cells < 0) | (cells >= np.array(shape))).any(axis=1)
        if outside.any():
            wrong = int(outside.argmax())
            raise VinguiError(
                f"A demonstration of map {self._owner(wrong)} leaves its {shape[0]}x{shape[1]} "
                f"cells, at row {cells[wrong, 0]}, col {cells[wrong, 1]}"
            )
        if self.lengths.size and self.lengths.min() < 2:
            wrong = int(self.ends[self.lengths.argmin()])
            raise VinguiError(
                f"A demonstration of map {self._owner(wrong - 1)} has fewer than two cells"
            )
        jumps = np.abs(np.diff(self.cells, axis=0)).max(axis=1, initial=0) != 1
        # From the end of a path to the beginning of the next.
        jumps[self.ends[:-1] - 1] = False
        if jumps.any():
            wrong = int(jumps.argmax())
            raise VinguiError(
                f"A demonstration of map {self._owner(wrong)} must go from each cell to a "
                f"neighbour, which it does not at row {cells[wrong, 0]}, col {cells[wrong, 1]}"
            )
        visited = np.concatenate([[0], self.ends])
        visited = visited[self.firsts + self.counts] - visited[self.firsts]
        if visited.max() > MAX_DEMONSTRATED_CELLS:
            raise VinguiError(
                f"The demonstrations of map {visited.argmax()} visit "
                f"{counted(int(visited.max()), 'cell')}, and "
                f"those of a map may visit {MAX_DEMONSTRATED_CELLS:,} at most"
            )

    def _owner(self, cell: int) -> int:
        """The number of the map that a cell's path belongs to."""
        path = np.searchsorted(self.ends, cell, side="right")
        return int(np.searchsorted(self.firsts + self.counts, path, side="right"))

    @overload
    def __getitem__(self, index: int) -> tuple[Demonstration, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> "DemonstrationStack": ...
    def __getitem__(self, index: int | slice) -> "tuple[Demonstration, ...] | DemonstrationStack":
        """The demonstrations of a map, or of the maps of a slice, which shares the cells."""
        if isinstance(index, slice):
            return replace(self, firsts=self.firsts[index], counts=self.counts[index])
        first, count = int(self.firsts[index]), int(self.counts[index])
        if not count:
            return ()
        lengths = self.lengths[first : first + count]
        end = int(self.ends[first + count - 1])
        return of_arrays(self.cells[end - int(lengths.sum()) : end], lengths)

    def arrays(self) -> tuple[NDArray[np.int16], NDArray[np.int32], NDArray[np.int32]]:
        """The cells, lengths and counts of its maps, as `of_arrays` takes them."""
        paths = _ranges(self.firsts, self.counts)
        lengths = self.lengths[paths]
        cells = self.cells[_ranges(self.ends[paths] - lengths, lengths)]
        return cells, lengths.astype(np.int32), self.counts.astype(np.int32)


def _ranges(firsts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from each of `firsts` on, as many as its count, one range after the other."""
    before = counts.cumsum() - counts
    return np.repeat(firsts - before, counts) + np.arange(counts.sum())


def _ends(counts: NDArray[Any], total: int, what: str) -> NDArray[np.int64]:
    """The running sums of counts, which must end at `total`."""
    if counts.size and (counts.min() < 0 or counts.max() > total):
        wrong = int(counts.min() if counts.min() < 0 else counts.max())
        raise VinguiError(f"A number of {what} of demonstrations cannot be {wrong:,}")
    ends = counts.cumsum(dtype=np.int64)
    if (ends[-1] if ends.size else 0) != total:
        raise VinguiError(
            f"The demonstrations have {counted(total, what[:-1])}, and their numbers of {what} "
            f"add up to {int(ends[-1]) if ends.size else 0:,}"
        )
    return ends
