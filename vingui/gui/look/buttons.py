"""The push button of dialogs and panels."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget


class Button(QPushButton):
    """A button that gets the focus by Tab but not by a click.

    After a click, Enter should press the dialog's default button, not this one again.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
