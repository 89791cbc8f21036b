"""The plans of `core.methods`: exact value iteration, and the classic searches.

Those of other packages are in `extension_planner`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vingui.core.cell_backup import BackupRequest, CellBackup
from vingui.core.engine.best_first import BestFirstSearch
from vingui.core.engine.shortest_paths import legal_masks
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts
from vingui.core.methods import Method, Priority, searched_start
from vingui.core.moves import SLOTS, MoveRule
from vingui.core.planner_protocol import ChangedValues, NewValues
from vingui.core.rollout import NO_ACTION
from vingui.core.tiles import Box
from vingui.core.value_changes import ValueChanges
from vingui.net.extension_planner import network_of_extension
from vingui.net.network import Network, Waves
from vingui.net.transition_tables import TransitionTables, every_patch

_BURST = 5_000
"""Expansions between two looks at the clock, which take some milliseconds."""

_PIECE = 1 << 16
"""Expansions in a message: few enough to be processed quickly."""

_SEARCH_BYTES_A_CELL = 150
"""The memory that a search and its run take for each cell of the map at most."""

_SCALE = np.float32(20)
"""Of the action logits of exact value iteration: actions a twentieth worse are e times rarer."""


def network_of_method(method: Method, rule: MoveRule) -> Network:
    """Return what plans by a method under a movement rule, in place of a network.

    Raises:
        VinguiError: the planner of another package cannot be imported, or is no function.
    """
    if method.extension is not None:
        return network_of_extension(method.extension, exact_tables(rule), rule)
    priority = method.priority
    if priority is None:
        waves = Waves(exact_tables(rule))
        return Network(rule, None, {"numba": lambda: waves})
    searches = Searches(rule, priority)
    return Network(rule, None, {"numba": lambda: searches})


def exact_tables(rule: MoveRule) -> TransitionTables:
    """Return the tables of a dynamic kernel that knows the moves of a rule and their costs."""
    stay = len(SLOTS) - 1
    legal = rule.legal(every_patch())[:, 1, 1]
    slots = np.where(legal, np.arange(rule.n_actions), stay)
    costs = np.array([*np.hypot(*np.array(SLOTS[:-1]).T), 1.0], np.float32)
    return TransitionTables(slots, costs, _SCALE)


@dataclass(frozen=True, eq=False)
class Searches:
    """The searches of one kind, as `Iterations`.

    Attributes:
        rule: the movement rule.
        priority: what is expanded first.
    """

    rule: MoveRule
    priority: Priority

    def bytes_for(self, grid: GridMap, *, keeping: int) -> int:
        """As of `Iterations`; all values are kept."""
        return _SEARCH_BYTES_A_CELL * grid.walls.size

    def of(self, grid: GridMap, *, iterations: int | None, memory: int) -> "SearchIteration":
        """As of `Iterations`."""
        return SearchIteration(self, grid, iterations)


class SearchIteration:
    """The expansions of a search as an `Iteration`: V_k has the values of the first k cells.

    Args:
        searches: the kind of search.
        grid: the map, with a goal and a start.
        iterations: the most expansions, or `None` for any number ("auto"). K is how many are made:
            a search that is finished makes no more.

    Raises:
        VinguiError: the map has no start.
    """

    def __init__(self, searches: Searches, grid: GridMap, iterations: int | None) -> None:
        start, rule = searched_start(grid), searches.rule
        self.grid = grid.with_starts((start,))
        self.converged = False
        self.next_change = float("nan")
        self.learned_costs: LearnedCosts | None = None
        self.history = ValueChanges(grid.walls.shape)
        legal = legal_masks(grid.walls, rule)
        self._search = BestFirstSearch(
            legal, start, grid.valued_goals, rule, grid.costs, searches.priority
        )
        self._n_actions = rule.n_actions
        self._limit = iterations or grid.walls.size
        self._free = max(int(np.count_nonzero(~grid.walls)), 1)
        self._sent, self._low, self._high = 0, np.inf, -np.inf

    def __iter__(self) -> Iterator[None]:
        """Expand cells for some milliseconds in each step of the loop."""
        search = self._search
        while search.expanded < self._limit and not search.finished:
            search.advance(min(search.expanded + _BURST, self._limit))
            self._record()
            yield
        self.converged = search.finished
        if search.finished:
            self.next_change = 0.0
        yield

    def _record(self) -> None:
        """Keep the expansions since the last call."""
        cells, costs = self._search.order(self.history.latest)
        cols = self.grid.cols
        rows, cells_of_row = np.divmod(cells, cols)
        numbers = ((rows + 1) * (cols + 2) + cells_of_row + 1).astype(np.int32)
        values = (0 - costs).astype(np.float32)
        before = np.full(cells.size, -np.inf, np.float32)
        self.history.extend(numbers, values, before, np.ones(cells.size, np.int64))

    def new_messages(self, number: int, model: str, rule: str) -> Iterator[NewValues]:
        """Yield the expansions since the last call, in pieces that are quick to process."""
        while self._sent < self.history.latest:
            first, last = self._sent + 1, min(self._sent + _PIECE, self.history.latest)
            changed = self.history.between(first, last)
            lows = np.minimum.accumulate(np.append(self._low, changed[1]))[1:]
            highs = np.maximum.accumulate(np.append(self._high, changed[1]))[1:]
            self._sent, self._low, self._high = last, float(lows[-1]), float(highs[-1])
            # No value is ever revised.
            changes = np.zeros(lows.size)
            reached = np.arange(first, last + 1) / self._free
            yield ChangedValues(number, model, rule, first, changes, lows, highs, reached, *changed)

    def actions(self, k: int) -> NDArray[np.int8]:
        """The actions along the path that was found, as of `Iteration`; none before it was."""
        actions = np.full(self.grid.walls.shape, NO_ACTION, np.int8)
        cells, along = self._path
        if k >= self._search.expanded:
            actions.ravel()[cells] = along
        return actions

    @cached_property
    def _path(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._search.path()

    def reward(self, box: Box) -> NDArray[np.float32]:
        """`(rows, cols, 0)`: a search has no rewards."""
        top, left, bottom, right = box
        return np.empty((bottom - top, right - left, 0), np.float32)

    def q(self, k: int, box: Box) -> NDArray[np.float32]:
        """`(rows, cols, 0)`: a search has no q-values."""
        return self.reward(box)

    def policy(self, k: int, box: Box) -> NDArray[np.float32]:
        """The path that was found as a policy, as of `Iteration`."""
        top, left, bottom, right = box
        chosen = self.actions(k)[top:bottom, left:right, None] == np.arange(self._n_actions)
        return np.asarray(chosen, np.float32)

    def backup(self, request: BackupRequest) -> CellBackup:
        """A search makes none, and `Readouts` asks for none.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"Expected a plan with backups, received {request} of a search")
