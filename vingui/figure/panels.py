"""The panels: the map and the value map, each drawn on its own axes, x = col and y = row."""

from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.plan import Plan
from vingui.figure.lettering import POINT, font
from vingui.figure.options import Theme

TICK_SIZE: Final = 7.0
LABEL_SIZE: Final = 7.5
HATCH: Final = "/////"

_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)

_LINES_FROM: Final = 10
"""Pixels a cell from which the lines between cells are shown."""


def draw_map(axes: Axes, grid: GridMap, *, cell: int, theme: Theme) -> None:
    """Draw walls and free cells.

    Args:
        axes: the panel.
        grid: the map.
        cell: pixels a cell.
        theme: its colours.
    """
    axes.set_facecolor(theme.free)
    # Free cells are see-through, so that the lines between cells end where walls begin.
    colours = np.zeros((*grid.walls.shape, 4), np.uint8)
    colours[grid.walls] = _bytes(theme.wall)
    draw_cells(axes, colours)
    if cell >= _LINES_FROM:
        axes.add_collection(_cell_lines(grid, theme), autolim=False)


def value_range(plan: Plan) -> tuple[float, float] | None:
    """The least and the greatest value of V_K on free cells; `None` where there is none."""
    values = plan.values[-1][_reached(plan)]
    return (float(values.min()), float(values.max())) if values.size else None


def unreached(plan: Plan) -> NDArray[np.bool_]:
    """`(rows, cols)` bool, the free cells to which the values have not come."""
    return np.asarray(plan.grid.free & ~np.isfinite(plan.values[-1]))


def draw_values(axes: Axes, plan: Plan, theme: Theme) -> NDArray[np.uint8]:
    """Draw V_K, walls, and the cells without a value hatched.

    Args:
        axes: the panel.
        plan: whose values.
        theme: its colours.

    Returns:
        `(rows, cols, 4)` uint8, the colours of the cells as RGBA.
    """
    scale = value_scale(plan, theme)
    reached = _reached(plan)
    colours = np.empty((*reached.shape, 4), np.uint8)
    colours[:] = _bytes(theme.unreached)
    colours[plan.grid.walls] = _bytes(theme.wall)
    if scale is not None:
        colours[reached] = scale.to_rgba(plan.values[-1][reached], bytes=True)
    draw_cells(axes, colours)
    blank = unreached(plan)
    if blank.any():
        axes.add_patch(hatching(_outlines(blank), theme))
    return colours


def value_scale(plan: Plan, theme: Theme) -> ScalarMappable | None:
    """What colours values; `None` where there is none."""
    limits = value_range(plan)
    if limits is None:
        return None
    low, high = limits
    # One value alone is the best there is, and the colours of nothing below it are not missed.
    low = low if low < high else high - 1
    return ScalarMappable(Normalize(low, high), mpl.colormaps[theme.colour_map])


def hatching(outlines: Path, theme: Theme) -> PathPatch:
    """The lines over cells without a value."""
    return PathPatch(
        outlines, facecolor="none", edgecolor=theme.hatch, linewidth=0, hatch=HATCH, zorder=2
    )


def draw_bar(axes: Axes, scale: ScalarMappable, *, lying: bool, theme: Theme) -> None:
    """Draw the colour bar.

    Args:
        axes: its axes.
        scale: what coloured the values.
        lying: whether it lies or stands.
        theme: its colours.
    """
    low, high = scale.get_clim()
    levels = np.linspace(0, 1, 256)
    colours = scale.get_cmap()(levels, bytes=True)
    extent = (low, high, 0, 1) if lying else (0, 1, low, high)
    cells = colours[None] if lying else colours[:, None]
    axes.imshow(cells, extent=extent, origin="lower", aspect="auto", interpolation="nearest")
    ticks = [
        tick
        for tick in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if low <= tick <= high
    ]
    kwargs = _tick_kwargs(theme)
    words = [f"{tick:g}".replace("-", "−") for tick in ticks]
    if lying:
        axes.set_yticks([])
        axes.set_xticks(ticks, words, **kwargs)
        axes.set_xlabel("value V", **_label_kwargs(theme))
    else:
        axes.set_xticks([])
        axes.set_yticks(ticks, words, **kwargs)
        axes.yaxis.tick_right()
        axes.yaxis.set_label_position("right")
        axes.set_ylabel("value V", **_label_kwargs(theme))
    _frame(axes, theme)


def draw_cells(axes: Axes, colours: NDArray[np.uint8]) -> None:
    """Fill the cells of a panel.

    Args:
        axes: the panel, whose limits become those of the cells.
        colours: `(rows, cols, 4)` RGBA.
    """
    axes.imshow(colours, interpolation="nearest", aspect="auto", zorder=1)


def draw_edges(
    axes: Axes, grid: GridMap, *, row_labels: bool, col_labels: bool, theme: Theme
) -> None:
    """Draw a panel's frame, with sparse numbers of rows and cols.

    Args:
        axes: the panel.
        grid: the map.
        row_labels: whether the rows' numbers are written.
        col_labels: whether the cols' numbers are written.
        theme: its colours.
    """
    shorter = min(grid.rows, grid.cols)
    step = _step(max(grid.rows, grid.cols))
    rows, cols = range(0, grid.rows, step), range(0, grid.cols, step)
    if shorter <= step:
        rows = range(0, grid.rows, step if grid.rows > step else max(grid.rows - 1, 1))
        cols = range(0, grid.cols, step if grid.cols > step else max(grid.cols - 1, 1))
    kwargs = _tick_kwargs(theme)
    axes.set_yticks(list(rows), [str(row) if row_labels else "" for row in rows], **kwargs)
    axes.set_xticks(list(cols), [str(col) if col_labels else "" for col in cols], **kwargs)
    if row_labels:
        axes.set_ylabel("row", **_label_kwargs(theme))
    if col_labels:
        axes.set_xlabel("col", **_label_kwargs(theme))
    _frame(axes, theme)


def panel_axes(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    """Empty axes at a place given in shares of the page: left, bottom, width, height."""
    axes = figure.add_axes(place)
    axes.set_facecolor("none")
    return axes


def _step(cells: int) -> int:
    """Cells between two ticks, for at most seven of them."""
    return next(step for step in _STEPS if cells <= 7 * step)


def _reached(plan: Plan) -> NDArray[np.bool_]:
    return np.asarray(plan.grid.free & np.isfinite(plan.values[-1]))


def _cell_lines(grid: GridMap, theme: Theme) -> LineCollection:
    """All the lines between cells, below the walls."""
    rows, cols = np.arange(1, grid.rows) - 0.5, np.arange(1, grid.cols) - 0.5
    level = [((-0.5, row), (grid.cols - 0.5, row)) for row in rows]
    upright = [((col, -0.5), (col, grid.rows - 0.5)) for col in cols]
    lines = level + upright
    return LineCollection(lines, colors=theme.cell_lines, linewidths=1 / POINT, zorder=0.5)


def _outlines(cells: NDArray[np.bool_]) -> Path:
    """One path around cells: a rectangle for each run of them in a row."""
    change = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(change == 1)
    beyond = np.nonzero(change == -1)[1]
    left, right, top, bottom = first - 0.5, beyond - 0.5, row - 0.5, row + 0.5
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    vertices = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(vertices.reshape(-1, 2), np.tile(codes, row.size))


def _bytes(colour: str) -> NDArray[np.uint8]:
    return np.array([round(255 * part) for part in to_rgba(colour)], np.uint8)


def _tick_kwargs(theme: Theme) -> dict[str, Any]:
    return {"fontproperties": font(TICK_SIZE), "color": theme.muted}


def _label_kwargs(theme: Theme) -> dict[str, Any]:
    return {"fontproperties": font(LABEL_SIZE), "color": theme.muted, "labelpad": 4}


def _frame(axes: Axes, theme: Theme) -> None:
    axes.tick_params(color=theme.muted, width=0.5, length=2.5, pad=2.5)
    for spine in axes.spines.values():
        spine.set(color=theme.muted, linewidth=0.5)
