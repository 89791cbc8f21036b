"""The policy as arrows, as long as their actions are probable."""

from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.arrow_geometry import arrow_outlines
from vingui.core.moves import MoveRule

_LIFTED: Final = (0.72, 0.36)
"""The size of arrows above numbers, and where in the cell their middle is."""


def arrows(
    lengths: NDArray[np.float32],
    rule: MoveRule,
    dark: NDArray[np.bool_],
    *,
    lifted: bool = False,
) -> tuple[Path, Path]:
    """The arrows over dark cells, and those over light ones.

    Args:
        lengths: `(rows, cols, n_actions)` as of `arrow_lengths`.
        rule: whose actions these are.
        dark: `(rows, cols)`, the cells whose arrows are dark.
        lifted: whether they are smaller and higher, above numbers.

    Returns:
        Both in cells.
    """
    rows, cols, actions = found = np.nonzero(lengths)
    corners = arrow_outlines(lengths[found])
    along = (rule.deltas[:, ::-1] / rule.costs[:, None])[actions]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    points = corners[..., :1] * along[:, None] + corners[..., 1:] * across[:, None]
    points *= _LIFTED[0] if lifted else 1
    points += np.stack([cols + 0.5, rows + (_LIFTED[1] if lifted else 0.5)], axis=1)[:, None]
    is_dark = dark[rows, cols]
    return _polygons(points[~is_dark]), _polygons(points[is_dark])


def _polygons(points: NDArray[np.float64]) -> Path:
    """`(n, m, 2)` corners as one path."""
    if not points.size:
        return Path(np.empty((0, 2)))
    closed = np.concatenate([points, points[:, :1]], axis=1)
    codes = np.full(closed.shape[:2], Path.LINETO, Path.code_type)
    codes[:, 0], codes[:, -1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(closed.reshape(-1, 2), codes.ravel())
