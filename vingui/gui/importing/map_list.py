"""The maps of a data set as a list, whose thumbnails are drawn when their rows become visible."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon, QImage, QPixmap

from vingui.core.dataset import DataSet
from vingui.core.grid import Cell
from vingui.core.phrases import counted
from vingui.gui import background
from vingui.gui.canvas.thumbnail import framed_thumbnail, list_icon
from vingui.gui.look.plain_text import tip

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

Index = QModelIndex | QPersistentModelIndex

SIDE: Final = 58
"""The side of a thumbnail in pixels."""

_MOST_KEPT: Final = 512
"""The number of thumbnails kept in memory, enough for several windows full of rows."""

_MOST_WAITING: Final = 24
"""The number of thumbnails that wait to be drawn; older ones have probably scrolled away."""

MAP_INDEX: Final = Qt.ItemDataRole.UserRole
"""The role of a map's index in its set."""


class MapsModel(QAbstractListModel):
    """A row for each map of a set, or for those that match a search.

    Args:
        dataset: the set.
        look: the colours of the thumbnails.
        dpr: the device pixel ratio of the thumbnails.
        parent: the Qt parent.
    """

    def __init__(self, dataset: DataSet, look: "Look", dpr: float, parent: QObject) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails(
            lambda index: framed_thumbnail(dataset.maps[index], look, SIDE, dpr),
            side=SIDE,
            dpr=dpr,
            parent=self,
        )
        self.thumbnails.drawn.connect(self._on_drawn)
        self._dataset = dataset
        self._map_indices: Sequence[int] = range(len(dataset.maps))

    @property
    def map_indices(self) -> Sequence[int]:
        """The indices in the set of the maps that have a row, in ascending order."""
        return self._map_indices

    def show_only(self, map_indices: Sequence[int]) -> None:
        """Show these maps only."""
        self.beginResetModel()
        self._map_indices = map_indices
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """The number of maps that are shown."""
        return 0 if parent.isValid() else len(self._map_indices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, thumbnail, tooltip, spoken description or index of a map."""
        if not index.isValid() or index.row() >= len(self._map_indices):
            return None
        map_index = self._map_indices[index.row()]
        if role == MAP_INDEX:
            return map_index
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(map_index)
        if role == Qt.ItemDataRole.DecorationRole:
            return self.thumbnails.get(map_index)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = f"Map {map_index}: {self._dataset.describe(map_index)}"
            return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return None

    def _text(self, map_index: int) -> str:
        grid = self._dataset.maps[map_index]
        label = self._dataset.labels[map_index] if self._dataset.labels else ""
        size = f"Map {map_index}  ·  {grid.rows} × {grid.cols}"
        return "\n".join(filter(None, (size, _ends(grid.starts, grid.goals), label)))

    def _on_drawn(self) -> None:
        last = self.index(self.rowCount() - 1, 0)
        self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DecorationRole])


def search(dataset: DataSet, text: str) -> Sequence[int]:
    """Find the maps whose description contains all words of a text, in any case.

    This takes seconds for a large set, so it should be called in a background thread.

    Returns:
        The indices of the maps, in ascending order.
    """
    words = text.casefold().split()
    if not words:
        return range(len(dataset.maps))
    return [
        map_index
        for map_index in range(len(dataset.maps))
        if all(word in dataset.describe(map_index).casefold() for word in words)
    ]


class Thumbnails(QObject):
    """Thumbnails of maps, drawn in the background when they are first requested.

    Args:
        draw: draws the thumbnail of the map at an index; called in a thread.
        side: the side of a thumbnail in pixels.
        dpr: the device pixel ratio.
        parent: the Qt parent.
    """

    drawn = Signal()
    """More thumbnails are available."""

    def __init__(
        self, draw: Callable[[int], QImage], *, side: int, dpr: float, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._draw = draw
        self._kept: OrderedDict[int, QIcon] = OrderedDict()
        self._waiting: list[int] = []
        self._drawing: list[int] = []
        self._blank = QPixmap(round(side * dpr), round(side * dpr))
        self._blank.fill(Qt.GlobalColor.transparent)
        self._blank.setDevicePixelRatio(dpr)

    def get(self, map_index: int) -> QIcon:
        """The thumbnail of a map, which is blank until it has been drawn."""
        if map_index in self._kept:
            self._kept.move_to_end(map_index)
            return self._kept[map_index]
        if map_index not in self._drawing:
            if map_index in self._waiting:
                self._waiting.remove(map_index)
            self._waiting.append(map_index)
            del self._waiting[:-_MOST_WAITING]
            self._draw_next()
        return QIcon(self._blank)

    def _draw_next(self) -> None:
        if self._drawing or not self._waiting:
            return
        map_indices = self._drawing = self._waiting
        self._waiting = []

        def draw() -> dict[int, QImage]:
            return {map_index: self._draw(map_index) for map_index in map_indices}

        background.run(draw, on_done=self._on_drawn, parent=self)

    def _on_drawn(self, images: dict[int, QImage]) -> None:
        self._drawing = []
        for map_index, image in images.items():
            self._kept[map_index] = list_icon(image)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        self.drawn.emit()
        self._draw_next()


def _ends(starts: Sequence[Cell], goals: Sequence[Cell]) -> str:
    """The starts and the goals of a map: "(1, 2) to (6, 3)"."""
    begin = counted(len(starts), "start") if len(starts) > 1 else "".join(map(str, starts))
    if len(goals) > 1:
        end = counted(len(goals), "goal")
        return f"{begin} to {end}" if begin else end
    if not goals:
        return begin or "no goal"
    return f"{begin} to {goals[0]}" if begin else f"goal {goals[0]}"
