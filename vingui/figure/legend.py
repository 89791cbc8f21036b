"""Legends by Matplotlib whose handles are drawn as shapes."""

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


def legend_columns(
    context: DrawContext, labels: Sequence[str], *, room: float, handle: float
) -> int:
    """Return how many columns of entries fit into a width in pixels, at least 1."""
    for columns in range(len(labels), 1, -1):
        if legend_width(context, labels, columns, handle=handle) <= room:
            return columns
    return 1


def legend_width(
    context: DrawContext, labels: Sequence[str], columns: int, *, handle: float
) -> float:
    """Return a legend's width in pixels, with handles as wide as some letter sizes."""
    size = context.sizes.pt(context.sizes.small)
    texts = [
        max(width(line, size) for label in labels[column::columns] for line in label.splitlines())
        for column in range(columns)
    ]
    gaps = columns * (handle + _TEXT_GAP) + (columns - 1) * _COLUMN_GAP
    return sum(texts) + gaps * size


def legend_height(context: DrawContext, entries: int, columns: int) -> float:
    """Return the height in pixels of a legend of single-line entries."""
    rows = -(-entries // columns)
    return context.sizes.pt(rows * _ROW * context.sizes.small)


def by_column(entries: Sequence[Any], columns: int) -> list[Any]:
    """Return entries that read row by row in the order in which Matplotlib fills columns."""
    return [entry for column in range(columns) for entry in entries[column::columns]]


def add_legend(
    page: Page,
    context: DrawContext,
    entries: Sequence[Entry],
    *,
    at: Point,
    columns: int,
    handle: float,
) -> Legend:
    """Add a legend, filled row by row.

    Args:
        page: where to add it.
        context: of the figure.
        entries: at least one.
        at: its upper left corner in pixels.
        columns: entries side by side.
        handle: width of the pictures in letter sizes.
    """
    ordered = by_column(entries, columns)
    return page.figure.legend(
        handles=ordered,
        labels=[entry.label for entry in ordered],
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
