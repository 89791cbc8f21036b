"""What of a policy is shown, in the window and in figures alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.rollout import NO_ACTION
from vingui.core.run import Run

_LEAST_PROBABILITY: Final = 0.1
_LEAST_SHARE: Final = 0.2
"""Of the best action's probability: less probable ones would be specks."""


def policy_at(run: Run, k: int) -> NDArray[np.float32] | None:
    """`(rows, cols, n_actions)` the policy under V_k, or `None` while unknown.

    Where only the greedy actions are known, these are certain.
    """
    reading = run.reading(k)
    if reading is not None:
        return reading.policy
    actions = run.actions(k)
    if actions is None:
        return None
    chosen = actions[..., None] == np.arange(run.rule.n_actions)
    return np.asarray(chosen & (actions != NO_ACTION)[..., None], np.float32)


def shown_actions(policy: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which actions have an arrow: those that tie with the best, and others that are probable.

    Args:
        policy: `(..., n_actions)` probabilities.

    Returns:
        Bool of the same shape.
    """
    best = policy.max(axis=-1, keepdims=True, initial=0)
    return np.asarray(policy >= np.maximum(_LEAST_SHARE * best, _LEAST_PROBABILITY))
