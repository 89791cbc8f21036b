import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from vingui.core.engine.dense import iterate, q_values


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 4), st.integers(0, 1000))
def test_backups_are_convolutions_and_a_maximum(rows, cols, channels, seed):
    random = np.random.default_rng(seed)
    share = random.normal(size=(channels, rows, cols)).astype(np.float32)
    weights = random.normal(scale=0.3, size=(channels, 3, 3)).astype(np.float32)
    values = random.normal(size=(rows, cols)).astype(np.float32)
    frames = iterate(share, weights, values, 4)
    assert frames.shape == (4, rows, cols)
    for frame in frames:
        q = np.stack(
            [
                part + correlate2d(values, one, "same")
                for part, one in zip(share, weights, strict=True)
            ]
        )
        np.testing.assert_allclose(
            q_values(share, weights, values), np.moveaxis(q, 0, -1), rtol=1e-4, atol=1e-5
        )
        np.testing.assert_allclose(frame, q.max(axis=0), rtol=1e-4, atol=1e-5)
        values = frame
