import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vingui.core.arrow_geometry import arrow_lengths, arrow_outlines

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


def test_actions_nearly_as_probable_as_the_best_have_arrows_in_proportion():
    assert arrow_lengths(POLICY) == pytest.approx(
        np.array(
            [
                [1, 1, 0, 0],
                [1, 0, 0, 0],
                [1, 0, 0, 0],
                [1, 1, 1, 1],
                [0, 0, 0, 0],
            ]
        )
    )
    near = np.array([[0.4, 0.3, 0.2, 0.1], [0.5, 0.24, 0.26, 0], [0.05, 0.05, 0, 0]], np.float32)
    assert arrow_lengths(near) == pytest.approx(
        np.array([[1, 0.75, 0.5, 0], [1, 0, 0.52, 0], [0, 0, 0, 0]])
    )


@pytest.mark.parametrize("ties", [1, 2, 3, 5, 8])
def test_actions_that_tie_are_as_long_as_a_single_one(ties):
    policy = np.zeros((1, 8), np.float32)
    policy[0, :ties] = 1 / ties
    assert arrow_lengths(policy).tolist() == [[1.0] * ties + [0.0] * (8 - ties)]


@given(arrays(np.float32, (5, 8), elements=st.floats(0, 1, width=32)))
def test_lengths_are_in_the_order_of_the_probabilities(weights):
    total = weights.sum(axis=-1, keepdims=True)
    policy = np.divide(weights, total, out=np.zeros_like(weights), where=total > 1e-3)
    lengths = arrow_lengths(policy)
    assert (lengths >= 0).all()
    assert lengths.max() <= 1 + 1e-5
    order = np.argsort(policy, axis=-1, kind="stable")
    assert (np.diff(np.take_along_axis(lengths, order, axis=-1), axis=-1) >= 0).all()
    reachable = policy.max(axis=-1) >= 0.1
    assert (lengths.max(axis=-1) > 0).tolist() == reachable.tolist()


def test_an_arrow_goes_through_the_middle_and_stays_in_its_cell():
    x = arrow_outlines(np.array([0.5, 1.0]))[..., 0]
    assert np.ptp(x, axis=1) == pytest.approx([0.45, 0.9])
    assert x.min(axis=1) == pytest.approx(-x.max(axis=1))


@pytest.mark.parametrize("cell", [10, 28, 200])
def test_an_arrow_has_a_head_that_can_be_seen(cell):
    corners = arrow_outlines(np.array([0.3]), pixel=1 / cell)[0] * cell
    half_shaft, half_head = corners[6, 1], corners[4, 1]
    assert half_shaft >= 0.5
    assert half_head >= max(1.2, 1.5 * half_shaft)
    assert corners[3, 0] > corners[4, 0]
