"""The key: which markers the figure contains and what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path

from vingui.core.arrow_geometry import arrow_outlines
from vingui.core.rollout import Outcome, Trajectory
from vingui.figure.context import DrawContext
from vingui.figure.legend import Entry
from vingui.figure.markers import (
    cross_marker,
    goal_marker,
    island_marker,
    ring_marker,
    start_marker,
)
from vingui.figure.shapes import Point, Shape, rectangle, segments
from vingui.figure.theme import Theme

HANDLE: Final = 1.6
"""Width of the key's pictures in letter sizes."""

_MOST_FRAMES: Final = 64
"""Frames of a film whose trajectories are searched for outcomes that the key has to explain."""


@dataclass(frozen=True)
class Contents:
    """What a figure shows.

    Attributes:
        trajectories: all that are shown.
        arrows: whether the policy is shown.
        blank: whether there are cells without a value.
    """

    trajectories: Sequence[Trajectory]
    arrows: bool
    blank: bool


def key_entries(context: DrawContext, contents: Contents) -> list[Entry]:
    """Return the entries for what the figure contains."""
    grid, theme, hair = context.run.grid, context.theme, context.sizes.hairline
    colour = theme.start(0)
    outcomes = {one.outcome for one in contents.trajectories}
    walked = any(
        one.steps and one.outcome is not Outcome.UNREACHABLE for one in contents.trajectories
    )

    def goal(at: Point, em: float) -> list[Shape]:
        return goal_marker(at, 0.48 * em, theme)

    def start(at: Point, em: float) -> list[Shape]:
        return start_marker(at, 0.48 * em, colour, "", theme)

    def trajectory(at: Point, em: float) -> list[Shape]:
        ends = np.add([(-0.8 * em, 0), (0.8 * em, 0)], at)
        return [Shape(segments(ends), edge=colour, width=1.6)]

    def loop(at: Point, em: float) -> list[Shape]:
        return [Shape(swatch(at, em), to_rgba(colour, 0.28), colour, 0.6)]

    def into_wall(at: Point, em: float) -> list[Shape]:
        return cross_marker(at, 0.36 * em, theme, 1)

    def stop(at: Point, em: float) -> list[Shape]:
        return ring_marker(at, 0.34 * em, colour, theme, 1, filled=True)

    def island(at: Point, em: float) -> list[Shape]:
        disc = start_marker(at, 0.36 * em, colour, "", theme)
        return island_marker(at, 0.68 * em, colour, theme) + disc

    def wall(at: Point, em: float) -> list[Shape]:
        return [Shape(swatch(at, em), theme.wall, theme.frame, hair)]

    def no_value(at: Point, em: float) -> list[Shape]:
        return hatched_swatch(at, em, theme, hair)

    def arrow(at: Point, em: float) -> list[Shape]:
        return [Shape(Path(arrow_outlines(np.ones(1))[0] * 1.6 * em + at), theme.text)]

    candidates = (
        (grid.goal is not None, Entry("goal", goal)),
        (bool(grid.starts), Entry("start", start)),
        (walked, Entry("greedy trajectory", trajectory)),
        (Outcome.LOOP in outcomes, Entry("loops", loop)),
        (Outcome.WALL in outcomes, Entry("runs into a wall", into_wall)),
        (Outcome.OUT_OF_STEPS in outcomes, Entry("stops: no value yet", stop)),
        (Outcome.UNREACHABLE in outcomes, Entry("no path to the goal", island)),
        (bool(grid.walls.any()), Entry("wall", wall)),
        (contents.blank, Entry("no value", no_value)),
        (contents.arrows, Entry("policy (longest: likeliest)", arrow)),
    )
    return [entry for there, entry in candidates if there]


def shown_trajectories(context: DrawContext, ks: Sequence[tuple[str, int]]) -> list[Trajectory]:
    """Return the trajectories that panels show, or may show in a film.

    Args:
        context: of the figure.
        ks: the layer and k of each panel.
    """
    shown = [one for layer, k in ks for one in context.trajectories(layer, k)]
    layers = [layer for layer, _ in ks if layer in ("map", "value")]
    if context.is_film and layers:
        places = np.unique(np.linspace(0, len(context.film_ks) - 1, _MOST_FRAMES, dtype=int))
        for place in places.tolist():
            shown += context.trajectories(layers[0], context.film_ks[place])
    return shown


def swatch(at: Point, em: float) -> Path:
    """Return the small rectangle that shows a colour in a legend."""
    return rectangle(at[0] - 0.55 * em, at[1] - 0.55 * em, 1.1 * em, 1.1 * em)


def hatched_swatch(at: Point, em: float, theme: Theme, hair: float) -> list[Shape]:
    """Return a swatch for cells without a value."""
    low, high = -0.55 * em, 0.55 * em
    lines = [(low, 0), (0, high), (low, low), (high, high), (0, low), (high, 0)]
    return [
        Shape(swatch(at, em), theme.unreached),
        Shape(segments(np.add(lines, at)), edge=theme.unreached_mark, width=0.5),
        Shape(swatch(at, em), edge=theme.frame, width=hair),
    ]
