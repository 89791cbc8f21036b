"""The value iteration of the paper's VIN: every cell is backed up in every iteration.

Q_a = share_a + conv(V_k; w_a),  V_(k+1) = max over a of Q_a  (Tamar et al. 2016, section 4.1)
"""

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled


def iterate(
    share: NDArray[np.float32],
    weights: NDArray[np.float32],
    values: NDArray[np.float32],
    count: int,
) -> NDArray[np.float32]:
    """Return the next value functions from V_k.

    Args:
        share: `(channels, rows, cols)`, the share of Q that is the same in every iteration.
        weights: `(channels, 3, 3)`, the kernel of the convolution over the values, which are 0
            outside of the map.
        values: `(rows, cols)`, V_k.
        count: how many value functions to compute.

    Returns:
        `(count, rows, cols)` float32, V_(k+1) onwards.
    """
    frames = np.zeros((count + 1, values.shape[0] + 2, values.shape[1] + 2), np.float32)
    frames[0, 1:-1, 1:-1] = values
    _iterate(share, weights, frames, np.empty(values.shape[1], np.float32))
    return frames[1:, 1:-1, 1:-1]


def q_values(
    share: NDArray[np.float32], weights: NDArray[np.float32], values: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the q-values of V_k, `(rows, cols, channels)` float32; arguments as of `iterate`."""
    q = np.empty(share.shape, np.float32)
    _fill_q(share, weights, np.pad(values, 1)[None], q)
    return np.ascontiguousarray(np.moveaxis(q, 0, -1))


@compiled
def _fill_q(
    share: NDArray[np.float32],
    weights: NDArray[np.float32],
    frames: NDArray[np.float32],
    q: NDArray[np.float32],
) -> None:
    for channel in range(q.shape[0]):
        for row in range(q.shape[1]):
            _back_up(share, weights, frames, 0, channel, row, q[channel, row])


@compiled
def _iterate(
    share: NDArray[np.float32],
    weights: NDArray[np.float32],
    frames: NDArray[np.float32],
    line: NDArray[np.float32],
) -> None:
    """Fill all of `frames` but the first, which have a border of zeros; `line` is scratch."""
    channels, rows, cols = share.shape
    for frame in range(frames.shape[0] - 1):
        for row in range(rows):
            for channel in range(channels):
                _back_up(share, weights, frames, frame, channel, row, line)
                for col in range(cols):
                    best = frames[frame + 1, row + 1, col + 1]
                    if not channel or line[col] > best:
                        frames[frame + 1, row + 1, col + 1] = line[col]


@compiled
def _back_up(
    share: NDArray[np.float32],
    weights: NDArray[np.float32],
    frames: NDArray[np.float32],
    frame: int,
    channel: int,
    row: int,
    line: NDArray[np.float32],
) -> None:
    """Write one channel of Q for one row of cells into `line`."""
    # The compiler writes out the nine products, and makes vector instructions of the loop.
    for col in range(line.size):
        total = share[channel, row, col]
        for down in range(3):
            for right in range(3):
                weight = weights[channel, down, right]
                total += weight * frames[frame, row + down, col + right]
        line[col] = total
