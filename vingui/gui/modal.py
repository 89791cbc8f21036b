"""Dialogs that are asked once and are gone with their answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QDialog


@contextmanager
def run_modal(dialog: QDialog) -> Iterator[bool]:
    """Show a dialog until it is answered; yields whether it was accepted.

    Without this, each dialog ever opened would stay with the window until that is closed.
    """
    try:
        yield dialog.exec() == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()
