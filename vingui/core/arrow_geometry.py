"""Lengths and outlines of the policy's arrows, for the window and for figures."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_LEAST_PROBABILITY: Final = 0.1
_LEAST_SHARE: Final = 0.5
"""The share of the best action's probability from which an action has an arrow: the arrows of less
probable ones would be specks."""

_LENGTH: Final = 0.9
"""Cells: the length of the best action's arrow. All arrows of a cell cross in its middle."""

_SHAFT, _HEAD, _HALF_HEAD = 0.035, 0.26, 0.13
"""Half the shaft's width, the head's length and half its width, in cells."""

_THINNEST: Final = (0.5, 1.2)
"""Pixels: half the shaft's and half the head's width."""

_SHORTEST: Final = 3.0
"""Pixels: the length of the shortest arrow."""

_MOST_HEAD: Final = 0.6
"""The largest share of an arrow's length that its head takes."""


def arrow_lengths(policy: NDArray[np.float32]) -> NDArray[np.float32]:
    """The relative lengths of the arrows of each cell's best action and those nearly as probable.

    Args:
        policy: `(..., n_actions)` float32, probabilities.

    Returns:
        Float32 of the same shape: 0 for no arrow, else the probability as a share of the best
        action's, so that actions that tie have arrows of full length.
    """
    best = policy.max(axis=-1, keepdims=True, initial=0)
    shown = policy >= np.maximum(_LEAST_SHARE * best, _LEAST_PROBABILITY)
    shares = np.divide(policy, best, out=np.zeros_like(policy), where=best > 0)
    return np.where(shown, shares, np.float32(0))


def arrow_outlines(lengths: NDArray[np.floating], *, pixel: float = 0.0) -> NDArray[np.float64]:
    """The outlines of arrows that point to the right.

    Args:
        lengths: `(n,)` floats from `arrow_lengths`, above 0.
        pixel: the side of a pixel in cells, which bounds the widths and lengths from below.

    Returns:
        `(n, 7, 2)` float64: their corners as x, y in cells from the cell's middle.
    """
    tip = np.maximum(_LENGTH * np.asarray(lengths, float), _SHORTEST * pixel) / 2
    head = np.minimum(_HEAD, 2 * _MOST_HEAD * tip)
    shaft = np.full_like(tip, max(_SHAFT, _THINNEST[0] * pixel))
    half = np.maximum(np.minimum(_HALF_HEAD, 0.5 * head), _THINNEST[1] * pixel)
    neck, none = tip - head, np.zeros_like(tip)
    x = np.stack([-tip, neck, neck, tip, neck, neck, -tip], axis=1)
    y = np.stack([-shaft, -shaft, -half, none, half, shaft, shaft], axis=1)
    return np.stack([x, y], axis=-1)
