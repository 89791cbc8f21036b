"""What cells cost for a network that learned it, and how that compares with the true costs."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.rollout import Trajectory

if TYPE_CHECKING:
    from vingui.core.run import Run


@dataclass(frozen=True, eq=False)
class LearnedCosts:
    """The costs of a map's cells as a network reads them from what it sees.

    Demonstrations show which path is better, but not by how much: all costs times one number lead
    to the same plans. So they are scaled to the true costs of the map, where it has any.

    Attributes:
        grid: the map.
        read: `(rows, cols)` float32 above 0, the cost of entering each cell.
    """

    grid: GridMap
    read: NDArray[np.float32]

    @cached_property
    def scale(self) -> float:
        """What brings them as near the true costs as possible; 1 on a map without true costs."""
        true, free = self.grid.costs, self.grid.free
        return 1.0 if true is None else best_scale(self.read[free], true[free])

    @property
    def scaled(self) -> NDArray[np.float32]:
        """`(rows, cols)` float32: the costs times `scale`; `-inf` on walls."""
        costs = self.read * np.float32(self.scale)
        return np.where(self.grid.free, costs, np.float32(-np.inf))


def scale_of(costs: LearnedCosts | None) -> float:
    """Their scale; `nan` if there are none."""
    return math.nan if costs is None else costs.scale


def best_scale(learned: NDArray[np.floating], true: NDArray[np.floating]) -> float:
    """What to multiply learned costs by to come as near the true ones as possible.

    By least squares.

    Args:
        learned: `(n,)` floats above 0.
        true: `(n,)` floats.
    """
    learned = learned.astype(np.float64)
    squares = float(learned @ learned)
    return float(learned @ true) / squares if squares else 1.0


def learned_costs(run: "Run") -> NDArray[np.float32] | None:
    """`(rows, cols)` float32: the `LearnedCosts.scaled` of a run.

    `None` if the network learned none, or while they are unknown.
    """
    if not run.has_learned_costs:
        return None
    return run.readouts.layer(run.latest, LEARNED_COST, BEST)


def cost_range(grid: GridMap, costs: Any) -> tuple[float, float]:
    """The range of colours for true and for learned costs, which can so be compared.

    It is that of the true costs, so that it stays the same while a network learns. On a map
    without true costs its ends are powers of two, which seldom change.

    Args:
        grid: the map.
        costs: `(rows, cols)` floats, the costs to show on a map without true costs.
    """
    shown = (costs if grid.costs is None else grid.costs)[grid.free]
    low, high = float(shown.min()), float(shown.max())
    if grid.costs is None:
        low, high = 2.0 ** math.floor(math.log2(low)), 2.0 ** math.ceil(math.log2(high))
    return (low / 2, 2 * high) if low == high else (low, high)


def believed_costs(trajectory: Trajectory, run: "Run") -> tuple[float, float] | None:
    """What a trajectory costs by the learned costs, and what one of the best paths would.

    Args:
        trajectory: one that reached a goal of the run.
        run: the run.

    Returns:
        `None` if the network learned no costs, or while they or the best path are unknown.
    """
    costs, oracle = learned_costs(run), run.oracle
    if costs is None or oracle is None or trajectory.start is None:
        return None
    best = oracle.best_path(trajectory.start, run.rule)
    own, other = (
        float(np.hypot(*np.diff(path, axis=0).T) @ costs[tuple(path[1:].T)].astype(np.float64))
        for path in (trajectory.path, best)
    )
    return own, other


def note_on_costs(run: "Run") -> str:
    """What there is to know about the learned costs of a run, in sentences."""
    if run.grid.costs is None:
        return "As the network reads them: the map has no true costs to compare them with."
    return (
        f"What the network reads, times {run.cost_scale:z.3g}: this brings it as near the true "
        "costs as possible, since paths do not show how large costs are.\nThe colours are those "
        "of the true costs; learned ones beyond them have the colours of the ends."
    )
