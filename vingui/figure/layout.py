"""Rectangles of the panels in whole pixels, from the page's upper left corner."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from vingui.figure.context import Sizes

NATURAL_WIDTH: Final = 174.0
"""Millimetres: two columns of a journal, with the gap between them."""

TALLEST: Final = 235.0
"""Millimetres of the page that panels have to fit; a journal's type area."""

_WORDS: Final = 30.0
"""Millimetres of that height that are left for words."""

_ENOUGH: Final = 25.0
"""Millimetres of a panel's shorter side; larger panels are no reason for fewer columns."""

_NATURAL_SIDE: Final = 70.0
_LONGEST_SIDE: Final = 150.0
"""Millimetres of a panel's side where no page width is chosen: of a square one, and at most."""

_LEAST_SIDE: Final = 8.0
_NATURAL_LEAST: Final = 20.0
"""Least millimetres of a panel's longer side, with and without a chosen page width."""

_LARGEST_CELL: Final = 25.0
_PLOT: Final = (32.0, 26.0)
"""Millimetres: the least width and height of a convergence panel."""

_WIDEST_PLOT: Final = 110.0
_PLOT_ENOUGH: Final = 60.0
_ROW_GAP: Final = 1.6
_COLUMN_GAP: Final = 1.1
"""Sizes of the body text between panels."""


@dataclass(frozen=True)
class Box:
    """A rectangle on the page in pixels; `top` counts downwards from the page's top."""

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.left + self.width


@dataclass(frozen=True)
class PanelRoom:
    """The room that a panel needs around it, in pixels.

    Attributes:
        plot: whether it is a convergence panel, which has no cells.
        left: room for the numbers of rows.
        right: room for its colour bar.
        above: room for its title.
        below: room for the numbers of columns.
        least: the least width of the panel itself, for its title.
    """

    plot: bool
    left: float
    right: float
    above: float
    below: float
    least: float


@dataclass(frozen=True)
class Layout:
    """Panels side by side and in rows.

    Attributes:
        cell: a cell's side in pixels, the same in all panels: a whole number of 1 or more, unless
            the page is too narrow for that; 0 without cells.
        columns: panels side by side.
        boxes: the box of each panel, relative to the upper left corner of them all.
        title_room: the width that each panel's title may take.
        width: the width of all panels with the room around them.
        height: the height of all panels with the room around them.
    """

    cell: float
    columns: int
    boxes: tuple[Box, ...]
    title_room: int
    width: int
    height: int


@dataclass(frozen=True)
class LayoutSpec:
    """The map and the page that panels are arranged for.

    Attributes:
        rows: the map's rows.
        cols: the map's columns.
        sizes: the page's sizes.
        width: pixels for all panels; `None` for what suits them.
        margin: the page's margin in pixels.
    """

    rows: int
    cols: int
    sizes: Sizes
    width: int | None
    margin: int

    @property
    def room(self) -> tuple[float, float]:
        """The greatest width and height of all panels."""
        width = self.width or self.sizes.mm(NATURAL_WIDTH) - 2 * self.margin
        return width, self.sizes.mm(TALLEST - _WORDS)

    @property
    def least_cell(self) -> float:
        """Least side of a cell in pixels; pages too small for it grow or are refused."""
        side = _LEAST_SIDE if self.width is not None else _NATURAL_LEAST
        return self.sizes.mm(side) / max(self.rows, self.cols)

    @property
    def largest_cell(self) -> float:
        """Largest side of a cell in pixels."""
        largest = self.sizes.mm(_LARGEST_CELL)
        if self.width is not None:
            return largest
        longer, shorter = max(self.rows, self.cols), min(self.rows, self.cols)
        side = min(_NATURAL_SIDE * math.sqrt(longer / shorter), _LONGEST_SIDE)
        return min(largest, self.sizes.mm(side) / longer)


def arrange(
    spec: LayoutSpec,
    count: int,
    rooms: Callable[[int], Sequence[PanelRoom]],
    *,
    columns: int | None,
) -> Layout:
    """Arrange panels.

    Args:
        spec: the map and the page.
        count: how many panels there are.
        rooms: returns the room of each panel, given the number of columns.
        columns: panels side by side; `None` for as many as stay large enough.
    """
    if columns is not None:
        return _arranged(spec, rooms(min(columns, count)), min(columns, count))
    # From many columns to few, each with as many rows as it takes.
    choices = sorted({-(-count // rows) for rows in range(1, count + 1)}, reverse=True)
    layouts = [_arranged(spec, rooms(choice), choice) for choice in choices]
    return max(layouts, key=lambda layout: _worth(spec, layout))


def _worth(spec: LayoutSpec, layout: Layout) -> tuple[bool, float]:
    """Whether the chosen page is wide enough, and how large panels are, up to enough."""
    sizes, is_within = spec.sizes, spec.width is None or layout.width <= spec.width
    if not layout.cell:
        widths = (box.width for box in layout.boxes)
        return is_within, min(*widths, sizes.mm(_PLOT_ENOUGH))
    # In whole pixels, as cells are.
    enough = max(int(sizes.mm(_ENOUGH) / min(spec.rows, spec.cols)), 1)
    width, height = spec.room
    too_large = max(1.0, layout.width / width) * max(1.0, layout.height / height)
    return is_within, min(layout.cell, enough) / too_large


def _arranged(spec: LayoutSpec, rooms: Sequence[PanelRoom], columns: int) -> Layout:
    width, height = spec.room
    if all(room.plot for room in rooms):
        return _laid_out(spec, rooms, columns, 0.0)

    def is_too_large(cell: float) -> bool:
        layout = _laid_out(spec, rooms, columns, cell)
        return layout.width > width or layout.height > height

    sides = range(1, max(int(spec.largest_cell), 1) + 1)
    cell = bisect_left(sides, True, key=is_too_large)
    if cell or spec.width is None:
        least = max(math.ceil(spec.least_cell), 1)
        return _laid_out(spec, rooms, columns, max(cell, least))
    # Less than a pixel a cell: at least panels are a whole number of pixels.
    longer = max(spec.rows, spec.cols)
    side = bisect_left(range(1, longer), True, key=lambda pixels: is_too_large(pixels / longer))
    return _laid_out(spec, rooms, columns, max(side / longer, spec.least_cell))


def _laid_out(spec: LayoutSpec, rooms: Sequence[PanelRoom], columns: int, cell: float) -> Layout:
    gap = round(spec.sizes.em(_COLUMN_GAP))
    row_gap = round(spec.sizes.em(_ROW_GAP))
    share = (int(spec.room[0]) - gap * (columns - 1)) // columns
    lefts, widths = zip(
        *(_column(spec, rooms[place::columns], cell, share) for place in range(columns)),
        strict=True,
    )
    boxes: list[Box] = []
    top = 0
    for first in range(0, len(rooms), columns):
        row = rooms[first : first + columns]
        top += math.ceil(max(room.above for room in row))
        for place, room in enumerate(row):
            x = sum(widths[:place]) + gap * place
            boxes.append(_box(spec, room, x, top, lefts[place], widths[place], cell))
        below = math.ceil(max(room.below for room in row))
        top = max(box.bottom for box in boxes[first:]) + below + row_gap
    title_room = min(wide - left for left, wide in zip(lefts, widths, strict=True))
    width = sum(widths) + gap * (columns - 1)
    return Layout(cell, columns, tuple(boxes), title_room, width, top - row_gap)


def _column(
    spec: LayoutSpec, rooms: Sequence[PanelRoom], cell: float, share: int
) -> tuple[int, int]:
    """Where cells begin in a column of panels, and its width.

    Args:
        spec: the map and the page.
        rooms: the rooms of the column's panels.
        cell: a cell's side in pixels.
        share: the column's part of the page in pixels.
    """
    with_cells = [room for room in rooms if not room.plot]
    left = math.ceil(max((room.left for room in with_cells), default=0))
    right = math.ceil(max((room.right for room in with_cells), default=0))
    cells = max(round(spec.cols * cell), 1)
    wide = max((max(cells, math.ceil(room.least)) for room in with_cells), default=0)
    # A convergence panel fills the column with its words.
    least = spec.sizes.mm(_PLOT[0])
    plots = [math.ceil(room.left + least + room.right) for room in rooms if room.plot]
    if not cell:
        plots.append(share if spec.width else min(share, round(spec.sizes.mm(_WIDEST_PLOT))))
    return left, max([left + wide + right, *plots])


def _box(
    spec: LayoutSpec, room: PanelRoom, x: int, top: int, left: int, wide: int, cell: float
) -> Box:
    width, height = max(round(spec.cols * cell), 1), max(round(spec.rows * cell), 1)
    if not room.plot:
        return Box(x + left, top, width, height)
    left = math.ceil(room.left)
    width = max(wide - left - math.ceil(room.right), 1)
    least = round(spec.sizes.mm(_PLOT[1])) if cell else round(0.6 * width)
    return Box(x + left, top, width, max(least, min(height, round(0.8 * width))))
