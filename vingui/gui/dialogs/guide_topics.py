"""Which section of the guide belongs to which part of the window."""

from typing import Final

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

TOPICS: Final = {
    "value-view": "planning#reading-a-value-map",
    "value-header": "planning#reading-a-value-map",
    "comparison": "planning#comparing-two-plans",
    "transport": "planning#value-iteration-in-ten-lines",
    "outcome": "planning#why-a-path-fails",
    "dock-model": "planning#k-and-why-too-small-a-k-fails",
    "model-fold": "networks#four-ways-to-plan",
    "dock-inspector": "planning#one-backup-as-a-sum",
    "dock-starts": "planning#outcomes",
    "dock-convergence": "planning#reading-the-convergence-panel",
    "dock-terrain": "terrain#drawing-terrain",
    "dock-teach": "teaching#in-the-window",
    "dock-evaluate": "planning#evaluating-a-model",
    "dock-train": "training#in-the-window",
    "goal-value": "terrain#several-goals",
    "export": "files#figures",
    "browse": "files#importing-maps",
    "import-picture": "files#importing-maps",
    "import-occupancy": "files#importing-maps",
    "import-terrain": "files#importing-maps",
}
"""The section, as its page without the number and its anchor, by a widget's object name."""


def current_topic() -> str:
    """Return the section about the widget with the focus, or else about that under the mouse.

    It is empty if there is no such section.
    """
    return _topic_of(QApplication.focusWidget()) or _topic_of(QApplication.widgetAt(QCursor.pos()))


def _topic_of(widget: QWidget | None) -> str:
    while widget is not None:
        if widget.objectName() in TOPICS:
            return TOPICS[widget.objectName()]
        widget = widget.parentWidget()
    return ""
