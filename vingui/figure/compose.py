"""A figure of a run: panels, and the text around them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from matplotlib.figure import Figure

from vingui.core.errors import VinguiError
from vingui.core.run import Run
from vingui.figure.captions import (
    LINE,
    Paragraph,
    caption,
    draw_caption,
    in_lines,
    title_lines,
)
from vingui.figure.cell_numbers import CellNumbers
from vingui.figure.cell_panel import has_arrows
from vingui.figure.context import DrawContext
from vingui.figure.layer_colours import limits
from vingui.figure.layout import Box, LayoutSpec, PanelRoom, arrange
from vingui.figure.legend import Entry, add_legend, legend_columns, legend_height
from vingui.figure.marker_key import HANDLE, key_entries
from vingui.figure.options import FigureOptions
from vingui.figure.page import Page, figure_style
from vingui.figure.panel import Panel
from vingui.figure.panel_block import PanelBlock

_NARROWEST: Final = 60.0
"""Millimetres of words where no page width is chosen."""

_TITLE: Final = 1.9
_WORDS: Final = 1.0
_BEFORE_CAPTION: Final = 0.3
"""Sizes of the body text: a line of the title, and the gaps before key and caption."""


class DrawnFigure:
    """A figure whose panels can show one iteration after another.

    Attributes:
        figure: the figure, unknown to pyplot. In a film it draws only what never changes.
        caption: its caption, one line for each paragraph.
        artists: what changes in a film, in drawing order; they are `animated`.
    """

    def __init__(self, figure: Figure, caption: str, blocks: Sequence[PanelBlock]) -> None:
        self.figure, self.caption = figure, caption
        self._blocks = [block for block in blocks if block.changes]
        found = [artist for block in self._blocks for artist in block.artists]
        self.artists: tuple[Any, ...] = tuple(sorted(found, key=lambda artist: artist.get_zorder()))
        for artist in self.artists:
            artist.set_animated(True)

    def show(self, k: int) -> None:
        """Show an iteration; of a thinned run, the last kept iteration up to it."""
        for block in self._blocks:
            block.show(k)


def draw_figure(
    run: Run,
    options: FigureOptions,
    *,
    name: str = "",
    vector: bool = False,
    film_ks: Sequence[int] = (),
    training: Mapping[str, Any] | None = None,
) -> DrawnFigure:
    """Draw a run.

    Args:
        run: the run.
        options: the figure's options.
        name: the map's name, for the caption; empty for none.
        vector: whether it will be written as vectors.
        film_ks: the iterations that panels without a fixed k will show; empty for a single figure.
        training: the settings of the model's training, for the caption; `None` if unknown.

    Returns:
        The figure. Each cell is the same whole number of pixels in all panels, unless the page is
        too narrow for that.

    Raises:
        VinguiError: a panel's k is not in the run, or the page is too large or too narrow.
    """
    context = DrawContext(run, options, film_ks, training=training)
    with figure_style(context, name):
        composer = Composer(context, name)
        figure = composer.draw(vector=vector).figure
        text = "\n".join(paragraph.text for paragraph in composer.caption)
        return DrawnFigure(figure, text, composer.blocks)


class Composer:
    """Decides what is on the page, and where.

    Args:
        context: what is drawn.
        name: the map's name, for the caption; empty for none.

    Attributes:
        context: what is drawn.
        blocks: its panels.
        caption: its caption, even if the options replace it.
    """

    def __init__(self, context: DrawContext, name: str) -> None:
        self.context, self._name, sizes, options = context, name, context.sizes, context.options
        self._limits = context.shared.limits if context.shared else limits(context.run, options)
        self.blocks = self._make_blocks()
        margin = self._margin = round(sizes.mm(options.margin))
        room = None if options.width is None else round(sizes.mm(options.width)) - 2 * margin
        grid = context.run.grid
        self._spec = LayoutSpec(grid.rows, grid.cols, sizes, room, margin)
        count = len(self.blocks)
        self.layout = arrange(self._spec, count, self._rooms, columns=options.columns)
        self.room = room or max(self.layout.width, round(sizes.mm(_NARROWEST)))
        if self.layout.width > self.room:
            needed = (self.layout.width + 2 * margin) / sizes.mm(1)
            raise VinguiError(
                f"These panels need a page of at least {needed:z.0f} mm, and it is "
                f"{options.width or 0.0:zg} mm wide; choose fewer columns, a smaller font or a "
                "smaller margin"
            )
        self._describe()
        self._lines = sum(paragraph.text.count("\n") + 1 for paragraph in self._paragraphs)
        self._title = title_lines(context, room=self.room)
        self._key = self._key_entries()
        labels = [entry.label for entry in self._key]
        self._key_columns = legend_columns(context, labels, room=self.room, handle=HANDLE)

    def draw_frame(self, run: Run, heading: str) -> Figure:
        """Draw another run of a film of several ones, in the same layout."""
        self.context = replace(self.context, run=run, heading=heading)
        self.blocks = self._make_blocks()
        self._describe()
        return self.draw(vector=False).figure

    def draw(self, *, vector: bool) -> Page:
        """Draw it."""
        context, layout, margin = self.context, self.layout, self._margin
        em = context.sizes.em
        top = margin + round(em(_TITLE) * len(self._title))
        bottom: float = top + layout.height
        key_top = caption_top = bottom + round(em(_WORDS))
        if self._key:
            caption_top += legend_height(context, -(-len(self._key) // self._key_columns))
            bottom = caption_top
        if self._paragraphs:
            caption_top += em(_BEFORE_CAPTION) if self._key else 0
            bottom = caption_top + em(LINE) * self._lines
        width, height = self.room + 2 * margin, round(bottom) + margin
        page = Page(width, height, context, vector=vector)
        for row, text in enumerate(self._title):
            y = margin + em(_TITLE) * row + em(0.65)
            page.write(text, margin, y, size=context.sizes.title, bold=True)
        left = margin + (self.room - layout.width) // 2 if context.options.width else margin
        for index, block in enumerate(self.blocks):
            box = layout.boxes[index]
            place = Box(box.left + left, box.top + top, box.width, box.height)
            numbers, bar = self._around(index, layout.columns)
            block.draw(page, place, numbers, title_room=layout.title_room, bar=bar)
        if self._key:
            at = float(margin), float(key_top)
            add_legend(page, self._key, at=at, columns=self._key_columns, handle=HANDLE)
        draw_caption(page, self._paragraphs, left=margin, top=caption_top)
        return page

    def _make_blocks(self) -> list[PanelBlock]:
        panels = self.context.options.panels
        return [PanelBlock(self.context, panel, self._limits.get(panel)) for panel in panels]

    @property
    def _panel_ks(self) -> list[tuple[Panel, int]]:
        return [(block.panel, block.k) for block in self.blocks]

    def _describe(self) -> None:
        context = self.context
        self.caption = described = caption(context, self._name, self._panel_ks)
        if context.options.caption is not None:
            heads = [context.heading] if context.heading else []
            lines = context.options.caption.splitlines()
            described = [Paragraph(text) for text in (*heads, *lines)]
        self._paragraphs = [in_lines(context, paragraph, room=self.room) for paragraph in described]

    def _rooms(self, columns: int) -> list[PanelRoom]:
        wide, rooms = self._spec.room[0] / columns, []
        for index, block in enumerate(self.blocks):
            numbers, bar = self._around(index, columns)
            rooms.append(block.room(wide, numbers, bar=bar))
        return rooms

    def _around(self, index: int, columns: int) -> tuple[CellNumbers, bool]:
        """A panel's numbers, and whether it has a bar, in so many columns."""
        before, after, below = index - 1, index + 1, index + columns
        first = index % columns == 0 or self.blocks[before].is_plot
        last = after % columns == 0 or after >= len(self.blocks)
        lowest = below >= len(self.blocks) or self.blocks[below].is_plot
        key = self.blocks[index].bar_key
        if self.context.bars_below:
            shared = below < len(self.blocks) and self.blocks[below].bar_key == key
        else:
            shared = not last and self.blocks[after].bar_key == key
        numbers = CellNumbers(self.context, rows=first, cols=lowest)
        return numbers, key is not None and not shared

    def _key_entries(self) -> list[Entry]:
        context, panel_ks = self.context, self._panel_ks
        points = context.sizes.points(self.layout.cell)
        if not context.options.key or all(block.is_plot for block in self.blocks):
            return []
        arrows = any(has_arrows(context, panel, points) for panel, _ in panel_ks)
        coloured_layers = [block.coloured for block in self.blocks if block.coloured is not None]
        blank = any(bool(coloured.blank.any()) for coloured in coloured_layers)
        blank |= context.shared is not None and context.shared.blank
        return key_entries(context, panel_ks, arrows=arrows, blank=blank)
