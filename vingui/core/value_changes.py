"""V_1 to V_K as a list of the cells that changed in each iteration."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_FIRST_ROOM: Final = 2048
_CHANGES_A_CELL: Final = 3
"""The changes of each cell that there is room for at first, which few runs exceed.

The system provides memory where it is used, while copying it into a larger array takes long.
"""

_FEW: Final = 8
"""If less than one cell in so many has changed, they are worth looking at by themselves."""

_MOST_CHANGES: Final = 1 << 17
"""More changes than this take longer than a frame, whatever the size of the map."""

_FOLLOWED_CELLS: Final = 64
"""The most cells whose changes are remembered, so that they are not searched for again."""

PLAN_BYTES_A_CELL: Final = 128
"""The memory that a plan of a dynamic model takes for each cell of the map.

Walls, values, up to four changes, the greedy action and the exact solution.
"""


class ValueChanges:
    """The value functions of a run, kept as `(k, cell, value)` in the order of k.

    Once a cell of a max-plus plan has a value it rarely changes again, so that all value
    functions together take little more memory than a few of them.

    Cells are numbered with a border one cell wide around the map: cell `(row, col)` is number
    `(row + 1) * (cols + 2) + col + 1`.

    Values may be read in several threads, while one of them adds changes.

    Args:
        shape: the rows and columns of the map.

    Attributes:
        shape: the rows and columns of the map.
        latest: the k of the newest value function.
        cells: int32, the numbers of the cells that changed, in the order of k; the first `count`.
        after: float32, their values from then on.
        before: float32, their values until then; `-inf` if there was none.
        ends: int64: the changes that lead to V_k end at `ends[k]`. Before the first of them,
            no cell has a value.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.latest = 0
        room = _FIRST_ROOM + _CHANGES_A_CELL * shape[0] * shape[1]
        self.cells = np.empty(room, np.int32)
        self.after = np.empty(room, np.float32)
        self.before = np.empty(room, np.float32)
        self.ends = np.zeros(_FIRST_ROOM, np.int64)
        self._walking = Lock()
        # Made when they are first needed: most plans of a large map are replaced before that.
        self._values = np.empty(0, np.float32)
        self._applied = 0
        self._shown: tuple[int, NDArray[np.float32]] | None = None
        self._places: dict[int, tuple[int, NDArray[np.int64]]] = {}

    @property
    def count(self) -> int:
        """The number of changes."""
        return int(self.ends[self.latest])

    @property
    def kept(self) -> range:
        """The ks of all value functions."""
        return range(1, self.latest + 1)

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """The arrays that take most of its memory."""
        return self.cells, self.after, self.before, self._values

    def begin(self, cells: NDArray[np.int32], values: NDArray[np.float32]) -> None:
        """Set the values of V_0."""
        count = cells.size
        self.reserve(changes=count, iterations=0)
        self.cells[:count], self.after[:count], self.before[:count] = cells, values, -np.inf
        self.ends[0] = count

    def extend(
        self,
        cells: NDArray[np.int32],
        after: NDArray[np.float32],
        before: NDArray[np.float32],
        counts: NDArray[np.int64],
    ) -> None:
        """Add the changes of the next iterations.

        Args:
            cells: `(n,)`, the numbers of the cells.
            after: `(n,)`, their new values.
            before: `(n,)`, their old values.
            counts: how many of them belong to each iteration.
        """
        first, k = self.count, self.latest
        if self._shown is not None and self._shown[0] == 0:
            self._shown = None
        self.reserve(changes=cells.size, iterations=counts.size)
        new = slice(first, first + cells.size)
        self.cells[new], self.after[new], self.before[new] = cells, after, before
        self.ends[k + 1 : k + 1 + counts.size] = first + np.cumsum(counts)
        self.latest = k + counts.size

    def since(
        self, first: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Return the changes that lead to V_first and on, as of `extend`; for V_1 with V_0."""
        return self.between(first, self.latest)

    def between(
        self, first: int, last: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Return the changes that lead to V_first up to V_last, as of `extend`."""
        begin = int(self.ends[first - 1]) if first > 1 else 0
        part = slice(begin, int(self.ends[last]))
        counts = np.diff(self.ends[first : last + 1], prepend=begin)
        return self.cells[part], self.after[part], self.before[part], counts

    def reserve(self, *, changes: int, iterations: int) -> None:
        """Make room for more changes and iterations."""
        self.cells = _with_room(self.cells, self.count, changes)
        self.after = _with_room(self.after, self.count, changes)
        self.before = _with_room(self.before, self.count, changes)
        self.ends = _with_room(self.ends, self.latest + 1, iterations)

    def nearest(self, k: int) -> int:
        """Return the iteration to show for k: k itself, limited to 1 and the latest."""
        return min(max(k, 1), self.latest)

    def at(self, k: int) -> tuple[int, NDArray[np.float32]]:
        """Return `nearest(k)` and its values, `(rows, cols)`, `-inf` if not reached. Read only."""
        k, shown = self.nearest(k), self._shown
        if shown is None or shown[0] != k:
            with self.reading(k) as values:
                copied = values.copy()
            copied.flags.writeable = False
            shown = self._shown = k, copied
        return shown

    @contextmanager
    def reading(self, k: int) -> Iterator[NDArray[np.float32]]:
        """The values of `at(k)` without copying them; other threads wait until the block ends."""
        with self._walking:
            yield self._walk(self.nearest(k))[1:-1, 1:-1]

    def part(self, k: int, rows: slice, cols: slice) -> NDArray[np.float32] | None:
        """Return the values of some cells in `at(k)`; `None` while another thread reads values."""
        if not self._walking.acquire(blocking=False):
            return None
        try:
            return self._walk(self.nearest(k))[1:-1, 1:-1][rows, cols].copy()
        finally:
            self._walking.release()

    def bordered(self, k: int) -> NDArray[np.float32]:
        """Return V_k, k from 0 on, with a border of `-inf`, until the next call.

        Returns:
            `(rows + 2, cols + 2)` float32.
        """
        with self._walking:
            return self._walk(min(k, self.latest))

    def value(self, row: int, col: int, k: int) -> float:
        """Return the value of a cell in `at(k)`, without waiting for other threads."""
        end = int(self.ends[self.nearest(k)])
        if self._walking.acquire(blocking=False):
            try:
                if self._applied == end and self._values.size:
                    return float(self._values[self._number(row, col)])
            finally:
                self._walking.release()
        places = self._places_of(row, col)
        newest = int(np.searchsorted(places, end)) - 1
        return float(self.after[places[newest]]) if newest >= 0 else -np.inf

    def changes_between(
        self, k: int, other: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """Return the few cells whose values differ between V_k and V_other, and their values there.

        Returns:
            As `Run.changes_between`.
        """
        cells, values = self._steps(int(self.ends[k]), int(self.ends[other]))
        rows, cols = self.shape
        if cells.size > min(rows * cols // _FEW, _MOST_CHANGES):
            return None
        # Without the border around the map.
        return cells - 2 * (cells.astype(np.int64) // (cols + 2)) - (cols + 1), values

    def _steps(self, begin: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        if begin <= end:
            return self.cells[begin:end], self.after[begin:end]
        # The oldest value of a cell comes last.
        return self.cells[end:begin][::-1], self.before[end:begin][::-1]

    def _walk(self, k: int) -> NDArray[np.float32]:
        """Apply the changes between the values of the last call and V_k; return these, bordered."""
        shape = self.shape[0] + 2, self.shape[1] + 2
        if not self._values.size:
            self._values = np.full(shape[0] * shape[1], -np.inf, np.float32)
        end = int(self.ends[k])
        cells, values = self._steps(self._applied, end)
        self._values[cells] = values
        self._applied = end
        return self._values.reshape(shape)

    def _number(self, row: int, col: int) -> int:
        return (row + 1) * (self.shape[1] + 2) + col + 1

    def _places_of(self, row: int, col: int) -> NDArray[np.int64]:
        """The places of the changes of a cell, of which only new ones are searched for."""
        cell, count = self._number(row, col), self.count
        searched, places = self._places.pop(cell, (0, np.empty(0, np.int64)))
        if searched < count:
            new = np.flatnonzero(self.cells[searched:count] == cell) + searched
            places = np.concatenate([places, new])
        self._places[cell] = count, places
        if len(self._places) > _FOLLOWED_CELLS:
            del self._places[next(iter(self._places))]
        return places

    def series(self, row: int, col: int) -> NDArray[np.float32]:
        """Return the value of a cell in V_1 to the latest; `-inf` until it is reached."""
        places = self._places_of(row, col)
        ks = np.searchsorted(self.ends[: self.latest + 1], places, side="right")
        series = np.full(self.latest + 1, -np.inf, np.float32)
        for k, place in zip(ks.tolist(), places.tolist(), strict=True):
            series[k:] = self.after[place]
        return series[1:]


def _with_room(array: NDArray[Any], used: int, more: int) -> NDArray[Any]:
    """Return an array of at least twice the size if there is no room for more numbers."""
    if used + more <= array.size:
        return array
    larger = np.empty(max(2 * array.size, used + more), array.dtype)
    larger[:used] = array[:used]
    return larger
