"""A trained `DynamicVIN` compiled for planning: nine bits in, max-plus propagation out.

With one-hot kernels the Bellman backup `V'(s) = max over a of (R_a(s) + V(s + j_a(s)))` is the
same as `V'(s) = max over neighbours j of (C_j(s) + V(s + j))`, where `C_j` is the reward of the
best action that leads to j. So a map is observed once, into eight planes of rewards, and each
iteration reads these and one value map: the problem's limit by memory bandwidth.

The observation of a cell is its 3x3 walls, nine bits. The network is evaluated on each of the 512
patches once; a map's kernels are then gathered from these results.
"""

from functools import partial
from typing import Any, Final

import numpy as np

from vingui.core.grid import GridMap
from vingui.net.backend import keras, tf
from vingui.net.backups import Backups, chunk_for, graph, repeated
from vingui.net.keras_layers import SLOTS
from vingui.net.models import DynamicVIN
from vingui.net.patches import every_patch, patch_numbers

_UNREACHED: Final = float("-inf")
"""The model's layers multiply values by 0 and need a finite number; sums and maxima do not."""

_STEPS: Final = ((16, 128), (32, 256), (64, 512), (128, 1024))
"""Up to the second number, sides are padded to a multiple of the first, so that a map that grows or
shrinks by a cell rarely needs another compilation, which takes a tenth of a second."""


def padded_side(side: int) -> int:
    """The length to which a side is padded with walls, which changes nothing inside."""
    step = next(step for step, most in _STEPS if side <= most)
    return -(-side // step) * step


class MaxPlus:
    """The compiled form of a `DynamicVIN`, for maps of any size.

    Args:
        model: a built model.
    """

    def __init__(self, model: DynamicVIN) -> None:
        patches = every_patch()
        kernel = keras.ops.convert_to_numpy(model.kernel(patches.astype(np.float32)))[:, 1, 1]
        costs = keras.ops.convert_to_numpy(model.step_reward.costs).astype(np.float32)
        leads = kernel.argmax(axis=-1)
        planes = np.where(kernel.any(axis=1), -costs, np.float32(_UNREACHED))
        self.slots = tf.constant(leads, tf.int32)
        self.rewards = tf.constant(-costs[leads])
        # Staying in place never improves a value, so eight planes are enough.
        self.planes = tf.constant(planes[:, : len(SLOTS) - 1].astype(np.float32))
        self.scale = tf.constant(float(model.scale.scale))
        self._compiled: dict[tuple[int, int], Compiled] = {}

    def __call__(self, grid: GridMap) -> Backups:
        """Prepare the model for a map with a goal, padded with walls."""
        shape = (padded_side(grid.rows), padded_side(grid.cols))
        if shape not in self._compiled:
            self._compiled[shape] = Compiled(self, shape)
        walls = np.ones(shape, bool)
        walls[: grid.rows, : grid.cols] = grid.walls
        values = np.full(shape, _UNREACHED, np.float32)
        values[grid.goal] = 0
        compiled, walls = self._compiled[shape], tf.constant(walls)
        return Backups(
            initial=tf.constant(values),
            advance=partial(compiled.advance, compiled.observe(walls)),
            read_out=partial(compiled.read_out, walls),
            reward=partial(compiled.reward, walls),
        )


class Compiled:
    """The graphs for one padded size, each compiled when it is first used.

    Args:
        tables: the model's results on the 512 patches.
        shape: the padded rows and columns.
    """

    def __init__(self, tables: MaxPlus, shape: tuple[int, int]) -> None:
        self.tables = tables
        walls = tf.TensorSpec(shape, tf.bool)
        values = tf.TensorSpec(shape)
        planes = tf.TensorSpec((len(SLOTS) - 1, *shape))
        compiled = partial(graph, jit_compile=True)
        self.observe = compiled(self._observe, input_signature=(walls,))
        self.advance = compiled(self._advance, input_signature=(planes, values))
        self.read_out = compiled(self._read_out, input_signature=(walls, values))
        self.reward = compiled(self._reward, input_signature=(walls,))

    def _observe(self, walls: Any) -> Any:
        """`(8, rows, cols)`: the reward of stepping to each neighbour; unreached on walls."""
        planes = tf.gather(self.tables.planes, patch_numbers(walls))
        blocked = tf.fill(tf.shape(planes), tf.constant(_UNREACHED))
        return tf.transpose(tf.where(walls[..., None], blocked, planes), (2, 0, 1))

    def _advance(self, planes: Any, values: Any) -> Any:
        def backup(values: Any) -> Any:
            best = values
            for place, towards in enumerate(shifted(values)):
                best = tf.maximum(best, planes[place] + towards)
            return best

        return repeated(backup, values, chunk_for(values.shape.num_elements()))

    def _read_out(self, walls: Any, values: Any) -> tuple[Any, Any]:
        numbers = patch_numbers(walls)
        around = tf.stack([*shifted(values), values], axis=-1)
        onward = tf.gather(around, tf.gather(self.tables.slots, numbers), batch_dims=2)
        q = tf.gather(self.tables.rewards, numbers) + onward
        q = tf.where(walls[..., None], tf.fill(tf.shape(q), tf.constant(_UNREACHED)), q)
        return q, q * self.tables.scale

    def _reward(self, walls: Any) -> Any:
        return tf.gather(self.tables.rewards, patch_numbers(walls))


def shifted(values: Any) -> list[Any]:
    """The values of each of the eight neighbours, unreached beyond the edge."""
    rows, cols = values.shape
    padded = tf.pad(values, [[1, 1], [1, 1]], constant_values=_UNREACHED)
    return [
        padded[1 + row : 1 + row + rows, 1 + col : 1 + col + cols]
        for row, col in SLOTS
        if row or col
    ]
