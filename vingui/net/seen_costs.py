"""Reading the costs of a map's cells from what a `CostVIN` sees, a piece of the map at a time."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.map_sizes import crop
from vingui.core.terrain_pictures import SEEN
from vingui.net.backend import tf
from vingui.net.backups import graph
from vingui.net.cost_vin import CostVIN, encode_seen, encoder_of
from vingui.net.iteration import CostReading
from vingui.net.model_files import ModelFile

_SIDE: Final = 32
"""Rows and columns that are read at once, which takes some milliseconds."""

_AROUND: Final = 2
"""Cells around them that are seen too: for the convolutions, and an even number, since textures
repeat every two cells."""

_PARTS: Final = {
    "kinds": ("",),
    "picture": (
        *("convolutions/conv2d/", "convolutions/conv2d_1/", "convolutions/conv2d_2/"),
        "log_cost/",
    ),
    "elevation": ("slopes/", "convolutions/conv2d/", "convolutions/conv2d_1/", "log_cost/"),
}
"""The names of an encoder's layers in files, in the order of its weights, by what it sees."""


@lru_cache(maxsize=8)
def _encoder_graph(sees: str, filters: int) -> tuple[Any, Any]:
    """An encoder, and its graph, which takes weights and what is seen.

    To compile a graph takes many times as long as to read a map, and while a network is trained its
    weights are others several times a second.
    """
    encoder = encoder_of(sees, filters)
    encoder.build((None, None, None, SEEN[sees]))
    signature = (
        [tf.TensorSpec(weight.shape) for weight in encoder.weights],
        tf.TensorSpec((1, None, None, SEEN[sees])),
    )

    def costs(weights: Any, seen: Any) -> Any:
        return encoder.stateless_call(weights, [], seen)[0]

    # To check the arguments of each call, as other functions do, takes a millisecond.
    return encoder, graph(costs, input_signature=signature).get_concrete_function()


class SeenCosts:
    """The costs of cells that a `CostVIN` reads from maps.

    Where a part of a map looks as it did when it was last read, it is not read again.

    Args:
        sees: what the model sees.
        filters: the channels of its encoder.
        weights: those of the encoder, in its order.
    """

    def __init__(self, sees: str, filters: int, weights: Sequence[NDArray[np.float32]]) -> None:
        self._sees = sees
        self._costs = _encoder_graph(sees, filters)[1]
        self._weights = [tf.constant(weight) for weight in weights]
        self._known: dict[tuple[int, int], tuple[GridMap, NDArray[np.float32]]] = {}
        self._whole: tuple[GridMap, NDArray[np.float32]] | None = None

    @classmethod
    def of(cls, model: CostVIN) -> Self:
        """Those of a built model, as it is now."""
        return cls(model.sees, model.filters, model.encoder.get_weights())

    @classmethod
    def in_file(cls, file: ModelFile) -> Self:
        """Those of the `CostVIN` in a file; much faster than to build the model.

        Raises:
            VinguiError: the file does not have its weights.
        """
        sees, filters = file.arguments["sees"], file.arguments["filters"]
        layers = groupby(
            _encoder_graph(sees, filters)[0].weights, lambda one: one.path.rpartition("/")[0]
        )
        shapes = {
            f"/encoder/{part}vars/{number}": tuple(weight.shape)
            for part, (_, weights) in zip(_PARTS[sees], layers, strict=True)
            for number, weight in enumerate(weights)
        }
        return cls(sees, filters, file.weights_of(shapes))

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
        if self._whole is not None and self._whole[0] == grid:
            return self._whole[1]
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
        self._whole = grid, costs
        return costs

    def _costs_of(self, part: GridMap) -> NDArray[np.float32]:
        seen = encode_seen([part], self._sees, unit=1)[..., 3:]
        costs: NDArray[np.float32] = np.asarray(self._costs(self._weights, tf.constant(seen)))[0]
        if not (np.isfinite(costs).all() and costs.min() > 0):
            raise VinguiError(
                "This network cannot plan on this map: the costs that it reads are not finite "
                "numbers above 0"
            )
        return costs
