"""A layer of a run in the colours of a figure, and the titles of panels."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core import value_colours
from vingui.core.errors import VinguiError
from vingui.core.grid import Cell
from vingui.core.outcome_categories import ending_colours
from vingui.core.run import Run
from vingui.core.value_layers import BEST, Kind, Layer, layer_image, run_range
from vingui.figure.gradient import gradient
from vingui.figure.options import FigureOptions
from vingui.figure.panel import WITH_LATENT, Panel
from vingui.figure.text_layout import subscript
from vingui.figure.theme import Theme

Limits = tuple[float, float]

_MISSING: Final = {
    "reward": "The reward is not known yet",
    "exact": "The exact value is not known yet",
    "difference": "The exact value is not known yet",
    "q": "Q is not known at this k",
    "outcomes": "The policy is not known at this k",
}


@dataclass(frozen=True, eq=False)
class ColouredLayer:
    """A layer of a run in colours.

    Attributes:
        layer: its values; `None` while unknown.
        entries: `(rows, cols)` uint8, the colour of each cell as an index of `table`.
        table: `(256, 3)` uint8 RGB.
        missing: why there is no layer; empty if there is one.
    """

    layer: Layer | None
    entries: NDArray[np.uint8]
    table: NDArray[np.uint8]
    missing: str

    @property
    def blank(self) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, the free cells without a value."""
        blank = self.entries == value_colours.UNREACHED
        if self.layer is not None and self.layer.kind == "outcomes":
            blank |= self.entries == value_colours.FIRST + round(self.layer.high)
        return np.asarray(blank)

    def colour(self, cell: Cell) -> str:
        """Return a cell's colour as `#rrggbb`."""
        red, green, blue = self.table[self.entries[cell]].tolist()
        return f"#{red:02x}{green:02x}{blue:02x}"

    @property
    def dark_ink(self) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, the cells on which dark ink is easier to see."""
        return value_colours.dark_on(self.table)[self.entries]


def shown_k(run: Run, panel: Panel) -> int:
    """Return the iteration that a panel shows.

    Raises:
        VinguiError: the run has not reached it.
    """
    if panel.k is not None and panel.k > run.latest:
        raise VinguiError(
            f"The panel {panel} cannot be drawn: this plan has iterations 1 to {run.latest:,}"
        )
    return run.frame(panel.k or run.latest)[0]


def limits(run: Run, options: FigureOptions) -> dict[Panel, Limits | None]:
    """Return what the colours of each panel with a layer have to span at least.

    Panels of one layer have the same limits, those of different latent actions too, so that they
    can be compared. `None` means that colours are fitted to each frame.
    """
    shown = [panel for panel in options.panels if panel.layer not in ("map", "convergence")]
    found: dict[Panel, Limits | None] = dict.fromkeys(shown)
    if options.scale == "frame":
        return found
    whole: dict[str, Limits] = {}
    for panel in found:
        if panel.layer == "outcomes":
            continue
        low, high = whole.get(panel.layer, (np.inf, -np.inf))
        own = run_range(run, panel.layer, panel.latent)
        layer = layer_image(run, shown_k(run, panel), panel.layer, panel.latent, whole=own)
        ends = own if layer is None else (layer.low, layer.high)
        whole[panel.layer] = min(low, ends[0]), max(high, ends[1])
    return {panel: whole.get(panel.layer) for panel in found}


def colour_layer(
    run: Run, panel: Panel, k: int, options: FigureOptions, whole: Limits | None
) -> ColouredLayer:
    """Return a panel's layer in the colours of a figure.

    Args:
        run: the run.
        panel: which layer.
        k: the iteration.
        options: of the figure.
        whole: what the colours have to span at least.
    """
    theme, walls = options.theme, run.grid.walls
    layer = layer_image(run, k, panel.layer, panel.latent, whole=whole)
    if layer is None:
        entries = np.where(walls, value_colours.WALL, value_colours.UNREACHED).astype(np.uint8)
        table = _table("outcomes", options.colour_map, theme)
        return ColouredLayer(None, entries, table, _MISSING.get(panel.layer, "Not known yet"))
    layer = _scaled(layer, options)
    table = _table(layer.kind, options.colour_map, theme)
    if layer.kind == "outcomes":
        return ColouredLayer(layer, value_colours.labelled(layer.values, walls), table, "")
    entries = value_colours.tinted(layer.values, walls, low=layer.low, high=layer.high)
    return ColouredLayer(layer, entries, table, "")


def titles(
    run: Run,
    panel: Panel,
    k: int,
    view: ColouredLayer | None,
    *,
    has_trajectories: bool,
    changes: bool,
) -> tuple[str, ...]:
    """Return a panel's titles, longest first.

    Args:
        run: the run.
        panel: what it shows.
        k: the iteration.
        view: its layer; `None` where it has none.
        has_trajectories: whether the map shows trajectories.
        changes: whether it shows one iteration after another.
    """
    name = f"V{subscript(k)}"
    match panel.layer:
        case "convergence":
            return ("Convergence",)
        case "map" if not has_trajectories:
            return ("Map",)
        case "map" if k == run.latest and not changes:
            return "Greedy trajectories", "Trajectories"
        case "map":
            return f"Greedy trajectories under {name}", f"Trajectories, {name}"
        case "value":
            return f"Value function {name}", f"Value {name}", name
        case "outcomes":
            return (f"Outcomes under {name}", "Outcomes")
        case "difference":
            fits = view is not None and view.layer is not None and "fitted" in view.layer.name
            title = f"{name}, fitted, − exact" if fits else f"{name} − exact"
            return title, "V − exact"
        case "q" if k < run.latest or changes:
            title = _name(view, panel)
            return f"{title}, k = {k:,}", title
    return (_name(view, panel),)


def bar_labels(layer: Layer, panel: Panel, options: FigureOptions) -> tuple[str, ...]:
    """Return the labels of a panel's colour bar, longest first."""
    if options.bar_label:
        return (options.bar_label,)
    if panel.layer in WITH_LATENT:
        latents = {one.latent for one in options.panels if one.layer == panel.layer}
        if len(latents) > 1:
            return ("Q-value" if panel.layer == "q" else "Reward",)
    if panel.layer == "difference":
        return layer.label, f"V − exact ({layer.unit})", "V − exact"
    return layer.label, layer.name


def _name(view: ColouredLayer | None, panel: Panel) -> str:
    if view is not None and view.layer is not None:
        return view.layer.name
    best = "Best " if panel.latent == BEST and panel.layer in WITH_LATENT else ""
    return f"{best}{panel.layer}".capitalize()


def _scaled(layer: Layer, options: FigureOptions) -> Layer:
    if layer.kind == "outcomes":
        return layer
    if options.scale == "fixed" and options.low is not None and options.high is not None:
        return replace(layer, low=options.low, high=options.high)
    if options.scale == "symmetric":
        most = max(-layer.low, layer.high)
        return replace(layer, kind="diverging", low=-most, high=most)
    return layer


@cache
def _table(kind: Kind, colour_map: str, theme: Theme) -> NDArray[np.uint8]:
    if kind == "outcomes":
        colours = ending_colours(theme.unreached)
    elif kind == "diverging":
        colours = gradient(value_colours.DIVERGING)
    else:
        colours = gradient(value_colours.colour_map_named(colour_map))
    return value_colours.palette(colours, wall=theme.wall, unreached=theme.unreached)
