"""Bellman backups on one map, some at a time: what a planner asks of a model."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from vingui.core.grid import GridMap
from vingui.net.backend import tf
from vingui.net.data import encode
from vingui.net.models import UNREACHED, ValueIterationModel

CHUNK = 32
"""Backups between two looks at the clock, where memory does not make them fewer. Long enough that
the calls cost nothing, short enough to stream and to cancel."""

_CHUNK_BYTES = 8 << 20


def chunk_for(cells: int) -> int:
    """How many backups of so many cells are made in one go.

    Fewer on a large map: values that stay in the cache, and memory that is not asked of the
    system anew each time, make them several times as fast.
    """
    return max(min(CHUNK, _CHUNK_BYTES // (4 * cells)), 1)


class Backups(Protocol):
    """A model made ready for one map. What nothing has reached yet is `-inf` in all it gives."""

    def initial_values(self) -> Any:
        """V_0, on the device."""
        ...

    def advance(self, values: Any) -> Any:
        """The next values from V_k, at least one: `(n, rows, cols)`, on the device."""
        ...

    def read_out(self, values: Any) -> tuple[Any, Any]:
        """The q-values and the action logits of V_k, each `(rows, cols, ...)`."""
        ...

    def reward(self) -> Any:
        """`(rows, cols, channels)`."""
        ...


graph = partial(tf.function, autograph=False)
"""Compiles a function. Without autograph, which writes a Python file into the temporary folder for
each function that it rewrites, and leaves it there where the process ends at once."""


def repeated(backup: Callable[[Any], Any], values: Any, count: int) -> Any:
    """`(count, ...)`: what a function makes of values, then of that, and so on, in a graph."""
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
        """Make ready for a map."""
        return _UnrolledMap(self, tf.constant(encode([grid])))

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
    """What the layers' finite `UNREACHED` stands for."""
    return tf.where(values < UNREACHED / 2, float("-inf"), values)


@dataclass(frozen=True)
class _UnrolledMap:
    compiled: Unrolled
    inputs: Any

    def initial_values(self) -> Any:
        return unreached_as_inf(self.compiled.model.initial_values(self.inputs)[0])

    def advance(self, values: Any) -> Any:
        return self.compiled.advance(self.inputs, values[None])

    def read_out(self, values: Any) -> tuple[Any, Any]:
        q, logits = self.compiled.read_out(self.inputs, values[None])
        return q, logits

    def reward(self) -> Any:
        return self.compiled.observe(self.inputs)["reward"][0]
