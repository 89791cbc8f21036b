"""One page of the guide at a time, set for reading."""

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

from vingui.gui.dialogs.guide_style import PAD_ABOVE, Highlighter, ground, set_page
from vingui.gui.look.theme import Theme
from vingui.paths import GUIDE

_ZOOM: Final = (0.6, 2.5)
_COLUMN: Final = 744
_AIR: Final = 24


class Page(QTextBrowser):
    """Shows a page of the guide in a column that is not too wide to read.

    Args:
        theme: its colours.
    """

    shown = Signal()
    """A page was set, another one or the same anew."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide-page")
        self.setAccessibleName("Page of the guide")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSearchPaths([str(GUIDE)])
        self.setOpenExternalLinks(True)
        self.setUndoRedoEnabled(False)
        # Always there, as the column would else move when it comes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # Even words without spaces are broken, so nothing is ever wider than the page.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.zoom = 1.0
        self._theme = theme
        self._points = 1.08 * self.fontInfo().pointSizeF()
        self.name = ""
        self._loaded = False
        self._code: list[tuple[QTextBlock, QTextBlock]] = []
        self._highlighter = Highlighter(self.document())
        self.sourceChanged.connect(self._on_source_changed)
        theme.changed.connect(self._set_anew)

    def set_zoom(self, zoom: float) -> None:
        """Make the letters larger or smaller than usual, by this factor."""
        zoom = min(max(zoom, _ZOOM[0]), _ZOOM[1])
        if zoom != self.zoom:
            self.zoom = zoom
            self._set_anew()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802
        """Load a file of the guide's folder, and nothing else; note when it is a page."""
        # Qt itself does not say when it loads a page.
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
            self._set()
        if url.hasFragment():
            # Qt looked for it before the headings had their anchors.
            self.scrollToAnchor(url.fragment())

    def _set_anew(self) -> None:
        """Set the same page once more, with the same words at the top."""
        bar = self.verticalScrollBar()
        at_start = bar.value() == bar.minimum()
        cursor = self.cursorForPosition(QPoint(0, 0))
        place, cut = cursor.position(), self.cursorRect(cursor).top()
        # QTextBrowser.reload() would do this too, but make it a step of the history.
        text = (GUIDE / self.name).read_text(encoding="utf-8")
        self.document().setMarkdown(text)
        self._set()
        if not at_start:
            # Qt lays a page out bit by bit; its whole height is needed to scroll.
            self.document().size()
            cursor = QTextCursor(self.document())
            cursor.setPosition(place)
            bar.setValue(bar.value() + self.cursorRect(cursor).top() - cut)

    def _set(self) -> None:
        font = QFont(self.font())
        font.setPointSizeF(self._points * self.zoom)
        self.document().setDefaultFont(font)
        self.document().setDocumentMargin(0)
        self._highlighter.use(self._theme.look)
        self._code = set_page(self.document(), self._theme.look)
        self._centre()
        self.shown.emit()

    def _centre(self) -> None:
        frame = self.document().rootFrame()
        shape = frame.frameFormat()
        beside = max(_AIR, (self.viewport().width() - _COLUMN * max(self.zoom, 1.0)) / 2)
        if shape.leftMargin() == beside:
            return
        shape.setLeftMargin(beside)
        shape.setRightMargin(beside)
        shape.setTopMargin(_AIR)
        shape.setBottomMargin(2 * _AIR)
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
        """Draw panels behind the code: a document itself can only tint its lines."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.look.border), 1))
        painter.setBrush(ground(self._theme.look))
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
