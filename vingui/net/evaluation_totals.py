"""The sums of an evaluation over many maps, and the rates that follow from them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.evaluation_rows import wilson_interval
from vingui.core.phrases import counted
from vingui.net.map_counts import LENGTH_RANGES, MapCounts

SIDE_RANGES: Final = (2, 9, 17, 33, 65, 129, 257, 513, 1025, 2049)
"""The lower ends of the ranges of maps' longer sides in a report; the last range is open."""

_SUMS: Final = (
    *("starts", "reached", "optimal", "excess", "cost_ratio", "compared"),
    *("actions_right", "actions"),
)
"""The numbers of a map that are added up. Floats are added map by map in their order, so that sums
are the same bit for bit, whichever process planned on which maps."""


@dataclass
class EvaluationTotals:
    """The sums of an evaluation, of the numbers of `MapCounts`.

    Attributes:
        ks: the iterations whose policies are evaluated too, as in `evaluate`.
        maps: the maps evaluated.
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

    def add(self, counts: MapCounts) -> None:
        """Add a map."""
        self.maps += 1
        self.unreachable += counts.unreachable
        if counts.seconds is None:
            return
        self.seconds.append(counts.seconds)
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(counts, name))
        for place, *numbers in counts.by_length:
            self.by_length[place] += numbers
        side = bisect_right(SIDE_RANGES, counts.longer_side) - 1
        self.by_side[side] += counts.starts, counts.reached, counts.optimal
        earlier = len(counts.by_k)
        self.by_k[:earlier] += np.array(counts.by_k, np.int64).reshape(-1, 2)
        # From then on nothing changes.
        self.by_k[earlier:] += counts.reached, counts.optimal
        self.latest = max(self.latest, counts.iterations)

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


def _in_ranges(ranges: tuple[int, ...], table: NDArray[np.int64]) -> list[dict[str, Any]]:
    return [
        {"from": low, "to": high, "starts": starts, "success": reached, "optimal": optimal}
        for low, high, (starts, reached, optimal) in zip(
            ranges, (*ranges[1:], None), table.tolist(), strict=True
        )
        if starts
    ]
