from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.engine.wave import Wave, patch_numbers
from vingui.core.moves import DELTAS, RULES
from vingui.core.value_history import figures

PATCHES = ((np.arange(512)[:, None] >> np.arange(9)) & 1).astype(bool).reshape(512, 3, 3)


def rewards_of(rule, step=1.0):
    """The rewards of a network that has learned a rule: minus the length of a step."""
    legal = rule.legal(PATCHES)[:, 1, 1]
    return np.where(legal, np.float32(-step) * rule.costs, -np.inf).astype(np.float32)


def backed_up(values, walls, sources, rewards, costs=None):
    """One backup of every cell but the sources, written as the equation."""
    rows, cols = walls.shape
    numbers = patch_numbers(walls).reshape(rows + 2, cols + 2)[1:-1, 1:-1]
    best = values.copy()
    for row in range(rows):
        for col in range(cols):
            for move in range(rewards.shape[1]):
                to = row + DELTAS[move, 0], col + DELTAS[move, 1]
                if 0 <= to[0] < rows and 0 <= to[1] < cols:
                    cost = np.float32(1 if costs is None else costs[to])
                    onward = rewards[numbers[row, col], move] * cost + values[to]
                    best[row, col] = max(best[row, col], onward)
    for cell, value in sources.items():
        best[cell] = value
    return best


def every_value(walls, sources, rewards, costs=None):
    """V_0 to the last that differs from the one before."""
    values = np.full(walls.shape, -np.inf, np.float32)
    for cell, value in sources.items():
        values[cell] = value
    frames = [values]
    while True:
        after = backed_up(frames[-1], walls, sources, rewards, costs)
        if np.array_equal(after, frames[-1]):
            return frames
        frames.append(after)


@st.composite
def worlds(draw):
    rows, cols = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    cells = st.tuples(st.integers(0, rows - 1), st.integers(0, cols - 1))
    seed, share = draw(st.integers(0, 10_000)), draw(st.sampled_from([0.0, 0.2, 0.45]))
    random = np.random.default_rng(seed)
    walls = random.random((rows, cols)) < share
    values = st.integers(-6, 0).map(float)
    sources = draw(st.dictionaries(cells, values, min_size=1, max_size=3))
    for cell in sources:
        walls[cell] = False
    costs = draw(st.sampled_from([None, random.uniform(0.3, 5, (rows, cols)).astype(np.float32)]))
    return walls, sources, costs


@given(worlds(), st.sampled_from(sorted(RULES)))
def test_every_value_function_is_that_of_backing_up_every_cell(world, rule):
    walls, sources, costs = world
    rewards = rewards_of(RULES[rule])
    expected = every_value(walls, sources, rewards, costs)
    wave = Wave(walls, sources, rewards, costs)
    wave.advance(10_000)
    assert wave.converged
    assert wave.changes.latest == len(expected) - 1
    ks = range(1, len(expected))
    for k in [*ks, *reversed(ks), *ks[::3]]:
        own, values = wave.changes.at(k)
        assert own == k
        np.testing.assert_array_equal(values, expected[k])
    for row, col in np.ndindex(walls.shape):
        cell = [frame[row, col] for frame in expected[1:]]
        np.testing.assert_array_equal(wave.changes.series(row, col), cell)


@given(worlds(), st.integers(1, 40))
def test_it_comes_to_the_same_in_pieces(world, most):
    walls, sources, costs = world
    rewards = rewards_of(RULES["8"])
    whole, pieces = (Wave(walls, sources, rewards, costs) for _ in range(2))
    whole.advance(10_000)
    while not pieces.converged:
        before = pieces.changes.latest
        pieces.advance(10_000, most=most)
        assert pieces.converged or pieces.changes.latest > before
    for name in ("cells", "after", "before"):
        ours, theirs = (getattr(wave.changes, name) for wave in (whole, pieces))
        np.testing.assert_array_equal(ours[: whole.changes.count], theirs[: pieces.changes.count])
    assert whole.changes.latest == pieces.changes.latest


@given(worlds(), st.integers(1, 30))
def test_figures_are_those_of_the_value_functions(world, most):
    walls, sources, costs = world
    wave = Wave(walls, sources, rewards_of(RULES["8"]), costs)
    while not wave.converged:
        wave.advance(10_000, most=most)
        last = wave.changes.latest
        if last:
            first = np.full(walls.shape, -np.inf, np.float32)
            for cell, value in sources.items():
                first[cell] = value
            expected = figures(first, np.stack(frames_of(wave)), ~walls)
            np.testing.assert_allclose(wave.figures(1), expected, rtol=1e-6)


@given(worlds(), st.integers(1, 6))
def test_the_change_of_one_more_iteration_is_known_and_not_made(world, k):
    walls, sources, costs = world
    rewards = rewards_of(RULES["8"])
    wave = Wave(walls, sources, rewards, costs)
    wave.advance(k)
    last = wave.changes.at(wave.changes.latest)[1]
    after = backed_up(last, walls, sources, rewards, costs)
    both = np.isfinite(last) & np.isfinite(after)
    count, latest = wave.changes.count, wave.changes.latest
    assert wave.next_change() == np.abs(after[both] - last[both]).max(initial=0)
    assert (wave.changes.count, wave.changes.latest) == (count, latest)
    np.testing.assert_array_equal(wave.changes.at(latest)[1], last)
    lows = [frame[np.isfinite(frame)].min() for frame in frames_of(wave)]
    np.testing.assert_allclose(wave.figures(1)[1], lows)


def frames_of(wave):
    return [wave.changes.at(k)[1] for k in wave.changes.kept]


def test_values_never_fall_and_a_closed_cell_stays_unreached():
    walls = np.zeros((9, 12), bool)
    walls[2:5, 2:5] = True
    walls[3, 3] = False
    wave = Wave(walls, {(8, 11): 0.0}, rewards_of(RULES["8"]))
    wave.advance(10_000)
    frames = frames_of(wave)
    for one, other in pairwise(frames):
        assert (other >= one).all()
        assert (other > one).any()
    assert np.isneginf(frames[-1][3, 3])
    assert np.isneginf(frames[-1][walls]).all()


def test_a_limit_and_iterations_that_change_nothing():
    walls = np.zeros((1, 5), bool)
    wave = Wave(walls, {(0, 0): 0.0}, rewards_of(RULES["4"]))
    wave.advance(2)
    assert (wave.changes.latest, wave.converged) == (2, False)
    assert wave.changes.at(2)[1].tolist() == [[0, -1, -2, -np.inf, -np.inf]]
    wave.advance(100)
    assert (wave.changes.latest, wave.converged) == (4, True)
    wave.repeat(70)
    assert wave.changes.latest == 70
    np.testing.assert_array_equal(wave.changes.at(70)[1], wave.changes.at(4)[1])
    assert wave.changes.series(0, 3).tolist() == [-np.inf, -np.inf] + [-3.0] * 68
    changes, lows, highs, reached = wave.figures(5)
    assert changes.tolist() == [0.0] * 66
    assert lows.tolist() == [-4.0] * 66
    assert highs.tolist() == [0.0] * 66
    assert reached.tolist() == [1.0] * 66
