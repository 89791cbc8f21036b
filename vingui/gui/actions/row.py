"""The type of a row in the table of actions."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction

from vingui.gui.commands.commands import Commands
from vingui.gui.settings import Setting


@dataclass(frozen=True)
class Action:
    """An action of the window.

    Attributes:
        id: its name in code; also the object name of its `QAction`.
        menu: the title of its menu; a submenu follows after a slash.
        text: its menu text, with `&` before the mnemonic.
        tip: its tooltip.
        run: called when it is triggered.
        icon: the name of its icon.
        shortcuts: the keys that trigger it anywhere in the window.
        keys: keys that a view handles itself, for the shortcut sheet.
        enabled: returns whether it is enabled.
        setting: the setting that it changes.
        choice: the value that it sets `setting` to; if `None`, it toggles `setting`.
        switch: whether it is checkable without a setting.
        ends_group: whether a separator follows it in its menu.
        role: where macOS puts it instead.
    """

    id: str
    menu: str
    text: str
    tip: str
    run: Callable[[Commands], object] | None = None
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    enabled: Callable[[Commands], bool] | None = None
    setting: Setting[bool] | Setting[str] | None = None
    choice: str | None = None
    switch: bool = False
    ends_group: bool = False
    role: QAction.MenuRole = QAction.MenuRole.TextHeuristicRole

    @property
    def checkable(self) -> bool:
        """Whether it has a check mark."""
        return self.setting is not None or self.switch
