"""Figures and films of runs, drawn by Matplotlib without a screen.

Arrays and cells are `row, col`; only what is handed to Matplotlib is `x, y`, with y downwards.
The options are imported without Matplotlib, which only drawing needs.
"""

from vingui.figure.options import SUFFIXES, FigureOptions
from vingui.figure.panel import Panel

__all__ = ["SUFFIXES", "FigureOptions", "Panel"]
