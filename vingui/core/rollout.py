"""Greedy rollouts: following a policy from some cells, or from every cell at once."""

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle
from vingui.core.path_costs import TIE_TOLERANCE
from vingui.core.phrases import counted

if TYPE_CHECKING:
    from vingui.core.engine.rollouts import GreedyRollouts

NO_ACTION = -1
"""In an array of greedy actions: the policy has no action in this cell."""


class Outcome(Enum):
    """How a greedy rollout ended."""

    REACHED = "reached"
    LOOP = "loop"
    WALL = "wall"
    OUT_OF_STEPS = "out-of-steps"
    UNREACHABLE = "unreachable"
    NO_START = "no-start"
    NO_GOAL = "no-goal"


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One greedy rollout.

    Attributes:
        start: the start; `None` if the map has none.
        outcome: how it ended.
        path: `(n, 2)` int64, the cells visited, the start first. A loop ends on the cell that is
            visited a second time; a rollout into a wall, on the cell before the wall.
        length: the length of the path in cells.
        cost: what the path costs: its length, unless the map has costs.
        optimal_cost: the exact cost-to-go of the start; `inf` if no goal can be reached.
        goal_value: the value of the goal that was reached.
        costly: whether paths of the map are compared by their costs or their goals, not by their
            lengths.
    """

    start: Cell | None
    outcome: Outcome
    path: NDArray[np.int64]
    length: float
    cost: float
    optimal_cost: float
    goal_value: float = 0.0
    costly: bool = False

    def __repr__(self) -> str:
        optimal = ", optimal" if self.optimal else ""
        return (
            f"Trajectory(start={self.start}, {self.outcome.value}{optimal}, "
            f"{counted(self.steps, 'move')}, cost={self.cost:.4g})"
        )

    @property
    def steps(self) -> int:
        """The number of moves."""
        return max(len(self.path) - 1, 0)

    @property
    def excess(self) -> float:
        """How much more it costs than the best; `nan` unless it reached a goal."""
        if self.outcome is not Outcome.REACHED:
            return float("nan")
        return self.cost - self.goal_value - self.optimal_cost

    @property
    def optimal(self) -> bool:
        """Whether it reached a goal and no path costs less."""
        return self.excess <= TIE_TOLERANCE * (self.cost + abs(self.goal_value))

    def record(self) -> dict[str, Any]:
        """The trajectory for a JSON file; what is optimal is null if there is no path."""
        exact = self.optimal_cost if np.isfinite(self.optimal_cost) else None
        costs = {"cost": self.cost, "goal_value": self.goal_value, "optimal_cost": exact}
        return {
            "start": self.start,
            "path": self.path.tolist(),
            "outcome": self.outcome.value,
            "length": self.length,
            **(costs if self.costly else {"optimal_length": exact}),
        }


@dataclass(frozen=True, eq=False)
class Rollouts:
    """The greedy rollout of every cell.

    Attributes:
        outcomes: `(rows, cols)` int8, indices into `OUTCOMES`; `NO_START` on walls.
        costs: `(rows, cols)` float64, the cost of the path minus the value of its goal, as the
            oracle's cost-to-go; `inf` unless it reached a goal.
        steps: `(rows, cols)` int32, its moves; 0 unless it reached a goal.
    """

    outcomes: NDArray[np.int8]
    costs: NDArray[np.float64]
    steps: NDArray[np.int32]

    def where(self, outcome: Outcome) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, the cells whose rollout has this outcome."""
        return np.asarray(self.outcomes == OUTCOMES.index(outcome))


OUTCOMES = tuple(Outcome)
"""The outcomes by their index in `Rollouts.outcomes`."""

_OUTCOME_OF_END: Final = np.array(
    [
        -1,
        *map(OUTCOMES.index, (Outcome.REACHED, Outcome.LOOP, Outcome.WALL, Outcome.OUT_OF_STEPS)),
    ],
    np.int8,
)
"""The outcomes that `engine.rollouts` numbers."""


def greedy_actions(policy: NDArray[np.float32]) -> NDArray[np.int8]:
    """The most probable action of each cell; the first of several that tie.

    Args:
        policy: `(rows, cols, n_actions)` float32, probabilities; all 0 where there is no action.

    Returns:
        `(rows, cols)` int8, with `NO_ACTION` where there is no action.
    """
    has_action = policy.max(axis=-1) > 0
    return np.where(has_action, policy.argmax(axis=-1), NO_ACTION).astype(np.int8)


def check_actions(actions: NDArray[np.integer], grid: GridMap, rule: MoveRule) -> None:
    """Raise `ValueError` unless `actions` is a greedy policy for `grid` under `rule`."""
    if actions.shape != grid.walls.shape or not np.issubdtype(actions.dtype, np.integer):
        raise ValueError(
            f"Expected greedy actions as integers of shape {grid.walls.shape}, "
            f"received {actions.dtype} of shape {actions.shape}"
        )
    if not (actions.min() >= NO_ACTION and actions.max() < rule.n_actions):
        raise ValueError(
            f"Expected greedy actions from {NO_ACTION} to {rule.n_actions - 1}, "
            f"received {actions.min()} to {actions.max()}"
        )


def rollout(
    grid: GridMap,
    actions: NDArray[np.integer],
    rule: MoveRule,
    oracle: Oracle | None,
    *,
    max_steps: int | None = None,
    most_cells: int | None = None,
) -> tuple[Trajectory, ...]:
    """Follow a greedy policy from each start of the map.

    Args:
        grid: the map.
        actions: `(rows, cols)` int, the greedy action of each cell or `NO_ACTION`.
        rule: the movement rule; a rollout whose action it forbids runs into a wall.
        oracle: the map's exact solution under `rule`; `None` if and only if there is no goal.
        max_steps: the most moves in which a rollout may reach the goal; `None` for no limit.
        most_cells: the most cells that all trajectories together may have; `None` for no limit.

    Returns:
        One trajectory for each start; a single one with `NO_START` if the map has none. A start
        that cannot reach the goal is `UNREACHABLE` under any policy. A rollout that comes to a cell
        without an action is `OUT_OF_STEPS`: there were too few iterations, not moves.

    Raises:
        VinguiError: the trajectories are longer than `most_cells` together.
        ValueError: the actions do not fit.
    """
    check_actions(actions, grid, rule)
    if not grid.starts:
        return (Trajectory(None, Outcome.NO_START, _path([]), 0.0, 0.0, np.inf),)
    if oracle is None:
        return tuple(
            Trajectory(start, Outcome.NO_GOAL, _path([start]), 0.0, 0.0, np.inf)
            for start in grid.starts
        )
    rollouts = (_follow(grid, actions, rule, start, max_steps) for start in grid.starts)
    found: list[Trajectory] = []
    left = math.inf if most_cells is None else most_cells
    for followed in rollouts:
        found.append(_judged(grid, followed, oracle))
        left -= len(found[-1].path)
        if left < 0:
            raise VinguiError(
                f"The trajectories from the {counted(len(grid.starts), 'start')} are longer than "
                f"{counted(most_cells or 0, 'cell')} together; give the map fewer starts"
            )
    return tuple(found)


def _path(cells: list[Cell]) -> NDArray[np.int64]:
    return np.array(cells, np.int64).reshape(-1, 2)


def _follow(
    grid: GridMap,
    actions: NDArray[np.integer],
    rule: MoveRule,
    start: Cell,
    max_steps: int | None,
) -> tuple[list[Cell], Outcome]:
    deltas = rule.deltas.tolist()
    path, visited, cell = [start], {start}, start
    while cell not in grid.goals:
        action = int(actions[cell])
        if action == NO_ACTION:
            return path, Outcome.OUT_OF_STEPS
        if not rule.allows(grid.walls, cell, action):
            return path, Outcome.WALL
        cell = (cell[0] + deltas[action][0], cell[1] + deltas[action][1])
        path.append(cell)
        if cell in visited:
            return path, Outcome.LOOP
        visited.add(cell)
    if max_steps is not None and len(path) - 1 > max_steps:
        return path[: max_steps + 1], Outcome.OUT_OF_STEPS
    return path, Outcome.REACHED


def _judged(grid: GridMap, followed: tuple[list[Cell], Outcome], oracle: Oracle) -> Trajectory:
    cells, outcome = followed
    path = _path(cells)
    diagonal = int((np.diff(path, axis=0) != 0).all(axis=1).sum())
    length = path_length(straight=len(path) - 1 - diagonal, diagonal=diagonal)
    # Rounded once, as the oracle's.
    cost = length if grid.costs is None else math.fsum(step_costs(grid, path))
    optimal_cost = float(oracle.cost_to_go[cells[0]])
    if not np.isfinite(optimal_cost):
        outcome = Outcome.UNREACHABLE
    goal_value = grid.valued_goals[cells[-1]] if outcome is Outcome.REACHED else 0.0
    return Trajectory(
        cells[0], outcome, path, length, cost, optimal_cost, goal_value, grid.is_costly
    )


def step_costs(grid: GridMap, path: NDArray[np.int64]) -> NDArray[np.float64]:
    """The cost of each move of a path.

    Args:
        grid: the map.
        path: `(n, 2)`, the cells that are visited.

    Returns:
        `(n - 1,)` float64.
    """
    costs: NDArray[np.float64] = np.hypot(*np.diff(path, axis=0).T)
    if grid.costs is not None:
        costs *= grid.costs[tuple(path[1:].T)]
    return costs


def path_length(*, straight: int, diagonal: int) -> float:
    """The length in cells of a path with these numbers of moves."""
    return straight + diagonal * float(np.sqrt(2))


def rollout_all(
    grid: GridMap,
    actions: NDArray[np.integer],
    rule: MoveRule,
    oracle: Oracle,
    *,
    max_steps: int | NDArray[np.integer] | None = None,
) -> Rollouts:
    """Follow a greedy policy from every cell at once.

    Args:
        grid: the map, with a goal.
        actions: `(rows, cols)` int, the greedy action of each cell or `NO_ACTION`.
        rule: the movement rule; a rollout whose action it forbids runs into a wall.
        oracle: the map's exact solution under `rule`.
        max_steps: the most moves in which a rollout may reach the goal, the same for all starts or
            `(rows, cols)`, one for each; `None` for no limit.

    Returns:
        The outcome and cost for each cell that `rollout` returns for a start there.

    Raises:
        VinguiError: the map has no goal.
        ValueError: the actions do not fit.
    """
    return EveryRollout(grid, rule, oracle).follow(actions, max_steps=max_steps)


class EveryRollout:
    """The greedy rollout from every cell, for one policy of a map after the other.

    Only what the changes of the policy concern is followed again.

    Args:
        grid: the map, with a goal.
        rule: the movement rule; a rollout whose action it forbids runs into a wall.
        oracle: the map's exact solution under `rule`.

    Raises:
        VinguiError: the map has no goal.
    """

    def __init__(self, grid: GridMap, rule: MoveRule, oracle: Oracle) -> None:
        self._grid, self._rule, self._oracle = grid, rule, oracle
        self._followed = _followed(grid, rule, measured=True)

    def follow(
        self, actions: NDArray[np.integer], *, max_steps: int | NDArray[np.integer] | None = None
    ) -> Rollouts:
        """Follow a policy; arguments, result and exceptions as of `rollout_all`."""
        followed = self._follow(actions)
        outcomes = _OUTCOME_OF_END[followed.outcomes]
        if max_steps is not None:
            # Only rollouts that reach the goal have steps.
            outcomes[followed.steps > max_steps] = OUTCOMES.index(Outcome.OUT_OF_STEPS)
        outcomes[~self._oracle.reachable] = OUTCOMES.index(Outcome.UNREACHABLE)
        outcomes[self._grid.walls] = OUTCOMES.index(Outcome.NO_START)
        reached = outcomes == OUTCOMES.index(Outcome.REACHED)
        return Rollouts(
            outcomes,
            np.where(reached, followed.costs, np.inf),
            np.where(reached, followed.steps, 0),
        )

    def costs_from(
        self,
        actions: NDArray[np.integer],
        starts: tuple[NDArray[np.int64], NDArray[np.int64]],
        *,
        max_steps: NDArray[np.integer],
    ) -> NDArray[np.float64]:
        """The costs of `follow` from some cells alone, in less time.

        Args:
            actions: as of `rollout_all`.
            starts: the rows and the columns of free cells that can reach a goal, each `(n,)`.
            max_steps: as of `rollout_all`, one for each cell.

        Returns:
            `(n,)` float64.
        """
        followed = self._follow(actions)
        return np.where(followed.steps[starts] > max_steps[starts], np.inf, followed.costs[starts])

    def _follow(self, actions: NDArray[np.integer]) -> "GreedyRollouts":
        check_actions(actions, self._grid, self._rule)
        self._followed.follow(actions)
        return self._followed


class ReachingCells:
    """The cells whose greedy rollout reaches the goal, for one policy of a map after the other.

    These are the cells that `EveryRollout` finds, in less time and memory.

    Args:
        grid: the map, with a goal.
        rule: the movement rule.

    Raises:
        VinguiError: the map has no goal.
    """

    def __init__(self, grid: GridMap, rule: MoveRule) -> None:
        self._followed = _followed(grid, rule, measured=False)

    def under(self, actions: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Return those under a policy, `(rows, cols)` bool; `actions` as of `rollout_all`."""
        self._followed.follow(actions)
        return self._followed.reaching


def _followed(grid: GridMap, rule: MoveRule, *, measured: bool) -> "GreedyRollouts":
    if not grid.goals:
        raise VinguiError("The map has no goal; set one first")
    # Imported when it is first needed: the window starts without Numba.
    from vingui.core.engine.rollouts import GreedyRollouts
    from vingui.core.engine.shortest_paths import legal_masks

    return GreedyRollouts(
        legal_masks(grid.walls, rule),
        grid.valued_goals,
        rule,
        entry_costs=grid.costs,
        measured=measured,
    )
