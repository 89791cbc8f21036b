"""Showing modal dialogs."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QDialog, QWidget


@contextmanager
def run_modal(dialog: QDialog) -> Iterator[bool]:
    """Show a modal dialog until it is closed; yield whether it was accepted.

    The shortcut of the guide works in it too, although it blocks the window and its actions.

    Afterwards the dialog is deleted, which otherwise would happen only with its parent window.
    """
    guide = _top(dialog).findChild(QAction, "guide")
    if guide is not None:
        QShortcut(guide.shortcut(), dialog, guide.trigger)
    try:
        yield dialog.exec() == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()


def _top(widget: QWidget) -> QWidget:
    """The main window that a dialog belongs to, directly or through other dialogs."""
    parent = widget.parentWidget()
    return widget if parent is None else _top(parent)
