"""The push buttons of dialogs and panels."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QToolButton, QWidget

from vingui.gui.look.fields import named
from vingui.gui.look.icons import icon


class Button(QPushButton):
    """A button that gets the focus by Tab but not by a click.

    After a click, Enter should press the dialog's default button, not this button again.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def button(name: str, text: str, tip: str, run: Callable[[], object]) -> Button:
    """Create a button that calls a function."""
    made = named(Button(text), name, text.replace("&", ""), tip)
    made.clicked.connect(run)
    return made


class _SmallButton(QToolButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let Enter press this button too, and not the dialog's default one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


def small_button(name: str, picture: str, about: str) -> QToolButton:
    """Create a button that shows only an icon."""
    made = named(_SmallButton(), name, about, about)
    made.setIcon(icon(picture))
    made.setIconSize(QSize(16, 16))
    made.setAutoRepeat(name.endswith(("up", "down")))
    return made


def dialog_buttons(dialog: QDialog, accept: str, *, tip: str) -> QDialogButtonBox:
    """Create the buttons of a dialog: a default button that accepts it, and Cancel.

    Args:
        dialog: the dialog that the buttons accept or reject.
        accept: the text of the default button.
        tip: the tooltip of the default button.
    """
    buttons = QDialogButtonBox(dialog)
    accepting = buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
    accepting.setDefault(True)
    cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
    named(accepting, "accept", accept.replace("&", ""), tip)
    named(cancel, "cancel", "Cancel", "Close without changing anything")
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons
