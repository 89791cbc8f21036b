"""What the inspector shows of a cell: its place on the map, its value, q-values and policy."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vingui.core.grid import Cell, GridMap
from vingui.core.learned_costs import learned_costs
from vingui.core.map_edits import WALL, material_at
from vingui.core.moves import ACTION_NAMES
from vingui.core.phrases import place
from vingui.core.planner_protocol import PolicyReadout
from vingui.core.run import Run
from vingui.core.ticks import minus
from vingui.gui.docks.arithmetic import Arithmetic, arithmetic
from vingui.gui.docks.compass import ARROWS, Direction
from vingui.gui.docks.number_list import Row

_UNKNOWN: Final = "…"
_NONE: Final = "–"
_NO_VALUE: Final = "There is no value to show here."
_TIE: Final = 1e-4


@dataclass(frozen=True)
class Inspection:
    """The texts and numbers that the inspector shows for a cell.

    Attributes:
        title: the cell's place and what is there.
        k: the iteration of the values; 0 if there are none.
        terrain: the cell's kind and its cost; "" on a map without terrain.
        learned: what the network learned that the cell costs; "" if it learned no costs.
        worth: the value of the goal in the cell; "" on a map whose goals have none.
        value: V_k.
        number: V_k as a number; `nan` if there is none.
        exact: the exact cost-to-go.
        difference: V_k plus the exact cost-to-go.
        optimal: the optimal actions.
        greedy: the policy's action.
        directions: what the compass shows.
        header: the titles of the list's columns, beside the compass.
        rows: the rows of the list.
    """

    title: str
    k: int = 0
    terrain: str = ""
    learned: str = ""
    worth: str = ""
    value: str = _NONE
    number: float = math.nan
    exact: str = _NONE
    difference: str = _NONE
    optimal: str = _NONE
    greedy: str = _NONE
    directions: tuple[Direction, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def inspect(grid: GridMap, run: Run | None, k: int, cell: Cell) -> Inspection | None:
    """Describe a cell.

    Args:
        grid: the map.
        run: the plan that is shown, which may be of an older map.
        k: the iteration under the playhead.
        cell: the cell.

    Returns:
        `None` for a cell outside the map.
    """
    if not (cell[0] < grid.rows and cell[1] < grid.cols):
        return None
    where = place(cell)
    title = f"{where[0].upper()}{where[1:]} · {_kind(grid, cell)}"
    terrain, worth = _terrain(grid, cell), _worth(grid, cell)
    known = (
        run is not None
        and run.grid.walls.shape == grid.walls.shape
        and run.grid.walls[cell] == grid.walls[cell]
    )
    if run is None or not known or grid.walls[cell] or not 1 <= k <= run.latest:
        return Inspection(title, terrain=terrain, worth=worth)
    kept, value, readout = run.nearest(k), run.value(cell, k), run.readouts.of_cell(k, cell)
    costs = values_are_costs(run)
    directions = _directions(run, readout, cell)
    return Inspection(
        title=title,
        k=kept,
        terrain=terrain,
        learned=_learned(run, cell),
        worth=worth,
        number=value if np.isfinite(value) else math.nan,
        value=_number(value) if np.isfinite(value) else "not reached yet",
        exact=_exact(run, cell),
        difference=_difference(run, costs, value, cell),
        optimal=_optimal(run, directions, cell),
        greedy=_greedy(run, readout, cell),
        directions=directions,
        header=("", "p %") if costs is False else ("", "q", "p %"),
        rows=tuple(_row(one, with_q=costs is not False) for one in directions),
    )


def take_apart(run: Run | None, shown: Inspection, cell: Cell) -> Arithmetic | None:
    """Describe the backup of an inspected cell; `None` while the planner has not answered yet."""
    if run is None or not shown.k:
        return Arithmetic(_NO_VALUE)
    return arithmetic(run, shown.k, cell, shown.directions, costs=values_are_costs(run))


def as_text(shown: Inspection, fields: Sequence[tuple[str, str]], sums: Arithmetic | None) -> str:
    """Return what is shown as lines of text, with tabs between columns and plain minus signs."""
    lines = [shown.title, *(f"{name}\t{text}" for name, text in fields)]
    return "\n".join([*lines, *(sums.lines if sums else ())]).replace("−", "-") + "\n"


def compared(other: Inspection, pinned: Inspection) -> str:
    """Describe a second cell in two short lines, comparing its value with the pinned one's."""
    cell = other.title.split(" · ")[0]
    if not other.k:
        return f"{cell}: no value"
    difference = other.number - pinned.number
    against = f" ({_signed(difference)})" if math.isfinite(difference) else ""
    return f"{cell}: V {other.value}{against}\ncost-to-go {other.exact}, greedy {other.greedy}"


def _kind(grid: GridMap, cell: Cell) -> str:
    if cell in grid.goals:
        return "goal"
    if cell in grid.starts:
        return f"start {grid.starts.index(cell) + 1}"
    return "wall" if grid.walls[cell] else "free"


def _terrain(grid: GridMap, cell: Cell) -> str:
    if grid.terrain is None and not grid.has_costs:
        return ""
    material = material_at(grid, cell)
    if material == WALL:
        return _NONE
    kind = grid.palette[material]
    return f"{kind.name}, cost {kind.cost:zg}"


def _learned(run: Run, cell: Cell) -> str:
    if not run.has_learned_costs:
        return ""
    costs = learned_costs(run)
    return _UNKNOWN if costs is None else _number(float(costs[cell]))


def _worth(grid: GridMap, cell: Cell) -> str:
    if not grid.goal_values:
        return ""
    value = grid.valued_goals.get(cell)
    return _NONE if value is None else minus(f"{value:zg}")


def values_are_costs(run: Run) -> bool | None:
    """Whether V is minus a cost and each latent action is a move, as with a dynamic kernel.

    A dynamic kernel's reward has a channel per action, the paper's VIN has a single channel.

    Returns:
        `None` while unknown.
    """
    if run.is_search:
        return False
    channels = run.readouts.reward_channels
    return channels == run.rule.n_actions if channels else None


def _number(number: float) -> str:
    size = abs(number)
    text = f"{number:z.2f}" if size < 100 else f"{number:z.1f}" if size < 1000 else f"{number:z.0f}"
    return minus(text)


def _signed(difference: float) -> str:
    # Adding 0.0 turns -0.0, which would be shown as "−0.00", into 0.0.
    difference = round(difference, 2) + 0.0
    return f"{'+' if difference > 0 else ''}{_number(difference)}"


def _exact(run: Run, cell: Cell) -> str:
    if run.oracle is None:
        return _UNKNOWN
    cost, frame = float(run.oracle.cost_to_go[cell]), run.grid.frame
    if not np.isfinite(cost):
        return "no path"
    if frame is None or run.grid.is_costly:
        return _number(cost)
    metres = f" ({_number(cost * frame.resolution)} m)"
    return f"{_number(cost)}{metres}"


def _difference(run: Run, costs: bool | None, value: float, cell: Cell) -> str:
    if run.oracle is None or costs is None:
        return _UNKNOWN
    if not costs:
        return "on another scale"
    cost = float(run.oracle.cost_to_go[cell])
    if not (np.isfinite(cost) and np.isfinite(value)):
        return _NONE
    return _signed((run.cost_scale if run.has_learned_costs else 1) * value + cost)


def _optimal(run: Run, directions: tuple[Direction, ...], cell: Cell) -> str:
    if run.oracle is None:
        return _UNKNOWN
    if cell in run.grid.goals:
        return "at the goal"
    names = [direction.name for direction in directions if direction.optimal]
    return "  ".join(f"{ARROWS[name]} {name}" for name in names) or _NONE


def _greedy(run: Run, readout: PolicyReadout | None, cell: Cell) -> str:
    if readout is None:
        return _UNKNOWN
    _, policy = readout.at(cell)
    if not policy.any():
        return "at the goal" if cell in run.grid.goals else "none yet"
    name = ACTION_NAMES[policy.argmax()]
    return f"{ARROWS[name]} {name}"


def _directions(run: Run, readout: PolicyReadout | None, cell: Cell) -> tuple[Direction, ...]:
    row, col = cell
    around = run.grid.walls[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2]
    legal = run.rule.legal(around)[min(row, 1), min(col, 1)]
    optimal = run.oracle.optimal[cell] if run.oracle is not None else np.zeros_like(legal)
    q, policy = readout.at(cell) if readout is not None else (None, None)
    if not values_are_costs(run):
        q = None
    likely = policy.max() - _TIE if policy is not None and policy.any() else np.inf
    return tuple(
        Direction(
            name=ACTION_NAMES[action],
            legal=bool(legal[action]),
            optimal=bool(optimal[action]),
            likeliest=policy is not None and bool(policy[action] >= likely),
            probability=None if policy is None else float(policy[action]),
            q=None if q is None else float(q[action]),
        )
        for action in range(run.rule.n_actions)
    )


def _row(direction: Direction, *, with_q: bool) -> Row:
    name, q, share = direction.name, direction.q, direction.probability
    return Row(
        (
            f"{ARROWS[name]} {name}",
            *((_q_text(q),) if with_q else ()),
            _UNKNOWN if share is None else f"{share * 100:z.0f}",
        ),
        dotted=direction.optimal,
        strong=direction.likeliest,
        muted=not direction.legal,
    )


def _q_text(q: float | None) -> str:
    if q is None:
        return _UNKNOWN
    return _number(q) if np.isfinite(q) else _NONE
