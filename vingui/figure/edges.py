"""The edges of a map's panels: the numbers of its rows and columns, and marks that reach over."""

from dataclasses import dataclass
from typing import Final

from vingui.core.ticks import cell_ticks
from vingui.figure.layout import Box
from vingui.figure.lettering import width
from vingui.figure.marks import mark_radius
from vingui.figure.page import Page
from vingui.figure.scene import Scene
from vingui.figure.shapes import Shape, joined, line

# Lengths in sizes of the body text.
_TICK: Final = 0.25
_AIR: Final = 0.25
_NUMBER: Final = 0.9
_LABEL: Final = 1.2
_ROW_ROOM: Final = 1.5

_MOST_TICKS: Final = 7
_RING: Final = 2.8
"""Points that a ring around a start adds to its mark's radius."""


@dataclass(frozen=True)
class Air:
    """How far marks reach over the edges of the panels, in pixels."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


def air_around(scene: Scene, cell: float) -> Air:
    """What the marks need, given a cell's side in pixels."""
    grid = scene.run.grid
    reach = 1.16 * mark_radius(cell, scene.sizes, starts=len(grid.starts))
    if scene.options.trajectories:
        reach = max(
            reach, mark_radius(cell, scene.sizes, starts=len(grid.starts)) + scene.sizes.pt(_RING)
        )
    marked = [*grid.starts, *([grid.goal] if grid.goal else [])]
    if not marked:
        return Air()
    rows, cols = zip(*marked, strict=True)
    return Air(
        left=max(reach - (min(cols) + 0.5) * cell, 0.0),
        top=max(reach - (min(rows) + 0.5) * cell, 0.0),
        right=max(reach - (grid.cols - max(cols) - 0.5) * cell, 0.0),
        bottom=max(reach - (grid.rows - max(rows) - 0.5) * cell, 0.0),
    )


@dataclass(frozen=True)
class Edges:
    """Whose rows and columns are numbered.

    Attributes:
        scene: of the figure.
        air: what marks need.
        row_numbers: whether the rows are.
        col_numbers: whether the columns are.
    """

    scene: Scene
    air: Air
    row_numbers: bool
    col_numbers: bool

    @property
    def left(self) -> float:
        """Pixels left of the panel."""
        sizes = self.scene.sizes
        if not (self.scene.options.ticks and self.row_numbers):
            return self.air.left
        widest = width("0" * len(str(self.scene.run.grid.rows - 1)), sizes.pt(sizes.small))
        return self._out(self.air.left) + widest + sizes.em(_AIR + _LABEL)

    @property
    def below(self) -> float:
        """Pixels below the panel."""
        if not self.scene.options.ticks:
            return self.air.bottom
        if not self.col_numbers:
            return max(self.air.bottom, self.scene.sizes.em(_TICK))
        return self._out(self.air.bottom) + self.scene.sizes.em(_NUMBER + _AIR + _LABEL)

    def _out(self, air: float) -> float:
        """How far from the panel numbers begin."""
        return max(self.scene.sizes.em(_TICK + _AIR), air + self.scene.sizes.em(_AIR / 2))

    def draw(self, page: Page, box: Box) -> None:
        """Draw ticks and write numbers around a panel."""
        scene, grid, theme = self.scene, self.scene.run.grid, self.scene.theme
        if not scene.options.ticks:
            return
        em, size, colour = scene.sizes.em, scene.sizes.small, theme.muted
        cell = box.width / grid.cols
        digits = width("0" * len(str(grid.cols - 1)), scene.sizes.pt(size))
        rows = cell_ticks(grid.rows, most=min(int(box.height / em(_ROW_ROOM)), _MOST_TICKS))
        cols = cell_ticks(grid.cols, most=min(int(box.width / (digits + em(0.9))), _MOST_TICKS))
        marks = []
        for row in rows:
            y = box.top + (row + 0.5) * cell
            marks.append(line([(box.left - em(_TICK), y), (box.left, y)]))
            if self.row_numbers:
                x = box.left - self._out(self.air.left)
                page.text(str(row), x, y, size=size, colour=colour, ha="right", va="middle")
        for col in cols:
            x = box.left + (col + 0.5) * cell
            marks.append(line([(x, box.bottom), (x, box.bottom + em(_TICK))]))
            if self.col_numbers:
                y = box.bottom + self._out(self.air.bottom) + em(_NUMBER / 2)
                page.text(str(col), x, y, size=size, colour=colour, ha="center", va="middle")
        page.shapes([Shape(joined(marks), edge=theme.frame, width=scene.sizes.hairline)])
        self._name(page, box)

    def _name(self, page: Page, box: Box) -> None:
        em, size, colour = self.scene.sizes.em, self.scene.sizes.small, self.scene.theme.muted
        if self.row_numbers and box.height >= em(2):
            x, y = box.left - self.left + em(0.45), box.top + box.height / 2
            page.text("row", x, y, size=size, colour=colour, ha="center", va="middle", rotation=90)
        if self.col_numbers:
            x, y = box.left + box.width / 2, box.bottom + self.below - em(_LABEL / 2)
            page.text("col", x, y, size=size, colour=colour, ha="center", va="middle")
