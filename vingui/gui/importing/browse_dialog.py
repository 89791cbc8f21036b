"""The maps of a data set, to look at and to choose one."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.gui.background import Latest
from vingui.gui.canvas.thumbnail import Preview
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.importing.map_list import PLACE, ROW_HEIGHT, MapRow, MapsModel, found
from vingui.gui.look.buttons import Button, dialog_buttons
from vingui.gui.look.plain_text import Label, tip, title_text

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

_LIST_WIDTH: Final = 316
_TO_LIST: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class BrowseDialog(QDialog):
    """A data set's maps as a list, with a large picture of the chosen one.

    Args:
        dataset: the set.
        look: the colours of the pictures.
        place: the map that is chosen first.
        reread: reads another split of its file, in a background thread.
        parent: the window.
    """

    def __init__(
        self,
        dataset: DataSet,
        look: "Look",
        *,
        place: int = 0,
        reread: Callable[[str], DataSet] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("browse")
        self.setWindowTitle(f"Maps of {title_text(dataset.name)}")
        self._look = look
        self._reread = reread
        self._latest = Latest(self)
        self._reading = Latest(self)
        self._wanted = place
        self._accepting = False
        self._split = self._make_split(dataset)
        self._filter = self._make_filter()
        self._count = Label(parent=self)
        self._count.setObjectName("map-count")
        self._count.setProperty("quiet", True)
        self._list = self._make_list()
        self._preview = Preview(look, self)
        self._title, self._about = Label(parent=self), Label(parent=self)
        self._previous = self._make_step("previous", "&Previous", -1, "The map before in the list")
        self._next = self._make_step("next", "&Next", 1, "The next map in the list")
        self._buttons = dialog_buttons(self, "&Open", tip="Open the chosen map")
        self._lay_out()
        self._show_set(dataset)
        self._list.setFocus()
        resize_on_screen(self, 880, 584)

    @property
    def dataset(self) -> DataSet:
        """The set that is shown: the one that was given, or another split of its file."""
        return self._dataset

    @property
    def place(self) -> int | None:
        """The place in the set of the chosen map."""
        index = self._list.currentIndex()
        chosen: int | None = index.data(PLACE) if index.isValid() else None
        return chosen

    def accept(self) -> None:
        """Open the chosen map, if there is one and it is there; after a search under way."""
        if self._latest.busy:
            self._accepting = True
        else:
            self._open()

    def done(self, result: int) -> None:
        """Stop searching and reading."""
        self._latest.cancel()
        self._reading.cancel()
        super().done(result)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """From the filter field, the arrow keys and pages go to the list; from there, words."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            meant: QWidget | None = None
            if watched is self._filter and event.key() in _TO_LIST and self._model.rowCount():
                meant = self._list
            elif watched is self._list and event.text().strip() and event.text().isprintable():
                meant = self._filter
            if meant is not None:
                # All words of the field are chosen, so that others take their place.
                meant.setFocus(Qt.FocusReason.TabFocusReason)
                meant.event(event)
                return True
        return super().eventFilter(watched, event)

    def _open(self) -> None:
        if self._buttons.buttons()[0].isEnabled():
            super().accept()

    def _make_split(self, dataset: DataSet) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("split")
        box.setAccessibleName("Split")
        box.setToolTip("Which part of the data set is shown")
        for split, count in dataset.splits.items():
            box.addItem(f"{split.capitalize()} split  ·  {counted(count, 'map')}", split)
        box.setCurrentIndex(box.findData(dataset.split))
        box.setVisible(box.count() > 1 and self._reread is not None)
        box.activated.connect(self._read_split)
        return box

    def _make_filter(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName("filter")
        field.setAccessibleName("Number or words")
        field.setPlaceholderText("Number to go to, or words to filter by")
        field.setToolTip(
            "A number goes to the map of that number; words show only the maps that they describe"
        )
        field.setClearButtonEnabled(True)
        field.textChanged.connect(self._narrow)
        field.installEventFilter(self)
        return field

    def _make_list(self) -> QTableView:
        # A table, as it lays out a million rows at once where a list view takes a second.
        view = QTableView(self)
        view.setObjectName("maps")
        view.setAccessibleName("Maps of the set")
        view.setToolTip("Double click or press Enter to open a map")
        view.setShowGrid(False)
        view.setMouseTracking(True)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.horizontalHeader().hide()
        view.horizontalHeader().setStretchLastSection(True)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.setFixedWidth(_LIST_WIDTH)
        view.doubleClicked.connect(self._open)
        view.installEventFilter(self)
        return view

    def _make_step(self, name: str, text: str, step: int, tip: str) -> QPushButton:
        button = Button(text, self)
        button.setObjectName(name)
        button.setAccessibleName(f"{text.replace('&', '')} map")
        button.setToolTip(tip)
        button.clicked.connect(partial(self._step, step))
        return button

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._title.setObjectName("chosen-title")
        self._about.setObjectName("chosen-about")
        self._about.setWordWrap(True)
        # Room for two lines, so that the picture stays in place from one map to the next.
        self._about.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._split)
        left.addWidget(self._filter)
        left.addWidget(self._list, 1)
        left.addWidget(self._count)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._previous)
        head.addWidget(self._next)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(head)
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

    # What is shown.

    def _show_set(self, dataset: DataSet) -> None:
        self._dataset = dataset
        self._model = MapsModel(dataset, self._list)
        row = MapRow(dataset, self._look, self._list)
        row.thumbnails.drawn.connect(self._list.viewport().update)
        for old in (self._list.model(), self._list.selectionModel(), self._list.itemDelegate()):
            if old is not None:
                old.deleteLater()
        self._list.setModel(self._model)
        self._list.setItemDelegate(row)
        self._list.selectionModel().currentChanged.connect(self._describe)
        self._choose(self._wanted)
        self._tell_count()
        if self._filter.text():
            self._narrow(self._filter.text())

    def _read_split(self) -> None:
        split = self._split.currentData()
        if self._reread is None or split == self._dataset.split:
            self._reading.cancel()
            self._tell_count()
        else:
            work = partial(self._reread, split)
            self._reading.submit(work, on_done=self._show_set, on_failure=self._keep_split)
            self._count.setText("Reading ...")
        self._describe()

    def _keep_split(self, error: VinguiError) -> None:
        self._split.setCurrentIndex(self._split.findData(self._dataset.split))
        self._tell_count()
        self._describe()
        self._about.setText(str(error))

    # What is chosen.

    def _choose(self, place: int) -> None:
        """Choose the map, or the one that is next to it among those that are shown."""
        places = self._model.places
        if not places:
            self._describe()
            return
        row = min(_row_of(place, places), len(places) - 1)
        index = self._model.index(row, 0)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self._describe()

    def _step(self, step: int) -> None:
        row = self._list.currentIndex().row() + step
        if 0 <= row < self._model.rowCount():
            self._list.setCurrentIndex(self._model.index(row, 0))

    def _describe(self, *_: object) -> None:
        place = self.place
        row, last = self._list.currentIndex().row(), self._model.rowCount() - 1
        self._buttons.buttons()[0].setEnabled(place is not None and not self._reading.busy)
        self._previous.setEnabled(place is not None and row > 0)
        self._next.setEnabled(place is not None and row < last)
        if place is None:
            self._preview.show_map(None)
            self._title.setText("No such map")
            self._about.setText("No map is described by these words.")
            return
        self._wanted = place
        self._preview.show_map(self._dataset.maps[place])
        self._title.setText(f"Map {place}")
        said = self._dataset.describe(place)
        self._about.setText(f"{said[0].upper()}{said[1:]}.")
        self._about.setToolTip(tip(self._about.text()))

    # What is searched for.

    def _narrow(self, text: str) -> None:
        words = text.strip()
        self._accepting = False
        if words.isascii() and words.isdigit():
            self._latest.cancel()
            self._on_matches_found(range(len(self._dataset.maps)))
            # More digits than any number of a map has are no number.
            self._choose(int(words[:9]))
        else:
            self._latest.submit(
                partial(found, self._dataset, words), on_done=self._on_matches_found
            )

    def _on_matches_found(self, places: Sequence[int]) -> None:
        wanted = self._wanted
        if places != self._model.places:
            self._model.show_places(places)
        self._tell_count()
        self._choose(wanted)
        if self._accepting:
            self._open()

    def _tell_count(self) -> None:
        shown, count = self._model.rowCount(), len(self._dataset.maps)
        said = counted(count, "map")
        if shown == count:
            self._count.setText(f"{said}, numbered from 0")
        else:
            self._count.setText(f"{shown:,} of {said}")


def _row_of(place: int, places: Sequence[int]) -> int:
    """The row of a map, or of the next one."""
    if isinstance(places, range):
        return place
    return bisect_left(places, place)
