"""The shortcut sheet."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QGridLayout,
    QScrollArea,
    QWidget,
)

from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.look.fields import column, line, row
from vingui.gui.look.plain_text import Label

Row = tuple[str, list[str], str]
"""The action's text, its keys, and a tooltip."""

_SHEET: Final = """
QLabel[cap="true"] { border: 1px solid palette(mid); border-bottom-width: 2px;
    border-radius: 4px; padding: 1px 6px; background: palette(base); }
"""


class ShortcutSheet(QDialog):
    """Shows all shortcuts in two columns, with a field to filter them.

    Args:
        groups: the title and rows of each group.
    """

    def __init__(
        self, groups: Iterable[tuple[str, list[Row]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut-sheet")
        self.setWindowTitle("Keyboard and mouse")
        self.setStyleSheet(_SHEET)
        self._groups = [_Group(title, rows) for title, rows in groups if rows]
        tip = "Show only the shortcuts that contain these words or keys"
        hint = "Filter, for example: undo or Ctrl"
        self.filter = line("shortcut-filter", "Find a shortcut", tip, hint=hint)
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._on_filter_changed)
        self._none = Label("No shortcut contains these words.")
        self._none.setObjectName("shortcut-none")
        self._none.setProperty("quiet", True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.hide()
        self._columns = row(
            *(column(*half, None, spacing=20) for half in self._halves()), spacing=40
        )
        self._columns.setContentsMargins(16, 8, 16, 16)
        self._columns.setStretch(1, 1)
        self._page = self._make_page()
        top = row(self.filter)
        top.setContentsMargins(16, 0, 16, 0)
        layout = column(top, self._none, self._page)
        layout.setContentsMargins(0, 16, 0, 0)
        self.setLayout(layout)
        resize_on_screen(self, 864, 640)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put one column below the other where there is no room for both."""
        super().resizeEvent(event)
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight)
        fits = self._columns.minimumSize().width() <= self._page.viewport().width()
        self._columns.setStretch(0, int(fits))
        if not fits:
            self._columns.setDirection(QBoxLayout.Direction.TopToBottom)

    def _make_page(self) -> QScrollArea:
        page = QWidget()
        page.setLayout(self._columns)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return scroll

    def _halves(self) -> tuple[list["_Group"], list["_Group"]]:
        """Split the groups, in order, into two columns of about equally many rows."""
        half = sum(group.lines for group in self._groups) / 2
        left: list[_Group] = []
        right: list[_Group] = []
        for group in self._groups:
            fits = sum(other.lines for other in left) + group.lines / 2 <= half
            (left if fits and not right else right).append(group)
        return left, right

    def _on_filter_changed(self, text: str) -> None:
        words = text.casefold().split()
        found = sum(group.filter(words) for group in self._groups) > 0
        self._none.setVisible(not found)
        self._page.setVisible(found)


class _Group(QWidget):
    """A group's title and its rows."""

    def __init__(self, title: str, rows: list[Row]) -> None:
        super().__init__()
        self.lines = len(rows) + 2
        heading = Label(title)
        heading.setContentsMargins(0, 0, 0, 4)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(0, 1)
        grid.addWidget(heading, 0, 0, 1, 2)
        self._rows: list[tuple[str, tuple[QWidget, QWidget]]] = []
        for index, (text, keys, tip) in enumerate(rows, start=1):
            words = Label(text)
            words.setToolTip(tip)
            caps = _key_caps(keys)
            caps.setToolTip(tip)
            grid.addWidget(words, index, 0)
            grid.addWidget(caps, index, 1, Qt.AlignmentFlag.AlignRight)
            found = " ".join([title, text, tip, *keys, *map(_native, keys)]).casefold()
            self._rows.append((found, (words, caps)))

    def filter(self, words: list[str]) -> bool:
        """Show only the rows that contain all words; return whether there are any."""
        shown = False
        for text, widgets in self._rows:
            fits = all(word in text for word in words)
            shown = shown or fits
            for widget in widgets:
                widget.setVisible(fits)
        self.setVisible(shown)
        return shown


def _key_caps(keys: list[str]) -> QWidget:
    caps = [Label(_native(key)) for key in keys]
    for cap in caps:
        cap.setProperty("cap", True)
    together = QWidget()
    together.setLayout(row(*caps, spacing=4))
    return together


def _native(key: str) -> str:
    """Format keys as the platform does; other text is returned unchanged."""
    sequence = QKeySequence(key)
    written = sequence.toString(QKeySequence.SequenceFormat.NativeText)
    return written if written and not sequence.isEmpty() and " " not in key else key
