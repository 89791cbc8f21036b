"""A VIN without access to the costs of cells: it reads them from its observation.

An encoder from what is seen to a cost for each cell stands in front of the transitions and backups
of a `DynamicVIN`. This is the idea of the paper's f_R, a reward that the network computes from its
observation, in front of a planner that is exact. The encoder learns from demonstrated paths.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.elevation import cell_side
from vingui.core.engine.demonstrations import demonstration_loss
from vingui.core.engine.shortest_paths import legal_masks
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.terrain import MAX_KINDS
from vingui.core.terrain_pictures import PIXELS, SEEN, picture_of
from vingui.net.backend import keras, ops, tf
from vingui.net.data import encode
from vingui.net.elevation_costs import ElevationCosts
from vingui.net.model_files import PACKAGE
from vingui.net.models import DynamicVIN

_MEAN_COST: Final = 3.0
"""The geometric mean that costs have at first, and are drawn to in training."""

_SCALES: Final = {"kinds": 6.0, "picture": 6.0, "elevation": 20.0}
"""Of the demonstrations' loss, by what is seen. They are fixed, and so is the mean cost: the
likelihood of demonstrations grows with the costs, and would increase them without end. Where costs
change from cell to cell, best paths are little better than others, which a larger scale tells
apart; of kinds and pictures, 6 finds more from few demonstrations than 2 does."""

_MEAN_WEIGHT: Final = 1.0


@keras.saving.register_keras_serializable(PACKAGE)
class KindCosts(keras.layers.Layer):
    """A cost for each kind of terrain.

    Input shape:
        `(batch, row, col, 1)`: the number of each cell's kind, from 0.

    Output shape:
        `(batch, row, col)`, above 0.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the logarithms of the costs, all the same."""
        self.log_costs = self.add_weight(
            shape=(MAX_KINDS,),
            initializer=keras.initializers.Constant(np.log(_MEAN_COST)),
            name="log_costs",
        )

    def call(self, kinds: Any) -> Any:
        """The cost of each cell."""
        return ops.exp(ops.take(self.log_costs, ops.cast(kinds[..., 0], "int32"), axis=0))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The cells."""
        return input_shape[:-1]


@keras.saving.register_keras_serializable(PACKAGE)
class PictureCosts(keras.layers.Layer):
    """A cost for each cell from the pixels in and near it, by three convolutions.

    Args:
        filters: channels of the first convolution; the others have twice as many.

    Input shape:
        `(batch, row, col, 192)`: the 8x8 RGB pixels of each cell, row by row, from 0 to 1.

    Output shape:
        `(batch, row, col)`, above 0.
    """

    def __init__(self, filters: int = 16, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.convolutions = [
            keras.layers.Conv2D(count, 3, strides=2, padding="same", activation="relu")
            for count in (filters, 2 * filters, 2 * filters)
        ]
        self.log_cost = keras.layers.Conv2D(
            1, 1, bias_initializer=keras.initializers.Constant(np.log(_MEAN_COST))
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; they depend on no size of the map."""
        channels = 3
        for layer in self.convolutions:
            layer.build((None, None, None, channels))
            channels = layer.filters
        self.log_cost.build((None, None, None, channels))
        self.built = True

    def call(self, cells: Any) -> Any:
        """The cost of each cell."""
        batch, rows, cols, _ = ops.shape(cells)
        pixels = ops.reshape(cells, (batch, rows, cols, PIXELS, PIXELS, 3))
        picture = ops.reshape(
            ops.transpose(pixels, (0, 1, 3, 2, 4, 5)), (batch, rows * PIXELS, cols * PIXELS, 3)
        )
        for layer in self.convolutions:
            picture = layer(picture)
        return ops.exp(self.log_cost(picture)[..., 0])

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The cells."""
        return input_shape[:-1]

    def get_config(self) -> dict[str, Any]:
        """The arguments of the layer."""
        return {**super().get_config(), "filters": self.filters}


@keras.saving.register_keras_serializable(PACKAGE)
class CostVIN(DynamicVIN):
    """A `DynamicVIN` whose costs of cells are learned from demonstrations.

    It takes `(batch, row, col, 3 + channels of what it sees)`: walls and goals as 1, the value of
    each goal in the unit of rewards, and what its encoder sees.

    Prior knowledge, not learned here: all that a `DynamicVIN` knows or has learned, and that a
    step costs its length times a cost of the cell entered. Learned: what a cell costs, by what it
    looks like.

    Args:
        sees: what the encoder sees, a name of `SEEN`: the kinds of terrain, a picture, or heights.
        filters: channels of the encoder of pictures or heights.
        **kwargs: as for `DynamicVIN`.
    """

    def __init__(self, *, sees: str = "kinds", filters: int = 16, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if sees not in SEEN:
            raise ValueError(f"Expected sees as one of {', '.join(SEEN)}, received {sees!r}")
        self.sees = sees
        self.filters = filters
        self.encoder = encoder_of(sees, filters)
        # They come from a network that has learned how one moves.
        self.transitions.trainable = self.step_reward.trainable = self.scale.trainable = False

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; they depend on no size of the map."""
        super().build(input_shape)
        self.encoder.build((*input_shape[:-1], SEEN[self.sees]))
        self.built = True

    def entry_costs(self, inputs: Any) -> Any:
        """The learned cost of entering each cell, `(batch, row, col)`."""
        return self.encoder(inputs[..., 3:])

    def call(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        """In training the costs alone; otherwise a forward pass, as that of every model."""
        if training:
            return {"costs": self.entry_costs(inputs)}
        return {**super().call(inputs), "costs": self.entry_costs(inputs)}

    def loss_terms(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """The sums over demonstrations and over free cells that the loss is made of.

        Args:
            x: the input; its walls and goals.
            y: `path (batch, n, 2)` int32, the demonstrated cells; -1 after the last.
            y_pred: the result of `call`.
            training: not used.
        """
        costs = y_pred["costs"]
        free = 1 - x[..., 0]
        losses, hits = _demonstration_losses(self, costs, x, y["path"])
        return {
            "free": ops.sum(free),
            "log_costs": ops.sum(ops.log(costs) * free),
            "losses": ops.sum(losses),
            "cells": ops.cast(ops.size(losses), "float32"),
            "right": ops.sum(hits),
        }

    def loss_of(self, terms: dict[str, Any]) -> Any:
        """The loss of demonstrations, plus one for costs whose mean leaves its place."""
        logs = terms["log_costs"] / terms["free"]
        mean = terms["losses"] / terms["cells"]
        return mean + _MEAN_WEIGHT * (logs - np.log(_MEAN_COST)) ** 2

    def get_config(self) -> dict[str, Any]:
        """The arguments of the model."""
        return {**super().get_config(), "sees": self.sees, "filters": self.filters}


def encoder_of(sees: str, filters: int) -> keras.layers.Layer:
    """A new encoder of what a network sees."""
    if sees == "kinds":
        return KindCosts(name="encoder")
    if sees == "elevation":
        return ElevationCosts(filters, _MEAN_COST, name="encoder")
    return PictureCosts(filters, name="encoder")


def _demonstration_losses(model: CostVIN, costs: Any, inputs: Any, paths: Any) -> Any:
    """`(batch,)`: the loss of each demonstration, with the gradient of the exact planner."""

    def planned(costs: Any, inputs: Any, paths: Any) -> Any:
        results = [_plan(model, *each) for each in zip(costs, inputs, paths, strict=True)]
        return [np.array(part, np.float32) for part in zip(*results, strict=True)]

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def losses(costs: Any) -> Any:
        loss, gradient = tf.numpy_function(planned, [costs, inputs, paths], [tf.float32] * 2)
        gradient = tf.ensure_shape(gradient, costs.shape)
        return tf.ensure_shape(loss, costs.shape[:1]), lambda up: up[:, None, None] * gradient

    loss = losses(costs)
    return loss, tf.cast(loss < np.log(2), tf.float32)


def _plan(
    model: CostVIN,
    costs: NDArray[np.float32],
    inputs: NDArray[np.float32],
    path: NDArray[np.int32],
) -> tuple[float, NDArray[np.float64]]:
    legal = legal_masks(inputs[..., 0] > 0, model.rule)
    goals = {(int(row), int(col)): 0.0 for row, col in np.argwhere(inputs[..., 1] > 0)}
    steps = path[path[:, 0] >= 0].astype(np.int64)
    entry = np.maximum(costs.astype(np.float64), 1e-6)
    return demonstration_loss(legal, goals, model.rule, entry, steps, scale=_SCALES[model.sees])


def encode_seen(grids: Sequence[GridMap], sees: str, *, unit: float) -> NDArray[np.float32]:
    """Encode maps of one size as the input of a `CostVIN`.

    Args:
        grids: the maps; their costs are not looked at.
        sees: what the network sees.
        unit: the reward of a unit of cost.

    Returns:
        `(batch, rows, cols, 3 + channels)` float32, as `CostVIN` takes.

    Raises:
        VinguiError: it sees elevation, and a map has none.
    """
    shape = (len(grids), *grids[0].walls.shape)
    inputs = np.zeros((*shape, 3 + SEEN[sees]), np.float32)
    inputs[..., :2] = encode(grids)
    for index, grid in enumerate(grids):
        for goal, value in grid.valued_goals.items():
            inputs[(index, *goal, 2)] = unit * value
        if sees == "kinds":
            inputs[index, ..., 3] = 0 if grid.terrain is None else grid.terrain
        elif sees == "elevation":
            inputs[index, ..., 3] = _elevation(grid) / np.float32(cell_side(grid))
        else:
            inputs[index, ..., 3:] = picture_of(grid).reshape(*shape[1:], -1) / np.float32(255)
    return inputs


def _elevation(grid: GridMap) -> NDArray[np.float32]:
    if grid.elevation is None:
        raise VinguiError(
            "This network reads costs from elevation, and the map has none. Open or generate one "
            "with heights, or choose another model"
        )
    return grid.elevation
