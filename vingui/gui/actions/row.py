"""One thing that can be done in the window."""

from collections.abc import Callable
from dataclasses import dataclass

from vingui.gui.commands.commands import Commands
from vingui.gui.settings import Setting


@dataclass(frozen=True)
class Action:
    """One row.

    Attributes:
        id: its name in code; also the object name of its `QAction`.
        menu: the title of its menu; a deeper one after a slash.
        text: its menu entry, with an `&` before the letter that chooses it.
        tip: one line that says what it does.
        run: what it does.
        icon: the name of its icon.
        shortcuts: the keys that trigger it anywhere in the window.
        keys: keys that a view takes itself, for the shortcut sheet.
        enabled: whether it can be done now.
        setting: the entry that it switches or chooses.
        choice: what it sets `setting` to; it is a switch where `None`.
        switch: whether it shows a state that is not a setting.
        ends_group: whether a line follows it in its menu.
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

    @property
    def checkable(self) -> bool:
        """Whether it shows a state."""
        return self.setting is not None or self.switch
