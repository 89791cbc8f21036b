"""What the map and the value view let the user do: drag markers, and point with the keyboard."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from vingui.core.grid import Cell
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items.markers import LEAST_RADIUS
from vingui.gui.document.tools import GOAL, Marker, Stroke, StrokeStart, drag, marker_cell
from vingui.gui.session import Session

_ARROWS: Final = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LEAP: Final = 5
"""Cells that the keyboard's cursor moves with Shift."""
_PAN: Final = 64.0
"""Pixels that the map moves with Ctrl and an arrow key."""


class EditingView(GridView):
    """A picture of the document's map, whose goal and starts are dragged with the left button.

    What the mouse does goes to the document as a stroke: from a press to its release, or until
    the view loses the focus; Escape abandons it. Arrow keys move the keyboard's cursor, Enter pins
    its cell.

    Args:
        session: what is shown and changed.
        parent: the Qt parent.
        still: as of `GridView`.
    """

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, still: bool = False
    ) -> None:
        super().__init__(session, parent, still=still)
        self.document = session.document
        # Files that are dropped, and menus, are the window's.
        for widget in (self, self.viewport()):
            widget.setAcceptDrops(False)
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._stroke: Stroke | None = None
        self._button = Qt.MouseButton.NoButton
        self._cell: Cell = (0, 0)
        self._dragged: Marker | None = None

    @property
    def drawing(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None and self.document.in_stroke

    def marker_at(self, position: QPointF) -> Marker | None:
        """The goal or start under a point of the viewport, the nearest where several are."""
        row, col = self.point_at(position)
        reach = max(0.5, (LEAST_RADIUS + 1) / self.camera.scale)
        grid = self.document.grid
        near: list[tuple[float, Marker]] = []
        for marker in (GOAL, *range(len(grid.starts))):
            cell = marker_cell(grid, marker)
            if cell is not None:
                away = max(abs(cell[0] + 0.5 - row), abs(cell[1] + 0.5 - col))
                near.append((away, marker))
        away, marker = min(near, default=(reach, GOAL))
        return marker if away < reach else None

    # What the keyboard does.

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the view from being taken as shortcuts of the window."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and self.wants(event):
            event.accept()
            return True
        return super().event(event)

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is the view's own."""
        if event.key() == Qt.Key.Key_Escape:
            session = self.session
            return self.drawing or session.cursor is not None or session.pinned is not None
        if event.key() in _ENTER:
            return self.session.cursor is not None
        return event.key() in _ARROWS

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move the keyboard's cursor or pan; Enter pins; Escape takes back one of these."""
        if not self.wants(event):
            event.ignore()
        elif event.key() == Qt.Key.Key_Escape:
            self._on_escape()
        elif event.key() in _ENTER:
            if self.session.cursor is not None and not event.isAutoRepeat():
                self.session.toggle_pin(self.session.cursor)
        elif event.key() in _ARROWS:
            self._press_arrow(*_ARROWS[Qt.Key(event.key())], event.modifiers())

    def _press_arrow(self, rows: int, cols: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            cells = _PAN / self.camera.scale
            self.camera.pan(rows=rows * cells, cols=cols * cells)
        else:
            leap = _LEAP if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            self.move_cursor(rows * leap, cols * leap)

    def move_cursor(self, rows: int, cols: int) -> None:
        """Move the keyboard's cursor by so many cells, or show it."""
        cursor = self.session.cursor
        if cursor is None:
            self.session.set_cursor(self.home)
        else:
            self.session.set_cursor((cursor[0] + rows, cursor[1] + cols))

    @property
    def home(self) -> Cell:
        """Where the keyboard's cursor appears."""
        grid = self.document.grid
        return self.session.hovered or grid.goal or (grid.rows // 2, grid.cols // 2)

    def _on_escape(self) -> None:
        """Abandon the stroke, else hide the cursor with a pin beneath it, else release the pin."""
        session = self.session
        if self.drawing:
            self._end_stroke()
            self.document.abandon()
        elif session.cursor is None or session.cursor == session.pinned:
            session.set_cursor(None)
            session.set_pinned(None)
        else:
            session.set_cursor(None)

    # What the mouse does.

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag a marker, or pan. A second button does nothing while one is held."""
        event.accept()
        if event.buttons() != event.button() or self.drawing:
            return
        left = event.button() == Qt.MouseButton.LeftButton
        marker = self.marker_at(event.position())
        if left and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.start_panning(event.position())
        elif left and marker is not None:
            cell = self._cell_beyond(event.position())
            press = StrokeStart(self.document.grid, cell, left=True, brush=1)
            self.begin_stroke(drag(press, marker), event, marker)
        elif event.button() == Qt.MouseButton.MiddleButton:
            super().mousePressEvent(event)
        else:
            self.press(event)

    def press(self, event: QMouseEvent) -> None:
        """A button is pressed that neither drags a marker nor pans. As it is, nothing."""

    def begin_stroke(
        self, stroke: Stroke | None, event: QMouseEvent, marker: Marker | None = None
    ) -> None:
        """Draw until the button that is pressed is released.

        Args:
            stroke: what is drawn; nothing if `None`.
            event: the press.
            marker: the one that is dragged.
        """
        if stroke is None or self.document.in_stroke:
            return
        self._stroke, self._button, self._dragged = stroke, event.button(), marker
        self._cell = self._cell_beyond(event.position())
        self.document.begin(stroke.text)
        self.document.preview(stroke.grid)
        self.show_pointer()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go on with the stroke."""
        super().mouseMoveEvent(event)
        if self._stroke is None:
            self.show_pointer()
        elif not self.document.in_stroke:
            # Something else was done to the document meanwhile, which ended it.
            self._end_stroke()
        elif not event.buttons() & self._button:
            # Something else took the release.
            self._commit()
        else:
            cell = self._cell_beyond(event.position())
            straight = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if cell != self._cell:
                self._cell = cell
                self.document.preview(self._stroke.move(cell, straight=straight))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End the stroke: one step that can be undone. A click on a start selects it, or not."""
        super().mouseReleaseEvent(event)
        if event.button() == self._button:
            stroke, marker = self._stroke, self._dragged
            self._commit()
            if stroke is not None and stroke.grid is stroke.before and marker is not None:
                self._on_marker_clicked(marker)

    def _on_marker_clicked(self, marker: Marker) -> None:
        if marker != GOAL:
            selected = self.session.selected_start
            self.session.select_start(None if selected == marker else marker)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Keep what is drawn of a stroke: its release may never come."""
        self._commit()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Keep what is drawn of a stroke."""
        self._commit()
        super().hideEvent(event)

    def _commit(self) -> None:
        if self.drawing:
            self.document.commit()
        self._end_stroke()

    def _end_stroke(self) -> None:
        self._stroke, self._dragged = None, None
        self._button = Qt.MouseButton.NoButton
        self.show_pointer()

    def _cell_beyond(self, position: QPointF) -> Cell:
        """The cell under a point of the viewport, also where the map does not reach."""
        row, col = self.point_at(position)
        return int(row // 1), int(col // 1)

    # What the mouse looks like.

    @property
    def idle_shape(self) -> Qt.CursorShape:
        """What the mouse looks like where a press would take hold of no marker."""
        return Qt.CursorShape.ArrowCursor

    @property
    def within_reach(self) -> bool:
        """Whether a marker is dragged, or a press would take hold of one."""
        if self._stroke is not None:
            return self._dragged is not None
        return self.mouse is not None and self.marker_at(self.mouse) is not None

    def stop_panning(self) -> None:
        """End panning."""
        super().stop_panning()
        self.show_pointer()

    def show_pointer(self) -> None:
        """Make the mouse's cursor tell what a press would do."""
        if self.panning:
            return
        shape = Qt.CursorShape.OpenHandCursor if self.within_reach else self.idle_shape
        if self._dragged is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)
