"""Figures: what core holds, drawn by Matplotlib, without a screen.

Everything is `(row, col)` but inside the drawing, where x is the col and y the row.
"""

from vingui.figure.options import LIGHT, FigureOptions, Theme
from vingui.figure.page import caption
from vingui.figure.plan_figure import plan_figure
from vingui.figure.saving import save_png, write_png

__all__ = [
    "LIGHT",
    "FigureOptions",
    "Theme",
    "caption",
    "plan_figure",
    "save_png",
    "write_png",
]
