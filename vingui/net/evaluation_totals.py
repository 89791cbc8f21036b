"""The sums of an evaluation over many maps, and the rates that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.evaluation_rows import wilson_interval
from vingui.core.phrases import counted
from vingui.net.evaluate import MapResult, counts

LENGTH_RANGES: Final = (0, 10, 20, 50, 100, 200, 500, 1000)
"""The lower ends of the ranges of optimal lengths in a report; the last range is open."""

SIDE_RANGES: Final = (2, 9, 17, 33, 65, 129, 257, 513, 1025, 2049)
"""The lower ends of the ranges of maps' longer sides in a report; the last range is open."""


@dataclass
class EvaluationTotals:
    """The sums of an evaluation. Starts that cannot reach the goal do not count.

    Attributes:
        ks: the iterations whose policies are evaluated too, as in `evaluate`.
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
        by_side: the same for each of `SIDE_RANGES`.
        by_k: `(len(ks), 2)` int64: of `starts`, reached and optimal under V_k.
        latest: the greatest K of a map.
        seconds: of each map, how long its planning took.
    """

    ks: Sequence[int] = ()
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
    by_length: NDArray[np.int64] = field(init=False)
    by_side: NDArray[np.int64] = field(init=False)
    by_k: NDArray[np.int64] = field(init=False)
    latest: int = 0
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_length = np.zeros((len(LENGTH_RANGES), 3), np.int64)
        self.by_side = np.zeros((len(SIDE_RANGES), 3), np.int64)
        self.by_k = np.zeros((len(self.ks), 2), np.int64)

    def add(self, result: MapResult) -> None:
        """Add a map."""
        self.maps += 1
        rows, cols = result.starts.T
        if result.oracle is None or result.rollouts is None:
            self.unreachable += len(rows)
            return
        self.seconds.append(result.seconds)
        self._add_actions(result.actions, result.oracle)
        exact = result.oracle.cost_to_go[rows, cols]
        solvable = np.isfinite(exact)
        self.unreachable += int((~solvable).sum())
        exact, rows, cols = exact[solvable], rows[solvable], cols[solvable]
        costs = result.rollouts.costs[rows, cols]
        reached, optimal = counts(result.grid, exact, costs)
        self.starts += len(exact)
        self.reached += int(reached.sum())
        self.optimal += int(optimal.sum())
        self.excess += float((costs - exact)[reached].sum())
        if result.grid.has_costs:
            compared = reached & (exact > 0)
            self.cost_ratio += float((costs[compared] / exact[compared]).sum())
            self.compared += int(compared.sum())
        each = np.stack([np.ones_like(reached), reached, optimal], -1)
        # By the cost of the best path; below 0, where goals are worth more, in the first range.
        np.add.at(self.by_length, _place(LENGTH_RANGES, exact), each)
        longer_side = max(result.grid.rows, result.grid.cols)
        self.by_side[_place(SIDE_RANGES, longer_side)] += each.sum(axis=0)
        self._add_ks(result, int(reached.sum()), int(optimal.sum()))

    def _add_actions(self, actions: NDArray[np.int8], oracle: Any) -> None:
        optimal = oracle.optimal.reshape(actions.size, -1)
        right = optimal[np.arange(actions.size), actions.ravel()] & (actions.ravel() >= 0)
        self.actions_right += int(right.sum())
        self.actions += int(oracle.optimal.any(axis=-1).sum())

    def _add_ks(self, result: MapResult, reached: int, optimal: int) -> None:
        earlier = len(result.by_k)
        self.by_k[:earlier] += result.by_k
        # From then on nothing changes.
        self.by_k[earlier:] += reached, optimal
        self.latest = max(self.latest, result.iterations)

    def rates(self) -> dict[str, Any]:
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
        }

    def summary(self) -> dict[str, Any]:
        """The rates and what `vingui.core.evaluation_protocol` says of a row.

        Raises:
            VinguiError: no start can reach its goal.
        """
        return {
            **self.rates(),
            "seconds_per_map": median(self.seconds) if self.seconds else None,
            "by_length": _in_ranges(LENGTH_RANGES, self.by_length),
            "by_side": _in_ranges(SIDE_RANGES, self.by_side),
            "by_k": [
                {"k": k, "starts": self.starts, "success": reached, "optimal": optimal}
                for place, (k, (reached, optimal)) in enumerate(
                    zip(self.ks, self.by_k.tolist(), strict=True)
                )
                if place == 0 or self.ks[place - 1] < self.latest
            ],
        }


def _place(ranges: tuple[int, ...], numbers: Any) -> Any:
    return np.maximum(np.searchsorted(ranges, numbers, side="right") - 1, 0)


def _in_ranges(ranges: tuple[int, ...], table: NDArray[np.int64]) -> list[dict[str, Any]]:
    return [
        {"from": low, "to": high, "starts": starts, "success": reached, "optimal": optimal}
        for low, high, (starts, reached, optimal) in zip(
            ranges, (*ranges[1:], None), table.tolist(), strict=True
        )
        if starts
    ]
