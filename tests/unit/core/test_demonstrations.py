"""Demonstrations: which are legal, and random ones of least cost."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.demonstrations import check_demonstration, random_demonstrations
from vingui.core.errors import VinguiError
from vingui.core.generate import KINDS, generate
from vingui.core.grid import Demonstration, GridMap
from vingui.core.moves import EIGHT, EIGHT_BOTH_FREE, FOUR, RULES
from vingui.core.oracle import solve
from vingui.core.rollout import step_costs


def parsed(*rows):
    return GridMap(np.array([[mark == "#" for mark in row] for row in rows]))


CORNER = parsed("..#", "#..", "...")


@pytest.mark.parametrize(
    ("cells", "rule", "complaint"),
    [
        (((0, 0), (0, 1), (0, 2)), EIGHT, "goes through the wall at row 0, col 2"),
        (((0, 0), (1, 0)), EIGHT, "goes through the wall at row 1, col 0"),
        (((2, 2), (3, 2)), EIGHT, "leaves the map at row 3, col 2"),
        (((0, 0), (-1, 0)), EIGHT, "leaves the map at row -1, col 0"),
        (
            ((0, 0), (1, 1)),
            EIGHT_BOTH_FREE,
            "moves from row 0, col 0 to row 1, col 1, which the movement rule '8-both-free'",
        ),
        (((0, 0), (1, 1)), FOUR, "which the movement rule '4' forbids"),
        (((0, 0), (0, 1), (0, 0)), EIGHT, "its last cell, at row 0, col 0, twice; it has to end"),
        (((0, 0), (0, 1), (1, 1), (0, 1)), EIGHT, "its last cell, at row 0, col 1, twice"),
    ],
)
def test_a_demonstration_that_is_not_legal_is_refused(cells, rule, complaint):
    with pytest.raises(VinguiError, match=f"^The demonstration .*{complaint}"):
        check_demonstration(CORNER, Demonstration(cells), rule)


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (((0, 0), (1, 1), (2, 2)), EIGHT),
        (((0, 0), (0, 1), (1, 1), (2, 1)), FOUR),
        (((0, 0), (0, 1), (1, 1), (2, 2)), EIGHT_BOTH_FREE),
        (((0, 1), (0, 0), (0, 1), (1, 1)), EIGHT),
    ],
)
def test_one_may_end_anywhere_and_pass_through_goals(cells, rule):
    for goal in (None, (1, 1), (0, 0)):
        check_demonstration(CORNER.with_goal(goal), Demonstration(cells), rule)


@settings(max_examples=60)
@given(
    kind=st.sampled_from(list(KINDS)),
    rule=st.sampled_from(list(RULES.values())),
    seed=st.integers(0, 2**32),
    count=st.integers(1, 8),
)
def test_random_ones_are_legal_and_cost_least(kind, rule, seed, count):
    grid = generate(kind, rows=12, cols=15, rng=np.random.default_rng(seed))
    shown = random_demonstrations(grid, count, rule, np.random.default_rng(seed))
    assert shown == random_demonstrations(
        replace(grid, goals=(), goal_values=(), starts=(), demonstrations=shown),
        count,
        rule,
        np.random.default_rng(seed),
    )
    assert len(shown) == count
    for each in shown:
        check_demonstration(grid, each, rule)
        costs = solve(grid.with_goal(each.end), rule).cost_to_go
        assert step_costs(grid, each.array).sum() == pytest.approx(costs[each.start])
        assert costs[each.start] >= costs[np.isfinite(costs)].max() / 4


def test_random_ones_go_from_many_cells_to_many():
    grid = generate("patches", rows=16, cols=16, rng=np.random.default_rng(1))
    shown = random_demonstrations(grid, 200, EIGHT, np.random.default_rng(2))
    assert len({each.end for each in shown}) > 90
    assert len({each.start for each in shown}) > 90
    mean = np.mean([each.cells[0] + each.end for each in shown], axis=0)
    np.testing.assert_allclose(mean, 7.5, atol=1.5)


def test_on_large_maps_several_share_an_exact_solution():
    grid = GridMap(np.zeros((400, 500), bool))
    shown = random_demonstrations(grid, 10, EIGHT, np.random.default_rng(2))
    ends = [end for end, _ in itertools.groupby(shown, key=lambda each: each.end)]
    assert len(shown) == 10
    assert len(ends) == len(set(ends)) == 4


def test_small_pockets_are_left_alone():
    grid = parsed("..#.", "..#.", "####", "....", "....")
    for each in random_demonstrations(grid, 50, EIGHT, np.random.default_rng(0)):
        assert min(row for row, _ in each.cells) >= 3


def test_cells_that_only_diagonal_moves_connect_are_used_where_these_are_possible():
    grid = parsed(".#.", "#.#", ".#.")
    assert len(random_demonstrations(grid, 5, EIGHT, np.random.default_rng(0))) == 5
    for rule in set(RULES.values()) - {EIGHT}:
        with pytest.raises(VinguiError, match="no two free cells beside each other"):
            random_demonstrations(grid, 5, rule, np.random.default_rng(0))


def test_no_journeys_are_shown_where_none_is_wanted():
    assert random_demonstrations(CORNER, 0, EIGHT, np.random.default_rng(0)) == ()
