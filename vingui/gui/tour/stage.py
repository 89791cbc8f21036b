"""What the steps of the tour act on and point at: the session, and the parts of the window."""

from typing import Final, TypeVar

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractSlider, QDockWidget, QMainWindow, QScrollArea, QWidget

from vingui.core.grid import Cell
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.session import Session

MAP_VIEW: Final = "map-view"

_Found = TypeVar("_Found", bound=QWidget)

_LEAST: Final = 32
"""Pixels of the frame around a cell, at least."""


class Stage:
    """The session, and where the parts of the window are.

    Args:
        session: the map, its plan and the settings.
        window: the window.
    """

    def __init__(self, session: Session, window: QMainWindow) -> None:
        self.session = session
        self.window = window

    def area(self, name: str) -> QRect | None:
        """The visible area of a widget in the window; `None` if it is not visible."""
        widget = self.window.findChild(QWidget, name)
        if widget is None or not widget.isVisible() or widget.window() is not self.window:
            return None
        # If a panel is behind another tab, Qt moves it out of the window without hiding it.
        return self._inside(QRect(widget.mapTo(self.window, QPoint(0, 0)), widget.size()))

    def area_of_cell(self, cell: Cell) -> QRect | None:
        """The area around a cell of the map view; `None` if it is not visible."""
        view = self.window.findChild(GridView, MAP_VIEW)
        map_area = self.area(MAP_VIEW)
        if view is None or map_area is None:
            return None
        side = max(round(1.5 * view.camera.scale), _LEAST)
        middle = view.viewport().mapTo(self.window, view.position_of(cell).toPoint())
        area = QRect(middle.x() - side // 2, middle.y() - side // 2, side, side) & map_area
        return area if area.isValid() else None

    def area_of_menu(self, name: str) -> QRect | None:
        """The area of a menu's title in the menu bar; `None` if the menu bar is not in the window.

        Args:
            name: the menu's title, without its shortcut letter.
        """
        bar = self.window.menuBar()
        for action in bar.actions():
            if action.text().replace("&", "") == name and not bar.isNativeMenuBar():
                return self._inside(bar.actionGeometry(action).translated(bar.pos()))
        return None

    @property
    def scrubber(self) -> QAbstractSlider:
        """The slider over the iterations."""
        return self._found(QAbstractSlider, "scrubber")

    def docks(self) -> list[QDockWidget]:
        """The panels."""
        return self.window.findChildren(QDockWidget)

    def panel_is_shown(self, id_: str) -> bool:
        """Whether a panel is shown, in front of others in its place."""
        dock = self._dock(id_)
        return dock.isVisible() and not dock.visibleRegion().isEmpty()

    def show_panel(self, id_: str) -> None:
        """Show a panel, in front of others in its place."""
        self._dock(id_).show()
        self._dock(id_).raise_()

    def scroll_to(self, id_: str, name: str) -> None:
        """Scroll a panel to one of its widgets."""
        area = self._dock(id_).findChild(QScrollArea)
        widget = self._dock(id_).findChild(QWidget, name)
        if area is not None and widget is not None:
            area.ensureWidgetVisible(widget)

    def _dock(self, id_: str) -> QDockWidget:
        return self._found(QDockWidget, f"dock-{id_}")

    def _found(self, kind: type[_Found], name: str) -> _Found:
        found = self.window.findChild(kind, name)
        if found is None:
            raise ValueError(f"Expected a window with {name!r}, received one without")
        return found

    def _inside(self, area: QRect) -> QRect | None:
        area &= self.window.rect()
        return area if area.isValid() else None
