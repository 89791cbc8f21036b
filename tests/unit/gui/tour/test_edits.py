"""What the tour draws: a goal elsewhere, and a wall with a way around it."""

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.rollout import Outcome, Trajectory
from vingui.gui.tour.edits import goal_elsewhere, wall_across


def planned(grid):
    """The best paths, as a network that plans well finds them."""
    oracle = solve(grid, EIGHT)

    def trajectory(start):
        if not oracle.reachable[start]:
            return Trajectory(start, Outcome.UNREACHABLE, np.array([start]), 0, 0, np.inf)
        path = oracle.best_path(start, EIGHT)
        return Trajectory(start, Outcome.REACHED, path, 0, 0, 0)

    return tuple(trajectory(start) for start in grid.starts)


def random_map(seed, side=14):
    rng = np.random.default_rng(seed)
    walls = rng.random((side, side)) < rng.uniform(0, 0.45)
    cells = [tuple(cell) for cell in rng.permutation(np.argwhere(~walls))[:4].tolist()]
    return GridMap(walls, (cells[0],), tuple(cells[1:]))


SEEDS = range(60)


def test_a_wall_crosses_a_path_and_leaves_a_way_around_it():
    drawn = 0
    for seed in SEEDS:
        grid = random_map(seed)
        trajectories = planned(grid)
        walled = wall_across(grid, trajectories)
        if walled is grid:
            continue
        drawn += 1
        assert (walled.walls >= grid.walls).all()
        assert (walled.goals, walled.starts) == (grid.goals, grid.starts)
        new = walled.walls & ~grid.walls
        longest = max((one.path for one in trajectories), key=len)
        assert any(new[tuple(cell)] for cell in longest.tolist())
        # Whoever could reach the goal still can.
        before, after = (solve(one, EIGHT).reachable for one in (grid, walled))
        assert (after == (before & ~new)).all()
    assert drawn > len(SEEDS) / 2


def test_the_only_corridor_is_not_walled_off():
    walls = np.ones((5, 9), bool)
    walls[2, 1:8] = False
    grid = GridMap(walls, ((2, 7),), ((2, 1),))
    assert wall_across(grid, planned(grid)) is grid


def test_a_goal_moves_along_a_path_to_where_all_still_reach_it():
    for seed in SEEDS:
        grid = random_map(seed)
        moved = goal_elsewhere(grid, planned(grid))
        (goal,) = moved.goals
        assert (moved.walls == grid.walls).all()
        assert moved.starts == grid.starts
        before, after = (solve(one, EIGHT).reachable for one in (grid, moved))
        assert (before == after).all()
        longest = max((one.path for one in planned(grid)), key=len).tolist()
        if len(longest) > 5:
            assert goal != grid.goal
            assert list(goal) in longest


@pytest.mark.parametrize("starts", [(), ((0, 0),)])
def test_without_a_path_nothing_is_changed(starts):
    walls = np.zeros((4, 4), bool)
    walls[1] = True
    grid = GridMap(walls, ((3, 3),), starts)
    assert goal_elsewhere(grid, planned(grid)) is grid
    assert wall_across(grid, planned(grid)) is grid


def test_of_a_large_map_only_the_surroundings_are_looked_at():
    grid = GridMap(np.zeros((1000, 1000), bool), ((999, 999),), ((0, 0),))
    walled = wall_across(grid, planned(grid))
    new = walled.walls & ~grid.walls
    assert new.sum() == 5
    assert np.abs(np.argwhere(new).mean(axis=0) - 500).max() < 20
