"""The convergence panel: the largest revision of each iteration, and how many starts succeed."""

import math
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from vingui.core.ticks import ticks
from vingui.core.value_history import log_changes
from vingui.figure.context import DrawContext
from vingui.figure.layout import Box
from vingui.figure.page import PAD, TICK, Page
from vingui.figure.text_layout import fitting, width

_REVISION: Final[tuple[str, ...]] = (
    "Largest revision max |Vₖ − Vₖ₋₁|",
    "max |Vₖ − Vₖ₋₁|",
    "Revision",
)
_SUCCESS: Final[tuple[str, ...]] = ("Starts that succeed", "Success")
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_AIR: Final = 0.06
"""Share of the panel that is left free above and below the curves, and on both sides together."""

_FEW: Final = 40
"""Curves of so few points show each of them."""

_MOST_DECADES: Final = 400

# Lengths in sizes of the body text.
_LABEL: Final = 1.3
_ROW_ROOM: Final = 1.5
_COL_ROOM: Final = 2.8


class ConvergencePanel:
    """Curves of a run over its iterations.

    Args:
        page: where to draw it.
        context: of the figure.
        box: the plot without the words around it.
        cursor: whether it marks an iteration.

    Attributes:
        axes: of the revisions.
        artists: what changes with the iteration.
    """

    def __init__(self, page: Page, context: DrawContext, box: Box, *, cursor: bool) -> None:
        self._logs, self._floor = _logs(context)
        self._success = _success(context)
        self.axes = page.axes(box)
        self._right = self.axes.twinx()
        self._draw_axes(context, box)
        self._draw_curves(context)
        self.artists: list[Artist] = self._make_cursor(context) if cursor else []

    def show(self, k: int) -> None:
        """Mark an iteration."""
        if not self.artists:
            return
        known = self._success[self._success[:, 0] <= k]
        success = float(known[-1, 1]) if len(known) else math.nan
        log = float(self._logs[min(k, len(self._logs)) - 1]) if len(self._logs) else math.nan
        line, *points = self.artists
        line.set(xdata=[k, k])
        for point, y in zip(points, (log, success), strict=True):
            point.set(data=([k], [y]))

    def _draw_axes(self, context: DrawContext, box: Box) -> None:
        em, theme, axes, right = context.sizes.em, context.theme, self.axes, self._right
        if context.options.background == "dark":
            axes.set_facecolor(theme.free)
        low, high = _range(self._logs, self._floor)
        span = max(len(self._logs), 2) - 1
        sides = _AIR / 2 / (1 - _AIR) * span
        axes.set_xlim(1 - sides, 1 + span + sides)
        for one, bottom, top in ((axes, low, high), (right, 0.0, 1.0)):
            air = _AIR / (1 - 2 * _AIR) * (top - bottom)
            one.set_ylim(bottom - air, top + air)
        decades = _decades(low, high, self._floor, box.height / em(_ROW_ROOM))
        axes.set_yticks(decades, [_power(decade, self._floor) for decade in decades])
        ks = _k_ticks(len(self._logs), box.width / em(_COL_ROOM))
        axes.set_xticks(ks, [f"{k:,}" for k in ks])
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.set_xlabel("iteration k")
        labels = [(axes, _REVISION, theme.curves[0])]
        # Without starts that can reach the goal there are no shares to show.
        if len(self._success):
            right.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
            labels.append((right, _SUCCESS, theme.curves[1]))
        else:
            right.set_yticks([])
        for one, texts, colour in labels:
            size = context.sizes.pt(context.sizes.small)
            one.set_ylabel(fitting(texts, size, room=box.height), color=colour)

    def _draw_curves(self, context: DrawContext) -> None:
        revision, success = context.theme.curves
        ks = np.arange(1, len(self._logs) + 1)
        known = np.isfinite(self._logs)
        self.axes.plot(ks[known], self._logs[known], color=revision, linewidth=1.2)
        (line,) = self._right.plot(*self._success.T, color=success, linewidth=1.2)
        if len(self._success) <= _FEW:
            line.set(marker="o", markersize=0.32 * context.sizes.font_size, markeredgewidth=0)

    def _make_cursor(self, context: DrawContext) -> list[Artist]:
        theme, right = context.theme, self._right
        artists: list[Artist] = [right.axvline(1, color=theme.text, linewidth=0.8, zorder=3)]
        for axes, colour in zip((self.axes, right), theme.curves, strict=True):
            artists += right.plot(
                [],
                [],
                marker="o",
                markersize=0.56 * context.sizes.font_size,
                markeredgewidth=0.6,
                markerfacecolor=colour,
                markeredgecolor=theme.halo,
                transform=axes.transData,
                zorder=4,
            )
        return artists


def left_room(context: DrawContext) -> float:
    """Return the pixels for the words to the left."""
    logs, floor = _logs(context)
    powers = _decades(*_range(logs, floor), floor, _MOST_DECADES)
    size = context.sizes.pt(context.sizes.small)
    widest = max((width(_power(power, floor), size) for power in powers), default=0.0)
    return widest + context.sizes.em(TICK + 2 * PAD + _LABEL)


def right_room(context: DrawContext) -> float:
    """Return the pixels for the words to the right, if there are any."""
    if not context.run.able(context.run.grid.starts):
        return context.sizes.em(PAD)
    widest = width("100%", context.sizes.pt(context.sizes.small))
    return widest + context.sizes.em(TICK + 2 * PAD + _LABEL)


def below_room(context: DrawContext) -> float:
    """Return the pixels for the words below."""
    return context.sizes.em(TICK + 2 * PAD + 2.1)


def _logs(context: DrawContext) -> tuple[NDArray[np.float64], float | None]:
    """Return logarithms of the revisions, and where 0 is shown; `None` where there is no 0."""
    logs, zeros, floor = log_changes(context.run.revisions)
    logs[zeros - 1] = floor
    return logs, floor if zeros.size else None


def _success(context: DrawContext) -> NDArray[np.float64]:
    """Return `(n, 2)`: ks, and the share of starts that succeed of those that can."""
    run = context.run
    able = run.able(run.grid.starts)
    points = [(k, run.succeeding(k, able) / len(able)) for k in run.study()] if able else []
    return np.array(points, np.float64).reshape(-1, 2)


def _range(logs: NDArray[np.float64], floor: float | None) -> tuple[float, float]:
    known = logs[np.isfinite(logs)]
    if not known.size:
        return -1.0, 0.0
    low, high = float(known.min()), float(known.max())
    return (low if floor is not None else math.floor(low)), max(high, low + 1)


def _decades(low: float, high: float, floor: float | None, most: float) -> list[float]:
    step = max(math.ceil((high - low) / max(most, 1)), 1)
    # As far from the floor's 0 as from each other.
    first = math.ceil(low) if floor is None else floor + step
    decades = [float(power) for power in range(int(first), math.floor(high) + 1, step)]
    return decades if floor is None else [floor, *decades]


def _power(exponent: float, floor: float | None) -> str:
    if exponent == floor:
        return "0"
    if -2 <= exponent <= 3:
        return f"{10**exponent:zg}"
    return "10" + f"{exponent:z.0f}".translate(_SUPERSCRIPTS)


def _k_ticks(latest: int, most: float) -> list[int]:
    """Return round iterations, and 1."""
    last = max(latest, 2)
    inner = [round(k) for k in ticks(0, last, most=min(max(int(most), 2), 9))]
    whole = sorted({k for k in inner if 1 <= k <= last})
    if whole and whole[0] == 1 <= 0.2 * last:
        return whole
    return [1, *(k for k in whole if k > 0.12 * last)]
