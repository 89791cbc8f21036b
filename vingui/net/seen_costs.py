"""Reading the costs of a map's cells from what a `CostVIN` sees, a piece of the map at a time."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.map_sizes import crop
from vingui.core.terrain_pictures import SEEN
from vingui.net.backend import tf
from vingui.net.backups import graph
from vingui.net.cost_vin import CostVIN, encode_seen
from vingui.net.iteration import CostReading

_SIDE: Final = 32
"""Rows and columns that are read at once, which takes some milliseconds."""

_AROUND: Final = 2
"""Cells around them that are seen too: for the convolutions, and an even number, since textures
repeat every two cells."""


class SeenCosts:
    """The costs of cells that a `CostVIN` reads from maps.

    Where a part of a map looks as it did when it was last read, it is not read again.

    Args:
        model: a built model.
    """

    def __init__(self, model: CostVIN) -> None:
        self._sees = model.sees
        seen = tf.TensorSpec((1, None, None, SEEN[model.sees]))
        self._encoder = graph(model.encoder, input_signature=(seen,))
        self._known: dict[tuple[int, int], tuple[GridMap, NDArray[np.float32]]] = {}

    def __call__(self, grid: GridMap) -> NDArray[np.float32]:
        """Read a whole map: `(rows, cols)` float32, the cost of entering each cell."""
        reading = self.read(grid)
        while True:
            try:
                next(reading)
            except StopIteration as end:
                costs: NDArray[np.float32] = end.value
                return costs

    def read(self, grid: GridMap) -> CostReading:
        """Read a map, a piece at each step.

        Raises:
            VinguiError: the map lacks what the model sees, or a cost is not a finite number above
                0.
        """
        grid = replace(grid, goals=(), goal_values=(), starts=(), demonstrations=())
        rows, cols = grid.walls.shape
        corners = [(top, left) for top in range(0, rows, _SIDE) for left in range(0, cols, _SIDE)]
        # Those of a larger map.
        for corner in self._known.keys() - set(corners):
            del self._known[corner]
        costs = np.empty((rows, cols), np.float32)
        for top, left in corners:
            first, start = max(top - _AROUND, 0), max(left - _AROUND, 0)
            part = crop(grid, first, start, top + _SIDE + _AROUND, left + _SIDE + _AROUND)
            known = self._known.get((top, left))
            if known is None or known[0] != part:
                known = part, self._costs_of(part)
                self._known[top, left] = known
                yield
            inside = known[1][top - first :, left - start :][:_SIDE, :_SIDE]
            costs[top : top + _SIDE, left : left + _SIDE] = inside
        return costs

    def _costs_of(self, part: GridMap) -> NDArray[np.float32]:
        seen = encode_seen([part], self._sees, unit=1)[..., 3:]
        costs: NDArray[np.float32] = np.asarray(self._encoder(tf.constant(seen)))[0]
        if not (np.isfinite(costs).all() and costs.min() > 0):
            raise VinguiError(
                "This network cannot plan on this map: the costs that it reads are not finite "
                "numbers above 0"
            )
        return costs
