"""The key: the markers that a figure contains, and their meanings."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path

from vingui.core.arrow_geometry import arrow_outlines
from vingui.core.rollout import Outcome
from vingui.figure.context import DrawContext
from vingui.figure.legend import Entry
from vingui.figure.markers import (
    cross_marker,
    diamond_marker,
    goal_marker,
    island_marker,
    ring_marker,
    start_marker,
)
from vingui.figure.panel import Panel
from vingui.figure.shapes import Colour, Shape, segments, square
from vingui.figure.terrain import terrain_entries
from vingui.figure.theme import Theme

HANDLE: Final = 1.6
"""Width of the key's pictures in letter sizes."""

_MOST_FRAMES: Final = 64
"""Frames of a film whose trajectories are searched for outcomes that the key has to explain."""


def key_entries(
    context: DrawContext, panel_ks: Sequence[tuple[Panel, int]], *, arrows: bool, blank: bool
) -> list[Entry]:
    """The entries for what a figure contains.

    Args:
        context: what the figure is drawn from.
        panel_ks: the panels and the iterations that they show.
        arrows: whether the policy is shown.
        blank: whether there are cells without a value.
    """
    shown = _shown(context, panel_ks)
    trajectories = [one for layer, k in shown for one in context.trajectories(layer, k)]
    is_wrong = any(context.wrong_steps(layer, k) for layer, k in shown)
    if context.shared is not None:
        trajectories += context.shared.trajectories
        is_wrong |= context.shared.wrong
    grid, theme, em = context.run.grid, context.theme, context.sizes.small
    colour, hair, middle = theme.start(0), context.sizes.hairline, (0.0, 0.0)
    outcomes = {trajectory.outcome for trajectory in trajectories}
    has_lines = any(
        trajectory.steps and trajectory.outcome is not Outcome.UNREACHABLE
        for trajectory in trajectories
    )
    line = Shape(segments([(-0.8 * em, 0), (0.8 * em, 0)]), edge=colour, width=1.6)
    island = island_marker(middle, 0.68 * em, colour, theme)
    candidates = (
        (
            bool(grid.goals),
            "goal, with its value" if grid.goal_values else "goal",
            goal_marker(middle, 0.48 * em, theme),
        ),
        (bool(grid.starts), "start", start_marker(middle, 0.48 * em, colour, "", theme)),
        (has_lines, "path found" if context.run.is_search else "greedy trajectory", [line]),
        (Outcome.LOOP in outcomes, "loops", swatch(em, to_rgba(colour, 0.28), colour, 0.6)),
        (Outcome.WALL in outcomes, "runs into a wall", cross_marker(middle, 0.36 * em, theme, 1)),
        (
            Outcome.OUT_OF_STEPS in outcomes,
            "no path yet" if context.run.is_search else "stops: no value yet",
            ring_marker(middle, 0.34 * em, colour, theme, 1, filled=True),
        ),
        (is_wrong, "first wrong step", diamond_marker(middle, 0.4 * em, theme)),
        (
            Outcome.UNREACHABLE in outcomes,
            "no path to the goal",
            [*island, *start_marker(middle, 0.36 * em, colour, "", theme)],
        ),
        (bool(grid.walls.any()), "wall", swatch(em, theme.wall, theme.frame, hair)),
        (blank, "no value", hatched_swatch(em, theme, hair)),
        (
            arrows,
            "policy (longest: likeliest)",
            [Shape(Path(arrow_outlines(np.ones(1))[0] * 1.6 * em), theme.text)],
        ),
    )
    entries = [Entry(label, shapes) for there, label, shapes in candidates if there]
    if any(panel.layer == "map" for panel, _ in panel_ks):
        entries += terrain_entries(context)
    return entries


def _shown(context: DrawContext, panel_ks: Sequence[tuple[Panel, int]]) -> list[tuple[str, int]]:
    """The layers of panels and the iterations that they show, or may show in a film."""
    shown = [(panel.layer, k) for panel, k in panel_ks]
    layers = [panel.layer for panel, _ in panel_ks if panel.layer in ("map", "value")]
    if context.shared is None and context.is_film and layers:
        places = np.unique(np.linspace(0, len(context.film_ks) - 1, _MOST_FRAMES, dtype=int))
        shown += [(layers[0], context.film_ks[place]) for place in places.tolist()]
    return shown


def swatch(em: float, face: Colour, edge: Colour, width: float) -> list[Shape]:
    """The small square that shows a colour in a legend."""
    return [Shape(square((0, 0), 0.55 * em), face, edge, width)]


def hatched_swatch(em: float, theme: Theme, hair: float) -> list[Shape]:
    """A swatch for cells without a value."""
    side = 0.55 * em
    lines = [(-side, 0), (0, side), (-side, -side), (side, side), (0, -side), (side, 0)]
    return [
        *swatch(em, theme.unreached, "none", 0),
        Shape(segments(lines), edge=theme.unreached_hatch, width=0.5),
        *swatch(em, "none", theme.frame, hair),
    ]
