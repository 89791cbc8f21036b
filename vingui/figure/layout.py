"""Where the panels stand on the page: in whole pixels, from the upper left corner."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from vingui.figure.sizes import Sizes

NATURAL_WIDTH: Final = 174.0
"""Millimetres: two columns of a journal, with the gap between them."""

TALLEST: Final = 235.0
"""Millimetres of a page that panels are made to fit; a journal's type area."""

_WORDS: Final = 30.0
"""Millimetres of its height that are left for words."""

_ENOUGH: Final = 25.0
"""Millimetres of a panel's shorter side: for more there are no fewer columns."""

_NATURAL_SIDE: Final = 70.0
_LONGEST_SIDE: Final = 150.0
"""Millimetres of a panel where no width of the page is asked for: of a square, and at most."""

_LEAST_SIDE: Final = 8.0
_NATURAL_LEAST: Final = 20.0
"""Millimetres of a panel's longer side, on a page of a width that is asked for and on others."""

_LARGEST_CELL: Final = 25.0
_PLOT: Final = (32.0, 26.0)
"""Millimetres: the least width and height of a plot."""

_WIDEST_PLOT: Final = 110.0
_PLOT_ENOUGH: Final = 60.0
_GAP: Final = 1.6
"""Body text's sizes between two panels."""


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
class Need:
    """The room that a panel wants around it, in pixels.

    Attributes:
        plot: whether it is a plot and has no cells.
        left: of its rows' numbers.
        right: of its colour bar.
        above: of its title.
        below: of its columns' numbers.
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
            the page is too narrow for that.
        columns: panels side by side.
        boxes: of the panels, as if the page began with the first one's surroundings.
        slots: the widths that their titles have.
        width: of all of them with their surroundings.
        height: likewise.
    """

    cell: float
    columns: int
    boxes: tuple[Box, ...]
    slots: tuple[int, ...]
    width: int
    height: int


@dataclass(frozen=True)
class Grid:
    """What is arranged.

    Attributes:
        rows: of the map.
        cols: of the map.
        sizes: of the page.
        width: pixels there are for all panels; `None` for what suits them.
        margin: of the page, in pixels.
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
        """In pixels; a page is rather larger, or too narrow."""
        side = _LEAST_SIDE if self.width is not None else _NATURAL_LEAST
        return self.sizes.mm(side) / max(self.rows, self.cols)

    @property
    def largest_cell(self) -> float:
        """In pixels."""
        largest = self.sizes.mm(_LARGEST_CELL)
        if self.width is not None:
            return largest
        longer, shorter = max(self.rows, self.cols), min(self.rows, self.cols)
        side = min(_NATURAL_SIDE * math.sqrt(longer / shorter), _LONGEST_SIDE)
        return min(largest, self.sizes.mm(side) / longer)


def arrange(
    grid: Grid, count: int, needs: Callable[[int], Sequence[Need]], *, columns: int | None
) -> Layout:
    """Arrange panels.

    Args:
        grid: what is arranged.
        count: how many panels there are.
        needs: what they need where so many are side by side.
        columns: panels side by side; `None` for as many as are large enough to be seen.
    """
    if columns is not None:
        return _arranged(grid, needs(min(columns, count)), min(columns, count))
    # From many columns to few, each with as many rows as it takes.
    choices = sorted({-(-count // rows) for rows in range(1, count + 1)}, reverse=True)
    layouts = [_arranged(grid, needs(choice), choice) for choice in choices]
    return max(layouts, key=lambda layout: _worth(grid, layout))


def _worth(grid: Grid, layout: Layout) -> tuple[bool, float]:
    """Whether the page that is asked for is wide enough; how large panels are, up to enough."""
    return grid.width is None or layout.width <= grid.width, _size(grid, layout)


def _size(grid: Grid, layout: Layout) -> float:
    sizes = grid.sizes
    if layout.cell:
        # In whole pixels, as cells are: a bit more could not be had.
        enough = max(int(sizes.mm(_ENOUGH) / min(grid.rows, grid.cols)), 1)
        width, height = grid.room
        too_large = max(1.0, layout.width / width) * max(1.0, layout.height / height)
        return min(layout.cell, enough) / too_large
    return min(*(box.width for box in layout.boxes), sizes.mm(_PLOT_ENOUGH))


def _arranged(grid: Grid, needs: Sequence[Need], columns: int) -> Layout:
    width, height = grid.room
    if all(need.plot for need in needs):
        return _laid_out(grid, needs, columns, 0.0)

    def fits(cell: float) -> bool:
        layout = _laid_out(grid, needs, columns, cell)
        return layout.width <= width and layout.height <= height

    cell = _largest(fits, max(int(grid.largest_cell), 1))
    if cell or grid.width is None:
        least = max(math.ceil(grid.least_cell), 1)
        return _laid_out(grid, needs, columns, max(cell, least))
    # Less than a pixel a cell: a whole number of pixels for each panel at least.
    longer = max(grid.rows, grid.cols)
    side = _largest(lambda pixels: fits(pixels / longer), longer - 1)
    return _laid_out(grid, needs, columns, max(side / longer, grid.least_cell))


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """The largest number from 1 that fits, given that all below it do; 0 where none does."""
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _laid_out(grid: Grid, needs: Sequence[Need], columns: int, cell: float) -> Layout:
    gap = round(grid.sizes.em(_GAP))
    room = (int(grid.room[0]) - gap * (columns - 1)) // columns
    slots = [_slot(grid, needs[place::columns], cell, room) for place in range(columns)]
    boxes: list[Box] = []
    top = 0
    for first in range(0, len(needs), columns):
        row = needs[first : first + columns]
        top += math.ceil(max(need.above for need in row))
        x = bottom = 0
        for need, slot in zip(row, slots, strict=False):
            boxes.append(_box(grid, need, slot, x, top, cell))
            bottom = max(bottom, boxes[-1].bottom)
            x += slot.width + gap
        top = bottom + math.ceil(max(need.below for need in row)) + gap
    return Layout(
        cell,
        columns,
        tuple(boxes),
        tuple(slot.width - slot.left for slot in (slots * len(needs))[: len(needs)]),
        sum(slot.width for slot in slots) + gap * (columns - 1),
        top - gap,
    )


@dataclass(frozen=True)
class _Slot:
    """A column of panels: its width, and where cells begin in it."""

    width: int
    left: int


def _slot(grid: Grid, needs: Sequence[Need], cell: float, room: int) -> _Slot:
    """The slot of some panels below each other, given the room where there are only plots."""
    with_cells = [need for need in needs if not need.plot]
    left = math.ceil(max((need.left for need in with_cells), default=0))
    right = math.ceil(max((need.right for need in with_cells), default=0))
    wide = max((_wide(grid, need, cell) for need in with_cells), default=0)
    least = grid.sizes.mm(_PLOT[0])
    # A plot takes the whole slot for itself and its words.
    plots = [math.ceil(need.left + least + need.right) for need in needs if need.plot]
    if not cell:
        widest = round(grid.sizes.mm(_WIDEST_PLOT))
        plots.append(room if grid.width else min(room, widest))
    return _Slot(max([left + wide + right, *plots]), left)


def _wide(grid: Grid, need: Need, cell: float) -> int:
    return max(round(grid.cols * cell), 1, math.ceil(need.least))


def _box(grid: Grid, need: Need, slot: _Slot, x: int, top: int, cell: float) -> Box:
    width, height = max(round(grid.cols * cell), 1), max(round(grid.rows * cell), 1)
    if not need.plot:
        return Box(x + slot.left, top, width, height)
    left, right = math.ceil(need.left), math.ceil(need.right)
    width = max(slot.width - left - right, 1)
    least = round(grid.sizes.mm(_PLOT[1])) if cell else round(0.6 * width)
    return Box(x + left, top, width, max(least, min(height, round(0.8 * width))))
