"""The q-values and the policy that follow from a value function."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.grid import Cell
from vingui.core.rollout import NO_ACTION
from vingui.core.value_changes import ValueChanges

_NEARLY_TIED = 1e-5
"""Logits that differ by less may be equally likely after rounding."""

_MANY = 3
"""If more than one value in so many changed, reading out all cells takes no longer."""

_STALE = -2
"""In place of an action: the values around the cell have changed."""


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


class GreedyPolicy:
    """The greedy actions under one value function of a dynamic transition kernel after the other.

    They are those of `policy_of` for the logits `scale * q`, without any policy in memory. Only
    cells beside those whose value differs between two value functions are read out again.

    Args:
        changes: the value functions.
        patches: `((rows + 2) * (cols + 2),)`, otherwise as of `q_of_actions`.
        leads: as there.
        rewards: as there.
        entry_costs: `((rows + 2) * (cols + 2),)`, or a single 1, otherwise as there.
        scale: the factor of the action logits.
        goals: the cells that end a journey, and have no action.
    """

    def __init__(
        self,
        changes: ValueChanges,
        patches: NDArray[np.uint16],
        leads: NDArray[np.int64],
        rewards: NDArray[np.float32],
        entry_costs: NDArray[np.float32],
        scale: np.float32,
        goals: Iterable[Cell],
    ) -> None:
        width = changes.shape[1] + 2
        self._changes, self._k, self._goals = changes, 0, tuple(goals)
        self._around = (np.arange(-1, 2)[:, None] * width + np.arange(-1, 2)).ravel()
        self._learned = patches, leads @ (width, 1), rewards, entry_costs, scale
        self._actions = np.full(patches.size, NO_ACTION, np.int8)

    def at(self, k: int) -> NDArray[np.int8]:
        """Return those under a V_k, k of `changes`.

        Returns:
            `(rows, cols)` int8, the first of the likeliest actions, or `NO_ACTION` where no action
            reaches a value.
        """
        changes = self._changes
        first, last = sorted((self._k, k))
        changed, *_ = changes.between(first + 1, last)
        values, self._k = changes.bordered(k), k
        if changed.size * _MANY > self._actions.size:
            _fill_actions(*self._learned, values.ravel(), self._actions)
        else:
            _update_actions(changed, self._around, *self._learned, values.ravel(), self._actions)
        actions = self._actions.reshape(values.shape)[1:-1, 1:-1].copy()
        for goal in self._goals:
            actions[goal] = NO_ACTION
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
    logits = np.empty(rewards.shape[1], np.float32)
    for cell in range(actions.size):
        if patches[cell] >> 4 & 1:
            continue
        actions[cell] = _action_of(
            cell, patches, steps, rewards, entry_costs, scale, values, logits
        )


@compiled
def _update_actions(
    changed: NDArray[np.int32],
    around: NDArray[np.int64],
    patches: NDArray[np.uint16],
    steps: NDArray[np.int64],
    rewards: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
    scale: np.float32,
    values: NDArray[np.float32],
    actions: NDArray[np.int8],
) -> None:
    """Read out again the cells at and around those that changed; `around` are nine strides."""
    logits = np.empty(rewards.shape[1], np.float32)
    for cell in changed:
        for stride in around:
            if not patches[cell + stride] >> 4 & 1:
                actions[cell + stride] = _STALE
    for cell in changed:
        for stride in around:
            if actions[cell + stride] == _STALE:
                actions[cell + stride] = _action_of(
                    cell + stride, patches, steps, rewards, entry_costs, scale, values, logits
                )


@compiled
def _action_of(
    cell: int,
    patches: NDArray[np.uint16],
    steps: NDArray[np.int64],
    rewards: NDArray[np.float32],
    entry_costs: NDArray[np.float32],
    scale: np.float32,
    values: NDArray[np.float32],
    logits: NDArray[np.float32],
) -> int:
    """The greedy action of a free cell; `logits` is scratch."""
    patch, best = patches[cell], 0
    for action in range(logits.size):
        target = cell + steps[patch, action]
        cost = entry_costs[target] if entry_costs.size > 1 else np.float32(1)
        logits[action] = (rewards[patch, action] * cost + values[target]) * scale
        if logits[action] > logits[best]:
            best = action
    if logits[best] == -np.inf:
        return NO_ACTION
    for action in range(logits.size):
        if 0 < logits[best] - logits[action] < _NEARLY_TIED:
            return _likeliest(logits)
    return best


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
