"""The panels around the views: where they are docked, how large, and their menu."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabWidget, QWidget

from vingui.gui.dialogs.screen import bring_on_screen
from vingui.gui.docks.panel import PanelArea
from vingui.gui.look.icons import icon

SPLIT: Final = [1000, 1210]
"""Widths of the map and the value view: with the colour bar, both pictures are equally wide."""

_LOW: Final = 760
"""Pixels. In a lower window, panels below the views would leave the views too little room."""

_BOTTOM_SHARE: Final = 0.27
_BOTTOM_HEIGHT: Final = 190, 300
"""The height of the panels below the views: a share of the window's, within these pixels."""

_LEAST_CENTRE: Final = 370
"""Pixels of the views with what belongs to them, for which the panels below them give way."""

_ROOMY: Final = 1280
"""Pixels. In a narrower window, panels are not made wider for what they show."""

_MOST_HEIGHT: Final = 0.6
"""The share of the window's height that a panel above or below another may take."""

_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM: Final = Qt.DockWidgetArea.BottomDockWidgetArea
_AREAS: Final = {
    "model": _RIGHT,
    "inspector": _RIGHT,
    "train": _RIGHT,
    "starts": _BOTTOM,
    "convergence": _BOTTOM,
    "terrain": _LEFT,
    "teach": _LEFT,
    "evaluate": _LEFT,
}
_HIDDEN: Final = ("terrain", "teach", "train", "evaluate")
"""Panels that are hidden at first."""


class Panels(dict[str, QDockWidget]):
    """The dock widget of each panel, by the panel's id.

    Args:
        window: the window around which they are docked.
        contents: the widget of each panel, by its id.
    """

    def __init__(self, window: QMainWindow, contents: Mapping[str, QWidget]) -> None:
        super().__init__()
        self._window = window
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        window.setCorner(Qt.Corner.BottomLeftCorner, _LEFT)
        window.setTabPosition(_RIGHT, QTabWidget.TabPosition.North)
        for id_, area in _AREAS.items():
            self[id_] = self._dock(id_, contents[id_], area)
        window.tabifyDockWidget(self["terrain"], self["teach"])
        for id_ in _HIDDEN:
            self[id_].hide()
        window.splitDockWidget(self["starts"], self["convergence"], Qt.Orientation.Horizontal)
        self.resize()

    def _dock(self, id_: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(id_.capitalize(), self._window)
        dock.setObjectName(f"dock-{id_}")
        dock.setWidget(PanelArea(content))
        self._window.addDockWidget(area, dock)
        return dock

    def arrange(self) -> None:
        """Adapt the initial layout to the height of the window."""
        if self._window.height() < _LOW:
            for id_ in ("convergence", "starts"):
                self._window.tabifyDockWidget(self["inspector"], self[id_])
            # Beside these three, its name would be cut off.
            self._window.tabifyDockWidget(self["model"], self["train"])
            self._window.tabifyDockWidget(self["train"], self["evaluate"])
            self["inspector"].raise_()
        else:
            # Only here: Qt would go on showing the tabs of a place that a hidden panel has left.
            self._window.tabifyDockWidget(self["inspector"], self["train"])
            self._window.tabifyDockWidget(self["teach"], self["evaluate"])
        self.resize()

    def resize(self) -> None:
        """Give the panels their initial sizes."""
        window, bottom = self._window, [self["starts"], self["convergence"]]
        low, high = _BOTTOM_HEIGHT
        height = min(max(round(_BOTTOM_SHARE * window.height()), low), high)
        window.resizeDocks(bottom, [height, height], Qt.Orientation.Vertical)
        window.resizeDocks(bottom, SPLIT, Qt.Orientation.Horizontal)
        sides = [self["model"], self["terrain"]]
        window.resizeDocks(sides, [272, 240], Qt.Orientation.Horizontal)
        # The Model panel shows all of its content, and those below it have the rest.
        above = self["model"].sizeHint().height()
        stacked = [self["model"], self["inspector"]]
        heights = [above, max(sum(dock.height() for dock in stacked) - above, 1)]
        window.resizeDocks(stacked, heights, Qt.Orientation.Vertical)

    def make_room_for_model(self) -> None:
        """Make the Model panel as high as its content, but leave the inspector half its height."""
        dock = self["model"]
        area = dock.findChild(PanelArea)
        if area is None or dock.isFloating():
            return
        missing = area.sizeHint().height() - area.height()
        if missing > 0:
            high = dock.height() + min(missing, self["inspector"].height() // 2)
            self._window.resizeDocks([dock], [high], Qt.Orientation.Vertical)
            bar = area.verticalScrollBar()
            QTimer.singleShot(0, bar, lambda: bar.setValue(bar.maximum()))

    def make_room(self, centre: int) -> None:
        """Make the panels below the views lower if these were left too little room.

        Args:
            centre: the height that a smaller window leaves the views, in pixels.
        """
        dock, least = self["convergence"], _BOTTOM_HEIGHT[0]
        missing = _LEAST_CENTRE - centre
        below = self._window.dockWidgetArea(dock) == _BOTTOM and not dock.isFloating()
        if below and missing > 0 and dock.height() > least:
            height = max(dock.height() - missing, least)
            self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    def bring_to_front(self, id_: str) -> None:
        """Show a panel, in front of others in its place, with room for what it shows."""
        dock = self[id_]
        hidden = dock.isHidden()
        dock.show()
        dock.raise_()
        if hidden and not dock.isFloating():
            self._enlarge(dock)

    def _on_toggled(self, dock: QDockWidget, *, shown: bool) -> None:
        if shown and not dock.isFloating():
            self._enlarge(dock)

    def _enlarge(self, dock: QDockWidget) -> None:
        """Give a panel the size that it needs, as far as the views can spare it."""
        window, wanted = self._window, dock.widget().sizeHint()
        if dock.width() < wanted.width() and window.width() >= _ROOMY:
            window.resizeDocks([dock], [wanted.width()], Qt.Orientation.Horizontal)
        height = min(wanted.height(), int(window.height() * _MOST_HEIGHT))
        if dock.height() < height:
            window.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    def bring_on_screen(self) -> None:
        """Move floating panels that are outside of all screens."""
        for dock in self.values():
            if dock.isFloating():
                bring_on_screen(dock)

    def raise_floating(self) -> None:
        """Put restored floating panels above the window.

        They were shown before the window, and some window managers keep a panel that is shown
        before its parent window below it.
        """
        for dock in self.values():
            if dock.isFloating() and dock.isVisible():
                dock.hide()
                dock.show()

    def fill_menu(self, menu: QMenu) -> None:
        """Fill a menu with a line for each panel, which shows or hides it."""
        menu.setObjectName("menu-panels")
        menu.setToolTipsVisible(True)
        for id_, dock in self.items():
            action = dock.toggleViewAction()
            action.setObjectName(f"panel-{id_}")
            action.setIcon(icon(id_))
            action.setToolTip(f"Show or hide the {dock.windowTitle()} panel")
            action.triggered.connect(lambda shown, dock=dock: self._on_toggled(dock, shown=shown))
            menu.addAction(action)
