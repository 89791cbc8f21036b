"""Planning methods without a network: exact value iteration, and the classic searches.

Their names are accepted wherever the name of a model is, and belong to them alone: a model's file
of such a name is refused, as the name of a run tells what made it. They plan under any movement
rule, and what they make is a `Run`.

A search begins at the first start of its map, and k counts its expansions: V_k has a value in each
of the first k cells that it expanded, minus the cost from the start by the way on which it came
there. The last one is the goal that ends it, unless no path leads to any. The policy under V_K is
the path that it found, and is not known before. So only the trajectory from the start that was
searched from tells how it ended; from other cells that are not on its path there is no action.

Planners of other packages, by entry points of the group `vingui.planners`, are methods too: each is
a `PlanFunction`, and its name is that of the entry point.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from numpy.typing import ArrayLike

from vingui.core import extensions
from vingui.core.errors import VinguiError
from vingui.core.extensions import Extension, Registry, leave_out
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule
from vingui.paths import MODELS

_GROUP: Final = "vingui.planners"

PlanFunction = Callable[[GridMap, MoveRule], Iterable[ArrayLike]]
"""A planner of another package: yields V_1, V_2 and on of a map with a goal, under a movement rule.

Each is `(rows, cols)` float: the value of a cell is that of the goal that the best path known from
there ends at (0 unless the map says otherwise, see `GridMap.valued_goals`), minus the path's cost:
the length of a move is in `MoveRule.costs`, and `GridMap.costs` has the cost that multiplies it in
the cell that is entered, `None` for 1 everywhere. A cell from which no path is known has `-inf`;
values of walls are ignored.

The plan ends with the last one, or before one that equals the one before it, or after K or, on
"auto", as many as the map has cells. The policy under each is greedy: the action whose cost and
next value are best. Whatever it raises is reported with its name.
"""

WEIGHT: Final = 2
"""How often weighted A* counts the heuristic; its paths cost at most so many times the least."""


@dataclass(frozen=True)
class Priority:
    """What a search expands first: the cell of least `weight_g * g + weight_h * h`.

    Attributes:
        weight_g: the weight of g, the cost from the start.
        weight_h: the weight of the heuristic h, a lower bound of the cost to a goal.
        by_moves: whether g is the number of moves instead.
    """

    weight_g: float
    weight_h: float
    by_moves: bool = False


@dataclass(frozen=True)
class Method:
    """A planning method.

    Attributes:
        name: its name, in place of a model's.
        title: what it is called in the window and in figures.
        description: what it does, in one sentence.
        priority: of a search, what it expands first; `None` of value iteration.
        drawback: why its path may cost more than the best, in a clause; empty if it never does.
        extension: where the planner of another package is imported from, when it plans.
    """

    name: str
    title: str
    description: str
    priority: Priority | None = None
    drawback: str = ""
    extension: Extension | None = None


_OWN: Final = {
    method.name: method
    for method in (
        Method(
            "exact",
            "Exact value iteration",
            "Makes Bellman backups with the true moves and costs, without a network: V_k is the "
            "value of the best path of at most k moves.",
        ),
        Method(
            "dijkstra",
            "Dijkstra",
            "Expands the cell that costs least from the start; the first path that it finds costs "
            "least.",
            Priority(1, 0),
        ),
        Method(
            "a-star",
            "A* (octile distance)",
            "Expands the cell of the least sum of the cost from the start and the least that the "
            "rest can cost, as if there were no walls and every cell were of the cheapest kind; "
            "its path costs least, with no more expansions than Dijkstra.",
            Priority(1, 1),
        ),
        Method(
            "weighted-a-star",
            f"Weighted A* (w = {WEIGHT})",
            f"Works as A*, but counts the estimate of the rest {WEIGHT} times: mostly with fewer "
            f"expansions, and its path costs at most {WEIGHT} times the least.",
            Priority(1, WEIGHT),
            f"it counts the estimate of the rest {WEIGHT} times, and so overrates it",
        ),
        Method(
            "greedy-best-first",
            "Greedy best-first",
            "Expands the cell that seems nearest to a goal, whatever the way there costs: with few "
            "expansions where no wall is in the way, but its path may cost much more than the "
            "least.",
            Priority(0, 1),
            "it does not count what the way from the start costs",
        ),
        Method(
            "breadth-first",
            "Breadth-first",
            "Expands cells in the order of their moves from the start: its path has the fewest "
            "moves, whatever they cost.",
            Priority(1, 0, by_moves=True),
            "it counts moves, and not what they cost",
        ),
    )
}

SEARCHES: Final = tuple(name for name, method in _OWN.items() if method.priority is not None)
"""The names of the searches."""


def _adapted(extension: Extension) -> Method:
    description = f"The planner of the package {extension.package} {extension.version}."
    return Method(extension.name, extension.name, description, extension=extension)


def _is_shipped(name: str) -> bool:
    return (MODELS / f"{name}.keras").exists()


METHODS: Final = Registry(_OWN, _GROUP, _adapted, _is_shipped)
"""Every method by its name; planners of other packages are not imported for it."""


def is_search(name: str) -> bool:
    """Whether a run of this name, in place of a model's, is one of a search."""
    return name in SEARCHES


def is_extension(name: str) -> bool:
    """Whether a run of this name, in place of a model's, is one of another package's planner."""
    method = METHODS.get(name)
    return method is not None and method.extension is not None


def searched_start(grid: GridMap) -> Cell:
    """The start of a map that searches begin at: the first.

    Raises:
        VinguiError: there is none.
    """
    if not grid.starts:
        raise VinguiError("A search needs a start to begin at; set one first")
    return grid.starts[0]


def leave_out_planner(name: str, reason: str) -> None:
    """Take a planner of another package out of `METHODS`, and report it.

    Args:
        name: its name.
        reason: the message of the `BrokenExtensionError`.
    """
    method = METHODS.get(name)
    if method is not None and method.extension is not None:
        METHODS.leave_out(name)
        leave_out(method.extension, reason.replace(method.extension.title, "it"))


def is_left_out(name: str) -> bool:
    """Whether the planner of this name is broken, and no longer in `METHODS`."""
    return extensions.is_left_out(_GROUP, name)
