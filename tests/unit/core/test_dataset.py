import re
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import rule_named
from vingui.core.terrain import palette_of_levels


@pytest.fixture
def stack(walls):
    three = np.stack([walls, walls, walls])
    return MapStack(three, np.array([[1, 1], [1, 2], [2, 3]]), np.array([[2, 1], [2, 2], [2, 3]]))


def test_a_data_set_needs_a_map():
    with pytest.raises(VinguiError, match="needs at least one map"):
        DataSet("empty", ())


def test_a_data_set_has_a_label_for_each_map_or_none(stack):
    with pytest.raises(VinguiError, match="3 labels, one a map, received 2"):
        DataSet("odd", stack, labels=("a", "b"))


def test_a_map_is_described_in_a_line(stack, walls):
    dataset = DataSet("some", stack, labels=("a", "", "bucket 2"))
    assert dataset.describe(0) == "4x5, from row 2, col 1 to row 1, col 1; a"
    assert dataset.describe(1) == "4x5, from row 2, col 2 to row 1, col 2"
    more = GridMap(walls, ((1, 1),), ((2, 1), (2, 2)))
    others = DataSet("others", (more, GridMap(walls), more.with_starts(())))
    assert others.describe(0) == "4x5, 2 starts, goal at row 1, col 1"
    assert others.describe(1) == "4x5"
    assert others.describe(2) == "4x5, goal at row 1, col 1"
    assert others.describe(1) == "4x5"
    with pytest.raises(IndexError):
        others.describe(3)


def test_a_stack_makes_its_maps_on_access(stack, walls):
    assert len(stack) == 3
    assert stack[1] == GridMap(walls, ((1, 2),), ((2, 2),))
    assert stack[-1].goal == (2, 3)
    assert [grid.goal for grid in stack] == [(1, 1), (1, 2), (2, 3)]
    assert type(stack[0].goal[0]) is int
    with pytest.raises(IndexError):
        stack[3]


def test_a_stack_without_starts(walls):
    assert MapStack(walls[None], np.array([[1, 1]]))[0].starts == ()


def test_a_slice_shares_the_walls(stack):
    part = stack[1:]
    assert [grid.goal for grid in part] == [(1, 2), (2, 3)]
    assert [grid.starts for grid in part] == [((2, 2),), ((2, 3),)]
    assert np.shares_memory(part.walls, stack.walls)


def test_a_stack_cannot_change(walls):
    three = np.stack([walls] * 3)
    goals = np.array([[1, 1]] * 3)
    stack = MapStack(three, goals)
    three[:] = True
    goals[:] = 0
    assert stack[0] == GridMap(walls, ((1, 1),))
    for array in (stack.walls, stack.goals):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("what", ["goal", "start"])
@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ((0, 2), "The {} of map 1 lies in a wall, at row 0, col 2"),
        ((4, 1), "The {} of map 1 lies outside its 4x5 cells, at row 4, col 1"),
        ((1, 5), "The {} of map 1 lies outside its 4x5 cells, at row 1, col 5"),
        ((-1, 1), "The {} of map 1 lies outside its 4x5 cells, at row -1, col 1"),
    ],
)
def test_a_stack_names_the_map_that_is_wrong(walls, what, cell, message):
    good = np.array([[1, 1]] * 3)
    bad = good.copy()
    bad[1] = cell
    goals, starts = (bad, good) if what == "goal" else (good, bad)
    with pytest.raises(VinguiError, match=message.format(what)):
        MapStack(np.stack([walls] * 3), goals, starts)


def test_a_number_that_int64_cannot_hold_is_outside(walls):
    with pytest.raises(VinguiError, match="at row 18446744073709551615"):
        MapStack(walls[None], np.array([[2**64 - 1, 1]], np.uint64))


@pytest.mark.parametrize(
    ("walls", "goals", "message"),
    [
        (
            np.zeros((1, 4, 5), np.uint8),
            np.array([[1, 1]]),
            "received uint8 of shape (1, 4, 5)",
        ),
        (np.zeros((4, 5), bool), np.array([[1, 1]]), "received bool of shape (4, 5)"),
        (np.zeros((0, 4, 5), bool), np.zeros((0, 2), int), "A data set needs at least one map"),
        (
            np.zeros((1, 1, 5), bool),
            np.array([[0, 1]]),
            "Walls must have 2x2 to 4096x4096 cells, not 1x5",
        ),
        (
            np.zeros((1, 4, 5), bool),
            np.array([[1.0, 1.0]]),
            "goals as whole numbers of shape (1, 2), received float64 of shape (1, 2)",
        ),
        (np.zeros((1, 4, 5), bool), np.array([1, 1]), "received int64 of shape (2,)"),
        (np.zeros((1, 4, 5), bool), np.array([[1, 1], [1, 1]]), "received int64 of shape (2, 2)"),
    ],
)
def test_a_stack_refuses_other_shapes_and_dtypes(walls, goals, message):
    with pytest.raises(VinguiError, match=re.escape(message)):
        MapStack(walls, goals)


def test_stacking_maps_gives_them_back(stack):
    maps = list(stack)
    assert list(MapStack.from_maps(maps)) == maps
    assert MapStack.from_maps(stack) is stack


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda grid: grid.with_goal(None), "and map 1 has none"),
        (lambda grid: grid.with_starts(()), "map 0 has 1 and map 1 has 0"),
        (lambda grid: grid.with_starts(((1, 1), (2, 2))), "map 1 has 2"),
        (lambda grid: GridMap(grid.walls.T, ((1, 1),), ((2, 1),)), "map 1 has 5x4"),
        (
            lambda grid: replace(grid, palette=palette_of_levels([2])),
            "that of map 1 differs from that of map 0",
        ),
    ],
)
def test_maps_that_differ_do_not_stack(stack, change, message):
    with pytest.raises(VinguiError, match=message):
        MapStack.from_maps([stack[0], change(stack[1])])


def test_maps_with_terrain_and_different_numbers_of_goals_stack(walls):
    terrain = np.where(walls, np.uint8(0), np.uint8(3))
    maps = [
        GridMap(walls, ((1, 1),)),
        GridMap(walls, ((1, 2), (2, 3)), terrain=terrain, goal_values=(0, 1.5)),
    ]
    stack = MapStack.from_maps(maps)
    assert list(stack) == maps
    assert stack.goals.tolist() == [[[1, 1], [-1, -1]], [[1, 2], [2, 3]]]
    assert DataSet("a", stack).describe(1) == "4x5, 2 goals"
    for array in (stack.terrain, stack.goal_values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_no_maps_do_not_stack():
    with pytest.raises(VinguiError, match="at least one map"):
        MapStack.from_maps([])


@pytest.mark.parametrize(
    ("rule", "real_place", "used", "part"),
    [
        ("8-both-free", True, "8", "two walls that touch"),
        ("8-both-free", True, "8-one-free", ""),
        ("8-both-free", True, "4", ""),
        ("8-both-free", True, "8-both-free", ""),
        ("8-both-free", False, "8", "its lengths mean moves that cut no corners"),
        ("8-both-free", False, "4", "its lengths mean"),
        ("8-both-free", False, "8-both-free", ""),
        ("", False, "8", ""),
    ],
)
def test_a_rule_is_advised_where_the_one_in_use_does_not_do(rule, real_place, used, part):
    grid = GridMap(np.zeros((2, 2), bool))
    advice = DataSet("a", (grid,), rule=rule, real_place=real_place).rule_advice(rule_named(used))
    assert (part in advice) if part else advice == ""


def test_walls_are_kept_only_where_nobody_can_change_them(walls):
    owner = np.stack([walls, walls])
    goals = np.array([[1, 1], [1, 1]])
    for source in (owner, owner[:], owner.view(np.uint8).view(bool)):
        stack = MapStack(source, goals)
        owner[0, 1, 1] = True
        assert not stack.walls[0, 1, 1]
        owner[0, 1, 1] = False
    owner.flags.writeable = False
    assert np.shares_memory(MapStack(owner.view(np.uint8).view(bool), goals).walls, owner)
