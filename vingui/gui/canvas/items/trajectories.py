"""The greedy trajectories: their paths, the marks of their outcomes, and the walking dots."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from vingui.core.diagnosis import wrong_step_middle
from vingui.core.grid import Cell
from vingui.core.rollout import NO_ACTION, Outcome, Trajectory
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem
from vingui.gui.canvas.items.markers import halo_width, marker_radius, start_colour
from vingui.gui.session import Session
from vingui.gui.settings import SHOW_TRAJECTORIES, Setting

_LEAST_ROUNDED = 8.0
_MOST_ROUNDED = 200
"""The cell size in pixels from which, and visible lines up to which, bends are rounded.

Separate overlapping lines are painted in a tenth of the time, but wide ones then have bumps at
their bends.
"""

_MOST_DASHED = 2000
"""The most visible lines of a dashed trajectory that is painted as one."""

_LEAST_OUTLINED = 6.0
"""The cell size in pixels from which the cells of a loop are outlined."""

_LEAST_LOOP = 6.0
"""The size in pixels of a loop from which it is visible without a ring around it."""


@dataclass(frozen=True)
class _Polyline:
    """A trajectory, prepared for painting.

    Attributes:
        start: the index of the start.
        outcome: how the trajectory ends.
        bends: `(n, 2)` float64, the `(row, col)` of its ends and bends.
        points: the middles of those cells.
        lines: the lines between the points.
        loop: the cells of its loop, if any.
        first: its first cell.
        last: its last cell.
        next_step: the `(row, col)` step that it would have made next, if known.
        wrong: the `(row, col)` of the middle of its first wrong step, if it makes one.
    """

    start: int
    outcome: Outcome
    bends: NDArray[np.float64]
    points: list[QPointF]
    lines: list[QLineF]
    loop: NDArray[np.int64]
    first: Cell
    last: Cell
    next_step: Cell
    wrong: tuple[float, float] | None


class Trajectories(CanvasItem):
    """The trajectory of each start in its colour.

    Those that fail have a mark at their end, and those that are not optimal a diamond on their
    first wrong step.

    Args:
        view: the view that shows them.
        session: whose they are; `None` for those of the view's session.
        dashed: whether they are dashed lines without marks, over those of another session.
    """

    def __init__(
        self, view: GridView, *, session: Session | None = None, dashed: bool = False
    ) -> None:
        super().__init__(view)
        self.session = session or view.session
        self._dashed = dashed
        self._shown: tuple[Trajectory, ...] = ()
        self._polylines: list[_Polyline] = []
        self.session.trajectories_changed.connect(self.repaint)
        self.session.values_changed.connect(self._on_values_changed)
        self.session.start_selected.connect(self.repaint)
        self.session.settings.changed.connect(self._on_setting_changed)

    def draw(self, painter: QPainter) -> None:
        """Paint all paths, with the selected start's on top."""
        if not self.session.settings.get(SHOW_TRAJECTORIES):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = self.session.selected_start
        polylines = sorted(self._current(), key=lambda line: (line.start == selected, -line.start))
        if self._dashed:
            for polyline in polylines:
                self._paint_line(painter, polyline, selected=polyline.start == selected)
            return
        for polyline in polylines:
            self._paint_loop(painter, polyline)
        for polyline in polylines:
            self._paint_line(painter, polyline, selected=polyline.start == selected)
        for polyline in polylines:
            self._paint_end(painter, polyline)
            self._paint_wrong_step(painter, polyline)

    def _current(self) -> list[_Polyline]:
        if self.session.trajectories is not self._shown:
            self._shown = self.session.trajectories
            self._polylines = [
                _polyline(
                    start, trajectory, self._next_step(trajectory), self._wrong_step(trajectory)
                )
                for start, trajectory in enumerate(self._shown)
                if trajectory.start is not None
            ]
        return self._polylines

    def _next_step(self, trajectory: Trajectory) -> Cell:
        run = self.session.run
        actions = run.readouts.actions(self.session.k) if run is not None else None
        end = _cell(trajectory.path[-1])
        if actions is None or actions[end] == NO_ACTION:
            return 0, 0
        return _cell(self.session.rule.deltas[actions[end]])

    def _wrong_step(self, trajectory: Trajectory) -> tuple[float, float] | None:
        run = self.session.run
        return None if run is None else wrong_step_middle(trajectory, run, self.session.k)

    def _paint_loop(self, painter: QPainter, polyline: _Polyline) -> None:
        if not polyline.loop.size:
            return
        colour = start_colour(self.session.theme.look, polyline.start)
        tint = QColor(colour)
        tint.setAlphaF(0.28)
        painter.setBrush(tint)
        inset = 0.0
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        if self.view.camera.scale >= _LEAST_OUTLINED:
            inset = 1.5 * self.pixel
            painter.setPen(QPen(colour, 1.5 * self.pixel))
        top, left, bottom, right = self.view.visible_cells()
        visible = ((polyline.loop >= (top, left)) & (polyline.loop < (bottom, right))).all(axis=1)
        side = 1 - 2 * inset
        painter.drawRects(
            [
                QRectF(col + inset, row + inset, side, side)
                for row, col in polyline.loop[visible].tolist()
            ]
        )

    def _paint_line(self, painter: QPainter, polyline: _Polyline, *, selected: bool) -> None:
        width = min(max(0.09 * self.view.camera.scale, 1.75), 4.0) + selected
        look = self.session.theme.look
        visible = self._visible_lines(polyline)
        large = self.view.camera.scale >= _LEAST_ROUNDED
        count = len(polyline.lines[visible])
        rounded = large and count <= _MOST_ROUNDED
        # Each of separate lines would begin with a dash.
        joined = rounded or (self._dashed and count <= _MOST_DASHED)
        for colour, pixels in _haloed(QColor(look.halo), start_colour(look, polyline.start), width):
            pen = QPen(colour, pixels * self.pixel)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap if rounded else Qt.PenCapStyle.SquareCap)
            if self._dashed or polyline.outcome is Outcome.UNREACHABLE:
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                pen.setDashPattern([3.0 * width / pixels, 3.0 * width / pixels])
            painter.setPen(pen)
            if joined:
                painter.drawPolyline(polyline.points[visible.start : visible.stop + 1])
            else:
                painter.drawLines(polyline.lines[visible])

    def _visible_lines(self, polyline: _Polyline) -> slice:
        """Return a slice of a path's lines that includes all visible ones."""
        top, left, bottom, right = self.view.visible_cells()
        first, last = polyline.bends[:-1], polyline.bends[1:]
        low, high = np.minimum(first, last), np.maximum(first, last)
        touching = (high >= (top - 1, left - 1)) & (low <= (bottom, right))
        visible = np.flatnonzero(touching.all(axis=1))
        return slice(int(visible[0]), int(visible[-1]) + 1) if len(visible) else slice(0, 0)

    def _paint_end(self, painter: QPainter, polyline: _Polyline) -> None:
        end = np.array([polyline.last])
        match polyline.outcome:
            case Outcome.LOOP if np.ptp(polyline.loop, axis=0).max() < _LEAST_LOOP * self.pixel:
                self._paint_ring(painter, polyline, middle_of=polyline.loop)
            case Outcome.WALL:
                self._paint_cross(painter, polyline)
            case Outcome.OUT_OF_STEPS:
                self._paint_ring(painter, polyline, middle_of=end, filled=True)
            case Outcome.UNREACHABLE:
                self._paint_unreachable(painter, polyline)

    def _beside_start(self, polyline: _Polyline, row: float, col: float, reach: float) -> QPointF:
        """Return a mark's place in pixels, moved so that the start's marker does not hide it."""
        scale = self.view.camera.scale
        away = QPointF(col - polyline.first[1], row - polyline.first[0]) * scale
        length = math.hypot(away.x(), away.y())
        least = marker_radius(self.view) + reach
        return away * max(least / length, 1.0) if length else away

    def _paint_cross(self, painter: QPainter, polyline: _Polyline) -> None:
        scale, look = self.view.camera.scale, self.session.theme.look
        arm = min(max(0.15 * scale, 3.5), 8.0)
        (row, col), (down, right) = polyline.last, polyline.next_step
        wall = self._beside_start(polyline, row + 0.5 * down, col + 0.5 * right, arm + 1)
        self.begin_pixels(painter, polyline.first)
        for colour, width in _haloed(QColor(look.halo), QColor(look.error), arm / 2):
            painter.setPen(_round_pen(colour, width))
            painter.drawLine(wall + QPointF(-arm, -arm), wall + QPointF(arm, arm))
            painter.drawLine(wall + QPointF(-arm, arm), wall + QPointF(arm, -arm))
        painter.restore()

    def _paint_wrong_step(self, painter: QPainter, polyline: _Polyline) -> None:
        if polyline.wrong is None:
            return
        look, arm = self.session.theme.look, min(max(0.13 * self.view.camera.scale, 3.5), 8.0)
        middle = self._beside_start(polyline, *polyline.wrong, arm + 4)
        self.begin_pixels(painter, polyline.first)
        painter.setPen(_round_pen(QColor(look.halo), 1.5))
        painter.setBrush(QColor(look.error))
        corners = (QPointF(0, -arm), QPointF(arm, 0), QPointF(0, arm), QPointF(-arm, 0))
        painter.drawPolygon([middle + corner for corner in corners])
        painter.restore()

    def _paint_ring(
        self,
        painter: QPainter,
        polyline: _Polyline,
        *,
        middle_of: NDArray[np.int64],
        filled: bool = False,
    ) -> None:
        """Paint a ring around some cells, or around the start if its marker hides them."""
        scale, look = self.view.camera.scale, self.session.theme.look
        low, high = middle_of.min(axis=0), middle_of.max(axis=0)
        row, col = ((low + high) / 2).tolist()
        size = 7.0 if filled else (int((high - low).max()) + 1) * scale + 3
        radius = max(size / 2, 0.17 * scale, 3.5)
        place = QPointF(col - polyline.first[1], row - polyline.first[0]) * scale
        if math.hypot(place.x(), place.y()) < marker_radius(self.view) + 1:
            place, radius = QPointF(), max(marker_radius(self.view) + 4, radius)
        self.begin_pixels(painter, polyline.first)
        painter.setBrush(QColor(look.halo) if filled else QColor(Qt.GlobalColor.transparent))
        width = min(max(0.07 * scale, 2.0), 4.0)
        for shade, pixels in _haloed(QColor(look.halo), start_colour(look, polyline.start), width):
            painter.setPen(_round_pen(shade, pixels))
            painter.drawEllipse(place, radius, radius)
        painter.restore()

    def _paint_unreachable(self, painter: QPainter, polyline: _Polyline) -> None:
        scale, look = self.view.camera.scale, self.session.theme.look
        half = max(0.5 * scale - 1.5, marker_radius(self.view) + 3)
        style = Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin
        halo = QPen(QColor(look.halo), 4, *style)
        dashes = QPen(start_colour(look, polyline.start), 2, *style)
        dashes.setDashPattern([2.0, 2.0])
        self.begin_pixels(painter, polyline.first)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (halo, dashes):
            painter.setPen(pen)
            painter.drawRect(QRectF(-half, -half, 2 * half, 2 * half))
        painter.restore()

    def _on_values_changed(self) -> None:
        if self.session.trajectories is not self._shown:
            self.repaint()

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting is SHOW_TRAJECTORIES:
            self.repaint()


class WalkingDots(CanvasItem):
    """A dot on each trajectory, at the step that it has reached."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._steps = -1.0
        self.session.playback.walked.connect(self._on_walked)
        self.session.trajectories_changed.connect(self.repaint)

    def draw(self, painter: QPainter) -> None:
        """Paint the dots."""
        if self._steps < 0 or not self.session.settings.get(SHOW_TRAJECTORIES):
            return
        look = self.session.theme.look
        radius = max(0.2 * self.view.camera.scale, 3.5)
        for start, trajectory in enumerate(self.session.trajectories):
            if trajectory.start is not None:
                painter.setPen(QPen(QColor(look.halo), 2 * halo_width(radius) * self.pixel))
                painter.setBrush(start_colour(look, start))
                size = radius * self.pixel
                painter.drawEllipse(_point_along(trajectory.path, self._steps), size, size)

    def _on_walked(self, steps: float) -> None:
        self._steps = steps
        self.repaint()


def _polyline(
    start: int, trajectory: Trajectory, next_step: Cell, wrong: tuple[float, float] | None
) -> _Polyline:
    path = trajectory.path
    first = len(path)
    if trajectory.outcome is Outcome.LOOP:
        first = int((path == path[-1]).all(axis=1).argmax())
    bends = _bends(path).astype(np.float64)
    if trajectory.outcome is Outcome.WALL:
        bends = np.concatenate([bends, bends[-1:] + np.array([next_step]) / 2])
    points = [QPointF(col + 0.5, row + 0.5) for row, col in bends.tolist()]
    return _Polyline(
        start=start,
        outcome=trajectory.outcome,
        bends=bends,
        points=points,
        lines=[QLineF(*ends) for ends in pairwise(points)],
        loop=path[first:-1],
        first=_cell(path[0]),
        last=_cell(path[-1]),
        next_step=next_step,
        wrong=wrong,
    )


def _bends(path: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ends of a path and the cells where it changes direction."""
    steps = np.diff(path, axis=0)
    turns = (steps[1:] != steps[:-1]).any(axis=1)
    return path[np.concatenate([[True], turns, [True]])] if len(path) > 1 else path


def _cell(pair: NDArray[np.int64]) -> Cell:
    return int(pair[0]), int(pair[1])


def _point_along(path: NDArray[np.int64], steps: float) -> QPointF:
    """Return the point a number of steps along a path, at most its end."""
    whole = min(int(steps), len(path) - 1)
    here, ahead = path[whole], path[min(whole + 1, len(path) - 1)]
    row, col = here + (ahead - here) * (steps - whole if whole < len(path) - 1 else 0.0)
    return QPointF(col + 0.5, row + 0.5)


def _haloed(halo: QColor, colour: QColor, width: float) -> tuple[tuple[QColor, float], ...]:
    return (halo, width + 2.5), (colour, width)


def _round_pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
