"""The bar that finds words on a page."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTextEdit, QToolButton, QWidget

from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label
from vingui.gui.look.theme import Theme, mixed


class FindBar(QWidget):
    """Finds words in a text: all places are marked, one after the other is chosen.

    Args:
        text: where to look.
        theme: the colour of the marks.
    """

    def __init__(self, text: QTextEdit, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("find-bar")
        self._text = text
        self._theme = theme
        self._found: list[QTextCursor] = []
        self._place = 0
        self.field = QLineEdit()
        self.field.setObjectName("find-field")
        self.field.setAccessibleName("Find on this page")
        self.field.setToolTip("Enter finds the next place, Shift+Enter the one before")
        self.field.setPlaceholderText("Find on this page")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._on_text_changed)
        self.count = Label()
        self.count.setObjectName("find-count")
        self.count.setProperty("quiet", True)
        self.count.setMinimumWidth(72)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.field, 1)
        layout.addSpacing(8)
        layout.addWidget(self.count)
        for button in (
            _button(icon("up"), "find-previous", "The place before (Shift+Enter)", self._back),
            _button(icon("down"), "find-next", "The next place (Enter)", self._on),
            _button(icon("close"), "find-close", "Close (Escape)", self.leave),
        ):
            layout.addWidget(button)
        self.hide()

    def enter(self) -> None:
        """Come up, with the words that are chosen in the text."""
        chosen = self._text.textCursor().selectedText()
        if not chosen:
            # From what is read now, not from where something was found last.
            self._text.setTextCursor(self._text.cursorForPosition(QPoint(0, 0)))
        self.show()
        if chosen and "\u2029" not in chosen:
            self.field.setText(chosen)
        self.field.selectAll()
        self.field.setFocus()
        self.refresh()

    def leave(self) -> None:
        """Go away; what was found last stays chosen."""
        self.hide()
        self._text.setExtraSelections([])
        self._text.setFocus()

    def refresh(self) -> None:
        """Mark the places anew, as when the text is another one."""
        if self.isVisible():
            self._find()
            self._place = min(self._place, max(len(self._found) - 1, 0))
            self._mark()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter goes on, Shift+Enter back."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._go(-1 if shift else 1)
        else:
            super().keyPressEvent(event)

    def _on_text_changed(self) -> None:
        # While the words are typed, the choice grows where it is.
        start = self._text.textCursor().selectionStart()
        self._find()
        after = [n for n, one in enumerate(self._found) if one.selectionStart() >= start]
        self._place = after[0] if after else 0
        self._choose()

    def _on(self) -> None:
        self._go(1)

    def _back(self) -> None:
        self._go(-1)

    def _go(self, places: int) -> None:
        self._place += places
        self._choose()

    def _find(self) -> None:
        document, words = self._text.document(), self.field.text()
        self._found = []
        cursor = document.find(words)
        while not cursor.isNull():
            self._found.append(cursor)
            cursor = document.find(words, cursor)

    def _choose(self) -> None:
        cursor = self._text.textCursor()
        if self._found:
            self._place %= len(self._found)
            cursor = QTextCursor(self._found[self._place])
        else:
            cursor.clearSelection()
        self._text.setTextCursor(cursor)
        self._mark()

    def _mark(self) -> None:
        look = self._theme.look
        other = mixed(look.warning, look.raised, 0.3), QColor(look.text)
        chosen = QColor(look.accent), QColor(look.on_accent)
        marks = []
        for place, cursor in enumerate(self._found):
            mark = QTextEdit.ExtraSelection()
            behind, letters = chosen if place == self._place else other
            mark.cursor = cursor
            mark.format.setBackground(behind)
            mark.format.setForeground(letters)
            marks.append(mark)
        self._text.setExtraSelections(marks)
        found = f"{self._place + 1} of {len(marks)}" if marks else "Not found"
        self.count.setText(found if self.field.text() else "")


def _button(picture: QIcon, name: str, tip: str, run: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(tip.partition(" (")[0])
    button.setToolTip(tip)
    button.setIcon(picture)
    button.clicked.connect(run)
    return button
