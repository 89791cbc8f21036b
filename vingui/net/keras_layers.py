"""The parts of a Value Iteration Network as Keras layers.

Shapes are `(batch, row, col, channel)`. Each recurrence is a layer for one Bellman backup; the
loop over K iterations is the models'. Sources: Tamar et al., *Value Iteration Networks*, NIPS
2016, arXiv 1602.02867 (VIN); Wang et al., ICML 2025, arXiv 2406.08404 (dynamic transition
kernel).
"""

from typing import Any

from vingui.core.moves import SLOTS
from vingui.net.backend import keras, ops
from vingui.net.model_files import PACKAGE


def neighbours(values: Any, *, outside: float) -> Any:
    """Each cell's Moore neighbourhood as a last axis, without a convolution.

    Args:
        values: `(batch, row, col)`.
        outside: the value beyond the map's edge.

    Returns:
        `(batch, row, col, 9)`, the last axis in the order of `SLOTS`.
    """
    _, rows, cols = ops.shape(values)
    padded = ops.pad(values, [(0, 0), (1, 1), (1, 1)], constant_values=outside)
    shifted = [padded[:, 1 + row : 1 + row + rows, 1 + col : 1 + col + cols] for row, col in SLOTS]
    return ops.stack(shifted, axis=-1)


def _at_least_one(layer: str, **sizes: int) -> None:
    for name, size in sizes.items():
        if not isinstance(size, int) or size < 1:
            raise ValueError(f"Expected {layer} {name} as an int of 1 or more, received {size!r}")


@keras.saving.register_keras_serializable(PACKAGE)
class RewardMap(keras.layers.Layer):
    """The VIN's reward R = f_R(observation): two convolutions (Tamar et al., section 4.1).

    Args:
        hidden: channels of the first, rectified, 3x3 convolution.

    Input shape:
        `(batch, row, col, 2)`: walls and goal.

    Output shape:
        `(batch, row, col, 1)`.

    Raises:
        ValueError: `hidden` is not an int of 1 or more.
    """

    def __init__(self, hidden: int = 150, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _at_least_one("RewardMap", hidden=hidden)
        self.hidden = hidden
        self.features = keras.layers.Conv2D(hidden, 3, padding="same", activation="relu")
        self.reward = keras.layers.Conv2D(1, 1, use_bias=False)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for observations of that shape."""
        self.features.build(input_shape)
        self.reward.build((*input_shape[:-1], self.hidden))
        self.built = True

    def call(self, observation: Any) -> Any:
        """The reward map of each observation."""
        return self.reward(self.features(observation))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The same rows and columns, one channel."""
        return (*input_shape[:-1], 1)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the layer."""
        return {**super().get_config(), "hidden": self.hidden}


@keras.saving.register_keras_serializable(PACKAGE)
class ConvolutionalBackup(keras.layers.Layer):
    """The VIN's Bellman backup: Q = conv(R; w_r) + conv(V; w_v), then V = max over channels of Q.

    One transition kernel serves the whole map (Tamar et al., section 4.1). The weights do not
    depend on the iteration: the same layer is called K times.

    Args:
        actions: latent actions, the channels of Q.

    Raises:
        ValueError: `actions` is not an int of 1 or more.
    """

    def __init__(self, actions: int = 10, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _at_least_one("ConvolutionalBackup", actions=actions)
        self.actions = actions
        self.from_reward, self.from_values = (
            keras.layers.Conv2D(actions, 3, padding="same", use_bias=False) for _ in range(2)
        )

    def build(self, share_shape: tuple[int | None, ...]) -> None:
        """Make both kernels: R and V have one channel, whatever the map."""
        one_channel = (*share_shape[:-1], 1)
        self.from_reward.build(one_channel)
        self.from_values.build(one_channel)
        self.built = True

    def reward_share(self, reward: Any) -> Any:
        """conv(R; w_r), the share of Q that stays the same in every iteration."""
        return self.from_reward(reward)

    def call(self, share: Any, values: Any) -> Any:
        """One backup.

        Args:
            share: `(batch, row, col, actions)`, from `reward_share`.
            values: `(batch, row, col)`, V_k.

        Returns:
            `(batch, row, col, actions)`, Q_k; V_(k+1) is its maximum over the last axis.
        """
        return share + self.from_values(ops.expand_dims(values, -1))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the layer."""
        return {**super().get_config(), "actions": self.actions}


@keras.saving.register_keras_serializable(PACKAGE)
class TransitionKernel(keras.layers.Layer):
    """What each latent action does in each cell, read off the 3x3 walls around it.

    A small convolutional network without a view beyond the patch, so that what it learned holds
    on a map of any size (the dynamic transition kernel of DT-VIN).

    Args:
        actions: latent actions.
        hidden: channels of the two hidden convolutions.

    Input shape:
        `(batch, row, col)`, 1 for walls; outside the map counts as wall.

    Output shape:
        `(batch, row, col, actions, 9)`: the logits of where the action leads, over `SLOTS`.

    Raises:
        ValueError: a size is not an int of 1 or more.
    """

    def __init__(self, actions: int = 8, hidden: int = 64, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _at_least_one("TransitionKernel", actions=actions, hidden=hidden)
        self.actions = actions
        self.hidden = hidden
        self.patch = keras.layers.Conv2D(hidden, 3, activation="relu")
        self.mix = keras.layers.Conv2D(hidden, 1, activation="relu")
        self.logits = keras.layers.Conv2D(actions * len(SLOTS), 1)

    def build(self, walls_shape: tuple[int | None, ...]) -> None:
        """Make the weights; they depend on no size of the map."""
        self.patch.build((*walls_shape, 1))
        self.mix.build((*walls_shape, self.hidden))
        self.logits.build((*walls_shape, self.hidden))
        self.built = True

    def call(self, walls: Any) -> Any:
        """The transition logits of every cell."""
        closed = ops.pad(walls, [(0, 0), (1, 1), (1, 1)], constant_values=1)
        # A centred input, since training is faster when free cells are not zeros.
        logits = self.logits(self.mix(self.patch(2 * ops.expand_dims(closed, -1) - 1)))
        return ops.reshape(logits, (*ops.shape(logits)[:-1], self.actions, len(SLOTS)))

    def compute_output_shape(self, walls_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The cells, with the actions and the places each may lead to."""
        return (*walls_shape, self.actions, len(SLOTS))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the layer."""
        return {**super().get_config(), "actions": self.actions, "hidden": self.hidden}


@keras.saving.register_keras_serializable(PACKAGE)
class StepReward(keras.layers.Layer):
    """The reward of a transition: minus a learned, positive cost for each of the nine places.

    R_a(s) = - sum over j of T_a(s, j) c_j e(s + j), where e is the cost of entering a cell, 1 if
    none is given. That the cost of a step depends on its direction and on the cell entered alone
    is prior knowledge; the nine costs are learned, those of entering cells are given.

    Input shape:
        `(batch, row, col, actions, 9)`: transition kernels, each summing to 1.

    Output shape:
        `(batch, row, col, actions)`, below 0 everywhere: no place is worth staying at.
    """

    def build(self, kernel_shape: tuple[int | None, ...]) -> None:
        """Make the nine costs, about 1 each."""
        self.raw = self.add_weight(
            shape=(kernel_shape[-1],), initializer=keras.initializers.Constant(0.5), name="raw"
        )

    @property
    def costs(self) -> Any:
        """`(9,)`, above 0: the cost of a step to each of `SLOTS`."""
        return ops.softplus(self.raw)

    def call(self, kernel: Any, entry_costs: Any = None) -> Any:
        """The reward of each action of each cell.

        Args:
            kernel: `(batch, row, col, actions, 9)`, T.
            entry_costs: `(batch, row, col)`, e; 1 everywhere if left out.
        """
        if entry_costs is None:
            return -ops.matmul(kernel, self.costs)
        costs = self.costs * neighbours(entry_costs, outside=1.0)
        return -ops.sum(kernel * ops.expand_dims(costs, -2), axis=-1)

    def compute_output_shape(self, kernel_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One reward for each kernel."""
        return kernel_shape[:-1]


@keras.saving.register_keras_serializable(PACKAGE)
class KernelBackup(keras.layers.Layer):
    """The Bellman backup of a VIN with a dynamic transition kernel.

    Q_a(s) = R_a(s) + sum over j of T_a(s, j) V(s + j), then V = max over a of Q. It has no
    weights: they are in T and R.
    """

    def call(self, kernel: Any, reward: Any, values: Any, *, outside: float) -> Any:
        """One backup.

        Args:
            kernel: `(batch, row, col, actions, 9)`, T.
            reward: `(batch, row, col, actions)`, R.
            values: `(batch, row, col)`, V_k, finite.
            outside: the value beyond the map's edge. It must be worse than every value inside,
                or the edge would look like a goal.

        Returns:
            `(batch, row, col, actions)`, Q_k.
        """
        around = neighbours(values, outside=outside)
        return reward + ops.squeeze(ops.matmul(kernel, ops.expand_dims(around, -1)), -1)


@keras.saving.register_keras_serializable(PACKAGE)
class ActionScale(keras.layers.Layer):
    """Action logits from q-values: one learned scale and nothing else.

    Each latent action stays tied to one real action, so the large negative values of blocked
    actions cannot leak into the others, as they do through a dense layer.
    """

    def build(self, q_shape: tuple[int | None, ...]) -> None:
        """Make the scale, 1 to begin with."""
        self.raw = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(0.5413), name="raw"
        )

    @property
    def scale(self) -> Any:
        """The scale, above 0."""
        return ops.softplus(self.raw)

    def call(self, q: Any) -> Any:
        """The logits of every action of every cell."""
        return q * self.scale
