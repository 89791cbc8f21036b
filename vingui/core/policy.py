"""The policy of a run that is known."""

import numpy as np
from numpy.typing import NDArray

from vingui.core.rollout import NO_ACTION
from vingui.core.run import Run


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
