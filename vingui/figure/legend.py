"""Legends by Matplotlib whose handles are drawn as shapes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerBase

from vingui.figure.context import DrawContext
from vingui.figure.page import Page
from vingui.figure.shapes import Point, Shape, Shapes
from vingui.figure.text_layout import width

_ROW: Final = 1.9
"""Height of a row in letter sizes."""

_HANDLE_HEIGHT: Final = 1.4
_TEXT_GAP: Final = 0.5
_COLUMN_GAP: Final = 1.6
_TEXT_MIDDLE: Final = 0.365


@dataclass(frozen=True, eq=False)
class Entry:
    """A legend's entry.

    Attributes:
        label: its text, of one line or more.
        draw: returns its picture in points, given its centre and a letter size in points.
    """

    label: str
    draw: Callable[[Point, float], list[Shape]]


class _ShapesHandler(HandlerBase):
    def create_artists(
        self,
        legend: Legend,
        orig_handle: Any,
        xdescent: float,
        ydescent: float,
        width: float,
        height: float,
        fontsize: float,
        trans: Any,
    ) -> Sequence[Artist]:
        centre = width / 2 - xdescent, _TEXT_MIDDLE * fontsize
        return [Shapes(orig_handle.draw(centre, fontsize), transform=trans)]


def entry_width(context: DrawContext, label: str, *, handle: float) -> float:
    """Return an entry's width in pixels, with a picture as wide as some letter sizes."""
    size = context.sizes.pt(context.sizes.small)
    return (handle + _TEXT_GAP) * size + width(label, size)


def legend_rows(
    context: DrawContext, labels: Sequence[str], *, room: float, handle: float
) -> list[list[int]]:
    """Break entries into rows of at most `room` pixels, as indices of their labels."""
    gap = _COLUMN_GAP * context.sizes.pt(context.sizes.small)
    rows: list[list[int]] = []
    used = math.inf
    for index, label in enumerate(labels):
        wide = entry_width(context, label, handle=handle)
        if used + gap + wide > room:
            rows.append([])
            used = -gap
        rows[-1].append(index)
        used += gap + wide
    return rows


def legend_height(context: DrawContext, rows: int) -> float:
    """Return the height in pixels of rows with a line of text each."""
    return context.sizes.pt(rows * _ROW * context.sizes.small)


def add_rows(
    page: Page,
    context: DrawContext,
    entries: Sequence[Entry],
    rows: Sequence[Sequence[int]],
    *,
    at: Point,
    handle: float,
) -> list[Legend]:
    """Add a legend for each row, because the columns of a single one would be of uneven width."""
    pitch = legend_height(context, 1)
    return [
        add_legend(
            page,
            [entries[index] for index in row],
            at=(at[0], at[1] + number * pitch),
            columns=len(row),
            handle=handle,
        )
        for number, row in enumerate(rows)
    ]


def add_legend(
    page: Page, entries: Sequence[Entry], *, at: Point, columns: int, handle: float
) -> Legend:
    """Add a legend.

    Args:
        page: where to add it.
        entries: at least one.
        at: its upper left corner in pixels.
        columns: entries side by side.
        handle: width of the pictures in letter sizes.
    """
    return page.figure.legend(
        handles=entries,
        labels=[entry.label for entry in entries],
        handler_map={Entry: _ShapesHandler()},
        loc="upper left",
        bbox_to_anchor=at,
        bbox_transform=page.pixels,
        ncols=columns,
        borderpad=0,
        borderaxespad=0,
        handlelength=handle,
        handleheight=_HANDLE_HEIGHT,
        handletextpad=_TEXT_GAP,
        columnspacing=_COLUMN_GAP,
        labelspacing=_ROW - _HANDLE_HEIGHT,
    )
