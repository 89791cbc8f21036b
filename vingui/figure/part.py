"""A panel with what belongs to it: its title, its numbers, and its bar or legend."""

from collections.abc import Sequence
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.text import Text

from vingui.core.value_layers import depends_on_k
from vingui.figure import plot as plots
from vingui.figure.bars import Bar, Legend, bar_room, legend_room
from vingui.figure.edges import Edges
from vingui.figure.layout import Box, Need
from vingui.figure.lettering import fitting, width
from vingui.figure.page import Page
from vingui.figure.panel import Panel
from vingui.figure.panels import CellPanel
from vingui.figure.plot import Plot
from vingui.figure.scene import Scene
from vingui.figure.view import Limits, View, bar_labels, make_view, shown_k, titles

# Lengths in sizes of the body text.
_HEADING: Final = 1.8
_LIFT: Final = 0.55


class Part:
    """One panel of a figure.

    Args:
        scene: of the figure.
        panel: what it shows.
        whole: what the colours of its layer are to span at least.

    Raises:
        VinguiError: the run has not come as far as the panel's k.

    Attributes:
        panel: what it shows.
        k: the iteration that is shown.
        moves: whether it shows one iteration after the other.
        view: its layer, if it has one.
    """

    def __init__(self, scene: Scene, panel: Panel, whole: Limits | None) -> None:
        self.panel, self.k = panel, shown_k(scene.run, panel)
        self.moves = scene.moving and panel.k is None
        self.plot = panel.layer == "convergence"
        self._scene, self._whole = scene, whole
        self.view = None if self.plot or panel.layer == "map" else self._view(self.k)
        self._cells: CellPanel | None = None
        self._plot: Plot | None = None
        self._bar: Bar | Legend | None = None
        self._heading: Text | None = None
        self._room = 0.0

    @property
    def bar_key(self) -> object:
        """Panels beside each other share a bar where this is the same; `None` for no bar."""
        view, scene = self.view, self._scene
        if view is None or view.layer is None or not scene.options.bar:
            return None
        layer = view.layer
        alone = layer.kind == "outcomes" or (scene.moving and scene.options.scale == "frame")
        labels = bar_labels(layer, self.panel, scene.options)
        return id(self) if alone else (layer.kind, layer.low, layer.high, labels)

    def titles(self) -> tuple[str, ...]:
        """What it is called, the longest first."""
        run, walked = self._scene.run, bool(self._scene.trajectories(self.panel.layer, self.k))
        return titles(run, self.panel, self.k, self.view, walked=walked, moves=self.moves)

    # The room that it needs.

    def need(self, wide: float, edges: Edges, *, bar: bool) -> Need:
        """The room around it.

        Args:
            wide: the width that there is for it with its surroundings, in pixels.
            edges: its numbers.
            bar: whether it has a bar.
        """
        scene = self._scene
        size = scene.sizes.pt(scene.sizes.heading)
        above, least = scene.sizes.em(_HEADING), width(self.titles()[-1], size, bold=True)
        if self.plot:
            left, right = plots.left_room(scene), plots.right_room(scene)
            return Need(True, left, right, above, plots.below_room(scene), least)
        beside = self._bar_room(wide - edges.left) if bar else 0.0
        right = 0.0 if scene.lying else beside
        below = edges.below + beside - right
        return Need(False, edges.left, edges.air.right + right, edges.air.top + above, below, least)

    def _bar_room(self, wide: float) -> float:
        view, scene = self.view, self._scene
        if view is None or view.layer is None:
            return 0.0
        if view.layer.kind == "outcomes":
            return legend_room(scene, view.layer, width=wide)
        return bar_room(scene, view.layer)

    # Drawing it.

    def draw(self, page: Page, box: Box, edges: Edges, *, slot: int, bar: bool) -> None:
        """Draw it into a box.

        Args:
            page: it is drawn on.
            box: where its cells are, or its plot.
            edges: its numbers.
            slot: the width that its title has.
            bar: whether it has a bar.
        """
        scene, sizes = self._scene, self._scene.sizes
        self._room = max(slot, box.width)
        lift = sizes.em(_LIFT) + (0 if self.plot else edges.air.top)
        self._heading = page.text(
            "", box.left, box.top - lift, size=sizes.heading, colour=scene.theme.text, bold=True
        )
        if self.plot:
            cursor = self.moves or self.panel.k is not None
            self._plot = Plot(page, scene, box, cursor=cursor)
        else:
            edges.draw(page, box)
            self._cells = CellPanel(page, scene, self.panel, box)
        if bar:
            self._draw_bar(page, box, edges)
        self.show(self.k)

    def _draw_bar(self, page: Page, box: Box, edges: Edges) -> None:
        scene, view = self._scene, self.view
        if view is None or view.layer is None:
            return
        below = box.bottom + round(edges.below)
        if not scene.lying:
            box = Box(box.left, box.top, box.width + round(edges.air.right), box.height)
        if view.layer.kind == "outcomes":
            self._bar = Legend(page, scene, box, below, view)
            return
        labels = bar_labels(view.layer, self.panel, scene.options)
        self._bar = Bar(page, scene, box, below, view, labels)

    def show(self, k: int) -> None:
        """Show the iteration k from now on, or the last before it that was kept."""
        sizes, k = self._scene.sizes, self._scene.run.frame(k)[0]
        if k != self.k and self.view is not None and depends_on_k(self.panel.layer):
            self.view = self._view(k)
        self.k = k
        if self._heading is not None:
            size = sizes.pt(sizes.heading)
            self._heading.set_text(fitting(self.titles(), size, room=self._room, bold=True))
        if self._cells is not None:
            self._cells.show(k, self.view)
        if self._plot is not None:
            self._plot.show(k)
        if self._bar is not None and self.view is not None:
            self._bar.show(self.view)

    @property
    def artists(self) -> Sequence[Any]:
        """What another iteration changes, and what lies over it."""
        found: list[Artist | None] = [self._heading]
        if self._cells is not None:
            found += self._cells.artists
        if self._plot is not None:
            found += self._plot.artists
        if self._bar is not None and self._bar_moves:
            found += self._bar.artists
        return [artist for artist in found if artist is not None]

    @property
    def _bar_moves(self) -> bool:
        return isinstance(self._bar, Legend) or self._scene.options.scale == "frame"

    def _view(self, k: int) -> View:
        return make_view(self._scene.run, self.panel, k, self._scene.options, self._whole)
