"""Figures: what core holds of a run, drawn by Matplotlib, without a screen.

Everything is `(row, col)` but inside the drawing, where x is the col and y the row.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from vingui.figure.options import SUFFIXES, FigureOptions, needed_readings
from vingui.figure.panel import Panel
from vingui.figure.theme import DARK, LIGHT, Theme

if TYPE_CHECKING:
    from vingui.figure.drawing import Moving, draw_figure, draw_moving
    from vingui.figure.saving import picture_of, save_figure

__all__ = [
    "DARK",
    "LIGHT",
    "SUFFIXES",
    "FigureOptions",
    "Moving",
    "Panel",
    "Theme",
    "draw_figure",
    "draw_moving",
    "needed_readings",
    "picture_of",
    "save_figure",
]

_DRAWING: Final = {
    "Moving": "vingui.figure.drawing",
    "draw_figure": "vingui.figure.drawing",
    "draw_moving": "vingui.figure.drawing",
    "picture_of": "vingui.figure.saving",
    "save_figure": "vingui.figure.saving",
}


def __getattr__(name: str) -> Any:
    # Choosing options, in the window or on the command line, need not wait for Matplotlib.
    if name not in _DRAWING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_DRAWING[name]), name)
