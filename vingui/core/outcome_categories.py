"""How the walks from all cells end: the categories of the outcomes layer."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.oracle import TIE_TOLERANCE, Oracle
from vingui.core.rollout import Outcome, Rollouts
from vingui.core.value_colours import rgb


@dataclass(frozen=True)
class OutcomeCategory:
    """One of the ways in which the walk from a cell may end.

    Attributes:
        name: one or two words.
        about: the predicate of a sentence about the cells.
        colour: as `#rrggbb`; empty for the colour of cells without a value.
    """

    name: str
    about: str
    colour: str


ENDINGS: Final = (
    OutcomeCategory("shortest", "reach the goal by a shortest path", "#5fb3a1"),
    OutcomeCategory("longer", "reach the goal by a longer path", "#f2cf5b"),
    OutcomeCategory("stops", "come to where the policy has no action yet", "#7a90ba"),
    OutcomeCategory("into wall", "run into a wall", "#c8502f"),
    OutcomeCategory("loops", "walk in a loop", "#6b2c7c"),
    OutcomeCategory("no path", "cannot reach the goal at all", ""),
)
"""The categories, in order. Their colours also differ in lightness."""

_LABELS: Final = {
    Outcome.REACHED: 0,
    Outcome.OUT_OF_STEPS: 2,
    Outcome.WALL: 3,
    Outcome.LOOP: 4,
    Outcome.UNREACHABLE: 5,
}


def ending_labels(rollouts: Rollouts, oracle: Oracle) -> NDArray[np.int64]:
    """`(rows, cols)` int64, how the walk from each cell ends: an index of `ENDINGS`, -1 on walls.

    Args:
        rollouts: the rollouts of every cell.
        oracle: the exact solution of the same map.
    """
    table = np.array([_LABELS.get(outcome, -1) for outcome in Outcome])
    labels = table[rollouts.outcomes]
    reached = labels == _LABELS[Outcome.REACHED]
    longer = np.zeros_like(reached)
    excess = rollouts.lengths[reached] - oracle.cost_to_go[reached]
    longer[reached] = excess > TIE_TOLERANCE
    labels[longer] = 1
    return labels


def ending_colours(unreached: str) -> NDArray[np.uint8]:
    """`(n, 3)` uint8, the colours of `ENDINGS`.

    Args:
        unreached: the colour of cells without a value.
    """
    return np.array([rgb(ending.colour or unreached) for ending in ENDINGS], np.uint8)
