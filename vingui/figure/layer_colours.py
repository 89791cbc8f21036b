"""A layer of a run in the colours of a figure, which are those of the window."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from vingui.core import value_colours
from vingui.core.errors import VinguiError
from vingui.core.extra_cost import EXTRA_COST
from vingui.core.grid import Cell
from vingui.core.outcome_categories import category_colours
from vingui.core.readouts import LEARNED_COST
from vingui.core.run import Run
from vingui.core.value_layers import (
    COST,
    Kind,
    Layer,
    compute_layer,
    missing_reason,
    run_range,
)
from vingui.figure.options import FigureOptions
from vingui.figure.panel import WITH_LATENT, Panel
from vingui.figure.theme import Theme

Limits = tuple[float, float]

_MISSING: Final = {
    "reward": "The reward is not known yet",
    "exact": "The exact value is not known yet",
    "difference": "The exact value is not known yet",
    "q": "Q is not known at this k",
    LEARNED_COST: "The learned costs are not known yet",
    "outcomes": "The policy is not known at this k",
    EXTRA_COST: "The policy is not known at this k",
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
        """A cell's colour as `#rrggbb`."""
        red, green, blue = self.table[self.entries[cell]].tolist()
        return f"#{red:02x}{green:02x}{blue:02x}"

    @property
    def dark_ink(self) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, the cells on which dark ink is easier to see."""
        return value_colours.dark_on(self.table)[self.entries]


def shown_k(run: Run, panel: Panel) -> int:
    """The iteration that a panel shows.

    Raises:
        VinguiError: the run has not reached it.
    """
    if panel.k is not None and panel.k > run.latest:
        raise VinguiError(
            f"The panel {panel} cannot be drawn: this plan has iterations 1 to {run.latest:,}"
        )
    return run.nearest(panel.k or run.latest)


def limits(run: Run, options: FigureOptions) -> dict[Panel, Limits | None]:
    """What the colours of each panel with a layer have to span at least.

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
        over_run = run_range(run, panel.layer, panel.latent)
        layer = compute_layer(run, shown_k(run, panel), panel.layer, panel.latent, whole=over_run)
        ends = over_run if layer is None else (layer.low, layer.high)
        whole[panel.layer] = min(low, ends[0]), max(high, ends[1])
    return {panel: whole.get(panel.layer) for panel in found}


def colour_layer(
    run: Run, panel: Panel, k: int, options: FigureOptions, whole: Limits | None
) -> ColouredLayer:
    """A panel's layer in the colours of a figure; without a layer, why there is none.

    Args:
        run: the run.
        panel: the panel.
        k: the iteration.
        options: the figure's options.
        whole: the range that the colours must span at least; `None` for none.
    """
    theme, walls = options.theme, run.grid.walls
    layer = _scaled(compute_layer(run, k, panel.layer, panel.latent, whole=whole), options)
    table = _table(layer.kind if layer else "outcomes", options.colour_map, theme)
    if layer is None:
        entries = np.where(walls, value_colours.WALL, value_colours.UNREACHED).astype(np.uint8)
        missing = missing_reason(run, panel.layer) or _MISSING.get(panel.layer, "Not known yet")
        return ColouredLayer(None, entries, table, missing)
    if layer.kind == "outcomes":
        entries = value_colours.labelled(layer.values, walls)
    else:
        entries = value_colours.tinted(layer.values, walls, low=layer.low, high=layer.high)
    return ColouredLayer(layer, entries, table, "")


def bar_labels(layer: Layer, panel: Panel, options: FigureOptions) -> tuple[str, ...]:
    """The labels of a panel's colour bar, longest first."""
    if options.bar_label:
        return (options.bar_label,)
    if panel.layer in WITH_LATENT:
        latents = {other.latent for other in options.panels if other.layer == panel.layer}
        if len(latents) > 1:
            return ("Q-value" if panel.layer == "q" else "Reward",)
    if panel.layer in (COST, LEARNED_COST):
        # Beside each other they share a bar.
        return f"Cost ({layer.unit})", "Cost"
    if panel.layer == "difference":
        return layer.label, f"V − exact ({layer.unit})", "V − exact"
    return layer.label, layer.name


def _scaled(layer: Layer | None, options: FigureOptions) -> Layer | None:
    if layer is None or layer.kind == "outcomes":
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
        colours = category_colours(theme.unreached)
    elif kind == "diverging":
        colours = gradient(value_colours.DIVERGING)
    else:
        colours = gradient(value_colours.colour_map_named(colour_map))
    return value_colours.palette(colours, wall=theme.wall, unreached=theme.unreached)


@cache
def gradient(colour_map: value_colours.ColourMap) -> NDArray[np.uint8]:
    """`(LEVELS, 3)` uint8, the RGB colours from low to high; not writeable."""
    colours = _colours(colour_map.source)
    places = np.linspace(colour_map.first, 1, value_colours.LEVELS) * (len(colours) - 1)
    known = np.arange(len(colours))
    table = np.stack([np.interp(places, known, part) for part in colours.T], axis=1)
    table = np.asarray(table.astype(np.uint8))
    table.flags.writeable = False
    return table


def _colours(source: str) -> NDArray[np.float64]:
    """`(n, 3)` evenly spaced colours, whole numbers from 0 to 255."""
    if source.startswith("CET-"):
        # Importing it registers its maps with Matplotlib.
        import colorcet  # noqa: F401

        source = "cet_" + source.replace("-", "_")
    table = mpl.colormaps[source]
    return np.asarray(np.rint(table(np.arange(table.N))[:, :3] * 255), float)
