"""The view of a page of the guide."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSizeF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QPainter,
    QPyTextObject,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from vingui.gui.dialogs.guide_html import style_sheet, to_html
from vingui.gui.look.theme import Theme
from vingui.paths import GUIDE

_ZOOM: Final = (0.6, 2.5)
_COLUMN: Final = 744
_MARGIN: Final = 24
_MOST_SCALED: Final = 8


class _Pictures(QPyTextObject):
    """Pictures as wide as the column, which Qt's own would not scale smoothly."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._scaled: dict[tuple[int, int], QImage] = {}

    def intrinsicSize(self, document: QTextDocument, _place: int, form: QTextFormat) -> QSizeF:  # noqa: N802
        """The width of the column, and the height that belongs to it."""
        picture, frame = _picture_of(document, form), document.rootFrame().frameFormat()
        wide = document.textWidth() - frame.leftMargin() - frame.rightMargin()
        return QSizeF(wide, wide * picture.height() / max(picture.width(), 1))

    def drawObject(  # noqa: N802
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        document: QTextDocument,
        _place: int,
        form: QTextFormat,
    ) -> None:
        """Draw it at the resolution of the screen."""
        picture = _picture_of(document, form)
        wide = round(rect.width() * painter.device().devicePixelRatioF())
        key = picture.cacheKey(), wide
        if key not in self._scaled:
            # Scaling takes longer than a frame while one scrolls. A page has a few pictures.
            if len(self._scaled) >= _MOST_SCALED:
                self._scaled.clear()
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled[key] = picture.scaledToWidth(wide, smooth)
        painter.drawImage(rect, self._scaled[key])


def _picture_of(document: QTextDocument, form: QTextFormat) -> QImage:
    kind = QTextDocument.ResourceType.ImageResource.value
    picture = document.resource(kind, QUrl(form.toImageFormat().name()))
    return picture if isinstance(picture, QImage) else QImage()


class GuidePage(QTextBrowser):
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
        self.setOpenExternalLinks(True)
        self.setUndoRedoEnabled(False)
        # Always on, since the column would move when it appears.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # Even text without spaces is wrapped, so nothing is ever wider than the page.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.name = ""
        self.zoom = 1.0
        self._theme = theme
        self._points = 1.08 * self.fontInfo().pointSizeF()
        self._pictures = _Pictures(self)
        layout = self.document().documentLayout()
        layout.registerHandler(QTextFormat.ObjectTypes.ImageObject.value, self._pictures)
        self._set_style()
        self.sourceChanged.connect(self._on_source_changed)
        theme.changed.connect(self._reload)

    def set_zoom(self, zoom: float) -> None:
        """Scale the text by a factor, where 1 is the normal size."""
        zoom = min(max(zoom, _ZOOM[0]), _ZOOM[1])
        if zoom != self.zoom:
            self.zoom = zoom
            self._reload()

    def doSetSource(  # noqa: N802
        self,
        name: QUrl | str,
        _type: QTextDocument.ResourceType = QTextDocument.ResourceType.UnknownResource,
    ) -> None:
        """Open a page as HTML, although its name ends in `.md`."""
        super().doSetSource(name, QTextDocument.ResourceType.HtmlResource)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802
        """Load a page of the guide or one of its pictures, and nothing else."""
        wanted = QUrl(name).toString().partition("#")[0]
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._picture(wanted)
        return next((to_html(path) for path in GUIDE.glob("*.md") if path.name == wanted), None)

    def _picture(self, wanted: str) -> QImage | None:
        """A picture in the colours of the theme."""
        pictures = {path.relative_to(GUIDE).as_posix(): path for path in GUIDE.glob("*/*.png")}
        dark = wanted.removesuffix(".png") + "-dark.png"
        path = (pictures.get(dark) if self._theme.look.dark else None) or pictures.get(wanted)
        if path is None:
            return None
        return QImage(str(path))

    def _on_source_changed(self, url: QUrl) -> None:
        # `source()` still returns the previous page.
        self.name = url.fileName()
        self._centre()
        if url.hasFragment():
            # Qt looked for the anchor before the column had its width.
            self.scrollToAnchor(url.fragment())
        self.shown.emit()

    def _reload(self) -> None:
        """Show the same page in another style."""
        with self._keeping_place():
            self._set_style()
            # QTextBrowser.reload() would add the page to the history.
            kind = QTextDocument.ResourceType.HtmlResource.value
            self.setHtml(self.loadResource(kind, self.name))
            self._centre()
        self.shown.emit()

    @contextmanager
    def _keeping_place(self) -> Iterator[None]:
        """Keep the text at the top in its place while the page is laid out again."""
        bar = self.verticalScrollBar()
        at_start = bar.value() == bar.minimum()
        cursor = self.cursorForPosition(QPoint(0, 0))
        place, cut = cursor.position(), self.cursorRect(cursor).top()
        yield
        if not at_start:
            cursor = QTextCursor(self.document())
            cursor.setPosition(place)
            bar.setValue(bar.value() + self.cursorRect(cursor).top() - cut)

    def _set_style(self) -> None:
        points = self._points * self.zoom
        font = QFont(self.font())
        font.setPointSizeF(points)
        self.document().setDefaultFont(font)
        self.document().setDefaultStyleSheet(style_sheet(self._theme.look, points))

    def _centre(self) -> None:
        frame = self.document().rootFrame()
        shape = frame.frameFormat()
        margin = max(_MARGIN, (self.viewport().width() - _COLUMN * max(self.zoom, 1.0)) / 2)
        if shape.leftMargin() != margin:
            shape.setLeftMargin(margin)
            shape.setRightMargin(margin)
            shape.setTopMargin(_MARGIN)
            shape.setBottomMargin(2 * _MARGIN)
            frame.setFrameFormat(shape)
        # Qt lays a page out in steps, between which positions are wrong. Reading the size completes
        # the layout, but does not notify the scroll bar.
        self.document().documentLayout().documentSizeChanged.emit(self.document().size())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the column in the middle, and the text in its place."""
        with self._keeping_place():
            super().resizeEvent(event)
            self._centre()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll; zoom with Ctrl."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self.zoom * 1.1 ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)
