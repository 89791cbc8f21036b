"""A figure of a run: panels, and the words around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import matplotlib.style
from matplotlib.figure import Figure

from vingui.core.errors import VinguiError
from vingui.core.run import Run
from vingui.figure.captions import (
    LINE,
    Line,
    caption,
    caption_k,
    caption_lines,
    draw_caption,
    title_lines,
    told_starts,
)
from vingui.figure.edges import Air, Edges, air_around
from vingui.figure.key import (
    Contents,
    Item,
    draw_key,
    key_height,
    key_items,
    shown_trajectories,
)
from vingui.figure.layout import Box, Grid, Need, arrange
from vingui.figure.options import FigureOptions
from vingui.figure.page import Page
from vingui.figure.panels import has_arrows
from vingui.figure.part import Part
from vingui.figure.scene import Scene
from vingui.figure.sizes import Sizes
from vingui.figure.view import limits

_NARROWEST: Final = 60.0
"""Millimetres of words, where no width of the page is asked for."""

_TITLE: Final = 1.9
_WORDS: Final = 1.0
"""Sizes of the body text: a line of the title, and what is between panels and words."""


class Moving:
    """A figure whose panels show one iteration after the other.

    Attributes:
        figure: with all that stands still; what moves is `animated`, so that drawing it leaves
            that out.
        artists: what moves, in the order of drawing.
    """

    def __init__(self, figure: Figure, parts: Sequence[Part]) -> None:
        self.figure = figure
        self._parts = [part for part in parts if part.moves]
        found = [artist for part in self._parts for artist in part.artists]
        self.artists: tuple[Any, ...] = tuple(sorted(found, key=lambda one: one.get_zorder()))
        for artist in self.artists:
            artist.set_animated(True)

    def show(self, k: int) -> None:
        """Show the iteration k from now on; of a thinned run the last that was kept until then."""
        for part in self._parts:
            part.show(k)


def draw_figure(run: Run, options: FigureOptions, *, name: str = "") -> Figure:
    """Draw a run.

    Args:
        run: the run.
        options: what can be chosen.
        name: of the map, for the caption; empty for none.

    Returns:
        A figure of its own, which no other part of Matplotlib knows of. Each cell is the same
        whole number of pixels in all panels, unless the page is too narrow for that.

    Raises:
        VinguiError: a panel's k is not in the run, or the page is too large or too narrow.
    """
    return drawn(run, options, name=name, vector=False).figure


def draw_moving(
    run: Run, options: FigureOptions, name: str = "", *, ks: Sequence[int] | None = None
) -> Moving:
    """Draw a run so that the panels whose k is not given can show any k.

    Args:
        run: the run.
        options: what can be chosen.
        name: of the map, for the caption; empty for none.
        ks: those that will be shown, which the key is about; `None` for all that the run keeps.

    Raises:
        VinguiError: as `draw_figure` does.
    """
    with matplotlib.style.context("default"):
        shown = run.kept if ks is None else ks
        scene = Scene(run, options, Sizes(options.dpi, options.font_size), ks=shown)
        sheet = _Sheet(scene, name)
        return Moving(sheet.draw(vector=False).figure, sheet.parts)


@dataclass(frozen=True)
class Drawn:
    """A figure and what is told in it.

    Attributes:
        figure: the figure.
        words: its caption, a paragraph a line.
    """

    figure: Figure
    words: str


def drawn(run: Run, options: FigureOptions, *, name: str, vector: bool) -> Drawn:
    """Draw a run as `draw_figure` does, in the way that suits files of vectors or of pixels."""
    with matplotlib.style.context("default"):
        scene = Scene(run, options, Sizes(options.dpi, options.font_size))
        sheet = _Sheet(scene, name)
        page = sheet.draw(vector=vector)
        return Drawn(page.figure, "\n".join(caption(scene, name, sheet.told)))


class _Sheet:
    """All that stands on the page of a figure, and where."""

    def __init__(self, scene: Scene, name: str) -> None:
        self.scene, sizes, options = scene, scene.sizes, scene.options
        spans = limits(scene.run, options)
        self.parts = [Part(scene, panel, spans.get(panel)) for panel in options.panels]
        margin = self._margin = round(sizes.mm(options.margin))
        asked = None if options.width is None else round(sizes.mm(options.width))
        grid = scene.run.grid
        room = None if asked is None else asked - 2 * margin
        self._grid = Grid(grid.rows, grid.cols, sizes, room, margin)
        self._air = Air()
        self.layout = arrange(self._grid, len(self.parts), self._needs, columns=options.columns)
        # How far marks reach over the edges is known with the size of the cells.
        self._air = air_around(scene, self.layout.cell)
        columns = self.layout.columns
        self.layout = arrange(self._grid, len(self.parts), self._needs, columns=columns)
        self.room = room or max(self.layout.width, round(sizes.mm(_NARROWEST)))
        if self.layout.width > self.room:
            least = options.width or 0.0
            needed = (self.layout.width + 2 * margin) / sizes.mm(1)
            raise VinguiError(
                f"Expected a page of at least {needed:z.0f} mm for these panels, received "
                f"{least:zg} mm; take fewer columns, a smaller font or a smaller margin"
            )
        self.told = caption_k(scene, [(part.panel, part.k) for part in self.parts])
        self._title = title_lines(scene, room=self.room)
        self._items = self._key_items()
        self._lines = self._caption(name)

    def draw(self, *, vector: bool) -> Page:
        """Draw it."""
        scene, layout, margin = self.scene, self.layout, self._margin
        em, options = scene.sizes.em, scene.options
        top = margin + round(em(_TITLE) * len(self._title))
        key_top = top + layout.height + round(em(_WORDS))
        caption_top = key_top + key_height(scene, self._items, room=self.room)
        if self._items and self._lines:
            caption_top += em(0.3)
        bottom = caption_top + em(LINE) * len(self._lines)
        if not (self._items or self._lines):
            bottom = top + layout.height
        page = Page(
            self.room + 2 * margin,
            round(bottom) + margin,
            scene.sizes,
            colour="none" if options.background == "transparent" else scene.theme.paper,
            vector=vector,
        )
        self._draw_title(page)
        left = margin + (self.room - layout.width) // 2 if options.width else margin
        for index, part in enumerate(self.parts):
            box = layout.boxes[index]
            place = Box(box.left + left, box.top + top, box.width, box.height)
            edges, bar = self._around(index, layout.columns)
            part.draw(page, place, edges, slot=self._slot(part), bar=bar)
        draw_key(page, scene, self._items, left=margin, top=key_top, room=self.room)
        draw_caption(page, scene, self._lines, left=margin, top=caption_top)
        return page

    def _slot(self, part: Part) -> int:
        """The room of a panel's title: as little as those of its layer have, to be called alike."""
        slots = zip(self.parts, self.layout.slots, strict=True)
        return min(slot for other, slot in slots if other.panel.layer == part.panel.layer)

    def _draw_title(self, page: Page) -> None:
        scene = self.scene
        size, em = scene.sizes.title, scene.sizes.em
        for row, text in enumerate(self._title):
            y = self._margin + em(_TITLE) * row + em(1.15)
            page.text(text, self._margin, y, size=size, colour=scene.theme.text, bold=True)

    def _needs(self, columns: int) -> list[Need]:
        wide, needs = self._grid.room[0] / columns, []
        for index, part in enumerate(self.parts):
            edges, bar = self._around(index, columns)
            needs.append(part.need(wide, edges, bar=bar))
        return needs

    def _around(self, index: int, columns: int) -> tuple[Edges, bool]:
        """A panel's numbers, and whether it has a bar, where so many are side by side."""
        before, after, beneath = index - 1, index + 1, index + columns
        first = index % columns == 0 or self.parts[before].plot
        last = after % columns == 0 or after >= len(self.parts)
        lowest = beneath >= len(self.parts) or self.parts[beneath].plot
        own = self.parts[index].bar_key
        if self.scene.lying:
            shared = beneath < len(self.parts) and self.parts[beneath].bar_key == own
        else:
            shared = not last and self.parts[after].bar_key == own
        edges = Edges(self.scene, self._air, row_numbers=first, col_numbers=lowest)
        return edges, own is not None and not shared

    def _key_items(self) -> list[Item]:
        scene, cell = self.scene, self.layout.cell
        if not scene.options.key or all(part.plot for part in self.parts):
            return []
        ks = [(part.panel.layer, part.k) for part in self.parts]
        contents = Contents(
            trajectories=shown_trajectories(scene, ks),
            arrows=any(has_arrows(scene, part.panel, cell) for part in self.parts),
            blank=any(part.view is not None and bool(part.view.blank.any()) for part in self.parts),
        )
        return key_items(scene, contents)

    def _caption(self, name: str) -> list[Line]:
        scene, asked = self.scene, self.scene.options.caption
        if asked is None:
            starts = len(told_starts(scene, self.told))
            said = caption(scene, name, self.told)
            return caption_lines(scene, said, starts=starts, room=self.room)
        said = tuple(asked.splitlines())
        return caption_lines(scene, said, starts=0, room=self.room)
