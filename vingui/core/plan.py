"""What a planner returns."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.phrases import counted
from vingui.core.rollout import NO_ACTION

_ENOUGH_ITERATIONS: Final = 100_000


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


@dataclass(frozen=True, eq=False)
class Plan:
    """The value function of a map, iterated, and the policy that follows from it.

    Attributes:
        grid: the map that was planned on, with a goal.
        model: the name of the model.
        rule: the movement rule that the model knows.
        iterations: K, the Bellman backups made.
        converged: whether the last of them changed no value (any more).
        kept: `(n,)` int64, the iterations k of `values`, ascending, K the last. All of 1 to K
            unless they were too many for the memory that the planner was given.
        values: `(n, rows, cols)` float32, V_k for each k of `kept`; `-inf` where the values have
            not come to yet (walls and unreachable cells stay so).
        reward: `(rows, cols, channels)` float32, the learned reward: one channel, or one for each
            latent action.
        q: `(rows, cols, latent actions)` float32, the q-values of V_K; `-inf` as for values.
        policy: `(rows, cols, n_actions)` float32, action probabilities under V_K; all 0 where
            the policy has nothing to say: on walls, at the goal, and where no action has a value.
    """

    grid: GridMap
    model: str
    rule: MoveRule
    iterations: int
    converged: bool
    kept: NDArray[np.int64]
    values: NDArray[np.float32]
    reward: NDArray[np.float32]
    q: NDArray[np.float32]
    policy: NDArray[np.float32]

    @property
    def actions(self) -> NDArray[np.int64]:
        """`(rows, cols)` int64, the greedy action of each cell or `NO_ACTION`."""
        says = self.policy.max(axis=-1) > 0
        return np.where(says, self.policy.argmax(axis=-1), NO_ACTION)
