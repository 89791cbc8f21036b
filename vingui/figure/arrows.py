"""The policy as arrows: one polygon for each probable action of each cell, all in one artist."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from vingui.core.plan import Plan
from vingui.figure.options import Theme

LEAST_PROBABILITY: Final = 0.1
"""Actions less probable than this show no arrow: too small to see, too many to count."""

_LENGTH: Final = 0.62
_LONGEST: Final = 0.5
_DARK_ON: Final = 0.5

OUTLINE: Final[NDArray[np.float64]] = np.array(
    [(0, -0.06), (0.58, -0.06), (0.58, -0.2), (1, 0), (0.58, 0.2), (0.58, 0.06), (0, 0.06)]
)
"""`(7, 2)`: an arrow of length 1 to the right from the origin, as x, y."""


def shown_actions(plan: Plan) -> NDArray[np.bool_]:
    """`(rows, cols, n_actions)` bool, the actions that have an arrow."""
    shown = plan.policy >= LEAST_PROBABILITY
    for start in plan.grid.starts:
        # Its mark would cover all but the ends of the arrows.
        shown[start] = False
    return shown


def draw_arrows(axes: Axes, plan: Plan, colours: NDArray[np.uint8], theme: Theme) -> None:
    """Draw the policy. An arrow's area is its action's probability.

    Args:
        axes: the panel, x = col and y = row.
        plan: whose policy.
        colours: `(rows, cols, 4)` the panel's cells as RGBA; arrows are dark on the light ones.
        theme: the colours of arrows.
    """
    shown = shown_actions(plan)
    rows, cols, actions = np.nonzero(shown)
    if not rows.size:
        return
    along = plan.rule.deltas[actions][:, ::-1] / plan.rule.costs[actions, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    # Alone in its cell an arrow stands in the middle of it; several start from there.
    alone = shown.sum(axis=-1)[rows, cols] == 1
    length = _LENGTH * np.sqrt(plan.policy[shown])
    length = np.where(alone, length, np.minimum(length, _LONGEST))
    x, y = OUTLINE[:, 0] - np.where(alone, 0.5, 0.0)[:, None], OUTLINE[:, 1]
    outline = x[..., None] * along[:, None] + y[None, :, None] * across[:, None]
    centre = np.stack([cols, rows], axis=1)[:, None]
    polygons = centre + length[:, None, None] * outline
    light, dark = to_rgba(theme.over_values, 0.9), to_rgba(theme.ink, 0.8)
    luminance = colours[rows, cols, :3] @ (0.299, 0.587, 0.114) / 255
    faces = np.where((luminance > _DARK_ON)[:, None], dark, light)
    arrows = PolyCollection(list(polygons), facecolors=faces, edgecolors="none", zorder=3)
    axes.add_collection(arrows, autolim=False)
