"""Values of networks as costs, and what they differ by from the exact ones."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.oracle import Oracle

if TYPE_CHECKING:
    from vingui.core.run import Run


def as_costs(run: "Run", k: int, oracle: Oracle) -> tuple[int, NDArray[np.float32], str]:
    """The values of a run in the unit of the exact ones, so that they can be subtracted.

    Args:
        run: the run.
        k: the iteration; the values that the run keeps for it are used.
        oracle: the map's exact solution.

    Returns:
        Their k; `(rows, cols)` float32, `-inf` where there is none; and their name, which says
        what was done to them.
    """
    kept_k, values = run.values_at(k)
    if run.has_learned_costs:
        return kept_k, values * np.float32(run.cost_scale), "V, scaled,"
    if _are_costs(values, run.grid):
        return kept_k, values, "V"
    return kept_k, fitted(values, oracle, run.grid), "V, linearly fitted,"


def difference(values: NDArray[np.float32], oracle: Oracle) -> NDArray[np.float32]:
    """The values minus the exact ones: positive where they are too optimistic.

    Args:
        values: `(rows, cols)` float32, minus costs; `-inf` where there is none.
        oracle: the exact solution.

    Returns:
        `(rows, cols)` float32; `-inf` where either has no value.
    """
    known = oracle.reachable & np.isfinite(values)
    cost = np.where(known, oracle.cost_to_go, 0).astype(np.float32)
    return np.where(known, values + cost, np.float32(-np.inf))


def fitted(values: NDArray[np.float32], oracle: Oracle, grid: GridMap) -> NDArray[np.float32]:
    """The values scaled and shifted, a V + b, to fit the exact values by least squares.

    A VIN of the paper learns which of two cells is better, but not by how much.

    Args:
        values: `(rows, cols)` float32, without a unit; `-inf` where there is none.
        oracle: the exact solution.
        grid: the map.

    Returns:
        `(rows, cols)` float32, in the unit of the exact values.
    """
    known = oracle.reachable & np.isfinite(values) & grid.free
    v, exact = values[known].astype(np.float64), -oracle.cost_to_go[known]
    if not v.size:
        return values
    spread = v - v.mean()
    variance = float(spread @ spread)
    a = float(spread @ exact) / variance if variance else 0.0
    b = float(exact.mean()) - a * float(v.mean())
    result = np.full_like(values, -np.inf)
    finite = np.isfinite(values)
    result[finite] = a * values[finite] + b
    return result


def _are_costs(values: NDArray[np.float32], grid: GridMap) -> bool:
    # Those that are costs of paths are the goals' own values there from the first iteration on.
    goals = grid.valued_goals.items()
    return bool(goals) and all(values[goal] == np.float32(value) for goal, value in goals)
