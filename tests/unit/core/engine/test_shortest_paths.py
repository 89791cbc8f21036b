import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from vingui.core.engine.shortest_paths import costs_to_go, legal_masks, optimal_masks
from vingui.core.engine.wave import Wave
from vingui.core.moves import EIGHT, FOUR, RULES

PATCHES = ((np.arange(512)[:, None] >> np.arange(9)) & 1).astype(bool).reshape(512, 3, 3)


def edges(walls, goals, rule, entry_costs):
    """Every legal step from a cell that is no goal: from, to, action and cost."""
    cols = walls.shape[1]
    for row, col, action in np.argwhere(rule.legal(walls)).tolist():
        if (row, col) not in goals:
            down, right = rule.deltas[action]
            to = row + down, col + right
            yield (
                row * cols + col,
                to[0] * cols + to[1],
                action,
                rule.costs[action] * entry_costs[to],
            )


def solved_by_scipy(walls, goals, rule, entry_costs):
    """The costs-to-go: distances in the reversed graph from a source beside all goals."""
    steps = [(to, cell, cost) for cell, to, _, cost in edges(walls, goals, rule, entry_costs)]
    best = max(goals.values())
    # An edge of cost 0 would be none.
    steps += [
        (walls.size, row * walls.shape[1] + col, 1 + best - value)
        for (row, col), value in goals.items()
    ]
    tails, heads, costs = zip(*steps, strict=True)
    graph = csr_array((costs, (tails, heads)), shape=(walls.size + 1,) * 2)
    distance = np.asarray(dijkstra(graph, indices=walls.size))
    return (distance[:-1] - 1 - best).reshape(walls.shape)


def legal_bits(walls, rule):
    return np.packbits(rule.legal(walls), axis=-1, bitorder="little")[..., 0]


@st.composite
def worlds(draw, most=9, costs=("even", "few", "wild")):
    rows, cols = draw(st.integers(1, most)), draw(st.integers(1, most))
    cells = st.tuples(st.integers(0, rows - 1), st.integers(0, cols - 1))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    walls = random.random((rows, cols)) < draw(st.sampled_from([0.0, 0.2, 0.45]))
    values = st.sampled_from([0.0, 0.0, -3.5, 2.25, 700.0])
    goals = draw(st.dictionaries(cells, values, min_size=1, max_size=4))
    for cell in goals:
        walls[cell] = False
    entry_costs = {
        "even": np.ones((rows, cols)),
        "few": random.choice([1, 1.5, 3, 5, 9], (rows, cols)),
        "wild": 10 ** random.uniform(-4, 4, (rows, cols)),
    }[draw(st.sampled_from(costs))]
    return walls, goals, draw(st.sampled_from(list(RULES.values()))), entry_costs


@given(worlds())
def test_costs_and_optimal_actions_are_those_that_scipy_and_the_bellman_equation_give(world):
    walls, goals, rule, entry_costs = world
    legal = legal_masks(walls, rule)
    np.testing.assert_array_equal(legal, legal_bits(walls, rule))
    costs = costs_to_go(legal, goals, rule, entry_costs)
    expected = solved_by_scipy(walls, goals, rule, entry_costs)
    size = 1e-12 * (
        1 + max(map(abs, goals.values())) + np.abs(expected[np.isfinite(expected)]).max()
    )
    np.testing.assert_allclose(costs, expected, rtol=0, atol=size)
    optimal = np.zeros((*walls.shape, rule.n_actions), bool)
    for cell, to, action, cost in edges(walls, goals, rule, entry_costs):
        tied = np.isfinite(costs.flat[cell]) and costs.flat[to] + cost <= costs.flat[cell] + size
        optimal.reshape(walls.size, -1)[cell, action] = tied
    masks = optimal_masks(costs, legal, goals, rule, entry_costs)
    np.testing.assert_array_equal(masks, np.packbits(optimal, axis=-1, bitorder="little")[..., 0])


@given(worlds(costs=("even",)))
def test_costs_of_1_are_no_terrain(world):
    walls, goals, rule, ones = world
    legal = legal_masks(walls, rule)
    plain = costs_to_go(legal, goals, rule)
    np.testing.assert_array_equal(plain, costs_to_go(legal, goals, rule, ones))
    np.testing.assert_array_equal(
        optimal_masks(plain, legal, goals, rule),
        optimal_masks(plain, legal, goals, rule, ones),
    )


@pytest.mark.parametrize("kind", ["even", "few", "wild"])
def test_a_larger_map_with_several_goals_is_solved_as_by_scipy(kind):
    random = np.random.default_rng(5)
    walls = random.random((90, 140)) < 0.3
    goals = {(3, 4): 0.0, (80, 130): 12.5, (40, 70): 40.0}
    walls[tuple(np.transpose(list(goals)))] = False
    entry_costs = {
        "even": np.ones(walls.shape),
        "few": random.choice([1, 1.5, 3, 5, 9], walls.shape),
        "wild": 10 ** random.uniform(-3, 3, walls.shape),
    }[kind]
    costs = costs_to_go(legal_masks(walls, EIGHT), goals, EIGHT, entry_costs)
    expected = solved_by_scipy(walls, goals, EIGHT, entry_costs)
    np.testing.assert_allclose(costs, expected, rtol=1e-12, atol=1e-10)


@given(worlds(costs=("even", "few")))
def test_costs_are_minus_the_values_that_max_plus_iteration_converges_to(world):
    walls, goals, rule, entry_costs = world
    rewards = np.where(rule.legal(PATCHES)[:, 1, 1], -rule.costs, -np.inf).astype(np.float32)
    wave = Wave(walls, goals, rewards, entry_costs.astype(np.float32))
    wave.advance(10_000)
    wave.repeat(max(wave.changes.latest, 1))
    _, values = wave.changes.at(wave.changes.latest)
    costs = costs_to_go(legal_masks(walls, rule), goals, rule, entry_costs)
    np.testing.assert_allclose(values, -costs, rtol=1e-4, atol=1e-3)


def test_the_way_back_may_cost_something_else():
    # Entering the goal costs 9, entering the start 1.
    entry_costs = np.array([[1.0, 2.0, 9.0]])
    legal = legal_masks(np.zeros((1, 3), bool), FOUR)
    assert costs_to_go(legal, {(0, 2): 0.0}, FOUR, entry_costs).tolist() == [[11, 9, 0]]
    assert costs_to_go(legal, {(0, 0): 0.0}, FOUR, entry_costs).tolist() == [[0, 1, 3]]


def test_a_path_ends_at_the_first_goal_that_it_enters():
    legal = legal_masks(np.zeros((1, 5), bool), FOUR)
    goals = {(0, 1): 0.0, (0, 4): 100.0}
    costs = costs_to_go(legal, goals, FOUR)
    assert costs.tolist() == [[1, 0, -98, -99, -100]]
    east, west = 1 << 2, 1 << 3
    assert optimal_masks(costs, legal, goals, FOUR).tolist() == [[east, 0, east, east, 0]]
    goals[0, 4] = -100
    costs = costs_to_go(legal, goals, FOUR)
    assert costs.tolist() == [[1, 0, 1, 2, 100]]
    assert optimal_masks(costs, legal, goals, FOUR).tolist() == [[east, 0, west, west, 0]]


def test_sums_that_only_rounding_makes_unlike_tie():
    # Up and down around the wall: 0.1 + 0.2 against 0.3, which differ as floats.
    entry_costs = np.array([[0.1, 0.2, 1], [1, 1, 1], [0.3 / 2, 0.3 / 2, 1]])
    legal = legal_masks(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], bool), FOUR)
    goals = {(1, 2): 0.0}
    costs = costs_to_go(legal, goals, FOUR, entry_costs)
    north, south = 1 << 0, 1 << 1
    assert optimal_masks(costs, legal, goals, FOUR, entry_costs)[1, 0] == north | south


def tried_paths(legal, goals, rule, entry_costs):
    """The least cost from each cell over every path that visits no cell twice, one by one."""
    least = np.full(legal.shape, np.inf)
    for goal, value in goals.items():
        waiting = [(goal, -value, {goal})]
        while waiting:
            cell, cost, visited = waiting.pop()
            least[cell] = min(least[cell], cost)
            for action, (down, right) in enumerate(rule.deltas.tolist()):
                # A move is legal exactly if the move back is.
                before = cell[0] - down, cell[1] - right
                if not (0 <= before[0] < legal.shape[0] and 0 <= before[1] < legal.shape[1]):
                    continue
                if before in visited or before in goals or not legal[before] >> action & 1:
                    continue
                onward = cost + rule.costs[action] * entry_costs[cell]
                waiting.append((before, onward, visited | {before}))
    return least


@pytest.mark.slow
def test_two_thousand_small_maps_cost_as_much_as_the_best_of_all_their_paths():
    random = np.random.default_rng(2026)
    for _ in range(2000):
        shape = tuple(random.integers(2, 4, 2))
        walls = random.random(shape) < 0.2
        cells = [tuple(cell) for cell in np.argwhere(np.ones(shape)).tolist()]
        chosen = random.choice(len(cells), random.integers(1, 4), replace=False)
        goals = {cells[one]: float(random.choice([0, 0, 2.5, -4])) for one in chosen}
        for goal in goals:
            walls[goal] = False
        rule = list(RULES.values())[random.integers(len(RULES))]
        costs = random.choice([1, 1.5, 3, 5, 9, 0.25], shape)
        legal = legal_masks(walls, rule)
        found = costs_to_go(legal, goals, rule, costs)
        expected = tried_paths(legal, goals, rule, costs)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
