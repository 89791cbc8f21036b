"""The exact oracle, against brute force in exact arithmetic and on maps too large for that."""

import math
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vingui.core.engine.shortest_paths import costs_to_go, legal_masks, optimal_masks
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import ACTION_NAMES, EIGHT, EIGHT_BOTH_FREE, FOUR, RULES
from vingui.core.oracle import solve
from vingui.core.rollout import step_costs

ALL_RULES = list(RULES.values())
every_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=list(RULES))
ROOT_2 = math.sqrt(2)


@st.composite
def maps_with_goal(draw):
    walls = draw(
        hnp.arrays(
            bool,
            hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=7),
            elements=st.sampled_from([False, False, True]),
            fill=st.nothing(),
        )
    )
    goal = tuple(draw(st.integers(0, side - 1)) for side in walls.shape)
    walls[goal] = False
    return GridMap(walls, (goal,))


def is_shorter(one, other):
    # The sign of m + n sqrt 2 is that of m|m| + 2n|n|: no rounding.
    straight, diagonal = one[0] - other[0], one[1] - other[1]
    return straight * abs(straight) + 2 * diagonal * abs(diagonal) < 0


def brute_force(grid, rule_name, steps_by_hand):
    """Bellman-Ford on lengths (m, n), meaning m + n sqrt 2, and the actions that attain them."""
    steps = {
        cell: {
            name: (there, (1, 0) if len(name) == 1 else (0, 1))
            for name, there in steps_by_hand(grid.walls, cell, rule_name).items()
        }
        for cell in np.ndindex(grid.walls.shape)
    }
    length = {grid.goal: (0, 0)}
    settled = False
    while not settled:
        settled = True
        for cell, moves in steps.items():
            for there, (straight, diagonal) in moves.values():
                if there not in length:
                    continue
                through = length[there][0] + straight, length[there][1] + diagonal
                if cell not in length or is_shorter(through, length[cell]):
                    length[cell] = through
                    settled = False
    # sqrt 2 is irrational: lengths are equal exactly if their pairs are.
    optimal = {
        (*cell, ACTION_NAMES.index(name))
        for cell in length
        for name, (there, (straight, diagonal)) in steps[cell].items()
        if length[cell] == (length[there][0] + straight, length[there][1] + diagonal)
    }
    return length, optimal


@every_rule
@settings(max_examples=80)
@given(grid=maps_with_goal())
def test_lengths_reach_and_all_optimal_actions_are_those_of_brute_force(rule, steps_by_hand, grid):
    oracle = solve(grid, rule)
    length, optimal = brute_force(grid, rule.name, steps_by_hand)
    assert set(map(tuple, np.argwhere(oracle.reachable).tolist())) == set(length)
    for cell in np.ndindex(grid.walls.shape):
        straight, diagonal = length.get(cell, (math.inf, 0))
        assert oracle.cost_to_go[cell] == pytest.approx(straight + diagonal * ROOT_2, abs=1e-12)
    assert oracle.optimal.shape == (grid.rows, grid.cols, rule.n_actions)
    assert set(map(tuple, np.argwhere(oracle.optimal).tolist())) == optimal


@every_rule
def test_a_map_without_goal_is_refused(rule):
    with pytest.raises(VinguiError, match=r"^The map has no goal; set one first$"):
        solve(GridMap(np.zeros((3, 4), bool)), rule)


@every_rule
def test_the_goal_costs_nothing_and_has_no_optimal_action_of_its_own(rule):
    oracle = solve(GridMap(np.zeros((3, 4), bool), ((1, 2),)), rule)
    assert oracle.cost_to_go[1, 2] == 0
    assert oracle.reachable[1, 2]
    assert not oracle.optimal[1, 2].any()
    assert oracle.optimal.any(axis=-1).sum() == 3 * 4 - 1


@every_rule
def test_a_goal_alone_among_walls_is_all_that_is_reachable(rule):
    walls = np.ones((3, 4), bool)
    walls[2, 1] = False
    oracle = solve(GridMap(walls, ((2, 1),)), rule)
    assert np.argwhere(oracle.reachable).tolist() == [[2, 1]]
    assert np.isposinf(oracle.cost_to_go[walls]).all()
    assert not oracle.optimal.any()


@pytest.mark.parametrize(
    ("rule", "length", "first"),
    [
        (RULES["8"], ROOT_2, {"SE"}),
        (RULES["8-one-free"], ROOT_2, {"SE"}),
        (RULES["8-both-free"], 2, {"E"}),
        (RULES["4"], 2, {"E"}),
    ],
    ids=list(RULES),
)
def test_around_one_wall_the_rule_decides_between_the_corner_and_the_way_about(rule, length, first):
    walls = np.array([[False, False, False], [True, False, False]])
    oracle = solve(GridMap(walls, ((1, 1),)), rule)
    assert oracle.cost_to_go[0, 0] == pytest.approx(length, abs=1e-12)
    assert {ACTION_NAMES[action] for action in np.flatnonzero(oracle.optimal[0, 0])} == first


def test_in_the_open_with_four_neighbours_every_way_that_comes_nearer_is_optimal():
    oracle = solve(GridMap(np.zeros((3, 4), bool), ((1, 1),)), FOUR)
    assert oracle.cost_to_go.tolist() == [[2, 1, 2, 3], [1, 0, 1, 2], [2, 1, 2, 3]]
    assert oracle.optimal.sum(axis=-1).tolist() == [[2, 1, 2, 2], [1, 0, 1, 1], [2, 1, 2, 2]]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_best_path_costs_what_the_cost_to_go_says(rule):
    rng = np.random.default_rng(5)
    walls = rng.random((15, 18)) < 0.25
    walls[0, 0] = walls[14, 17] = False
    terrain = np.where(walls, 0, rng.integers(5, size=walls.shape)).astype(np.uint8)
    grid = GridMap(walls, ((0, 0), (14, 17)), terrain=terrain)
    oracle = solve(grid, rule)
    for cell in map(tuple, np.argwhere(oracle.reachable).tolist()):
        path = oracle.best_path(cell, rule)
        assert tuple(path[0].tolist()) == cell
        assert tuple(path[-1].tolist()) in grid.goals
        np.testing.assert_allclose(step_costs(grid, path).sum(), oracle.cost_to_go[cell])


def perfect_maze(side, seed):
    """A maze with exactly one way between any two cells: each opens to the north or the west."""
    rng = np.random.default_rng(seed)
    walls = np.ones((side, side), bool)
    walls[::2, ::2] = False
    for row in range(0, side, 2):
        for col in range(0, side, 2):
            if row and (not col or rng.random() < 0.5):
                walls[row - 1, col] = False
            elif col:
                walls[row, col - 1] = False
    return walls


def breadth_first(grid):
    steps = np.full(grid.walls.shape, np.inf)
    steps[grid.goal] = 0
    queue = deque([grid.goal])
    while queue:
        row, col = cell = queue.popleft()
        for there in ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)):
            inside = 0 <= there[0] < grid.rows and 0 <= there[1] < grid.cols
            if inside and not grid.walls[there] and np.isinf(steps[there]):
                steps[there] = steps[cell] + 1
                queue.append(there)
    return steps


def test_a_512x512_maze_has_its_one_way_from_every_cell():
    grid = GridMap(perfect_maze(512, seed=0), ((254, 300),))
    oracle = solve(grid, FOUR)
    assert np.array_equal(oracle.cost_to_go, breadth_first(grid))
    ways = grid.free.astype(int)
    ways[grid.goal] = 0
    assert np.array_equal(oracle.optimal.sum(axis=-1), ways)


@pytest.mark.parametrize("rule", [EIGHT, EIGHT_BOTH_FREE], ids=lambda rule: rule.name)
def test_in_a_512x512_maze_the_lengths_and_actions_satisfy_the_bellman_equation(rule):
    # Opening some of the walls gives loops, and the diagonal moves room.
    opened = np.random.default_rng(1).random((512, 512)) < 0.1
    grid = GridMap(perfect_maze(512, seed=1) & ~opened, ((254, 300),))
    oracle = solve(grid, rule)
    cost, legal = oracle.cost_to_go, rule.legal(grid.walls)
    # With all costs above 0, only the shortest lengths satisfy it.
    assert cost[grid.goal] == 0
    assert oracle.reachable.sum() > 100_000
    for action, (row, col) in enumerate(rule.deltas):
        onward = np.roll(cost, (-row, -col), (0, 1)) + rule.costs[action]
        allowed, optimal = legal[..., action], oracle.optimal[..., action]
        assert np.array_equal(np.isfinite(onward[allowed]), oracle.reachable[allowed])
        allowed &= oracle.reachable
        assert (onward[allowed] - cost[allowed]).min() > -1e-9
        assert np.abs(onward[optimal] - cost[optimal]).max() < 1e-9
    has_action = oracle.reachable
    has_action[grid.goal] = False
    assert np.array_equal(oracle.optimal.any(axis=-1), has_action)


def test_the_longest_corridor_is_as_long_as_its_moves_and_has_one_way(corridor):
    oracle = solve(corridor, EIGHT)
    (start,) = corridor.starts
    assert oracle.cost_to_go[start] == pytest.approx(341 * 1023 * ROOT_2 + 340 * 2, rel=4e-16)
    assert oracle.optimal[start].sum() == 1
    assert np.array_equal(oracle.reachable, corridor.free)


def test_in_a_large_open_map_lengths_and_all_ties_are_those_of_the_closed_form():
    down, across = np.indices((300, 1000))
    oracle = solve(GridMap(np.zeros(down.shape, bool), ((0, 0),)), EIGHT)
    diagonal, straight = np.minimum(down, across), np.abs(down - across)
    assert np.allclose(oracle.cost_to_go, straight + diagonal * ROOT_2, rtol=0, atol=1e-9)
    optimal = {"N": down > across, "W": across > down, "NW": diagonal > 0}
    for action, name in enumerate(ACTION_NAMES):
        expected = optimal.get(name, np.zeros(down.shape, bool))
        assert np.array_equal(oracle.optimal[..., action], expected)


def halves_of_a_ring(straight_rows, strips, side):
    """Two ways from the middle of the top to that of the bottom, one the other turned about.

    They have the same moves in opposite order: on the left, straight rows come above zigzag
    strips of diagonal moves.
    """
    top = 2 * straight_rows
    left = np.ones((top + 3 * strips + 1, side), bool)
    left[:top:2] = False
    left[1:top:4, 0] = left[3:top:4, -1] = False
    cols = np.arange(side)
    for strip in range(strips):
        row = top + 3 * strip
        left[row + cols % 2, cols] = False
        left[row + 1 : row + 3, 0 if strip % 2 else -1] = False
    left[-2:, -1] = False
    middle = np.ones((len(left), 1), bool)
    middle[[0, -1]] = False
    return np.hstack([left, middle, left[::-1, ::-1]])


@pytest.mark.parametrize(
    ("straight_rows", "strips", "side"),
    [(51, 41, 511), (249, 175, 511), pytest.param(996, 701, 2047, marks=pytest.mark.slow)],
)
def test_a_tie_is_found_however_long_the_ways_and_whatever_the_order_of_their_moves(
    straight_rows, strips, side
):
    legal = legal_masks(halves_of_a_ring(straight_rows, strips, side), EIGHT)
    goals = {(0, side): 0.0}
    optimal = optimal_masks(costs_to_go(legal, goals, EIGHT), legal, goals, EIGHT)
    first = np.flatnonzero(optimal[-1, side] >> np.arange(8) & 1).tolist()
    assert [ACTION_NAMES[action] for action in first] == ["E", "NW"]


def test_two_ways_of_nearly_the_same_length_are_no_tie():
    # 579 diagonal moves, and 816 straight and 2 diagonal ones: 818.8297 and 818.8284.
    walls = np.ones((122, 580), bool)
    walls[np.arange(580) % 2, np.arange(580)] = False
    walls[:, [0, 579]] = walls[121] = False
    walls[0, 579] = True
    oracle = solve(GridMap(walls, ((1, 579),)), EIGHT)
    assert oracle.cost_to_go[0, 0] == pytest.approx(816 + 2 * ROOT_2, abs=1e-9)
    assert np.flatnonzero(oracle.optimal[0, 0]).tolist() == [ACTION_NAMES.index("S")]
