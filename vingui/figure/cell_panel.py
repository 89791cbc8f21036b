"""Panels with cells: the map, and the layers of a run."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.arrow_geometry import arrow_lengths
from vingui.core.contours import contour_lines, split_by_shade
from vingui.core.rollout import Trajectory
from vingui.core.value_colours import FIRST, dark_on
from vingui.core.value_layers import Layer, depends_on_k
from vingui.figure.cell_paths import cell_area, cell_lines, policy_arrows, value_numbers
from vingui.figure.context import DrawContext
from vingui.figure.layer_colours import ColouredLayer
from vingui.figure.layout import Box
from vingui.figure.markers import (
    end_markers,
    goal_values,
    loop_shapes,
    marker_radius,
    place_markers,
    wrong_step_markers,
)
from vingui.figure.page import CellImage, Page
from vingui.figure.panel import Panel
from vingui.figure.shapes import (
    DARK_INK,
    LIGHT_INK,
    Colour,
    Shape,
    Shapes,
    rectangle,
)
from vingui.figure.terrain import cell_colours, shows_terrain, texture_shapes
from vingui.figure.text_layout import wrapped
from vingui.figure.trajectory_lines import casings_fit, trajectory_lines

# The side, in points, of the smallest cells that show each of these.
_GRID_FROM: Final = 2.4
_ARROWS_FROM: Final = 6.0
_WANTED_ARROWS_FROM: Final = 0.8
_NUMBERS_FROM: Final = 13.0
_WANTED_NUMBERS_FROM: Final = 4.0
_RINGS_FROM: Final = 12.0

_GRID_WIDTH: Final = 0.3
"""Points."""

_GRID_OPACITY: Final = 0.25
_TERRAIN_GRID_OPACITY: Final = 0.17
"""The opacity of lines between cells over values and over terrain; over free cells they are
opaque."""

_BACKGROUND_OPACITY: Final = 0.85
"""The opacity of the backgrounds of numbers that lines cross."""

_HATCH: Final = "/" * 7


class CellPanel:
    """A map's cells and what lies over them.

    Args:
        page: where to draw it.
        panel: what it shows.
        box: where its cells are.

    Attributes:
        axes: its axes, whose data coordinates are cells.
        artists: what changes with the iteration, and everything drawn over it.
    """

    def __init__(self, page: Page, panel: Panel, box: Box) -> None:
        context = page.context
        self._context, self._panel = context, panel
        self._coloured: ColouredLayer | None = None
        grid = context.run.grid
        self._points = context.sizes.points(box.width / grid.cols)
        self._radius = marker_radius(self._points, context.sizes, starts=len(grid.starts))
        self.axes = page.axes(box)
        self.axes.set(xlim=(0, grid.cols), ylim=(grid.rows, 0))
        # Ticks lie below the cells, so that a film need not redraw them. The frame lies below the
        # markers, which reach over it.
        self.axes.set_axisbelow(True)
        self.axes.spines[:].set_visible(False)
        self.artists: list[Artist] = []
        self._draw_cells(page)
        if panel.layer == "map" or not depends_on_k(panel.layer):
            self.artists.clear()
        self._draw_overlays()

    def show(self, k: int, coloured: ColouredLayer | None) -> None:
        """Show an iteration.

        Args:
            k: the iteration.
            coloured: its layer; `None` for the map.
        """
        context, theme, points = self._context, self._context.theme, self._points
        if coloured is not None and coloured is not self._coloured:
            self._show_layer(coloured)
        trajectories = context.trajectories(self._panel.layer, k)
        if coloured is not None:
            self._show_policy(coloured, k, trajectories)
        casings, lines = trajectory_lines(trajectories, context.run, k, theme, points)
        self._casings.set_shapes([*loop_shapes(trajectories, theme), *casings])
        ends = end_markers(trajectories, context.run, k, self._radius, theme, points)
        wrong = wrong_step_markers(
            context.wrong_steps(self._panel.layer, k), self._radius, theme, points
        )
        self._lines.set_shapes([*lines, *ends, *wrong])

    def _add(self, shapes: Sequence[Shape] = (), *, clip: bool = False) -> Shapes:
        artist = Shapes(shapes, zorder=len(self.axes.get_children()))
        self.axes.add_collection(artist, autolim=False)
        artist.set_clip_on(clip)
        self.artists.append(artist)
        return artist

    def _draw_cells(self, page: Page) -> None:
        context, theme, axes = self._context, self._context.theme, self.axes
        free, is_map = context.run.grid.free, self._panel.layer == "map"
        if is_map:
            self._draw_terrain(page)
        else:
            self._image = CellImage(axes, free.shape, vector=page.vector)
            self.artists.append(self._image)
            self._blank = self._add()
            self._blank.set_hatch(_HATCH)
        if context.options.grid and self._points >= _GRID_FROM:
            pixels = max(round(context.sizes.pt(_GRID_WIDTH)), 1)
            width = context.sizes.points(pixels)
            # On whole pixels, or the lines would be blurred.
            lines = cell_lines(
                free, shift=(pixels % 2) / 2 * context.sizes.points(1) / self._points
            )
            edge = self._grid_colour()
            self._add([Shape(lines, edge=edge, width=width)], clip=True).set_snap(False)
        if is_map or page.vector:
            self._add([Shape(cell_area(~free), theme.wall)])

    def _grid_colour(self) -> Colour:
        theme = self._context.theme
        if self._panel.layer != "map":
            return to_rgba(theme.grid, _GRID_OPACITY)
        if shows_terrain(self._context.run.grid):
            return to_rgba(theme.muted, _TERRAIN_GRID_OPACITY)
        return theme.grid

    def _draw_terrain(self, page: Page) -> None:
        grid, dark = self._context.run.grid, self._context.theme.dark
        if not shows_terrain(grid):
            self.axes.set_facecolor(self._context.theme.free)
            return
        CellImage(self.axes, grid.walls.shape, vector=page.vector).set_cells(
            cell_colours(grid, dark=dark)
        )
        self._add(texture_shapes(grid, dark=dark, points=self._points), clip=True)

    def _draw_overlays(self) -> None:
        context, theme, axes = self._context, self._context.theme, self.axes
        grid, is_map = context.run.grid, self._panel.layer == "map"
        if not is_map:
            self._contours = self._add(clip=True)
            self._arrows = self._add()
            self._missing = axes.text(
                0.5,
                0.5,
                "",
                transform=axes.transAxes,
                ha="center",
                va="center",
                zorder=len(axes.get_children()),
            )
            self.artists.append(self._missing)
        self._casings = self._add()
        if casings_fit(self._points):
            # Over walls they would cut the corners off that paths go past.
            self._casings.set_clip_on(True)
            self._casings.set_clip_path(cell_area(grid.free), axes.transData)
        self._lines = self._add()
        frame = rectangle(0, 0, grid.cols, grid.rows)
        self._add([Shape(frame, edge=theme.frame, width=context.sizes.hairline)])
        self._markers = self._add(place_markers(grid, self._radius, theme))
        if grid.goal_values:
            self._add(goal_values(grid, self._radius, theme, self._points))
        if not is_map:
            self._numbers = self._add()

    def _show_layer(self, coloured: ColouredLayer) -> None:
        self._coloured = coloured
        self._image.set_cells(coloured.table[coloured.entries])
        # An edge of no width has the colour of the hatch.
        hatch = self._context.theme.unreached_hatch
        self._blank.set_shapes([Shape(cell_area(coloured.blank), edge=hatch)])
        size = self._context.sizes.pt(self._context.sizes.small)
        self._missing.set_text(
            "\n".join(wrapped(coloured.missing, size, room=self.axes.bbox.width))
        )
        self._contours.set_shapes(self._contour_shapes(coloured))

    def _contour_shapes(self, coloured: ColouredLayer) -> list[Shape]:
        layer = coloured.layer
        if layer is None or layer.kind == "outcomes" or not self._context.options.contours:
            return []
        lines = contour_lines(layer, coloured.entries >= FIRST)
        parts = split_by_shade(lines, layer, dark_on(coloured.table)[FIRST:])
        width = max(0.075 * self._context.sizes.font_size, 0.35)
        return [
            Shape(_path_of(points), edge=ink, width=width)
            for points, ink in zip(parts, (LIGHT_INK, DARK_INK), strict=True)
        ]

    def _show_policy(
        self, coloured: ColouredLayer, k: int, trajectories: Sequence[Trajectory]
    ) -> None:
        layer, grid, theme = coloured.layer, self._context.run.grid, self._context.theme
        numbered = layer is not None and layer.kind != "outcomes" and self._has_numbers()
        arrows = has_arrows(self._context, self._panel, self._points) and self._show_arrows(
            k, coloured.dark_ink, above_numbers=numbered
        )
        marked = [*grid.starts, *grid.goals]
        shown = coloured.entries >= FIRST
        large = numbered and self._points >= _NUMBERS_FROM
        above_numbers = [cell for cell in marked if large and shown[cell]]
        ringed = marked if self._points >= _RINGS_FROM else []
        insides = {cell: coloured.colour(cell) for cell in ringed}
        self._markers.set_shapes(
            place_markers(grid, self._radius, theme, insides=insides, above_numbers=above_numbers)
        )
        if layer is None or not numbered:
            return
        low = np.full(shown.shape, arrows or bool(trajectories))
        for cell in marked:
            # Markers of smaller cells hide all of them.
            low[cell], shown[cell] = True, cell in above_numbers
        self._show_numbers(coloured, layer, shown, low, trajectories)

    def _show_numbers(
        self,
        coloured: ColouredLayer,
        layer: Layer,
        shown: NDArray[np.bool_],
        low: NDArray[np.bool_],
        trajectories: Sequence[Trajectory],
    ) -> None:
        """Show numbers, on backgrounds in the colours of their cells where lines cross them."""
        crossed = np.full(shown.shape, self._context.options.contours)
        for trajectory in trajectories:
            crossed[tuple(trajectory.path.T)] = True
        light, dark, backgrounds = value_numbers(layer.values, shown, coloured.dark_ink, low)
        by_colour: dict[str, list[Path]] = {}
        cells = np.argwhere(shown)[crossed[shown]].tolist()
        for cell, background in zip(cells, backgrounds[crossed[shown]], strict=True):
            by_colour.setdefault(coloured.colour((cell[0], cell[1])), []).append(
                rectangle(*background)
            )
        under = [
            Shape(Path.make_compound_path(*paths), to_rgba(colour, _BACKGROUND_OPACITY))
            for colour, paths in by_colour.items()
        ]
        self._numbers.set_shapes([*under, Shape(light, LIGHT_INK), Shape(dark, DARK_INK)])

    def _show_arrows(self, k: int, dark: NDArray[np.bool_], *, above_numbers: bool) -> bool:
        """Show the policy, and return whether there are any arrows."""
        grid, rule = self._context.run.grid, self._context.run.rule
        policy = self._context.run.readouts.policy(k, (0, 0, grid.rows, grid.cols))
        if policy is None:
            self._arrows.set_shapes([])
            return False
        lengths = arrow_lengths(policy)
        lengths[grid.walls] = 0
        for start in grid.starts:
            # Its marker would cover all but the ends of the arrows.
            lengths[start] = 0
        over_dark, over_light = policy_arrows(lengths, rule, dark, above_numbers=above_numbers)
        self._arrows.set_shapes([Shape(over_dark, LIGHT_INK), Shape(over_light, DARK_INK)])
        return bool(lengths.any())

    def _has_numbers(self) -> bool:
        wanted = self._context.options.numbers
        least = _NUMBERS_FROM if wanted is None else _WANTED_NUMBERS_FROM
        return wanted is not False and self._points >= least


def has_arrows(context: DrawContext, panel: Panel, points: float) -> bool:
    """Whether a panel shows the policy, given a cell's side in points."""
    wanted = context.options.arrows
    if panel.layer in ("map", "convergence") or wanted is False:
        return False
    if wanted is None:
        return panel.layer == "value" and points >= _ARROWS_FROM
    return points >= _WANTED_ARROWS_FROM


def _path_of(points: NDArray[np.float64]) -> Path:
    """One path of many lines, given `(n, 2)` points with a row of `nan` after each line."""
    ends = np.isnan(points[:, 0])
    begins = np.concatenate([[True], ends[:-1]]) if len(points) else ends
    codes = np.where(begins, Path.MOVETO, Path.LINETO).astype(Path.code_type)
    return Path(points[~ends], codes[~ends])
