"""The key: what of the marks is in the picture, and what they mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.path import Path

from vingui.core.arrow_geometry import arrow_outlines
from vingui.core.rollout import Outcome, Trajectory
from vingui.figure.lettering import flow, width
from vingui.figure.marks import cross_mark, goal_mark, island_mark, ring_mark, start_mark
from vingui.figure.page import Page
from vingui.figure.scene import Scene
from vingui.figure.shapes import Shape, line, rectangle, seen_through, strokes

# Lengths in sizes of the body text.
LINE: Final = 1.7
_GAP: Final = 0.45
_BETWEEN: Final = 1.6
_RADIUS: Final = 0.42
_SIDE: Final = 1.0

_MOST_WALKS: Final = 64
"""Iterations of a film whose trajectories are looked at for what the key has to tell."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Item:
    """One entry of the key.

    Attributes:
        text: what it means.
        width: of its picture, in sizes of the body text.
        draw: gives its picture, given its left edge on the middle line.
    """

    text: str
    width: float
    draw: Callable[[Scene, Point], list[Shape]]


@dataclass(frozen=True)
class Contents:
    """What there is in a figure.

    Attributes:
        trajectories: all that are shown.
        arrows: whether the policy is.
        blank: whether there are cells without a value.
    """

    trajectories: Sequence[Trajectory]
    arrows: bool
    blank: bool


def key_items(scene: Scene, contents: Contents) -> list[Item]:
    """The key: what of it is in the picture."""
    grid = scene.run.grid
    outcomes = {one.outcome for one in contents.trajectories}
    candidates = (
        (grid.goal is not None, Item("goal", 2 * _RADIUS, _goal)),
        (bool(grid.starts), Item("start", 2 * _RADIUS, _start)),
        (
            any(
                one.steps and one.outcome is not Outcome.UNREACHABLE
                for one in contents.trajectories
            ),
            Item("greedy trajectory", 1.8, _walk),
        ),
        (Outcome.LOOP in outcomes, Item("loops", _SIDE, _loop)),
        (Outcome.WALL in outcomes, Item("runs into a wall", 0.8, _cross)),
        (Outcome.OUT_OF_STEPS in outcomes, Item("stops: no value yet", 0.8, _stop)),
        (Outcome.UNREACHABLE in outcomes, Item("no path to the goal", 1.3, _island)),
        (bool(grid.walls.any()), Item("wall", _SIDE, _wall)),
        (contents.blank, Item("no value", _SIDE, _blank)),
        (contents.arrows, Item("policy (longest: likeliest)", 1.2, _arrow)),
    )
    return [item for there, item in candidates if there]


def shown_trajectories(scene: Scene, ks: Sequence[tuple[str, int]]) -> list[Trajectory]:
    """Those that the panels of a figure show, or may show in a film.

    Args:
        scene: of the figure.
        ks: for each panel its layer and its k.
    """
    shown = [walk for layer, k in ks for walk in scene.trajectories(layer, k)]
    if scene.moving:
        places = np.unique(np.linspace(0, len(scene.ks) - 1, _MOST_WALKS, dtype=int))
        layers = [layer for layer, _ in ks if layer in ("map", "value")]
        for place in places.tolist() if layers else ():
            shown += scene.trajectories(layers[0], scene.ks[place])
    return shown


def key_height(scene: Scene, items: Sequence[Item], *, room: float) -> float:
    """How many pixels high a key is that has `room` pixels a line."""
    places = _places(scene, items, room)
    return scene.sizes.em(LINE) * (1 + max((row for row, _ in places), default=-1))


def draw_key(
    page: Page, scene: Scene, items: Sequence[Item], *, left: float, top: float, room: float
) -> None:
    """Draw the key in lines of `room` pixels."""
    em, shapes = scene.sizes.em, []
    for item, (row, shift) in zip(items, _places(scene, items, room), strict=True):
        x, y = left + shift, top + (row + 0.5) * em(LINE)
        shapes += item.draw(scene, (x, y))
        page.text(
            item.text,
            x + em(item.width + _GAP),
            y,
            size=scene.sizes.small,
            colour=scene.theme.text,
            va="middle",
        )
    page.shapes(shapes)


def _places(scene: Scene, items: Sequence[Item], room: float) -> list[tuple[int, float]]:
    em, size = scene.sizes.em, scene.sizes.pt(scene.sizes.small)
    widths = [em(item.width + _GAP) + width(item.text, size) for item in items]
    return flow(widths, gap=em(_BETWEEN), room=room)


def _goal(scene: Scene, at: Point) -> list[Shape]:
    radius = scene.sizes.em(_RADIUS)
    return goal_mark((at[0] + radius, at[1]), radius, scene.theme)


def _start(scene: Scene, at: Point) -> list[Shape]:
    radius = scene.sizes.em(_RADIUS)
    return start_mark((at[0] + radius, at[1]), radius, scene.theme.start(0), "", scene.theme)


def _walk(scene: Scene, at: Point) -> list[Shape]:
    points = [at, (at[0] + scene.sizes.em(1.8), at[1])]
    return [Shape(line(points), edge=scene.theme.start(0), width=1.6)]


def _cross(scene: Scene, at: Point) -> list[Shape]:
    em = scene.sizes.em
    return cross_mark((at[0] + em(0.4), at[1]), em(0.32), scene.sizes, scene.theme)


def _loop(scene: Scene, at: Point) -> list[Shape]:
    colour = scene.theme.start(0)
    return [Shape(_swatch(scene, at), seen_through(colour, 0.28), colour, 0.6)]


def _stop(scene: Scene, at: Point) -> list[Shape]:
    em, theme = scene.sizes.em, scene.theme
    middle = at[0] + em(0.4), at[1]
    return ring_mark(middle, em(0.3), theme.start(0), scene.sizes, theme, filled=True)


def _island(scene: Scene, at: Point) -> list[Shape]:
    em, theme = scene.sizes.em, scene.theme
    middle = at[0] + em(0.65), at[1]
    disc = start_mark(middle, em(0.32), theme.start(0), "", theme)
    return island_mark(middle, em(0.6), theme.start(0), theme) + disc


def _wall(scene: Scene, at: Point) -> list[Shape]:
    edge, hair = scene.theme.frame, scene.sizes.hairline
    return [Shape(_swatch(scene, at), scene.theme.wall, edge, hair)]


def _blank(scene: Scene, at: Point) -> list[Shape]:
    theme, side = scene.theme, scene.sizes.em(_SIDE)
    lines = strokes(at[0], at[1] - side / 2, side)
    return [
        Shape(_swatch(scene, at), theme.unreached),
        Shape(lines, edge=theme.unreached_mark, width=0.5),
        Shape(_swatch(scene, at), edge=theme.frame, width=scene.sizes.hairline),
    ]


def _arrow(scene: Scene, at: Point) -> list[Shape]:
    cell = scene.sizes.em(1.35)
    corners = arrow_outlines(np.ones(1))[0]
    points = corners * cell + (at[0] + scene.sizes.em(0.6), at[1])
    return [Shape(line(points), scene.theme.text)]


def _swatch(scene: Scene, at: Point) -> Path:
    side = scene.sizes.em(_SIDE)
    return rectangle(at[0], at[1] - side / 2, side, side)
