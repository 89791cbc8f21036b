"""Charts of an evaluation: success by the length of the best path, and by K."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vingui.core.errors import VinguiError
from vingui.core.evaluation_rows import Row, datasets, groups, rates, title
from vingui.core.phrases import counted
from vingui.figure.checks import checked_suffix
from vingui.figure.context import MILLIMETRES_PER_INCH, Sizes
from vingui.figure.layout import NATURAL_WIDTH
from vingui.figure.options import SUFFIXES, FigureOptions
from vingui.figure.page import page_style
from vingui.figure.saving import write_drawing
from vingui.figure.text_layout import one_line

MOST_SETS: Final = 12
"""The most sets in one figure, each a row of charts."""

_HEIGHT: Final = 52.0
_LINE: Final = 6.0
"""Millimetres of a row of charts, and of a line of the legend or the title."""

_LEGEND_COLUMNS: Final = 3

_MARKERS: Final = "osD^vP*X"
_APART: Final = 0.05
"""The offset between the points of two models in a range of lengths, so that neither is hidden."""


def save_evaluation(rows: Sequence[Row], path: Path, options: FigureOptions) -> None:
    """Draw the rows of an evaluation, and write the figure whole or not at all.

    Args:
        rows: the rows.
        path: the file, whose suffix is one of `SUFFIXES`.
        options: of these, the width, the dpi, the background, the font size and the title count.

    Raises:
        VinguiError: there are no rows or too many sets, or the file cannot be written.
    """
    checked_suffix(path, SUFFIXES, "figure")
    figure = draw_evaluation(rows, options)
    caption = "Success by the length of the best path and by K on " + ", ".join(datasets(rows))
    heading = one_line(options.title or "Evaluation", limit=200)
    write_drawing(figure, path, options, title=heading, caption=one_line(caption, limit=500))


def draw_evaluation(rows: Sequence[Row], options: FigureOptions) -> Figure:
    """Draw the rows of an evaluation; arguments and exceptions as of `save_evaluation`."""
    sets = datasets(rows)
    if not 1 <= len(sets) <= MOST_SETS:
        raise VinguiError(
            f"A figure has room for 1 to {MOST_SETS} sets of maps, not {len(sets)}; "
            "evaluate on fewer at a time"
        )
    names = {_key(row): title(row, rows) for row in rows}
    with page_style(
        Sizes(options.dpi, options.font_size),
        options.theme,
        "".join([options.title, *sets, *names.values()]),
    ):
        looks = _looks(list({_key(row): row for row in rows}.values()), options)
        figure = _page(len(sets), len(names), options)
        grid = figure.subplots(len(sets), 2, squeeze=False)
        for (left, right), name in zip(grid, sets, strict=True):
            chosen = [row for row in rows if row["dataset"] == name]
            drawn = [looks[_key(row)] for row in chosen]
            _draw_lengths(left, chosen, drawn)
            _draw_ks(right, chosen, drawn)
            left.set_title(f"{name}, {counted(chosen[0]['maps'], 'map')}")
            for axes in (left, right):
                _finish(axes, options)
        handles = [Line2D([], [], label=name, **looks[key]) for key, name in names.items()]
        figure.legend(
            handles=handles, loc="outside lower center", ncols=min(len(handles), _LEGEND_COLUMNS)
        )
        # Laid out while the style holds, which measures its letters.
        figure.canvas.draw()
        figure.set_layout_engine("none")
    return figure


def _page(sets: int, entries: int, options: FigureOptions) -> Figure:
    """A figure for so many rows of charts and so many entries of the legend."""
    lines = -(-entries // _LEGEND_COLUMNS) + bool(options.title)
    width, height = options.width or NATURAL_WIDTH, _HEIGHT * sets + _LINE * lines
    figure = Figure(
        figsize=(width / MILLIMETRES_PER_INCH, height / MILLIMETRES_PER_INCH),
        dpi=options.dpi,
        facecolor="none" if options.background == "transparent" else options.theme.paper,
        layout="constrained",
    )
    FigureCanvasAgg(figure)
    if options.title:
        size = Sizes(options.dpi, options.font_size).title
        figure.suptitle(options.title, fontsize=size, fontweight="bold")
    return figure


def _key(row: Row) -> tuple[Any, ...]:
    """What has one look and one entry of the legend."""
    return row["model"], row["moves"], row["iterations"], row["reference"]


def _looks(rows: Sequence[Row], options: FigureOptions) -> dict[tuple[Any, ...], dict[str, Any]]:
    """How the lines of each model are drawn; references are grey, or like the models of a rule."""
    theme, looks = options.theme, {}
    several = len({row["moves"] for row in rows}) > 1
    colours: dict[str, str] = {}
    for number, row in enumerate(rows):
        colour = theme.start(number)
        if row["reference"]:
            is_exact = row["model"] == "exact"
            looks[_key(row)] = {
                "color": colours.get(row["moves"], theme.muted) if several else theme.muted,
                "linestyle": (0, (5, 2)) if is_exact else (0, (1, 1.5)),
                "linewidth": 1.0,
                "marker": "",
            }
            continue
        colours.setdefault(row["moves"], colour)
        looks[_key(row)] = {
            "color": colour,
            "linestyle": "-",
            "linewidth": 1.2,
            "marker": _MARKERS[number % len(_MARKERS)],
            "markersize": 0.45 * options.font_size,
            "markeredgewidth": 0,
        }
    return looks


def _draw_lengths(axes: Axes, rows: Sequence[Row], looks: Sequence[dict[str, Any]]) -> None:
    """Draw the success by the length of the best path, with the intervals."""
    ranges = groups(rows, "by_length")
    models = sum(not row["reference"] for row in rows)
    for number, (row, look) in enumerate(zip(rows, looks, strict=True)):
        known = rates(row, "by_length")
        shift = 0 if row["reference"] else _APART * (number - (models - 1) / 2)
        places = [place for place, one in enumerate(ranges) if one["from"] in known]
        points = [known[ranges[place]["from"]] for place in places]
        xs = [place + shift for place in places]
        axes.plot(xs, [100 * one.success for one in points], **look)
        if not row["reference"]:
            axes.vlines(
                xs,
                [100 * one.low for one in points],
                [100 * one.high for one in points],
                color=look["color"],
                linewidth=0.8,
            )
    axes.set_xticks(range(len(ranges)), [_ends(one) for one in ranges])
    axes.set_xlim(-0.5, max(len(ranges), 1) - 0.5)
    axes.set_xlabel(
        "least cost"
        if any("mean_cost_ratio" in row for row in rows)
        else "length of the best path, in cells"
    )
    axes.set_ylabel("starts that succeed, %")


def _ends(group: Row) -> str:
    """A range of lengths in few letters: "10–20", "1000+"."""
    return f"{group['from']}+" if group["to"] is None else f"{group['from']}–{group['to']}"


def _draw_ks(axes: Axes, rows: Sequence[Row], looks: Sequence[dict[str, Any]]) -> None:
    """Draw the success under V_k; references are the same for all of them."""
    ks: set[int] = set()
    for row, look in zip(rows, looks, strict=True):
        known = rates(row, "by_k")
        ks |= set(known)
        if row["reference"]:
            axes.axhline(100 * row["success"], **{**look, "marker": ""})
        else:
            axes.plot(list(known), [100 * one.success for one in known.values()], **look)
    axes.set_xscale("log", base=2)
    shown = [1 << power for power in range(25) if ks and 1 << power <= max(ks)]
    step = max(1, -(-len(shown) // 7))
    axes.set_xticks(shown[::step], [f"{k:,}" for k in shown[::step]])
    axes.minorticks_off()
    axes.set_xlabel("iteration k")


def _finish(axes: Axes, options: FigureOptions) -> None:
    if options.background == "dark":
        axes.set_facecolor(options.theme.free)
    axes.set_ylim(-3, 103)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
