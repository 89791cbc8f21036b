"""How the command palette paints its rows."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vingui.gui.dialogs.command_search import Command
from vingui.gui.look.theme import Theme, chosen, faint

COMMAND: Final = Qt.ItemDataRole.UserRole
"""The role of an item's `Command`."""

_PAD: Final = 8
_ICON: Final = 16
_TICK: Final = 12

_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter


class CommandRows(QStyledItemDelegate):
    """Paints a command: tick, icon and name at the left, its menu and its shortcut at the right.

    Args:
        theme: the colours.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        command: Command = index.data(COMMAND)
        look, action = self._theme.look, command.action
        enabled = action.isEnabled()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(chosen(look))
            painter.drawRoundedRect(option.rect, 4, 4)
        room = option.rect.adjusted(_PAD, 0, -_PAD, 0)
        if action.isChecked():
            tick = QIcon(f"controls:tick-{look.name}.svg")
            tick.paint(painter, QRect(room.left(), room.top(), _TICK, room.height()))
        room.setLeft(room.left() + _TICK + _PAD // 2)
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        action.icon().paint(
            painter, QRect(room.left(), room.top(), _ICON, room.height()), mode=mode
        )
        room.setLeft(room.left() + _ICON + _PAD)
        painter.setPen(QColor(look.text) if enabled else faint(look))
        width = _draw(painter, room, command.text, Qt.AlignmentFlag.AlignLeft)
        room.setLeft(room.left() + width + 2 * _PAD)
        painter.setPen(QColor(look.muted) if enabled else faint(look))
        right = Qt.AlignmentFlag.AlignRight
        width = _draw(painter, room, command.keys, right)
        room.setRight(room.right() - width - (2 * _PAD if width else 0))
        _draw(painter, room, command.place, right)
        painter.restore()

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A line with some space around it."""
        return QSize(super().sizeHint(option, index).width(), option.fontMetrics.height() + 12)


def _draw(painter: QPainter, room: QRect, text: str, side: Qt.AlignmentFlag) -> int:
    """Draw a text, elided if there is too little room, and return its width in pixels."""
    metrics = painter.fontMetrics()
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room.width(), 0))
    painter.drawText(room, side | _MIDDLE, text)
    return metrics.horizontalAdvance(text)
