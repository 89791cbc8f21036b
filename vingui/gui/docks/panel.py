"""The base class of all panels, the area that scrolls a panel, and helpers for their widgets."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, SignalInstance
from PySide6.QtGui import QFont, QFontInfo, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QTableView, QVBoxLayout, QWidget

from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label
from vingui.gui.session import Session

_WIDTH: Final = 264
_LEAST_WIDTH: Final = 232
_LEAST_HEIGHT: Final = 72
"""Pixels of a panel's content that are shown even in the lowest window."""

_ALIGNED_HEADER: Final = "QHeaderView::section { padding: 4px 3px; }"
"""Style sheet of a table's header, so that headings line up with the numbers below them."""


_POSTPONED: Final = 20
"""Milliseconds to wait once for a plan before a panel is refreshed while the user draws."""


class DockPanel(QWidget):
    """The content of a panel, which is refreshed a moment after a change while it is visible.

    While the user draws, the moment is longer, so that the views keep up with the mouse.

    Args:
        session: what it shows.
        name: its object name.
        title: its accessible name.
        parent: the Qt parent.
    """

    delay = 30
    """Milliseconds from a change to the refresh, so that the views are painted first."""

    drawing_delay = 200
    """The same while the user draws on the map. Panels differ, so as to take turns."""

    def __init__(
        self, session: Session, name: str, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._postponed = False
        named(self, name, title, "")
        self._refreshing = Debounce(self._refresh_between_plans, self.delay, self)

    def refresh_after(self, *changes: SignalInstance) -> None:
        """Refresh the panel after each of these signals."""
        for changed in changes:
            changed.connect(self._refresh_soon)

    def refresh(self) -> None:
        """Show the session's current state."""
        raise NotImplementedError

    def _refresh_soon(self) -> None:
        if self.isVisible():
            drawing = self.session.document.in_stroke
            self._refreshing.request(self.drawing_delay if drawing else self.delay)

    def _refresh_between_plans(self) -> None:
        """Refresh, but not while the values of the newest edit are about to arrive."""
        session = self.session
        if session.document.in_stroke and session.planner.busy and not self._postponed:
            self._postponed = True
            self._refreshing.request(_POSTPONED)
        else:
            self._postponed = False
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Show what changed while the panel was hidden."""
        super().showEvent(event)
        self.refresh()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Narrow, and as high as the content."""
        return QSize(_WIDTH, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrower than the size hint."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())


class WhenShown(QWidget):
    """Makes its content when it is first shown, so that the window opens sooner.

    Args:
        make: makes the content.
        height: its height until then, in pixels.
    """

    def __init__(self, make: Callable[[], QWidget], *, height: int) -> None:
        super().__init__()
        self._make: Callable[[], QWidget] | None = make
        self._height = height
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Make the content, the first time."""
        if self._make is not None:
            content = self._make()
            self._make = None
            self._layout.addWidget(content)
            content.show()
        super().showEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        """That of the content, or of a panel."""
        return super().sizeHint() if self._make is None else QSize(_WIDTH, self._height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """That of the content, or of a panel."""
        least = QSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        return super().minimumSizeHint() if self._make is None else least


class PanelArea(QScrollArea):
    """Scrolls a panel's content where the window is too low for it.

    It is as wide as its content has to be, and can be as low as a line or two of it.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setWidget(content)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The content's size, which a QScrollArea would limit."""
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The content's width with a scroll bar beside it, and some height."""
        content = self._content.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(content.width() + bar, min(content.height(), _LEAST_HEIGHT))


def quiet_label(text: str = "") -> Label:
    """Return a label in the muted colour."""
    label = Label(text)
    label.setProperty("quiet", True)
    return label


def empty_page(name: str, text: str) -> Label:
    """Return what a panel shows while there is nothing to show."""
    label = named(quiet_label(text), name, "", "")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setContentsMargins(16, 16, 16, 16)
    return label


def tabular(font: QFont, *, scale: float = 1.0) -> QFont:
    """Return the font with digits of equal width, so that changing numbers do not shift."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setPointSizeF(QFontInfo(font).pointSizeF() * scale)
    return font


def plain_table(table: QTableView) -> None:
    """Set a table up without frame and grid, with low rows, and with headings in line."""
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setStyleSheet(_ALIGNED_HEADER)
