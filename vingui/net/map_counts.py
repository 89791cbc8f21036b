"""What an evaluation keeps of one map: a few numbers, which are also sent between processes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final, Self

import numpy as np

from vingui.core.dataset import as_cell
from vingui.core.errors import VinguiError
from vingui.core.grid import Cell
from vingui.net.evaluate import MapResult, counts

LENGTH_RANGES: Final = (0, 10, 20, 50, 100, 200, 500, 1000)
"""The lower ends of the ranges of optimal lengths in a report; the last range is open."""


@dataclass(frozen=True)
class MapCounts:
    """What one map adds to an `EvaluationTotals`. Starts that cannot reach the goal do not count.

    Attributes:
        unreachable: the starts that cannot reach the goal, or that have none.
        starts: the starts that can.
        reached: of `starts`, those from which the model reached the goal.
        optimal: of `starts`, those from which it did so on a path of least cost.
        excess: the sum of cost minus least cost over `reached`.
        cost_ratio: the sum of cost over least cost of `compared`.
        compared: of `reached`, those on maps with costs, where the least cost is above 0.
        actions_right: cells whose greedy action is one of the optimal ones.
        actions: cells that have an optimal action.
        by_length: the index of each of `LENGTH_RANGES` that has starts; its starts, and of them
            those reached and optimal.
        by_k: reached and optimal under each of the ks that were asked for, below K.
        longer_side: that of the map, in cells.
        iterations: K.
        seconds: how long the planning took; `None` where the map has no goal.
    """

    unreachable: int
    starts: int = 0
    reached: int = 0
    optimal: int = 0
    excess: float = 0.0
    cost_ratio: float = 0.0
    compared: int = 0
    actions_right: int = 0
    actions: int = 0
    by_length: Sequence[Sequence[int]] = ()
    by_k: Sequence[Sequence[int]] = ()
    longer_side: int = 0
    iterations: int = 0
    seconds: float | None = None

    @classmethod
    def of(cls, result: MapResult) -> Self:
        """Count the starts of a map."""
        oracle, rollouts = result.oracle, result.rollouts
        if oracle is None or rollouts is None:
            return cls(unreachable=len(result.starts))
        rows, cols = result.starts[oracle.reachable[tuple(result.starts.T)]].T
        exact, costs = oracle.cost_to_go[rows, cols], rollouts.costs[rows, cols]
        reached, optimal = counts(result.grid, exact, costs)
        compared = reached & (exact > 0) & result.grid.has_costs
        by_length = np.zeros((len(LENGTH_RANGES), 3), np.int64)
        # By the cost of the best path; below 0, where goals are worth more, in the first range.
        each = np.stack([np.ones_like(reached), reached, optimal], -1)
        places = np.maximum(np.searchsorted(LENGTH_RANGES, exact, side="right") - 1, 0)
        np.add.at(by_length, places, each)
        choices = oracle.optimal.reshape(result.actions.size, -1)
        chosen = result.actions.ravel()
        right = choices[np.arange(len(chosen)), chosen] & (chosen >= 0)
        return cls(
            unreachable=len(result.starts) - len(exact),
            starts=len(exact),
            reached=int(reached.sum()),
            optimal=int(optimal.sum()),
            excess=float((costs - exact)[reached].sum()),
            cost_ratio=float((costs[compared] / exact[compared]).sum()),
            compared=int(compared.sum()),
            actions_right=int(right.sum()),
            actions=int(choices.any(axis=-1).sum()),
            by_length=[[at, *row] for at, row in enumerate(by_length.tolist()) if row[0]],
            by_k=result.by_k.tolist(),
            longer_side=max(result.grid.rows, result.grid.cols),
            iterations=result.iterations,
            seconds=result.seconds,
        )


@dataclass(frozen=True)
class MapReport:
    """What came of one map with one model.

    Attributes:
        counts: its numbers.
        failing: the first start that can reach a goal and does not, or `None`.
        outcome: how the trajectory from there ends, the value of an `Outcome`; or empty.
        trajectories: the record of each trajectory, if they were asked for.
    """

    counts: MapCounts
    failing: Cell | None
    outcome: str
    trajectories: Sequence[dict[str, Any]]

    @classmethod
    def of(cls, result: MapResult, *, trajectories: bool) -> Self:
        """That of a result."""
        failing = next(map(as_cell, result.failing()), None)
        return cls(
            MapCounts.of(result),
            failing,
            result.outcome(failing).value if failing else "",
            list(result.records()) if trajectories else [],
        )


_numbers_of: Final = attrgetter(*(each.name for each in fields(MapCounts)))


def reports_text(reports: Sequence[Sequence[MapReport]]) -> str:
    """The reports of some maps, of each model one, as a line of JSON.

    A report is a list: the numbers of `MapCounts` in their order, and then the other attributes.
    Floats are written so that `reports_of` gives the same ones, bit for bit.
    """
    content = [
        [
            (*_numbers_of(report.counts), report.failing, report.outcome, report.trajectories)
            for report in of_map
        ]
        for of_map in reports
    ]
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def reports_of(content: Any) -> list[list[MapReport]]:
    """The reports of the parsed JSON of `reports_text`.

    Raises:
        VinguiError: it is none.
    """
    try:
        return [[_report(values) for values in of_map] for of_map in content]
    except (TypeError, ValueError, LookupError):
        raise VinguiError("Expected the reports of maps, received something else") from None


_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    **{each.name: (int,) for each in fields(MapCounts)},
    "excess": (int, float),
    "cost_ratio": (int, float),
    "by_length": (list,),
    "by_k": (list,),
    "seconds": (int, float, type(None)),
}
"""Of numbers in parsed JSON."""


def _report(values: list[Any]) -> MapReport:
    *numbers, failing, outcome, trajectories = values
    for number, kinds in zip(numbers, _TYPES.values(), strict=True):
        if type(number) not in kinds:
            raise ValueError(number)
    counts = MapCounts(*numbers)
    for place, _, _, _ in counts.by_length:
        if place not in range(len(LENGTH_RANGES)):
            raise ValueError("by_length")
    for _, _ in counts.by_k:
        pass
    return MapReport(
        counts,
        failing if failing is None else (int(failing[0]), int(failing[1])),
        str(outcome),
        [dict(each) for each in trajectories],
    )
