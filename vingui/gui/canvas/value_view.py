"""The value view: a layer of the run at the playhead, with its overlays."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from vingui.gui import settings as entries
from vingui.gui.canvas.editing_view import EditingView
from vingui.gui.canvas.items.arrows import Arrows
from vingui.gui.canvas.items.cellcursor import CellCursor, HoverOutline, PinMark
from vingui.gui.canvas.items.contours import Contours
from vingui.gui.canvas.items.hint import paint_label, words_area
from vingui.gui.canvas.items.markers import Markers
from vingui.gui.canvas.items.numbers import Numbers
from vingui.gui.canvas.items.trajectories import Trajectories, WalkingDots
from vingui.gui.canvas.items.values import Hatching, Values
from vingui.gui.canvas.legibility import undrawn as undrawn_overlays
from vingui.gui.canvas.picture import Picture
from vingui.gui.document.tools import GOAL, Marker, marker_cell
from vingui.gui.session import Session
from vingui.gui.settings import Setting

_MARGIN: Final = 20
"""Pixels from the view's edges to a hint in its corner."""


class ValueView(EditingView):
    """Shows the values of a run as colours; it is linked to the map view.

    The mouse drags the goal and the starts as in the map view; elsewhere it pans. A click pins a
    cell, which the inspector then shows until it is clicked again.

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
        self.picture = Picture(session, self, offscreen=offscreen)
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
            PinMark(self),
            CellCursor(self),
            WalkingDots(self),
        )
        self.picture.touched.connect(self.refresh)
        self.picture.changed.connect(self._on_picture_changed)
        session.settings.changed.connect(self._on_setting_changed)

    def refresh(self) -> None:
        """Repaint; during a plan after a short delay, to include values about to arrive."""
        if self.session.engine.busy:
            self._stale = True
            self.session.painting.ask_later(self.viewport(), self.is_stale)
        else:
            super().refresh()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Update the picture, then paint."""
        self.picture.refresh()
        super().paintEvent(event)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802
        """Show why there is no layer, or which overlays cannot be drawn."""
        if self.offscreen:
            return
        port, message = QRectF(self.viewport().rect()), self.picture.message
        undrawn = "" if message else self.undrawn
        if not message and not undrawn:
            return
        painter.save()
        painter.resetTransform()
        painter.setFont(self.font())
        label = words_area(self, message or undrawn)
        if message:
            label.moveCenter(port.center())
        else:
            self._move_to_corner(label, port.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        paint_label(painter, self.session.theme.look, label, message or undrawn)
        painter.restore()

    def _move_to_corner(self, label: QRectF, room: QRectF) -> None:
        """Move the label to the first corner where it covers no goal or start, or to the last."""
        grid = self.document.grid
        marked = [self.position_of(cell) for cell in (*grid.starts, *filter(None, [grid.goal]))]
        for move, corner in (
            (label.moveBottomLeft, room.bottomLeft()),
            (label.moveBottomRight, room.bottomRight()),
            (label.moveTopLeft, room.topLeft()),
            (label.moveTopRight, room.topRight()),
        ):
            move(corner)
            area = label.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
            if not any(area.contains(place) for place in marked):
                return

    @property
    def undrawn(self) -> str:
        """A hint about overlays that are switched on but cannot be drawn; "" for none."""
        return undrawn_overlays(self, self.picture)

    def _on_picture_changed(self) -> None:
        layer = self.picture.layer
        self.setAccessibleDescription(layer.title if layer is not None else self.picture.message)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (entries.SHOW_ARROWS, entries.SHOW_NUMBERS, entries.SHOW_CONTOURS):
            self.refresh()

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
        """End panning; after a click, pin the cell or release it."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            self._pressed = None
            cell = self.cell_at(event.position())
            if cell is not None:
                self.session.toggle_pin(cell)
                # The cell cursor follows; otherwise it would keep a released cell inspected.
                self.session.set_cursor(self.session.pinned)

    def _on_marker_clicked(self, marker: Marker) -> None:
        super()._on_marker_clicked(marker)
        cell = marker_cell(self.document.grid, marker)
        if cell is None:
            return
        if marker == GOAL:
            self.session.toggle_pin(cell)
        elif self.session.selected_start == marker:
            self.session.set_pinned(cell)
        elif self.session.pinned == cell:
            self.session.set_pinned(None)
