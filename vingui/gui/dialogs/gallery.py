"""The gallery of sample maps."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QListView, QListWidget, QListWidgetItem, QWidget

from vingui.gui.canvas.thumbnail import framed_thumbnail, list_icon
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.document.samples import Sample, samples
from vingui.gui.look.buttons import dialog_buttons
from vingui.gui.look.fields import column, line, named
from vingui.gui.look.plain_text import Label, tip
from vingui.gui.look.theme import Look

_SIDE: Final = 128
_PAD: Final = 10
"""The padding of a card in the style sheet."""
_SAMPLE: Final = Qt.ItemDataRole.UserRole


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
        about = "Show only the maps whose title or description contains this text"
        self._filter = line("filter", "Filter", about, hint="Filter by title or description")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._on_filter_changed)
        self._filter.installEventFilter(self)
        about = "Double click or press Enter to open a map"
        self._list = named(QListWidget(), "samples", "Sample maps", about)
        self._title, self._about = Label(), Label()
        self._title.setObjectName("sample-title")
        self._about.setObjectName("sample-about")
        self._about.setWordWrap(True)
        # Room for two lines, so that the thumbnails stay in place from one sample to the next.
        self._about.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._buttons = dialog_buttons(self, "&Open", tip="Open the selected map")
        self._lay_out()
        self._set_up_list(look)
        self._list.setFocus()
        resize_on_screen(self, 696, 600)

    def sample(self) -> Sample | None:
        """The selected sample, if any."""
        item = self._list.currentItem()
        found: Sample | None = None if item is None or item.isHidden() else item.data(_SAMPLE)
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Move the focus from the filter field to the thumbnails on the Down key."""
        if watched is self._filter and isinstance(event, QKeyEvent):
            down = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down
            if down and self.sample() is not None:
                self._list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        parts = (self._filter, self._list, self._title, self._about, self._buttons)
        self.setLayout(column(*parts, margin=16))

    def _set_up_list(self, look: Look) -> None:
        view = self._list
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setIconSize(QSize(_SIDE, _SIDE))
        view.setUniformItemSizes(True)
        view.setSpacing(6)
        view.setMouseTracking(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        side = _SIDE + 2 * _PAD + 4
        height = side + self.fontMetrics().lineSpacing() + 6
        for sample in samples():
            image = framed_thumbnail(sample.grid, look, _SIDE, self.devicePixelRatioF())
            item = QListWidgetItem(list_icon(image), sample.title, view)
            item.setData(_SAMPLE, sample)
            item.setSizeHint(QSize(side, height))
            item.setToolTip(tip(sample.about))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{sample.title}, {_size(sample)}")
        view.currentItemChanged.connect(self._describe)
        view.itemDoubleClicked.connect(self.accept)
        view.setCurrentRow(0)

    def _on_filter_changed(self, text: str) -> None:
        wanted = text.strip().casefold()
        items = [self._list.item(index) for index in range(self._list.count())]
        for item in items:
            sample: Sample = item.data(_SAMPLE)
            words = f"{sample.title} {sample.path.stem} {sample.about}".casefold()
            item.setHidden(wanted not in words)
        found = [item for item in items if not item.isHidden()]
        if found and self.sample() is None:
            self._list.setCurrentItem(found[0])
        self._describe()

    def _describe(self) -> None:
        sample = self.sample()
        self._buttons.buttons()[0].setEnabled(sample is not None)
        if sample is None:
            self._title.setText("No map found")
            self._about.setText("No title or description contains this text.")
        else:
            self._title.setText(f"{sample.title}  ·  {_size(sample)}")
            self._about.setText(sample.about)


def _size(sample: Sample) -> str:
    return f"{sample.rows} × {sample.cols}"
