"""A list of which any number of items can be checked."""

from collections.abc import Collection, Iterable
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyleOptionViewItem

from vingui.gui.docks.model_box import MODEL_ROLE, ItemDelegate
from vingui.gui.look.fields import FRAMED_LIST, named
from vingui.gui.look.theme import Theme

_ROWS: Final = 7
"""How many rows are shown even where there is little room; others are scrolled to."""


class CheckList(QListView):
    """Items under headings, each with a check box. A click anywhere on an item checks it.

    Args:
        name: its object name.
        title: its accessible name.
        theme: the colours.
    """

    changed = Signal()
    """Other items are checked."""

    def __init__(self, name: str, title: str, theme: Theme) -> None:
        super().__init__()
        named(self, name, title, "")
        self.setStyleSheet(FRAMED_LIST.format(edge="palette(mid)"))
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_CheckDelegate(theme, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(_ROWS * (self.fontMetrics().height() + 10) + 4)
        self._items.itemChanged.connect(self.changed)

    def offer(self, items: Iterable[QStandardItem]) -> None:
        """Replace the items. Those with values that are checked stay so.

        Args:
            items: items with a value as data of `MODEL_ROLE`, and headings without.
        """
        checked, scrolled = self.checked(), self.verticalScrollBar().value()
        current = self.currentIndex().row()
        with QSignalBlocker(self._items):
            self._items.clear()
            for item in items:
                if item.data(MODEL_ROLE) is not None:
                    item.setCheckable(True)
                    state = item.data(MODEL_ROLE) in checked
                    item.setCheckState(_state(checked=state))
                self._items.appendRow(item)
        # The model's own signals are blocked, so that one edit is one change.
        self._items.layoutChanged.emit()
        self.setCurrentIndex(self._items.index(current, 0))
        self.verticalScrollBar().setValue(scrolled)

    def values(self) -> list[str]:
        """The values of all items, in order."""
        return [item.data(MODEL_ROLE) for item in self._valued()]

    def checked(self) -> tuple[str, ...]:
        """The values of the checked items, in order."""
        return tuple(
            item.data(MODEL_ROLE)
            for item in self._valued()
            if item.checkState() is Qt.CheckState.Checked
        )

    def check(self, values: Collection[str]) -> None:
        """Check the items with these values and no others, without a signal."""
        with QSignalBlocker(self._items):
            for item in self._valued():
                item.setCheckState(_state(checked=item.data(MODEL_ROLE) in values))
        self.viewport().update()

    def _valued(self) -> list[QStandardItem]:
        rows = (self._items.item(row) for row in range(self._items.rowCount()))
        return [item for item in rows if item.data(MODEL_ROLE) is not None]

    def sizeHint(self) -> QSize:  # noqa: N802
        """Narrow, since long texts are elided."""
        return QSize(200, self.height())


class _CheckDelegate(ItemDelegate):
    """Draws an item as in the list of models, with a check box that a click anywhere toggles."""

    def editorEvent(  # noqa: N802
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Toggle the box at a click on the row; keys are left to Qt."""
        if not isinstance(event, QMouseEvent):
            return super().editorEvent(event, model, option, index)
        toggles = event.type() == QEvent.Type.MouseButtonRelease
        checkable = bool(index.flags() & Qt.ItemFlag.ItemIsUserCheckable)
        if not toggles or not checkable or event.button() is not Qt.MouseButton.LeftButton:
            return False
        checked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole))
        state = _state(checked=checked is not Qt.CheckState.Checked)
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)


def _state(*, checked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
