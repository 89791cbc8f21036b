"""A panel with what belongs to it: its title, its numbers, and its colour bar or legend."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.value_layers import Layer, depends_on_k
from vingui.figure import convergence
from vingui.figure.cell_numbers import EDGE, CellNumbers
from vingui.figure.cell_panel import CellPanel
from vingui.figure.colour_bar import ColourBar, OutcomeLegend, bar_room, legend_room
from vingui.figure.context import DrawContext
from vingui.figure.convergence import ConvergencePanel
from vingui.figure.layer_colours import (
    ColouredLayer,
    Limits,
    bar_labels,
    colour_layer,
    shown_k,
    titles,
)
from vingui.figure.layout import Box, PanelRoom
from vingui.figure.page import Page
from vingui.figure.panel import Panel
from vingui.figure.text_layout import fitting, width

# Lengths in sizes of the body text.
_HEADING: Final = 1.8
_TITLE_PAD: Final = 0.55


class PanelBlock:
    """One panel of a figure.

    Args:
        context: of the figure.
        panel: what it shows.
        limits: what the colours of its layer have to span at least.

    Raises:
        VinguiError: the run has not reached the panel's k.

    Attributes:
        panel: what it shows.
        k: the iteration that is shown.
        changes: whether it shows one iteration after another.
        is_plot: whether it is the convergence panel, which has no cells.
        view: its layer, if it has one.
    """

    def __init__(self, context: DrawContext, panel: Panel, limits: Limits | None) -> None:
        self.panel, self.k = panel, shown_k(context.run, panel)
        self.changes = context.is_film and panel.k is None
        self.is_plot = panel.layer == "convergence"
        self._context, self._limits = context, limits
        self.view = None if self.is_plot or panel.layer == "map" else self._view(self.k)
        self._content: CellPanel | ConvergencePanel | None = None
        self._bar: ColourBar | OutcomeLegend | None = None
        self._title_room = 0.0

    @property
    def bar_key(self) -> object:
        """Neighbours with equal keys share a colour bar; `None` for no bar."""
        view, context = self.view, self._context
        if view is None or view.layer is None or not context.options.bar:
            return None
        layer = view.layer
        if layer.kind == "outcomes" or (context.is_film and context.options.scale == "frame"):
            return id(self)
        return layer.kind, layer.low, layer.high, bar_labels(layer, self.panel, context.options)

    def room(self, wide: float, numbers: CellNumbers, *, bar: bool) -> PanelRoom:
        """Return the room that it needs around itself.

        Args:
            wide: the pixels that it may take with its surroundings.
            numbers: its rows' and columns' numbers.
            bar: whether it has a bar.
        """
        context, sizes = self._context, self._context.sizes
        above = sizes.em(_HEADING)
        least = width(self._titles()[-1], sizes.pt(sizes.heading), bold=True)
        if self.is_plot:
            left, right = convergence.left_room(context), convergence.right_room(context)
            return PanelRoom(True, left, right, above, convergence.below_room(context), least)
        needed = self._bar_room(wide - numbers.left) if bar else 0.0
        right, below = (0.0, needed) if context.bars_below else (needed, 0.0)
        return PanelRoom(
            False, numbers.left, max(right, sizes.em(EDGE)), above, numbers.below + below, least
        )

    def _bar_room(self, wide: float) -> float:
        view, context = self.view, self._context
        if view is None or view.layer is None:
            return 0.0
        if view.layer.kind == "outcomes":
            return legend_room(context, view.layer, room=wide)
        return bar_room(context, view.layer)

    def draw(
        self, page: Page, box: Box, numbers: CellNumbers, *, title_room: int, bar: bool
    ) -> None:
        """Draw it.

        Args:
            page: where to draw it.
            box: where its cells are, or its curves.
            numbers: its rows' and columns' numbers.
            title_room: pixels that its title may take.
            bar: whether it has a bar.
        """
        self._title_room = max(title_room, box.width)
        pad = _TITLE_PAD * self._context.sizes.font_size
        if self.is_plot:
            cursor = self.changes or self.panel.k is not None
            self._content = ConvergencePanel(page, self._context, box, cursor=cursor)
        else:
            self._content = CellPanel(page, self._context, self.panel, box)
            numbers.draw(self._content.axes, box)
        self._title = self._content.axes.set_title("", pad=pad)
        if bar and self.view is not None and self.view.layer is not None:
            self._bar = self._make_bar(page, box, numbers, self.view.table, self.view.layer)
        self.show(self.k)

    def _make_bar(
        self, page: Page, box: Box, numbers: CellNumbers, table: NDArray[np.uint8], layer: Layer
    ) -> ColourBar | OutcomeLegend:
        context, below = self._context, box.bottom + round(numbers.below)
        if layer.kind == "outcomes":
            return OutcomeLegend(page, context, box, below, table, layer)
        labels = bar_labels(layer, self.panel, context.options)
        return ColourBar(page, context, box, below, table, layer, labels)

    def show(self, k: int) -> None:
        """Show an iteration, or the last one before it that the run keeps."""
        sizes, k = self._context.sizes, self._context.run.frame(k)[0]
        if k != self.k and self.view is not None and depends_on_k(self.panel.layer):
            self.view = self._view(k)
        self.k = k
        size, room = sizes.pt(sizes.heading), self._title_room
        self._title.set_text(fitting(self._titles(), size, room=room, bold=True))
        match self._content:
            case CellPanel() as cells:
                cells.show(k, self.view)
            case ConvergencePanel() as curves:
                curves.show(k)
        if self._bar is not None and self.view is not None and self.view.layer is not None:
            self._bar.show(self.view.layer)

    @property
    def artists(self) -> Sequence[Any]:
        """What changes with the iteration, and what lies over that."""
        found: list[Any] = [self._title]
        if self._content is not None:
            found += self._content.artists
        match self._bar:
            case OutcomeLegend() as outcomes:
                found.append(outcomes.legend)
            case ColourBar() as bar if self._context.options.scale == "frame":
                found.append(bar.axis)
        return found

    def _titles(self) -> tuple[str, ...]:
        """Return its titles, longest first."""
        run, has_trajectories = (
            self._context.run,
            bool(self._context.trajectories(self.panel.layer, self.k)),
        )
        return titles(
            run,
            self.panel,
            self.k,
            self.view,
            has_trajectories=has_trajectories,
            changes=self.changes,
        )

    def _view(self, k: int) -> ColouredLayer:
        return colour_layer(self._context.run, self.panel, k, self._context.options, self._limits)
