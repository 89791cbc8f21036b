"""Why trajectories fail, against brute force: other code that solves the map and walks again."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.diagnosis import (
    More,
    Reason,
    diagnose,
    first_wrong_cell,
    iterations_to_see,
    loop_of,
)
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts
from vingui.core.moves import DELTAS, EIGHT, RULES
from vingui.core.oracle import solve
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    LayerValues,
    PlanFinished,
    PolicyReadout,
    Values,
)
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.rollout import NO_ACTION, Outcome
from vingui.core.run import Run
from vingui.core.value_history import figures

NO_VALUE = np.float32(-np.inf)


def moves_of(grid, rule, cell):
    """Each legal action of a cell: the cell that it enters and what it costs."""
    found = {}
    for action, (down, right) in enumerate(DELTAS[: rule.n_actions].tolist()):
        to = cell[0] + down, cell[1] + right
        if rule.allows(grid.walls, cell, action):
            terrain = 1.0 if grid.costs is None else float(grid.costs[to])
            found[action] = to, math.hypot(down, right) * terrain
    return found


def q_of(grid, rule, values):
    q = np.full((*grid.walls.shape, rule.n_actions), NO_VALUE, np.float32)
    for cell in itertools.product(range(grid.rows), range(grid.cols)):
        if not grid.walls[cell] and cell not in grid.goals:
            for action, (to, cost) in moves_of(grid, rule, cell).items():
                q[(*cell, action)] = values[to] - cost
    return q


def iterated(grid, rule, count):
    """V_1 to V_count of value iteration, without a network."""
    values = np.full(grid.walls.shape, NO_VALUE, np.float32)
    for goal, value in grid.valued_goals.items():
        values[goal] = value
    maps = []
    for _ in range(count):
        backed = q_of(grid, rule, values).max(-1)
        for goal, value in grid.valued_goals.items():
            backed[goal] = value
        values = backed
        maps.append(values)
    return maps


def run_of(
    grid,
    rule,
    maps,
    *,
    converged=False,
    finished=True,
    channels=0,
    readouts=True,
    read=None,
    seen=None,
):
    """A run with these values, whose policy is greedy on their q-values on the map `seen`."""
    channels = channels or rule.n_actions
    start = np.full(grid.walls.shape, NO_VALUE, np.float32)
    numbers = figures(start, np.array(maps), grid.free)
    costs = None if read is None else LearnedCosts(grid, read.astype(np.float32))
    ks = np.arange(1, len(maps) + 1)
    scale = math.nan if costs is None else costs.scale
    made = Run(
        grid, Values(1, "made-up", rule.name, 1, *numbers, ks, tuple(maps), cost_scale=scale)
    )
    for k, values in enumerate(maps, 1):
        q = q_of(seen or grid, rule, values)
        acts = np.isfinite(q.max(-1))
        actions = np.where(acts, q.argmax(-1), NO_ACTION).astype(np.int8)
        policy = np.eye(rule.n_actions, dtype=np.float32)[np.maximum(actions, 0)] * acts[..., None]
        made.take(GreedyActions(1, k, actions, np.zeros(1, np.uint8)))
        if readouts:
            reward = np.zeros((*grid.walls.shape, channels), np.float32)
            made.take(PolicyReadout(1, k, 0, 0, reward, q, policy))
    if finished:
        end = PlanFinished(1, len(maps), converged, rule.n_actions, channels, actions, 0.1)
        made.take(end)
    made.readouts.reward_channels = channels
    oracle = solve(grid, rule)
    made.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    if costs is not None:
        made.take(LayerValues(1, 0, LEARNED_COST, BEST, 1, costs.scaled))
    return made


# Brute force.


def exact(grid, rule):
    """The cost-to-go of each cell, by relaxing every move until nothing changes."""
    costs = {goal: -value for goal, value in grid.valued_goals.items()}
    cells = [tuple(cell) for cell in np.argwhere(grid.free).tolist() if tuple(cell) not in costs]
    changed = True
    while changed:
        changed = False
        for cell in cells:
            ways = moves_of(grid, rule, cell).values()
            best = min((costs.get(to, math.inf) + cost for to, cost in ways), default=math.inf)
            if best < costs.get(cell, math.inf) - 1e-9:
                costs[cell], changed = best, True
    return costs


def walked(grid, rule, actions, costs, start):
    """The first wrong cell and the cells of the loop, if any, by walking."""
    cell, seen, wrong = start, [], None
    while cell not in grid.goals and cell not in seen:
        seen.append(cell)
        action = int(actions[cell])
        move = moves_of(grid, rule, cell).get(action)
        if move is None:
            return wrong or cell, []
        to, cost = move
        if wrong is None and cost + costs.get(to, math.inf) > costs[cell] + 1e-6:
            wrong = cell
        cell = to
    return wrong, [] if cell in grid.goals else seen[seen.index(cell) :]


def fewest(grid, rule, costs, cell):
    """The moves of the shortest in moves of all paths of least cost."""
    front, moves = {cell}, 0
    while not front & set(grid.goals):
        front = {
            to
            for one in front
            for to, cost in moves_of(grid, rule, one).values()
            if abs(cost + costs.get(to, math.inf) - costs[one]) < 1e-6
        }
        moves += 1
    return moves


def random_map(rng, rule, *, terrain):
    rows, cols = rng.integers(4, 9, 2).tolist()
    walls = rng.random((rows, cols)) < 0.28
    free = [tuple(cell) for cell in np.argwhere(~walls).tolist()]
    order = [free[place] for place in rng.permutation(len(free))]
    kinds = rng.integers(0, 4, walls.shape).astype(np.uint8) * ~walls if terrain else None
    goals = tuple(order[: 1 + int(rng.random() < 0.3)])
    return GridMap(walls, goals, tuple(order[2:7]), terrain=kinds)


def random_run(seed):
    """Values as a network may have them: exact, iterated too little, or with errors and peaks."""
    rng = np.random.default_rng(seed)
    rule = list(RULES.values())[seed % 4]
    grid = random_map(rng, rule, terrain=seed % 3 == 0)
    channels = 1 if seed % 7 == 0 else 0
    seen = replace(grid, terrain=None) if channels else grid
    maps = iterated(seen, rule, int(rng.integers(1, 9 if seed % 2 else 30)))
    if seed % 5:
        noise = rng.normal(0, rng.choice([0.3, 1.5, 4.0]), grid.walls.shape).astype(np.float32)
        maps = [values + noise for values in maps]
    return run_of(grid, rule, maps, channels=channels, seen=seen), grid, rule


@pytest.mark.parametrize("seed", range(60))
def test_generated_cases_are_diagnosed_as_by_brute_force(seed):
    run, grid, rule = random_run(seed)
    costs = exact(grid, rule)
    for k in {1, (run.latest + 1) // 2, run.latest}:
        values, actions = run.values_at(k)[1], run.readouts.actions(k)
        for trajectory in run.trajectories(grid.starts, k):
            found = diagnose(trajectory, run, k, None)
            if trajectory.start not in costs:
                assert found.reasons == (Reason.NO_PATH,)
                continue
            cell, loop = walked(grid, rule, actions, costs, trajectory.start)
            assert (found is None) == (cell is None) == trajectory.optimal
            if found is None:
                continue
            assert found.wrong.cell == cell
            check_step(found.wrong, run, costs, k)
            assert sorted(map(tuple, found.loop.tolist())) == sorted(loop)
            beside = [to for to, _ in moves_of(grid, rule, cell).values()]
            assert beside
            top = max(loop, key=lambda one: values[one], default=None)
            held = top is not None and all(
                values[to] <= values[top] for to, _ in moves_of(grid, rule, top).values()
            )
            assert (Reason.PEAK in found.reasons) == held
            if held:
                assert found.peak.value == values[found.peak.cell] == values[top]
                assert found.peak.goal_value == max(values[goal] for goal in grid.goals)
            if run.readouts.reward_channels == 1:
                apart = min(max(abs(r - cell[0]), abs(c - cell[1])) for r, c in grid.goals)
                late = apart > k + 2
            else:
                late = fewest(grid, rule, costs, cell) > k + 1
            assert (Reason.NOT_ARRIVED in found.reasons) == late


def check_step(wrong, run, costs, k):
    """Whether a wrong step has the chosen action, the most valued optimal one, and both q."""
    grid, rule = run.grid, run.rule
    assert wrong.chosen == run.readouts.actions(k)[wrong.cell]
    best = [
        action
        for action, (to, cost) in moves_of(grid, rule, wrong.cell).items()
        if abs(cost + costs.get(to, math.inf) - costs[wrong.cell]) < 1e-6
    ]
    assert wrong.best in best
    assert wrong.chosen not in best
    q = q_of(grid, rule, run.values_at(k)[1])[wrong.cell]
    if run.readouts.reward_channels == 1 or wrong.chosen == NO_ACTION:
        assert wrong.q is None
    else:
        assert wrong.q == (q[wrong.chosen], max(q[best]))
        assert wrong.q[0] >= wrong.q[1]


def test_the_generated_cases_are_of_every_kind():
    outcomes, reasons = set(), set()
    for seed in range(60):
        run, grid, _ = random_run(seed)
        for trajectory in run.trajectories(grid.starts, run.latest):
            found = diagnose(trajectory, run, run.latest, None)
            if found is not None:
                outcomes.add(trajectory.outcome)
                reasons |= set(found.reasons) or {"unknown"}
    assert outcomes == {
        *(Outcome.LOOP, Outcome.OUT_OF_STEPS, Outcome.REACHED, Outcome.UNREACHABLE),
    }
    assert reasons == {
        *(Reason.NO_PATH, Reason.NOT_ARRIVED, Reason.PEAK, Reason.UNSEEN_COSTS, "unknown"),
    }


@pytest.mark.parametrize("seed", range(0, 60, 7))
def test_the_iterations_to_see_are_the_longest_way_to_a_goal_out_of_reach(seed):
    run, grid, rule = random_run(seed)
    costs = exact(grid, rule)
    for k in {1, run.latest}:
        trajectories = run.trajectories(grid.starts, k)
        most = 0
        for trajectory in trajectories:
            found = diagnose(trajectory, run, k, None)
            if found is not None and Reason.NOT_ARRIVED in found.reasons:
                most = max(most, length_by_hand(run, found.wrong.cell, costs))
        assert iterations_to_see(trajectories, run, k) == math.ceil(most)


def length_by_hand(run, cell, costs):
    if not run.grid.is_costly:
        return costs[cell]
    path = run.oracle.best_path(cell, run.rule).tolist()
    return sum(math.dist(*ends) for ends in itertools.pairwise(path))


CORRIDOR = GridMap(np.array([[0] * 9, [1] * 9], bool), ((0, 8),), ((0, 0),))


def diagnosed(run, k=None, settings=None):
    k = k or run.latest
    return diagnose(run.trajectories(run.grid.starts, k)[0], run, k, settings)


@pytest.mark.parametrize(
    ("count", "k", "converged", "finished", "more"),
    [
        (12, 3, True, True, More.LATER),
        (4, 4, False, True, More.CAN),
        (4, 2, False, True, More.CAN),
        (4, 4, False, False, More.UNKNOWN),
        (4, 4, True, True, More.CANNOT),
    ],
)
def test_whether_more_iterations_reach_a_start(count, k, converged, finished, more):
    maps = iterated(CORRIDOR, EIGHT, count)
    run = run_of(CORRIDOR, EIGHT, maps, converged=converged, finished=finished)
    found = diagnosed(run, k)
    assert (found.more, found.reasons, found.horizon) == (more, (Reason.NOT_ARRIVED,), k + 1)
    assert found.wrong.cell == (0, 0)
    assert found.wrong.chosen == NO_ACTION
    assert found.wrong.q is None


@pytest.mark.parametrize(("channels", "needed"), [(1, 8), (8, 0)])
def test_only_the_papers_network_is_measured_by_how_far_it_sees(channels, needed):
    run = run_of(CORRIDOR, EIGHT, iterated(CORRIDOR, EIGHT, 4), channels=channels)
    trajectories = run.trajectories(CORRIDOR.starts, 4)
    assert iterations_to_see(trajectories, run, 4) == needed


def test_the_policy_knows_paths_one_move_longer_than_k():
    run = run_of(CORRIDOR, EIGHT, iterated(CORRIDOR, EIGHT, 8))
    assert [diagnosed(run, k) is None for k in range(1, 9)] == [False] * 6 + [True] * 2


def test_a_peak_beside_the_goal_holds_a_loop_and_more_iterations_cannot_help():
    values = iterated(CORRIDOR, EIGHT, 12)[-1].copy()
    values[0, 3] = 2
    run = run_of(CORRIDOR, EIGHT, [values], converged=True)
    found = diagnosed(run)
    assert found.reasons == (Reason.NOT_ARRIVED, Reason.PEAK)
    run = run_of(CORRIDOR, EIGHT, [values] * 9, converged=True)
    found = diagnosed(run)
    assert (found.reasons, found.more) == ((Reason.PEAK,), More.CANNOT)
    assert (found.peak.cell, found.peak.value, found.peak.goal_value) == ((0, 3), 2, 0)
    assert found.loop.tolist() == [[0, 3], [0, 4]] or found.loop.tolist() == [[0, 2], [0, 3]]
    assert found.wrong.cell in ((0, 3), (0, 4))


def test_q_values_are_unknown_until_they_are_read():
    values = iterated(CORRIDOR, EIGHT, 12)[-1].copy()
    values[0, 3] = 2
    run = run_of(CORRIDOR, EIGHT, [values] * 9, converged=True, readouts=False)
    wrong = diagnosed(run).wrong
    assert (wrong.q, wrong.probabilities) == (None, None)
    assert wrong.best == 2


# Mud (cost 5) lies between start and goal; the way around is on roads (cost 1).
MUDDY = GridMap(
    np.array([[0, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]], bool),
    ((0, 4),),
    ((0, 0),),
    terrain=np.array([[0, 3, 3, 3, 0], [0, 0, 3, 0, 0], [0] * 5], np.uint8),
)

PLAIN = replace(MUDDY, terrain=None)


def test_costs_that_the_network_cannot_see_are_a_reason_where_the_path_is_short():
    plain = iterated(PLAIN, EIGHT, 9)
    blind = diagnosed(run_of(MUDDY, EIGHT, plain, channels=1, seen=PLAIN))
    assert blind.reasons == (Reason.UNSEEN_COSTS,)
    assert Reason.UNSEEN_COSTS not in diagnosed(run_of(MUDDY, EIGHT, plain, seen=PLAIN)).reasons


def test_costs_that_the_network_believes_are_a_reason_where_they_favour_the_path():
    plain = iterated(PLAIN, EIGHT, 9)
    even = np.ones(MUDDY.walls.shape)
    assert diagnosed(run_of(MUDDY, EIGHT, plain, read=even, seen=PLAIN)).reasons == (
        Reason.BELIEVED_COSTS,
    )
    true = np.asarray(MUDDY.costs)
    assert diagnosed(run_of(MUDDY, EIGHT, plain, read=true, seen=PLAIN)).reasons == ()


def test_surroundings_are_compared_for_networks_of_the_papers_kind_alone():
    settings = {"maps": "obstacles", "rows": 8, "cols": 8, "iterations": 3}
    values = iterated(CORRIDOR, EIGHT, 12)[-1].copy()
    values[0, 3] = 2
    maps = [values] * 9
    found = diagnosed(run_of(CORRIDOR, EIGHT, maps, channels=1), settings=settings)
    assert [one.measure for one in found.unlike] == ["path", "size"]
    assert Reason.UNLIKE_TRAINING in found.reasons
    assert diagnosed(run_of(CORRIDOR, EIGHT, maps), settings=settings).unlike == ()
    assert diagnosed(run_of(CORRIDOR, EIGHT, maps, channels=1)).unlike == ()


def test_what_is_optimal_or_unknown_has_no_diagnosis():
    run = run_of(CORRIDOR, EIGHT, iterated(CORRIDOR, EIGHT, 12))
    assert diagnosed(run) is None
    trajectory = run.trajectories(CORRIDOR.starts, 2)[0]
    assert first_wrong_cell(trajectory, run, 2) == (0, 0)
    run.readouts.reward_channels = 0
    assert diagnose(trajectory, run, 2, None) is None
    run.oracle = None
    assert first_wrong_cell(trajectory, run, 2) is None
    assert not loop_of(trajectory).size


def test_a_record_is_plain_data():
    values = iterated(CORRIDOR, EIGHT, 12)[-1].copy()
    values[0, 3] = 2
    record = diagnosed(run_of(CORRIDOR, EIGHT, [values] * 9, converged=True)).record()
    assert record["reasons"] == ["peak"]
    assert record["first_wrong_step"]["optimal_action"] == "E"
    assert record["peak"] == {"cell": (0, 3), "value": 2.0, "goal_value": 0.0}
    assert record["more_iterations"] == "cannot"
