"""The q-values and the policy that follow from a value function."""

import math

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.rollout import NO_ACTION


def q_of_actions(
    patches: NDArray[np.uint16],
    leads: NDArray[np.int64],
    rewards: NDArray[np.float32],
    values: NDArray[np.float32],
    entry_costs: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the q-values of a dynamic transition kernel, `R_a(s) + V(s + j_a(s))`.

    Args:
        patches: `((rows + 2) * (cols + 2),)`, as of `wave.patch_numbers`.
        leads: `(512, actions, 2)`: the `(row, col)` step of each action in each patch.
        rewards: `(512, actions)` float32: its reward.
        values: `(rows, cols)`, `-inf` where nothing was reached.
        entry_costs: `(rows, cols)`, which multiply the reward of each step into a cell; all 1 if
            left out.

    Returns:
        `(rows, cols, actions)` float32; `-inf` on walls and for actions that reach no value.
    """
    rows, cols = values.shape
    q = np.empty((rows, cols, rewards.shape[1]), np.float32)
    padded = np.full((rows + 2, cols + 2), -np.inf, np.float32)
    padded[1:-1, 1:-1] = values
    costs = _padded_costs(entry_costs)
    _fill_q(patches.reshape(padded.shape), leads, rewards, costs, padded, q)
    return q


@compiled
def _fill_q(
    patches: NDArray[np.uint16],
    leads: NDArray[np.int64],
    rewards: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
    padded: NDArray[np.float32],
    q: NDArray[np.float32],
) -> None:
    rows, cols, actions = q.shape
    weighted = entry_costs.size > 1
    for row in range(rows):
        for col in range(cols):
            patch = patches[row + 1, col + 1]
            wall = patch >> 4 & 1
            for action in range(actions):
                to_row = row + 1 + leads[patch, action, 0]
                to_col = col + 1 + leads[patch, action, 1]
                cost = entry_costs[to_row, to_col] if weighted else np.float32(1)
                onward = rewards[patch, action] * cost + padded[to_row, to_col]
                q[row, col, action] = -np.inf if wall else onward


def rewards_of_actions(
    patches: NDArray[np.uint16],
    leads: NDArray[np.int64],
    rewards: NDArray[np.float32],
    entry_costs: NDArray[np.float32] | None,
    shape: tuple[int, int],
) -> NDArray[np.float32]:
    """Return the reward of each action, `(rows, cols, actions)` float32; arguments as above."""
    rows, cols = shape
    result = np.empty((rows, cols, rewards.shape[1]), np.float32)
    costs = _padded_costs(entry_costs)
    _fill_rewards(patches.reshape(rows + 2, cols + 2), leads, rewards, costs, result)
    return result


def _padded_costs(entry_costs: NDArray[np.float32] | None) -> NDArray[np.float32]:
    return np.ones((1, 1), np.float32) if entry_costs is None else np.pad(entry_costs, 1)


@compiled
def _fill_rewards(
    patches: NDArray[np.uint16],
    leads: NDArray[np.int64],
    rewards: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
    result: NDArray[np.float32],
) -> None:
    rows, cols, actions = result.shape
    weighted = entry_costs.size > 1
    for row in range(rows):
        for col in range(cols):
            patch = patches[row + 1, col + 1]
            for action in range(actions):
                to_row = row + 1 + leads[patch, action, 0]
                to_col = col + 1 + leads[patch, action, 1]
                cost = entry_costs[to_row, to_col] if weighted else np.float32(1)
                result[row, col, action] = rewards[patch, action] * cost


def policy_of(
    q: NDArray[np.float32], logits: NDArray[np.float32], silent: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the softmax of action logits, and the greedy actions.

    Args:
        q: `(rows, cols, latent actions)`; a cell whose q-values are all `-inf` has no policy.
        logits: `(rows, cols, n_actions)`.
        silent: `(rows, cols)` bool, further cells without a policy: walls and the goal.

    Returns:
        `(rows, cols, n_actions)` float32, all 0 where there is no policy, and `(rows, cols)`
        int8, the first of the likeliest actions or `NO_ACTION`.
    """
    policy = np.zeros(logits.shape, np.float32)
    actions = np.full(silent.shape, NO_ACTION, np.int8)
    _fill_policy(q, logits, silent, policy, actions)
    return policy, actions


@compiled
def _fill_policy(
    q: NDArray[np.float32],
    logits: NDArray[np.float32],
    silent: NDArray[np.bool_],
    policy: NDArray[np.float32],
    actions: NDArray[np.int8],
) -> None:
    rows, cols, count = logits.shape
    for row in range(rows):
        for col in range(cols):
            reached = False
            for latent in range(q.shape[2]):
                reached |= q[row, col, latent] > -np.inf
            if silent[row, col] or not reached:
                continue
            largest = logits[row, col, 0]
            for action in range(1, count):
                largest = max(largest, logits[row, col, action])
            total = np.float32(0)
            for action in range(count):
                policy[row, col, action] = math.exp(logits[row, col, action] - largest)
                total += policy[row, col, action]
            best = 0
            for action in range(count):
                policy[row, col, action] /= total
                if policy[row, col, action] > policy[row, col, best]:
                    best = action
            actions[row, col] = best
