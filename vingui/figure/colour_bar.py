"""Beside or below a panel: the colour bar of its values, or the legend of its outcomes."""

import math
from collections.abc import Sequence
from typing import Final, cast

from matplotlib.artist import Artist
from matplotlib.cm import ScalarMappable
from matplotlib.collections import QuadMesh
from matplotlib.colors import ListedColormap, Normalize

from vingui.core.outcome_categories import ENDINGS
from vingui.core.phrases import percent
from vingui.core.ticks import tick_labels, ticks
from vingui.core.tint import FIRST
from vingui.core.value_layers import Layer
from vingui.figure.context import DrawContext
from vingui.figure.fonts import drawable
from vingui.figure.layer_colours import ColouredLayer
from vingui.figure.layout import Box
from vingui.figure.legend import (
    Entry,
    add_legend,
    legend_columns,
    legend_height,
    legend_width,
)
from vingui.figure.marker_key import hatched_swatch, swatch
from vingui.figure.page import PAD, TICK, Page
from vingui.figure.shapes import Point, Shape
from vingui.figure.text_layout import fitting, font, one_line, width

# Lengths in sizes of the body text.
_GAP: Final = 0.7
_BAR: Final = 0.95
_LABEL: Final = 1.4
_TICK_ROOM: Final = 2.4
_TWO_LINES: Final = 2.7

_MOST_TICKS: Final = 8
_HANDLE: Final = 1.1


class ColourBar:
    """A colour bar.

    Args:
        page: where to add it.
        context: of the figure.
        box: the panel, beside or below which it stands.
        below: the first pixel below the panel's numbers.
        view: whose colours it explains.
        labels: what the values are, longest first.
    """

    def __init__(
        self,
        page: Page,
        context: DrawContext,
        box: Box,
        below: int,
        view: ColouredLayer,
        labels: Sequence[str],
    ) -> None:
        em, sizes, horizontal = context.sizes.em, context.sizes, context.bars_below
        if horizontal:
            place = Box(box.left, round(below + em(PAD)), box.width, round(em(_BAR)))
            self._length = place.width
        else:
            place = Box(round(box.right + em(_GAP)), box.top, round(em(_BAR)), box.height)
            self._length = place.height
        self._context = context
        # Its scale is from 0 to 1: other limits only need other ticks.
        mappable = ScalarMappable(Normalize(0, 1), ListedColormap(view.table[FIRST:] / 255))
        self._bar = page.figure.colorbar(
            mappable,
            cax=page.axes(place),
            ticks=[],
            orientation="horizontal" if horizontal else "vertical",
        )
        # As vectors, viewers would show seams between the colours.
        cast(QuadMesh, self._bar.solids).set_rasterized(True)
        self.show(view)
        text = drawable(one_line(fitting(_known(labels), sizes.pt(sizes.small), room=self._length)))
        self._bar.set_label(text, color=context.theme.text, fontproperties=font(sizes.small, text))

    def show(self, view: ColouredLayer) -> None:
        """Show the limits of another view."""
        if (layer := view.layer) is None:
            return
        numbers = ticks(layer.low, layer.high, most=_most_ticks(self._context, self._length))
        shares = [(number - layer.low) / (layer.high - layer.low) for number in numbers]
        self._bar.set_ticks(shares, labels=tick_labels(numbers))

    @property
    def artists(self) -> list[Artist]:
        """What other limits change."""
        return [self._bar.long_axis]


def bar_room(context: DrawContext, layer: Layer) -> float:
    """Return the pixels that a colour bar takes beside or below its panel."""
    em = context.sizes.em
    if context.bars_below:
        return em(PAD + _BAR + TICK + PAD + 1 + _LABEL)
    return em(_GAP + _BAR + TICK + PAD) + _widest_number(context, layer) + em(_LABEL)


def _known(labels: Sequence[str]) -> list[str]:
    return [drawable(one_line(label, limit=200)) for label in labels]


def _most_ticks(context: DrawContext, length: float) -> int:
    room = context.sizes.em(_TICK_ROOM * (1.6 if context.bars_below else 1))
    return min(max(math.floor(length / room), 2), _MOST_TICKS)


def _widest_number(context: DrawContext, layer: Layer) -> float:
    """Return the width of the widest number that a bar may have."""
    size = context.sizes.pt(context.sizes.small)
    return max(
        (
            width(label, size)
            for most in range(2, _MOST_TICKS + 1)
            for label in tick_labels(ticks(layer.low, layer.high, most=most))
        ),
        default=0.0,
    )


class OutcomeLegend:
    """The colours of outcomes, and how many cells end with each.

    Args: as those of `ColourBar`.
    """

    def __init__(
        self, page: Page, context: DrawContext, box: Box, below: int, view: ColouredLayer
    ) -> None:
        em = context.sizes.em
        self._shown = _shown(context, view.layer)
        self._two_lines = _has_two_lines(context, box.height, view.layer)
        entries = [self._entry(context, view, ending) for ending in self._shown]
        at, columns = (box.right + em(_GAP), float(box.top)), 1
        if context.bars_below:
            at = float(box.left), below + em(PAD)
            labels = _labels(context, view.layer)
            columns = legend_columns(context, labels, room=box.width, handle=_HANDLE)
        self._columns = columns
        self._legend = add_legend(page, context, entries, at=at, columns=columns, handle=_HANDLE)

    def show(self, view: ColouredLayer) -> None:
        """Show the counts of another view."""
        if (layer := view.layer) is None:
            return
        order = [e for column in range(self._columns) for e in self._shown[column :: self._columns]]
        for ending, text in zip(order, self._legend.get_texts(), strict=True):
            text.set_text(self._label(layer, ending))

    @property
    def artists(self) -> list[Artist]:
        """What other counts change."""
        return [self._legend]

    def _label(self, layer: Layer, ending: int) -> str:
        between = "\n" if self._two_lines else "  "
        return f"{ENDINGS[ending].name}{between}{_count(layer, ending)}"

    def _entry(self, context: DrawContext, view: ColouredLayer, ending: int) -> Entry:
        red, green, blue = (view.table[FIRST + ending] / 255).tolist()
        theme, hair = context.theme, context.sizes.hairline

        def draw(at: Point, em: float) -> list[Shape]:
            if not ENDINGS[ending].colour:
                return hatched_swatch(at, em, theme, hair)
            return [Shape(swatch(at, em), (red, green, blue, 1.0), theme.frame, hair)]

        label = "" if view.layer is None else self._label(view.layer, ending)
        return Entry(label, draw)


def legend_room(context: DrawContext, layer: Layer, *, room: float) -> float:
    """Return the pixels that a legend takes beside a panel or, given its width, below it."""
    labels, em = _labels(context, layer), context.sizes.em
    if not context.bars_below:
        return em(_GAP) + legend_width(context, labels, 1, handle=_HANDLE)
    columns = legend_columns(context, labels, room=room, handle=_HANDLE)
    return em(PAD) + legend_height(context, len(labels), columns)


def _has_two_lines(context: DrawContext, height: float, layer: Layer | None) -> bool:
    room = context.sizes.em(_TWO_LINES) * len(_shown(context, layer))
    return height >= room and not context.bars_below


def _shown(context: DrawContext, layer: Layer | None) -> list[int]:
    """Return the endings that occur, or in a film may occur."""
    if layer is None or context.is_film:
        return list(range(len(ENDINGS)))
    return [ending for ending, count in enumerate(layer.counts) if count]


def _labels(context: DrawContext, layer: Layer | None) -> list[str]:
    """Return the widest labels that the entries may have."""
    widest = f"{context.run.grid.walls.size:,} (99.99%)"
    fixed = layer is not None and not context.is_film
    return [
        f"{ENDINGS[ending].name}  {_count(layer, ending) if fixed and layer else widest}"
        for ending in _shown(context, layer)
    ]


def _count(layer: Layer, ending: int) -> str:
    total = max(sum(layer.counts), 1)
    return f"{layer.counts[ending]:,} ({percent(layer.counts[ending] / total)})"
