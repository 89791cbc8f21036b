import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vingui.core.arrows import arrow_lengths, arrow_outlines

POLICY = np.array(
    [
        [0.5, 0.5, 0, 0],
        [0.85, 0.11, 0.04, 0],
        [0.6, 0.2, 0.2, 0],
        [0.25, 0.25, 0.25, 0.25],
        [0, 0, 0, 0],
    ],
    np.float32,
)


def test_with_room_ties_have_an_arrow_each_and_specks_none():
    assert (arrow_lengths(POLICY, roomy=True) > 0).astype(int).tolist() == [
        [1, 1, 0, 0],
        [1, 0, 0, 0],
        [1, 1, 1, 0],
        [1, 1, 1, 1],
        [0, 0, 0, 0],
    ]


def test_without_room_only_ties_have_arrows_and_longer_ones():
    assert arrow_lengths(POLICY, roomy=False) == pytest.approx(
        np.array(
            [
                [1, 1, 0, 0],
                [0.85, 0, 0, 0],
                [0.6, 0, 0, 0],
                [1, 1, 1, 1],
                [0, 0, 0, 0],
            ]
        )
    )


@pytest.mark.parametrize("roomy", [False, True])
def test_of_eight_equal_actions_all_have_an_arrow(roomy):
    assert (arrow_lengths(np.full((1, 8), 0.125, np.float32), roomy=roomy) > 0).all()


@given(arrays(np.float32, (5, 8), elements=st.floats(0, 1, width=32)), st.booleans())
def test_lengths_are_in_the_order_of_the_probabilities(weights, roomy):
    total = weights.sum(axis=-1, keepdims=True)
    policy = np.divide(weights, total, out=np.zeros_like(weights), where=total > 1e-3)
    lengths = arrow_lengths(policy, roomy=roomy)
    assert (lengths >= 0).all()
    assert lengths.max() <= 1 + 1e-5
    order = np.argsort(policy, axis=-1, kind="stable")
    assert (np.diff(np.take_along_axis(lengths, order, axis=-1), axis=-1) >= 0).all()
    reachable = policy.max(axis=-1) >= 0.1
    assert (lengths.max(axis=-1) > 0).tolist() == reachable.tolist()


def test_an_arrow_through_the_middle_is_as_long_as_its_action_is_probable():
    x = arrow_outlines(np.array([0.5, 1.0]), np.ones(2, bool))[..., 0]
    assert np.ptp(x, axis=1) == pytest.approx([0.45, 0.9])
    assert x.min(axis=1) == pytest.approx(-x.max(axis=1))


def test_an_arrow_out_of_the_middle_begins_beside_it_and_stays_in_the_cell():
    x = arrow_outlines(np.linspace(0.1, 1, 10), np.zeros(10, bool))[..., 0]
    assert (x.min(axis=1) > 0).all()
    assert (np.diff(x.max(axis=1)) >= 0).all()
    assert x.max() <= 0.5


@pytest.mark.parametrize("through", [False, True])
@pytest.mark.parametrize("cell", [10, 28, 200])
def test_an_arrow_has_a_head_that_can_be_seen(through, cell):
    corners = arrow_outlines(np.array([0.3]), np.array([through]), pixel=1 / cell)[0] * cell
    half_shaft, half_head = corners[6, 1], corners[4, 1]
    assert half_shaft >= 0.5
    assert half_head >= max(1.2, 1.5 * half_shaft)
    assert corners[3, 0] > corners[4, 0]
