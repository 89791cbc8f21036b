"""Legends by Matplotlib whose handles are drawn as shapes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerBase
from matplotlib.transforms import Affine2D

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
        shapes: its picture in points about the origin.
    """

    label: str
    shapes: Sequence[Shape]


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
        centre = Affine2D().translate(width / 2 - xdescent, _TEXT_MIDDLE * fontsize)
        return [Shapes(orig_handle.shapes, transform=centre + trans)]


def entry_width(context: DrawContext, label: str, *, handle: float) -> float:
    """An entry's width in pixels, with a picture as wide as some letter sizes."""
    size = context.sizes.pt(context.sizes.small)
    return (handle + _TEXT_GAP) * size + width(label, size)


def legend_columns(
    context: DrawContext, labels: Sequence[str], *, room: float, handle: float
) -> int:
    """How many columns of entries fit into `room` pixels, 1 or more."""
    gap = _COLUMN_GAP * context.sizes.pt(context.sizes.small)
    widths = [entry_width(context, label, handle=handle) for label in labels]
    for columns in range(len(widths), 1, -1):
        widest = [max(widths[column::columns]) for column in range(columns)]
        if sum(widest) + gap * (columns - 1) <= room:
            return columns
    return 1


def legend_height(context: DrawContext, rows: int) -> float:
    """The height in pixels of rows with a line of text each."""
    return context.sizes.pt(rows * _ROW * context.sizes.small)


def by_column(count: int, columns: int) -> list[int]:
    """The order in which Matplotlib, which fills columns first, makes rows of entries."""
    return [index for column in range(columns) for index in range(column, count, columns)]


def add_legend(
    page: Page, entries: Sequence[Entry], *, at: Point, columns: int, handle: float
) -> Legend:
    """Add a legend that is read row by row.

    Args:
        page: where to add it.
        entries: what it explains.
        at: its upper left corner in pixels.
        columns: entries side by side.
        handle: width of the pictures in letter sizes.
    """
    ordered = [entries[index] for index in by_column(len(entries), columns)]
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
