"""How well a model plans on maps: its greedy trajectories against the exact oracle."""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import as_cell
from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import Starts
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.path_costs import is_least
from vingui.core.rollout import NO_ACTION, OUTCOMES, EveryRollout, Outcome, Rollouts, rollout
from vingui.core.value_history import MOST_MEMORY
from vingui.net.planner import Planner

KS: Final = tuple(sorted({step << power for step in (2, 3) for power in range(24)} | {1}))
"""1, 2, 3, 4, 6, 8, 12, ...: the iterations whose policies are evaluated, up to K."""


def ks_until(iterations: int | None) -> tuple[int, ...]:
    """Those of `KS` below K, and K; all of them if K is `None`."""
    return KS if iterations is None else (*KS[: bisect_left(KS, iterations)], iterations)


@dataclass(frozen=True)
class MapResult:
    """The greedy trajectories of one map.

    Attributes:
        index: the map's index in the data set.
        grid: the map.
        starts: `(n, 2)` int64, the cells that it is evaluated from.
        rule: the movement rule.
        actions: `(rows, cols)` int8, the greedy actions.
        oracle: the exact solution, `None` where the map has no goal.
        limit: `(rows, cols)` int32, how many moves a trajectory may make.
        rollouts: those of every cell within the limit, `None` where the map has no goal.
        iterations: K; 0 for what does not iterate.
        by_k: `(n, 2)` int64: the starts that reach their goal, and those by a path of least cost,
            under the first n of the ks that were asked for, those below K.
        seconds: how long the planning took.
    """

    index: int
    grid: GridMap
    starts: NDArray[np.int64]
    rule: MoveRule
    actions: NDArray[np.int8]
    oracle: Oracle | None
    limit: NDArray[np.int32]
    rollouts: Rollouts | None
    iterations: int = 0
    by_k: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))
    seconds: float = 0.0

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the trajectory of every start for a JSON report."""
        for start in map(as_cell, self.starts) if len(self.starts) else (None,):
            alone = self.grid.with_starts((start,) if start else ())
            limit = int(self.limit[start]) if start else None
            for trajectory in rollout(alone, self.actions, self.rule, self.oracle, max_steps=limit):
                yield {"map": self.index, "goal": self.grid.goal, **trajectory.record()}

    def failing(self) -> NDArray[np.int64]:
        """`(n, 2)` int64: the starts that can reach a goal and do not."""
        if self.rollouts is None or self.oracle is None:
            return self.starts[:0]
        rows, cols = self.starts.T
        fails = self.oracle.reachable[rows, cols] & np.isinf(self.rollouts.costs[rows, cols])
        return np.asarray(self.starts[fails])

    def outcome(self, start: Cell) -> Outcome:
        """How the trajectory of a start ends, on a map with a goal."""
        assert self.rollouts is not None  # noqa: S101 - there is a goal
        return OUTCOMES[int(self.rollouts.outcomes[start])]


class SolvedMap:
    """A map with its exact solution, against which policies are evaluated.

    The protocol is the paper's: a trajectory may have twice as many states as the optimal path
    has (Tamar et al. 2016); one that takes longer is out of steps.

    Args:
        grid: the map.
        rule: the movement rule.
        index: its index in the data set.
        starts: the starts that the map has, or every cell that is free and no goal.

    Attributes:
        grid: the map.
        starts: `(n, 2)` int64, the cells that it is evaluated from.
        oracle: the exact solution, `None` where the map has no goal.
        seconds: how long the exact solution took.
    """

    def __init__(
        self, grid: GridMap, rule: MoveRule, *, index: int = 0, starts: Starts = "given"
    ) -> None:
        self.index, self.rule, self.seconds = index, rule, 0.0
        self.grid = grid
        self.starts = _every_start(grid) if starts == "all" else _as_array(grid.starts)
        self.oracle: Oracle | None = None
        if not grid.goals:
            return
        began = time.perf_counter()
        self.oracle = solve(grid, rule)
        self.seconds = time.perf_counter() - began
        self._rollouts = EveryRollout(grid, rule, self.oracle)
        # All optimal paths of a cell have as many moves on a plain map: m + n sqrt 2 has one m
        # and n.
        best = self._rollouts.follow(self.oracle.optimal.argmax(axis=-1))
        self._limit: NDArray[np.int32] = 2 * (best.steps + 1) - 1

    def plan(
        self,
        planner: Planner,
        iterations: int | None,
        *,
        ks: Sequence[int] = (),
        on_piece: Callable[[], None] = lambda: None,
    ) -> MapResult:
        """Plan on the map once, and follow the greedy policy.

        Args:
            planner: the model.
            iterations: K, or `None` to stop when the values do.
            ks: the iterations whose policies are evaluated too, ascending. Of a VIN on a map so
                large that not all of V_1 to V_K are kept, the nearest one kept before counts.
            on_piece: called now and then; what it raises ends the plan.

        Raises:
            VinguiError: the plan would take more memory than there is.
        """
        if self.oracle is None:
            return self.without_goal()
        memory = MOST_MEMORY if ks else 0
        planner.check_memory(self.grid, keeping=memory)
        began = time.perf_counter()
        iteration = planner.iterate(self.grid, iterations=iterations, memory=memory)
        for _ in iteration:
            on_piece()
        history = iteration.history
        last = history.kept[-1]
        actions = iteration.actions(last)
        seconds = time.perf_counter() - began
        earlier = (iteration.actions(history.nearest(k)) for k in ks if k < last)
        return self.result(actions, seconds=seconds, iterations=last, earlier=earlier)

    def without_goal(self) -> MapResult:
        """The result on a map without a goal, on which nothing is planned."""
        nothing = np.full(self.grid.walls.shape, NO_ACTION, np.int8)
        limit = nothing.astype(np.int32)
        return MapResult(self.index, self.grid, self.starts, self.rule, nothing, None, limit, None)

    def result(
        self,
        actions: NDArray[np.int8],
        *,
        seconds: float = 0.0,
        iterations: int = 0,
        earlier: Iterable[NDArray[np.int8]] = (),
    ) -> MapResult:
        """What comes of greedy actions.

        Args:
            actions: `(rows, cols)` int8.
            seconds: how long it took to plan them.
            iterations: K.
            earlier: the greedy actions of some iterations before the last.

        Raises:
            VinguiError: the map has no goal.
        """
        oracle = self.oracle
        if oracle is None:
            raise VinguiError("The map has no goal; set one first")
        rows, cols = self.starts[oracle.reachable[tuple(self.starts.T)]].T
        exact = oracle.cost_to_go[rows, cols]
        by_k = []
        for policy in earlier:
            costs = self._rollouts.costs_from(policy, (rows, cols), max_steps=self._limit)
            reached, optimal = counts(self.grid, exact, costs)
            by_k.append((int(reached.sum()), int(optimal.sum())))
        return MapResult(
            self.index,
            self.grid,
            self.starts,
            self.rule,
            actions,
            oracle,
            self._limit,
            self._rollouts.follow(actions, max_steps=self._limit),
            iterations,
            np.array(by_k, np.int64).reshape(-1, 2),
            seconds,
        )


def _as_array(cells: Sequence[Cell]) -> NDArray[np.int64]:
    return np.array(cells, np.int64).reshape(-1, 2)


def _every_start(grid: GridMap) -> NDArray[np.int64]:
    free = grid.free.copy()
    free[tuple(_as_array(grid.goals).T)] = False
    return np.argwhere(free)


def counts(
    grid: GridMap, exact: NDArray[np.float64], costs: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which paths reach a goal, and which of them at the least cost, given their costs."""
    return np.isfinite(costs), is_least(costs, exact, greatest_value=grid.greatest_value)


def evaluate(
    planner: Planner,
    maps: Sequence[GridMap],
    *,
    starts: Starts = "given",
    iterations: int | None = None,
) -> Iterator[MapResult]:
    """Plan on each map once and follow the greedy policy from its starts.

    Args:
        planner: the model.
        maps: the maps.
        starts: the starts that the maps have, or every cell that is free and no goal.
        iterations: K, or `None` to stop when the values do.

    Yields:
        A result for each map, in order.
    """
    for index, grid in enumerate(maps):
        yield SolvedMap(grid, planner.rule, index=index, starts=starts).plan(planner, iterations)
