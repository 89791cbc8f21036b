"""Beside or below a panel: the colour bar of its values, or the legend of its outcomes."""

import math
from collections.abc import Sequence
from typing import Final

from matplotlib.artist import Artist
from matplotlib.text import Text

from vingui.core.outcome_categories import ENDINGS
from vingui.core.phrases import percent
from vingui.core.ticks import tick_labels, ticks
from vingui.core.tint import FIRST
from vingui.core.value_layers import Layer
from vingui.figure.fonts import drawable
from vingui.figure.layout import Box
from vingui.figure.lettering import fitting, flow, one_line, width
from vingui.figure.page import Page
from vingui.figure.scene import Scene
from vingui.figure.shapes import Shape, joined, line, rectangle, strokes
from vingui.figure.view import View

# Lengths in sizes of the body text.
_GAP: Final = 0.7
_BAR: Final = 0.95
_TICK: Final = 0.3
_AIR: Final = 0.3
_LINE: Final = 1.25
_SWATCH: Final = 0.95
_TICK_ROOM: Final = 2.4
_TALL_ENTRY: Final = 2.5
_ENTRY: Final = 1.4
_MOST: Final = 8


class Bar:
    """The colours of values.

    Args:
        page: it is drawn on.
        scene: of the figure.
        box: the panel, beside or below which it stands.
        below: where the panel's own surroundings end.
        view: whose colours it tells.
        labels: what the values are, the longest first.
    """

    def __init__(
        self, page: Page, scene: Scene, box: Box, below: int, view: View, labels: Sequence[str]
    ) -> None:
        self._page, self._scene, self._lying = page, scene, scene.lying
        em, theme, sizes = scene.sizes.em, scene.theme, scene.sizes
        if self._lying:
            self.box = Box(box.left, round(below + em(_AIR)), box.width, round(em(_BAR)))
        else:
            self.box = Box(round(box.right + em(_GAP)), box.top, round(em(_BAR)), box.height)
        colours = view.table[FIRST:]
        picture = page.picture(self.box)
        page.fill(picture, colours[None] if self._lying else colours[::-1, None])
        self._lines = page.shapes([])
        small = sizes.small
        self._words: list[Text] = [
            page.text(
                "", 0, 0, size=small, colour=theme.muted, ha="center" if self._lying else "left"
            )
            for _ in range(_MOST)
        ]
        self.show(view)
        self._label(labels, view)

    def show(self, view: View) -> None:
        """Name the values of another range from now on."""
        layer = view.layer
        if layer is None:
            return
        em, theme, box = self._scene.sizes.em, self._scene.theme, self.box
        numbers = _ticks(layer, _most(self._scene, self._length))
        places = [(number - layer.low) / (layer.high - layer.low) for number in numbers]
        marks = []
        for word in self._words:
            word.set_text("")
        for word, place, label in zip(self._words, places, tick_labels(numbers), strict=False):
            word.set_text(label)
            if self._lying:
                x = box.left + place * box.width
                marks.append(line([(x, box.bottom), (x, box.bottom + em(_TICK))]))
                word.set_position((x, box.bottom + em(_TICK + _AIR + 0.7)))
            else:
                y = box.bottom - place * box.height
                marks.append(line([(box.right, y), (box.right + em(_TICK), y)]))
                word.set_position((box.right + em(_TICK + _AIR), y + em(0.365 * 0.875)))
        frame = rectangle(box.left, box.top, box.width, box.height)
        hair = self._scene.sizes.hairline
        self._lines.show([Shape(joined([frame, *marks]), edge=theme.frame, width=hair)])

    @property
    def artists(self) -> list[Artist]:
        """What another range changes."""
        return [self._lines, *self._words]

    @property
    def _length(self) -> int:
        return self.box.width if self._lying else self.box.height

    def _label(self, labels: Sequence[str], view: View) -> None:
        scene, box = self._scene, self.box
        em, size = scene.sizes.em, scene.sizes.small
        known = [drawable(one_line(label, limit=200)) for label in labels]
        text = fitting(known, scene.sizes.pt(size), room=self._length)
        colour = scene.theme.text
        if self._lying:
            x, y = box.left + box.width / 2, box.bottom + em(_TICK + _AIR + 0.7 + _LINE)
            self._page.text(text, x, y, size=size, colour=colour, ha="center")
            return
        shown = max(width(word.get_text(), scene.sizes.pt(size)) for word in self._words)
        if scene.moving and scene.options.scale == "frame":
            shown = _widest(scene, view.layer)
        x = box.right + em(_TICK + _AIR) + shown + em(_AIR + 0.55)
        y = box.top + box.height / 2
        self._page.text(text, x, y, size=size, colour=colour, ha="center", va="middle", rotation=90)


def bar_room(scene: Scene, layer: Layer | None) -> float:
    """How many pixels wide or high a bar is with its gap and words."""
    em = scene.sizes.em
    if scene.lying:
        return em(_AIR + _BAR + _TICK + _AIR + 0.9 + _LINE)
    return em(_GAP + _BAR + _TICK + _AIR) + _widest(scene, layer) + em(_AIR + 1.1)


class Legend:
    """What the colours of outcomes mean, and how many cells end so.

    Args: as those of `Bar`.
    """

    def __init__(self, page: Page, scene: Scene, box: Box, below: int, view: View) -> None:
        self._page, self._scene = page, scene
        self._shown = _shown(scene, view.layer)
        em, theme = scene.sizes.em, scene.theme
        swatches: list[Shape] = []
        self._counts: list[tuple[int, Text]] = []
        tall = box.height >= em(_TALL_ENTRY) * len(self._shown) and not scene.lying
        for ending, (x, y) in zip(
            self._shown, self._places(box, below, view.layer, tall=tall), strict=True
        ):
            red, green, blue = (view.table[FIRST + ending] / 255).tolist()
            side = em(_SWATCH)
            place = rectangle(x, y, side, side)
            swatches.append(
                Shape(place, (red, green, blue, 1.0), theme.frame, scene.sizes.hairline)
            )
            if not ENDINGS[ending].colour:
                swatches.append(Shape(strokes(x, y, side), edge=theme.unreached_mark, width=0.5))
            self._write(ending, x + side + em(0.45), y + side / 2, tall=tall)
        page.shapes(swatches)
        self.show(view)

    def show(self, view: View) -> None:
        """Tell other counts from now on."""
        if view.layer is not None:
            for ending, text in self._counts:
                text.set_text(_count(view.layer, ending))

    @property
    def artists(self) -> list[Artist]:
        """What other counts change."""
        return [text for _, text in self._counts]

    def _places(
        self, box: Box, below: int, layer: Layer | None, *, tall: bool
    ) -> list[tuple[float, float]]:
        """The upper left corner of each entry."""
        em = self._scene.sizes.em
        if not self._scene.lying:
            x, step = box.right + em(_GAP), em(_TALL_ENTRY if tall else _ENTRY)
            return [(x, box.top + row * step) for row in range(len(self._shown))]
        widths = [_entry_width(self._scene, layer, ending) for ending in self._shown]
        places = flow(widths, gap=em(1.5), room=box.width)
        top = below + em(_AIR)
        return [(box.left + x, top + row * em(_ENTRY)) for row, x in places]

    def _write(self, ending: int, x: float, y: float, *, tall: bool) -> None:
        scene, page = self._scene, self._page
        size, em = scene.sizes.small, scene.sizes.em
        name = ENDINGS[ending].name
        page.text(name, x, y, size=size, colour=scene.theme.text, va="middle")
        if not tall:
            x += scene.sizes.pt(width(name + "  ", size))
        y += em(1.05) if tall else 0
        text = page.text("", x, y, size=size, colour=scene.theme.muted, va="middle")
        self._counts.append((ending, text))


def legend_room(scene: Scene, layer: Layer | None, *, width: float) -> float:
    """How many pixels wide or, in panels of that width, high a legend is with its gap."""
    em = scene.sizes.em
    entries = [_entry_width(scene, layer, ending) for ending in _shown(scene, layer)]
    if not scene.lying:
        return em(_GAP) + max(entries, default=0)
    lines = flow(entries, gap=em(1.5), room=width)
    return em(_AIR) + em(_ENTRY) * (1 + max((row for row, _ in lines), default=0))


def _shown(scene: Scene, layer: Layer | None) -> list[int]:
    """The endings that there are, or in a film may be."""
    if layer is None or scene.moving:
        return list(range(len(ENDINGS)))
    return [ending for ending, count in enumerate(layer.counts) if count]


def _count(layer: Layer, ending: int) -> str:
    total = max(sum(layer.counts), 1)
    return f"{layer.counts[ending]:,} ({percent(layer.counts[ending] / total)})"


def _entry_width(scene: Scene, layer: Layer | None, ending: int) -> float:
    count = f"{scene.run.grid.walls.size:,} (99.99%)"
    if layer is not None and not scene.moving:
        count = _count(layer, ending)
    widest = f"{ENDINGS[ending].name}  {count}"
    return scene.sizes.em(_SWATCH + 0.45) + scene.sizes.pt(width(widest, scene.sizes.small))


def _most(scene: Scene, length: float) -> int:
    room = scene.sizes.em(_TICK_ROOM * (1.6 if scene.lying else 1))
    return min(max(math.floor(length / room), 2), _MOST)


def _ticks(layer: Layer, most: int) -> list[float]:
    return ticks(layer.low, layer.high, most=most)


def _widest(scene: Scene, layer: Layer | None) -> float:
    """The width of the widest number that a bar may have."""
    if layer is None:
        return 0.0
    size = scene.sizes.pt(scene.sizes.small)
    return max(
        (
            width(label, size)
            for most in range(2, _MOST + 1)
            for label in tick_labels(_ticks(layer, most))
        ),
        default=0.0,
    )
