"""Shortcuts of the window that its fields would take for themselves."""

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_Standard = QKeySequence.StandardKey
_EDITING: Final = (
    _Standard.Undo,
    _Standard.Redo,
    _Standard.Cut,
    _Standard.Copy,
    _Standard.Paste,
    _Standard.SelectAll,
)
"""The shortcuts with Ctrl and a letter that edit a field's text."""


def is_for_window(event: QEvent) -> bool:
    """Whether a key should go to the window's shortcuts although Qt's line edits would accept it.

    On Linux they accept Ctrl+E, Ctrl+K, Ctrl+U and others, as in Emacs.
    """
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        and Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z
        and not any(event.matches(key) for key in _EDITING)
    )
