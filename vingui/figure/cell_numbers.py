"""Numbers of rows and columns along a map's panel, and markers that reach over its edges."""

from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from vingui.core.ticks import cell_ticks
from vingui.figure.context import DrawContext
from vingui.figure.layout import Box
from vingui.figure.markers import RING, marker_radius
from vingui.figure.page import PAD, TICK
from vingui.figure.text_layout import width

# Lengths in sizes of the body text.
_NUMBER: Final = 0.95
_LABEL: Final = 1.0
_ROW_ROOM: Final = 1.5

_MOST_TICKS: Final = 7


@dataclass(frozen=True)
class Overhang:
    """How far markers reach over the edges of their panels, in pixels."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


def overhang(context: DrawContext, cell: float) -> Overhang:
    """Return how far markers reach over the edges, given a cell's side in pixels."""
    grid, points = context.run.grid, context.sizes.points(cell)
    radius = marker_radius(points, context.sizes, starts=len(grid.starts))
    reach = 1.16 * radius
    if context.options.trajectories:
        reach = max(reach, radius + RING / points)
    marked = [*grid.starts, *([grid.goal] if grid.goal else [])]
    if not marked:
        return Overhang()
    rows, cols = zip(*marked, strict=True)
    return Overhang(
        left=cell * max(reach - min(cols) - 0.5, 0.0),
        top=cell * max(reach - min(rows) - 0.5, 0.0),
        right=cell * max(reach - grid.cols + max(cols) + 0.5, 0.0),
        bottom=cell * max(reach - grid.rows + max(rows) + 0.5, 0.0),
    )


@dataclass(frozen=True)
class CellNumbers:
    """Ticks of rows and columns.

    Attributes:
        context: of the figure.
        overhang: of the markers, beyond which the numbers begin.
        rows: whether rows are numbered; the panel to the left may have the numbers.
        cols: whether columns are numbered; the panel below may have the numbers.
    """

    context: DrawContext
    overhang: Overhang
    rows: bool
    cols: bool

    @property
    def left(self) -> float:
        """Pixels needed to the left of the panel."""
        sizes = self.context.sizes
        if not (self.context.options.ticks and self.rows):
            return self.overhang.left
        widest = width("0" * len(str(self.context.run.grid.rows - 1)), sizes.pt(sizes.small))
        return self._distance(self.overhang.left) + widest + sizes.em(PAD + _LABEL)

    @property
    def below(self) -> float:
        """Pixels needed below the panel."""
        sizes = self.context.sizes
        if not self.context.options.ticks:
            return self.overhang.bottom
        if not self.cols:
            return max(self.overhang.bottom, sizes.em(TICK))
        return self._distance(self.overhang.bottom) + sizes.em(_NUMBER + PAD + _LABEL)

    def _distance(self, reach: float) -> float:
        """Return how far from the panel the numbers begin."""
        return max(self.context.sizes.em(TICK + PAD), reach + self.context.sizes.em(PAD / 2))

    def draw(self, axes: Axes, box: Box) -> None:
        """Add ticks and labels to a panel's axes, whose data coordinates are cells."""
        grid, sizes = self.context.run.grid, self.context.sizes
        if not self.context.options.ticks:
            axes.set(xticks=[], yticks=[])
            return
        digits = width("0" * len(str(grid.cols - 1)), sizes.pt(sizes.small))
        most = int(box.height / sizes.em(_ROW_ROOM)), int(box.width / (digits + sizes.em(0.9)))
        for axis, count, room, shown, reach, name in (
            (axes.yaxis, grid.rows, most[0], self.rows, self.overhang.left, "row"),
            (axes.xaxis, grid.cols, most[1], self.cols, self.overhang.bottom, "col"),
        ):
            cells = cell_ticks(count, most=min(room, _MOST_TICKS))
            labels = [str(cell) if shown else "" for cell in cells]
            axis.set_ticks([cell + 0.5 for cell in cells], labels)
            pad = sizes.points(self._distance(reach)) - TICK * sizes.font_size
            axis.set_tick_params(pad=pad)
            if shown and (name == "col" or box.height >= sizes.em(2)):
                axis.set_label_text(name)
        # Given places take half the time of Matplotlib's own, which measure all numbers again.
        gap = sizes.em(_LABEL)
        axes.yaxis.set_label_coords((gap - self.left) / box.width, 0.5)
        axes.xaxis.set_label_coords(0.5, (gap - self.below) / box.height)
