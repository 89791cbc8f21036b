"""What the left button draws: the entries of the Material menu, and the button that opens it."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from vingui.core.map_edits import WALL
from vingui.core.terrain import Palette
from vingui.gui.actions.draw import MOST_LISTED
from vingui.gui.actions.menus import Actions
from vingui.gui.canvas.items.terrain import material_icon
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import button_text, tip
from vingui.gui.session import Session

_SIDE = QSize(20, 20)

_DELAY = 100
"""Milliseconds from a change of the palette to the menu's new names and pictures."""


class MaterialButton(QToolButton):
    """Shows what the left button draws; its menu has walls and the kinds of the map's palette.

    It names the actions of the menu after the kinds.

    Args:
        session: the map and the chosen material.
        actions: the window's actions.
        menu: the menu with the actions of materials.
        parent: the Qt parent.
    """

    def __init__(
        self, session: Session, actions: Actions, menu: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "material", "Material", "")
        self._session = session
        self._actions = [actions[f"material-{number}"] for number in range(MOST_LISTED + 1)]
        self._shown: Palette | None = None
        self.setMenu(menu)
        self.setIconSize(_SIDE)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._showing = Debounce(self._show, _DELAY, self)
        session.document.changed.connect(self._on_map_changed)
        session.theme.changed.connect(self._show)
        session.material_changed.connect(self._show_chosen)
        self._show()

    def _on_map_changed(self) -> None:
        if self._session.document.grid.palette is not self._shown:
            self._showing.request()

    def _show(self) -> None:
        self._shown = palette = self._session.document.grid.palette
        look, ratio = self._session.theme.look, self.devicePixelRatioF()
        for index, action in enumerate(self._actions):
            kind = index - 1
            listed = kind < len(palette)
            action.setVisible(listed)
            action.setEnabled(listed)
            if listed:
                action.setIcon(material_icon(look, palette, kind, _SIDE, ratio))
            if listed and kind != WALL:
                terrain = palette[kind]
                text = button_text(f"{terrain.name}, cost {terrain.cost:zg}")
                action.setText(f"&{index}  {text}")
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen, grid = self._session.material, self._session.document.grid
        for index, action in enumerate(self._actions):
            action.setChecked(index - 1 == chosen)
        look, ratio = self._session.theme.look, self.devicePixelRatioF()
        self.setIcon(material_icon(look, grid.palette, chosen, _SIDE, ratio))
        name = "walls" if chosen == WALL else grid.palette[chosen].name
        self.setToolTip(tip(f"The left button draws {name} (B for walls, 1 to 9 for terrain)"))
