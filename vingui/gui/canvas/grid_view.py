"""The base class of all views of a grid: the camera, the mouse, and pixel-to-cell mapping.

In a view's scene x is the column and y the row: cell `(row, col)` covers `[col, col + 1)` by
`[row, row + 1)`, row 0 at the top. Everywhere else it is `(row, col)`.
"""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsView, QWidget

from vingui.core.grid import Cell
from vingui.gui.session import Session

_ZOOM_PER_NOTCH = 1.2


class GridView(QGraphicsView):
    """A view of a grid of cells that follows the camera.

    Items are added with `add`, in the coordinates described above.

    Args:
        session: the camera, the theme and the hovered cell.
        parent: the Qt parent.
        offscreen: whether the view is only rendered to an image: slow results are waited for, and
            no hints are shown.
    """

    view_changed = Signal()
    """The visible part of the map, or its scale, has changed."""

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, offscreen: bool = False
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.offscreen = offscreen
        self.camera = session.camera
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
        self._panning: QPointF | None = None
        self._mouse: QPointF | None = None
        self._stale = False
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
        row, col = (int(number // 1) for number in self.point_at(position))
        inside = 0 <= row < self.camera.rows and 0 <= col < self.camera.cols
        return (row, col) if inside else None

    def position_of(self, cell: Cell) -> QPointF:
        """The point of the viewport at the middle of a cell."""
        scale = self.camera.scale
        return QPointF(
            (cell[1] + 0.5 - self.camera.col) * scale + self.viewport().width() / 2,
            (cell[0] + 0.5 - self.camera.row) * scale + self.viewport().height() / 2,
        )

    def visible_cells(self) -> tuple[int, int, int, int]:
        """The visible cells: the first row and column, and the row and column after the last."""
        top, left = self.point_at(QPointF(0, 0))
        bottom, right = self.point_at(QPointF(self.viewport().width(), self.viewport().height()))
        return (
            max(int(top // 1), 0),
            max(int(left // 1), 0),
            min(int(bottom // 1) + 1, self.camera.rows),
            min(int(right // 1) + 1, self.camera.cols),
        )

    def refresh(self) -> None:
        """Repaint as soon as the pending events have been handled."""
        self._stale = True
        self.session.painting.ask(self.viewport(), self.is_stale)

    def is_stale(self) -> bool:
        """Whether the view has not been painted since `refresh`."""
        return self._stale

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the visible items."""
        self._stale = False
        super().paintEvent(event)

    def _follow_camera(self) -> None:
        scale, camera = self.camera.scale, self.camera
        width, height = self.viewport().width(), self.viewport().height()
        left, top = camera.col - width / scale / 2, camera.row - height / scale / 2
        # The translation is part of the transform, since scrolling moves by whole pixels only.
        self.setTransform(QTransform(scale, 0, 0, scale, -left * scale, -top * scale))
        self.setSceneRect(QRectF(left, top, width / scale, height / scale))
        # The cells have moved under the mouse.
        if self._mouse is not None:
            self.session.set_hovered(self.cell_at(self._mouse))
        self.view_changed.emit()
        self.refresh()

    def _on_theme_changed(self) -> None:
        self.setBackgroundBrush(pg.mkColor(self.session.theme.look.window))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show more or less of the map."""
        super().resizeEvent(event)
        size = self.viewport().size()
        self.camera.set_view_size(self, width=size.width(), height=size.height())
        self._follow_camera()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the mouse; pan with two fingers on a touchpad."""
        pixels = event.pixelDelta()
        if not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.camera.pan(
                rows=-pixels.y() / self.camera.scale, cols=-pixels.x() / self.camera.scale
            )
        else:
            row, col = self.point_at(event.position())
            self.camera.zoom(_ZOOM_PER_NOTCH ** (event.angleDelta().y() / 120), row=row, col=col)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Zoom on a pinch gesture, and notice when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self.session.set_hovered(None)
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                row, col = self.point_at(event.position())
                self.camera.zoom(1 + event.value(), row=row, col=col)
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pan with the middle button, with every tool."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self.start_panning(event.position())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Set the hovered cell, and pan."""
        self._mouse = event.position()
        if self._panning is not None and not event.buttons():
            # Another widget received the release.
            self.stop_panning()
        if self._panning is not None:
            moved = event.position() - self._panning
            self._panning = event.position()
            scale = self.camera.scale
            self.camera.pan(rows=-moved.y() / scale, cols=-moved.x() / scale)
        self.session.set_hovered(self.cell_at(event.position()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End panning when the last button is released."""
        if not event.buttons():
            self.stop_panning()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Treat the second press of a double click like any other press."""
        self.mousePressEvent(event)

    @property
    def mouse(self) -> QPointF | None:
        """The mouse's position in the viewport; `None` while it is elsewhere."""
        return self._mouse

    def start_panning(self, position: QPointF) -> None:
        """Let the map follow the mouse until `stop_panning`."""
        self._panning = position
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def stop_panning(self) -> None:
        """End panning."""
        if self._panning is not None:
            self._panning = None
            self.viewport().unsetCursor()

    @property
    def panning(self) -> bool:
        """Whether the mouse is panning."""
        return self._panning is not None
