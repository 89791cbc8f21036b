"""The exact oracle: the paths of least cost, to label training data and check the network."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule


@dataclass(frozen=True, eq=False)
class Oracle:
    """The exact solution of a map.

    Attributes:
        cost_to_go: `(rows, cols)` float64, the least cost of a path to a goal, minus the value of
            that goal; on a plain map the length of the shortest path in cells. `inf` on walls and
            where no goal can be reached.
        optimal: `(rows, cols, n_actions)` bool, *every* action that begins a path of least cost;
            all `False` at goals, on walls and where no goal can be reached.
    """

    cost_to_go: NDArray[np.float64]
    optimal: NDArray[np.bool_]

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, the cells from which a goal can be reached, goals included."""
        return np.isfinite(self.cost_to_go)

    def best_path(self, start: Cell, rule: MoveRule) -> NDArray[np.int64]:
        """One of the paths of least cost from a cell that is `reachable`.

        Returns:
            `(n, 2)` int64, the cells that it visits, the start first.
        """
        path, cell = [start], start
        while self.optimal[cell].any():
            down, right = rule.deltas[self.optimal[cell].argmax()].tolist()
            cell = cell[0] + down, cell[1] + right
            path.append(cell)
        return np.array(path, np.int64)


def solve(grid: GridMap, rule: MoveRule) -> Oracle:
    """Solve a map exactly.

    Raises:
        VinguiError: the map has no goal.
    """
    if not grid.goals:
        raise VinguiError("The map has no goal; set one first")
    # Imported when it is first needed: the window starts without Numba.
    from vingui.core.engine.shortest_paths import costs_to_go, legal_masks, optimal_masks

    legal, goals = legal_masks(grid.walls, rule), grid.valued_goals
    cost_to_go = costs_to_go(legal, goals, rule, grid.costs)
    masks = optimal_masks(cost_to_go, legal, goals, rule, grid.costs)
    optimal = np.unpackbits(masks[..., None], axis=-1, count=rule.n_actions, bitorder="little")
    return Oracle(cost_to_go, optimal.view(np.bool_))


def distances(walls: NDArray[np.bool_], cell: Cell, rule: MoveRule) -> NDArray[np.float64]:
    """The lengths of the shortest paths from a free cell, which are also those to it.

    Args:
        walls: `(rows, cols)` bool.
        cell: the free cell.
        rule: the movement rule.

    Returns:
        `(rows, cols)` float64, in cells; `inf` on walls and where there is no path.
    """
    from vingui.core.engine.shortest_paths import costs_to_go, legal_masks

    return costs_to_go(legal_masks(walls, rule), {cell: 0.0}, rule)
