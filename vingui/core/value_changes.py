"""V_1 to V_K as a list of the cells that changed in each iteration."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_FIRST_ROOM: Final = 2048
_CHANGES_A_CELL: Final = 3
"""The changes of each cell that there is room for at first, which few runs exceed.

The system provides memory where it is used, while copying it into a larger array takes long.
"""

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
        rows, cols = shape
        self._values = np.full((rows + 2) * (cols + 2), -np.inf, np.float32)
        self._applied = 0
        self._shown: tuple[int, NDArray[np.float32]] | None = None

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
        """Return `nearest(k)` and its values, `(rows, cols)`, `-inf` if not reached. Read only.

        Only the changes between these values and those returned last are applied.
        """
        k = self.nearest(k)
        if self._shown is None or self._shown[0] != k:
            self._go_to(k)
            rows, cols = self.shape
            values = self._values.reshape(rows + 2, cols + 2)[1:-1, 1:-1].copy()
            values.flags.writeable = False
            self._shown = k, values
        return self._shown

    def bordered(self, k: int) -> NDArray[np.float32]:
        """Return V_k, k from 0 on, with a border of `-inf`, until the next call.

        Returns:
            `(rows + 2, cols + 2)` float32.
        """
        self._go_to(min(k, self.latest))
        rows, cols = self.shape
        return self._values.reshape(rows + 2, cols + 2)

    def value(self, row: int, col: int, k: int) -> float:
        """Return the value of a cell in `at(k)`."""
        self._go_to(self.nearest(k))
        return float(self._values[self._number(row, col)])

    def changes_between(self, k: int, other: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the numbers of the cells that turn V_k into V_other, and their values there.

        If a cell comes several times, its last value is meant, as where NumPy assigns them.
        """
        return self._steps(int(self.ends[k]), int(self.ends[other]))

    def _steps(self, begin: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        if begin <= end:
            return self.cells[begin:end], self.after[begin:end]
        # The oldest value of a cell comes last.
        return self.cells[end:begin][::-1], self.before[end:begin][::-1]

    def _go_to(self, k: int) -> None:
        end = int(self.ends[k])
        cells, values = self._steps(self._applied, end)
        self._values[cells] = values
        self._applied = end

    def _number(self, row: int, col: int) -> int:
        return (row + 1) * (self.shape[1] + 2) + col + 1

    def series(self, row: int, col: int) -> NDArray[np.float32]:
        """Return the value of a cell in V_1 to the latest; `-inf` until it is reached."""
        places = np.flatnonzero(
            self.cells[: self.count] == (row + 1) * (self.shape[1] + 2) + col + 1
        )
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
