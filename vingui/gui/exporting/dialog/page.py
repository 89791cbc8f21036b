"""What the pages of the export dialog have in common."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QScrollArea,
    QWidget,
)

if TYPE_CHECKING:
    from vingui.gui.exporting.choices import Export

OPTIONS_WIDTH = 336
_NUMBERED = (QComboBox, QAbstractSpinBox)
"""Fields in which the wheel changes what they say."""


class Page(QWidget):
    """One of the things that can be exported."""

    changed = Signal()
    """What can be done with it is something else now."""

    def export(self) -> "Export | None":
        """What would be saved; `None` where nothing can be."""
        raise NotImplementedError

    @property
    def can_copy(self) -> bool:
        """Whether it can be copied to the clipboard."""
        return False

    def copy(self) -> None:
        """Copy it to the clipboard."""

    def reset(self) -> None:
        """Go back to what is usual."""

    def remember(self) -> None:
        """Keep what was chosen."""

    def enter(self) -> None:
        """It is the page that is shown now."""

    def leave(self) -> None:
        """Another one is."""


class _Calm(QObject):
    """Lets the wheel scroll over fields, rather than change what is in them; shows what is used."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Hand the wheel on; bring a field in sight that is called by its letter."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, _NUMBERED):
            QApplication.sendEvent(self._area.verticalScrollBar(), event)
            return True
        # For Tab, Qt does so itself.
        if isinstance(event, QFocusEvent) and event.reason() is Qt.FocusReason.ShortcutFocusReason:
            assert isinstance(watched, QWidget)  # noqa: S101 - the filter is on no others
            self._area.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)


def scrolled(content: QWidget) -> QScrollArea:
    """The column of options, which scrolls where there is little room."""
    area = QScrollArea()
    area.setObjectName("options")
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFixedWidth(OPTIONS_WIDTH)
    area.setAccessibleName("Options")
    # Its fields take the focus.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    calm = _Calm(area)
    for field in content.findChildren(QWidget):
        if isinstance(field, _NUMBERED):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if field.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            field.installEventFilter(calm)
    return area
