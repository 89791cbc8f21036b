"""The view of a page of the guide."""

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from vingui.gui.dialogs.guide_style import PAD_ABOVE, Highlighter, code_background, style_page
from vingui.gui.look.theme import Theme
from vingui.paths import GUIDE

_ZOOM: Final = (0.6, 2.5)
_COLUMN: Final = 744
_MARGIN: Final = 24


class Page(QTextBrowser):
    """Shows a page of the guide in a column of readable width.

    Args:
        theme: the colours.
    """

    shown = Signal()
    """A page was loaded or reloaded."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide-page")
        self.setAccessibleName("Page of the guide")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSearchPaths([str(GUIDE)])
        self.setOpenExternalLinks(True)
        self.setUndoRedoEnabled(False)
        # Always on, since the column would move when it appears.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # Even text without spaces is wrapped, so nothing is ever wider than the page.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.zoom = 1.0
        self._theme = theme
        self._points = 1.08 * self.fontInfo().pointSizeF()
        self.name = ""
        self._loaded = False
        self._code: list[tuple[QTextBlock, QTextBlock]] = []
        self._highlighter = Highlighter(self.document())
        self.sourceChanged.connect(self._on_source_changed)
        theme.changed.connect(self._reload)

    def set_zoom(self, zoom: float) -> None:
        """Scale the text by a factor, where 1 is the normal size."""
        zoom = min(max(zoom, _ZOOM[0]), _ZOOM[1])
        if zoom != self.zoom:
            self.zoom = zoom
            self._reload()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802
        """Load a file of the guide's folder, and nothing else; note whether it is a page."""
        # Qt has no signal for a loaded page.
        self._loaded = kind == QTextDocument.ResourceType.MarkdownResource.value
        url = QUrl(name)
        file = url.path()
        known = not url.scheme() and any(
            file == path.name for folder in self.searchPaths() for path in Path(folder).iterdir()
        )
        return super().loadResource(kind, name) if known else None

    def _on_source_changed(self, url: QUrl) -> None:
        if self._loaded:
            self._loaded = False
            self.name = url.fileName()
            self._style_page()
        if url.hasFragment():
            # Qt looked for the anchor before the headings had theirs.
            self.scrollToAnchor(url.fragment())

    def _reload(self) -> None:
        """Load the same page again, keeping the scroll position."""
        bar = self.verticalScrollBar()
        at_start = bar.value() == bar.minimum()
        cursor = self.cursorForPosition(QPoint(0, 0))
        place, cut = cursor.position(), self.cursorRect(cursor).top()
        # QTextBrowser.reload() would add the page to the history.
        text = (GUIDE / self.name).read_text(encoding="utf-8")
        self.document().setMarkdown(text)
        self._style_page()
        if not at_start:
            # Qt lays a page out in steps; asking for its size completes the layout.
            self.document().size()
            cursor = QTextCursor(self.document())
            cursor.setPosition(place)
            bar.setValue(bar.value() + self.cursorRect(cursor).top() - cut)

    def _style_page(self) -> None:
        font = QFont(self.font())
        font.setPointSizeF(self._points * self.zoom)
        self.document().setDefaultFont(font)
        self.document().setDocumentMargin(0)
        self._highlighter.use(self._theme.look)
        self._code = style_page(self.document(), self._theme.look)
        self._centre()
        self.shown.emit()

    def _centre(self) -> None:
        frame = self.document().rootFrame()
        shape = frame.frameFormat()
        margin = max(_MARGIN, (self.viewport().width() - _COLUMN * max(self.zoom, 1.0)) / 2)
        if shape.leftMargin() == margin:
            return
        shape.setLeftMargin(margin)
        shape.setRightMargin(margin)
        shape.setTopMargin(_MARGIN)
        shape.setBottomMargin(2 * _MARGIN)
        frame.setFrameFormat(shape)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the column in the middle."""
        self._centre()
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll; zoom with Ctrl."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self.zoom * 1.1 ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw panels behind code blocks, since a text document can only tint their lines."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.look.border), 1))
        painter.setBrush(code_background(self._theme.look))
        painter.translate(0.5, 0.5 - self.verticalScrollBar().value())
        layout = self.document().documentLayout()
        column = self.document().rootFrame().frameFormat()
        left = column.leftMargin()
        width = self.viewport().width() - left - column.rightMargin() - 1
        for first, last in self._code:
            top = layout.blockBoundingRect(first).top() - PAD_ABOVE
            height = layout.blockBoundingRect(last).bottom() + PAD_ABOVE - top
            painter.drawRoundedRect(QRectF(left, top, width, height), 6, 6)
        painter.end()
        super().paintEvent(event)
