"""The demonstrations: paths that somebody showed, from a dot to an arrow head."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from vingui.core.demonstration_table import DemonstrationTable
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem, middle
from vingui.gui.look.theme import Look

_WIDTH: Final = 0.15
_LEAST_WIDTH: Final = 1.5
_MOST_WIDTH: Final = 6.0
"""The width of a line: relative to the cell, and its limits in pixels."""

_EDGE: Final = 0.12
_LEAST_EDGE: Final = 0.75
_MOST_EDGE: Final = 1.25
"""The width of the edge on either side of a line, in the same way. Trajectories have no edges: the
two differ without colours."""

_SELECTED_EDGE: Final = 1.75
"""Pixels by which the edge of a selected line is wider."""

_DASH: Final = 3.0
"""The length of a blocked path's dashes and of the gaps between them, in widths of the line."""

_DOT: Final = 2.6
"""The diameter of the dot at the start, in widths of the line."""

_ARM: Final = 2.4
_LEAST_ARM: Final = 5.0
"""The length of the two lines of an arrow head: in widths of the line, and at least in pixels."""

_SPREAD: Final = 0.62
"""The angle in radians between the path and either line of its arrow head."""


@dataclass(frozen=True)
class _Stroke:
    """How demonstrations of one kind are drawn.

    Attributes:
        line: the colour of the line.
        edge: the colour of its edges.
        width: the width of the line in pixels.
        rim: the width of each edge in pixels.
        dashed: whether it is dashed.
    """

    line: QColor
    edge: QColor
    width: float
    rim: float
    dashed: bool


class Demonstrations(CanvasItem):
    """The demonstrations as lines with edges; blocked ones are dashed, in the colour of warnings.

    The edges of all are painted before the lines, so that where paths meet they look like streets
    on a map. All but the last, which may be growing, are kept in a pixmap.
    """

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._pixmap = QPixmap()
        self._painted: tuple[object, ...] = ()
        teaching = self.session.teaching
        self.session.document.changed.connect(self._on_map_changed)
        self.session.run_changed.connect(self._on_map_changed)
        teaching.shown_changed.connect(self.repaint)
        teaching.selection_changed.connect(self._on_map_changed)

    def draw(self, painter: QPainter) -> None:
        """Paint the visible parts, with the selected ones on top."""
        teaching, table = self.session.teaching, self.session.teaching.table
        count = len(table.demonstrations)
        if not teaching.shown or not count:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        last = np.arange(count) == count - 1
        if self.view.offscreen:
            self._paint_paths(painter, table, ~last)
        else:
            self._paint_kept(painter, table, ~last)
        self._paint_paths(painter, table, last)

    def _paint_kept(
        self, painter: QPainter, table: DemonstrationTable, numbers: NDArray[np.bool_]
    ) -> None:
        """Paint demonstrations from the pixmap, which is painted first if it is outdated."""
        ratio = painter.device().devicePixelRatio()
        size = self.view.viewport().size() * ratio
        shown = table.demonstrations[:-1], table.blocked[:-1].tobytes()
        chosen, look = self.session.teaching.selected, self.session.theme.look
        painted = (*shown, chosen, look, size, painter.worldTransform(), ratio)
        if painted != self._painted:
            self._painted = painted
            self._pixmap = QPixmap(size)
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(self._pixmap) as kept:
                kept.setRenderHint(QPainter.RenderHint.Antialiasing)
                kept.setTransform(painter.worldTransform())
                self._paint_paths(kept, table, numbers)
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(0, 0, self._pixmap)
        painter.restore()

    def _paint_paths(
        self, painter: QPainter, table: DemonstrationTable, numbers: NDArray[np.bool_]
    ) -> None:
        selected = np.zeros(len(numbers), bool)
        selected[list(self.session.teaching.selected)] = True
        scale, look = self.view.camera.scale, self.session.theme.look
        for chosen in (False, True):
            for dashed in (True, False):
                among = numbers & (selected == chosen) & (table.blocked == dashed)
                if among.any():
                    stroke = _stroke(look, scale, chosen=chosen, dashed=dashed)
                    self._paint_group(painter, table, among, stroke)

    def _paint_group(
        self,
        painter: QPainter,
        table: DemonstrationTable,
        numbers: NDArray[np.bool_],
        stroke: _Stroke,
    ) -> None:
        lines, owners = table.lines
        lines = lines[numbers[owners]]
        lines = lines[self._visible(lines)]
        heads = _arrow_heads(table, numbers, stroke, self.pixel)
        drawn = _line_array(np.concatenate([lines + 0.5, *heads]))
        dots = [middle((row, col)) for row, col in table.starts[numbers].tolist()]
        for colour, rim in ((stroke.edge, stroke.rim), (stroke.line, 0.0)):
            pixels = stroke.width + 2 * rim
            pen = QPen(colour, pixels * self.pixel)
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            if stroke.dashed:
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                pen.setDashPattern([_DASH * stroke.width / pixels] * 2)
            painter.setPen(pen)
            painter.drawLines(*drawn.drawargs())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            radius = (_DOT * stroke.width / 2 + rim) * self.pixel
            for dot in dots:
                painter.drawEllipse(dot, radius, radius)

    def _visible(self, lines: NDArray[np.int64]) -> NDArray[np.bool_]:
        top, left, bottom, right = self.view.visible_cells()
        low = np.minimum(lines[:, :2], lines[:, 2:])
        high = np.maximum(lines[:, :2], lines[:, 2:])
        inside = (high >= (top - 1, left - 1)) & (low <= (bottom, right))
        return np.asarray(inside.all(axis=1))

    def _on_map_changed(self) -> None:
        if self.session.teaching.shown:
            self.repaint()


def _stroke(look: Look, scale: float, *, chosen: bool, dashed: bool) -> _Stroke:
    """How to draw a demonstration where a cell has `scale` pixels."""
    edge = min(max(_EDGE * scale, _LEAST_EDGE), _MOST_EDGE)
    unselected = look.halo if dashed else look.demonstration_edge
    return _Stroke(
        line=QColor(look.warning if dashed else look.demonstration),
        edge=QColor(look.accent if chosen else unselected),
        width=min(max(_WIDTH * scale, _LEAST_WIDTH), _MOST_WIDTH),
        rim=edge + _SELECTED_EDGE * chosen,
        dashed=dashed,
    )


def _arrow_heads(
    table: DemonstrationTable, numbers: NDArray[np.bool_], stroke: _Stroke, pixel: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two lines of each arrow head, `(n, 4)` each, as rows and columns of their ends."""
    steps = table.last_steps[numbers]
    ahead = steps / np.hypot(*steps.T)[:, None] * pixel
    # The point of the arrow lies before the end of the line, which is as wide as the line.
    tips = table.ends[numbers] + 0.5 + ahead * stroke.width / 2
    length = max(_ARM * stroke.width, _LEAST_ARM)
    cos, sin = np.cos(_SPREAD), np.sin(_SPREAD)
    left = ahead @ np.array([[cos, sin], [-sin, cos]])
    right = ahead @ np.array([[cos, -sin], [sin, cos]])
    return np.hstack([tips, tips - length * left]), np.hstack([tips, tips - length * right])


def _line_array(lines: NDArray[np.float64]) -> Any:
    """Lines for a painter, from the rows and columns of their ends, `(n, 4)`."""
    array = PrimitiveArray(QLineF, 4)
    array.resize(len(lines))
    array.ndarray()[:] = lines[:, [1, 0, 3, 2]]
    return array
