import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.engine.rollouts import LOOP, REACHED, STOPPED, WALL, GreedyRollouts
from vingui.core.engine.shortest_paths import legal_masks
from vingui.core.moves import RULES


def composed(walls, goals, rule, actions, entry_costs):
    """Outcomes, costs and steps of all rollouts, by composing the successors with themselves."""
    legal, cells = rule.legal(walls), np.arange(walls.size)
    chosen = np.maximum(actions, 0)
    moves = np.take_along_axis(legal, chosen[..., None], axis=-1)[..., 0] & (actions >= 0)
    for goal in goals:
        moves[goal] = False
    moves = moves.ravel()
    end = cells + np.where(moves, (rule.deltas @ (walls.shape[1], 1))[chosen].ravel(), 0)
    steps = moves.astype(np.int64)
    costs = np.where(moves, rule.costs[chosen].ravel() * entry_costs.ravel()[end], 0)
    for _ in range(walls.size.bit_length()):
        steps, costs, end = steps + steps[end], costs + costs[end], end[end]
    ended = np.where(moves, LOOP, np.where(actions.ravel() < 0, STOPPED, WALL))
    ended[[row * walls.shape[1] + col for row, col in goals]] = REACHED
    outcomes = ended[end]
    reached = outcomes == REACHED
    values = np.zeros(walls.shape)
    for goal, value in goals.items():
        values[goal] = value
    costs = np.where(reached, costs - values.ravel()[end], np.inf)
    found = outcomes, costs, np.where(reached, steps, 0)
    return [one.reshape(walls.shape) for one in found]


@st.composite
def worlds(draw):
    rows, cols = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    walls = random.random((rows, cols)) < draw(st.sampled_from([0.0, 0.2, 0.45]))
    cells = st.tuples(st.integers(0, rows - 1), st.integers(0, cols - 1))
    values = st.sampled_from([0.0, 2.5, -4.0])
    goals = draw(st.dictionaries(cells, values, min_size=1, max_size=3))
    for goal in goals:
        walls[goal] = False
    rule = draw(st.sampled_from(list(RULES.values())))
    costs = draw(st.sampled_from([None, random.choice([1, 1.5, 3, 9], (rows, cols))]))
    return walls, goals, rule, costs, random


def policies(random, shape, rule):
    """Policies that differ here and there from the one before, or nowhere, or everywhere."""
    actions = np.full(shape, -1, np.int8)
    # Most point to one side, so that rollouts are long.
    for share in (0.9, 0.05, 0.2, 0.0, 1.0, 0.1):
        other = random.integers(-1, rule.n_actions, shape).astype(np.int8)
        common = random.integers(0, rule.n_actions)
        other[random.random(shape) < 0.7] = common
        actions = np.where(random.random(shape) < share, other, actions)
        yield actions


@given(worlds())
def test_every_policy_is_followed_as_by_composing_its_moves(world):
    walls, goals, rule, entry_costs, random = world
    legal = legal_masks(walls, rule)
    measured = GreedyRollouts(legal, goals, rule, entry_costs=entry_costs, measured=True)
    plain = GreedyRollouts(legal, goals, rule)
    ones = np.ones(walls.shape) if entry_costs is None else entry_costs
    for actions in policies(random, walls.shape, rule):
        before = actions.copy()
        measured.follow(actions)
        plain.follow(actions)
        outcomes, costs, steps = composed(walls, goals, rule, actions, ones)
        np.testing.assert_array_equal(measured.outcomes, outcomes)
        np.testing.assert_array_equal(plain.outcomes, outcomes)
        np.testing.assert_array_equal(plain.reaching, outcomes == REACHED)
        np.testing.assert_allclose(measured.costs, costs, rtol=1e-14, atol=1e-12)
        np.testing.assert_array_equal(measured.steps, steps)
        np.testing.assert_array_equal(actions, before)


def test_costs_are_rounded_once_however_long_the_path():
    shape = 1, 300_000
    legal = legal_masks(np.zeros(shape, bool), RULES["4"])
    rollouts = GreedyRollouts(
        legal, {(0, 0): 0.0}, RULES["4"], entry_costs=np.full(shape, 0.1), measured=True
    )
    rollouts.follow(np.full(shape, 3))
    assert rollouts.steps[0, -1] == 299_999
    assert rollouts.costs[0, -1] == 299_999 * 0.1
