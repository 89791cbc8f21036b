"""The gallery of sample maps."""

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen, QStandardItem
from PySide6.QtGui import QStandardItemModel as ItemModel
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from vingui.gui.canvas.thumbnail import thumbnail
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.document.samples import Sample, samples
from vingui.gui.look.buttons import dialog_buttons
from vingui.gui.look.plain_text import Label, tip
from vingui.gui.look.theme import Look

_SIDE: Final = 128
_PAD: Final = 12
_SAMPLE: Final = Qt.ItemDataRole.UserRole
_FILTER_TEXT: Final = Qt.ItemDataRole.UserRole + 1


class Gallery(QDialog):
    """Shows the sample maps as thumbnails, one of which can be opened.

    Args:
        look: the colours of the thumbnails.
        parent: the window.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setWindowTitle("Sample maps")
        self._look = look
        self._items = ItemModel(self)
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._items)
        self._shown.setFilterRole(_FILTER_TEXT)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._filter = self._make_filter()
        self._list = self._make_list()
        self._title, self._about = Label(parent=self), Label(parent=self)
        self._title.setObjectName("sample-title")
        self._about.setObjectName("sample-about")
        self._about.setWordWrap(True)
        # Room for two lines, so that the thumbnails stay in place from one sample to the next.
        self._about.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._buttons = dialog_buttons(self, "&Open", tip="Open the selected map")
        self._lay_out()
        self._fill()
        self._list.setFocus()
        resize_on_screen(self, 696, 600)

    def sample(self) -> Sample | None:
        """The selected sample, if any."""
        index = self._list.currentIndex()
        found: Sample | None = index.data(_SAMPLE) if index.isValid() else None
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Move the focus from the filter field to the thumbnails on the Down key."""
        if watched is self._filter and isinstance(event, QKeyEvent):
            down = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down
            if down and self._shown.rowCount():
                self._list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _make_filter(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName("filter")
        field.setAccessibleName("Filter")
        field.setPlaceholderText("Filter by title or description")
        field.setToolTip("Show only the maps whose title or description contains this text")
        field.setClearButtonEnabled(True)
        field.textChanged.connect(self._on_filter_changed)
        field.installEventFilter(self)
        return field

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setObjectName("samples")
        view.setAccessibleName("Sample maps")
        view.setToolTip("Double click or press Enter to open a map")
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setUniformItemSizes(True)
        view.setItemDelegate(_Card(self._look, view))
        view.setSpacing(6)
        view.setMouseTracking(True)
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setModel(self._shown)
        view.selectionModel().currentChanged.connect(self._describe)
        view.doubleClicked.connect(self.accept)
        return view

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self._filter)
        layout.addWidget(self._list, 1)
        layout.addSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._about)
        layout.addWidget(self._buttons)

    def _fill(self) -> None:
        for sample in samples():
            item = QStandardItem(sample.title)
            item.setData(sample, _SAMPLE)
            item.setData(f"{sample.title} {sample.path.stem} {sample.about}", _FILTER_TEXT)
            item.setToolTip(tip(sample.about))
            item.setData(f"{sample.title}, {_size(sample)}", Qt.ItemDataRole.AccessibleTextRole)
            self._items.appendRow(item)
        self._list.setCurrentIndex(self._shown.index(0, 0))

    def _on_filter_changed(self, text: str) -> None:
        self._shown.setFilterFixedString(text.strip())
        if not self._list.currentIndex().isValid():
            self._list.setCurrentIndex(self._shown.index(0, 0))
        self._describe(self._list.currentIndex())

    def _describe(self, _index: QModelIndex) -> None:
        sample = self.sample()
        self._buttons.buttons()[0].setEnabled(sample is not None)
        if sample is None:
            self._title.setText("No map found")
            self._about.setText("No title or description contains this text.")
        else:
            self._title.setText(f"{sample.title}  ·  {_size(sample)}")
            self._about.setText(sample.about)


class _Card(QStyledItemDelegate):
    """Draws a sample as a card: its thumbnail with the title below."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._pictures: dict[tuple[str, float], QImage] = {}

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The same size for every sample."""
        line = option.fontMetrics.lineSpacing()
        return QSize(_SIDE + 2 * _PAD, _SIDE + 2 * _PAD + line + 6)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the card."""
        state: QStyle.StateFlag = option.state
        box = QRectF(option.rect)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            focused = bool(state & QStyle.StateFlag.State_HasFocus)
            frame = QColor(self._look.accent if focused else self._look.muted)
            painter.setPen(QPen(frame, 2) if selected else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._look.hover))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        self._draw_picture(painter, box, index.data(_SAMPLE))
        painter.setPen(QColor(self._look.text))
        below = box.adjusted(4, _PAD + _SIDE + 6, -4, 0)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(below, int(top), index.data())
        painter.restore()

    def _draw_picture(self, painter: QPainter, box: QRectF, sample: Sample) -> None:
        dpr = painter.device().devicePixelRatioF()
        if (sample.path.stem, dpr) not in self._pictures:
            room = QSize(_SIDE - 2, _SIDE - 2)
            self._pictures[sample.path.stem, dpr] = thumbnail(sample.grid, self._look, room, dpr)
        picture = self._pictures[sample.path.stem, dpr]
        size = picture.deviceIndependentSize()
        # Whole pixels, or the cells' edges would be blurred.
        left = box.left() + (box.width() - size.width()) // 2
        top = box.top() + _PAD + (_SIDE - size.height()) // 2
        painter.drawImage(QPointF(left, top), picture)
        # Framed, since free cells at the edge of a map have the list's background colour.
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left - 0.5, top - 0.5, size.width() + 1, size.height() + 1))


def _size(sample: Sample) -> str:
    return f"{sample.rows} × {sample.cols}"
