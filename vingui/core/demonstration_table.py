"""What the demonstrations of a map cost, and which of them are blocked."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import Demonstration, GridMap
from vingui.core.moves import MoveRule


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
        before, after = self._moves
        costs = np.hypot(*(after - before).T)
        if self.grid.costs is not None:
            costs *= self.grid.costs[tuple(after.T)]
        sums = np.bincount(self._owners, costs, minlength=len(self.demonstrations))
        return np.asarray(sums, np.float64)

    @cached_property
    def blocked(self) -> NDArray[np.bool_]:
        """`(n,)` bool: whether walls, or the movement rule, forbid one of its moves."""
        (rows, cols), (new_rows, new_cols) = (cells.T for cells in self._moves)
        free = self.grid.free
        legal = free[rows, cols] & free[new_rows, new_cols]
        diagonal = (rows != new_rows) & (cols != new_cols)
        corners = free[rows, new_cols].astype(np.int8) + free[new_rows, cols]
        allowed = self.rule.n_actions == 8 and corners >= self.rule.free_corners
        legal &= ~diagonal | allowed
        blocked = np.zeros(len(self.demonstrations), bool)
        blocked[self._owners[~legal]] = True
        return blocked

    @cached_property
    def _owners(self) -> NDArray[np.int64]:
        """The demonstration that each move is part of."""
        return np.repeat(np.arange(len(self.steps)), self.steps)

    @cached_property
    def _moves(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Two `(m, 2)`: the cells before and after each move."""
        arrays = [path.array for path in self.demonstrations]
        if not arrays:
            return np.empty((0, 2), np.int64), np.empty((0, 2), np.int64)
        return (
            np.concatenate([cells[:-1] for cells in arrays]),
            np.concatenate([cells[1:] for cells in arrays]),
        )
