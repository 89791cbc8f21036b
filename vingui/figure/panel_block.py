"""A panel with what belongs to it: its title, its numbers, and its colour bar or legend."""

from collections.abc import Sequence
from typing import Any, Final

from vingui.core.readouts import BEST
from vingui.core.value_layers import Layer, depends_on_k
from vingui.figure.cell_numbers import EDGE, CellNumbers
from vingui.figure.cell_panel import CellPanel
from vingui.figure.colour_bar import ColourBar, OutcomeLegend, bar_room, legend_room
from vingui.figure.context import DrawContext
from vingui.figure.convergence import ConvergencePanel, plot_room
from vingui.figure.layer_colours import (
    ColouredLayer,
    Limits,
    bar_labels,
    colour_layer,
    shown_k,
)
from vingui.figure.layout import Box, PanelRoom
from vingui.figure.page import Page
from vingui.figure.panel import WITH_LATENT, Panel
from vingui.figure.text_layout import fitting, subscript, width

# Lengths in sizes of the body text.
_HEADING: Final = 1.8
_TITLE_PAD: Final = 0.55


class PanelBlock:
    """One panel of a figure.

    Args:
        context: what the figure is drawn from.
        panel: what it shows.
        limits: the range that the colours of its layer must span at least; `None` for none.

    Raises:
        VinguiError: the run has not reached the panel's k.

    Attributes:
        panel: what it shows.
        k: the iteration that is shown.
        changes: whether it shows one iteration after another.
        is_plot: whether it is the convergence panel, which has no cells.
        coloured: its layer in colours, if it has one.
    """

    def __init__(self, context: DrawContext, panel: Panel, limits: Limits | None) -> None:
        self.panel, self.k = panel, shown_k(context.run, panel)
        self.changes = bool(context.film_ks) and panel.k is None
        self.is_plot = panel.layer == "convergence"
        self._context, self._limits = context, limits
        self.coloured = None if self.is_plot or panel.layer == "map" else self._colour_layer(self.k)
        self._content: CellPanel | ConvergencePanel
        self._bar: ColourBar | OutcomeLegend | None = None
        self._title_room = 0

    @property
    def layer(self) -> Layer | None:
        """Its layer, if it has one that is known."""
        return None if self.coloured is None else self.coloured.layer

    @property
    def bar_key(self) -> object:
        """Neighbours with equal keys share a colour bar; `None` for no bar."""
        layer, options = self.layer, self._context.options
        if layer is None or not options.bar:
            return None
        if layer.kind == "outcomes" or (self._context.is_film and options.scale == "frame"):
            return id(self)
        return layer.kind, layer.low, layer.high, bar_labels(layer, self.panel, options)

    def room(self, wide: float, numbers: CellNumbers, *, bar: bool) -> PanelRoom:
        """The room that it needs around itself.

        Args:
            wide: the pixels that it may take with its surroundings.
            numbers: its rows' and columns' numbers.
            bar: whether it has a bar.
        """
        context, sizes = self._context, self._context.sizes
        above = sizes.em(_HEADING)
        least = width(self._titles()[-1], sizes.pt(sizes.heading), bold=True)
        if self.is_plot:
            return plot_room(context, above=above, least=least)
        needed = 0.0
        if bar and self.layer is not None:
            is_legend = self.layer.kind == "outcomes"
            room = legend_room if is_legend else bar_room
            needed = room(context, self.layer, room=wide - numbers.left)
        right, below = (0.0, needed) if context.bars_below else (needed, 0.0)
        right = max(right, sizes.em(EDGE))
        return PanelRoom(False, numbers.left, right, above, numbers.below + below, least)

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
        context, self._title_room = self._context, max(title_room, box.width)
        if self.is_plot:
            cursor = self.changes or self.panel.k is not None
            self._content = ConvergencePanel(page, box, cursor=cursor)
        else:
            self._content = CellPanel(page, self.panel, box)
            numbers.draw(self._content.axes, box)
        self._title = self._content.axes.set_title("", pad=_TITLE_PAD * context.sizes.font_size)
        if bar and self.coloured is not None and self.layer is not None:
            below = box.bottom + round(numbers.below)
            if self.layer.kind == "outcomes":
                self._bar = OutcomeLegend(page, box, below, self.coloured.table, self.layer)
            else:
                labels = bar_labels(self.layer, self.panel, context.options)
                self._bar = ColourBar(page, box, below, self.coloured.table, self.layer, labels)
        self.show(self.k)

    def show(self, k: int) -> None:
        """Show an iteration, or the last one before it that the run keeps."""
        sizes, k = self._context.sizes, self._context.run.nearest(k)
        if k != self.k and self.coloured is not None and depends_on_k(self.panel.layer):
            self.coloured = self._colour_layer(k)
        self.k = k
        size, room = sizes.pt(sizes.heading), self._title_room
        self._title.set_text(fitting(self._titles(), size, room=room, bold=True))
        if isinstance(self._content, CellPanel):
            self._content.show(k, self.coloured)
        else:
            self._content.show(k)
        if self._bar is not None and self.layer is not None:
            self._bar.show(self.layer)

    @property
    def artists(self) -> Sequence[Any]:
        """What changes with the iteration, and what lies over that."""
        found = [self._title, *self._content.artists]
        if isinstance(self._bar, OutcomeLegend):
            found.append(self._bar.legend)
        elif self._bar is not None and self._context.options.scale == "frame":
            found.append(self._bar.axis)
        return found

    def _titles(self) -> tuple[str, ...]:
        """Its titles, longest first."""
        name = f"V{subscript(self.k)}"
        is_end = self.k == self._context.run.latest and not self.changes
        is_search = self._context.run.is_search
        match self.panel.layer:
            case "convergence":
                return ("Convergence",)
            case "value" if is_search:
                return f"Costs from the start, k = {self.k:,}", f"k = {self.k:,}"
            case "map" if is_search:
                return ("Path found" if is_end else f"Path, k = {self.k:,}",)
            case "map" if not self._context.trajectories("map", self.k):
                return ("Map",)
            case "map" if is_end:
                return "Greedy trajectories", "Trajectories"
            case "map":
                return f"Greedy trajectories under {name}", f"Trajectories, {name}"
            case "value":
                return f"Value function {name}", f"Value {name}", name
            case "outcomes":
                return f"Outcomes under {name}", "Outcomes"
            case "difference":
                of_layer = self.layer.name if self.layer is not None else ""
                how = next((how for how in ("fitted", "scaled") if how in of_layer), "")
                return f"{name}, {how}, − exact" if how else f"{name} − exact", "V − exact"
            case "q" if not is_end:
                return f"{self._layer_name}, k = {self.k:,}", self._layer_name
        return (self._layer_name,)

    @property
    def _layer_name(self) -> str:
        if self.layer is not None:
            return self.layer.name
        is_best = self.panel.latent == BEST and self.panel.layer in WITH_LATENT
        name = self.panel.layer.replace("-", " ")
        return f"{'Best ' if is_best else ''}{name}".capitalize()

    def _colour_layer(self, k: int) -> ColouredLayer:
        return colour_layer(self._context.run, self.panel, k, self._context.options, self._limits)
