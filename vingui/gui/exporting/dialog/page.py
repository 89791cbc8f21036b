"""The base classes of the export dialog's pages."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vingui.gui.exporting.dialog.preview import PicturePreview
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label

if TYPE_CHECKING:
    from vingui.gui.exporting.choices import Export
    from vingui.gui.exporting.controller import Exporting

OPTIONS_WIDTH = 336
_WHEELED = (QComboBox, QAbstractSpinBox)
"""Fields whose value the wheel would change."""


class ExportPage(QWidget):
    """A page of the export dialog, for one kind of export."""

    changed = Signal()
    """`export` or `can_copy` may have changed."""

    def export(self) -> "Export | None":
        """Return the export that is chosen; `None` if it is not possible."""
        raise NotImplementedError

    @property
    def can_copy(self) -> bool:
        """Whether there is a picture to copy to the clipboard."""
        return False

    def copy(self) -> None:
        """Copy the picture to the clipboard."""

    def reset(self) -> None:
        """Go back to the defaults."""

    def remember(self) -> None:
        """Remember the choices for the next time."""

    def enter(self) -> None:
        """Called when the page is shown."""

    def leave(self) -> None:
        """Called when another page is shown."""


class PreviewPage(ExportPage):
    """A page with options on the left and a preview on the right.

    Args:
        exporting: draws and saves.
        size_name: the object name of the label that shows the picture's size.
    """

    def __init__(self, exporting: "Exporting", size_name: str) -> None:
        super().__init__()
        self._exporting, self._session = exporting, exporting.session
        self._preview = PicturePreview(self._session.theme)
        self._size = named(Label(), size_name, "Size", "The size of the picture in the file")
        self._size.setProperty("quiet", True)
        self._size.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._size.setWordWrap(True)
        self._right = QVBoxLayout()
        self._right.setSpacing(8)
        self._right.addWidget(self._preview, 1)
        self._right.addWidget(self._size)

    def _lay_out(self, *options: QWidget) -> None:
        column = QWidget()
        left = QVBoxLayout(column)
        left.setSpacing(8)
        # Room for the scroll bar.
        left.setContentsMargins(0, 0, 10, 0)
        for box in options:
            left.addWidget(box)
        left.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(scrolled(column))
        layout.addLayout(self._right, 1)


class _FieldFilter(QObject):
    """Makes the wheel scroll instead of changing a field, and scrolls to the field in use."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Pass the wheel on to the scroll bar; scroll to a field that a mnemonic focuses."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, _WHEELED):
            QApplication.sendEvent(self._area.verticalScrollBar(), event)
            return True
        # Qt itself does this only when the focus moves by Tab.
        if isinstance(event, QFocusEvent) and event.reason() is Qt.FocusReason.ShortcutFocusReason:
            assert isinstance(watched, QWidget)  # noqa: S101 - the filter is on no others
            self._area.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)


def scrolled(content: QWidget) -> QScrollArea:
    """Put a column of options into an area that scrolls where there is little room."""
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
    field_filter = _FieldFilter(area)
    for field in content.findChildren(QWidget):
        if isinstance(field, _WHEELED):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if field.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            field.installEventFilter(field_filter)
    return area
