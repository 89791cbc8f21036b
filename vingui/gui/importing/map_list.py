"""The maps of a data set as a list: thousands of them, drawn only where they are seen."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from vingui.core.dataset import DataSet
from vingui.core.grid import Cell
from vingui.core.phrases import counted
from vingui.gui import background
from vingui.gui.canvas.thumbnail import thumbnail
from vingui.gui.look.plain_text import tip

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT: Final = 72
_SIDE: Final = 56
_PAD: Final = 8
_MOST_KEPT: Final = 512
"""Thumbnails kept: some windows full of rows."""

_MOST_WANTED: Final = 24
"""Thumbnails asked for and not drawn yet; of more, those that were scrolled past are dropped."""

PLACE: Final = Qt.ItemDataRole.UserRole
"""The role of a map's place in its set."""


class MapsModel(QAbstractTableModel):
    """A row for each map of a set, or for those that were found.

    Args:
        dataset: the set.
        parent: the owner.
    """

    def __init__(self, dataset: DataSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset = dataset
        self._places: Sequence[int] = range(len(dataset.maps))

    @property
    def places(self) -> Sequence[int]:
        """The places in the set of the maps that have a row, in order."""
        return self._places

    def show_places(self, places: Sequence[int]) -> None:
        """Have rows for these maps only."""
        self.beginResetModel()
        self._places = places
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """The number of maps."""
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """One."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What there is to say about a map."""
        if not index.isValid() or index.row() >= len(self._places):
            return None
        place = self._places[index.row()]
        if role == PLACE:
            return place
        if role == Qt.ItemDataRole.DisplayRole:
            return f"Map {place}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = f"Map {place}: {self._dataset.describe(place)}"
            return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return None


def found(dataset: DataSet, words: str) -> Sequence[int]:
    """The places of the maps whose description has all the words, whatever their case.

    It takes long in a large set: for a background thread.
    """
    wanted = words.casefold().split()
    if not wanted:
        return range(len(dataset.maps))
    return [
        place
        for place in range(len(dataset.maps))
        if all(word in dataset.describe(place).casefold() for word in wanted)
    ]


class Thumbnails(QObject):
    """Small pictures of a set's maps, drawn in the background when they are first asked for.

    Args:
        dataset: the set.
        look: the colours.
        parent: the owner.
    """

    drawn = Signal()
    """There are more of them."""

    def __init__(self, dataset: DataSet, look: "Look", parent: QObject) -> None:
        super().__init__(parent)
        self._dataset, self._look = dataset, look
        self._kept: OrderedDict[tuple[int, float], QImage] = OrderedDict()
        self._wanted: list[tuple[int, float]] = []
        self._under_way: list[tuple[int, float]] = []

    def get(self, place: int, dpr: float) -> QImage | None:
        """The picture of a map, or `None` while it is being drawn."""
        key = place, dpr
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._under_way:
            if key in self._wanted:
                self._wanted.remove(key)
            self._wanted.append(key)
            del self._wanted[:-_MOST_WANTED]
            self._go_on()
        return None

    def _go_on(self) -> None:
        if self._under_way or not self._wanted:
            return
        wanted = self._under_way = self._wanted
        self._wanted = []
        background.run(lambda: self._drawn(wanted), on_done=self._take, parent=self)

    def _drawn(self, wanted: list[tuple[int, float]]) -> dict[tuple[int, float], QImage]:
        room = QSize(_SIDE, _SIDE)
        return {
            (place, dpr): thumbnail(self._dataset.maps[place], self._look, room, dpr)
            for place, dpr in wanted
        }

    def _take(self, pictures: dict[tuple[int, float], QImage]) -> None:
        self._under_way = []
        self._kept.update(pictures)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        self.drawn.emit()
        self._go_on()


class MapRow(QStyledItemDelegate):
    """A row of the list: a thumbnail, and beside it number, size, ends and label.

    Args:
        dataset: the set.
        look: the colours.
        parent: the list.
    """

    def __init__(self, dataset: DataSet, look: "Look", parent: QObject) -> None:
        super().__init__(parent)
        self._dataset, self._look = dataset, look
        self.thumbnails = Thumbnails(dataset, look, self)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        """The same for every map."""
        return QSize(280, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row."""
        place: int = index.data(PLACE)
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            # Not rounded: the view has filled the row before.
            painter.fillRect(box, QColor(self._look.hover))
        if selected:
            focused = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(self._look.accent if focused else self._look.muted), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        self._draw_picture(painter, box, place)
        self._draw_words(painter, box.adjusted(_SIDE + 3 * _PAD, 0, -_PAD, 0), option, place)
        painter.restore()

    def _draw_picture(self, painter: QPainter, box: QRectF, place: int) -> None:
        room = QRectF(box.left() + _PAD, box.top() + (box.height() - _SIDE) // 2, _SIDE, _SIDE)
        picture = self.thumbnails.get(place, painter.device().devicePixelRatioF())
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if picture is None:
            painter.drawRect(room.adjusted(-0.5, -0.5, 0.5, 0.5))
            return
        size = picture.deviceIndependentSize()
        # Whole pixels, or the cells' edges would be blurred.
        left = room.left() + (room.width() - size.width()) // 2
        top = room.top() + (room.height() - size.height()) // 2
        painter.drawImage(QPointF(left, top), picture)
        painter.drawRect(QRectF(left - 0.5, top - 0.5, size.width() + 1, size.height() + 1))

    def _draw_words(
        self, painter: QPainter, box: QRectF, option: QStyleOptionViewItem, place: int
    ) -> None:
        grid = self._dataset.maps[place]
        lines = [f"Map {place}  ·  {grid.rows} × {grid.cols}", _ends(grid.starts, grid.goal)]
        if self._dataset.labels:
            lines.append(self._dataset.labels[place])
        lines = [line for line in lines if line]
        metrics = option.fontMetrics
        height = metrics.lineSpacing() + 1
        top = box.top() + (box.height() - height * len(lines)) / 2
        for number, line in enumerate(lines):
            painter.setPen(QColor(self._look.muted if number else self._look.text))
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(box.width()))
            row = QRectF(box.left(), top + number * height, box.width(), height)
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), shown)


def _ends(starts: Sequence[Cell], goal: Cell | None) -> str:
    """A map's starts and goal in few words: "(1, 2) to (6, 3)"."""
    one = str(starts[0]) if starts else ""
    begin = counted(len(starts), "start") if len(starts) > 1 else one
    if goal is None:
        return begin or "no goal"
    return f"{begin} to {goal}" if begin else f"goal {goal}"
