"""What a `DynamicVIN` has learned, read off its weights as tables for the planning engine.

With one-hot kernels the Bellman backup `V'(s) = max over a of (R_a(s) + V(s + j_a(s)))` is the
same as `V'(s) = max over neighbours j of (C_j(s) + V(s + j))`, where `C_j` is the reward of the
best action that leads to j. The observation of a cell is its 3x3 walls, nine bits: the network is
evaluated once on each of the 512 patches, whatever the map. That is three small products of
matrices, for which no Keras is needed.
"""

from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from vingui.core.moves import SLOTS, MoveRule
from vingui.net.model_files import ModelFile

INTO_WALL: Final = -1e4
"""What is added to the logit of a transition into a wall, so that only free cells compete."""


def every_patch() -> NDArray[np.bool_]:
    """`(512, 3, 3)` bool: patch n has a wall where n has a bit, the lowest at the upper left."""
    return ((np.arange(512)[:, None] >> np.arange(9)) & 1).astype(bool).reshape(512, 3, 3)


class TransitionTables:
    """The transitions and rewards of a model for each patch.

    Args:
        slots: `(512, actions)` int64: the place in `SLOTS` that each action leads to.
        costs: `(9,)` float32, above 0: the cost of a step to each of `SLOTS`.
        scale: the factor of the action logits.

    Attributes:
        slots: as given.
        leads: `(512, actions, 2)` int64: the step that each action makes.
        costs: as given.
        rewards: `(512, actions)` float32: the reward of each action.
        steps: `(512, 8)` float32: the reward of the best action that leads to each neighbour, in
            the order of `DELTAS`; `-inf` if none does, or on a wall.
        scale: as given.
    """

    def __init__(
        self, slots: NDArray[np.int64], costs: NDArray[np.float32], scale: np.float32
    ) -> None:
        self.slots, self.costs, self.scale = slots, costs, scale
        self.leads = np.array(SLOTS, np.int64)[self.slots]
        self.rewards = -self.costs[self.slots]
        # To stay never improves a value: eight places do.
        led_to = (self.slots[..., None] == np.arange(len(SLOTS) - 1)).any(axis=1)
        led_to &= ~every_patch()[:, 1, 1, None]
        self.steps = np.where(led_to, -self.costs[:-1], np.float32(-np.inf))

    @classmethod
    def of_weights(
        cls,
        transitions: Sequence[NDArray[np.float32]],
        step_reward: NDArray[np.float32],
        scale: NDArray[np.float32],
    ) -> Self:
        """Read the tables off a model's weights.

        Args:
            transitions: the kernel and the bias of each of the three convolutions of the
                `TransitionKernel`.
            step_reward: `(9,)`, the weight of the `StepReward`.
            scale: the weight of the `ActionScale`.
        """
        return cls(_slots(transitions), _softplus(step_reward), np.float32(_softplus(scale)))

    @property
    def unit(self) -> float:
        """The learned cost of a straight step, which a unit of cost is worth."""
        return float(self.costs[:4].astype(np.float64).mean())


def _slots(transitions: Sequence[NDArray[np.float32]]) -> NDArray[np.int64]:
    """The `TransitionKernel` on the patch around each cell, one-hot: where each action leads."""
    patches = every_patch()
    features = 2.0 * patches.reshape(512, 9) - 1
    *hidden, last = zip(transitions[::2], transitions[1::2], strict=True)
    for kernel, bias in hidden:
        features = np.maximum(_convolved(features, kernel, bias), 0)
    rows, cols = np.array(SLOTS).T + 1
    logits = _convolved(features, *last).reshape(512, -1, len(SLOTS))
    slots: NDArray[np.int64] = (logits + INTO_WALL * patches[:, None, rows, cols]).argmax(axis=-1)
    return slots


def _convolved(
    features: NDArray[np.floating[Any]], kernel: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float64]:
    """A convolution of the only place where its kernel fits."""
    sums: NDArray[np.float64] = features @ kernel.reshape(-1, bias.size) + bias
    return sums


def _softplus(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.logaddexp(0.0, raw.astype(np.float64)).astype(np.float32)


def tables_in(file: ModelFile) -> TransitionTables:
    """Read the tables of a `DynamicVIN` or a `CostVIN` off its file.

    Raises:
        VinguiError: the file does not have its weights.
    """
    hidden, outputs = file.arguments["hidden"], file.rule.n_actions * len(SLOTS)
    shapes: dict[str, tuple[int, ...]] = {
        "/layers/transition_kernel/patch/vars/0": (3, 3, 1, hidden),
        "/layers/transition_kernel/patch/vars/1": (hidden,),
        "/layers/transition_kernel/mix/vars/0": (1, 1, hidden, hidden),
        "/layers/transition_kernel/mix/vars/1": (hidden,),
        "/layers/transition_kernel/logits/vars/0": (1, 1, hidden, outputs),
        "/layers/transition_kernel/logits/vars/1": (outputs,),
        "/layers/step_reward/vars/0": (len(SLOTS),),
        "/layers/action_scale/vars/0": (),
    }
    *transitions, step_reward, scale = file.weights_of(shapes)
    return TransitionTables.of_weights(transitions, step_reward, scale)


def learned(tables: TransitionTables, rule: MoveRule) -> dict[str, Any]:
    """What a dynamic kernel learned, checked on every observation there is.

    Returns:
        `observations_right`: of the 256 patches around a free cell, those in which every action
        leads where the movement rule says; `observations`: 256; `costs`: the cost learned for a
        step by each action.
    """
    patches = every_patch()
    free = ~patches[:, 1, 1]
    stay = len(SLOTS) - 1
    wanted = np.where(rule.legal(patches)[:, 1, 1], np.arange(rule.n_actions), stay)
    right = (tables.slots == wanted).all(axis=-1) & free
    return {
        "observations_right": int(right.sum()),
        "observations": int(free.sum()),
        "costs": [round(float(cost), 7) for cost in tables.costs[: rule.n_actions]],
    }
