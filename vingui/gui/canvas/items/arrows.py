"""The policy as arrows: one per probable action of each visible cell."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QPolygonF

from vingui.core.arrow_geometry import arrow_lengths, arrow_outlines
from vingui.core.moves import COSTS, DELTAS
from vingui.core.tiles import Box
from vingui.core.value_colours import WALL, dark_on
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.canvas.legibility import (
    LIFTED,
    shows_arrows,
    shows_numbers,
)
from vingui.gui.canvas.picture import Picture

_SHRUNK: Final = 0.72
"""The relative size of arrows above numbers."""

_LENGTHS: Final = 16
_ACTIONS: Final = len(DELTAS)
_SHADES: Final = (QColor(255, 255, 255, 235), QColor(16, 18, 24, 220))
_CODES: Final = _ACTIONS * _LENGTHS * len(_SHADES)


class Arrows(CanvasItem):
    """Arrows whose lengths are probabilities; they are above the numbers if these are drawn.

    Each different arrow is painted once into a sheet from which fragments are then drawn; painting
    all arrows as polygons takes twenty times as long.
    """

    def __init__(self, view: GridView, picture: Picture) -> None:
        super().__init__(view)
        self._picture = picture
        self._stamps = PrimitiveArray(QPainter.PixmapFragment, 10)
        self._sheet = _Sheet(0.0)

    def draw(self, painter: QPainter) -> None:
        """Paint the visible arrows, if cells are large enough."""
        shown = shows_arrows(self.view)
        self.session.set_arrowed(self.view.visible_cells() if shown else None)
        if not shown:
            return
        rows, cols, codes = self._visible_arrows()
        if not rows.size:
            return
        device = painter.deviceTransform()
        scale = device.m11()
        lifted = shows_numbers(self.view, self._picture)
        cell, middle = (_SHRUNK * scale, LIFTED) if lifted else (scale, 0.5)
        if self._sheet.cell != cell:
            self._sheet = _Sheet(cell)
        places = self._sheet.places(codes)
        self._stamps.resize(rows.size)
        stamps = self._stamps.ndarray()
        # At the middles of device pixels, or thin shafts would be blurred.
        stamps[:, 0] = np.floor((cols + 0.5) * scale + device.m31()) + 0.5 - device.m31()
        stamps[:, 1] = np.floor((rows + middle) * scale + device.m32()) + 0.5 - device.m32()
        stamps[:, 2], stamps[:, 3] = places, 0
        stamps[:, 4:6] = self._sheet.side
        stamps[:, 6:8], stamps[:, 8], stamps[:, 9] = 1, 0, 1
        painter.scale(1 / scale, 1 / scale)
        first, count = self._stamps.drawargs()
        painter.drawPixmapFragments(first, count, self._sheet.pixmap)

    def _visible_arrows(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """The row, the column and the code of each arrow."""
        top, left, bottom, right = box = self.view.visible_cells()
        policy = self._policy(box)
        none = np.empty(0, np.intp)
        if policy is None:
            return none, none, none
        entries = self._picture.entries[top:bottom, left:right]
        lengths = arrow_lengths(policy)
        lengths[entries == WALL] = 0
        for row, col in self.session.document.grid.starts:
            # Its marker would cover the arrows except for their ends.
            if top <= row < bottom and left <= col < right:
                lengths[row - top, col - left] = 0
        rows, cols, actions = found = np.nonzero(lengths)
        dark = dark_on(self._picture.table)[entries[rows, cols]]
        codes = arrow_codes(actions, lengths[found], dark=dark)
        return top + rows, left + cols, codes

    def _policy(self, box: Box) -> NDArray[np.float32] | None:
        run, k = self.session.run, self.session.k
        if run is None or not run.kept or run.grid.walls.shape != self._picture.entries.shape:
            return None
        # Until the probabilities are known, only the greedy actions.
        return run.readouts.policy(k, box)


def arrow_codes(
    actions: NDArray[np.intp],
    lengths: NDArray[np.float32],
    *,
    dark: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Return the code of each arrow. All arguments are `(n,)`.

    Args:
        actions: their directions.
        lengths: the lengths from `arrow_lengths`.
        dark: whether they are dark.
    """
    steps = np.clip(np.rint(lengths * _LENGTHS), 1, _LENGTHS).astype(np.intp) - 1
    return (actions * _LENGTHS + steps) * 2 + dark


class _Sheet:
    """A pixmap of all different arrows so far, side by side.

    Args:
        cell: a cell's side in device pixels.

    Attributes:
        side: the side of an arrow's square, an odd number of pixels.
        pixmap: the arrows.
    """

    def __init__(self, cell: float) -> None:
        self.cell = cell
        self.side = 2 * int(np.ceil(cell / 2)) + 3
        self.pixmap = QPixmap()
        self._place = np.full(_CODES, -1)

    def places(self, codes: NDArray[np.intp]) -> NDArray[np.intp]:
        """The left edge of each arrow's square."""
        if (self._place[codes] < 0).any():
            # Not by np.union1d, which imports numpy.ma: 30 ms at the first plan.
            painted = self._place >= 0
            painted[codes] = True
            known = np.flatnonzero(painted)
            self._place[known] = np.arange(known.size)
            self._paint(known.tolist())
        return np.asarray(self._place[codes] * self.side)

    def _paint(self, codes: list[int]) -> None:
        self.pixmap = QPixmap(len(codes) * self.side, self.side)
        self.pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self.pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, code in enumerate(codes):
            rest, dark = divmod(code, 2)
            action, length = divmod(rest, _LENGTHS)
            lengths = np.array([(length + 1) / _LENGTHS])
            (outline,) = arrow_outlines(lengths, pixel=1 / self.cell)
            row, col = DELTAS[action] / COSTS[action] * self.cell
            corners = outline @ np.array([(col, row), (-row, col)])
            corners += (place + 0.5) * self.side, self.side / 2
            painter.setBrush(_SHADES[dark])
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        painter.end()
