"""The dialog in which one of the maps of a data set is chosen."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.gui.background import Latest
from vingui.gui.canvas.thumbnail import MapPreview
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.importing.map_list import MAP_INDEX, SIDE, MapsModel, search
from vingui.gui.look.buttons import dialog_buttons
from vingui.gui.look.fields import Choice, choice, line, named
from vingui.gui.look.plain_text import Label, tip, title_text

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

_LIST_WIDTH: Final = 316
_ROW_HEIGHT: Final = SIDE + 14
_TO_LIST: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class BrowseDialog(QDialog):
    """The maps of a data set as a list, with a large preview of the selected one.

    Args:
        dataset: the set.
        look: the colours of the previews.
        reread: reads another split of the set's file; called in a background thread.
        map_index: the index of the map that is selected first.
        parent: the window.
    """

    def __init__(
        self,
        dataset: DataSet,
        look: "Look",
        *,
        reread: Callable[[str], DataSet],
        map_index: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("browse")
        self.setWindowTitle(f"Maps of {title_text(dataset.name)}")
        self._look = look
        self._reread = reread
        self._searching = Latest(self)
        self._reading = Latest(self)
        self._wanted = map_index
        self._accepting = False
        self._split = self._make_split(dataset)
        self._filter = line(
            "filter",
            "Number or words",
            "A number selects the map with that number; with words, only the maps whose "
            "description contains them are shown",
            hint="Number to go to, or words to filter by",
        )
        self._filter.setClearButtonEnabled(True)
        self._count = Label()
        self._count.setObjectName("map-count")
        self._count.setProperty("quiet", True)
        self._list = named(
            QTableView(), "maps", "Maps of the set", "Double click or press Enter to open a map"
        )
        self._preview = MapPreview(look)
        self._title, self._about = Label(), Label()
        self._buttons = dialog_buttons(self, "&Open", tip="Open the selected map")
        self._set_up_list()
        self._lay_out()
        self._show_set(dataset)
        self._filter.textChanged.connect(self._on_filter_changed)
        for widget in (self._filter, self._list):
            widget.installEventFilter(self)
        self._list.setFocus()
        resize_on_screen(self, 880, 584)

    @property
    def dataset(self) -> DataSet:
        """The set that is shown; the user may have chosen another split of it."""
        return self._dataset

    @property
    def map_index(self) -> int | None:
        """The index of the selected map."""
        index = self._list.currentIndex()
        map_index: int | None = index.data(MAP_INDEX) if index.isValid() else None
        return map_index

    def accept(self) -> None:
        """Open the selected map once the current search has ended."""
        if self._searching.busy:
            self._accepting = True
        elif self._buttons.buttons()[0].isEnabled():
            super().accept()

    def done(self, result: int) -> None:
        """Stop searching and reading."""
        self._searching.cancel()
        self._reading.cancel()
        super().done(result)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Send arrow keys from the filter to the list, and letters from the list to the filter."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            other: QWidget | None = None
            if watched is self._filter and event.key() in _TO_LIST and self._model.rowCount():
                other = self._list
            elif watched is self._list and event.text().strip() and event.text().isprintable():
                other = self._filter
            if other is not None:
                # This selects the text of the filter, so that letters replace it.
                other.setFocus(Qt.FocusReason.TabFocusReason)
                other.event(event)
                return True
        return super().eventFilter(watched, event)

    def _make_split(self, dataset: DataSet) -> Choice:
        splits = [
            (split, f"{split.capitalize()} split  ·  {counted(count, 'map')}")
            for split, count in dataset.splits.items()
        ]
        box = choice("split", "Split", "The part of the data set that is shown", splits)
        if len(splits) < 2:
            box.hide()
        box.activated.connect(self._on_split_chosen)
        return box

    def _set_up_list(self) -> None:
        # A table, since a list view takes a second to lay out a million rows.
        view = self._list
        view.setIconSize(QSize(SIDE, SIDE))
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setMouseTracking(True)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.horizontalHeader().hide()
        view.horizontalHeader().setStretchLastSection(True)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        view.setFixedWidth(_LIST_WIDTH)
        view.doubleClicked.connect(self.accept)

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._title.setObjectName("chosen-title")
        self._about.setObjectName("chosen-about")
        self._about.setWordWrap(True)
        # Room for two lines, so that the preview does not move from one map to the next.
        self._about.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._split)
        left.addWidget(self._filter)
        left.addWidget(self._list, 1)
        left.addWidget(self._count)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._title)
        right.addWidget(self._preview, 1)
        right.addWidget(self._about)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addLayout(left)
        upper.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(upper, 1)
        layout.addWidget(self._buttons)

    # Splits.

    def _show_set(self, dataset: DataSet) -> None:
        self._dataset = dataset
        self._split.show_value(dataset.split)
        self._model = MapsModel(dataset, self._look, self.devicePixelRatioF(), self._list)
        for old in (self._list.model(), self._list.selectionModel()):
            if old is not None:
                old.deleteLater()
        self._list.setModel(self._model)
        self._list.selectionModel().currentChanged.connect(self._describe)
        self._select(self._wanted)
        self._show_count()
        if self._filter.text():
            self._on_filter_changed(self._filter.text())

    def _on_split_chosen(self) -> None:
        split = str(self._split.value())
        if split == self._dataset.split:
            self._reading.cancel()
            self._show_count()
        else:
            self._reading.submit(
                partial(self._reread, split),
                on_done=self._show_set,
                on_failure=self._on_split_unreadable,
            )
            self._count.setText("Reading ...")
        self._describe()

    def _on_split_unreadable(self, error: VinguiError) -> None:
        self._split.show_value(self._dataset.split)
        self._show_count()
        self._describe()
        self._about.setText(str(error))

    # The selected map.

    def _select(self, map_index: int) -> None:
        """Select a map, or the next map in the list if it is filtered out."""
        map_indices = self._model.map_indices
        if map_indices:
            row = (
                map_index if isinstance(map_indices, range) else bisect_left(map_indices, map_index)
            )
            index = self._model.index(min(row, len(map_indices) - 1), 0)
            self._list.setCurrentIndex(index)
            self._list.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self._describe()

    def _describe(self) -> None:
        map_index = self.map_index
        self._buttons.buttons()[0].setEnabled(map_index is not None and not self._reading.busy)
        if map_index is None:
            self._preview.show_map(None)
            self._title.setText("No map found")
            self._about.setText("No map has a description that contains these words.")
            return
        self._wanted = map_index
        self._preview.show_map(self._dataset.maps[map_index])
        self._title.setText(f"Map {map_index}")
        text = self._dataset.describe(map_index)
        self._about.setText(f"{text[0].upper()}{text[1:]}.")
        self._about.setToolTip(tip(self._about.text()))

    # Searching.

    def _on_filter_changed(self, text: str) -> None:
        words = text.strip()
        self._accepting = False
        if words.isascii() and words.isdigit():
            self._searching.cancel()
            self._on_found(range(len(self._dataset.maps)))
            # No map has a number with more digits.
            self._select(int(words[:9]))
        else:
            self._searching.submit(partial(search, self._dataset, words), on_done=self._on_found)

    def _on_found(self, map_indices: Sequence[int]) -> None:
        wanted = self._wanted
        if map_indices != self._model.map_indices:
            self._model.show_only(map_indices)
        self._show_count()
        self._select(wanted)
        if self._accepting:
            self.accept()

    def _show_count(self) -> None:
        shown, count = self._model.rowCount(), len(self._dataset.maps)
        if shown == count:
            self._count.setText(f"{counted(count, 'map')}, numbered from 0")
        else:
            self._count.setText(f"{shown:,} of {counted(count, 'map')}")
