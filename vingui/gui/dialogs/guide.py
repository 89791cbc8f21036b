"""The guide's window: a table of contents beside the current page."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QSplitter,
    QToolBar,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from vingui.gui.dialogs.find_bar import FindBar
from vingui.gui.dialogs.guide_html import headings
from vingui.gui.dialogs.guide_page import GuidePage
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.look.fields import column
from vingui.gui.look.icons import icon
from vingui.gui.look.theme import Theme
from vingui.paths import GUIDE

_URL: Final = Qt.ItemDataRole.UserRole
_ZOOM_STEP: Final = 1.1
_MAX_LEVEL: Final = 2
"""The deepest level of heading in the contents."""

_SHEET: Final = """
#guide-contents { padding: 8px 0; }
#guide-contents::item { padding: 5px 4px; }
"""


class GuideWindow(QWidget):
    """Shows the pages of `assets/guide` in a non-modal window.

    Args:
        theme: the colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("guide")
        self.setWindowTitle("Guide")
        self.page = GuidePage(theme)
        self.contents = _Contents()
        self.find_bar = FindBar(self.page, theme)
        self._make_actions()
        self._lay_out()
        self.page.shown.connect(self._on_page_changed)
        self.page.shown.connect(self.find_bar.refresh)
        self.contents.itemClicked.connect(self._open)
        self.contents.itemActivated.connect(self._open)
        self.page.setSource(QUrl(self.contents.pages[0].data(0, _URL)))
        self.page.setFocus()

    def show_topic(self, topic: str) -> None:
        """Show a section of `guide_topics.TOPICS`."""
        name, _, anchor = topic.partition("#")
        (path,) = GUIDE.glob(f"*-{name}.md")
        self.page.setSource(QUrl(f"{path.name}#{anchor}"))
        self.page.setFocus()

    def belong_to(self, window: QWidget) -> None:
        """Be a window of another one, which does not block it if it is a modal dialog."""
        self.winId()
        if self.windowHandle().transientParent() is not window.windowHandle():
            # Qt finds out whether a window is blocked when it is shown.
            self.hide()
            self.windowHandle().setTransientParent(window.windowHandle())

    def _lay_out(self) -> None:
        right = QWidget()
        right.setLayout(column(self.page, self.find_bar, spacing=0))
        halves = QSplitter()
        halves.setObjectName("guide-halves")
        halves.addWidget(self.contents)
        halves.addWidget(right)
        halves.setChildrenCollapsible(False)
        halves.setStretchFactor(1, 1)
        halves.setSizes([304, 816])
        self.setLayout(column(self._bar, halves, spacing=0))
        resize_on_screen(self, 1120, 760)

    def _make_actions(self) -> None:
        page = self.page
        self._bar = QToolBar("Guide")
        self._bar.setObjectName("guide-bar")
        self._bar.setIconSize(QSize(20, 20))
        back = self._add_action("back", "Back", ["Alt+Left"], page.backward)
        forward = self._add_action("forward", "Forward", ["Alt+Right"], page.forward)
        page.backwardAvailable.connect(back.setEnabled)
        page.forwardAvailable.connect(forward.setEnabled)
        back.setEnabled(False)
        forward.setEnabled(False)
        self._bar.addSeparator()
        self._add_action(
            "zoom-out", "Smaller", ["Ctrl+-"], lambda: page.set_zoom(page.zoom / _ZOOM_STEP)
        )
        self._add_action("fit", "Normal size", ["Ctrl+0"], lambda: page.set_zoom(1.0))
        self._add_action(
            "zoom-in", "Larger", ["Ctrl++", "Ctrl+="], lambda: page.set_zoom(page.zoom * _ZOOM_STEP)
        )
        self._bar.addSeparator()
        self._add_action("search", "Find on this page", ["Ctrl+F"], self.find_bar.enter)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)

    def _add_action(
        self, picture: str, text: str, keys: list[str], run: Callable[[], object]
    ) -> QAction:
        action = QAction(icon(picture), text, self)
        action.setObjectName("guide-" + text.split(maxsplit=1)[0].lower())
        action.setShortcuts([QKeySequence(key) for key in keys])
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({shown})")
        action.triggered.connect(run)
        self._bar.addAction(action)
        return action

    def _open(self, item: QTreeWidgetItem) -> None:
        self.page.setSource(QUrl(item.data(0, _URL)))
        self.page.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape closes the find bar."""
        if event.key() == Qt.Key.Key_Escape and self.find_bar.isVisible():
            self.find_bar.leave()
        else:
            super().keyPressEvent(event)

    def _on_page_changed(self) -> None:
        """Expand the current page in the contents, and collapse the others."""
        current = self.contents.currentItem()
        for page in self.contents.pages:
            current_page = page.data(0, _URL) == self.page.name
            page.setExpanded(current_page)
            if not current_page:
                continue
            self.setWindowTitle(f"{page.text(0)} - Guide")
            if current is None or page not in (current, current.parent()):
                self.contents.setCurrentItem(page)


class _Contents(QTreeWidget):
    """The tree of pages and their sections; each item holds its URL."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("guide-contents")
        self.setAccessibleName("Contents of the guide")
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRootIsDecorated(False)
        self.setIndentation(16)
        self.setMinimumWidth(160)
        self.setStyleSheet(_SHEET)
        self.pages = [self._page(path) for path in sorted(GUIDE.glob("*.md"), key=_number)]

    def _page(self, path: Path) -> QTreeWidgetItem:
        page = QTreeWidgetItem(self)
        for level, words, anchor in headings(path):
            if level > _MAX_LEVEL:
                continue
            item = page if level == 1 else QTreeWidgetItem(page)
            item.setText(0, words)
            item.setToolTip(0, words)
            item.setData(0, _URL, path.name if level == 1 else f"{path.name}#{anchor}")
        return page


def _number(page: Path) -> int:
    return int(page.name.partition("-")[0])
