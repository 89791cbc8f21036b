"""Actions and movement rules, against a cell by cell reference."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vingui.core.errors import VinguiError
from vingui.core.moves import (
    ACTION_NAMES,
    COSTS,
    DEFAULT_RULE,
    DELTAS,
    EIGHT,
    EIGHT_BOTH_FREE,
    EIGHT_ONE_FREE,
    FOUR,
    RULES,
    rule_named,
)

ALL_RULES = list(RULES.values())
every_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=list(RULES))

walls_of_any_kind = hnp.arrays(
    bool,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
    elements=st.booleans(),
    fill=st.nothing(),
)


@pytest.fixture(scope="module")
def legal_by_hand(steps_by_hand):
    """`legal_by_hand(walls, rule)`: what `rule.legal(walls)` should be, cell by cell."""

    def legal(walls, rule):
        answer = np.zeros((*walls.shape, rule.n_actions), bool)
        for cell in np.ndindex(walls.shape):
            for name in steps_by_hand(walls, cell, rule.name):
                answer[(*cell, ACTION_NAMES.index(name))] = True
        return answer

    return legal


def all_3x3_patches():
    bits = np.arange(512)[:, None] >> np.arange(9) & 1
    return bits.astype(bool).reshape(512, 3, 3)


def test_actions_are_in_the_order_of_the_papers_data_with_their_steps():
    steps = dict(zip(ACTION_NAMES, map(tuple, DELTAS.tolist()), strict=True))
    assert list(steps.items()) == [
        ("N", (-1, 0)),
        ("S", (1, 0)),
        ("E", (0, 1)),
        ("W", (0, -1)),
        ("NE", (-1, 1)),
        ("NW", (-1, -1)),
        ("SE", (1, 1)),
        ("SW", (1, -1)),
    ]


def test_straight_moves_cost_one_and_diagonal_ones_sqrt_two():
    assert COSTS.tolist() == [1, 1, 1, 1, *[math.sqrt(2)] * 4]


@every_rule
def test_a_rule_has_the_first_actions_of_the_common_order(rule):
    n_actions = 4 if rule is FOUR else 8
    assert rule.n_actions == n_actions
    assert rule.deltas.tolist() == DELTAS[:n_actions].tolist()
    assert rule.costs.tolist() == COSTS[:n_actions].tolist()


@pytest.mark.parametrize("table", [DELTAS, COSTS, EIGHT.deltas, FOUR.costs])
def test_the_tables_refuse_writing(table):
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 7


@every_rule
@settings(max_examples=100)
@given(walls=walls_of_any_kind)
def test_legal_is_what_the_reference_says(rule, legal_by_hand, walls):
    assert np.array_equal(rule.legal(walls), legal_by_hand(walls, rule))


@every_rule
def test_legal_is_what_the_reference_says_of_all_3x3_patches_in_one_batch(rule, legal_by_hand):
    patches = all_3x3_patches()
    legal = rule.legal(patches)
    assert legal.shape == (512, 3, 3, rule.n_actions)
    assert legal.dtype == np.bool_
    assert np.array_equal(legal, [legal_by_hand(patch, rule) for patch in patches])


@every_rule
def test_legal_keeps_any_number_of_batch_dimensions(rule):
    patches = all_3x3_patches()
    nested = rule.legal(patches.reshape(8, 16, 4, 3, 3))
    assert nested.shape == (8, 16, 4, 3, 3, rule.n_actions)
    assert np.array_equal(nested.reshape(512, 3, 3, -1), rule.legal(patches))
    assert rule.legal(patches[:0]).shape == (0, 3, 3, rule.n_actions)


@every_rule
@settings(max_examples=100)
@given(walls=walls_of_any_kind)
def test_a_move_is_allowed_exactly_if_the_way_back_is(rule, walls):
    legal = rule.legal(walls)
    moves = {
        ((row, col), (row + int(rule.deltas[action][0]), col + int(rule.deltas[action][1])))
        for row, col, action in np.argwhere(legal).tolist()
    }
    assert len(moves) == legal.sum()
    assert moves == {(there, here) for here, there in moves}


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (EIGHT, {0: True, 1: True, 2: True}),
        (EIGHT_ONE_FREE, {0: False, 1: True, 2: True}),
        (EIGHT_BOTH_FREE, {0: False, 1: False, 2: True}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_diagonal_move_is_allowed_by_how_many_of_its_corner_cells_are_free(rule, allowed):
    for beside, below in np.ndindex(2, 2):
        walls = np.array([[False, not beside], [not below, False]])
        southeast = rule.legal(walls)[0, 0, ACTION_NAMES.index("SE")]
        assert southeast == allowed[beside + below]


@every_rule
def test_what_one_cell_allows_is_what_is_legal_there(rule):
    walls = np.random.default_rng(4).random((12, 9)) < 0.4
    legal = rule.legal(walls)
    for row, col, action in np.ndindex(legal.shape):
        assert rule.allows(walls, (row, col), action) == legal[row, col, action]


def test_legal_leaves_the_walls_as_they_were():
    walls = all_3x3_patches()
    EIGHT_BOTH_FREE.legal(walls)
    assert np.array_equal(walls, all_3x3_patches())


def test_the_rules_are_listed_with_the_papers_world_first():
    assert ALL_RULES == [EIGHT, EIGHT_ONE_FREE, EIGHT_BOTH_FREE, FOUR]
    assert DEFAULT_RULE is EIGHT
    assert len({rule.title for rule in ALL_RULES}) == len(ALL_RULES)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("8", EIGHT),
        ("8-one-free", EIGHT_ONE_FREE),
        ("8-both-free", EIGHT_BOTH_FREE),
        ("4", FOUR),
    ],
)
def test_rule_named_finds_each_rule_by_its_own_name(name, rule):
    assert rule_named(name) is rule
    assert rule.name == name


@pytest.mark.parametrize("name", ["", "9", "8 ", "EIGHT"])
def test_rule_named_tells_all_names_when_there_is_none_such(name):
    with pytest.raises(VinguiError) as caught:
        rule_named(name)
    assert str(caught.value) == (
        f"There is no movement rule {name!r}; there are 8, 8-one-free, 8-both-free, 4"
    )
