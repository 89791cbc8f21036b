"""How well a model plans: success, optimality and action accuracy against the exact oracle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from scipy.stats import binomtest

from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.rollout import Outcome, Trajectory, rollout, rollout_all
from vingui.net.planner import Planner

Starts = Literal["given", "all"]

LENGTH_RANGES: Final = (0, 10, 20, 50, 100, 200, 500, 1000)
"""The lower ends of the ranges of optimal lengths that are reported apart; the last is open."""


@dataclass(frozen=True)
class MapResult:
    """The trajectories of one map.

    Attributes:
        index: the map's place in the data set.
        goal: the map's goal, or `None`.
        trajectories: one for each start.
        actions_right: cells whose greedy action is one of the optimal ones.
        actions: cells that have an optimal action.
    """

    index: int
    goal: Cell | None
    trajectories: tuple[Trajectory, ...]
    actions_right: int
    actions: int

    def records(self) -> Iterator[dict[str, Any]]:
        """The trajectories as they stand in a JSON report."""
        for trajectory in self.trajectories:
            exact = trajectory.optimal_length
            yield {
                "map": self.index,
                "start": trajectory.start,
                "goal": self.goal,
                "path": trajectory.path.tolist(),
                "outcome": trajectory.outcome.value,
                "length": trajectory.length,
                "optimal_length": exact if np.isfinite(exact) else None,
            }


@dataclass
class Marks:
    """The sums of an evaluation. Starts that cannot reach the goal do not count.

    Attributes:
        maps: the maps looked at.
        starts: the starts that can reach their goal.
        unreachable: the starts that cannot, or that have no goal.
        reached: of `starts`, those from which the model reached the goal.
        optimal: of `starts`, those from which it did so on a shortest path.
        excess: the sum of length minus optimal length over `reached`.
        actions_right: cells whose greedy action is one of the optimal ones.
        actions: cells that have an optimal action.
        by_length: starts, reached and optimal for each of `LENGTH_RANGES`.
    """

    maps: int = 0
    starts: int = 0
    unreachable: int = 0
    reached: int = 0
    optimal: int = 0
    excess: float = 0.0
    actions_right: int = 0
    actions: int = 0
    by_length: list[list[int]] = field(default_factory=lambda: [[0, 0, 0] for _ in LENGTH_RANGES])

    def add(self, result: MapResult) -> None:
        """Take in a map."""
        self.maps += 1
        self.actions_right += result.actions_right
        self.actions += result.actions
        for trajectory in result.trajectories:
            if not np.isfinite(trajectory.optimal_length):
                self.unreachable += 1
                continue
            reached = trajectory.outcome is Outcome.REACHED
            self.starts += 1
            self.reached += reached
            self.optimal += trajectory.optimal
            self.excess += trajectory.excess if reached else 0.0
            place = np.searchsorted(LENGTH_RANGES, trajectory.optimal_length, side="right") - 1
            for column, counts in enumerate((True, reached, trajectory.optimal)):
                self.by_length[place][column] += counts

    def summary(self) -> dict[str, Any]:
        """The rates, as shares of 1, as they stand in a JSON report and on a card.

        Raises:
            VinguiError: no start could reach its goal, so there is nothing to rate.
        """
        if not self.starts:
            raise VinguiError(
                "Expected maps with a goal and a start that can reach it, "
                f"received {self.maps} without"
            )
        interval = binomtest(self.reached, self.starts).proportion_ci(method="wilson")
        return {
            "maps": self.maps,
            "starts": self.starts,
            "unreachable": self.unreachable,
            "success": self.reached / self.starts,
            "success_interval": [float(interval.low), float(interval.high)],
            "optimal": self.optimal / self.starts,
            "mean_excess": self.excess / self.reached if self.reached else None,
            "action_accuracy": self.actions_right / self.actions,
            "by_length": [
                {"from": low, "starts": starts, "success": reached, "optimal": optimal}
                for low, (starts, reached, optimal) in zip(
                    LENGTH_RANGES, self.by_length, strict=True
                )
                if starts
            ],
        }


def evaluate(
    planner: Planner,
    maps: Sequence[GridMap],
    *,
    starts: Starts = "given",
    iterations: int | None = None,
) -> Iterator[MapResult]:
    """Plan on each map once and follow the greedy policy from its starts.

    The protocol is the paper's: a trajectory may have twice as many states as the optimal path
    has (Tamar et al. 2016); one that takes longer is out of steps.

    Args:
        planner: the model.
        maps: the maps.
        starts: the starts that the maps have, or every cell that is free and not the goal.
        iterations: K, or `None` to stop when the values do.

    Yields:
        A result for each map, in order.
    """
    for index, grid in enumerate(maps):
        if grid.goal is None:
            trajectories = rollout(grid, np.zeros(grid.walls.shape, int), planner.model.rule, None)
            yield MapResult(index, None, trajectories, 0, 0)
            continue
        yield _evaluate_map(planner, grid, index, starts, iterations)


def _evaluate_map(
    planner: Planner, grid: GridMap, index: int, starts: Starts, iterations: int | None
) -> MapResult:
    rule = planner.model.rule
    oracle = solve(grid, rule)
    # Evaluation looks at the last values alone, so no others need be kept.
    actions = planner.plan(grid, iterations=iterations, memory=0).actions
    if starts == "all":
        cells = np.argwhere(grid.free).tolist()
        grid = grid.with_starts(tuple((row, col) for row, col in cells if (row, col) != grid.goal))
    limit = 2 * (optimal_steps(grid, oracle, rule) + 1) - 1
    trajectories = tuple(
        trajectory
        for start in grid.starts or (None,)
        for trajectory in rollout(
            grid.with_starts((start,) if start else ()),
            actions,
            rule,
            oracle,
            max_steps=int(limit[start]) if start else None,
        )
    )
    asked = oracle.optimal.any(axis=-1)
    right = np.take_along_axis(oracle.optimal, np.maximum(actions, 0)[..., None], axis=-1)[..., 0]
    right &= actions >= 0
    return MapResult(index, grid.goal, trajectories, int(right.sum()), int(asked.sum()))


def optimal_steps(grid: GridMap, oracle: Oracle, rule: MoveRule) -> Any:
    """`(rows, cols)` int64: the moves of an optimal path from each cell, 0 where there is none.

    All optimal paths of a cell have as many: m + n sqrt 2 has one m and n.
    """
    actions = np.where(oracle.optimal.any(axis=-1), oracle.optimal.argmax(axis=-1), -1)
    return rollout_all(grid, actions, rule, oracle).steps
