"""The panels with cells: the map, and the layers of a run."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import NDArray

from vingui.core.arrow_geometry import arrow_lengths
from vingui.core.contours import contour_lines, shaded
from vingui.core.policy import policy_at
from vingui.core.rollout import Trajectory
from vingui.core.tint import FIRST, dark_on
from vingui.core.value_layers import Layer, depends_on_k
from vingui.figure.arrows import arrows
from vingui.figure.contours import path_of
from vingui.figure.layout import Box
from vingui.figure.marks import end_marks, loop_tints, mark_radius, place_marks
from vingui.figure.numbers import numbers
from vingui.figure.outlines import cell_lines, outline
from vingui.figure.page import Page
from vingui.figure.panel import Panel
from vingui.figure.scene import Scene
from vingui.figure.shapes import (
    DARK_INK,
    LIGHT_INK,
    Place,
    Shape,
    joined,
    rectangle,
    seen_through,
)
from vingui.figure.sizes import Sizes
from vingui.figure.tracks import casings_fit, tracks
from vingui.figure.view import View

# Points of the smallest cells that show it.
_LINES_FROM: Final = 2.4
_ARROWS_FROM: Final = 6.0
_ASKED_ARROWS_FROM: Final = 0.8
_NUMBERS_FROM: Final = 13.0
_ASKED_NUMBERS_FROM: Final = 4.0

_FAINT: Final = 0.25
"""The opacity of the lines between cells, whose colour is made for the map's ground."""

_MARKS_SHOW_VALUES_FROM: Final = 12.0
"""Points of the smallest cell whose mark is a ring about its colour."""

_PLATE: Final = 0.85
"""The opacity of a number's ground, in the colour of its cell, over the lines that cross it."""

_HATCH: Final = 3.4
"""Points from one line of the hatching to the next, along an edge."""


class CellPanel:
    """A map's cells and what lies over them.

    Args:
        page: it is drawn on.
        scene: of the figure.
        panel: what it shows.
        box: where its cells are.
    """

    def __init__(self, page: Page, scene: Scene, panel: Panel, box: Box) -> None:
        self._page, self._scene, self._panel, self._box = page, scene, panel, box
        self._view: View | None = None
        grid = scene.run.grid
        self._place = Place(box.left, box.top, box.width / grid.cols)
        self._radius = mark_radius(self._place.cell, scene.sizes, starts=len(grid.starts))
        first = len(page.artists)
        self._draw_ground()
        over = len(page.artists)
        self._draw_overlays()
        moves = panel.layer != "map" and depends_on_k(panel.layer)
        self._moving = page.artists[first if moves else over :]

    def show(self, k: int, view: View | None) -> None:
        """Show the iteration k from now on.

        Args:
            k: the iteration.
            view: of its layer; `None` for the map.
        """
        scene, panel = self._scene, self._panel
        if view is not None and view is not self._view:
            self._show_layer(view)
        walks = scene.trajectories(panel.layer, k)
        if view is not None:
            self._show_policy(view, k, walks)
        place, theme, sizes = self._place, scene.theme, scene.sizes
        casings, lines = tracks(walks, scene.run, k, place, sizes, theme)
        self._casings.show([*loop_tints(walks, place, theme), *casings])
        ends = end_marks(walks, scene.run, k, place, self._radius, sizes, theme)
        self._tracks.show([*lines, *ends])

    @property
    def artists(self) -> list[Artist]:
        """What another iteration changes, and what lies over it."""
        return self._moving

    def _draw_ground(self) -> None:
        page, scene, box = self._page, self._scene, self._box
        theme, free = scene.theme, scene.run.grid.free
        ground = rectangle(box.left, box.top, box.width, box.height)
        is_map = self._panel.layer == "map"
        if is_map:
            page.shapes([Shape(ground, theme.free)])
        else:
            self._picture = page.picture(box)
            self._hatch = page.shapes([_hatching(box, scene.sizes, theme.unreached_mark)])
        if scene.options.grid and scene.sizes.points(self._place.cell) >= _LINES_FROM:
            width = max(round(scene.sizes.pt(0.3)), 1)
            # As wide as pixels are and upon them, or the lines would be blurred.
            shift = (width % 2) / 2 / self._place.cell
            lines = self._place.path(cell_lines(free, shift=shift))
            edge = theme.grid if is_map else seen_through(theme.grid, _FAINT)
            page.shapes(
                [Shape(lines, edge=edge, width=scene.sizes.points(width))], within=box, snap=False
            )
        if is_map or page.vector:
            page.shapes([Shape(self._place.path(outline(~free)), theme.wall)])

    def _draw_overlays(self) -> None:
        page, scene, box = self._page, self._scene, self._box
        grid, theme = scene.run.grid, scene.theme
        if self._panel.layer != "map":
            self._contours = page.shapes([], within=box)
            self._arrows = page.shapes([])
            middle = box.left + box.width / 2, box.top + box.height / 2
            size, colour = scene.sizes.small, theme.text
            self._missing: Text = page.text(
                "", *middle, size=size, colour=colour, ha="center", va="middle"
            )
        self._casings = page.shapes([])
        if casings_fit(self._place.cell, scene.sizes):
            # Over walls they would cut the corners off that paths go past.
            page.cut(self._casings, self._place.path(outline(grid.free)))
        self._tracks = page.shapes([])
        frame = rectangle(box.left, box.top, box.width, box.height)
        edge = Shape(frame, edge=theme.frame, width=scene.sizes.hairline)
        page.shapes([edge])
        marks = place_marks(grid.goal, grid.starts, self._place, self._radius, theme)
        self._marks = page.shapes(marks)
        if self._panel.layer != "map":
            self._numbers = page.shapes([])

    def _show_layer(self, view: View) -> None:
        self._view = view
        self._page.fill(self._picture, view.table[view.entries])
        blank = view.blank
        self._hatch.set_visible(bool(blank.any()))
        if blank.any():
            self._page.cut(self._hatch, self._place.path(outline(blank)))
        self._missing.set_text(view.missing)
        self._contours.show(self._contour_shapes(view))

    def _contour_shapes(self, view: View) -> list[Shape]:
        layer = view.layer
        if layer is None or layer.kind == "outcomes" or not self._scene.options.contours:
            return []
        lines = contour_lines(layer, view.entries >= FIRST)
        parts = shaded(lines, layer, dark_on(view.table)[FIRST:])
        width = max(0.075 * self._scene.sizes.body, 0.35)
        return [
            Shape(self._place.path(path_of(points)), edge=ink, width=width)
            for points, ink in zip(parts, (LIGHT_INK, DARK_INK), strict=True)
        ]

    def _show_policy(self, view: View, k: int, walks: Sequence[Trajectory]) -> None:
        layer, grid = view.layer, self._scene.run.grid
        numbered = layer is not None and layer.kind != "outcomes" and self._has_numbers()
        pointed = self._has_arrows() and self._show_arrows(k, view.dark_ink, lifted=numbered)
        marked = [*grid.starts, *([grid.goal] if grid.goal else [])]
        points = self._scene.sizes.points(self._place.cell)
        shown = view.entries >= FIRST
        lifted = [cell for cell in marked if shown[cell]]
        if not numbered or points < _NUMBERS_FROM:
            lifted = []
        insides = {cell: view.colour(cell) for cell in marked}
        self._marks.show(
            place_marks(
                grid.goal,
                grid.starts,
                self._place,
                self._radius,
                self._scene.theme,
                insides=insides if points >= _MARKS_SHOW_VALUES_FROM else None,
                lifted=lifted,
            )
        )
        if layer is None or not numbered:
            return
        low = np.full(shown.shape, pointed or bool(walks))
        for cell in marked:
            # Smaller marks hide all of their cells.
            low[cell], shown[cell] = True, cell in lifted
        self._show_numbers(view, layer, shown, low, walks)

    def _show_numbers(
        self,
        view: View,
        layer: Layer,
        shown: NDArray[np.bool_],
        low: NDArray[np.bool_],
        walks: Sequence[Trajectory],
    ) -> None:
        """The numbers, on grounds of their cells' colours where lines would cross them."""
        crossed = np.full(shown.shape, self._scene.options.contours)
        for walk in walks:
            crossed[tuple(walk.path.T)] = True
        light, black, grounds = numbers(layer.values, shown, view.dark_ink, low)
        cells = np.argwhere(shown)
        by_colour: dict[str, list[Path]] = {}
        for cell, ground in zip(
            cells[crossed[shown]].tolist(), grounds[crossed[shown]], strict=True
        ):
            by_colour.setdefault(view.colour((cell[0], cell[1])), []).append(rectangle(*ground))
        plates = [
            Shape(self._place.path(joined(paths)), seen_through(colour, _PLATE))
            for colour, paths in by_colour.items()
        ]
        self._numbers.show([*plates, *self._inked((light, black))])

    def _show_arrows(self, k: int, dark: NDArray[np.bool_], *, lifted: bool) -> bool:
        grid, rule = self._scene.run.grid, self._scene.run.rule
        policy = policy_at(self._scene.run, k)
        if policy is None:
            self._arrows.show([])
            return False
        lengths = arrow_lengths(policy)
        lengths[grid.walls] = 0
        for start in grid.starts:
            # Its mark would cover all but the ends of the arrows.
            lengths[start] = 0
        paths = arrows(lengths, rule, dark, lifted=lifted)
        self._arrows.show(self._inked(paths))
        return bool(lengths.any())

    def _inked(self, paths: tuple[Path, Path]) -> list[Shape]:
        inks = zip(paths, (LIGHT_INK, DARK_INK), strict=True)
        return [Shape(self._place.path(path), ink) for path, ink in inks]

    def _has_arrows(self) -> bool:
        return has_arrows(self._scene, self._panel, self._place.cell)

    def _has_numbers(self) -> bool:
        wanted, points = self._scene.options.numbers, self._scene.sizes.points(self._place.cell)
        least = _NUMBERS_FROM if wanted is None else _ASKED_NUMBERS_FROM
        return wanted is not False and points >= least


def has_arrows(scene: Scene, panel: Panel, cell: float) -> bool:
    """Whether a panel shows the policy, given a cell's side in pixels."""
    wanted, points = scene.options.arrows, scene.sizes.points(cell)
    if panel.layer in ("map", "convergence") or wanted is False:
        return False
    if wanted is None:
        return panel.layer == "value" and points >= _ARROWS_FROM
    return points >= _ASKED_ARROWS_FROM


def _hatching(box: Box, sizes: Sizes, colour: str) -> Shape:
    """Diagonal lines all over a box."""
    step = sizes.pt(_HATCH)
    begin = np.arange(step / 2, box.width + box.height, step)
    x, y = np.minimum(begin, box.width), np.minimum(begin, box.height)
    ends = np.stack([begin - y, y, x, begin - x], axis=1).reshape(-1, 2)
    points = ends + np.array([box.left, box.top])
    lines = Path(points, np.tile([Path.MOVETO, Path.LINETO], len(begin)))
    return Shape(lines, edge=colour, width=0.5)
