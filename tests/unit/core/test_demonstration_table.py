"""The costs of demonstrations, and which are blocked, against the definitions."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.demonstration_table import DemonstrationTable
from vingui.core.demonstrations import check_demonstration
from vingui.core.errors import VinguiError
from vingui.core.grid import Demonstration, GridMap
from vingui.core.moves import DELTAS, EIGHT, EIGHT_BOTH_FREE, FOUR, RULES

SIDE = 7
OPEN = np.zeros((SIDE, SIDE), bool)


@st.composite
def maps(draw):
    """Maps with walls, terrain and paths that walk anywhere inside."""
    marks = draw(st.lists(st.integers(0, 9), min_size=SIDE**2, max_size=SIDE**2))
    marks = np.array(marks, np.uint8).reshape(SIDE, SIDE)
    paths = []
    for _ in range(draw(st.integers(0, 4))):
        path = [draw(st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1)))]
        for step in draw(st.lists(st.integers(0, 7), min_size=1, max_size=8)):
            after = np.clip(path[-1] + DELTAS[step], 0, SIDE - 1)
            if tuple(after.tolist()) != path[-1]:
                path.append(tuple(after.tolist()))
        if len(path) > 1:
            paths.append(Demonstration(tuple(path)))
    terrain = np.where(marks < 5, marks, 0).astype(np.uint8)
    return GridMap(marks == 9, terrain=terrain, demonstrations=tuple(paths))


def is_refused(grid, shown, rule):
    try:
        check_demonstration(grid, shown, rule)
    except VinguiError:
        return True
    return False


@settings(max_examples=150)
@given(maps(), st.sampled_from([*RULES.values()]))
def test_steps_costs_and_blocked_paths_are_those_of_the_moves_one_by_one(grid, rule):
    table = DemonstrationTable(grid, rule)
    costs = np.ones(grid.walls.shape) if grid.costs is None else grid.costs
    paths = [[*pairwise(shown.cells)] for shown in grid.demonstrations]
    assert table.steps.tolist() == [len(moves) for moves in paths]
    least = [sum(np.hypot(*np.subtract(a, b)) * costs[b] for a, b in moves) for moves in paths]
    np.testing.assert_allclose(table.costs, least)
    refused = [is_refused(grid, shown, rule) for shown in grid.demonstrations]
    assert table.blocked.tolist() == refused


def test_a_wall_across_a_path_blocks_it_and_a_rule_can_too():
    diagonal = Demonstration(((0, 0), (1, 1), (2, 2)))
    grid = GridMap(OPEN, demonstrations=(diagonal,))
    assert not DemonstrationTable(grid, EIGHT).blocked.any()
    assert DemonstrationTable(grid, FOUR).blocked.all()
    walls = OPEN.copy()
    walls[0, 1] = True
    beside = GridMap(walls, demonstrations=(diagonal,))
    assert not DemonstrationTable(beside, EIGHT).blocked.any()
    assert DemonstrationTable(beside, EIGHT_BOTH_FREE).blocked.all()


def test_a_map_without_demonstrations_has_an_empty_table():
    table = DemonstrationTable(GridMap(OPEN), EIGHT)
    assert table.steps.shape == table.costs.shape == table.blocked.shape == (0,)
