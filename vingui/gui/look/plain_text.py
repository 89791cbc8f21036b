"""Text that comes from elsewhere, shown as it is: names of files, titles of maps and models.

Qt takes text that looks like HTML for HTML, in labels, tooltips and message boxes. It then opens
whatever a picture in it names, even a file that never ends. A `&` in menus and buttons makes the
next letter a shortcut, and `[*]` in a window's title is the mark of unsaved changes.
"""

from html import escape

from PySide6 import QtGui
from PySide6.QtCore import QChildEvent, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QWidget


class Label(QLabel):
    """A label that shows its text as it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class RichLabel(QLabel):
    """A label for our own HTML; what comes from elsewhere has to be escaped in it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(text)


class FileDialog(QFileDialog):
    """A file dialog that takes the names of files as they are."""

    def selectFile(self, filename: str) -> None:  # noqa: N802
        """Propose a name, which may be a title.

        A slash in it would be a folder's, and of a name in quotes Qt takes what is between them.
        """
        super().selectFile(filename.replace("/", "-").replace('"', "'"))

    def childEvent(self, event: QChildEvent) -> None:  # noqa: N802
        """Set its message boxes to plain text, before they are shown."""
        super().childEvent(event)
        box = event.child()
        if event.type() == QChildEvent.Type.ChildPolished and isinstance(box, QMessageBox):
            box.setTextFormat(Qt.TextFormat.PlainText)


def tip(text: str) -> str:
    """A text as a tooltip that shows it as it is."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    return f"<span>{escape(text)}</span>".replace("\n", "<br>")


def button_text(text: str) -> str:
    """A text for a menu or a button that shows it as it is."""
    return text.replace("&", "&&")


def title_text(text: str) -> str:
    """A text for a window's title that shows it as it is."""
    return text.replace("[*]", "[*][*]")
