"""The base class of the map view and the value view: mouse, keyboard and strokes."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from vingui.core.grid import Cell
from vingui.gui.canvas.goal_value import GoalValuePopup
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items.markers import LEAST_RADIUS
from vingui.gui.document.strokes import Stroke, StrokeStart
from vingui.gui.document.tools import Marker, drag, marker_cell, markers
from vingui.gui.session import Session

_ARROWS: Final = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LEAP: Final = 5
"""Cells that the cell cursor moves with Shift."""
_PAN: Final = 64.0
"""Pixels by which Ctrl and an arrow key pan."""
_MARGIN: Final = 20
"""Pixels from the view's edges to a label in its corner."""


class EditingView(GridView):
    """A view of the document's map, whose goals and starts can be dragged with the left button.

    A drag is a stroke of the document, from the press to the release or until the view loses the
    focus; Escape abandons it. Arrow keys move the cell cursor, Enter pins its cell.

    Args:
        session: the document and the state that is shown.
        parent: the Qt parent.
        offscreen: as for `GridView`.
    """

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, offscreen: bool = False
    ) -> None:
        super().__init__(session, parent, offscreen=offscreen)
        self.document = session.document
        # Dropped files and context menus are handled by the window.
        for widget in (self, self.viewport()):
            widget.setAcceptDrops(False)
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._panned_from: QPointF | None = None
        self._stroke: Stroke | None = None
        self._button = Qt.MouseButton.NoButton
        self._cell: Cell = (0, 0)
        self._dragged: Marker | None = None

    def marker_at(self, position: QPointF) -> Marker | None:
        """The goal or start under a point of the viewport, or the nearest of several; or `None`."""
        row, col = self.point_at(position)
        reach = max(0.5, (LEAST_RADIUS + 1) / self.camera.scale)
        grid = self.document.grid
        near: list[tuple[float, Marker]] = []
        for marker in markers(grid):
            cell = marker_cell(grid, marker)
            away = max(abs(cell[0] + 0.5 - row), abs(cell[1] + 0.5 - col))
            if away < reach:
                near.append((away, marker))
        return min(near)[1] if near else None

    def draggable_at(self, position: QPointF) -> Marker | None:
        """The goal or start that a press of the left button drags, if any."""
        return self.marker_at(position)

    def move_to_free_corner(self, area: QRectF, room: QRectF) -> None:
        """Move an area of the viewport to the first corner without a goal or start, or the last."""
        room = room.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        grid = self.document.grid
        marked = [self.position_of(cell) for cell in (*grid.starts, *grid.goals)]
        for move, corner in (
            (area.moveBottomLeft, room.bottomLeft()),
            (area.moveBottomRight, room.bottomRight()),
            (area.moveTopLeft, room.topLeft()),
            (area.moveTopRight, room.topRight()),
        ):
            move(corner)
            around = area.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
            if not any(around.contains(place) for place in marked):
                return

    # Keyboard.

    def event(self, event: QEvent) -> bool:
        """Keep the view's keys from triggering shortcuts of the window."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and self.wants(event):
            event.accept()
            return True
        return super().event(event)

    def wants(self, event: QKeyEvent) -> bool:
        """Whether the view handles a key."""
        session = self.session
        if event.key() == Qt.Key.Key_Escape:
            return self.drawing or session.cursor is not None or session.pinned is not None
        if event.key() in _ENTER:
            return session.cursor is not None
        return event.key() in _ARROWS

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move the cell cursor, pan, or pin the cell; Escape cancels."""
        if not self.wants(event):
            event.ignore()
        elif event.key() == Qt.Key.Key_Escape:
            self._on_escape()
        elif event.key() in _ENTER:
            if self.session.cursor is not None and not event.isAutoRepeat():
                self.session.toggle_pin(self.session.cursor)
        elif event.key() in _ARROWS:
            rows, cols = _ARROWS[Qt.Key(event.key())]
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                cells = _PAN / self.camera.scale
                self.camera.pan(rows=rows * cells, cols=cols * cells)
            else:
                leap = _LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
                self.move_cursor(rows * leap, cols * leap)

    def move_cursor(self, rows: int, cols: int) -> None:
        """Move the cell cursor by a number of cells, or show it; a stroke by keys follows."""
        cursor = self.session.cursor
        if cursor is None:
            self.session.set_cursor(self.home)
        else:
            self.session.set_cursor((cursor[0] + rows, cursor[1] + cols))
        moved = self.session.cursor
        if self._stroke is not None and self.drawing_by_keys and moved is not None:
            self.document.preview(self._stroke.move(moved))

    @property
    def home(self) -> Cell:
        """The cell at which the cell cursor appears."""
        grid = self.document.grid
        return self.session.hovered or grid.goal or (grid.rows // 2, grid.cols // 2)

    def _on_escape(self) -> None:
        """Abandon the stroke, or else hide the cell cursor, or else unpin the pinned cell."""
        session = self.session
        if self.drawing:
            self._end_stroke()
            self.document.abandon()
            return
        if session.cursor is None or session.cursor == session.pinned:
            session.set_pinned(None)
        session.set_cursor(None)

    # Mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pan, drag a marker, or draw. A second button is ignored while one is held."""
        event.accept()
        button, position = event.button(), event.position()
        if event.buttons() != button or self.drawing:
            return
        left = button == Qt.MouseButton.LeftButton
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        marker = self.draggable_at(position) if left else None
        if button == Qt.MouseButton.MiddleButton or (left and alt):
            self.start_panning(position)
        elif marker is not None:
            cell = self.cell_beyond(position)
            press = StrokeStart(self.document.grid, cell, left=True, brush=1)
            self.begin_stroke(drag(press, marker), event, marker)
        else:
            self.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """On a goal, ask for its value; otherwise the second press is like any other press."""
        left = event.button() == Qt.MouseButton.LeftButton
        marker = self.marker_at(event.position()) if left else None
        if marker is not None and marker.kind == "goal":
            event.accept()
            self.ask_goal_value(marker_cell(self.document.grid, marker))
        else:
            self.mousePressEvent(event)

    def ask_goal_value(self, goal: Cell) -> None:
        """Show a field for what reaching a goal is worth, beside the goal."""
        popup = GoalValuePopup(self.document, goal, self)
        popup.show_beside(self.viewport().mapToGlobal(self.position_of(goal).toPoint()))

    def press(self, event: QMouseEvent) -> None:
        """Handle a press that neither drags a marker nor pans."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Set the hovered cell, pan, and continue the stroke."""
        event.accept()
        self.mouse = event.position()
        if self._panned_from is not None and not event.buttons():
            # Another widget received the release.
            self.stop_panning()
        if self._panned_from is not None:
            moved = event.position() - self._panned_from
            self._panned_from = event.position()
            self.pan(moved)
        if self._stroke is not None:
            # First, so that the map is planned on while the rest is done.
            self._continue_stroke(self._stroke, event)
        else:
            self.show_pointer()
        self.session.set_hovered(self.cell_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End panning, and the stroke as one edit. A click on a start toggles its selection."""
        event.accept()
        if not event.buttons():
            self.stop_panning()
        if event.button() == self._button:
            stroke, marker = self._stroke, self._dragged
            self.commit_stroke()
            if stroke is None or stroke.grid is not stroke.before:
                return
            if marker is not None:
                self._on_marker_clicked(marker)
            else:
                self.on_clicked(event)

    def on_clicked(self, event: QMouseEvent) -> None:
        """Handle the end of a stroke that has changed nothing."""

    def _on_marker_clicked(self, marker: Marker) -> None:
        if marker.kind == "start":
            selected = self.session.selected_start
            self.session.select_start(None if selected == marker.number else marker.number)

    def start_panning(self, position: QPointF) -> None:
        """Let the map follow the mouse until `stop_panning`."""
        self._panned_from = position
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def stop_panning(self) -> None:
        """End panning."""
        self._panned_from = None
        self.show_pointer()

    # Strokes.

    @property
    def drawing(self) -> bool:
        """Whether a stroke is in progress."""
        return self._stroke is not None and self.document.in_stroke

    @property
    def drawing_by_keys(self) -> bool:
        """Whether a stroke is in progress that follows the cell cursor."""
        return self.drawing and not self._button

    def begin_stroke(
        self, stroke: Stroke | None, event: QMouseEvent, marker: Marker | None = None
    ) -> None:
        """Begin a stroke that lasts until the button is released.

        Args:
            stroke: the stroke; if `None`, nothing begins.
            event: the press.
            marker: the dragged marker, if any.
        """
        if stroke is None or self.document.in_stroke:
            return
        self._stroke, self._button, self._dragged = stroke, event.button(), marker
        self._cell = self.cell_beyond(event.position())
        self.document.begin(stroke.text)
        self.document.preview(stroke.grid)
        self.show_pointer()

    def begin_keyed_stroke(self, stroke: Stroke | None) -> None:
        """Begin a stroke that follows the cell cursor until `commit_stroke` or a mouse move."""
        if stroke is not None and not self.document.in_stroke:
            self._stroke = stroke
            self.document.begin(stroke.text)

    def _continue_stroke(self, stroke: Stroke, event: QMouseEvent) -> None:
        cell = self.cell_beyond(event.position())
        if not self.document.in_stroke:
            # Another edit of the document has ended the stroke.
            self._end_stroke()
        elif not event.buttons() & self._button:
            # Another widget received the release.
            self.commit_stroke()
        elif cell != self._cell:
            self._cell = cell
            straight = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.document.preview(stroke.move(cell, straight=straight))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Commit the stroke, since its release may never arrive."""
        self.commit_stroke()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Commit the stroke."""
        self.commit_stroke()
        super().hideEvent(event)

    def commit_stroke(self) -> None:
        """End the stroke, if any, as one edit."""
        if self.drawing:
            self.document.commit()
        self._end_stroke()

    def _end_stroke(self) -> None:
        self._stroke, self._dragged = None, None
        self._button = Qt.MouseButton.NoButton
        self.show_pointer()

    # Mouse pointer.

    @property
    def idle_shape(self) -> Qt.CursorShape:
        """The pointer's shape where a press would not drag a marker."""
        return Qt.CursorShape.ArrowCursor

    @property
    def marker_in_reach(self) -> bool:
        """Whether a marker is dragged or could be dragged from here."""
        if self._stroke is not None:
            return self._dragged is not None
        return self.mouse is not None and self.draggable_at(self.mouse) is not None

    def show_pointer(self) -> None:
        """Set the pointer's shape to what a press would do."""
        if self._panned_from is not None:
            return
        shape = Qt.CursorShape.OpenHandCursor if self.marker_in_reach else self.idle_shape
        if self._dragged is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)
