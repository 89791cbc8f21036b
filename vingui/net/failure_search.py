"""Searching for a map on which a model fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import as_cell
from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import FailedCase
from vingui.core.evaluation_sets import LoadedSet
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
        where: the maps to try; or a map, to try it and then ever larger changes of it.
        most: how many maps to try at most.
        seed: of the changes.
        number: the number of the request in the case.

    Attributes:
        most: how many maps are tried at most.
        tried: how many were tried.

    Raises:
        VinguiError: the map has no goal.
    """

    def __init__(
        self,
        model: Contestant,
        where: GridMap | LoadedSet,
        *,
        most: int,
        seed: int,
        number: int = 0,
    ) -> None:
        if isinstance(where, GridMap) and not where.goals:
            raise VinguiError("The map has no goal; set one first")
        self._model, self._where, self._seed, self._number = model, where, seed, number
        self.most = most if isinstance(where, GridMap) else min(most, len(where.maps))
        self.tried = 0

    def run(self, on_piece: Callable[[], None] = lambda: None) -> Iterator[FailedCase | None]:
        """Search; yields `None` for each map that is solved, and at the end the case if one is not.

        Args:
            on_piece: called now and then; what it raises ends the search.
        """
        where, case = self._where, None
        while self.tried < self.most and case is None:
            index = self.tried
            if isinstance(where, GridMap):
                name, result = self._try_changed(where, index, on_piece)
            else:
                name, result = where.name, self._try(where.maps[index], index, on_piece)
            self.tried += 1
            case = self._case(name, result)
            yield case

    def _try(self, grid: GridMap, index: int, on_piece: Callable[[], None]) -> MapResult:
        solved = SolvedMap(grid, self._model.rule, index=index, starts="all")
        return self._model.try_on(solved, on_piece)

    def _try_changed(
        self, grid: GridMap, index: int, on_piece: Callable[[], None]
    ) -> tuple[str, MapResult]:
        """Try the map with some cells changed, but with no more than it takes to fail."""
        cells = self._drawn(grid, index)
        result = self._try(_changed(grid, cells), index, on_piece)
        for cell in cells if len(result.failing()) else ():
            fewer = cells[cells != cell]
            other = self._try(_changed(grid, fewer), index, on_piece)
            if len(other.failing()):
                cells, result = fewer, other
        changed = f" with {counted(len(cells), 'cell')} changed" if len(cells) else ""
        return f"this map{changed}", result

    def _drawn(self, grid: GridMap, index: int) -> NDArray[np.int64]:
        """The flat indices of the cells to change: none at first, then ever more."""
        goals = [row * grid.cols + col for row, col in grid.goals]
        rng = np.random.default_rng([self._seed, index, 0, 5])
        many = min(-(-index // _EACH), grid.walls.size)
        cells = rng.choice(grid.walls.size, size=many, replace=False)
        return cells[~np.isin(cells, goals)]

    def _case(self, name: str, result: MapResult) -> FailedCase | None:
        """The failure from the start nearest to its goal, which is the easiest to understand."""
        failing = result.failing()
        if not len(failing) or result.oracle is None:
            return None
        start = as_cell(failing[result.oracle.cost_to_go[tuple(failing.T)].argmin()])
        return self._model.failed_case(
            result.grid,
            start,
            result.outcome(start).value,
            iterations=result.iterations,
            index=result.index,
            number=self._number,
            dataset=name,
        )


def _changed(grid: GridMap, cells: NDArray[np.int64]) -> GridMap:
    """A map with some free cells made walls and some walls made free, without its starts."""
    walls = grid.walls.copy()
    walls.ravel()[cells] ^= True
    return replace(grid, walls=walls, starts=(), demonstrations=())
