"""The policy as arrows whose lengths follow the actions' probabilities."""

from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.arrow_geometry import arrow_outlines
from vingui.core.moves import MoveRule
from vingui.figure.shapes import EMPTY

_ABOVE_NUMBERS: Final = (0.72, 0.36)
"""Size of arrows above numbers, and the height of their middle in the cell."""


def policy_arrows(
    lengths: NDArray[np.float32],
    rule: MoveRule,
    dark: NDArray[np.bool_],
    *,
    above_numbers: bool = False,
) -> tuple[Path, Path]:
    """Return the light arrows over dark cells, and the dark arrows over light ones, in cells.

    Args:
        lengths: `(rows, cols, n_actions)` as from `arrow_lengths`.
        rule: whose actions these are.
        dark: `(rows, cols)`, the cells whose arrows are dark.
        above_numbers: whether they are smaller and higher, to leave room for numbers.
    """
    rows, cols, actions = found = np.nonzero(lengths)
    corners = arrow_outlines(lengths[found])
    along = (rule.deltas[:, ::-1] / rule.costs[:, None])[actions]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    points = corners[..., :1] * along[:, None] + corners[..., 1:] * across[:, None]
    points *= _ABOVE_NUMBERS[0] if above_numbers else 1
    middle = _ABOVE_NUMBERS[1] if above_numbers else 0.5
    points += np.stack([cols + 0.5, rows + middle], axis=1)[:, None]
    is_dark = dark[rows, cols]
    return _polygons(points[~is_dark]), _polygons(points[is_dark])


def _polygons(points: NDArray[np.float64]) -> Path:
    """Return `(n, m, 2)` corners as one path."""
    if not points.size:
        return EMPTY
    closed = np.concatenate([points, points[:, :1]], axis=1)
    codes = np.full(closed.shape[:2], Path.LINETO, Path.code_type)
    codes[:, 0], codes[:, -1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(closed.reshape(-1, 2), codes.ravel())
