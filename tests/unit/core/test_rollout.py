"""Greedy rollouts: every way a walk can end, and all cells at once against one by one."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import (
    ACTION_NAMES,
    EIGHT,
    EIGHT_BOTH_FREE,
    EIGHT_ONE_FREE,
    FOUR,
    RULES,
)
from vingui.core.oracle import solve
from vingui.core.rollout import (
    NO_ACTION,
    OUTCOMES,
    Outcome,
    Trajectory,
    check_actions,
    greedy_actions,
    path_length,
    rollout,
    rollout_all,
)

ALL_RULES = list(RULES.values())
every_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=list(RULES))
ROOT_2 = math.sqrt(2)


def map_of(*rows, starts=None):
    """`#` a wall, `G` the goal, `S` the starts unless they are told."""
    marks = np.array([list(row) for row in rows])
    goals = list(map(tuple, np.argwhere(marks == "G").tolist()))
    drawn = tuple(map(tuple, np.argwhere(marks == "S").tolist()))
    return GridMap(marks == "#", goals[:1], drawn if starts is None else starts)


def policy_of(*rows):
    """The action names of each row, `.` where the policy says nothing."""
    names = {name: action for action, name in enumerate(ACTION_NAMES)} | {".": NO_ACTION}
    return np.array([[names[name] for name in row.split()] for row in rows])


def walk(grid, actions, rule=EIGHT, **kwargs):
    (trajectory,) = rollout(grid, actions, rule, solve(grid, rule), **kwargs)
    return trajectory


def cells(trajectory):
    return list(map(tuple, trajectory.path.tolist()))


def test_a_shortest_walk_is_reached_and_optimal():
    grid = map_of("S...", ".#..", "...G")
    trajectory = walk(grid, policy_of("E SE . .", ". . SE .", ". . . N"))
    assert trajectory.outcome is Outcome.REACHED
    assert trajectory.start == (0, 0)
    assert cells(trajectory) == [(0, 0), (0, 1), (1, 2), (2, 3)]
    assert trajectory.path.dtype == np.int64
    assert trajectory.steps == 3
    assert trajectory.length == trajectory.optimal_cost == pytest.approx(1 + 2 * ROOT_2)
    assert trajectory.excess == pytest.approx(0, abs=1e-12)
    assert trajectory.optimal


def test_a_detour_is_reached_but_not_optimal_and_tells_its_excess():
    grid = map_of("S..", "...", "..G")
    trajectory = walk(grid, policy_of("E E S", ". . S", ". . ."))
    assert trajectory.outcome is Outcome.REACHED
    assert trajectory.steps == 4
    assert trajectory.length == 4
    assert trajectory.optimal_cost == pytest.approx(2 * ROOT_2)
    assert trajectory.excess == pytest.approx(4 - 2 * ROOT_2)
    assert not trajectory.optimal


@pytest.mark.parametrize(
    ("outcome", "length", "optimal"),
    [
        (Outcome.REACHED, 5.0, True),
        (Outcome.REACHED, 5.0 + 1e-15, True),
        (Outcome.REACHED, 5.0 - 1e-15, True),
        (Outcome.REACHED, 5.0 + 1e-13, False),
        (Outcome.OUT_OF_STEPS, 5.0, False),
        (Outcome.LOOP, 4.0, False),
    ],
)
def test_optimal_is_what_reached_the_goal_without_more_than_rounding(outcome, length, optimal):
    trajectory = Trajectory((0, 0), outcome, np.zeros((6, 2), np.int64), length, length, 5.0)
    assert trajectory.optimal is optimal
    assert math.isnan(trajectory.excess) == (outcome is not Outcome.REACHED)


def test_a_walk_to_and_fro_is_a_loop_that_ends_on_the_cell_it_came_to_twice():
    grid = map_of("S..", "..G")
    trajectory = walk(grid, policy_of("E W .", ". . ."))
    assert trajectory.outcome is Outcome.LOOP
    assert cells(trajectory) == [(0, 0), (0, 1), (0, 0)]
    assert trajectory.length == 2
    assert not trajectory.optimal


def test_a_walk_into_a_ring_is_a_loop_after_one_round():
    grid = map_of("S...", "....", "...G")
    trajectory = walk(grid, policy_of("E E S .", ". NE SW .", ". N . ."))
    assert trajectory.outcome is Outcome.LOOP
    assert cells(trajectory) == [(0, 0), (0, 1), (0, 2), (1, 2), (2, 1), (1, 1), (0, 2)]
    assert trajectory.steps == 6
    assert trajectory.length == pytest.approx(4 + 2 * ROOT_2)


@pytest.mark.parametrize(
    ("rule", "last"),
    [(rule, "N") for rule in ALL_RULES]
    + [(rule, "S") for rule in ALL_RULES]
    + [(EIGHT, "NE"), (EIGHT, "SE"), (EIGHT_BOTH_FREE, "SE")],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_walk_off_the_map_or_into_a_wall_ends_before_it(rule, last):
    grid = map_of("S..", "G##")
    trajectory = walk(grid, policy_of(f"E {last} .", ". . ."), rule)
    assert trajectory.outcome is Outcome.WALL
    assert cells(trajectory) == [(0, 0), (0, 1)]
    assert trajectory.length == 1
    assert not trajectory.optimal


@pytest.mark.parametrize(
    ("rule", "corners_needed"),
    [(EIGHT, 0), (EIGHT_ONE_FREE, 1), (EIGHT_BOTH_FREE, 2)],
    ids=lambda value: getattr(value, "name", ""),
)
@pytest.mark.parametrize(
    ("rows", "free_corners"),
    [(("GS#", "##."), 0), (("GS.", "##."), 1), (("GS#", "#.."), 1), (("GS.", "#.."), 2)],
)
def test_a_corner_that_the_rule_forbids_to_cut_is_a_wall(rule, corners_needed, rows, free_corners):
    trajectory = walk(map_of(*rows), policy_of(". SE .", ". . ."), rule)
    if free_corners >= corners_needed:
        assert trajectory.outcome is Outcome.OUT_OF_STEPS
        assert cells(trajectory) == [(0, 1), (1, 2)]
    else:
        assert trajectory.outcome is Outcome.WALL
        assert cells(trajectory) == [(0, 1)]


@pytest.mark.parametrize(
    ("max_steps", "outcome", "path"),
    [
        (None, Outcome.REACHED, [(0, 0), (0, 1), (1, 2), (1, 3)]),
        (4, Outcome.REACHED, [(0, 0), (0, 1), (1, 2), (1, 3)]),
        (3, Outcome.REACHED, [(0, 0), (0, 1), (1, 2), (1, 3)]),
        (2, Outcome.OUT_OF_STEPS, [(0, 0), (0, 1), (1, 2)]),
        (1, Outcome.OUT_OF_STEPS, [(0, 0), (0, 1)]),
        (0, Outcome.OUT_OF_STEPS, [(0, 0)]),
    ],
)
def test_a_walk_that_needs_more_than_max_steps_is_given_up_there(max_steps, outcome, path):
    grid = map_of("S...", "...G")
    actions = policy_of("E SE . .", ". . E .")
    trajectory = walk(grid, actions, max_steps=max_steps)
    assert trajectory.outcome is outcome
    assert cells(trajectory) == path
    assert trajectory.length == pytest.approx([0, 1, 1 + ROOT_2, 2 + ROOT_2][len(path) - 1])
    assert trajectory.optimal == (outcome is Outcome.REACHED)


@pytest.mark.parametrize(
    ("actions", "path"),
    [
        (policy_of(". . .", ". . ."), [(0, 0)]),
        (policy_of("E . .", ". . ."), [(0, 0), (0, 1)]),
    ],
)
def test_a_walk_to_a_cell_without_action_is_out_of_steps(actions, path):
    trajectory = walk(map_of("S..", "..G"), actions)
    assert trajectory.outcome is Outcome.OUT_OF_STEPS
    assert cells(trajectory) == path
    assert trajectory.optimal_cost == pytest.approx(1 + ROOT_2)


@pytest.mark.parametrize(
    "actions",
    [
        policy_of(". . . .", ". . . ."),
        policy_of("S . . .", "N . . ."),
        policy_of("N . . .", ". . . ."),
        policy_of("E . . .", ". . . ."),
    ],
    ids=["no action", "loop", "off the map", "wall"],
)
def test_a_start_out_of_the_goals_reach_is_unreachable_whatever_the_policy_does(actions):
    trajectory = walk(map_of("S#..", ".#.G"), actions, max_steps=0)
    assert trajectory.outcome is Outcome.UNREACHABLE
    assert trajectory.start == (0, 0)
    assert trajectory.optimal_cost == math.inf
    assert math.isnan(trajectory.excess)
    assert not trajectory.optimal


@pytest.mark.parametrize("rows", [("...", "..G"), ("...", "...")], ids=["goal", "no goal either"])
def test_a_map_without_start_has_one_empty_walk(rows):
    grid = map_of(*rows)
    oracle = solve(grid, EIGHT) if grid.goal else None
    (trajectory,) = rollout(grid, policy_of("E E S", "E E ."), EIGHT, oracle)
    assert trajectory.outcome is Outcome.NO_START
    assert trajectory.start is None
    assert trajectory.path.shape == (0, 2)
    assert trajectory.path.dtype == np.int64
    assert (trajectory.steps, trajectory.length) == (0, 0)
    assert trajectory.optimal_cost == math.inf
    assert math.isnan(trajectory.excess)
    assert not trajectory.optimal


def test_without_goal_each_start_stays_where_it_is():
    grid = map_of("...", "...", starts=((1, 2), (0, 0)))
    trajectories = rollout(grid, policy_of("E E S", "E E ."), EIGHT, None)
    assert [trajectory.start for trajectory in trajectories] == [(1, 2), (0, 0)]
    for trajectory in trajectories:
        assert trajectory.outcome is Outcome.NO_GOAL
        assert cells(trajectory) == [trajectory.start]
        assert (trajectory.steps, trajectory.length) == (0, 0)
        assert trajectory.optimal_cost == math.inf
        assert not trajectory.optimal


@pytest.mark.parametrize("action", ["W", "E", "."], ids=["move", "wall", "no action"])
@pytest.mark.parametrize("max_steps", [None, 0])
def test_a_start_on_the_goal_has_reached_it_without_a_step(action, max_steps):
    grid = map_of("..", ".G", starts=((1, 1),))
    trajectory = walk(grid, policy_of(". .", f". {action}"), max_steps=max_steps)
    assert trajectory.outcome is Outcome.REACHED
    assert cells(trajectory) == [(1, 1)]
    assert (trajectory.steps, trajectory.length, trajectory.excess) == (0, 0, 0)
    assert trajectory.optimal


def test_a_walk_stops_on_the_goal_even_where_the_policy_would_go_on():
    trajectory = walk(map_of("SG.", "..."), policy_of("E E .", ". . ."))
    assert cells(trajectory) == [(0, 0), (0, 1)]


def test_there_is_one_trajectory_a_start_in_their_order():
    grid = map_of("..G.", "#...", starts=((1, 3), (0, 0), (0, 3)))
    trajectories = rollout(grid, policy_of("E . . W", ". . . N"), EIGHT, solve(grid, EIGHT))
    assert [trajectory.start for trajectory in trajectories] == [(1, 3), (0, 0), (0, 3)]
    assert [trajectory.outcome for trajectory in trajectories] == [
        Outcome.REACHED,
        Outcome.OUT_OF_STEPS,
        Outcome.REACHED,
    ]
    assert [trajectory.optimal for trajectory in trajectories] == [False, False, True]


def test_the_record_of_a_trajectory_is_json_that_tells_all_of_it():
    trajectory = walk(map_of("S..", "..G"), policy_of("E SE .", ". . ."), max_steps=1)
    assert json.loads(json.dumps(trajectory.record(), allow_nan=False)) == {
        "start": [0, 0],
        "path": [[0, 0], [0, 1]],
        "outcome": "out-of-steps",
        "length": 1,
        "optimal_length": pytest.approx(1 + ROOT_2),
    }


def test_the_record_has_null_where_there_is_no_start_and_no_path():
    (trajectory,) = rollout(map_of("..", ".."), policy_of(". .", ". ."), EIGHT, None)
    assert json.loads(json.dumps(trajectory.record(), allow_nan=False)) == {
        "start": None,
        "path": [],
        "outcome": "no-start",
        "length": 0,
        "optimal_length": None,
    }


def test_path_length_counts_diagonal_moves_as_root_two():
    assert path_length(straight=3, diagonal=0) == 3
    assert path_length(straight=1, diagonal=2) == 1 + 2 * ROOT_2


def test_rollout_all_tells_every_outcome_apart():
    grid = map_of("...G.#.", "##.###.", ".......")
    actions = policy_of("E E E W . E S", ". . . . . . N", "E E W . W W S")
    every = rollout_all(grid, actions, EIGHT_BOTH_FREE, solve(grid, EIGHT_BOTH_FREE))
    letters = {
        Outcome.REACHED: "r",
        Outcome.LOOP: "l",
        Outcome.WALL: "w",
        Outcome.OUT_OF_STEPS: "o",
        Outcome.UNREACHABLE: "u",
        Outcome.NO_START: "#",
    }
    drawn = ["".join(letters[OUTCOMES[index]] for index in row) for row in every.outcomes.tolist()]
    assert drawn == ["rrrro#l", "##o###l", "lllooow"]
    assert every.costs[0, :4].tolist() == [3, 2, 1, 0]
    assert np.isposinf(every.costs[~every.where(Outcome.REACHED)]).all()


def test_rollout_all_knows_the_cells_that_no_walk_can_lead_to_the_goal_from():
    grid = map_of("G.#.", "..#.")
    actions = policy_of(". W . S", "N N E N")
    every = rollout_all(grid, actions, EIGHT, solve(grid, EIGHT))
    assert every.where(Outcome.UNREACHABLE).tolist() == [[False] * 3 + [True]] * 2
    assert every.where(Outcome.NO_START).tolist() == grid.walls.tolist()
    assert every.where(Outcome.REACHED).tolist() == [[True, True, False, False]] * 2


@st.composite
def policies(draw, rule):
    """A map with a goal and a policy, random in some cells and a shortest way in the others."""
    walls = draw(
        hnp.arrays(
            bool,
            hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
            elements=st.sampled_from([False, False, False, True]),
            fill=st.nothing(),
        )
    )
    goal = tuple(draw(st.integers(0, side - 1)) for side in walls.shape)
    walls[goal] = False
    grid = GridMap(walls, (goal,), tuple(map(tuple, np.argwhere(~walls).tolist())))
    oracle = solve(grid, rule)
    random = draw(
        hnp.arrays(np.int64, walls.shape, elements=st.integers(NO_ACTION, rule.n_actions - 1))
    )
    trusted = draw(hnp.arrays(bool, walls.shape, elements=st.sampled_from([True, True, False])))
    return grid, oracle, np.where(trusted, oracle.optimal.argmax(axis=-1), random)


@pytest.mark.slow
@every_rule
@settings(max_examples=100)
@given(data=st.data())
def test_rollout_all_is_rollout_from_every_cell(rule, data):
    grid, oracle, actions = data.draw(policies(rule))
    max_steps = data.draw(st.none() | st.integers(0, 8))
    every = rollout_all(grid, actions, rule, oracle, max_steps=max_steps)
    trajectories = rollout(grid, actions, rule, oracle, max_steps=max_steps)
    assert [trajectory.start for trajectory in trajectories] == list(grid.starts)
    for trajectory in trajectories:
        reached = trajectory.outcome is Outcome.REACHED
        assert OUTCOMES[every.outcomes[trajectory.start]] is trajectory.outcome
        assert every.costs[trajectory.start] == (trajectory.length if reached else math.inf)
    assert (every.outcomes[grid.walls] == OUTCOMES.index(Outcome.NO_START)).all()
    assert np.isposinf(every.costs[grid.walls]).all()


@settings(max_examples=60)
@given(data=st.data())
def test_rollout_all_gives_each_start_up_after_its_own_max_steps(data):
    grid, oracle, actions = data.draw(policies(EIGHT))
    max_steps = data.draw(hnp.arrays(np.int64, grid.walls.shape, elements=st.integers(0, 8)))
    every = rollout_all(grid, actions, EIGHT, oracle, max_steps=max_steps)
    for start in grid.starts:
        alone = grid.with_starts((start,))
        (trajectory,) = rollout(alone, actions, EIGHT, oracle, max_steps=int(max_steps[start]))
        assert OUTCOMES[every.outcomes[start]] is trajectory.outcome


@every_rule
@settings(max_examples=60)
@given(data=st.data())
def test_every_walk_of_moves_that_the_policy_names_ends_as_its_outcome_says(rule, data):
    grid, oracle, actions = data.draw(policies(rule))
    legal = rule.legal(grid.walls)
    for trajectory in rollout(grid, actions, rule, oracle):
        path = cells(trajectory)
        for here, there in pairwise(path):
            assert legal[(*here, actions[here])]
            assert there == tuple(np.add(here, rule.deltas[actions[here]]))
        last, action = path[-1], actions[path[-1]]
        ends = {
            Outcome.REACHED: last == grid.goal,
            Outcome.LOOP: path.count(last) == 2,
            Outcome.WALL: action != NO_ACTION and not legal[(*last, action)],
            Outcome.OUT_OF_STEPS: action == NO_ACTION,
            Outcome.UNREACHABLE: not oracle.reachable[path[0]],
        }
        assert ends[trajectory.outcome]
        assert (trajectory.outcome is Outcome.UNREACHABLE) == ends[Outcome.UNREACHABLE]


@pytest.mark.slow
@every_rule
@settings(max_examples=60)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_optimal_actions_with_ties_broken_at_random_are_optimal_from_everywhere(rule, data, seed):
    grid, oracle, _ = data.draw(policies(rule))
    chance = np.random.default_rng(seed).random(oracle.optimal.shape)
    actions = np.where(oracle.optimal, chance, -1).argmax(axis=-1)
    for trajectory in rollout(grid, actions, rule, oracle):
        assert trajectory.optimal == oracle.reachable[trajectory.start]
    every = rollout_all(grid, actions, rule, oracle)
    assert np.array_equal(every.where(Outcome.REACHED), oracle.reachable)
    assert np.allclose(every.costs, oracle.cost_to_go, rtol=0, atol=1e-12)


def first_optimal(oracle):
    return np.where(oracle.optimal.any(axis=-1), oracle.optimal.argmax(axis=-1), NO_ACTION)


def test_rollout_all_follows_a_walk_through_half_of_all_cells():
    walls = np.zeros((65, 64), bool)
    walls[1::2] = True
    walls[1::4, -1] = walls[3::4, 0] = False
    grid = GridMap(walls, ((0, 0),))
    oracle = solve(grid, FOUR)
    every = rollout_all(grid, first_optimal(oracle), FOUR, oracle)
    assert every.costs[64, 63] == 33 * 63 + 32 * 2 > 2**11
    assert np.array_equal(every.costs, oracle.cost_to_go)


def test_the_longest_corridor_is_walked_and_found_optimal(corridor):
    oracle = solve(corridor, EIGHT)
    actions = first_optimal(oracle)
    trajectory = walk(corridor, actions)
    assert trajectory.outcome is Outcome.REACHED
    assert trajectory.steps == 341 * 1023 + 340 * 2
    assert trajectory.optimal
    every = rollout_all(corridor, actions, EIGHT, oracle)
    assert every.costs[trajectory.start] == trajectory.length
    assert np.array_equal(every.where(Outcome.REACHED), corridor.free)


WRONG_ACTIONS = [
    (np.zeros((3, 2), int), r"integers of shape \(2, 3\), received int64 of shape \(3, 2\)"),
    (np.zeros((2, 3, 1), int), r"integers of shape \(2, 3\), received int64 of shape \(2, 3, 1\)"),
    (np.zeros((2, 3)), r"integers of shape \(2, 3\), received float64 of shape \(2, 3\)"),
    (np.zeros((2, 3), bool), r"integers of shape \(2, 3\), received bool of shape \(2, 3\)"),
    (np.array([[0, 0, 4], [0, 0, 0]]), "from -1 to 3, received 0 to 4"),
    (np.array([[0, 0, 1], [0, -2, 0]]), "from -1 to 3, received -2 to 1"),
]


@pytest.mark.parametrize(("actions", "complaint"), WRONG_ACTIONS)
def test_actions_that_do_not_fit_map_and_rule_are_refused_by_all(actions, complaint):
    grid = map_of("S..", "..G")
    oracle = solve(grid, FOUR)
    with pytest.raises(ValueError, match=f"^Expected greedy actions .*{complaint}$"):
        check_actions(actions, grid, FOUR)
    with pytest.raises(ValueError, match=complaint):
        rollout(grid, actions, FOUR, oracle)
    with pytest.raises(ValueError, match=complaint):
        rollout_all(grid, actions, FOUR, oracle)


@every_rule
def test_the_least_and_the_last_action_are_accepted(rule):
    grid = map_of("..", ".G")
    actions = np.array([[NO_ACTION, rule.n_actions - 1]] * 2)
    check_actions(actions, grid, rule)
    outcomes = rollout_all(grid, actions, rule, solve(grid, rule)).outcomes
    assert outcomes.shape == (2, 2)


def test_actions_of_unsigned_bytes_walk_as_any_integers_do():
    grid = map_of("S..", "..G")
    actions = policy_of("E SE E", "E E E")
    oracle = solve(grid, EIGHT)
    assert walk(grid, actions.astype(np.uint8)).outcome is Outcome.REACHED
    one, other = (
        rollout_all(grid, typed, EIGHT, oracle) for typed in (actions, actions.astype(np.uint8))
    )
    assert np.array_equal(one.outcomes, other.outcomes)
    assert np.array_equal(one.costs, other.costs)


def test_rollout_all_refuses_a_map_without_goal():
    grid = map_of("..", "..")
    oracle = solve(grid.with_goal((0, 0)), EIGHT)
    with pytest.raises(VinguiError, match=r"^The map has no goal; set one first$"):
        rollout_all(grid, policy_of("E E", "E E"), EIGHT, oracle)


# The greedy actions of a policy.


def test_actions_are_the_likeliest_of_each_cell():
    policy = [
        [[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.2, 0.2, 0.4, 0.2]],
        [[0.1, 0.2, 0.3, 0.4], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.4, 0.6]],
    ]
    assert greedy_actions(np.array(policy)).tolist() == [[0, 1, 2], [3, 1, 3]]


def test_cells_without_any_probability_have_no_action():
    policy = np.zeros((2, 3, 4))
    policy[1, 2] = [0.1, 0.1, 0.7, 0.1]
    assert greedy_actions(policy).tolist() == [[NO_ACTION] * 3, [NO_ACTION, NO_ACTION, 2]]


def test_the_least_probability_above_0_is_an_action():
    policy = np.zeros((2, 2, 4), np.float32)
    policy[0, 1, 3] = np.finfo(np.float32).tiny
    assert greedy_actions(policy)[0, 1] == 3


@pytest.mark.parametrize(
    ("probabilities", "first"),
    [([0.25] * 4, 0), ([0.0, 0.5, 0.5, 0.0], 1), ([0.1, 0.0, 0.45, 0.45], 2)],
)
def test_ties_take_the_first_action(probabilities, first):
    policy = np.zeros((2, 2, 4))
    policy[1, 0] = probabilities
    assert greedy_actions(policy)[1, 0] == first


@pytest.mark.parametrize("rule", [FOUR, EIGHT], ids=lambda rule: rule.name)
def test_actions_are_a_greedy_policy_that_rollouts_accept(rule):
    policy = np.zeros((3, 4, rule.n_actions))
    policy[1, 1, -1] = 1
    actions = greedy_actions(policy)
    check_actions(actions, GridMap(np.zeros((3, 4), bool), ((0, 0),)), rule)
    assert actions.dtype == np.int8
    assert actions[1, 1] == rule.n_actions - 1


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_costs_of_terrain_and_values_of_goals_count(rule):
    random = np.random.default_rng(5)
    grid = GridMap(
        random.random((9, 12)) < 0.15,
        terrain=random.integers(0, 5, (9, 12), np.uint8),
        starts=(),
    )
    free = [tuple(cell) for cell in np.argwhere(grid.free).tolist()]
    grid = replace(grid, goals=(free[3], free[-9]), goal_values=(4.5, -1), starts=tuple(free))
    oracle = solve(grid, rule)
    best = np.where(oracle.optimal.any(axis=-1), oracle.optimal.argmax(axis=-1), NO_ACTION)
    other = best.copy()
    other[2:5] = random.integers(0, rule.n_actions, other[2:5].shape)
    for actions in (best, other):
        every = rollout_all(grid, actions, rule, oracle)
        for trajectory in rollout(grid, actions, rule, oracle):
            paid = every.costs[trajectory.start]
            if trajectory.outcome is not Outcome.REACHED:
                assert np.isposinf(paid)
                continue
            steps = zip(trajectory.path[:-1], trajectory.path[1:], strict=True)
            cost = sum(np.hypot(*(b - a)) * grid.costs[tuple(b)] for a, b in steps)
            assert trajectory.cost == pytest.approx(cost)
            assert trajectory.goal_value == grid.valued_goals[tuple(trajectory.path[-1].tolist())]
            assert paid == pytest.approx(cost - trajectory.goal_value)
            assert trajectory.optimal == (trajectory.excess < 1e-9)
            assert trajectory.optimal or actions is other
            assert trajectory.excess > -1e-9
