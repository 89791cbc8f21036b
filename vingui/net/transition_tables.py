"""What a `DynamicVIN` has learned, read off its weights as tables for the planning engine.

With one-hot kernels the Bellman backup `V'(s) = max over a of (R_a(s) + V(s + j_a(s)))` is the
same as `V'(s) = max over neighbours j of (C_j(s) + V(s + j))`, where `C_j` is the reward of the
best action that leads to j. The observation of a cell is its 3x3 walls, nine bits: the network is
evaluated once on each of the 512 patches, whatever the map.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.net.backend import keras
from vingui.net.keras_layers import SLOTS
from vingui.net.models import DynamicVIN


def every_patch() -> NDArray[np.bool_]:
    """`(512, 3, 3)` bool: patch n has a wall where n has a bit, the lowest at the upper left."""
    return ((np.arange(512)[:, None] >> np.arange(9)) & 1).astype(bool).reshape(512, 3, 3)


class TransitionTables:
    """The transitions and rewards of a model for each patch.

    Args:
        model: a built model.

    Attributes:
        leads: `(512, actions, 2)` int64: the step that each action makes.
        rewards: `(512, actions)` float32: the reward of each action.
        steps: `(512, 8)` float32: the reward of the best action that leads to each neighbour, in
            the order of `DELTAS`; `-inf` if none does, or on a wall.
        scale: the factor of the action logits.
        unit: the learned cost of a straight step, which a unit of cost is worth.
    """

    def __init__(self, model: DynamicVIN) -> None:
        patches = every_patch()
        kernel = _numpy(model.kernel(patches.astype(np.float32)))[:, 1, 1]
        costs = _numpy(model.step_reward.costs).astype(np.float32)
        slots = kernel.argmax(axis=-1)
        self.leads = np.array(SLOTS, np.int64)[slots]
        self.rewards = -costs[slots]
        # To stay never improves a value: eight places do.
        led_to = kernel.any(axis=1) & ~patches[:, 1, 1, None]
        steps = np.where(led_to, -costs, np.float32(-np.inf))
        self.steps = np.ascontiguousarray(steps[:, : len(SLOTS) - 1])
        self.scale = np.float32(model.scale.scale)
        self.unit = unit_of(model)


def unit_of(model: DynamicVIN) -> float:
    """Return the learned cost of a straight step, which a unit of cost is worth."""
    return float(_numpy(model.step_reward.costs)[:4].astype(np.float64).mean())


def learned(model: DynamicVIN) -> dict[str, Any]:
    """What a dynamic kernel learned, checked on every observation there is.

    Returns:
        `observations_right`: of the 256 patches around a free cell, those in which every action
        leads where the movement rule says; `observations`: 256; `costs`: the cost learned for a
        step by each action.
    """
    patches = every_patch()
    kernel = _numpy(model.kernel(patches.astype(np.float32)))[:, 1, 1]
    free = ~patches[:, 1, 1]
    legal = model.rule.legal(patches)[:, 1, 1]
    stay = kernel.shape[-1] - 1
    wanted = np.where(legal, np.arange(model.rule.n_actions), stay)
    right = (kernel.argmax(axis=-1) == wanted).all(axis=-1) & free
    costs = _numpy(model.step_reward.costs)[: model.rule.n_actions]
    return {
        "observations_right": int(right.sum()),
        "observations": int(free.sum()),
        "costs": [round(float(cost), 7) for cost in costs],
    }


def _numpy(tensor: Any) -> NDArray[Any]:
    array: NDArray[Any] = keras.ops.convert_to_numpy(tensor)
    return array
