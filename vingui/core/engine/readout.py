"""The q-values and the policy that follow from a value function."""

import math

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.rollout import NO_ACTION

_NEARLY_TIED = 1e-5
"""Logits that differ by less may be equally likely after rounding."""


def q_of_actions(
    patches: NDArray[np.uint16],
    leads: NDArray[np.int64],
    rewards: NDArray[np.float32],
    values: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the q-values of a dynamic transition kernel, `R_a(s) + V(s + j_a(s))`.

    Args:
        patches: `(rows + 2, cols + 2)`, as of `wave.patch_numbers`: of a map, or of a part of one.
        leads: `(512, actions, 2)`: the `(row, col)` step of each action in each patch.
        rewards: `(512, actions)` float32: its reward.
        values: `(rows + 2, cols + 2)` float32, `-inf` where nothing was reached.
        entry_costs: `(rows + 2, cols + 2)` float32, which multiply the reward of each step into a
            cell; `(1, 1)` where all are 1.

    Returns:
        `(rows, cols, actions)` float32; `-inf` on walls and for actions that reach no value.
    """
    rows, cols = values.shape
    q = np.empty((rows - 2, cols - 2, rewards.shape[1]), np.float32)
    _fill_q(
        np.ascontiguousarray(patches),
        leads,
        rewards,
        np.ascontiguousarray(entry_costs),
        np.ascontiguousarray(values),
        q,
    )
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
    entry_costs: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the reward of each action, `(rows, cols, actions)` float32; arguments as above."""
    rows, cols = patches.shape
    result = np.empty((rows - 2, cols - 2, rewards.shape[1]), np.float32)
    patches, entry_costs = np.ascontiguousarray(patches), np.ascontiguousarray(entry_costs)
    _fill_rewards(patches, leads, rewards, entry_costs, result)
    return result


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


def greedy_actions_of(
    patches: NDArray[np.uint16],
    leads: NDArray[np.int64],
    rewards: NDArray[np.float32],
    scale: np.float32,
    values: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
) -> NDArray[np.int8]:
    """Return the greedy actions of a dynamic transition kernel, without any policy in memory.

    They are those of `policy_of` for the logits `scale * q`.

    Args:
        patches: as of `q_of_actions`, as are `leads`, `rewards`, `values` and `entry_costs`.
        leads: the steps of the actions.
        rewards: their rewards.
        scale: the factor of the action logits.
        values: the values.
        entry_costs: what multiplies the rewards.

    Returns:
        `(rows, cols)` int8, the first of the likeliest actions, or `NO_ACTION` where no action
        reaches a value.
    """
    rows, cols = values.shape
    actions = np.full((rows - 2, cols - 2), NO_ACTION, np.int8)
    steps = leads @ (cols, 1)
    _fill_actions(
        patches.ravel(), steps, rewards, entry_costs.ravel(), scale, values.ravel(), actions
    )
    return actions


@compiled
def _fill_actions(
    patches: NDArray[np.uint16],
    steps: NDArray[np.int64],
    rewards: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
    scale: np.float32,
    values: NDArray[np.float32],
    actions: NDArray[np.int8],
) -> None:
    rows, cols = actions.shape
    count = rewards.shape[1]
    weighted = entry_costs.size > 1
    logits = np.empty(count, np.float32)
    for row in range(rows):
        for col in range(cols):
            cell = (row + 1) * (cols + 2) + col + 1
            patch = patches[cell]
            if patch >> 4 & 1:
                continue
            best = 0
            for action in range(count):
                target = cell + steps[patch, action]
                cost = entry_costs[target] if weighted else np.float32(1)
                logits[action] = (rewards[patch, action] * cost + values[target]) * scale
                if logits[action] > logits[best]:
                    best = action
            if logits[best] == -np.inf:
                continue
            actions[row, col] = best
            for action in range(count):
                if 0 < logits[best] - logits[action] < _NEARLY_TIED:
                    actions[row, col] = _likeliest(logits)
                    break


@compiled
def _likeliest(logits: NDArray[np.float32]) -> int:
    """The first of the likeliest actions, of those that the softmax rounds to one probability."""
    largest, total, best = logits.max(), np.float32(0), 0
    shares = np.empty_like(logits)
    for action in range(logits.size):
        shares[action] = math.exp(logits[action] - largest)
        total += shares[action]
    for action in range(logits.size):
        shares[action] /= total
        if shares[action] > shares[best]:
            best = action
    return best
