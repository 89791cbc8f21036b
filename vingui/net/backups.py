"""Bellman backups on one map, some at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from vingui.core.grid import GridMap
from vingui.net.backend import tf
from vingui.net.data import encode
from vingui.net.models import UNREACHED, ValueIterationModel

CHUNK = 32
"""The most backups in one call: enough for its overhead not to matter, and few enough for values to
be streamed and plans to be cancelled."""

_CHUNK_BYTES = 8 << 20


def chunk_for(cells: int) -> int:
    """How many backups of so many cells are made in one call.

    Fewer on a large map: they are several times as fast when the values stay in the cache and
    their memory is reused.
    """
    return max(min(CHUNK, _CHUNK_BYTES // (4 * cells)), 1)


@dataclass(frozen=True)
class Backups:
    """A model prepared for one map. Values that are not reached yet are `-inf` everywhere.

    Attributes:
        initial: V_0, `(rows, cols)`, on the device.
        advance: returns the next values from V_k, at least one: `(n, rows, cols)`, on the device.
        read_out: returns the q-values and the action logits of V_k, each `(rows, cols, ...)`.
        reward: returns the reward, `(rows, cols, channels)`.
    """

    initial: Any
    advance: Callable[[Any], Any]
    read_out: Callable[[Any], tuple[Any, Any]]
    reward: Callable[[], Any]


graph = partial(tf.function, autograph=False)
"""Compiles a function, without autograph, which would write a Python file into the temporary folder
for each function and leave it there when the process is killed."""


def repeated(backup: Callable[[Any], Any], values: Any, count: int) -> Any:
    """Apply a function repeatedly, in a graph; return all results, `(count, ...)`."""
    frames = tf.TensorArray(tf.float32, size=count, element_shape=values.shape)

    def step(done: Any, values: Any, frames: Any) -> tuple[Any, Any, Any]:
        after = tf.ensure_shape(backup(values), values.shape)
        return done + 1, after, frames.write(done, after)

    start = (tf.constant(0), values, frames)
    *_, frames = tf.while_loop(lambda done, *_: done < count, step, start)
    return frames.stack()


class Unrolled:
    """Any model's own layers in a graph without fixed sizes, compiled once for all maps.

    Args:
        model: a built model.
    """

    def __init__(self, model: ValueIterationModel) -> None:
        self.model = model
        inputs = tf.TensorSpec((1, None, None, 2))
        values = tf.TensorSpec((1, None, None))
        self.observe = graph(model.observe, input_signature=(inputs,))
        self.advance = graph(self._advance, input_signature=(inputs, values))
        self.read_out = graph(self._read_out, input_signature=(inputs, values))

    def __call__(self, grid: GridMap) -> Backups:
        """Prepare the model for a map."""
        inputs = tf.constant(encode([grid]))
        return Backups(
            initial=unreached_as_inf(self.model.initial_values(inputs)[0]),
            advance=lambda values: self.advance(inputs, values[None]),
            read_out=lambda values: self.read_out(inputs, values[None]),
            reward=lambda: self.observe(inputs)["reward"][0],
        )

    def _advance(self, inputs: Any, values: Any) -> Any:
        observed = self.model.observe(inputs)
        model = self.model

        def backup(values: Any) -> Any:
            return model.next_values(observed, model.q_values(observed, values))

        return unreached_as_inf(repeated(backup, tf.maximum(values, UNREACHED), CHUNK)[:, 0])

    def _read_out(self, inputs: Any, values: Any) -> Any:
        q = self.model.q_values(self.model.observe(inputs), tf.maximum(values, UNREACHED))
        return unreached_as_inf(q[0]), unreached_as_inf(self.model.read_out(q)[0])


def unreached_as_inf(values: Any) -> Any:
    """Replace the finite `UNREACHED` of the layers by `-inf`."""
    return tf.where(values < UNREACHED / 2, float("-inf"), values)
