"""The value iteration of the paper's VIN: every cell is backed up in every iteration.

Q_a = share_a + conv(V_k; w_a),  V_(k+1) = max over a of Q_a  (Tamar et al. 2016, section 4.1)
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled

_BLOCK: Final = 2048
"""Cells that are backed up together, so that they stay in the fastest cache."""


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
    rows, cols = values.shape
    frames = np.zeros((count + 1, rows + 2, cols + 2), np.float32)
    frames[0, 1:-1, 1:-1] = values
    _iterate(_bordered(share), weights, frames.reshape(count + 1, -1), cols + 2)
    return frames[1:, 1:-1, 1:-1]


def q_values(
    share: NDArray[np.float32], weights: NDArray[np.float32], values: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the q-values of V_k, `(rows, cols, channels)` float32; arguments as of `iterate`."""
    rows, cols = values.shape
    q = np.empty((rows, cols, len(share)), np.float32)
    _fill_q(_bordered(share), weights, _bordered(values[None]), q)
    return q


def _bordered(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return maps with a border of zeros one cell wide, `(n, (rows + 2) * (cols + 2))`."""
    count, rows, cols = maps.shape
    bordered = np.zeros((count, rows + 2, cols + 2), np.float32)
    bordered[:, 1:-1, 1:-1] = maps
    return bordered.reshape(count, -1)


@compiled
def _iterate(
    share: NDArray[np.float32],
    weights: NDArray[np.float32],
    frames: NDArray[np.float32],
    width: int,
) -> None:
    """Fill all of `frames` but the first, `(n, (rows + 2) * width)` with a border of zeros."""
    line = np.empty(_BLOCK, np.float32)
    first, end = width + 1, frames.shape[1] - width - 1
    for k in range(frames.shape[0] - 1):
        for begin in range(first, end, _BLOCK):
            count = min(_BLOCK, end - begin)
            best = frames[k + 1, begin : begin + count]
            _back_up(share[0, begin:], weights[0], frames[k, begin - width - 1 :], width, best)
            for channel in range(1, share.shape[0]):
                _back_up(
                    share[channel, begin:],
                    weights[channel],
                    frames[k, begin - width - 1 :],
                    width,
                    line[:count],
                )
                for place in range(count):
                    if line[place] > best[place]:
                        best[place] = line[place]
        # What was written there is of no cell.
        for border in range(width - 1, end, width):
            frames[k + 1, border] = frames[k + 1, border + 1] = 0


@compiled
def _fill_q(
    share: NDArray[np.float32],
    weights: NDArray[np.float32],
    frame: NDArray[np.float32],
    q: NDArray[np.float32],
) -> None:
    width = q.shape[1] + 2
    line = np.empty(q.shape[1], np.float32)
    for row in range(q.shape[0]):
        for channel in range(q.shape[2]):
            begin = (row + 1) * width + 1
            around = frame[0, begin - width - 1 :]
            _back_up(share[channel, begin:], weights[channel], around, width, line)
            for col in range(line.size):
                q[row, col, channel] = line[col]


@compiled
def _back_up(
    share: NDArray[np.float32],
    weights: NDArray[np.float32],
    around: NDArray[np.float32],
    width: int,
    line: NDArray[np.float32],
) -> None:
    """Write one channel of Q for consecutive cells into `line`.

    `share` begins with the first of them, and `around` with its upper left neighbour.
    """
    above, level, below = around, around[width:], around[2 * width :]
    # The compiler makes vector instructions of the loop.
    for place in range(line.size):
        line[place] = (
            share[place]
            + weights[0, 0] * above[place]
            + weights[0, 1] * above[place + 1]
            + weights[0, 2] * above[place + 2]
            + weights[1, 0] * level[place]
            + weights[1, 1] * level[place + 1]
            + weights[1, 2] * level[place + 2]
            + weights[2, 0] * below[place]
            + weights[2, 1] * below[place + 1]
            + weights[2, 2] * below[place + 2]
        )


@compiled
def fill_figures(
    before: NDArray[np.float32],
    values: NDArray[np.float32],
    free: NDArray[np.bool_],
    cells: int,
    table: NDArray[np.float64],
) -> None:
    """Fill in `table`, `(4, n)`, as of `value_history.figures`; `cells` of the map are free."""
    old = before
    for frame in range(values.shape[0]):
        new = values[frame]
        change, low, high, reached = np.float32(0), np.float32(np.inf), np.float32(-np.inf), 0
        for row in range(new.shape[0]):
            for col in range(new.shape[1]):
                value = new[row, col]
                if not -np.inf < value < np.inf:
                    continue
                if -np.inf < old[row, col] < np.inf:
                    change = max(change, abs(value - old[row, col]))
                if free[row, col]:
                    low, high, reached = min(low, value), max(high, value), reached + 1
        table[0, frame], table[3, frame] = change, reached / cells
        table[1, frame] = low if reached else np.nan
        table[2, frame] = high if reached else np.nan
        old = new
