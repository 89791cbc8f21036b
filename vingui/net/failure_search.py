"""Searching for a map on which a model fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import FailedCase
from vingui.core.evaluation_sets import LoadedSet, MapSet
from vingui.core.grid import GridMap
from vingui.core.phrases import counted
from vingui.net.evaluate import MapResult, SolvedMap
from vingui.net.evaluation import Contestant

_EACH: Final = 20
"""So many maps near a given one are tried before one more of its cells is changed."""


class FailureSearch:
    """Tries one map after the other, from every cell, until the model fails on one.

    Args:
        model: the model.
        maps: which maps to try, as of `FindFailureRequest`.
        grid: the map in the editor.
        most: how many maps to try at most.
        number: the number of the request in the case.

    Attributes:
        tried: how many maps were tried.
        notes: how maps were read or chosen, a sentence each.

    Raises:
        VinguiError: the maps cannot be read, or the map in the editor has no goal.
    """

    def __init__(
        self, model: Contestant, maps: MapSet, grid: GridMap, *, most: int, number: int = 0
    ) -> None:
        self._model, self._grid, self._most, self._number = model, grid, most, number
        self._seed = maps.seed
        loaded = maps.load(grid)
        self._set: LoadedSet | None = None if maps.source == "map" else loaded
        if self._set is None and not grid.goals:
            raise VinguiError("The map has no goal; set one first")
        self.notes = loaded.notes
        self.tried = 0

    def run(self, on_piece: Callable[[], None] = lambda: None) -> Iterator[FailedCase | None]:
        """Search; yields `None` for each map that is solved, and at the end the case if one is not.

        Args:
            on_piece: called now and then; what it raises ends the search.
        """
        while self.tried < self._most:
            index = self.tried
            if self._set is not None and index == len(self._set.maps):
                return
            if self._set is not None:
                name, result = self._set.name, self._try(self._set.maps[index], index, on_piece)
            else:
                name, result = self._try_changed(index, on_piece)
            self.tried += 1
            yield self._case(name, result)
            if any(result.failures()):
                return

    def _try(self, grid: GridMap, index: int, on_piece: Callable[[], None]) -> MapResult:
        solved = SolvedMap(grid, self._model.rule, index=index, starts="all")
        return self._model.try_on(solved, on_piece)

    def _try_changed(self, index: int, on_piece: Callable[[], None]) -> tuple[str, MapResult]:
        """Try the map with some cells changed, but with no more than it takes to fail."""
        cells = self._drawn(index)
        result = self._try(_changed(self._grid, cells), index, on_piece)
        for cell in cells if any(result.failures()) else ():
            fewer = cells[cells != cell]
            other = self._try(_changed(self._grid, fewer), index, on_piece)
            if any(other.failures()):
                cells, result = fewer, other
        changed = f" with {counted(len(cells), 'cell')} changed" if len(cells) else ""
        return f"this map{changed}", result

    def _drawn(self, index: int) -> NDArray[np.int64]:
        """The flat indices of the cells to change: none at first, then ever more."""
        goals = [row * self._grid.cols + col for row, col in self._grid.goals]
        others = np.setdiff1d(np.arange(self._grid.walls.size), goals)
        rng = np.random.default_rng([self._seed, index, 0, 5])
        many = min(-(-index // _EACH), len(others))
        return rng.choice(others, size=many, replace=False)

    def _case(self, name: str, result: MapResult) -> FailedCase | None:
        """The failure from the start nearest to its goal, which is the easiest to understand."""
        failures = list(result.failures())
        if not failures or result.oracle is None:
            return None
        costs = result.oracle.cost_to_go
        start, outcome = min(failures, key=lambda failure: float(costs[failure[0]]))
        return self._model.failed_case(result, start, outcome, number=self._number, dataset=name)


def _changed(grid: GridMap, cells: NDArray[np.int64]) -> GridMap:
    """A map with some free cells made walls and some walls made free, without its starts."""
    walls = grid.walls.copy()
    walls.ravel()[cells] ^= True
    return replace(grid, walls=walls, starts=(), demonstrations=())
