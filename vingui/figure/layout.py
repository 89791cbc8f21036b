"""Where everything stands on a figure's page: whole pixels, from the top left corner."""

import math
from dataclasses import dataclass
from typing import Final

_AREA: Final = 800 * 800
_LONGEST: Final = 1400
_TALLEST: Final = 1200
_LARGEST_CELL: Final = 200
_NARROWEST: Final = 370
_STACKED_FROM: Final = 1.75

_MARGIN: Final = 48
_TITLE: Final = 44
_ROW_LABELS: Final = 84
_COL_LABELS: Final = 76
_GAP: Final = 72
_STACK_GAP: Final = 44
_BAR: Final = 24
_BAR_GAP: Final = 26
_BAR_LABELS: Final = 130

_GRAIN: Final = 25
"""Pages are a multiple of this: so many pixels at 200 dpi are inches without rounding."""


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
class Layout:
    """Two panels, the colour bar, and the room for words.

    Attributes:
        cell: pixels a cell, the same in both panels.
        map_box: the map.
        value_box: the value map.
        bar: the colour bar; lying under the value map where the panels are stacked.
        stacked: whether the value map stands under the map and not beside it.
        words: the room under the panels, whose height is not known yet.
        width: the page's width.
    """

    cell: int
    map_box: Box
    value_box: Box
    bar: Box
    stacked: bool
    words: Box
    width: int

    def height(self, words: int) -> int:
        """The page's height with so many pixels of words."""
        return _whole(self.words.top + words + _MARGIN)


def cell_size(rows: int, cols: int) -> int:
    """How many pixels a cell has, so that a panel fills its page: 1 or more."""
    filling = math.ceil(math.sqrt(_AREA / (rows * cols)))
    return max(1, min(filling, _LARGEST_CELL, _LONGEST // cols, _TALLEST // rows))


def arrange(rows: int, cols: int) -> Layout:
    """The layout of a map of that size."""
    cell = cell_size(rows, cols)
    if cols >= _STACKED_FROM * rows:
        return _stacked(cell, rows * cell, cols * cell)
    return _side_by_side(cell, rows * cell, cols * cell)


def _side_by_side(cell: int, height: int, width: int) -> Layout:
    slot = max(width, _NARROWEST)
    left, top = _MARGIN + _ROW_LABELS, _MARGIN + _TITLE
    map_box = Box(left, top, width, height)
    value_box = Box(left + slot + _GAP, top, width, height)
    bar = Box(value_box.right + _BAR_GAP, top, _BAR, height)
    right = max(bar.right + _BAR_LABELS, value_box.left + _NARROWEST)
    words = Box(left, value_box.bottom + _COL_LABELS, right - left, 0)
    return Layout(cell, map_box, value_box, bar, False, words, _whole(right + _MARGIN))


def _stacked(cell: int, height: int, width: int) -> Layout:
    left, top = _MARGIN + _ROW_LABELS, _MARGIN + _TITLE
    map_box = Box(left, top, width, height)
    value_box = Box(left, map_box.bottom + _STACK_GAP + _TITLE, width, height)
    bar = Box(left, value_box.bottom + _COL_LABELS + _STACK_GAP // 4, width, _BAR)
    words = Box(left, bar.bottom + _COL_LABELS, width, 0)
    return Layout(cell, map_box, value_box, bar, True, words, _whole(map_box.right + _MARGIN))


def _whole(pixels: int) -> int:
    return -(-pixels // _GRAIN) * _GRAIN
