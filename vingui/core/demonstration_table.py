"""What the demonstrations of a map cost, and which of them are blocked."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import Cell, Demonstration, GridMap
from vingui.core.moves import MoveRule
from vingui.core.rollout import step_costs


@dataclass(frozen=True, eq=False)
class DemonstrationTable:
    """The `n` demonstrations of a map, looked at all together.

    Attributes:
        grid: the map.
        rule: the movement rule.
    """

    grid: GridMap
    rule: MoveRule

    @property
    def demonstrations(self) -> tuple[Demonstration, ...]:
        """The map's demonstrations."""
        return self.grid.demonstrations

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """`(n,)` int64: the number of moves of each."""
        return np.array([len(path.cells) - 1 for path in self.demonstrations], np.int64)

    @cached_property
    def costs(self) -> NDArray[np.float64]:
        """`(n,)` float64: what each costs: its steps' lengths times the costs of cells entered.

        The cost of a blocked one has no meaning.
        """
        costs = step_costs(self.grid, self._cells)[self._places]
        sums = np.bincount(self._owners, costs, minlength=len(self.demonstrations))
        return np.asarray(sums, np.float64)

    @cached_property
    def blocked(self) -> NDArray[np.bool_]:
        """`(n,)` bool: whether `check_demonstration` refuses it."""
        (before, after), width = self._moves, self.grid.cols
        flat = self._cells @ (width, 1)
        here, there = flat.take(self._places), flat.take(self._places + 1)
        # Not the map's free cells, which a new map of millions of cells would have to work out.
        walls = self.grid.walls.ravel()
        # A path ends where it first comes to its last cell.
        legal = here != there[self._last_moves].take(self._owners)
        legal &= ~(walls.take(here) | walls.take(there))
        diagonal = (before[:, 0] != after[:, 0]) & (before[:, 1] != after[:, 1])
        if self.rule.n_actions == 4:
            legal &= ~diagonal
        elif self.rule.free_corners:
            moves = np.flatnonzero(diagonal)
            (rows, cols), (new_rows, new_cols) = before[moves].T, after[moves].T
            corners = (
                walls[rows * width + new_cols].astype(np.int8) + walls[new_rows * width + cols]
            )
            legal[moves] &= corners <= 2 - self.rule.free_corners
        blocked = np.zeros(len(self.demonstrations), bool)
        blocked[self._owners[~legal]] = True
        return blocked

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """`(n, 2)` int64: the first cells."""
        return np.asarray(self._moves[0][self._last_moves - self.steps + 1])

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """`(n, 2)` int64: the last cells."""
        return np.asarray(self._moves[1][self._last_moves])

    @cached_property
    def last_steps(self) -> NDArray[np.int64]:
        """`(n, 2)` int64: the steps by which the last cells are entered."""
        before, after = self._moves
        return np.asarray(after[self._last_moves] - before[self._last_moves])

    @cached_property
    def lines(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The straight lines of the paths.

        Returns:
            `(k, 4)` int64, the row and column of the first cell of each line and those of its
            last cell; and `(k,)` int64, the number of its path.
        """
        (before, after), owners = self._moves, self._owners
        steps = after - before
        bends = (steps[1:] != steps[:-1]).any(axis=1) | (owners[1:] != owners[:-1])
        first = np.flatnonzero(np.concatenate([np.ones(min(len(owners), 1), bool), bends]))
        last = np.append(first[1:], len(owners)) - 1 if len(owners) else first
        return np.hstack([before[first], after[last]]), owners[first]

    def nearest(self, row: float, col: float, *, reach: float) -> int | None:
        """Return the number of the path that is nearest to a point; of several, the last.

        Args:
            row: the point's row, in cells and fractions of them.
            col: its column.
            reach: the greatest distance, in cells.

        Returns:
            `None` if no path is within reach.
        """
        before, after = (cells + 0.5 for cells in self._moves)
        if not len(before):
            return None
        point, steps = np.array([row, col]), after - before
        along = ((point - before) * steps).sum(axis=1) / (steps**2).sum(axis=1)
        foot = before + np.clip(along, 0, 1)[:, None] * steps
        away = np.hypot(*(foot - point).T)
        # The last of several, which is drawn on top of the others.
        nearest = len(away) - 1 - int(away[::-1].argmin())
        return int(self._owners[nearest]) if away[nearest] <= reach else None

    def nearest_end(self, row: float, col: float, *, reach: float) -> Cell | None:
        """Return the first or last cell of a path that is nearest to a point; `None` as above."""
        cells = np.concatenate([self.starts, self.ends])
        if not len(cells):
            return None
        away = np.hypot(*(cells + 0.5 - (row, col)).T)
        nearest = int(away.argmin())
        end_row, end_col = cells[nearest].tolist()
        return (end_row, end_col) if away[nearest] <= reach else None

    @cached_property
    def _last_moves(self) -> NDArray[np.int64]:
        """The place of each demonstration's last move among all moves."""
        return np.asarray(np.cumsum(self.steps) - 1)

    @cached_property
    def _owners(self) -> NDArray[np.int64]:
        """The demonstration that each move is part of."""
        return np.repeat(np.arange(len(self.steps)), self.steps)

    @cached_property
    def _cells(self) -> NDArray[np.int64]:
        """The cells of all demonstrations, one after the other."""
        arrays = [path.array for path in self.demonstrations]
        return np.concatenate([np.empty((0, 2), np.int64), *arrays])

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """`(m,)`: where in `_cells` the cell before each move is."""
        return np.arange(len(self._owners)) + self._owners

    @cached_property
    def _moves(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Two `(m, 2)`: the cells before and after each move."""
        # Several times as fast as indexing with places.
        return self._cells.take(self._places, axis=0), self._cells.take(self._places + 1, axis=0)
