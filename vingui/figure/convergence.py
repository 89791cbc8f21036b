"""The convergence panel: the largest revision of each iteration, and how many starts succeed."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from vingui.core.ticks import ticks
from vingui.figure.context import DrawContext
from vingui.figure.layout import Box, PanelRoom
from vingui.figure.page import PAD, TICK, Page
from vingui.figure.text_layout import fitting, superscript, width

_REVISION: Final = ("Largest revision max |Vₖ − Vₖ₋₁|", "max |Vₖ − Vₖ₋₁|", "Revision")
_SUCCESS: Final = ("Starts that succeed", "Success")

_AIR: Final = 0.06
"""Share of the curves' height that is left free above and below them."""

_FEW: Final = 40
"""Curves of so few points show each of them."""

# Lengths in sizes of the body text.
_LABEL: Final = 1.3
_BELOW: Final = 2.1
_ROW_ROOM: Final = 1.5
_COL_ROOM: Final = 2.8


class ConvergencePanel:
    """Curves of a run over its iterations.

    Args:
        page: where to draw it.
        box: the plot without the words around it.
        cursor: whether it marks an iteration.

    Attributes:
        axes: the axes of the revisions.
        artists: what changes with the iteration.
    """

    def __init__(self, page: Page, box: Box, *, cursor: bool) -> None:
        context = page.context
        self._revisions = context.run.revisions.copy()
        # There is no V_0 that the first one would revise.
        self._revisions[:1] = math.nan
        self._success = _success(context)
        self.axes = page.axes(box)
        self._right = self.axes.twinx()
        self._draw_curves(context)
        self._draw_axes(context, box)
        self.artists: list[Artist] = self._make_cursor(context) if cursor else []

    def show(self, k: int) -> None:
        """Mark an iteration."""
        if not self.artists:
            return
        known = self._success[self._success[:, 0] <= k]
        success = float(known[-1, 1]) if len(known) else math.nan
        line, *points = self.artists
        line.set(xdata=[k, k])
        for point, y in zip(points, (self._revisions[k - 1], success), strict=True):
            point.set(data=([k], [y]))

    def _draw_curves(self, context: DrawContext) -> None:
        revision, success = context.theme.curves
        ks = np.arange(1, len(self._revisions) + 1)
        self.axes.plot(ks, self._revisions, color=revision, linewidth=1.2)
        (line,) = self._right.plot(*self._success.T, color=success, linewidth=1.2)
        if len(self._success) <= _FEW:
            line.set(marker="o", markersize=0.32 * context.sizes.font_size, markeredgewidth=0)

    def _draw_axes(self, context: DrawContext, box: Box) -> None:
        em, theme, axes, right = context.sizes.em, context.theme, self.axes, self._right
        if context.options.background == "dark":
            axes.set_facecolor(theme.free)
        self._set_limits()
        axes.minorticks_off()
        axes.yaxis.set_major_formatter(_power)
        locator: Any = axes.yaxis.get_major_locator()
        locator.set_params(numticks=max(int(box.height / em(_ROW_ROOM)), 2))
        most = min(max(int(box.width / em(_COL_ROOM)), 2), 9)
        ks = [k for k in ticks(1, max(len(self._revisions), 2), most=most) if k == round(k)]
        axes.set_xticks(ks, [f"{k:z,.0f}" for k in ks])
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.set_xlabel("expansion k" if context.run.is_search else "iteration k")
        labels: list[tuple[Any, Sequence[str], str]] = [(axes, _REVISION, theme.curves[0])]
        # Without starts that can reach the goal there are no shares to show.
        if len(self._success):
            right.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
            labels.append((right, _SUCCESS, theme.curves[1]))
        else:
            right.set_yticks([])
        for side, texts, colour in labels:
            size = context.sizes.pt(context.sizes.small)
            side.set_ylabel(fitting(texts, size, room=box.height), color=colour)

    def _set_limits(self) -> None:
        """Show whole decades of the revisions, and 0 if there is one, and all shares."""
        last, revisions = max(len(self._revisions), 2), self._revisions
        positive = revisions[revisions > 0]
        least, most = (positive.min(), positive.max()) if positive.size else (0.1, 0.1)
        low = 10.0 ** math.floor(math.log10(least))
        has_zero = bool((revisions == 0).any())
        if has_zero:
            self.axes.set_yscale("symlog", linthresh=low)
        else:
            self.axes.set_yscale("log")
        for side, bottom, top in (
            (self.axes, 0.0 if has_zero else low, max(most, 10 * low)),
            (self._right, 0.0, 1.0),
        ):
            side.margins(x=_AIR / 2, y=_AIR)
            side.update_datalim([(1, bottom), (last, top)])
            side.autoscale_view()

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


def plot_room(context: DrawContext, *, above: float, least: float) -> PanelRoom:
    """The room for the words around the panel, given that of its title."""
    sizes, words = context.sizes, context.sizes.em(TICK + 2 * PAD + _LABEL)
    left = width(_power(1e-10), sizes.pt(sizes.small)) + words
    right = sizes.em(PAD)
    if context.run.able(context.run.grid.starts):
        right = width("100%", sizes.pt(sizes.small)) + words
    return PanelRoom(True, left, right, above, sizes.em(TICK + 2 * PAD + _BELOW), least)


def _success(context: DrawContext) -> NDArray[np.float64]:
    """`(n, 2)`: ks, and the share of starts that succeed of those that can."""
    run = context.run
    able = run.able(run.grid.starts)
    points = [(k, run.succeeding(k, able) / len(able)) for k in run.study()] if able else []
    return np.array(points, np.float64).reshape(-1, 2)


def _power(value: float, _position: float = 0) -> str:
    """A power of ten, or 0, as the label of its tick."""
    if value == 0 or 0.01 <= value <= 1000:
        return f"{value:zg}"
    return "10" + superscript(round(math.log10(value)))
