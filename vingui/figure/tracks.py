"""Trajectories as lines over a panel, side by side where they share moves."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import Cell
from vingui.core.outcome_text import last_cell
from vingui.core.rollout import NO_ACTION, Outcome, Trajectory
from vingui.core.run import Run
from vingui.figure.shapes import Place, Shape, line
from vingui.figure.sizes import Sizes
from vingui.figure.theme import Theme

DASHES: Final = (2.6, 1.6)
"""How the line of a walk is broken that could not have reached the goal, in its widths."""

_SPREAD: Final = 0.85
"""The share of a cell that trajectories side by side may take."""

_THINNEST: Final = 0.65
"""Points below which lines are not made thinner to find room side by side."""

_MOST_MOVES: Final = 50_000
"""Where more are made, trajectories lie on each other: nobody could tell them apart."""

_CASING: Final = 0.7
"""Points of the halo on either side of a line."""


def line_width(cell: float, sizes: Sizes) -> float:
    """The width of a trajectory in points, given a cell's side in pixels."""
    return float(np.clip(0.09 * sizes.points(cell), 0.8, 2.2))


def casings_fit(cell: float, sizes: Sizes) -> bool:
    """Whether lines with their halos are no wider than the cells they go through."""
    return line_width(cell, sizes) + 2 * _CASING <= sizes.points(cell)


def tracks(
    trajectories: Sequence[Trajectory],
    run: Run,
    k: int,
    place: Place,
    sizes: Sizes,
    theme: Theme,
) -> tuple[list[Shape], list[Shape]]:
    """The lines of trajectories.

    Args:
        trajectories: under V_k, in the order of their starts.
        run: which they follow.
        k: the iteration.
        place: of the panel's cells.
        sizes: of the page.
        theme: its colours.

    Returns:
        Their casings, which lie below all of them, and the lines themselves.
    """
    sharing = _sharing(trajectories)
    most = max(map(len, sharing.values()), default=1)
    width = _narrowed(line_width(place.cell, sizes), most, place, sizes)
    shown = [(index, one) for index, one in enumerate(trajectories) if one.steps]
    moved = {}
    for index, one in shown:
        points = _moved_apart(one, index, sharing, sizes.pt(width), place.cell)
        if one.outcome is Outcome.WALL:
            points = np.vstack([points, points[-1] + half_step(one, run, k)[::-1]])
        moved[index] = line(place.points(points))
    casings = [
        Shape(moved[index], edge=theme.halo, width=width + 2 * _CASING) for index, _ in shown
    ]
    lines = [
        Shape(
            moved[index],
            edge=theme.start(index),
            width=width,
            dashes=DASHES if one.outcome is Outcome.UNREACHABLE else None,
        )
        for index, one in reversed(shown)
    ]
    return casings, lines


def half_step(trajectory: Trajectory, run: Run, k: int) -> NDArray[np.float64]:
    """`(2,)` how far, as row, col, it is from where a trajectory ended to the wall before it."""
    end, actions = last_cell(trajectory), run.actions(k)
    if actions is None or actions[end] == NO_ACTION:
        return np.zeros(2)
    return np.asarray(run.rule.deltas[actions[end]] / 2, np.float64)


def _sharing(trajectories: Sequence[Trajectory]) -> dict[tuple[Cell, Cell], list[int]]:
    """Which trajectories make each move, from left to right as one walks.

    Trajectories of one policy that meet go on together. So the one whose way, looked at from
    the end, branches off to the left of another's is left of it all along, and no two cross.
    """
    sharing: dict[tuple[Cell, Cell], list[int]] = defaultdict(list)
    if sum(one.steps for one in trajectories) > _MOST_MOVES:
        return sharing
    turns = [_turns_from_end(trajectory) for trajectory in trajectories]
    for index in sorted(range(len(trajectories)), key=turns.__getitem__):
        for move in dict.fromkeys(_moves(trajectories[index])):
            sharing[move].append(index)
    return sharing


def _moves(trajectory: Trajectory) -> list[tuple[Cell, Cell]]:
    return list(pairwise((row, col) for row, col in trajectory.path.tolist()))


def _turns_from_end(trajectory: Trajectory) -> list[float]:
    """The angle of each turn, the last first, greater where the way comes from the right."""
    x, y = np.diff(_points(trajectory), axis=0)[::-1].T
    across = x[1:] * y[:-1] - y[1:] * x[:-1]
    along = x[1:] * x[:-1] + y[1:] * y[:-1]
    return [float(turn) for turn in np.arctan2(across, along)]


def _narrowed(width: float, side_by_side: int, place: Place, sizes: Sizes) -> float:
    room = _SPREAD * sizes.points(place.cell) / side_by_side
    return min(width, room) if room >= _THINNEST else width


def _moved_apart(
    trajectory: Trajectory,
    index: int,
    sharing: dict[tuple[Cell, Cell], list[int]],
    width: float,
    cell: float,
) -> NDArray[np.float64]:
    """`(n, 2)` the path as x, y in cells, moved across its direction where it shares moves.

    Args:
        trajectory: whose.
        index: its place among all.
        sharing: which of them make each move.
        width: of its line, in pixels.
        cell: a cell's side, in pixels.
    """
    if not sharing:
        return _points(trajectory)
    shifts = []
    for move in _moves(trajectory):
        others = len(sharing[move]) - 1
        rank = sharing[move].index(index) - others / 2
        room = (_SPREAD * cell - width) / max(others, 1)
        shifts.append(rank * max(0.0, min(1.35 * width, room)) / cell)
    # A cell has the shift of the move out of it, the last one that of the move into it.
    at_cells = np.array([*shifts, *shifts[-1:]])[:, None]
    return np.asarray(_points(trajectory) + at_cells * _across(trajectory))


def _points(trajectory: Trajectory) -> NDArray[np.float64]:
    """`(n, 2)` the middles of its cells as x, y."""
    return np.asarray(trajectory.path[:, ::-1] + 0.5, np.float64)


def _across(trajectory: Trajectory) -> NDArray[np.float64]:
    """`(n, 2)` the direction across the path at each of its cells, longer where it turns."""
    along = np.diff(_points(trajectory), axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    before, after = np.vstack([normal[:1], normal]), np.vstack([normal, normal[-1:]])
    turn = (before * after).sum(axis=1, keepdims=True)
    # Where it turns back on itself the two sides swap, and the corner would be infinitely far.
    across = np.where(turn > -0.5, (before + after) / np.maximum(1 + turn, 0.5), after)
    return np.asarray(across, np.float64)
