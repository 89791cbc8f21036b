"""Drawn paths: legal from cell to cell, as short as can be, and without loops."""

from collections import deque
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.moves import EIGHT, EIGHT_BOTH_FREE, FOUR, RULES
from vingui.core.path_drawing import begin_path, extend_path

LAWS = settings(max_examples=150)
SIDE = 12
CELLS = st.tuples(st.integers(-3, SIDE + 2), st.integers(-3, SIDE + 2))
OPEN = np.zeros((SIDE, SIDE), bool)


@st.composite
def drawings(draw):
    """Walls, a rule, and the cells of the mouse, of which the first is free."""
    marks = draw(st.lists(st.integers(0, 3), min_size=SIDE**2, max_size=SIDE**2))
    walls = np.array(marks).reshape(SIDE, SIDE) == 0
    first = draw(st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1)))
    walls[first] = False
    return walls, draw(st.sampled_from([*RULES.values()])), (first, *draw(st.lists(CELLS)))


def drawn(walls, rule, mouse):
    path = begin_path(walls, mouse[0])
    for cell in mouse[1:]:
        path = extend_path(path, cell, walls, rule)
    return path


def neighbours(walls, rule, cell):
    legal = rule.legal(walls)[cell]
    return [tuple((np.array(cell) + step).tolist()) for step in rule.deltas[legal]]


def steps_from(walls, rule, start):
    """The fewest moves to every cell that can be reached."""
    steps, queue = {start: 0}, deque([start])
    while queue:
        cell = queue.popleft()
        for after in neighbours(walls, rule, cell):
            if after not in steps:
                steps[after] = steps[cell] + 1
                queue.append(after)
    return steps


@LAWS
@given(drawings())
def test_a_path_makes_legal_moves_only_and_visits_no_cell_twice(drawing):
    walls, rule, mouse = drawing
    path = drawn(walls, rule, mouse)
    assert path[0] == mouse[0]
    assert len(set(path)) == len(path)
    assert not any(walls[cell] for cell in path)
    for before, after in pairwise(path):
        assert after in neighbours(walls, rule, before)


@LAWS
@given(drawings(), CELLS)
def test_a_path_is_led_on_by_the_fewest_moves(drawing, cell):
    walls, rule, (first, *_) = drawing
    target = tuple(np.clip(cell, 0, SIDE - 1).tolist())
    path = extend_path((first,), cell, walls, rule)
    steps = steps_from(walls, rule, first)
    if target in steps and steps[target] <= SIDE:
        assert path[-1] == target
    assert len(path) - 1 == steps[path[-1]]


@LAWS
@given(drawings())
def test_every_cell_of_a_path_takes_back_what_came_after_it(drawing):
    walls, rule, mouse = drawing
    path = drawn(walls, rule, mouse)
    for count, cell in enumerate(path, start=1):
        assert extend_path(path, cell, walls, rule) == path[:count]


def test_a_path_begins_on_a_free_cell_only():
    walls = OPEN.copy()
    walls[2, 3] = True
    assert begin_path(walls, (2, 3)) == ()
    assert begin_path(walls, (2, 4)) == ((2, 4),)
    assert begin_path(walls, (-1, 4)) == begin_path(walls, (2, SIDE)) == ()


def test_a_straight_drag_is_a_straight_line():
    cells = tuple((4, col) for col in range(SIDE))
    for rule in RULES.values():
        assert extend_path((cells[0],), cells[-1], OPEN, rule) == cells


def test_a_path_stays_near_the_line_of_the_mouse():
    for rule in RULES.values():
        path = extend_path(((0, 0),), (5, 10), OPEN, rule)
        assert all(abs(2 * row - col) <= 2 for row, col in path)


def test_a_path_that_crosses_itself_loses_the_loop():
    assert drawn(OPEN, FOUR, [(5, 2), (5, 6), (2, 6), (2, 4), (8, 4)]) == (
        *((5, col) for col in range(2, 5)),
        *((row, 4) for row in range(6, 9)),
    )


def test_a_wall_is_gone_round():
    walls = OPEN.copy()
    walls[3:9, 5] = True
    path = extend_path(((5, 4),), (5, 6), walls, EIGHT)
    assert path == ((5, 4), (4, 4), (3, 4), (2, 5), (3, 6), (4, 6), (5, 6))


@pytest.mark.parametrize("target", [(5, 5), (5, 7)])
def test_where_there_is_no_way_a_path_stops_at_the_wall(target):
    walls = OPEN.copy()
    walls[:, 5] = True
    assert extend_path(((5, 0),), target, walls, EIGHT)[-1] == (5, 4)


def test_a_path_does_not_squeeze_between_corners_where_that_is_forbidden():
    walls = OPEN.copy()
    walls[3, 5], walls[4, 4] = True, True
    assert extend_path(((3, 4),), (4, 5), walls, EIGHT) == ((3, 4), (4, 5))
    assert len(extend_path(((3, 4),), (4, 5), walls, EIGHT_BOTH_FREE)) > 2


def test_a_way_that_is_far_longer_than_the_direct_one_is_not_taken():
    walls = np.zeros((60, 5), bool)
    walls[:-1, 2] = True
    assert extend_path(((0, 1),), (0, 3), walls, FOUR) == ((0, 1),)
    assert extend_path(((50, 1),), (50, 3), walls, FOUR)[-1] == (50, 3)
