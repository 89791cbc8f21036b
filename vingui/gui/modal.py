"""Showing modal dialogs."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QDialog


@contextmanager
def run_modal(dialog: QDialog) -> Iterator[bool]:
    """Show a modal dialog until it is closed; yield whether it was accepted.

    Afterwards the dialog is deleted, which otherwise would happen only with its parent window.
    """
    try:
        yield dialog.exec() == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()
