"""The encoder of a `CostVIN` that reads costs from heights."""

from typing import Any, Final

import numpy as np

from vingui.net.backend import keras, ops
from vingui.net.model_files import PACKAGE

_STEEPEST: Final = 2.0
"""Slopes beyond it, as rise over run, look like this one."""

_PAIRS: Final = 4
"""Of slopes."""

_EPSILON: Final = 1e-6
"""Keeps the gradient of a square root finite where it is level."""


@keras.saving.register_keras_serializable(PACKAGE)
class ElevationCosts(keras.layers.Layer):
    """A cost for each cell from how much higher or lower its eight neighbours are.

    The differences of height are taken, not learned, so that costs do not depend on the height
    above the sea. A convolution makes four pairs of slopes of them, `across` and `down`, whose
    length `sqrt(across^2 + down^2)` may be the same in all directions; three more convolutions make
    a cost of these.

    Args:
        filters: a quarter of the channels of the convolutions after the slopes.
        mean_cost: what cells cost before anything is learned.

    Input shape:
        `(batch, row, col, 1)`: the heights, with the side of a cell as the unit. Beyond the edges
        the ground goes on with the slope that it has there; there are two rows and columns or more.

    Output shape:
        `(batch, row, col)`, above 0.
    """

    def __init__(self, filters: int = 16, mean_cost: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.mean_cost = mean_cost
        self.slopes = keras.layers.Conv2D(2 * _PAIRS, 1, use_bias=False)
        self.convolutions = [
            keras.layers.Conv2D(
                4 * filters,
                1,
                activation="relu",
                bias_initializer=keras.initializers.RandomUniform(-0.5, 0.5),
            )
            for _ in range(2)
        ]
        self.log_cost = keras.layers.Conv2D(
            1, 1, bias_initializer=keras.initializers.Constant(np.log(mean_cost))
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; they depend on no size of the map."""
        self.slopes.build((None, None, None, 8))
        channels = _PAIRS
        for layer in self.convolutions:
            layer.build((None, None, None, channels))
            channels = layer.filters
        self.log_cost.build((None, None, None, channels))
        self.built = True

    def call(self, heights: Any) -> Any:
        """The cost of each cell."""
        _, rows, cols, _ = ops.shape(heights)
        around = _continued(_continued(heights, axis=1), axis=2)
        neighbours = [
            around[:, 1 + down : 1 + down + rows, 1 + right : 1 + right + cols]
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if down or right
        ]
        seen = ops.clip(ops.concatenate(neighbours, axis=-1) - heights, -_STEEPEST, _STEEPEST)
        across, down = ops.split(self.slopes(seen), 2, axis=-1)
        seen = ops.sqrt(across**2 + down**2 + _EPSILON)
        for layer in self.convolutions:
            seen = layer(seen)
        return ops.exp(self.log_cost(seen)[..., 0])

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The cells."""
        return input_shape[:-1]

    def get_config(self) -> dict[str, Any]:
        """The arguments of the layer."""
        return {**super().get_config(), "filters": self.filters, "mean_cost": self.mean_cost}


def _continued(heights: Any, *, axis: int) -> Any:
    """The heights with a row or column more at both ends of an axis, in a straight line."""
    first, second = ops.split(ops.take(heights, [0, 1], axis=axis), 2, axis=axis)
    before_last, last = ops.split(ops.take(heights, [-2, -1], axis=axis), 2, axis=axis)
    return ops.concatenate([2 * first - second, heights, 2 * last - before_last], axis=axis)
