"""The policy's arrows, in the window and in figures alike: which there are, and their shape."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_LEAST_PROBABILITY: Final = 0.1
_LEAST_SHARE: Final = 0.5
"""Of the best action's probability: less probable ones would be specks."""

_LENGTH: Final = 0.9
"""Cells: the length of the best action's arrow. All go through the middle of their cell, where
those that tie cross: beside each other they would be specks away from the middle."""

_SHAFT, _HEAD, _HALF_HEAD = 0.035, 0.26, 0.13
"""Half the shaft's width, the head's length and half its width, in cells."""

_THINNEST: Final = (0.5, 1.2)
"""Pixels: half the shaft's and half the head's width."""

_SHORTEST: Final = 3.0
"""Pixels."""

_MOST_HEAD: Final = 0.6
"""Of the length."""


def arrow_lengths(policy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Which actions have an arrow: the best and those nearly as probable; and how long they are.

    Args:
        policy: `(..., n_actions)` probabilities.

    Returns:
        Float32 of the same shape: 0 where there is none, else the probability as a share of the
        best action's. So actions that tie are all as long as a single one.
    """
    best = policy.max(axis=-1, keepdims=True, initial=0)
    shown = policy >= np.maximum(_LEAST_SHARE * best, _LEAST_PROBABILITY)
    shares = np.divide(policy, best, out=np.zeros_like(policy), where=best > 0)
    return np.where(shown, shares, np.float32(0))


def arrow_outlines(lengths: NDArray[np.floating], *, pixel: float = 0.0) -> NDArray[np.float64]:
    """Arrows to the right.

    Args:
        lengths: `(n,)` as of `arrow_lengths`, above 0.
        pixel: cells that a pixel is wide, below which nothing is to get too thin.

    Returns:
        `(n, 7, 2)` their corners as x, y in cells from the middle.
    """
    tip = np.maximum(_LENGTH * np.asarray(lengths, float), _SHORTEST * pixel) / 2
    head = np.minimum(_HEAD, 2 * _MOST_HEAD * tip)
    shaft = np.full_like(tip, max(_SHAFT, _THINNEST[0] * pixel))
    half = np.maximum(np.minimum(_HALF_HEAD, 0.5 * head), _THINNEST[1] * pixel)
    neck, none = tip - head, np.zeros_like(tip)
    x = np.stack([-tip, neck, neck, tip, neck, neck, -tip], axis=1)
    y = np.stack([-shaft, -shaft, -half, none, half, shaft, shaft], axis=1)
    return np.stack([x, y], axis=-1)
