"""How well a model plans: success, optimality and action accuracy against the exact oracle."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.path_costs import is_least
from vingui.core.phrases import counted
from vingui.core.rollout import NO_ACTION, EveryRollout, Rollouts, rollout
from vingui.net.planner import Planner

Starts = Literal["given", "all"]

LENGTH_RANGES: Final = (0, 10, 20, 50, 100, 200, 500, 1000)
"""The lower ends of the ranges of optimal lengths in a report; the last range is open."""


@dataclass(frozen=True)
class MapResult:
    """The greedy trajectories of one map.

    Attributes:
        index: the map's index in the data set.
        grid: the map, with the starts of the evaluation.
        rule: the movement rule.
        actions: `(rows, cols)` int8, the greedy actions.
        oracle: the exact solution, `None` where the map has no goal.
        limit: `(rows, cols)` int32, how many moves a trajectory may make.
        rollouts: those of every cell within the limit, `None` where the map has no goal.
    """

    index: int
    grid: GridMap
    rule: MoveRule
    actions: NDArray[np.int8]
    oracle: Oracle | None
    limit: NDArray[np.int32]
    rollouts: Rollouts | None

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the trajectory of every start for a JSON report."""
        for start in self.grid.starts or (None,):
            alone = self.grid.with_starts((start,) if start else ())
            limit = int(self.limit[start]) if start else None
            for trajectory in rollout(alone, self.actions, self.rule, self.oracle, max_steps=limit):
                yield {"map": self.index, "goal": self.grid.goal, **trajectory.record()}


@dataclass
class EvaluationTotals:
    """The sums of an evaluation. Starts that cannot reach the goal do not count.

    Attributes:
        maps: the maps evaluated.
        starts: the starts that can reach their goal.
        unreachable: the starts that cannot, or that have no goal.
        reached: of `starts`, those from which the model reached the goal.
        optimal: of `starts`, those from which it did so on a path of least cost.
        excess: the sum of cost minus least cost over `reached`.
        cost_ratio: the sum of cost over least cost of `compared`.
        compared: of `reached`, those on maps with costs, where the least cost is above 0.
        actions_right: cells whose greedy action is one of the optimal ones.
        actions: cells that have an optimal action.
        by_length: `(ranges, 3)` int64: starts, reached, optimal for each of `LENGTH_RANGES`.
    """

    maps: int = 0
    starts: int = 0
    unreachable: int = 0
    reached: int = 0
    optimal: int = 0
    excess: float = 0.0
    cost_ratio: float = 0.0
    compared: int = 0
    actions_right: int = 0
    actions: int = 0
    by_length: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros((len(LENGTH_RANGES), 3), np.int64)
    )

    def add(self, result: MapResult) -> None:
        """Add a map."""
        self.maps += 1
        rows, cols = np.array(result.grid.starts, np.intp).reshape(-1, 2).T
        if result.oracle is None or result.rollouts is None:
            self.unreachable += len(rows)
            return
        self._add_actions(result.actions, result.oracle)
        exact = result.oracle.cost_to_go[rows, cols]
        solvable = np.isfinite(exact)
        self.unreachable += int((~solvable).sum())
        exact, rows, cols = exact[solvable], rows[solvable], cols[solvable]
        costs = result.rollouts.costs[rows, cols]
        reached = np.isfinite(costs)
        optimal = is_least(costs, exact, greatest_value=result.grid.greatest_value)
        self.starts += len(exact)
        self.reached += int(reached.sum())
        self.optimal += int(optimal.sum())
        self.excess += float((costs - exact)[reached].sum())
        if result.grid.has_costs:
            compared = reached & (exact > 0)
            self.cost_ratio += float((costs[compared] / exact[compared]).sum())
            self.compared += int(compared.sum())
        # By the cost of the best path; below 0, where goals are worth more, in the first range.
        ranges = np.maximum(np.searchsorted(LENGTH_RANGES, exact, side="right") - 1, 0)
        np.add.at(self.by_length, ranges, np.stack([solvable[solvable], reached, optimal], -1))

    def _add_actions(self, actions: NDArray[np.int8], oracle: Oracle) -> None:
        optimal = oracle.optimal.reshape(actions.size, -1)
        right = optimal[np.arange(actions.size), actions.ravel()] & (actions.ravel() >= 0)
        self.actions_right += int(right.sum())
        self.actions += int(oracle.optimal.any(axis=-1).sum())

    def summary(self) -> dict[str, Any]:
        """The rates, from 0 to 1, for a JSON report or a card.

        Raises:
            VinguiError: no start can reach its goal.
        """
        if not self.starts:
            raise VinguiError(
                f"There is nothing to evaluate: none of {counted(self.maps, 'map')} has a start "
                "that can reach a goal"
            )
        return {
            "maps": self.maps,
            "starts": self.starts,
            "unreachable": self.unreachable,
            "success": self.reached / self.starts,
            "success_interval": wilson_interval(self.reached, self.starts),
            "optimal": self.optimal / self.starts,
            "mean_excess": self.excess / self.reached if self.reached else None,
            **({"mean_cost_ratio": self.cost_ratio / self.compared} if self.compared else {}),
            "action_accuracy": self.actions_right / self.actions if self.actions else None,
            "by_length": [
                {"from": low, "to": high, "starts": starts, "success": reached, "optimal": optimal}
                for low, high, (starts, reached, optimal) in zip(
                    LENGTH_RANGES, (*LENGTH_RANGES[1:], None), self.by_length.tolist(), strict=True
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
        starts: the starts that the maps have, or every cell that is free and no goal.
        iterations: K, or `None` to stop when the values do.

    Yields:
        A result for each map, in order.
    """
    for index, grid in enumerate(maps):
        yield _evaluate_map(planner, grid, index, starts, iterations)


def _evaluate_map(
    planner: Planner, grid: GridMap, index: int, starts: Starts, iterations: int | None
) -> MapResult:
    rule = planner.rule
    if starts == "all":
        cells = np.argwhere(grid.free).tolist()
        grid = grid.with_starts(
            tuple((row, col) for row, col in cells if (row, col) not in grid.goals)
        )
    if not grid.goals:
        nothing = np.full(grid.walls.shape, NO_ACTION, np.int8)
        return MapResult(index, grid, rule, nothing, None, nothing.astype(np.int32), None)
    oracle = solve(grid, rule)
    actions = planner.greedy_actions(grid, iterations=iterations)
    rollouts = EveryRollout(grid, rule, oracle)
    # All optimal paths of a cell have as many moves on a plain map: m + n sqrt 2 has one m and n.
    limit = 2 * (rollouts.follow(oracle.optimal.argmax(axis=-1)).steps + 1) - 1
    within = rollouts.follow(actions, max_steps=limit)
    return MapResult(index, grid, rule, actions, oracle, limit, within)


def wilson_interval(successes: int, trials: int) -> list[float]:
    """The 95 % confidence interval of a rate (Wilson 1927), written out to spare a large import."""
    rate, z = successes / trials, NormalDist().inv_cdf(0.975)
    centre = rate + z**2 / (2 * trials)
    half = z * math.sqrt(rate * (1 - rate) / trials + (z / (2 * trials)) ** 2)
    low, high = ((centre + side) / (1 + z**2 / trials) for side in (-half, half))
    # Rounding could make them differ from 0 and 1 at the ends.
    return [low if successes else 0.0, high if successes < trials else 1.0]
