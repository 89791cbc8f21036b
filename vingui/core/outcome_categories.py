"""How the greedy rollouts of all cells end: the categories of the outcomes layer."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.oracle import Oracle
from vingui.core.path_costs import is_least
from vingui.core.rollout import Outcome, Rollouts
from vingui.core.value_colours import rgb


@dataclass(frozen=True)
class OutcomeCategory:
    """One of the ways in which a greedy rollout may end.

    Attributes:
        name: one or two words.
        about: the predicate of a sentence about the cells.
        colour: as `#rrggbb`; empty for the colour of cells without a value.
    """

    name: str
    about: str
    colour: str


OUTCOME_CATEGORIES: Final = (
    OutcomeCategory("shortest", "reach the goal by a shortest path", "#5fb3a1"),
    OutcomeCategory("longer", "reach the goal by a longer path", "#f2cf5b"),
    OutcomeCategory("stops", "stop where the policy has no action yet", "#7a90ba"),
    OutcomeCategory("into wall", "run into a wall", "#c8502f"),
    OutcomeCategory("loops", "end in a loop", "#6b2c7c"),
    OutcomeCategory("no path", "cannot reach the goal at all", ""),
)
"""The categories in the order of their labels. Their colours also differ in lightness."""

_ON_COSTLY_MAPS: Final = (
    OutcomeCategory("least cost", "reach a goal at the least cost", OUTCOME_CATEGORIES[0].colour),
    OutcomeCategory("costlier", "reach a goal at a greater cost", OUTCOME_CATEGORIES[1].colour),
    *OUTCOME_CATEGORIES[2:],
)

_LABELS: Final = {
    Outcome.REACHED: 0,
    Outcome.OUT_OF_STEPS: 2,
    Outcome.WALL: 3,
    Outcome.LOOP: 4,
    Outcome.UNREACHABLE: 5,
}


def categories_of(grid: GridMap) -> tuple[OutcomeCategory, ...]:
    """`OUTCOME_CATEGORIES` in the words for a map: costs where paths are compared by these."""
    return _ON_COSTLY_MAPS if grid.is_costly else OUTCOME_CATEGORIES


def category_labels(
    rollouts: Rollouts, oracle: Oracle, *, greatest_value: float
) -> NDArray[np.int64]:
    """How the rollout of each cell ends.

    Args:
        rollouts: the rollouts of every cell.
        oracle: the exact solution of the same map.
        greatest_value: that of a goal of the map, without its sign.

    Returns:
        `(rows, cols)` int64, indices of `OUTCOME_CATEGORIES`; -1 on walls.
    """
    table = np.array([_LABELS.get(outcome, -1) for outcome in Outcome])
    labels = table[rollouts.outcomes]
    reached = labels == _LABELS[Outcome.REACHED]
    longer = np.zeros_like(reached)
    costs, exact = rollouts.costs[reached], oracle.cost_to_go[reached]
    longer[reached] = ~is_least(costs, exact, greatest_value=greatest_value)
    labels[longer] = 1
    return labels


def category_colours(unreached: str) -> NDArray[np.uint8]:
    """`(n, 3)` uint8, the colours of `OUTCOME_CATEGORIES`.

    Args:
        unreached: the colour of cells without a value.
    """
    return np.array(
        [rgb(category.colour or unreached) for category in OUTCOME_CATEGORIES], np.uint8
    )
