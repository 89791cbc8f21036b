"""The command palette: a field to find a command in, and the commands found."""

from collections.abc import Iterable
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from vingui.gui import settings as entries
from vingui.gui.dialogs.command_rows import COMMAND, CommandRows
from vingui.gui.dialogs.command_search import Command, found
from vingui.gui.look.fields import column, line, named
from vingui.gui.look.plain_text import Label
from vingui.gui.look.theme import Theme
from vingui.gui.settings import Settings

_SIZE: Final = 640, 472
"""Pixels, if there are that many commands, and the window has room for them."""

_GAP: Final = 16
"""The least number of pixels between the palette and the edges of the window."""

_MOST_RECENT: Final = 8

_SHEET: Final = """
#command-box { background: palette(base); border: 1px solid palette(highlight);
    border-radius: 8px; }
#command-list { background: transparent; }
"""

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES: Final = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class CommandPalette(QWidget):
    """Covers the window while a command is searched for; a click outside of the list closes it.

    The focus stays in the field, which leaves the keys that move in the list to the list.

    Args:
        settings: the recent commands.
        theme: the colours.
        window: the window that it covers.
    """

    def __init__(self, settings: Settings, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("command-palette-cover")
        self._settings, self._window = settings, window
        self._commands: tuple[Command, ...] = ()
        self._before: QWidget | None = None
        tip = "Enter runs the selected command, Escape closes the palette"
        hint = "Type some letters of a command, sample map or model"
        self.field = line("command-field", "Command palette", tip, hint=hint)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._search)
        self.list = named(QListWidget(), "command-list", "Commands", "")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(CommandRows(theme, self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.currentItemChanged.connect(self._describe)
        self.list.itemClicked.connect(self._run)
        self.about = Label()
        self.about.setObjectName("command-about")
        self.about.setProperty("quiet", True)
        self._box = QFrame(self)
        self._box.setObjectName("command-box")
        self._box.setStyleSheet(_SHEET)
        self._box.setLayout(column(self.field, self.list, self.about, margin=12))
        self.hide()

    def open(self, commands: Iterable[Command]) -> None:
        """Show the palette with these commands, and an empty field."""
        for command in self._commands:
            if command.action.parent() is self:
                command.action.deleteLater()
        self._commands = tuple(commands)
        self._before = QApplication.focusWidget()
        self._window.installEventFilter(self)
        self.field.clear()
        self._search()
        self.show()
        self.raise_()
        self._window.activateWindow()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close the palette, and give the focus back."""
        if not self.isVisible():
            return
        self._window.removeEventFilter(self)
        before, self._before = self._before, None
        focused = QApplication.focusWidget()
        active = self._window.isActiveWindow()
        # Given back before the field is hidden, as Qt would then choose another widget.
        if before is not None and shiboken6.isValid(before) and focused in (None, self.field):
            if active:
                before.activateWindow()
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Pass keys on to the list, and follow the size of the window."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        elif watched is self.field and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._on_key(event)
        elif watched is self.field and isinstance(event, QFocusEvent) and _is_final(event):
            self.leave()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, _next: bool) -> bool:  # noqa: N802
        """Keep the focus in the field on Tab."""
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Close the palette on a click outside of it."""
        if not self._box.geometry().contains(event.position().toPoint()):
            self.leave()

    def _on_key(self, event: QKeyEvent) -> bool:
        """Handle a key in the field; return whether the field does not get it."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in _ENTER:
            self._run(self.list.currentItem())
        elif event.key() in _MOVES:
            QApplication.sendEvent(self.list, event)
        else:
            return False
        return True

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        width = min(_SIZE[0], self.width() - 2 * _GAP)
        top = max(_GAP, self.height() // 12)
        others = self._box.sizeHint().height() - self.list.sizeHint().height()
        rows = self.list.count() * self.list.sizeHintForRow(0) if self.list.count() else 0
        height = min(_SIZE[1], self.height() - top - _GAP, others + rows)
        self._box.setGeometry((self.width() - width) // 2, top, width, height)

    def _search(self) -> None:
        recent = self._settings.get(entries.RECENT_COMMANDS)
        self.list.clear()
        for command in found(self._commands, self.field.text(), recent):
            item = QListWidgetItem(command.text, self.list)
            item.setData(COMMAND, command)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _spoken(command))
        self.list.setCurrentRow(0)
        self._describe()
        self._place()

    def _describe(self) -> None:
        item = self.list.currentItem()
        if item is None:
            self.about.setText("Nothing matches these letters.")
            spoken = self.about.text()
        else:
            command: Command = item.data(COMMAND)
            possible = command.action.isEnabled()
            self.about.setText(command.tip if possible else f"Not possible now: {command.tip}")
            spoken = _spoken(command)
        # Screen readers follow the focus, which stays in the field.
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, spoken))

    def _run(self, item: QListWidgetItem | None) -> None:
        command: Command | None = item.data(COMMAND) if item is not None else None
        if command is None or not command.action.isEnabled():
            return
        others = [id_ for id_ in self._settings.get(entries.RECENT_COMMANDS) if id_ != command.id]
        self._settings.set(entries.RECENT_COMMANDS, (command.id, *others[: _MOST_RECENT - 1]))
        self.leave()
        command.action.trigger()


def _is_final(event: QFocusEvent) -> bool:
    """Whether a widget has lost the focus, and not only for as long as its menu is open."""
    return event.lostFocus() and event.reason() != Qt.FocusReason.PopupFocusReason


def _spoken(command: Command) -> str:
    """What a screen reader says of a command."""
    action = command.action
    parts = [command.text, command.place, command.keys]
    if action.isCheckable():
        parts.append("on" if action.isChecked() else "off")
    if not action.isEnabled():
        parts.append("not possible now")
    return ", ".join(filter(None, parts))
