"""Numbers of rows and columns along a map's panel."""

from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from vingui.core.ticks import cell_ticks
from vingui.figure.context import DrawContext
from vingui.figure.layout import Box
from vingui.figure.page import PAD, TICK
from vingui.figure.text_layout import width

# Lengths in sizes of the body text.
EDGE: Final = 0.5
"""Room for markers, which may reach over the edges of small cells."""

_NUMBER: Final = 0.95
_LABEL: Final = 1.0
_ROW_ROOM: Final = 1.5

_MOST_TICKS: Final = 7


@dataclass(frozen=True)
class CellNumbers:
    """Ticks of rows and columns.

    Attributes:
        context: what the figure is drawn from.
        rows: whether rows are numbered; the panel to the left may have the numbers.
        cols: whether columns are numbered; the panel below may have the numbers.
    """

    context: DrawContext
    rows: bool
    cols: bool

    @property
    def left(self) -> float:
        """Pixels needed to the left of the panel."""
        em = self.context.sizes.em
        if not self.context.options.ticks:
            return em(EDGE)
        if not self.rows:
            return 0.0
        return em(TICK + 2 * PAD + _LABEL) + self._width(self.context.run.grid.rows)

    @property
    def below(self) -> float:
        """Pixels needed below the panel."""
        em = self.context.sizes.em
        if not self.context.options.ticks:
            return em(EDGE)
        return em(TICK + 2 * PAD + _NUMBER + _LABEL if self.cols else TICK)

    def _width(self, count: int) -> float:
        """The width of the widest number of so many rows or columns."""
        sizes = self.context.sizes
        return width("0" * len(str(count - 1)), sizes.pt(sizes.small))

    def draw(self, axes: Axes, box: Box) -> None:
        """Add ticks and labels to a panel's axes, whose data coordinates are cells."""
        grid, em = self.context.run.grid, self.context.sizes.em
        if not self.context.options.ticks:
            axes.set(xticks=[], yticks=[])
            return
        wide = self._width(grid.cols) + em(0.9)
        for axis, count, room, shown, name in (
            (axes.yaxis, grid.rows, box.height / em(_ROW_ROOM), self.rows, "row"),
            (axes.xaxis, grid.cols, box.width / wide, self.cols, "col"),
        ):
            cells = cell_ticks(count, most=min(int(room), _MOST_TICKS))
            labels = [str(cell) if shown else "" for cell in cells]
            axis.set_ticks([cell + 0.5 for cell in cells], labels)
            if shown and (name == "col" or box.height >= em(2)):
                axis.set_label_text(name)
        # Given places take half the time of Matplotlib's own, which measure all numbers again.
        gap = em(_LABEL)
        axes.yaxis.set_label_coords((gap - self.left) / box.width, 0.5)
        axes.xaxis.set_label_coords(0.5, (gap - self.below) / box.height)
