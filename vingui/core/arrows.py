"""The policy's arrows, in the window and in figures alike: which there are, and their shape."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_LEAST_PROBABILITY: Final = 0.1
_LEAST_SHARES: Final = {True: 0.2, False: 0.5}
"""Of the best action's probability, in cells with room and without: less probable ones would be
specks."""

_LENGTH: Final = 0.9
"""Cells: an arrow's length for a probability of 1."""

_FROM: Final = 0.1
_TO: Final = (0.28, 0.5)
"""Cells from the middle: where arrows that lead out of it begin, and where they end, at least and
at most. Not in the middle, where their tails would look like the head of an arrow that leads
elsewhere."""

_THROUGH: Final = (0.035, 0.26, 0.13)
_OUT: Final = (0.025, 0.22, 0.1)
"""Half the shaft's width, the head's length and half its width, in cells."""

_THINNEST: Final = (0.5, 1.2)
"""Pixels: half the shaft's and half the head's width."""

_SHORTEST: Final = 3.0
"""Pixels."""

_MOST_HEAD: Final = 0.6
"""Of the length."""


def arrow_lengths(policy: NDArray[np.float32], *, roomy: bool) -> NDArray[np.float32]:
    """Which actions have an arrow: those that tie with the best, and others that are probable.

    Args:
        policy: `(..., n_actions)` probabilities.
        roomy: whether the cells have room for several arrows side by side. Else only those near
            the best have one, which together are as long as one of them may be.

    Returns:
        Float32 of the same shape, 0 where there is none: the probability that makes its length.
    """
    best = policy.max(axis=-1, keepdims=True, initial=0)
    shown = policy >= np.maximum(_LEAST_SHARES[roomy] * best, _LEAST_PROBABILITY)
    lengths = np.where(shown, policy, np.float32(0))
    if not roomy:
        total = lengths.sum(axis=-1, keepdims=True)
        lengths *= np.divide(total, best, out=np.zeros_like(total), where=best > 0)
    return lengths


def arrow_outlines(
    lengths: NDArray[np.floating], through: NDArray[np.bool_], *, pixel: float = 0.0
) -> NDArray[np.float64]:
    """Arrows to the right.

    Args:
        lengths: `(n,)` as of `arrow_lengths`, above 0.
        through: `(n,)`, those that go through the middle of their cell; others lead out of it.
        pixel: cells that a pixel is wide, below which nothing is to get too thin.

    Returns:
        `(n, 7, 2)` their corners as x, y in cells from the middle.
    """
    shaft, head, half = np.where(through[:, None], _THROUGH, _OUT).T
    length = _LENGTH * np.asarray(lengths, float)
    tip = np.where(through, np.maximum(length, _SHORTEST * pixel) / 2, np.clip(length, *_TO))
    tail = np.where(through, -tip, _FROM)
    head = np.minimum(head, _MOST_HEAD * (tip - tail))
    shaft = np.maximum(shaft, _THINNEST[0] * pixel)
    half = np.maximum(np.minimum(half, 0.5 * head), _THINNEST[1] * pixel)
    neck, none = tip - head, np.zeros_like(tip)
    x = np.stack([tail, neck, neck, tip, neck, neck, tail], axis=1)
    y = np.stack([-shaft, -shaft, -half, none, half, shaft, shaft], axis=1)
    return np.stack([x, y], axis=-1)
