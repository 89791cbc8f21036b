"""The value view: a layer of the run at the playhead, with its overlays."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from vingui.gui import settings as entries
from vingui.gui.canvas.editing_view import EditingView
from vingui.gui.canvas.items.arrows import Arrows
from vingui.gui.canvas.items.cellcursor import CellCursor, HoverOutline, PinOutline
from vingui.gui.canvas.items.contours import Contours
from vingui.gui.canvas.items.markers import Markers
from vingui.gui.canvas.items.numbers import Numbers
from vingui.gui.canvas.items.trajectories import Trajectories, WalkingDots
from vingui.gui.canvas.items.values import Hatching, Values
from vingui.gui.canvas.legibility import GRID_FROM, NUMBERS_FROM, arrows_fit
from vingui.gui.canvas.picture import Picture
from vingui.gui.document.tools import Marker, marker_cell
from vingui.gui.session import Session
from vingui.gui.settings import Setting


class ValueView(EditingView):
    """Shows the values of a run as colours; it is linked to the map view.

    The mouse drags the goal and the starts as in the map view; elsewhere it pans. A click pins a
    cell, which the inspector then shows until it is clicked again. Arrow keys move the pin.

    Args:
        session: the run, the playhead and the document.
        parent: the Qt parent.
        offscreen: as for `GridView`.

    Attributes:
        picture: the layer and its colours.
    """

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, offscreen: bool = False
    ) -> None:
        super().__init__(session, parent, offscreen=offscreen)
        self.setObjectName("value-view")
        self.setAccessibleName("Value view")
        self.picture = self.make_picture()
        self._pressed: QPointF | None = None
        self.add(
            Values(self, self.picture),
            Hatching(self, self.picture),
            Contours(self, self.picture),
            Arrows(self, self.picture),
            Trajectories(self),
            HoverOutline(self),
            Markers(self, self.picture),
            Numbers(self, self.picture),
            PinOutline(self),
            CellCursor(self),
            WalkingDots(self),
        )
        self.picture.outdated.connect(self.refresh)
        self.picture.changed.connect(self._on_picture_changed)
        session.settings.changed.connect(self._on_setting_changed)
        session.run_changed.connect(self.paint_arrived_values)

    def make_picture(self) -> Picture:
        """Create the picture that the view shows."""
        return Picture(self.session, self, offscreen=self.offscreen)

    @property
    def awaits_values(self) -> bool:
        """Whether other values than those that are shown may arrive soon."""
        return self.session.planner.busy

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Update the picture, then paint."""
        self.picture.refresh()
        super().paintEvent(event)

    def hint(self) -> str:
        """Why there is no layer, or which overlays cannot be drawn."""
        return self.picture.message or self.undrawn

    def place_hint(self, area: QRectF, room: QRectF) -> None:
        """Move the hint to the middle, or to the first corner without a goal or start.

        If there is none, it stays in the last corner.
        """
        super().place_hint(area, room)
        if not self.picture.message:
            self.move_to_free_corner(area, room)

    @property
    def undrawn(self) -> str:
        """A hint about overlays that are switched on but cannot be drawn; "" for none."""
        layer, scale = self.picture.layer, self.camera.scale
        if layer is None:
            return ""
        wanted = self.session.settings.get
        outcomes = layer.kind == "outcomes"
        numbers, contours = wanted(entries.SHOW_NUMBERS), wanted(entries.SHOW_CONTOURS)
        small = {
            "arrows": wanted(entries.SHOW_ARROWS) and not arrows_fit(self),
            "numbers": numbers and not outcomes and scale < NUMBERS_FROM,
            "grid lines": wanted(entries.SHOW_GRID) and scale < GRID_FROM,
        }
        none = {"numbers": numbers and outcomes, "contours": contours and outcomes}
        lines = []
        if any(small.values()):
            lines.append(f"Zoom in to see {_joined(small, 'and')}")
        if any(none.values()):
            lines.append(f"Outcomes have no {_joined(none, 'or')}")
        return "\n".join(lines)

    def _on_picture_changed(self) -> None:
        layer = self.picture.layer
        self.setAccessibleDescription(layer.title if layer is not None else self.picture.message)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (entries.SHOW_ARROWS, entries.SHOW_NUMBERS, entries.SHOW_CONTOURS):
            self.refresh()

    def move_cursor(self, rows: int, cols: int) -> None:
        """Move the cell cursor; the pin goes with it."""
        if self.session.pinned is not None:
            self.session.set_cursor(self.session.pinned)
        super().move_cursor(rows, cols)
        if self.session.pinned is not None:
            self.session.set_pinned(self.session.cursor)

    # Mouse.

    def press(self, event: QMouseEvent) -> None:
        """Begin to pan, unless this becomes a click on a cell."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self.start_panning(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pan or drag once the mouse has moved too far for a click."""
        if self._pressed is not None:
            away = (event.position() - self._pressed).manhattanLength()
            if away < QApplication.startDragDistance():
                return
            self._pressed = None
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End panning; after a click, pin or unpin the cell."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            self._pressed = None
            cell = self.cell_at(event.position())
            if cell is not None:
                self.session.toggle_pin(cell)
                # Move the cell cursor too, or the inspector would still show an unpinned cell.
                self.session.set_cursor(self.session.pinned)

    def _on_marker_clicked(self, marker: Marker) -> None:
        super()._on_marker_clicked(marker)
        cell = marker_cell(self.document.grid, marker)
        if marker.kind == "goal":
            self.session.toggle_pin(cell)
        elif self.session.selected_start == marker.number:
            self.session.set_pinned(cell)
        elif self.session.pinned == cell:
            self.session.set_pinned(None)


def _joined(names: dict[str, bool], word: str) -> str:
    """Join the names that are true, with commas and a word before the last."""
    *others, last = (name for name, on in names.items() if on)
    return f"{', '.join(others)} {word} {last}" if others else last
