"""One picture of a plan: the map with its trajectories beside the value map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vingui.core.plan import Plan
from vingui.core.rollout import Trajectory
from vingui.figure import page as pages
from vingui.figure.arrows import draw_arrows, shown_actions
from vingui.figure.layout import Box, Layout, arrange
from vingui.figure.lettering import DPI, subscript
from vingui.figure.marks import MOST_NUMBERS, Sizes, draw_marks
from vingui.figure.options import FigureOptions, Theme
from vingui.figure.panels import (
    draw_bar,
    draw_edges,
    draw_map,
    draw_values,
    panel_axes,
    value_scale,
)
from vingui.figure.tracks import draw_light_tracks, draw_tracks

ARROWS_FROM: Final = 20
"""Pixels a cell from which the value map shows the policy."""

_DEFAULT: Final = FigureOptions()


def plan_figure(
    plan: Plan, trajectories: Sequence[Trajectory], *, options: FigureOptions = _DEFAULT
) -> Figure:
    """Draw a plan: the map with its trajectories beside the value map V_K.

    Args:
        plan: the plan. Of its values only the last are drawn.
        trajectories: greedy rollouts of its policy, from `vingui.core.rollout.rollout`.
        options: what can be chosen.

    Returns:
        A figure of its own, which no other part of Matplotlib knows of. Each cell is the same
        whole number of pixels in both panels at the figure's own resolution.
    """
    with matplotlib.style.context("default"):
        return _drawn(plan, trajectories, options)


@dataclass(frozen=True)
class _Picture:
    """What the parts of a figure are drawn from."""

    plan: Plan
    trajectories: Sequence[Trajectory]
    theme: Theme
    layout: Layout
    sizes: Sizes
    arrows: bool


def _drawn(plan: Plan, trajectories: Sequence[Trajectory], options: FigureOptions) -> Figure:
    theme, layout = options.theme, arrange(plan.grid.rows, plan.grid.cols)
    arrows = layout.cell >= ARROWS_FROM if options.arrows is None else options.arrows
    arrows = arrows and bool(shown_actions(plan).any())
    sizes = Sizes.of(layout.cell, starts=len(trajectories))
    picture = _Picture(plan, trajectories, theme, layout, sizes, arrows)
    said = pages.caption(plan, trajectories, options)
    numbered = any(trajectory.start is not None for trajectory in trajectories)
    words = layout.words
    lines = pages.caption_lines(said, starts=numbered, room=words.width)
    items = pages.key_items(plan, trajectories, arrows=arrows, theme=theme)
    key = pages.key_height(items, room=words.width)
    height = layout.height(key + pages.caption_height(lines))
    figure = _blank(layout.width, height, theme.paper)
    page = pages.page_axes(figure, width=layout.width, height=height)
    pages.draw_key(page, items, left=words.left, top=words.top, room=words.width, theme=theme)
    pages.draw_caption(
        page,
        lines,
        left=words.left,
        top=words.top + key,
        numbered=len(trajectories) <= MOST_NUMBERS,
        theme=theme,
    )
    _draw_map_panel(figure, page, picture)
    _draw_value_panel(figure, page, picture)
    return figure


def _blank(width: int, height: int, colour: str) -> Figure:
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=colour)
    FigureCanvasAgg(figure)
    return figure


def _draw_map_panel(figure: Figure, page: Axes, picture: _Picture) -> None:
    plan, theme, layout = picture.plan, picture.theme, picture.layout
    panel = panel_axes(figure, _share(figure, layout.map_box))
    draw_map(panel, plan.grid, cell=layout.cell, theme=theme)
    draw_tracks(panel, picture.trajectories, picture.sizes, theme)
    draw_marks(panel, plan, picture.trajectories, picture.sizes, theme)
    draw_edges(panel, plan.grid, row_labels=True, col_labels=not layout.stacked, theme=theme)
    gone = any(trajectory.start is not None for trajectory in picture.trajectories)
    _title(page, "Greedy trajectories" if gone else "Map", layout.map_box, theme)


def _draw_value_panel(figure: Figure, page: Axes, picture: _Picture) -> None:
    plan, theme, layout = picture.plan, picture.theme, picture.layout
    panel = panel_axes(figure, _share(figure, layout.value_box))
    colours = draw_values(panel, plan, theme)
    if picture.arrows:
        draw_arrows(panel, plan, colours, theme)
    draw_light_tracks(
        panel, picture.trajectories, picture.sizes, theme, under_arrows=picture.arrows
    )
    draw_marks(panel, plan, picture.trajectories, picture.sizes, theme)
    draw_edges(panel, plan.grid, row_labels=layout.stacked, col_labels=True, theme=theme)
    _title(page, f"Value function V{subscript(plan.iterations)}", layout.value_box, theme)
    scale = value_scale(plan, theme)
    if scale is not None:
        bar = panel_axes(figure, _share(figure, layout.bar))
        draw_bar(bar, scale, lying=layout.stacked, theme=theme)


def _title(page: Axes, text: str, panel: Box, theme: Theme) -> None:
    pages.draw_title(page, text, left=panel.left, bottom=panel.top, theme=theme)


def _share(figure: Figure, box: Box) -> tuple[float, float, float, float]:
    """A box of the page as shares of it: left, bottom, width, height."""
    width, height = figure.bbox.width, figure.bbox.height
    return box.left / width, 1 - box.bottom / height, box.width / width, box.height / height
