"""The find bar of a text view."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from vingui.gui.look.buttons import small_button
from vingui.gui.look.fields import line, row
from vingui.gui.look.plain_text import Label
from vingui.gui.look.theme import Theme, mixed


class FindBar(QWidget):
    """Finds words in a text: all matches are highlighted, and one at a time is selected.

    Args:
        text: the text view to search.
        theme: the colours of the highlights.
    """

    def __init__(self, text: QTextEdit, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("find-bar")
        self._text = text
        self._theme = theme
        self._matches: list[QTextCursor] = []
        self._current = 0
        self.field = line(
            "find-field",
            "Find on this page",
            "Enter finds the next match, Shift+Enter the previous one",
            hint="Find on this page",
        )
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._on_text_changed)
        self.count = Label()
        self.count.setObjectName("find-count")
        self.count.setProperty("quiet", True)
        self.count.setMinimumWidth(72)
        layout = row(self.field, self.count, spacing=4)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.insertSpacing(1, 8)
        for name, picture, tip, slot in (
            ("find-previous", "up", "Previous match (Shift+Enter)", lambda: self._go(-1)),
            ("find-next", "down", "Next match (Enter)", lambda: self._go(1)),
            ("find-close", "close", "Close (Escape)", self.leave),
        ):
            button = small_button(name, picture, tip)
            button.clicked.connect(slot)
            layout.addWidget(button)
        self.setLayout(layout)
        self.hide()

    def enter(self) -> None:
        """Open the bar with the text that is selected in the view."""
        selected = self._text.textCursor().selectedText()
        if not selected:
            # Search from what is visible now, not from the last match.
            self._text.setTextCursor(self._text.cursorForPosition(QPoint(0, 0)))
        self.show()
        if selected and "\u2029" not in selected:
            self.field.setText(selected)
        self.field.selectAll()
        self.field.setFocus()
        self.refresh()

    def leave(self) -> None:
        """Close the bar; the last match stays selected."""
        self.hide()
        self._text.setExtraSelections([])
        self._text.setFocus()

    def refresh(self) -> None:
        """Search again after the text has changed."""
        if self.isVisible():
            self._find()
            self._current = min(self._current, max(len(self._matches) - 1, 0))
            self._highlight()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Go to the next match on Enter, to the previous one on Shift+Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._go(-1 if shift else 1)
        else:
            super().keyPressEvent(event)

    def _on_text_changed(self) -> None:
        # While the user types, the selection stays where it is as long as it matches.
        start = self._text.textCursor().selectionStart()
        self._find()
        after = [n for n, match in enumerate(self._matches) if match.selectionStart() >= start]
        self._current = after[0] if after else 0
        self._select()

    def _go(self, matches: int) -> None:
        self._current += matches
        self._select()

    def _find(self) -> None:
        document, words = self._text.document(), self.field.text()
        self._matches = []
        cursor = document.find(words)
        while not cursor.isNull():
            self._matches.append(cursor)
            cursor = document.find(words, cursor)

    def _select(self) -> None:
        cursor = self._text.textCursor()
        if self._matches:
            self._current %= len(self._matches)
            cursor = QTextCursor(self._matches[self._current])
        else:
            cursor.clearSelection()
        self._text.setTextCursor(cursor)
        self._highlight()

    def _highlight(self) -> None:
        look = self._theme.look
        other = mixed(look.warning, look.raised, 0.3), QColor(look.text)
        current = QColor(look.accent), QColor(look.on_accent)
        selections = []
        for index, cursor in enumerate(self._matches):
            selection = QTextEdit.ExtraSelection()
            background, foreground = current if index == self._current else other
            selection.cursor = cursor
            selection.format.setBackground(background)
            selection.format.setForeground(foreground)
            selections.append(selection)
        self._text.setExtraSelections(selections)
        position = f"{self._current + 1} of {len(selections)}" if selections else "Not found"
        self.count.setText(position if self.field.text() else "")
