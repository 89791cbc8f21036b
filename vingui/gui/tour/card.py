"""The card of the tour, which is placed beside what it is about, and the frames around that."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QFrame,
    QWidget,
)

from vingui.gui.look.buttons import button
from vingui.gui.look.fields import column, row
from vingui.gui.look.plain_text import Label
from vingui.gui.tour.stage import MAP_VIEW, Stage
from vingui.gui.tour.step import Step

_GAP: Final = 12
"""Pixels between the card and what it is about."""

_FRAME: Final = 4
"""Pixels between what the card is about and the frame around it."""

_PAD: Final = 16
_WIDTH: Final = 352

_CHANGING: Final = ("map-view", "value-view", "outcome", "transport")
"""The widgets that show what a step has done, which the card should not cover, if possible."""

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

_SHEET: Final = """
#tour { background: palette(base); border: 1px solid palette(highlight); border-radius: 8px; }
"""

_OUTLINE_SHEET: Final = """
#tour-outline { margin: 1px; border: 2px solid palette(highlight); border-radius: 6px; }
"""


class Card(QFrame):
    """Shows a step of the tour over the window, without blocking it.

    It handles Enter and Escape if it has the keyboard focus, or no other widget handles them.

    Args:
        stage: the window.

    Attributes:
        next: the button that does the step for the user, or goes on.
        skip: the button that ends the tour.
    """

    next_wanted = Signal()
    skip_wanted = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.window)
        self.setObjectName("tour")
        self.setStyleSheet(_SHEET)
        self.setFixedWidth(_WIDTH)
        self._stage = stage
        self._window = stage.window
        self._step: Step | None = None
        self._outlines: list[QFrame] = []
        self._areas: list[QRect] = []
        self._placed_for: tuple[object, ...] = ()
        self._title, self._text, self._note = Label(), Label(), Label()
        font = QFont(self._title.font())
        font.setBold(True)
        self._title.setFont(font)
        self._text.setWordWrap(True)
        self._note.setProperty("quiet", True)
        about = "End the tour (Escape); it is in the Help menu"
        self.skip = button("tour-skip", "&Skip", about, self.skip_wanted.emit)
        self.next = button("tour-next", "", "", self.next_wanted.emit)
        self.next.setDefault(True)
        self._layout = column(
            self._title,
            self._text,
            row(self._note, None, self.skip, self.next),
            margin=_PAD,
        )
        self._layout.insertSpacing(2, 8)
        self.setLayout(self._layout)
        self.hide()
        self._window.installEventFilter(self)

    def show_step(
        self, step: Step, *, note: str, button: str = "", tip: str = "", skips: bool = False
    ) -> None:
        """Show a step, or its newest state.

        Args:
            step: the step.
            note: a few words beside the buttons.
            button: the text of the Next button; "" for none.
            tip: its tooltip.
            skips: whether there is something to skip.
        """
        begins, self._step = step is not self._step, step
        self.setAccessibleName(f"Tour: {step.title}")
        self.setAccessibleDescription(step.text())
        self._title.setText(step.title)
        self._text.setText(step.text())
        self._note.setText(note)
        self.skip.setVisible(skips)
        self.next.setVisible(bool(button))
        self.next.setText(button)
        self.next.setToolTip(tip)
        self.show()
        self.place()
        if begins:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def remove(self) -> None:
        """Remove the card and its frames, and return the keyboard focus to the map."""
        self._window.removeEventFilter(self)
        focus = self._window.focusWidget()
        view = self._window.findChild(QWidget, MAP_VIEW)
        if focus is not None and view is not None and self.isAncestorOf(focus):
            view.setFocus()
        for widget in (*self._outlines, self):
            widget.hide()
            widget.deleteLater()

    def place(self) -> None:
        """Frame what the step is about, and place the card beside it."""
        if self._step is None or self.isHidden():
            return
        self._layout.activate()
        self.resize(self.width(), self._layout.totalHeightForWidth(self.width()))
        areas = self._step.areas()
        if areas != self._areas:
            self._areas = areas
            self._draw_outlines(areas)
        # It stays where it is while something is dragged that it is beside.
        views = [area for name in _CHANGING if (area := self._stage.area(name)) is not None]
        circumstances = (areas, views, self._window.size(), self.size())
        if circumstances != self._placed_for and not self._stage.session.document.in_stroke:
            self._placed_for = circumstances
            self.move(self._beside(areas, views))
        self.raise_()

    def _draw_outlines(self, areas: Sequence[QRect]) -> None:
        while len(self._outlines) < len(areas):
            self._outlines.append(_outline(self._window))
        for number, outline in enumerate(self._outlines):
            outline.setVisible(number < len(areas))
            if number < len(areas):
                outline.setGeometry(areas[number].adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME))
                outline.raise_()

    def _beside(self, areas: Sequence[QRect], views: Sequence[QRect]) -> QPoint:
        """The place where the card covers least of what it is about, then of what changes."""
        room = self._window.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        places = [place for area in (*areas, *views) for place in self._places(area)]
        cards = [_moved_into(room, place) for place in places]
        at = areas[0].center() if areas else room.center()

        def rank(card: QRect) -> tuple[int, int, int]:
            hidden, covered = (
                sum(_overlap(card, area) for area in some) for some in (areas, views)
            )
            return hidden, covered, (card.center() - at).manhattanLength()

        return min(cards, key=rank).topLeft() if cards else room.topLeft()

    def _places(self, area: QRect) -> Iterator[QRect]:
        """Places beside an area and within it."""
        width, height = self.width(), self.height()
        middle = area.center() - self.rect().center()
        left, right = area.left(), area.right() + 1 - width
        top, bottom = area.top(), area.bottom() + 1 - height
        across = (middle.x(), left, right, area.right() + 1 + _GAP, left - _GAP - width)
        down = (area.bottom() + 1 + _GAP, middle.y(), top, bottom, top - _GAP - height)
        return (QRect(x, y, width, height) for x, y in product(across, down))

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the window's size, and handle Enter and Escape if no other widget does."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            QTimer.singleShot(0, self, self.place)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            focus = self._window.focusWidget()
            # These use Enter themselves, although they do not accept the event.
            uses_enter = isinstance(focus, QAbstractSpinBox | QAbstractButton | QAbstractItemView)
            return (event.key() not in _ENTER or not uses_enter) and self._on_key(event)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Handle Enter and Escape."""
        if not self._on_key(event):
            super().keyPressEvent(event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if self.isHidden():
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.skip_wanted.emit()
        elif event.key() in _ENTER and not event.isAutoRepeat():
            self.next_wanted.emit()
        else:
            return False
        return True


def _outline(window: QWidget) -> QFrame:
    outline = QFrame(window)
    outline.setObjectName("tour-outline")
    outline.setStyleSheet(_OUTLINE_SHEET)
    outline.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return outline


def _overlap(area: QRect, other: QRect) -> int:
    both = area & other
    return both.width() * both.height() if both.isValid() else 0


def _moved_into(room: QRect, card: QRect) -> QRect:
    """Move a card as little as possible so that it is inside `room`."""
    card.moveLeft(max(room.left(), min(card.left(), room.right() + 1 - card.width())))
    card.moveTop(max(room.top(), min(card.top(), room.bottom() + 1 - card.height())))
    return card
