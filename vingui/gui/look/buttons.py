"""Buttons of dialogs and panels."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget


class Button(QPushButton):
    """A button that takes the focus by Tab and not by a click.

    With the focus, Enter would press it once more, and not the dialog's main button.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
