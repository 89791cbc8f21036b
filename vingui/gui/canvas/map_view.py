"""The map view, on which the user draws with the mouse and the keyboard."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsItem, QWidget

from vingui.core import map_edits
from vingui.core.grid import Cell
from vingui.gui.canvas.editing_view import EditingView
from vingui.gui.canvas.items.cellcursor import CellCursor, HoverOutline, PinOutline
from vingui.gui.canvas.items.cells import MapCells
from vingui.gui.canvas.items.demonstrations import Demonstrations
from vingui.gui.canvas.items.markers import LEAST_RADIUS, Markers
from vingui.gui.canvas.items.terrain import Textures
from vingui.gui.canvas.items.trajectories import Trajectories, WalkingDots
from vingui.gui.canvas.label import PADDING
from vingui.gui.document.strokes import StrokeStart
from vingui.gui.document.tools import (
    DEMONSTRATE,
    Marker,
    Tool,
    begin,
    drawing_text,
    marker_cell,
    one_goal,
    tool_named,
)
from vingui.gui.session import Session
from vingui.gui.settings import BRUSH, TOOL, Setting

_HOW_TO_PLACE_GOAL: Final = "Press G over a cell, or use the Goal tool, to place a goal"
_MARGIN: Final = 16
"""Pixels below the hint."""


class MapView(EditingView):
    """Shows the document's map with its goal, starts and trajectories.

    The mouse draws with the current tool, and drags the goal and the starts with every tool. Each
    press begins a stroke of the document.

    Args:
        session: the document and the current tool.
        parent: the Qt parent.
        offscreen: as for `GridView`.
    """

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, offscreen: bool = False
    ) -> None:
        super().__init__(session, parent, offscreen=offscreen)
        self.setObjectName("map-view")
        self.setAccessibleName("Map")
        self.setAccessibleDescription(
            "Arrow keys move a cursor, Space draws or erases, or begins and ends a demonstration, "
            "G places the goal, S a start, Enter pins the cell in the inspector."
        )
        self._keyboard_last = False
        self._hover = HoverOutline(self)
        self.add(
            MapCells(self),
            Textures(self),
            Demonstrations(self),
            Trajectories(self),
            self._hover,
            Markers(self),
            PinOutline(self),
            CellCursor(self),
            WalkingDots(self),
        )
        session.settings.changed.connect(self._on_setting_changed)
        session.material_changed.connect(self.show_pointer)
        session.cursor_changed.connect(self._on_cursor_changed)
        session.hovered_changed.connect(self._on_hovered_changed)
        session.run_changed.connect(self.paint_arrived_values)
        self.show_pointer()

    def hint(self) -> str:
        """How to place a goal, while the map has none."""
        return _HOW_TO_PLACE_GOAL if self.document.grid.goal is None else ""

    def place_hint(self, area: QRectF, room: QRectF) -> None:
        """Move the hint to the bottom."""
        super().place_hint(area, room)
        area.moveBottom(room.bottom() - _MARGIN - PADDING.bottom())

    def add_paths(self, paths: QGraphicsItem) -> None:
        """Add an item over the trajectories, and below the markers."""
        self.add(paths)
        paths.setZValue(self._hover.zValue() - 0.5)

    @property
    def tool(self) -> Tool:
        """The current tool."""
        return tool_named(self.session.settings.get(TOOL))

    # What the keyboard and the actions of the same names do.

    def place_goal(self) -> None:
        """Place the goal on the cell at the mouse or the cell cursor."""
        if not self.drawing:
            cell = self._pointed_cell()
            self.document.apply("Place the goal", map_edits.place_goal(self.document.grid, cell))

    def add_goal(self) -> None:
        """Add a goal on the cell at the mouse or the cell cursor."""
        if not self.drawing:
            cell = self._pointed_cell()
            self.document.apply("Add a goal", map_edits.add_goal(self.document.grid, cell))

    def change_goal_value(self) -> None:
        """Ask for the value of the goal at the mouse or the cell cursor, or else the first."""
        goals = self.document.grid.goals
        if goals and not self.drawing:
            cell = self._pointed_cell()
            self.ask_goal_value(cell if cell in goals else goals[0])

    def toggle_start(self) -> None:
        """Add a start at the mouse or the cell cursor, or remove the start there."""
        if self.drawing:
            return
        cell, grid = self._pointed_cell(), self.document.grid
        if cell in grid.starts:
            self.document.apply("Remove a start", map_edits.remove_start(grid, cell))
        else:
            self.document.apply("Add a start", map_edits.add_start(grid, cell))

    def draw_here(self) -> None:
        """Draw the material at the mouse or the cell cursor, or erase it if it is there.

        With the tool that draws demonstrations, begin or end a path that follows the cell cursor.
        """
        if self.drawing_by_keys:
            self.commit_stroke()
        elif self._demonstrates and not self.drawing:
            self._begin_path()
        elif not self.drawing:
            cell, grid = self._pointed_cell(), self.document.grid
            material = self.session.material
            erases = map_edits.material_at(grid, cell) == material
            drawn = map_edits.toggle(grid, cell, material=material)
            self.document.apply(drawing_text(grid, material, erases=erases), drawn)

    def _begin_path(self) -> None:
        cell = self._pointed_cell()
        self.session.set_cursor(cell)
        self.begin_keyed_stroke(begin(self.tool, self._press_at(cell, left=True)))

    def remove_marker(self) -> None:
        """Remove the goal or start at the mouse or the cell cursor, or else the selected start."""
        if self.drawing:
            return
        grid, selected = self.document.grid, self.session.selected_start
        cell = self._pointed_cell()
        if cell in grid.goals:
            self.document.apply(f"Remove {one_goal(grid)}", map_edits.remove_goal(grid, cell))
            return
        if cell not in grid.starts and selected is not None:
            cell = grid.starts[selected]
        self.document.apply("Remove a start", map_edits.remove_start(grid, cell))

    def _pointed_cell(self) -> Cell:
        """The cell under the mouse or the cell cursor, whichever moved last."""
        hovered, cursor = self.session.hovered, self.session.cursor
        if hovered is not None and (cursor is None or not self._keyboard_last):
            return hovered
        if cursor is not None:
            return cursor
        self.session.set_cursor(self.home)
        return self.home

    def move_cursor(self, rows: int, cols: int) -> None:
        """Move the cell cursor by a number of cells, or show it."""
        super().move_cursor(rows, cols)
        self._keyboard_last = True

    def wants(self, event: QKeyEvent) -> bool:
        """Whether the map view handles a key."""
        return event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Delete) or super().wants(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Draw at the cell cursor, and move it."""
        super().keyPressEvent(event)
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.draw_here()
        elif event.key() == Qt.Key.Key_Delete and self._demonstrates:
            self.session.teaching.remove_selected()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_marker()

    # Mouse.

    def press(self, event: QMouseEvent) -> None:
        """Draw with the current tool; the pan tool pans with the left button."""
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.tool.begin is None:
            self.start_panning(event.position())
        elif left or event.button() == Qt.MouseButton.RightButton:
            self._draw(event, left=left)

    def _draw(self, event: QMouseEvent, *, left: bool) -> None:
        cell, grid = self.cell_at(event.position()), self.document.grid
        marker = self.marker_at(event.position())
        if marker is not None and self.tool.places_markers:
            cell = marker_cell(grid, marker)
        if self._demonstrates and not left:
            row, col = self.point_at(event.position())
            cell = self.session.teaching.table.nearest_end(row, col, reach=self._reach) or cell
        if cell is not None:
            adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            press = self._press_at(cell, left=left, adds=adds)
            self.begin_stroke(begin(self.tool, press), event)

    def _press_at(self, cell: Cell, *, left: bool, adds: bool = False) -> StrokeStart:
        return StrokeStart(
            self.document.grid,
            cell,
            left=left,
            brush=self.session.settings.get(BRUSH),
            material=self.session.material,
            adds=adds,
            rule=self.session.rule,
        )

    def on_clicked(self, event: QMouseEvent) -> None:
        """With the tool that draws demonstrations, select the one under the mouse."""
        if self._demonstrates and event.button() == Qt.MouseButton.LeftButton:
            teaching = self.session.teaching
            row, col = self.point_at(event.position())
            nearest = teaching.table.nearest(row, col, reach=self._reach)
            teaching.select(() if nearest is None else (nearest,))

    @property
    def _demonstrates(self) -> bool:
        return self.tool.id == DEMONSTRATE

    @property
    def _reach(self) -> float:
        """How far in cells the mouse may be from a demonstration."""
        return max(0.5, LEAST_RADIUS / self.camera.scale)

    def draggable_at(self, position: QPointF) -> Marker | None:
        """The goal or start that a press drags; demonstrations may begin at one."""
        return None if self._demonstrates else super().draggable_at(position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Continue the stroke."""
        self._keyboard_last = False
        super().mouseMoveEvent(event)

    # Mouse pointer.

    @property
    def idle_shape(self) -> Qt.CursorShape:
        """The pointer's shape where a press would not drag a marker."""
        pans = self.tool.begin is None
        return Qt.CursorShape.OpenHandCursor if pans else Qt.CursorShape.CrossCursor

    def show_pointer(self) -> None:
        """Set the pointer's shape and the brush's outline to what a press would do."""
        super().show_pointer()
        brushes = self.tool.brushed and self.mouse is not None and not self.marker_in_reach
        brush = self.session.settings.get(BRUSH) if brushes else 1
        material = self._previewed_material()
        if (brush, material) != (self._hover.brush, self._hover.material):
            self._hover.brush, self._hover.material = brush, material
            self._hover.update()

    def _previewed_material(self) -> int | None:
        """The kind of terrain that a press would draw; `None` for walls or nothing."""
        material, pointed = self.session.material, self.mouse is not None
        shown = pointed and self.tool.draws and not self.drawing and not self.marker_in_reach
        return material if shown and material != map_edits.WALL else None

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (TOOL, BRUSH):
            self.show_pointer()

    def _on_cursor_changed(self) -> None:
        self._keyboard_last = self.session.cursor is not None

    def _on_hovered_changed(self) -> None:
        # The mouse is in the other view.
        if self.mouse is None:
            self._keyboard_last = False
