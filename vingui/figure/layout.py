"""Rectangles of the panels in whole pixels, from the page's upper left corner."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from vingui.figure.sizes import Sizes

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
_GAP: Final = 1.6
"""Sizes of the body text between two panels."""


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
    """The room that a panel rooms around it, in pixels.

    Attributes:
        plot: whether it is a convergence panel, which has no cells.
        left: for its rows' numbers.
        right: for its colour bar.
        above: for its title.
        below: for its columns' numbers.
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
        boxes: of the panels, from the corner of the first one's surroundings.
        title_rooms: widths that their titles may take.
        width: of all of them with their surroundings.
        height: of all of them with their surroundings.
    """

    cell: float
    columns: int
    boxes: tuple[Box, ...]
    title_rooms: tuple[int, ...]
    width: int
    height: int


@dataclass(frozen=True)
class Frame:
    """What panels are arranged for.

    Attributes:
        rows: of the map.
        cols: of the map.
        sizes: of the page.
        width: pixels for all panels; `None` for what suits them.
        margin: of the page in pixels.
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
    frame: Frame, count: int, rooms: Callable[[int], Sequence[PanelRoom]], *, columns: int | None
) -> Layout:
    """Arrange panels.

    Args:
        frame: what they are arranged for.
        count: how many panels there are.
        rooms: returns the room of each, given the number of columns.
        columns: panels side by side; `None` for as many as stay large enough.
    """
    if columns is not None:
        return _arranged(frame, rooms(min(columns, count)), min(columns, count))
    # From many columns to few, each with as many rows as it takes.
    choices = sorted({-(-count // rows) for rows in range(1, count + 1)}, reverse=True)
    layouts = [_arranged(frame, rooms(choice), choice) for choice in choices]
    return max(layouts, key=lambda layout: _worth(frame, layout))


def _worth(frame: Frame, layout: Layout) -> tuple[bool, float]:
    """Return whether the chosen page is wide enough, and how large panels are, up to enough."""
    return frame.width is None or layout.width <= frame.width, _size(frame, layout)


def _size(frame: Frame, layout: Layout) -> float:
    sizes = frame.sizes
    if layout.cell:
        # In whole pixels, as cells are.
        enough = max(int(sizes.mm(_ENOUGH) / min(frame.rows, frame.cols)), 1)
        width, height = frame.room
        too_large = max(1.0, layout.width / width) * max(1.0, layout.height / height)
        return min(layout.cell, enough) / too_large
    return min(*(box.width for box in layout.boxes), sizes.mm(_PLOT_ENOUGH))


def _arranged(frame: Frame, rooms: Sequence[PanelRoom], columns: int) -> Layout:
    width, height = frame.room
    if all(room.plot for room in rooms):
        return _laid_out(frame, rooms, columns, 0.0)

    def fits(cell: float) -> bool:
        layout = _laid_out(frame, rooms, columns, cell)
        return layout.width <= width and layout.height <= height

    cell = _largest(fits, max(int(frame.largest_cell), 1))
    if cell or frame.width is None:
        least = max(math.ceil(frame.least_cell), 1)
        return _laid_out(frame, rooms, columns, max(cell, least))
    # Less than a pixel a cell: at least panels are a whole number of pixels.
    longer = max(frame.rows, frame.cols)
    side = _largest(lambda pixels: fits(pixels / longer), longer - 1)
    return _laid_out(frame, rooms, columns, max(side / longer, frame.least_cell))


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """Return the largest number from 1 that fits, if all below it do; 0 where none does."""
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _laid_out(frame: Frame, rooms: Sequence[PanelRoom], columns: int, cell: float) -> Layout:
    gap = round(frame.sizes.em(_GAP))
    share = (int(frame.room[0]) - gap * (columns - 1)) // columns
    made = [_column(frame, rooms[place::columns], cell, share) for place in range(columns)]
    boxes: list[Box] = []
    top = 0
    for first in range(0, len(rooms), columns):
        row = rooms[first : first + columns]
        top += math.ceil(max(room.above for room in row))
        x = bottom = 0
        for room, column in zip(row, made, strict=False):
            boxes.append(_box(frame, room, column, x, top, cell))
            bottom = max(bottom, boxes[-1].bottom)
            x += column.width + gap
        top = bottom + math.ceil(max(room.below for room in row)) + gap
    return Layout(
        cell,
        columns,
        tuple(boxes),
        tuple(column.width - column.left for column in (made * len(rooms))[: len(rooms)]),
        sum(column.width for column in made) + gap * (columns - 1),
        top - gap,
    )


@dataclass(frozen=True)
class _Column:
    """A column of panels: its width, and where cells begin in it."""

    width: int
    left: int


def _column(frame: Frame, rooms: Sequence[PanelRoom], cell: float, share: int) -> _Column:
    """Return the column of panels below each other; `share` is its part of the page."""
    with_cells = [room for room in rooms if not room.plot]
    left = math.ceil(max((room.left for room in with_cells), default=0))
    right = math.ceil(max((room.right for room in with_cells), default=0))
    wide = max((_wide(frame, room, cell) for room in with_cells), default=0)
    least = frame.sizes.mm(_PLOT[0])
    # A convergence panel fills the column with its words.
    plots = [math.ceil(room.left + least + room.right) for room in rooms if room.plot]
    if not cell:
        widest = round(frame.sizes.mm(_WIDEST_PLOT))
        plots.append(share if frame.width else min(share, widest))
    return _Column(max([left + wide + right, *plots]), left)


def _wide(frame: Frame, room: PanelRoom, cell: float) -> int:
    return max(round(frame.cols * cell), 1, math.ceil(room.least))


def _box(frame: Frame, room: PanelRoom, column: _Column, x: int, top: int, cell: float) -> Box:
    width, height = max(round(frame.cols * cell), 1), max(round(frame.rows * cell), 1)
    if not room.plot:
        return Box(x + column.left, top, width, height)
    left, right = math.ceil(room.left), math.ceil(room.right)
    width = max(column.width - left - right, 1)
    least = round(frame.sizes.mm(_PLOT[1])) if cell else round(0.6 * width)
    return Box(x + left, top, width, max(least, min(height, round(0.8 * width))))
