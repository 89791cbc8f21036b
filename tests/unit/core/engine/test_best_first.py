"""The classic searches, against scipy, the oracle, and a queue that is sorted anew each time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from vingui.core.engine import best_first
from vingui.core.engine.best_first import BestFirstSearch
from vingui.core.engine.shortest_paths import costs_to_go, legal_masks
from vingui.core.methods import METHODS, WEIGHT, Priority
from vingui.core.moves import EIGHT, FOUR, RULES

SEARCHES = {name: method.priority for name, method in METHODS.items() if method.priority}


ALL_RULES = tuple(RULES.values())
light = settings(max_examples=40)


@st.composite
def worlds(draw, most=9, costs=("even", "few", "wild"), rules=ALL_RULES):
    rows, cols = draw(st.integers(1, most)), draw(st.integers(1, most))
    cells = st.tuples(st.integers(0, rows - 1), st.integers(0, cols - 1))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    walls = random.random((rows, cols)) < draw(st.sampled_from([0.0, 0.2, 0.4]))
    values = st.sampled_from([0.0, 0.0, -3.5, 2.25, 700.0])
    goals = draw(st.dictionaries(cells, values, min_size=1, max_size=4))
    start = draw(cells)
    for cell in (start, *goals):
        walls[cell] = False
    entry_costs = {
        "even": None,
        "few": random.choice([1, 1.5, 3, 5, 9], (rows, cols)),
        "wild": 10 ** random.uniform(-3, 3, (rows, cols)),
    }[draw(st.sampled_from(costs))]
    return walls, start, goals, draw(st.sampled_from(rules)), entry_costs


def searched(world, name, *, pieces=1 << 30):
    walls, start, goals, rule, entry_costs = world
    search = BestFirstSearch(
        legal_masks(walls, rule), start, goals, rule, entry_costs, SEARCHES[name]
    )
    while not search.finished:
        search.advance(search.expanded + pieces)
    return search


def distances_by_scipy(world, *, unweighted=False):
    """The cost from the start to each cell, by ways that end at the first goal that they enter."""
    walls, start, goals, rule, entry_costs = world
    cols, steps = walls.shape[1], []
    for row, col, action in np.argwhere(rule.legal(walls)).tolist():
        if (row, col) not in goals:
            down, right = rule.deltas[action]
            to = row + down, col + right
            cost = rule.costs[action] * (1 if entry_costs is None else entry_costs[to])
            steps.append((row * cols + col, to[0] * cols + to[1], cost))
    tails, heads, costs = zip(*steps, strict=True) if steps else ((), (), ())
    graph = csr_array((costs, (tails, heads)), shape=(walls.size,) * 2)
    first = start[0] * cols + start[1]
    return np.asarray(dijkstra(graph, indices=first, unweighted=unweighted))


def cost_of(search, world):
    """The cost of the path found minus the value of its goal, step by step."""
    walls, start, goals, rule, entry_costs = world
    cells, actions = search.path()
    place, total = start, 0.0
    for cell, action in zip(cells.tolist(), actions.tolist(), strict=True):
        assert cell == place[0] * walls.shape[1] + place[1]
        assert place not in goals
        assert rule.allows(walls, place, action)
        place = place[0] + int(rule.deltas[action][0]), place[1] + int(rule.deltas[action][1])
        total += rule.costs[action] * (1 if entry_costs is None else entry_costs[place])
    assert place[0] * walls.shape[1] + place[1] == search.goal
    return total, total - goals[place]


def slack(world):
    _, _, goals, _, entry_costs = world
    size = 100 if entry_costs is None else 100 * entry_costs.max()
    return 1e-12 * (size + max(map(abs, goals.values())))


@light
@given(worlds())
def test_dijkstra_and_a_star_find_the_least_cost_and_a_star_expands_no_more(world):
    walls, start, goals, rule, entry_costs = world
    best = costs_to_go(legal_masks(walls, rule), goals, rule, entry_costs)[start]
    by_scipy, found = distances_by_scipy(world), {}
    for name in ("dijkstra", "a-star"):
        found[name] = search = searched(world, name)
        cells, costs = search.order(0)
        np.testing.assert_allclose(costs, by_scipy[cells], rtol=0, atol=slack(world))
        assert (search.goal >= 0) == np.isfinite(best)
        if search.goal >= 0:
            assert cost_of(search, world)[1] == pytest.approx(best, abs=slack(world))
    assert found["a-star"].expanded <= found["dijkstra"].expanded
    _, costs = found["dijkstra"].order(0)
    assert (np.diff(costs[: -1 if found["dijkstra"].goal >= 0 else None]) >= -slack(world)).all()


@light
@given(worlds())
def test_weighted_a_star_costs_at_most_so_many_times_the_least(world):
    walls, start, goals, rule, entry_costs = world
    search = searched(world, "weighted-a-star")
    if search.goal >= 0:
        best = costs_to_go(legal_masks(walls, rule), goals, rule, entry_costs)[start]
        # What a goal is worth less than the best one counts as a cost.
        most = max(goals.values())
        assert cost_of(search, world)[1] + most <= WEIGHT * (best + most) + slack(world)


@light
@given(worlds())
def test_breadth_first_search_takes_the_fewest_moves_in_their_order(world):
    moves = distances_by_scipy(world, unweighted=True)
    search = searched(world, "breadth-first")
    cells, _ = search.order(0)
    assert (np.diff(moves[cells]) >= 0).all()
    if search.goal >= 0:
        assert len(search.path()[0]) == moves[search.goal]
        cost_of(search, world)


@light
@given(worlds(), st.sampled_from(list(SEARCHES)))
def test_a_search_expands_each_cell_once_and_all_of_them_if_no_path_leads_to_a_goal(world, name):
    search, by_scipy = searched(world, name), distances_by_scipy(world)
    cells, costs = search.order(0)
    assert len(set(cells.tolist())) == search.expanded == len(cells)
    assert cells[0] == world[1][0] * world[0].shape[1] + world[1][1]
    assert costs[0] == 0
    if search.goal < 0:
        assert set(cells.tolist()) == set(np.flatnonzero(np.isfinite(by_scipy)).tolist())
        assert search.path()[0].size == 0
    else:
        assert cells[-1] == search.goal
        assert cost_of(search, world)[0] == pytest.approx(costs[-1], abs=slack(world))


@light
@given(worlds(), st.sampled_from(list(SEARCHES)), st.integers(1, 7))
def test_a_search_in_pieces_is_the_same(world, name, pieces):
    at_once, bit_by_bit = searched(world, name), searched(world, name, pieces=pieces)
    np.testing.assert_array_equal(at_once.order(0)[0], bit_by_bit.order(0)[0])
    np.testing.assert_array_equal(at_once.path()[1], bit_by_bit.path()[1])
    assert bit_by_bit.order(3)[0].tolist() == at_once.order(0)[0][3:].tolist()


def order_by_sorting(world, priority):
    """The order of expansions, in exact arithmetic where all costs are halves of whole numbers."""
    walls, start, goals, rule, entry_costs = world
    most, least = max(goals.values()), 1 if entry_costs is None else entry_costs[~walls].min()
    queue, costs, order, made = [(0, 0, 0, start, 0)], {start: 0.0}, [], 1
    while queue:
        queue.sort()
        *_, cell, moves = queue.pop(0)
        if cell in order:
            continue
        order.append(cell)
        if cell in goals:
            return order
        for action in rule.legal(walls)[cell].nonzero()[0]:
            to = cell[0] + int(rule.deltas[action][0]), cell[1] + int(rule.deltas[action][1])
            cost = costs[cell] + (1 if entry_costs is None else entry_costs[to])
            later = to in costs and (priority.by_moves or cost >= costs[to])
            if to in order or later:
                continue
            costs[to] = cost
            apart = [
                least * (abs(to[0] - goal[0]) + abs(to[1] - goal[1])) + most - value
                for goal, value in goals.items()
            ]
            h = min(apart) if priority.weight_h and to not in goals else 0
            g = moves + 1 if priority.by_moves else cost + (most - goals[to] if to in goals else 0)
            f = priority.weight_g * g + priority.weight_h * h
            queue.append((f, h, made, to, moves + 1))
            made += 1
    return order


@light
@given(worlds(most=6, costs=("even", "few"), rules=(FOUR,)), st.sampled_from(list(SEARCHES)))
def test_cells_are_expanded_by_f_then_h_then_their_age(world, name):
    walls = world[0]
    # Cells without a legal move are no cheaper kind to reckon with.
    if world[4] is not None and (legal_masks(walls, FOUR) == 0)[~walls].any():
        world = (*world[:4], None)
    cells, _ = searched(world, name).order(0)
    by_sorting = order_by_sorting(world, SEARCHES[name])
    assert [divmod(cell, walls.shape[1]) for cell in cells.tolist()] == by_sorting


def test_a_star_goes_straight_where_rounding_alone_makes_sums_unlike():
    # Without ties of f, A* would also expand cells beside the way.
    world = (np.zeros((200, 300), bool), (3, 4), {(150, 280): 0.0}, EIGHT, None)
    search = searched(world, "a-star")
    assert search.expanded == 276 + 1
    assert cost_of(search, world)[0] == pytest.approx(147 * np.sqrt(2) + 129)


def test_a_start_at_a_goal_is_expanded_alone():
    world = (np.zeros((3, 3), bool), (1, 1), {(1, 1): 5.0, (0, 0): 9.0}, EIGHT, None)
    search = searched(world, "dijkstra")
    assert (search.expanded, search.goal) == (1, 4)
    assert search.path()[0].size == 0


def test_the_heuristic_counts_the_cheapest_cells():
    # A detour over grass of cost 0.5 costs less than the straight way.
    entry_costs = np.ones((3, 9))
    entry_costs[2] = 0.1
    world = (np.zeros((3, 9), bool), (0, 0), {(0, 8): 0.0}, FOUR, entry_costs)
    assert cost_of(searched(world, "a-star"), world)[0] == pytest.approx(2 + 1 + 0.9)
    assert cost_of(searched(world, "breadth-first"), world)[0] == pytest.approx(8)


def test_a_worse_goal_nearby_is_left_for_a_better_one():
    world = (np.zeros((1, 30), bool), (0, 10), {(0, 8): 0.0, (0, 29): 25.0}, FOUR, None)
    assert searched(world, "dijkstra").goal == 29
    assert searched(world, "a-star").goal == 29
    assert searched(world, "breadth-first").goal == 8


def test_the_heap_grows(monkeypatch):
    monkeypatch.setattr(best_first, "_FIRST_ROOM", 16)
    entry_costs = np.random.default_rng(2).uniform(1, 2, (60, 60))
    world = (np.zeros((60, 60), bool), (30, 30), {(0, 0): 0.0}, EIGHT, entry_costs)
    search = searched(world, "dijkstra")
    cells, costs = search.order(0)
    np.testing.assert_allclose(costs, distances_by_scipy(world)[cells], rtol=1e-12)
    assert len(search._keys) > 100


def test_priorities_of_the_methods():
    assert SEARCHES["dijkstra"] == Priority(1, 0)
    assert SEARCHES["a-star"] == Priority(1, 1)
    assert SEARCHES["greedy-best-first"] == Priority(0, 1)
