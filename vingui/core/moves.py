"""Actions, their costs, and the movement rules.

The actions are always in the order of the paper's data (Tamar et al. 2016): N, S, E, W, NE, NW,
SE, SW. Straight moves cost 1, diagonal ones sqrt 2.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.grid import Cell

ACTION_NAMES: Final = ("N", "S", "E", "W", "NE", "NW", "SE", "SW")

DELTAS: Final[NDArray[np.int64]] = np.array(
    [(-1, 0), (1, 0), (0, 1), (0, -1), (-1, 1), (-1, -1), (1, 1), (1, -1)]
)
"""`(8, 2)`: the `(row, col)` step of each action."""
DELTAS.flags.writeable = False

SLOTS: Final = (*(tuple(delta) for delta in DELTAS.tolist()), (0, 0))
"""Where a move can end, relative to its cell: the eight neighbours in the order of the actions,
then the cell itself."""

COSTS: Final[NDArray[np.float64]] = np.hypot(DELTAS[:, 0], DELTAS[:, 1])
"""`(8,)`: the length of each action's step, in cells."""
COSTS.flags.writeable = False


@dataclass(frozen=True)
class MoveRule:
    """Which moves a cell allows. An agent that tries another move stays where it is.

    Attributes:
        name: its name on the command line, in cards and in files.
        title: a description in a few words.
        n_actions: 4 or 8, the number of actions: the first 4 or 8 of `ACTION_NAMES`.
        free_corners: how many of the two cells beside a diagonal move must be free.
    """

    name: str
    title: str
    n_actions: int
    free_corners: int

    @property
    def deltas(self) -> NDArray[np.int64]:
        """`(n_actions, 2)`: the `(row, col)` step of each action."""
        return DELTAS[: self.n_actions]

    @property
    def costs(self) -> NDArray[np.float64]:
        """`(n_actions,)`: the length of each action's step, in cells."""
        return COSTS[: self.n_actions]

    @property
    def squeezes(self) -> bool:
        """Whether a diagonal move may pass between two walls that touch at a corner."""
        return self.n_actions == 8 and not self.free_corners

    def legal(self, walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which actions move from each cell.

        Args:
            walls: `(..., rows, cols)` bool; outside the map counts as wall.

        Returns:
            `(..., rows, cols, n_actions)` bool, `False` everywhere on walls.
        """
        free = ~walls
        padding = [(0, 0)] * (free.ndim - 2) + [(1, 1), (1, 1)]
        padded = np.pad(free, padding)
        rows, cols = free.shape[-2:]

        def at(row: int, col: int) -> NDArray[np.bool_]:
            return padded[..., 1 + row : 1 + row + rows, 1 + col : 1 + col + cols]

        legal = np.empty((*free.shape, self.n_actions), bool)
        for action, (row, col) in enumerate(self.deltas.tolist()):
            allowed = free & at(row, col)
            if row and col and self.free_corners:
                corners = at(row, 0).astype(np.int8) + at(0, col)
                allowed &= corners >= self.free_corners
            legal[..., action] = allowed
        return legal

    def allows(self, walls: NDArray[np.bool_], cell: Cell, action: int) -> bool:
        """Whether an action moves from one cell: an entry of `legal`, without the others."""
        (row, col), (down, right) = cell, DELTAS[action].tolist()

        def is_free(row: int, col: int) -> bool:
            inside = 0 <= row < walls.shape[0] and 0 <= col < walls.shape[1]
            return inside and not walls[row, col]

        if not (is_free(row, col) and is_free(row + down, col + right)):
            return False
        corners = is_free(row + down, col) + is_free(row, col + right) if down and right else 2
        return corners >= self.free_corners


FOUR: Final = MoveRule("4", "4 neighbours", 4, 0)
EIGHT: Final = MoveRule("8", "8 neighbours, corners may be cut", 8, 0)
EIGHT_ONE_FREE: Final = MoveRule(
    "8-one-free", "8 neighbours, diagonal where at least one corner cell is free", 8, 1
)
EIGHT_BOTH_FREE: Final = MoveRule(
    "8-both-free", "8 neighbours, diagonal where both corner cells are free", 8, 2
)

RULES: Final = {rule.name: rule for rule in (EIGHT, EIGHT_ONE_FREE, EIGHT_BOTH_FREE, FOUR)}
"""Every movement rule by its name; the first is the default, and the paper's."""

DEFAULT_RULE: Final = EIGHT


def rule_named(name: str) -> MoveRule:
    """The movement rule called `name`.

    Raises:
        VinguiError: there is none of that name.
    """
    if isinstance(name, str) and name in RULES:
        return RULES[name]
    raise VinguiError(f"There is no movement rule {brief(name)}; there are {', '.join(RULES)}")
