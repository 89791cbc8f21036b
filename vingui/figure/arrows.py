"""The policy as arrows, as long as their actions are probable."""

from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.moves import MoveRule

_LENGTH: Final = 0.9
_LONGEST: Final = 0.48
"""Cells: an arrow's length for a probability of 1, and at most where it begins in the middle."""

_SHORTEST: Final = 0.16

_LIFTED: Final = (0.72, 0.36)
"""The size of arrows above numbers, and where in the cell their middle is."""

_ALONE: Final = (0.035, 0.26, 0.6, 0.5)
_AMONG: Final = (0.025, 0.2, 0.5, 0.34)
"""Half the shaft's width and the head's length in cells, the head's greatest share of the length,
and its half width in its lengths. Among others they are slender, or heads would run together."""


def arrows(
    policy: NDArray[np.float32],
    rule: MoveRule,
    shown: NDArray[np.bool_],
    dark: NDArray[np.bool_],
    *,
    lifted: bool = False,
) -> tuple[Path, Path]:
    """The arrows over dark cells, and those over light ones.

    Args:
        policy: `(rows, cols, n_actions)` probabilities.
        rule: whose actions these are.
        shown: `(rows, cols, n_actions)`, which have an arrow.
        dark: `(rows, cols)`, the cells whose arrows are dark.
        lifted: whether they are smaller and higher, above numbers.

    Returns:
        Both in cells.
    """
    rows, cols, actions = np.nonzero(shown)
    alone = shown.sum(axis=-1)[rows, cols] == 1
    corners = outlines(policy[shown].astype(float), alone)
    along = (rule.deltas[:, ::-1] / rule.costs[:, None])[actions]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    points = corners[..., :1] * along[:, None] + corners[..., 1:] * across[:, None]
    points *= _LIFTED[0] if lifted else 1
    points += np.stack([cols + 0.5, rows + (_LIFTED[1] if lifted else 0.5)], axis=1)[:, None]
    is_dark = dark[rows, cols]
    return _polygons(points[~is_dark]), _polygons(points[is_dark])


def outlines(probabilities: NDArray[np.float64], alone: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Arrows to the right about the middle of their cell.

    Args:
        probabilities: `(n,)`.
        alone: `(n,)`, those that stand in the middle of the cell, instead of beginning there.

    Returns:
        `(n, 7, 2)` their corners as x, y in cells.
    """
    length = _LENGTH * probabilities
    length = np.maximum(np.where(alone, length, np.minimum(length, _LONGEST)), _SHORTEST)
    shaft, head, most, half = np.where(alone[:, None], _ALONE, _AMONG).T
    head = np.minimum(head, most * length)
    half, neck, none = np.maximum(half * head, 1.8 * shaft), length - head, np.zeros_like(length)
    x = np.stack([none, neck, neck, length, neck, neck, none], axis=1)
    y = np.stack([-shaft, -shaft, -half, none, half, shaft, shaft], axis=1)
    return np.stack([x - np.where(alone, length / 2, 0)[:, None], y], axis=-1)


def _polygons(points: NDArray[np.float64]) -> Path:
    """`(n, m, 2)` corners as one path."""
    if not points.size:
        return Path(np.empty((0, 2)))
    closed = np.concatenate([points, points[:, :1]], axis=1)
    codes = np.full(closed.shape[:2], Path.LINETO, Path.code_type)
    codes[:, 0], codes[:, -1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(closed.reshape(-1, 2), codes.ravel())
