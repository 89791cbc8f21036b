"""Bellman backups of one map that change every cell: by Keras layers, or by the compiled engine."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine import dense
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import SLOTS
from vingui.core.terrain_pictures import SEEN
from vingui.net.backend import keras, tf
from vingui.net.cost_vin import CostVIN, encode_seen
from vingui.net.data import encode, encode_costs
from vingui.net.dense_iteration import Backups, BackupTerms
from vingui.net.models import UNREACHED, VIN, DynamicVIN, ValueIterationModel
from vingui.net.transition_tables import TransitionTables

graph = partial(tf.function, autograph=False)
"""Compiles a function, without autograph, which would write a Python file into the temporary folder
for each function and leave it there when the process is killed."""


def tables_of(model: DynamicVIN) -> TransitionTables:
    """Read the tables of a built model off its weights."""
    return TransitionTables.of_weights(
        model.transitions.get_weights(),
        *model.step_reward.get_weights(),
        *model.scale.get_weights(),
    )


class KerasGraphs:
    """The layers of any model as graphs for maps of any size: the reference for the engine.

    Args:
        model: a built model.
    """

    def __init__(self, model: ValueIterationModel) -> None:
        self.model = model
        inputs = tf.TensorSpec((1, None, None, channels_of(model)))
        values, count = tf.TensorSpec((1, None, None)), tf.TensorSpec((), tf.int32)
        self._observe = graph(model.observe, input_signature=(inputs,))
        self._advance = graph(self._advanced, input_signature=(inputs, values, count))
        self._read_out = graph(self._readout, input_signature=(inputs, values))
        self._terms = graph(self._separated, input_signature=(inputs, values))

    def __call__(self, grid: GridMap) -> Backups:
        """Prepare the model for a map."""
        inputs, model = tf.constant(_encoded(self.model, grid)), self.model

        def read_out(values: NDArray[np.float32]) -> Any:
            return tuple(np.asarray(one) for one in self._read_out(inputs, values[None]))

        def terms(values: NDArray[np.float32], cell: Cell) -> BackupTerms:
            q, reward, slots = (np.asarray(one)[cell] for one in self._terms(inputs, values[None]))
            leads = np.array(SLOTS, np.int64)[slots]
            if slots.size:
                row, col = np.add(cell, leads).T
                return BackupTerms(leads, reward, values[row, col], q)
            return BackupTerms(leads.reshape(0, 2), reward, q - reward, q)

        return Backups(
            initial=np.asarray(_unreached_as_inf(model.initial_values(inputs)[0])),
            advance=lambda values, n: np.asarray(self._advance(inputs, values[None], n)),
            read_out=read_out,
            reward=lambda: np.asarray(self._observe(inputs)["reward"][0]),
            terms=terms,
            learned_costs=(
                np.asarray(model.entry_costs(inputs)[0]) if isinstance(model, CostVIN) else None
            ),
        )

    def _advanced(self, inputs: Any, values: Any, count: Any) -> Any:
        observed, model = self.model.observe(inputs), self.model

        def backup(values: Any) -> Any:
            return model.next_values(observed, model.q_values(observed, values))

        return _unreached_as_inf(_repeated(backup, tf.maximum(values, UNREACHED), count)[:, 0])

    def _readout(self, inputs: Any, values: Any) -> Any:
        q = self.model.q_values(self.model.observe(inputs), tf.maximum(values, UNREACHED))
        return _unreached_as_inf(q[0]), _unreached_as_inf(self.model.read_out(q)[0])

    def _separated(self, inputs: Any, values: Any) -> tuple[Any, Any, Any]:
        """The q-values of V_k, what the reward adds to them, and the slot each action leads to.

        A VIN's latent actions lead nowhere; it has no slots.
        """
        model = self.model
        observed = model.observe(inputs)
        q = model.q_values(observed, tf.maximum(values, UNREACHED))
        reward = model.q_values(observed, tf.zeros_like(values))
        slots = tf.zeros((*tf.unstack(tf.shape(values))[1:], 0), tf.int64)
        if "kernel" in observed:
            slots = tf.argmax(observed["kernel"][0], axis=-1)
        return _unreached_as_inf(q[0]), reward[0], slots


def channels_of(model: ValueIterationModel) -> int:
    """The channels of a model's input in planning."""
    if isinstance(model, CostVIN):
        return 3 + SEEN[model.sees]
    return 4 if isinstance(model, DynamicVIN) else 2


def _encoded(model: ValueIterationModel, grid: GridMap) -> NDArray[np.float32]:
    if isinstance(model, CostVIN):
        return encode_seen([grid], model.sees, unit=tables_of(model).unit)
    if isinstance(model, DynamicVIN):
        return encode_costs(grid, unit=tables_of(model).unit)
    return encode([grid])


def _repeated(backup: Callable[[Any], Any], values: Any, count: Any) -> Any:
    """Apply a function repeatedly, in a graph; return all results, `(count, ...)`."""
    frames = tf.TensorArray(tf.float32, size=count, element_shape=values.shape)

    def step(done: Any, values: Any, frames: Any) -> tuple[Any, Any, Any]:
        after = tf.ensure_shape(backup(values), values.shape)
        return done + 1, after, frames.write(done, after)

    start = (tf.constant(0), values, frames)
    *_, frames = tf.while_loop(lambda done, *_: done < count, step, start)
    return frames.stack()


def _unreached_as_inf(values: Any) -> Any:
    """Replace the finite `UNREACHED` of the layers by `-inf`."""
    return tf.where(values < UNREACHED / 2, float("-inf"), values)


@lru_cache(maxsize=4)
def _observer_like(hidden: int, latent_actions: int) -> tuple[VIN, Callable[[Any], Any]]:
    """A model and the graph of what it observes; its weights are set before each use.

    To compile the graph takes longer than a plan of a small map, and while a network learns there
    is another one several times a second.
    """
    model = VIN(moves="8", iterations=1, hidden=hidden, latent_actions=latent_actions)
    model.build((None, None, None, 2))

    def observe(inputs: Any) -> tuple[Any, Any]:
        observed = model.observe(inputs)
        return observed["reward"], observed["reward_share"]

    return model, graph(observe, input_signature=(tf.TensorSpec((1, None, None, 2)),))


class VINEngine:
    """A `VIN` whose convolutions over the values are iterated by compiled loops.

    Keras evaluates f_R, once for each map.

    Args:
        model: a built model.
    """

    def __init__(self, model: VIN) -> None:
        kernel = keras.ops.convert_to_numpy(model.backup.from_values.kernel)
        self._weights = np.ascontiguousarray(np.moveaxis(kernel[:, :, 0], -1, 0))
        self._actions = keras.ops.convert_to_numpy(model.actions.kernel)
        self._observer, self._observe = _observer_like(model.hidden, model.latent_actions)
        self._observing = model.reward_map.get_weights(), model.backup.get_weights()

    def __call__(self, grid: GridMap) -> Backups:
        """Prepare the model for a map."""
        reward_weights, backup_weights = self._observing
        self._observer.reward_map.set_weights(reward_weights)
        self._observer.backup.set_weights(backup_weights)
        reward, shares = self._observe(tf.constant(encode([grid])))
        share = np.ascontiguousarray(np.moveaxis(np.asarray(shares)[0], -1, 0))

        def read_out(
            values: NDArray[np.float32],
        ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            q = dense.q_values(share, self._weights, values)
            logits: NDArray[np.float32] = q @ self._actions
            return q, logits

        def terms(values: NDArray[np.float32], cell: Cell) -> BackupTerms:
            (row, col), nowhere = cell, np.empty((0, 2), np.int64)
            around = slice(max(row - 1, 0), row + 2), slice(max(col - 1, 0), col + 2)
            here = row - around[0].start, col - around[1].start
            shares, near = share[:, *around], values[around]
            q, onward = (
                dense.q_values(one, self._weights, near)[here]
                for one in (shares, np.zeros_like(shares))
            )
            return BackupTerms(nowhere, share[:, row, col], onward, q)

        return Backups(
            initial=np.zeros(grid.walls.shape, np.float32),
            advance=lambda values, n: dense.iterate(share, self._weights, values, n),
            read_out=read_out,
            reward=lambda: np.asarray(reward)[0],
            terms=terms,
        )
