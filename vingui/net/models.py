"""The two Value Iteration Networks as Keras models.

Both take `(batch, row, col, 2)` float32, with walls and goals as 1 in their channels. The dynamic
one also takes four channels: then the third has the value of each goal in the unit of rewards, and
the fourth the cost of entering each cell. They return from one forward pass a dict of:

- `values`: `(batch, K, row, col)`, V_1 to V_K;
- `reward`: `(batch, row, col, channels)`;
- `q`: `(batch, row, col, latent actions)`, the q-values of V_K;
- `logits`: `(batch, n, row, col, actions)`: of V_K alone, or in training of every V_k of
  `reading_iterations`, V_K last;
- `policy`: `(batch, row, col, actions)`, the action probabilities under V_K.
"""

from typing import Any

from vingui.core.errors import VinguiError
from vingui.core.moves import MoveRule, rule_named
from vingui.net.backend import conflict, keras, ops, tf
from vingui.net.cluster import ALONE, Cluster
from vingui.net.keras_layers import (
    ActionScale,
    ConvolutionalBackup,
    KernelBackup,
    RewardMap,
    StepReward,
    TransitionKernel,
    neighbours,
)
from vingui.net.model_files import PACKAGE
from vingui.net.transition_tables import INTO_WALL

UNREACHED = -1e9
"""The value of a cell from which no trajectory has reached the goal yet.

So low that the cost of a step is rounded away: it stays the same number in every iteration.
"""

UNREACHABLE_COST = 1e6
"""In labels, for an infinite cost-to-go, which would turn a masked loss into NaN."""

_UNREACHED_IN_TRAINING = -100.0
"""The same in training, where soft kernels mix a fraction of it into every value."""


class ValueIterationModel(keras.Model):
    """K Bellman backups between an observation and a policy, and their loss.

    Args:
        moves: the name of the movement rule whose optimal actions it learns.
        iterations: K.
        reading_every: in training, every how many iterations the policy is read out and learns.
        value_weight: the weight of the loss of the values against that of the actions.

    Attributes:
        cluster: the workers that train it together.

    Raises:
        ValueError: a number is out of range.
        VinguiError: there is no such movement rule, or Keras has settings with which these networks
            do not work.
    """

    def __init__(
        self,
        *,
        moves: str = "8",
        iterations: int = 20,
        reading_every: int = 5,
        value_weight: float = 0.0,
        **kwargs: Any,
    ) -> None:
        # The program may have changed them after the import.
        if reason := conflict():
            raise VinguiError(reason)
        super().__init__(**kwargs)
        if iterations < 1 or reading_every < 1:
            raise ValueError(
                "Expected iterations and reading_every of 1 or more, "
                f"received {iterations} and {reading_every}"
            )
        self.moves = moves
        self.rule: MoveRule = rule_named(moves)
        self.iterations = iterations
        self.reading_every = reading_every
        self.value_weight = value_weight
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.cluster: Cluster = ALONE

    @property
    def reading_iterations(self) -> tuple[int, ...]:
        """The iterations k whose policy is trained, K the last."""
        return (*range(self.reading_every, self.iterations, self.reading_every), self.iterations)

    @property
    def policy_weight(self) -> Any:
        """The weight of the loss of the actions."""
        return 1.0

    def observe(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        """Compute what is the same in every iteration, including `reward`."""
        raise NotImplementedError

    def initial_values(self, inputs: Any, training: bool = False) -> Any:
        """V_0, `(batch, row, col)`."""
        raise NotImplementedError

    def q_values(self, observed: dict[str, Any], values: Any) -> Any:
        """The q-values of V_k, `(batch, row, col, latent actions)`."""
        raise NotImplementedError

    def next_values(self, observed: dict[str, Any], q: Any) -> Any:
        """V_(k+1) from the q-values of V_k."""
        raise NotImplementedError

    def read_out(self, q: Any) -> Any:
        """Action logits, `(batch, row, col, actions)`."""
        raise NotImplementedError

    def call(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        """One forward pass; the module's docstring describes the result."""
        observed = self.observe(inputs, training)
        values = self.initial_values(inputs, training)
        q = self.q_values(observed, values)
        reading = self.reading_iterations if training else (self.iterations,)
        every_values, logits = [], []
        for iteration in range(1, self.iterations + 1):
            values = self.next_values(observed, q)
            q = self.q_values(observed, values)
            every_values.append(values)
            if iteration in reading:
                logits.append(self.read_out(q))
        return {
            "values": ops.stack(every_values, axis=1),
            "reward": observed["reward"],
            "q": q,
            "logits": ops.stack(logits, axis=1),
            "policy": ops.softmax(logits[-1], axis=-1),
        }

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step of the optimizer, by the gradient of the loss of the whole batch.

        Args:
            data: inputs and labels of this worker's share of the batch.

        Returns:
            The means over the epoch so far, of whole batches.
        """
        inputs, labels = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(inputs, labels, self(inputs, training=True))
        gradients = tape.gradient(loss, self.trainable_weights)
        summed = self.cluster.summed(gradients)
        self.optimizer.apply_gradients(zip(summed, self.trainable_weights, strict=True))
        metrics = {metric.name: metric for metric in self.metrics}
        metrics["loss"].update_state(loss)
        return {name: metric.result() for name, metric in metrics.items()}

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Minus the log of the probability of the *set* of optimal actions.

        Every cell from which the goal can be reached is an example, once for each reading
        iteration k that can have reached it: where its cost-to-go is at most k (the highway loss
        of DT-VIN). If `value_weight` is above 0, the relative error of V_k in the same cells is
        added.

        Args:
            x: not used.
            y: `optimal (batch, row, col, actions)`, 1 for every optimal action, and
                `cost_to_go (batch, row, col)`, `UNREACHABLE_COST` where there is no path.
            y_pred: the result of `call`.
            sample_weight: not used.
            training: whether `y_pred` was computed in training.
        """
        terms = self.cluster.summed_terms(self.loss_terms(x, y, y_pred, training))
        found = ops.divide_no_nan(terms["right"], terms["cells"])
        self.accuracy.update_state(found, sample_weight=terms["cells"])
        return self.loss_of(terms)

    def loss_terms(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """The sums over a batch, or a share of it, that the loss and the accuracy are made of."""
        optimal = ops.expand_dims(y["optimal"], 1)
        cost = ops.expand_dims(y["cost_to_go"], 1)
        reading = self.reading_iterations if training else (self.iterations,)
        horizon = ops.reshape(ops.convert_to_tensor(reading, "float32"), (1, -1, 1, 1))
        counts = ops.cast((cost > 0) & (cost <= horizon), "float32")
        log_policy = ops.log_softmax(y_pred["logits"], axis=-1)
        of_set = ops.logsumexp(log_policy + (1 - optimal) * -1e4, axis=-1)
        best = ops.one_hot(ops.argmax(y_pred["policy"], axis=-1), self.rule.n_actions)
        terms = {
            "examples": ops.sum(counts),
            "log_likelihood": ops.sum(ops.where(counts > 0, of_set, 0.0)),
            "cells": ops.sum(counts[:, -1]),
            "right": ops.sum(ops.sum(best * y["optimal"], axis=-1) * counts[:, -1]),
        }
        if self.value_weight:
            values = ops.take(y_pred["values"], ops.array([k - 1 for k in reading]), axis=1)
            error = ops.abs(values + cost) / (1 + cost)
            terms["value_errors"] = ops.sum(counts * ops.log1p(error))
        return terms

    def loss_of(self, terms: dict[str, Any]) -> Any:
        """The loss of a whole batch."""
        examples = terms["examples"] + 1e-6
        loss = -self.policy_weight * terms["log_likelihood"] / examples
        if self.value_weight:
            loss += self.value_weight * terms["value_errors"] / examples
        return loss

    def get_config(self) -> dict[str, Any]:
        """The arguments of the model."""
        return {
            **super().get_config(),
            "moves": self.moves,
            "iterations": self.iterations,
            "reading_every": self.reading_every,
            "value_weight": self.value_weight,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class VIN(ValueIterationModel):
    """The Value Iteration Network of Tamar et al. 2016, as built there for gridworlds.

    Args:
        hidden: channels of the hidden layer of f_R.
        latent_actions: channels of Q.
        **kwargs: as for `ValueIterationModel`.
    """

    def __init__(self, *, hidden: int = 150, latent_actions: int = 10, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden = hidden
        self.latent_actions = latent_actions
        self.reward_map = RewardMap(hidden, name="reward_map")
        self.backup = ConvolutionalBackup(latent_actions, name="backup")
        self.actions = keras.layers.Dense(self.rule.n_actions, use_bias=False, name="actions")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; they depend on no size of the map."""
        self.reward_map.build(input_shape)
        self.backup.build((*input_shape[:-1], self.latent_actions))
        self.actions.build((*input_shape[:-1], self.latent_actions))
        self.built = True

    def observe(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        """The reward map and its share of Q."""
        reward = self.reward_map(inputs)
        return {"reward": reward, "reward_share": self.backup.reward_share(reward)}

    def initial_values(self, inputs: Any, training: bool = False) -> Any:
        """V_0 = 0."""
        return ops.zeros_like(inputs[..., 0])

    def q_values(self, observed: dict[str, Any], values: Any) -> Any:
        """Q_k by two convolutions."""
        return self.backup(observed["reward_share"], values)

    def next_values(self, observed: dict[str, Any], q: Any) -> Any:
        """V = max over channels of Q."""
        return ops.max(q, axis=-1)

    def read_out(self, q: Any) -> Any:
        """A dense layer without bias from the q-values to the actions."""
        return self.actions(q)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the model."""
        return {
            **super().get_config(),
            "hidden": self.hidden,
            "latent_actions": self.latent_actions,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class DynamicVIN(ValueIterationModel):
    """A VIN whose transition kernel is computed from the walls around each cell.

    The kernels are softmaxes with a falling temperature in training, and one-hot in planning.
    With one-hot kernels and negative rewards, the backup is exact max-plus propagation of learned
    costs: values increase strictly along the greedy policy, which cannot loop.

    Prior knowledge, not learned: which cells are walls (no kernel ends in one, their value is
    pinned to unreached, and outside counts as wall); where the goal is and that it ends the
    journey (its value is pinned); that what an action does depends on the 3x3 walls around;
    that a step costs something, and how much depends on its direction alone; and that each
    latent action is one real action.

    Args:
        hidden: channels of the transition network.
        **kwargs: as for `ValueIterationModel`.
    """

    def __init__(self, *, hidden: int = 64, value_weight: float = 1.0, **kwargs: Any) -> None:
        super().__init__(value_weight=value_weight, **kwargs)
        self.hidden = hidden
        self.transitions = TransitionKernel(self.rule.n_actions, hidden, name="transitions")
        self.step_reward = StepReward(name="step_reward")
        self.backup = KernelBackup(name="backup")
        self.scale = ActionScale(name="scale")
        self.temperature = self.add_weight(
            shape=(), initializer="ones", trainable=False, name="temperature"
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; they depend on no size of the map."""
        cells = input_shape[:-1]
        self.transitions.build(cells)
        self.step_reward.build(self.transitions.compute_output_shape(cells))
        self.scale.build((*cells, self.rule.n_actions))
        self.built = True

    @property
    def policy_weight(self) -> Any:
        """The temperature.

        This compensates for the steeper gradient of a colder softmax. And once the kernels are
        sharp, only the values determine the costs, which the likelihood always increases.
        """
        return self.temperature

    def kernel(self, walls: Any, training: bool = False) -> Any:
        """T, `(batch, row, col, actions, 9)`: soft in training, one-hot otherwise."""
        logits = self.transitions(walls)
        # No move ends in a wall, so only free cells compete. Otherwise a soft kernel could express
        # "blocked" by giving a few percent to a wall's very low value, which the one-hot kernel
        # then loses.
        into_wall = ops.expand_dims(neighbours(walls, outside=1.0), -2)
        logits = logits + INTO_WALL * into_wall
        if training:
            return ops.softmax(logits / self.temperature, axis=-1)
        return ops.one_hot(ops.argmax(logits, axis=-1), logits.shape[-1])

    def entry_costs(self, inputs: Any) -> Any:
        """The cost of entering each cell, `(batch, row, col)`; `None` if it is 1 everywhere."""
        return inputs[..., 3] if _has_costs(inputs) else None

    def observe(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        """The transition kernels, their rewards, and the cells with a fixed value."""
        walls, goal = inputs[..., 0], inputs[..., 1]
        kernel = self.kernel(walls, training)
        return {
            "kernel": kernel,
            "reward": self.step_reward(kernel, self.entry_costs(inputs)),
            "pinned": (walls + goal) > 0,
            "pin": self.initial_values(inputs, training),
            "outside": _unreached(training),
        }

    def initial_values(self, inputs: Any, training: bool = False) -> Any:
        """V_0: its value at each goal, unreached elsewhere."""
        unreached = (1 - inputs[..., 1]) * _unreached(training)
        return unreached + inputs[..., 2] if _has_costs(inputs) else unreached

    def q_values(self, observed: dict[str, Any], values: Any) -> Any:
        """Q_k by the dynamic kernel."""
        return self.backup(
            observed["kernel"], observed["reward"], values, outside=observed["outside"]
        )

    def next_values(self, observed: dict[str, Any], q: Any) -> Any:
        """V = max over actions of Q, except on walls and at the goal."""
        return ops.where(observed["pinned"], observed["pin"], ops.max(q, axis=-1))

    def loss_terms(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """The terms of every model, and those of values where there should be none.

        A cell without a path to the goal has no optimal action to learn from. That it must not get
        a value teaches the kernel what blocks the moves around it.
        """
        lost = ops.cast((y["cost_to_go"] >= UNREACHABLE_COST) & (x[..., 0] == 0), "float32")
        excess = ops.relu(1 - y_pred["values"][:, -1] / _unreached(training))
        terms = super().loss_terms(x, y, y_pred, training)
        return {**terms, "lost": ops.sum(lost), "excess": ops.sum(lost * excess)}

    def loss_of(self, terms: dict[str, Any]) -> Any:
        """The loss of a whole batch, that of values where there should be none included."""
        excess = terms["excess"] / (terms["lost"] + 1e-6)
        return super().loss_of(terms) + self.value_weight * excess

    def read_out(self, q: Any) -> Any:
        """The q-values, scaled."""
        return self.scale(q)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the model."""
        return {**super().get_config(), "hidden": self.hidden}


def _has_costs(inputs: Any) -> bool:
    return bool(inputs.shape[-1] > 2)


def _unreached(training: bool) -> float:
    return _UNREACHED_IN_TRAINING if training else UNREACHED
