"""Widgets and functions that show outside text literally: file names, titles of maps and models.

In labels, tooltips and message boxes, Qt treats text that looks like HTML as HTML. It then opens
whatever file an image in it names, even an endless device. In menus and buttons, `&` makes the next
letter a shortcut, and in window titles `[*]` is the placeholder for unsaved changes.
"""

import re
from html import escape

from PySide6 import QtGui
from PySide6.QtCore import QChildEvent, QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QWidget


class Label(QLabel):
    """A label that shows its text literally."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class LabelSlot(QWidget):
    """Holds a label whose text changes often, so that a new text does not lay out the window anew.

    The label fills the slot. If its text gets too long, the slot grows, and stays as wide.

    Args:
        label: the label.
        grows: whether the slot grows.
    """

    def __init__(self, label: QLabel, *, grows: bool) -> None:
        super().__init__()
        self._label, self._grows = label, grows
        label.setParent(self)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As large as the label."""
        return self._label.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Grow with the label, which requests it when its text has changed."""
        if event.type() == QEvent.Type.LayoutRequest and self._grows:
            self.setMinimumWidth(max(self.minimumWidth(), self._label.sizeHint().width()))
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fill the slot."""
        super().resizeEvent(event)
        self._label.setGeometry(self.rect())


class RichLabel(QLabel):
    """A label for our own HTML, in which outside text has to be escaped."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(text)


class FileDialog(QFileDialog):
    """A file dialog that shows file names literally."""

    def selectFile(self, filename: str) -> None:  # noqa: N802
        """Propose a file name, which may be a map's title.

        A slash would separate folders, and of a name in quotes Qt uses only the quoted part.
        """
        super().selectFile(filename.replace("/", "-").replace('"', "'"))

    def childEvent(self, event: QChildEvent) -> None:  # noqa: N802
        """Set the dialog's message boxes to plain text before they are shown."""
        super().childEvent(event)
        box = event.child()
        if event.type() == QChildEvent.Type.ChildPolished and isinstance(box, QMessageBox):
            box.setTextFormat(Qt.TextFormat.PlainText)


def tip(text: str) -> str:
    """Return a tooltip that shows the text literally."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    return f"<span>{escape(text)}</span>".replace("\n", "<br>")


def button_text(text: str) -> str:
    """Return a menu or button text that shows the text literally."""
    return text.replace("&", "&&")


def shown_text(text: str) -> str:
    """Return a menu text as a name: without shortcut letters, a number in front, and the dots."""
    return re.sub(r"&(.)", r"\1", re.sub(r"^&\d  ", "", text)).removesuffix("...")


def title_text(text: str) -> str:
    """Return a window title that shows the text literally."""
    return text.replace("[*]", "[*][*]")
