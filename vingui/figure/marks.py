"""The marks of the goal, of the starts, and of where trajectories failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from matplotlib.axes import Axes

from vingui.core.plan import Plan
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.words import last_cell
from vingui.figure.lettering import POINT, font
from vingui.figure.options import Theme

MOST_NUMBERS: Final = 20
"""More starts than this carry no numbers: nobody could read them."""


@dataclass(frozen=True)
class Sizes:
    """Sizes on the page that follow from that of a cell, in pixels.

    Attributes:
        cell: a cell.
        line: the width of a trajectory on the map.
        thin: its width on the value map.
        mark: the diameter of the mark of a start.
    """

    cell: int
    line: float
    thin: float
    mark: float

    @classmethod
    def of(cls, cell: int, *, starts: int) -> Self:
        """The sizes for cells of so many pixels and so many starts."""
        smallest = 22 if starts <= MOST_NUMBERS else 11
        mark = float(np.clip(0.8 * cell, smallest, 50))
        return cls(
            cell, float(np.clip(0.16 * cell, 3, 6)), float(np.clip(0.1 * cell, 2.2, 4)), mark
        )


def failed(trajectory: Trajectory) -> bool:
    """Whether it went, or should have gone, and did not reach the goal."""
    return trajectory.outcome not in (Outcome.REACHED, Outcome.NO_START, Outcome.NO_GOAL)


def draw_marks(
    axes: Axes, plan: Plan, trajectories: Sequence[Trajectory], sizes: Sizes, theme: Theme
) -> None:
    """Draw the goal, the starts with their numbers, and where trajectories failed.

    Args:
        axes: the panel.
        plan: the plan that the trajectories follow.
        trajectories: in the order of their colours and numbers.
        sizes: of the marks.
        theme: its colours.
    """
    if plan.grid.goal is not None:
        goal_mark(axes, x=plan.grid.goal[1], y=plan.grid.goal[0], size=sizes.mark, theme=theme)
    numbered = len(trajectories) <= MOST_NUMBERS
    for index, trajectory in reversed(list(enumerate(trajectories))):
        if trajectory.start is None:
            continue
        colour = theme.trajectory(index)
        row, col = trajectory.start
        number = str(index + 1) if numbered else ""
        start_mark(axes, number, x=col, y=row, size=sizes.mark, colour=colour)
        if trajectory.outcome is Outcome.LOOP:
            row, col = last_cell(trajectory)
            loop_mark(axes, x=col, y=row, size=sizes.mark, colour=colour)
        elif failed(trajectory):
            x, y = _cross_at(trajectory, plan, sizes)
            cross_mark(axes, x=x, y=y, size=0.75 * sizes.mark, colour=colour)


def goal_mark(axes: Axes, *, x: float, y: float, size: float, theme: Theme) -> None:
    """The goal's star, `size` pixels wide."""
    # A star looks smaller than a disc of its width.
    _mark(axes, x, y, "*", 1.4 * size, zorder=8, color=theme.goal, edge="white", edge_width=2.2)


def start_mark(axes: Axes, number: str, *, x: float, y: float, size: float, colour: str) -> None:
    """A start's disc, `size` pixels wide, with its number."""
    _mark(axes, x, y, "o", size, zorder=9, color=colour, edge="white", edge_width=1.6)
    if number:
        axes.text(
            x,
            y,
            number,
            ha="center",
            va="center_baseline",
            color="white",
            fontproperties=font((0.62 if len(number) == 1 else 0.5) * size / POINT, bold=True),
            zorder=9.5,
            parse_math=False,
        )


def cross_mark(axes: Axes, *, x: float, y: float, size: float, colour: str) -> None:
    """The cross at the end of a trajectory that failed."""
    _mark(axes, x, y, "X", size, zorder=10, color=colour, edge="white", edge_width=1.4)


def loop_mark(axes: Axes, *, x: float, y: float, size: float, colour: str) -> None:
    """The ring around the cell that a loop comes back to."""
    _mark(axes, x, y, "o", size, zorder=6, color="none", edge="white", edge_width=0.16 * size + 3)
    _mark(axes, x, y, "o", size, zorder=7, color="none", edge=colour, edge_width=0.16 * size)


def _mark(
    axes: Axes,
    x: float,
    y: float,
    shape: str,
    size: float,
    *,
    zorder: float,
    color: str,
    edge: str,
    edge_width: float,
) -> None:
    axes.plot(
        [x],
        [y],
        shape,
        markersize=size / POINT,
        markerfacecolor=color,
        markeredgecolor=edge,
        markeredgewidth=edge_width / POINT,
        zorder=zorder,
        clip_on=False,
        scalex=False,
        scaley=False,
    )


def _cross_at(trajectory: Trajectory, plan: Plan, sizes: Sizes) -> tuple[float, float]:
    """Where the cross stands, as x, y: on the last cell, or at the wall that was run into."""
    row, col = last_cell(trajectory)
    if trajectory.outcome is Outcome.WALL:
        delta = plan.rule.deltas[int(plan.policy[row, col].argmax())]
        return col + 0.5 * delta[1], row + 0.5 * delta[0]
    if len(trajectory.path) == 1:
        # The start's own mark and number stay in sight.
        aside = 0.55 * sizes.mark / sizes.cell
        return col + aside, row + aside
    return float(col), float(row)
