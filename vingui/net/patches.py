"""All observations of a dynamic kernel: the 512 patches of 3x3 walls."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.net.backend import keras, tf
from vingui.net.models import DynamicVIN


def every_patch() -> NDArray[np.bool_]:
    """`(512, 3, 3)` bool: patch n has a wall where n has a bit, the lowest at the upper left."""
    return ((np.arange(512)[:, None] >> np.arange(9)) & 1).astype(bool).reshape(512, 3, 3)


def patch_numbers(walls: Any) -> Any:
    """The number of the patch around each cell.

    Args:
        walls: `(rows, cols)` bool tensor; outside the map counts as wall.

    Returns:
        `(rows, cols)` int32, 0 to 511.
    """
    closed = tf.pad(tf.cast(walls, tf.int32), [[1, 1], [1, 1]], constant_values=1)
    rows, cols = walls.shape
    numbers = tf.zeros((rows, cols), tf.int32)
    for bit in range(9):
        row, col = divmod(bit, 3)
        numbers += closed[row : row + rows, col : col + cols] * 2**bit
    return numbers


def learned(model: DynamicVIN) -> dict[str, Any]:
    """Check what a dynamic kernel has learned, on all observations.

    Returns:
        `observations_right`: in how many of the 256 patches around a free cell every action leads
        where the movement rule says; `observations`: 256; `costs`: the learned cost of a step by
        each action.
    """
    patches = every_patch()
    kernel = keras.ops.convert_to_numpy(model.kernel(patches.astype(np.float32)))[:, 1, 1]
    free = ~patches[:, 1, 1]
    legal = model.rule.legal(patches)[:, 1, 1]
    stay = kernel.shape[-1] - 1
    wanted = np.where(legal, np.arange(model.rule.n_actions), stay)
    right = (kernel.argmax(axis=-1) == wanted).all(axis=-1) & free
    costs = keras.ops.convert_to_numpy(model.step_reward.costs)[: model.rule.n_actions]
    return {
        "observations_right": int(right.sum()),
        "observations": int(free.sum()),
        "costs": [round(float(cost), 7) for cost in costs],
    }
