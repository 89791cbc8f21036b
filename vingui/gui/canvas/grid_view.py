"""A view of a grid: its camera, its items, and the mapping from pixels to cells.

In a view's scene x is the column and y the row: cell `(row, col)` covers `[col, col + 1)` by
`[row, row + 1)`, row 0 at the top. Everywhere else it is `(row, col)`.
"""

from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QHideEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsView, QWidget

from vingui.core.grid import Cell
from vingui.gui.canvas.label import paint_label, text_area
from vingui.gui.session import Session

_ZOOM_PER_NOTCH: Final = 1.2

_QUICK: Final = 0.004
"""Seconds that a plan takes at most whose values are painted together with the edit itself."""


class GridView(QGraphicsView):
    """A view of a grid of cells that follows the camera; the wheel and a pinch zoom.

    Items are added with `add`, in the coordinates described above.

    Args:
        session: the camera, the theme and the hovered cell.
        parent: the Qt parent.
        offscreen: whether the view is only rendered to an image: slow results are waited for, and
            no hints are shown.

    Attributes:
        mouse: the mouse's position in the viewport; `None` while it is elsewhere.
    """

    view_changed = Signal()
    """The visible part of the map, or its scale, has changed."""

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, offscreen: bool = False
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.camera = session.camera
        self.offscreen = offscreen
        self.mouse: QPointF | None = None
        self._stale = False
        scene = pg.GraphicsScene(parent=self)
        scene.setItemIndexMethod(scene.ItemIndexMethod.NoIndex)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 160)
        self.camera.changed.connect(self._follow_camera)
        session.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def add(self, *items: QGraphicsItem) -> None:
        """Add items, each drawn over those before it."""
        for item in items:
            item.setZValue(len(self.scene().items()))
            self.scene().addItem(item)

    def point_at(self, position: QPointF) -> tuple[float, float]:
        """The `(row, col)` of a point of the viewport, in cells and fractions of them."""
        scale = self.camera.scale
        row = self.camera.row + (position.y() - self.viewport().height() / 2) / scale
        col = self.camera.col + (position.x() - self.viewport().width() / 2) / scale
        return row, col

    def cell_at(self, position: QPointF) -> Cell | None:
        """The cell under a point of the viewport; `None` outside the map."""
        row, col = self.cell_beyond(position)
        inside = 0 <= row < self.camera.rows and 0 <= col < self.camera.cols
        return (row, col) if inside else None

    def cell_beyond(self, position: QPointF) -> Cell:
        """The cell under a point of the viewport, which may be outside the map."""
        row, col = self.point_at(position)
        return int(row // 1), int(col // 1)

    def position_of(self, cell: Cell) -> QPointF:
        """The point of the viewport at the middle of a cell."""
        scale = self.camera.scale
        return QPointF(
            (cell[1] + 0.5 - self.camera.col) * scale + self.viewport().width() / 2,
            (cell[0] + 0.5 - self.camera.row) * scale + self.viewport().height() / 2,
        )

    def visible_cells(self) -> tuple[int, int, int, int]:
        """The visible cells: the first row and column, and the row and column after the last."""
        top, left = self.cell_beyond(QPointF(0, 0))
        bottom, right = self.cell_beyond(QPointF(self.viewport().width(), self.viewport().height()))
        return (
            max(top, 0),
            max(left, 0),
            min(bottom + 1, self.camera.rows),
            min(right + 1, self.camera.cols),
        )

    def refresh(self) -> None:
        """Repaint at once; while values are about to arrive, together with these."""
        self._stale = True
        if self.awaits_values:
            self.session.painting.request_later(self.viewport(), self.is_stale)
        else:
            self.session.painting.request(self.viewport(), self.is_stale)

    @property
    def awaits_values(self) -> bool:
        """Whether values are about to arrive, going by how long the plan that is shown took."""
        run = self.session.run
        if run is None or not self.session.planner.busy:
            return False
        return run.finished and run.seconds < _QUICK

    def paint_arrived_values(self) -> None:
        """Repaint at once if anything has changed."""
        if self._stale:
            self.session.painting.request(self.viewport(), self.is_stale)

    def is_stale(self) -> bool:
        """Whether the view has not been painted since `refresh`."""
        return self._stale

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the visible items."""
        self._stale = False
        super().paintEvent(event)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802
        """Show the hint, if there is one."""
        text = "" if self.offscreen else self.hint()
        if text:
            painter.save()
            painter.resetTransform()
            painter.setFont(self.font())
            room = QRectF(self.viewport().rect())
            area = text_area(self.font(), room, text)
            self.place_hint(area, room)
            paint_label(painter, self.session.theme.look, area, text)
            painter.restore()

    def hint(self) -> str:
        """A hint to show over the map; "" for none."""
        return ""

    def place_hint(self, area: QRectF, room: QRectF) -> None:
        """Move the area of the hint's text to its place in the viewport, in pixels."""
        area.moveCenter(room.center())

    def _follow_camera(self) -> None:
        scale, camera = self.camera.scale, self.camera
        width, height = self.viewport().width(), self.viewport().height()
        left, top = camera.col - width / scale / 2, camera.row - height / scale / 2
        # The translation is part of the transform, since scrolling moves by whole pixels only.
        self.setTransform(QTransform(scale, 0, 0, scale, -left * scale, -top * scale))
        self.setSceneRect(QRectF(left, top, width / scale, height / scale))
        # The cells have moved under the mouse.
        if self.mouse is not None:
            self.session.set_hovered(self.cell_at(self.mouse))
        self.view_changed.emit()
        self.refresh()

    def _on_theme_changed(self) -> None:
        self.setBackgroundBrush(pg.mkColor(self.session.theme.look.window))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show more or less of the map."""
        super().resizeEvent(event)
        # A view that makes room for others is resized too where its window is grabbed.
        if self.isVisible():
            self._set_size()
        self._follow_camera()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Let the camera fit the map into this view too."""
        super().showEvent(event)
        self._set_size()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Let the camera ignore this view, unless its window is only minimized."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.camera.forget_view(self)

    def _set_size(self) -> None:
        size = self.viewport().size()
        self.camera.set_view_size(self, width=size.width(), height=size.height())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the mouse; pan with two fingers on a touchpad."""
        pixels = event.pixelDelta()
        if not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(pixels))
        else:
            row, col = self.point_at(event.position())
            self.camera.zoom(_ZOOM_PER_NOTCH ** (event.angleDelta().y() / 120), row=row, col=col)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Zoom on a pinch gesture, and notice when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self.mouse = None
            self.session.set_hovered(None)
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                row, col = self.point_at(event.position())
                self.camera.zoom(1 + event.value(), row=row, col=col)
            return True
        return super().viewportEvent(event)

    def pan(self, moved: QPointF) -> None:
        """Move the map by a number of pixels."""
        scale = self.camera.scale
        self.camera.pan(rows=-moved.y() / scale, cols=-moved.x() / scale)
