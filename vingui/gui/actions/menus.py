"""Menus, toolbars and the shortcut sheet, made from the table of actions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QSpinBox, QToolBar, QWidget

from vingui.gui import settings as entries
from vingui.gui.actions import ACTIONS, MENU_ORDER, MOUSE, Action
from vingui.gui.commands.commands import Commands
from vingui.gui.commands.help import ShortcutGroup
from vingui.gui.look.icons import icon
from vingui.gui.look.number_fields import WholeField
from vingui.gui.settings import Setting, Settings

_MAIN = (
    "new", "open", "gallery", "save", "",
    "undo", "redo", "",
    "generate", "resize", "clear", "",
    "zoom-out", "fit", "zoom-in", "",
    "compare", "",
    "export", "copy-picture",
)  # fmt: skip


class Actions(Mapping[str, QAction]):
    """The `QAction` of each row of the table, by its id.

    Args:
        commands: what the actions call.
        parent: the window, in which their shortcuts work.
    """

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        self._commands = commands
        self._parent = parent
        self._actions: dict[str, QAction] = {}
        self._rows = {row.id: row for row in ACTIONS}
        groups: dict[str, QActionGroup] = {}
        for row in ACTIONS:
            action = self._create(row)
            if row.setting is not None and row.choice is not None:
                group = groups.setdefault(row.setting.key, QActionGroup(parent))
                group.addAction(action)
            self._actions[row.id] = action
            parent.addAction(action)
        commands.session.settings.changed.connect(self._on_setting_changed)

    def __getitem__(self, id_: str) -> QAction:
        return self._actions[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    def refresh(self) -> None:
        """Enable or disable the actions for the current state."""
        for id_, row in self._rows.items():
            if row.enabled is not None:
                self._actions[id_].setEnabled(row.enabled(self._commands))

    def _create(self, row: Action) -> QAction:
        action = QAction(icon(row.icon), row.text, self._parent)
        action.setObjectName(row.id)
        keys = ", ".join(
            [
                QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
                for key in row.shortcuts[:1]
            ]
            or row.keys
        )
        action.setToolTip(f"{row.tip} ({keys})" if keys else row.tip)
        action.setStatusTip(row.tip)
        action.setShortcuts([QKeySequence(key) for key in row.shortcuts])
        action.setMenuRole(row.role)
        action.setCheckable(row.checkable)
        if row.setting is not None:
            action.setChecked(self._is_on(row))
            action.triggered.connect(lambda on, row=row: self._set(row, on=on))
        elif row.run is not None:
            action.triggered.connect(lambda _=False, row=row: row.run(self._commands))
        return action

    def _set(self, row: Action, *, on: bool) -> None:
        settings = self._commands.session.settings
        if row.choice is not None:
            settings.set(cast("Setting[str]", row.setting), row.choice)
        else:
            settings.set(cast("Setting[bool]", row.setting), on)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        for row in ACTIONS:
            if row.setting is setting:
                self._actions[row.id].setChecked(self._is_on(row))

    def _is_on(self, row: Action) -> bool:
        value = self._commands.session.settings.get(cast("Setting[Any]", row.setting))
        return bool(value if row.choice is None else value == row.choice)


def fill_menus(menu_bar: QMenuBar, recent: QMenu, actions: Actions) -> dict[str, QMenu]:
    """Put every action into its menu, and return the menus by their titles without `&`.

    Args:
        menu_bar: the window's menu bar.
        recent: the menu of recent files.
        actions: the actions.
    """
    menus: dict[str, QMenu] = {}

    def menu(path: str) -> QMenu:
        if path not in menus:
            parent, _, title = path.rpartition("/")
            above = menu(parent) if parent else menu_bar
            menus[path] = above.addMenu(title)
            menus[path].setObjectName("menu-" + title.replace("&", "").lower().replace(" ", "-"))
            menus[path].setToolTipsVisible(True)
        return menus[path]

    for title in MENU_ORDER:
        menu(title)
    for row in ACTIONS:
        if row.id == "recent":
            actions[row.id].setMenu(recent)
        menu(row.menu).addAction(actions[row.id])
        if row.ends_group:
            menu(row.menu).addSeparator()
    return {path.replace("&", ""): made for path, made in menus.items()}


def main_toolbar(parent: QWidget, actions: Actions) -> QToolBar:
    """Create the toolbar above the views."""
    bar = _toolbar(parent, "Main toolbar", "toolbar-main")
    for id_ in _MAIN:
        if id_:
            bar.addAction(actions[id_])
        else:
            bar.addSeparator()
    return bar


def tool_toolbar(parent: QWidget, settings: Settings, actions: Actions) -> QToolBar:
    """Create the toolbar beside the map, with the drawing tools and the brush size."""
    bar = _toolbar(parent, "Drawing tools", "toolbar-tools")
    bar.setOrientation(Qt.Orientation.Vertical)
    for id_, action in actions.items():
        if id_.startswith("tool-"):
            bar.addAction(action)
    bar.addSeparator()
    bar.addWidget(_brush_box(settings))
    return bar


def _toolbar(parent: QWidget, title: str, name: str) -> QToolBar:
    bar = QToolBar(title, parent)
    bar.setObjectName(name)
    bar.setAccessibleName(title)
    bar.setIconSize(QSize(20, 20))
    bar.setMovable(True)
    return bar


def _brush_box(settings: Settings) -> QWidget:
    box = WholeField()
    box.setObjectName("brush")
    box.setAccessibleName("Brush size in cells")
    box.setToolTip("The brush's side in cells ([ and ])")
    box.setRange(int(entries.BRUSH.low), int(entries.BRUSH.high))
    box.setAlignment(Qt.AlignmentFlag.AlignCenter)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setFixedWidth(32)
    box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    box.setValue(settings.get(entries.BRUSH))
    box.valueChanged.connect(lambda value: settings.set(entries.BRUSH, value))
    settings.changed.connect(lambda _: box.setValue(settings.get(entries.BRUSH)))
    return box


def sheet() -> Iterable[ShortcutGroup]:
    """Yield the groups of the shortcut sheet."""
    for title in MENU_ORDER:
        rows = [
            (row.text.replace("&", "").removesuffix("..."), [*row.shortcuts, *row.keys], row.tip)
            for row in ACTIONS
            if row.menu.split("/")[0] == title and (row.shortcuts or row.keys)
        ]
        yield title.replace("&", ""), rows
    yield "Mouse and keys in the views", [(text, [keys], "") for text, keys in MOUSE]
