"""The exact oracle: shortest paths by Dijkstra, to label training data and check the network."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule

TIE_TOLERANCE = 2e-6
"""Two lengths closer than this are equal.

Lengths are m + n sqrt 2. Two paths between the same cells differ by an even m. With n different
by up to 1.8 x 10^5, which is all that two separate paths in 1024x1024 cells have room for, they
differ by at least 3.9e-6. Adding the same moves in another order changes a length by up to 1.2e-6:
sqrt 2 is rounded the same way each time, so the errors add up instead of cancelling out.
"""


@dataclass(frozen=True, eq=False)
class Oracle:
    """The exact solution of a map.

    Attributes:
        cost_to_go: `(rows, cols)` float64, the length of the shortest path to the goal in cells;
            `inf` on walls and where the goal cannot be reached.
        optimal: `(rows, cols, n_actions)` bool, *every* action that begins a shortest path;
            all `False` at the goal, on walls and where the goal cannot be reached.
    """

    cost_to_go: NDArray[np.float64]
    optimal: NDArray[np.bool_]

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, the cells from which the goal can be reached, itself included."""
        return np.isfinite(self.cost_to_go)


def solve(grid: GridMap, rule: MoveRule) -> Oracle:
    """Solve a map exactly.

    Raises:
        VinguiError: the map has no goal.
    """
    if grid.goal is None:
        raise VinguiError("The map has no goal; set one first")
    legal = rule.legal(grid.walls)
    cost_to_go = _dijkstra(legal, grid.goal, rule)
    return Oracle(cost_to_go, optimal_actions(cost_to_go, legal, rule))


def distances(walls: NDArray[np.bool_], cell: Cell, rule: MoveRule) -> NDArray[np.float64]:
    """The lengths of the shortest paths from a free cell, which are also those to it.

    Args:
        walls: `(rows, cols)` bool.
        cell: the free cell.
        rule: the movement rule.

    Returns:
        `(rows, cols)` float64, in cells; `inf` on walls and where there is no path.
    """
    return _dijkstra(rule.legal(walls), cell, rule)


def _dijkstra(legal: NDArray[np.bool_], goal: Cell, rule: MoveRule) -> NDArray[np.float64]:
    # Imported when it is first needed: importing scipy takes longer than the rest of core together,
    # and the window does not need it to start.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    # Every rule allows a move exactly if it allows the move back, so the distance *from* the goal
    # in the same graph is the cost-to-go, and no reversed copy is needed.
    rows, cols, _ = legal.shape
    steps = rule.deltas @ (cols, 1)
    cell, action = np.divmod(np.flatnonzero(legal), rule.n_actions)
    row_starts = np.zeros(rows * cols + 1, np.int32)
    np.cumsum(legal.reshape(rows * cols, -1).sum(axis=1), out=row_starts[1:])
    neighbour = (cell + steps[action]).astype(np.int32)
    graph = csr_array((rule.costs[action], neighbour, row_starts), shape=(rows * cols,) * 2)
    distance = dijkstra(graph, indices=goal[0] * cols + goal[1])
    return np.asarray(distance, np.float64).reshape(rows, cols)


def optimal_actions(
    cost_to_go: NDArray[np.float64], legal: NDArray[np.bool_], rule: MoveRule
) -> NDArray[np.bool_]:
    """Every action that begins a shortest path.

    Args:
        cost_to_go: `(rows, cols)` float64, exact lengths; `inf` where there is no path.
        legal: `(rows, cols, n_actions)` bool, from `MoveRule.legal`.
        rule: the movement rule of both.

    Returns:
        `(rows, cols, n_actions)` bool, all `False` at the goal and where there is no path.
    """
    rows, cols = cost_to_go.shape
    padded = np.pad(cost_to_go, 1, constant_values=np.inf)
    # At the goal, no action ties with staying; where there is no path, infinite lengths do not tie.
    limit = np.where(np.isfinite(cost_to_go), cost_to_go + TIE_TOLERANCE, -np.inf)
    optimal = np.empty_like(legal)
    for action, ((row, col), cost) in enumerate(zip(rule.deltas.tolist(), rule.costs, strict=True)):
        onward = padded[1 + row : 1 + row + rows, 1 + col : 1 + col + cols] + cost
        optimal[..., action] = legal[..., action] & (onward <= limit)
    return optimal
