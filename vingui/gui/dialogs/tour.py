"""A short tour of the window: cards beside the parts that they explain."""

from dataclasses import dataclass
from itertools import product
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QDockWidget,
    QFrame,
    QWidget,
)

from vingui.gui.look.buttons import button
from vingui.gui.look.fields import column, row
from vingui.gui.look.plain_text import Label

_GAP: Final = 12
"""Pixels between the card and the widget that it explains."""

_PAD: Final = 16

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

_VIEWS: Final = ("map-view", "value-view")
"""The widgets that the card should not cover, if possible."""

_SHEET: Final = """
#tour { background: palette(base); border: 1px solid palette(highlight); border-radius: 8px; }
"""

_OUTLINE_SHEET: Final = """
#tour-outline { margin: 1px; border: 2px solid palette(highlight); border-radius: 6px; }
"""


@dataclass(frozen=True)
class Step:
    """One card of the tour.

    Attributes:
        title: the heading.
        text: two or three sentences.
        target: the object name of the widget that it explains.
    """

    title: str
    text: str
    target: str


STEPS: Final = (
    Step(
        "Draw",
        "The left button draws walls, the right one erases. The Draw menu and toolbar have more "
        "tools. Everything can be undone with Ctrl+Z.",
        "map-view",
    ),
    Step(
        "Drag the goal",
        "Drag the goal or a start with the mouse; this works with every tool. The network plans "
        "again at every cell.",
        "map-view",
    ),
    Step(
        "See the values",
        "This is the value function that the network iterates. The wheel zooms both views. Other "
        "layers, and overlays such as the policy's arrows, are chosen above it.",
        "value-view",
    ),
    Step(
        "Play the iterations",
        "Play V_1 to V_K, or drag the playhead: the values spread from the goal, and the "
        "trajectories become right as they arrive. Live keeps it at the newest iteration. The "
        "Convergence panel (View > Panels) plots what each iteration changed.",
        "transport",
    ),
    Step(
        "Change the model",
        "Other networks use other movement rules. The Model panel (View > Panels) shows how well "
        "each one plans, and the guide (F1) explains how they work.",
        "dock-model",
    ),
)


class Tour(QFrame):
    """Shows the cards one after the other, without blocking the window. Escape ends the tour.

    Args:
        steps: the cards.
        window: the window that the tour explains.
    """

    finished = Signal()
    """The tour was completed or skipped."""

    def __init__(self, steps: tuple[Step, ...], window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour")
        self.setStyleSheet(_SHEET)
        self.setFixedWidth(336)
        self.place = 0
        self._steps = steps
        self._window = window
        self._outline = QFrame(window)
        self._outline.setObjectName("tour-outline")
        self._outline.setStyleSheet(_OUTLINE_SHEET)
        self._outline.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._outline.hide()
        self._title, self._text, self._count = Label(), Label(), Label()
        font = QFont(self._title.font())
        font.setBold(True)
        self._title.setFont(font)
        self._text.setWordWrap(True)
        self._count.setProperty("quiet", True)
        self.skip = button("tour-skip", "&Skip", "End the tour (Escape)", self.end)
        self.back = button("tour-back", "&Back", "The previous card", lambda: self.go(-1))
        self.next = button("tour-next", "&Next", "The next card", lambda: self.go(1))
        self.next.setDefault(True)
        buttons = row(self._count, None, self.skip, self.back, self.next)
        self._layout = column(self._title, self._text, buttons, margin=_PAD)
        self._layout.insertSpacing(2, 8)
        self.setLayout(self._layout)
        self.hide()

    def start(self, *, focus: bool) -> None:
        """Show the first card, even while another card is shown.

        Args:
            focus: whether the card gets the keyboard focus; without it, the card handles only
                Enter and Escape, and only if no other widget does.
        """
        self._window.installEventFilter(self)
        self.place = 0
        self._show()
        if focus:
            self.next.setFocus()

    def end(self) -> None:
        """Close the card and emit `finished`."""
        self._window.removeEventFilter(self)
        focus = self._window.focusWidget()
        view = self._window.findChild(QWidget, _VIEWS[0])
        if focus is not None and view is not None and self.isAncestorOf(focus):
            view.setFocus()
        self.hide()
        self._outline.hide()
        self._outline.deleteLater()
        self.deleteLater()
        self.finished.emit()

    def go(self, cards: int) -> None:
        """Move by a number of cards; moving beyond the last one ends the tour."""
        if self.place + cards >= len(self._steps):
            self.end()
            return
        self.place = max(self.place + cards, 0)
        self._show()

    def _show(self) -> None:
        step = self._steps[self.place]
        self.setAccessibleName(f"Tour: {step.title}")
        self.setAccessibleDescription(step.text)
        self._title.setText(step.title)
        self._text.setText(step.text)
        target = self._window.findChild(QDockWidget, step.target)
        if target is not None and not target.isHidden():
            # It may be behind the tab of another panel.
            target.raise_()
        self._count.setText(f"{self.place + 1} of {len(self._steps)}")
        self.back.setVisible(self.place > 0)
        last = self.place + 1 == len(self._steps)
        self.skip.setVisible(not last)
        self.next.setText("D&one" if last else "&Next")
        self.show()
        self._place_card()

    def _place_card(self) -> None:
        """Outline the target and place the card beside it, or in the middle if it is hidden."""
        if self.isHidden():
            return
        self._layout.activate()
        self.resize(self.width(), self._layout.totalHeightForWidth(self.width()))
        target = self._area(self._steps[self.place].target)
        self._outline.setVisible(target is not None)
        if target is None:
            self.move(self._window.rect().center() - self.rect().center())
        else:
            self._outline.setGeometry(target)
            self._outline.raise_()
            self.move(self._beside(target))
        self.raise_()

    def _area(self, name: str) -> QRect | None:
        """The visible area of a widget in the window; `None` if it is not visible."""
        widget = self._window.findChild(QWidget, name)
        if widget is None or not widget.isVisible() or widget.window() is not self._window:
            return None
        # If a panel is behind another tab, Qt moves it out of the window without hiding it.
        area = QRect(widget.mapTo(self._window, QPoint(0, 0)), widget.size()) & self._window.rect()
        return area if area.isValid() else None

    def _beside(self, target: QRect) -> QPoint:
        """The place where the card covers least of the target, then least of the views."""
        room = self._window.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        views = [area for name in _VIEWS if (area := self._area(name)) is not None]

        width, height = self.width(), self.height()
        middle = target.center() - self.rect().center()
        left, right = target.left(), target.right() + 1 - width
        top, bottom = target.top(), target.bottom() + 1 - height
        across = (middle.x(), left, right, target.right() + 1 + _GAP, left - _GAP - width)
        down = (target.bottom() + 1 + _GAP, middle.y(), top, bottom, top - _GAP - height)
        cards = [_moved_into(room, QRect(x, y, width, height)) for y, x in product(down, across)]

        def hidden(card: QRect) -> tuple[int, int]:
            return _overlap(card, target), sum(_overlap(card, view) for view in views)

        # Of equally good places, `min` returns the first.
        return min(cards, key=hidden).topLeft()

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the window's size, and handle Enter and Escape if no other widget does."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            QTimer.singleShot(0, self, self._place_card)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_window_key(Qt.Key(event.key()))
        return False

    def _on_window_key(self, key: Qt.Key) -> bool:
        focus = self._window.focusWidget()
        # These use Enter themselves, although they do not accept the event.
        uses_enter = isinstance(focus, QAbstractSpinBox | QAbstractButton | QAbstractItemView)
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in _ENTER and not uses_enter:
            self.go(1)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Go back or on with the arrow keys, and on with Enter."""
        keys = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, **dict.fromkeys(_ENTER, 1)}
        if event.key() in keys:
            self.go(keys[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


def _overlap(area: QRect, other: QRect) -> int:
    both = area & other
    return both.width() * both.height() if both.isValid() else 0


def _moved_into(room: QRect, card: QRect) -> QRect:
    """Move a card as little as possible so that it is inside `room`."""
    card.moveLeft(max(room.left(), min(card.left(), room.right() + 1 - card.width())))
    card.moveTop(max(room.top(), min(card.top(), room.bottom() + 1 - card.height())))
    return card
