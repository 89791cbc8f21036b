"""Beside or below a panel: the colour bar of its values, or the legend of its outcomes."""

import math
from collections.abc import Sequence
from typing import Final, cast

import numpy as np
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.collections import QuadMesh
from matplotlib.colors import ListedColormap, Normalize, to_rgba
from numpy.typing import NDArray

from vingui.core.phrases import percent
from vingui.core.ticks import tick_labels, ticks
from vingui.core.value_colours import FIRST
from vingui.core.value_layers import Layer
from vingui.figure.context import DrawContext
from vingui.figure.fonts import drawable
from vingui.figure.layout import Box
from vingui.figure.legend import (
    Entry,
    add_legend,
    by_column,
    entry_width,
    legend_columns,
    legend_height,
)
from vingui.figure.marker_key import hatched_swatch, swatch
from vingui.figure.page import PAD, TICK, Page
from vingui.figure.shapes import Shape
from vingui.figure.text_layout import fitting, one_line, width

# Lengths in sizes of the body text.
_GAP: Final = 0.7
_BAR: Final = 0.95
_LABEL: Final = 1.4
_TICK_ROOM: Final = 2.4
_WIDE_TICK_ROOM: Final = 3.84

_MOST_TICKS: Final = 8
_HANDLE: Final = 1.1


class ColourBar:
    """A colour bar.

    Args:
        page: where to add it.
        box: the panel that the bar is beside or below.
        below: the first pixel below the panel's numbers.
        table: the colours of `layer`, as in `ColouredLayer`.
        layer: the layer whose values it explains.
        labels: what the values are, longest first.
    """

    def __init__(
        self,
        page: Page,
        box: Box,
        below: int,
        table: NDArray[np.uint8],
        layer: Layer,
        labels: Sequence[str],
    ) -> None:
        context, sizes, em = page.context, page.context.sizes, page.context.sizes.em
        horizontal = context.bars_below
        if horizontal:
            place = Box(box.left, round(below + em(PAD)), box.width, round(em(_BAR)))
            length, tick_room = place.width, em(_WIDE_TICK_ROOM)
        else:
            place = Box(round(box.right + em(_GAP)), box.top, round(em(_BAR)), box.height)
            length, tick_room = place.height, em(_TICK_ROOM)
        self._most = min(max(math.floor(length / tick_room), 2), _MOST_TICKS)
        # Its scale is from 0 to 1: other limits only need other ticks.
        mappable = ScalarMappable(Normalize(0, 1), ListedColormap(table[FIRST:] / 255))
        self._bar = page.figure.colorbar(
            mappable,
            cax=page.axes(place),
            ticks=[],
            orientation="horizontal" if horizontal else "vertical",
        )
        # As vectors, viewers would show seams between the colours.
        cast(QuadMesh, self._bar.solids).set_rasterized(True)
        self.show(layer)
        known = [drawable(one_line(label, limit=200)) for label in labels]
        text = fitting(known, sizes.pt(sizes.small), room=length)
        self._bar.set_label(text, color=context.theme.text)
        # The label stays in its place when a film changes the limits.
        distance = em(TICK + 2 * PAD)
        if horizontal:
            label_at = 0.5, -(distance + em(0.8)) / place.height
        else:
            label_at = 1 + (distance + _widest_number(context, layer)) / place.width, 0.5
        self.axis.set_label_coords(*label_at)

    @property
    def axis(self) -> Axis:
        """The axis with the limits, which changes with them."""
        return self._bar.long_axis

    def show(self, layer: Layer) -> None:
        """Show the limits of another layer."""
        numbers = ticks(layer.low, layer.high, most=self._most)
        shares = [(number - layer.low) / (layer.high - layer.low) for number in numbers]
        self._bar.set_ticks(shares, labels=tick_labels(numbers))


def bar_room(context: DrawContext, layer: Layer, *, room: float = 0) -> float:
    """The pixels that a colour bar takes beside or below its panel, however wide that is."""
    em = context.sizes.em
    if context.bars_below:
        return em(PAD + _BAR + TICK + PAD + 1 + _LABEL)
    return em(_GAP + _BAR + TICK + PAD) + _widest_number(context, layer) + em(_LABEL)


def _widest_number(context: DrawContext, layer: Layer) -> float:
    """The width of the widest number that a bar may have."""
    size, counts = context.sizes.pt(context.sizes.small), range(2, _MOST_TICKS + 1)
    numbers = [tick_labels(ticks(layer.low, layer.high, most=count)) for count in counts]
    return max((width(label, size) for labels in numbers for label in labels), default=0.0)


class OutcomeLegend:
    """The colours of outcomes, and how many cells end with each.

    Args: as those of `ColourBar`.

    Attributes:
        legend: Matplotlib's legend.
    """

    def __init__(
        self,
        page: Page,
        box: Box,
        below: int,
        table: NDArray[np.uint8],
        layer: Layer,
    ) -> None:
        context, em = page.context, page.context.sizes.em
        outcomes = _shown(context, layer)
        columns, at = 1, (box.right + em(_GAP), float(box.top))
        if context.bars_below:
            columns = _columns(context, layer, room=box.width)
            at = float(box.left), below + em(PAD)
        entries = [
            Entry(layer.categories[index].name, _swatch(context, layer, table, index))
            for index in outcomes
        ]
        self.legend = add_legend(page, entries, at=at, columns=columns, handle=_HANDLE)
        self._outcomes = [outcomes[index] for index in by_column(len(outcomes), columns)]
        self.show(layer)

    def show(self, layer: Layer) -> None:
        """Show the counts of another layer."""
        for index, text in zip(self._outcomes, self.legend.get_texts(), strict=True):
            text.set_text(f"{layer.categories[index].name}  {_count(layer, index)}")


def legend_room(context: DrawContext, layer: Layer, *, room: float) -> float:
    """The pixels that a legend takes beside a panel or, given its width, below it."""
    em, labels = context.sizes.em, _widest_labels(context, layer)
    if context.bars_below:
        rows = math.ceil(len(labels) / _columns(context, layer, room=room))
        return em(PAD) + legend_height(context, rows)
    return em(_GAP) + max(
        (entry_width(context, label, handle=_HANDLE) for label in labels), default=0
    )


def _columns(context: DrawContext, layer: Layer, *, room: float) -> int:
    return legend_columns(context, _widest_labels(context, layer), room=room, handle=_HANDLE)


def _swatch(
    context: DrawContext, layer: Layer, table: NDArray[np.uint8], index: int
) -> list[Shape]:
    em, theme, hair = context.sizes.small, context.theme, context.sizes.hairline
    if not layer.categories[index].colour:
        return hatched_swatch(em, theme, hair)
    return swatch(em, to_rgba(table[FIRST + index] / 255), theme.frame, hair)


def _shown(context: DrawContext, layer: Layer) -> list[int]:
    """The indices of the categories that occur, or in a film may occur."""
    return [index for index, count in enumerate(layer.counts) if count or context.is_film]


def _widest_labels(context: DrawContext, layer: Layer) -> list[str]:
    widest = f"{context.run.grid.walls.size:,} (99.99%)"
    return [
        f"{layer.categories[index].name}  {widest if context.is_film else _count(layer, index)}"
        for index in _shown(context, layer)
    ]


def _count(layer: Layer, index: int) -> str:
    total = max(sum(layer.counts), 1)
    return f"{layer.counts[index]:,} ({percent(layer.counts[index] / total)})"
