"""Maps of one size with states on them, which show in what order the cells are stored.

Files that name a cell by two numbers seldom say which of them is the row. In the wrong order,
states lie in walls.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import MapStack
from vingui.core.errors import VinguiError
from vingui.core.moves import DELTAS

Order = Literal["row-major", "column-major"]


@dataclass(frozen=True)
class StateTable:
    """Maps, one in each row, and the cells that must be free in them.

    Attributes:
        free: `(n, side * side)` bool, the cells in the order of the file.
        goals: `(n,)` int64, the flat index of each goal, in the same order.
        states: `(n, 2)` int64, each row's first state.
        cells: `(m, 2)` int64, cells that must be free.
        owners: `(m,)` int64, the map that each of `cells` belongs to.
        ends: `(n, 2)` int64, where each path ends, or `None` where there are no paths.
    """

    free: NDArray[np.bool_]
    goals: NDArray[np.int64]
    states: NDArray[np.int64]
    cells: NDArray[np.int64]
    owners: NDArray[np.int64]
    ends: NDArray[np.int64] | None

    @property
    def side(self) -> int:
        """The maps' side in cells."""
        return math.isqrt(self.free.shape[1])


def table_of_actions(
    free: NDArray[np.bool_],
    goals: NDArray[np.int64],
    states: NDArray[np.int64],
    actions: NDArray[np.int64],
) -> StateTable:
    """The table of maps with one state each, whose optimal actions lead to free cells.

    Args:
        free: as in `StateTable`.
        goals: as in `StateTable`.
        states: as in `StateTable`.
        actions: `(n,)` int64, the optimal action of each state as an index of `DELTAS`.

    Raises:
        VinguiError: there is no such action.
    """
    if actions.min() < 0 or actions.max() >= len(DELTAS):
        raise VinguiError(
            f"The labels must be actions from 0 to {len(DELTAS) - 1}; here they go from "
            f"{actions.min()} to {actions.max()}"
        )
    cells = np.concatenate([states, states + DELTAS[actions]])
    return StateTable(free, goals, states, cells, np.tile(np.arange(len(free)), 2), None)


def whole_numbers(name: str, array: NDArray[Any]) -> NDArray[np.int64]:
    """The numbers of a named array as int64.

    Raises:
        VinguiError: a number is not whole, or beyond 32 bits.
    """
    # Compared in its own dtype, where nothing overflows and NaN compares as false.
    if not ((array > -(2**31)) & (array < 2**31)).all() or (array % 1 != 0).any():
        raise VinguiError(f"The array {name} must hold whole numbers")
    return array.astype(np.int64)


def stack_of(table: StateTable, usual: Order) -> tuple[MapStack, tuple[str, ...]]:
    """The maps of a table, each with its goal and its state as start, and a note on their order.

    Args:
        table: the maps and states.
        usual: the order of the cells to assume if both orders fit.

    Raises:
        VinguiError: in neither order are all cells free that must be free.
    """
    order = _fitting_order(table, usual)
    walls = ~table.free.reshape(-1, table.side, table.side)
    slow, fast = np.divmod(table.goals, table.side)
    goals = np.stack((slow, fast), axis=1)
    if order == "column-major":
        walls, goals = walls.transpose(0, 2, 1), goals[:, ::-1]
    walls = np.ascontiguousarray(walls)
    walls.flags.writeable = False
    notes = (f"The cells are in {order} order, unlike the original's; checked by the states.",)
    return MapStack(walls, goals, table.states), notes if order != usual else ()


def _fitting_order(table: StateTable, usual: Order) -> Order:
    """The order in which all cells of a table that must be free are free."""
    other: Order = "row-major" if usual == "column-major" else "column-major"
    misfit = _misfit(table, usual)
    if misfit is None:
        return usual
    if _misfit(table, other) is None:
        return other
    raise VinguiError(
        f"The states must lie on free cells, and paths end at the goal, in {usual} or {other} "
        f"order, and those of map {misfit} do not"
    )


def _misfit(table: StateTable, order: Order) -> int | None:
    """The first row whose cells are not free in this order, or `None`."""
    outside = ((table.cells < 0) | (table.cells >= table.side)).any(axis=1)
    places = _places(np.clip(table.cells, 0, table.side - 1), table.side, order)
    wrong = np.zeros(len(table.free), bool)
    wrong[table.owners[outside | ~table.free[table.owners, places]]] = True
    wrong |= ~table.free[np.arange(len(table.free)), table.goals]
    if table.ends is not None:
        wrong |= _places(table.ends, table.side, order) != table.goals
    return int(wrong.argmax()) if wrong.any() else None


def _places(cells: NDArray[np.int64], side: int, order: Order) -> NDArray[np.int64]:
    row, col = cells[:, 0], cells[:, 1]
    return row * side + col if order == "row-major" else col * side + row
