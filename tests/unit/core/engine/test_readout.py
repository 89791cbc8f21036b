import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.engine.readout import GreedyPolicy, policy_of, q_of_actions
from vingui.core.engine.wave import patch_numbers
from vingui.core.moves import DELTAS, RULES
from vingui.core.rollout import NO_ACTION
from vingui.core.value_changes import ValueChanges

PATCHES = ((np.arange(512)[:, None] >> np.arange(9)) & 1).astype(bool).reshape(512, 3, 3)


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 1000), st.sampled_from(sorted(RULES)))
def test_q_values_are_rewards_and_the_value_where_an_action_leads(rows, cols, seed, name):
    rule, random = RULES[name], np.random.default_rng(seed)
    walls = random.random((rows, cols)) < 0.3
    values = np.where(walls, -np.inf, random.normal(size=(rows, cols))).astype(np.float32)
    legal = rule.legal(PATCHES)[:, 1, 1]
    leads = legal[..., None] * DELTAS[: rule.n_actions]
    rewards = random.normal(size=(512, rule.n_actions)).astype(np.float32)
    patches = patch_numbers(walls).reshape(rows + 2, cols + 2)
    bordered = np.pad(values, 1, constant_values=-np.inf)
    costs = np.ones((1, 1), np.float32)
    if seed % 2:
        costs = random.uniform(1, 3, bordered.shape).astype(np.float32)
    q = q_of_actions(patches, leads, rewards, bordered, costs)
    numbers = patches[1:-1, 1:-1]
    for row, col in np.ndindex(rows, cols):
        for action in range(rule.n_actions):
            to = np.array((row, col)) + leads[numbers[row, col], action]
            cost = costs[tuple(to + 1)] if costs.size > 1 else np.float32(1)
            onward = rewards[numbers[row, col], action] * cost + values[tuple(to)]
            assert q[row, col, action] == (-np.inf if walls[row, col] else onward)


def value_functions(bordered, random):
    """Value functions that change in no, some, or all cells, up to the values of an array."""
    rows, cols = bordered.shape
    changes = ValueChanges((rows - 2, cols - 2))
    changes.begin(np.empty(0, np.int32), np.empty(0, np.float32))
    now = np.full(bordered.size, -np.inf, np.float32)
    inside = np.pad(np.ones((rows - 2, cols - 2), bool), 1).ravel()
    for share in (0.05, 0.3, 0.0, 0.02, 1.0, 0.02, 0.1):
        cells = np.flatnonzero(inside & (random.random(now.size) < share)).astype(np.int32)
        after = bordered.ravel()[cells] + random.integers(-1, 1, cells.size).astype(np.float32)
        changes.extend(cells, after, now[cells], np.array([cells.size]))
        now[cells] = after
    return changes


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 1000), st.sampled_from(sorted(RULES)))
def test_greedy_actions_are_those_of_the_policy(rows, cols, seed, name):
    rule, random = RULES[name], np.random.default_rng(seed)
    walls = random.random((rows, cols)) < 0.3
    # Many ties, and many that are ties after rounding.
    values = random.integers(-3, 3, (rows, cols)) + random.choice([0, 1e-7, 3e-7], (rows, cols))
    values = np.where(random.random((rows, cols)) < 0.2, -np.inf, values).astype(np.float32)
    bordered = np.pad(np.where(walls, -np.inf, values), 1, constant_values=-np.inf)
    bordered = bordered.astype(np.float32)
    patches = patch_numbers(walls).reshape(bordered.shape)
    leads = rule.legal(PATCHES)[:, 1, 1, :, None] * DELTAS[: rule.n_actions]
    rewards = np.full((512, rule.n_actions), -1, np.float32)
    costs = np.ones((1, 1), np.float32)
    if seed % 2:
        costs = random.integers(1, 3, bordered.shape).astype(np.float32)
    scale = np.float32(random.choice([1, random.uniform(0.1, 9)]))
    changes = value_functions(bordered, random)
    goal = int(random.integers(rows)), int(random.integers(cols))
    silent = walls.copy()
    silent[goal] = True
    greedy = GreedyPolicy(changes, patches.ravel(), leads, rewards, costs.ravel(), scale, [goal])
    for k in (changes.latest, *random.integers(1, changes.latest + 1, 12).tolist()):
        q = q_of_actions(patches, leads, rewards, changes.bordered(k), costs)
        _, expected = policy_of(q, q * scale, silent)
        np.testing.assert_array_equal(greedy.at(k), expected)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 1000))
def test_a_policy_is_a_softmax_and_its_greedy_action_the_first_of_the_likeliest(rows, cols, seed):
    random = np.random.default_rng(seed)
    q = np.where(random.random((rows, cols, 1)) < 0.2, -np.inf, 1).astype(np.float32)
    logits = random.integers(-3, 3, (rows, cols, 4)).astype(np.float32)
    logits[random.random(logits.shape) < 0.2] = -np.inf
    logits[..., 0] = np.maximum(logits[..., 0], -5)
    silent = random.random((rows, cols)) < 0.2
    policy, greedy = policy_of(q, logits, silent)
    none = silent | np.isneginf(q[..., 0])
    assert (policy[none] == 0).all()
    assert (greedy[none] == NO_ACTION).all()
    weights = np.exp(logits.astype(float))
    expected = weights / weights.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(policy[~none], expected[~none], rtol=1e-5)
    assert (greedy[~none] == logits[~none].argmax(axis=-1)).all()
