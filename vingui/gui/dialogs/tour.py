"""A short tour of the window: a card beside what it tells about, which blocks nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vingui.gui.look.buttons import Button
from vingui.gui.look.plain_text import Label

_AIR: Final = 12
"""Pixels between the card and what it tells about."""

_PAD: Final = 16

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

_VIEWS: Final = ("map-view", "value-view")
"""What the card keeps off, if it can."""

_SHEET: Final = """
#tour { background: palette(base); border: 1px solid palette(highlight); border-radius: 8px; }
"""


@dataclass(frozen=True)
class Step:
    """One card.

    Attributes:
        title: what it is about.
        text: two or three sentences.
        target: the object name of the widget that it tells about.
        panel: the object name of a panel that `about_panel` tells about, if it does.
        about_panel: one more sentence, unless that panel is closed.
        closed: one more sentence where the target is a panel and closed.
    """

    title: str
    text: str
    target: str
    panel: str = ""
    about_panel: str = ""
    closed: str = ""


STEPS: Final = (
    Step(
        "Draw",
        "The left button draws walls, the right one erases. The menu Draw and its toolbar have "
        "more tools. Everything can be undone with Ctrl+Z.",
        "map-view",
    ),
    Step(
        "Drag the goal",
        "Take the goal or a start with the mouse, whatever the tool, and move it about. The "
        "network plans anew at every cell.",
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
        "trajectories become right as they arrive. Live keeps it at the newest iteration.",
        "transport",
        panel="dock-convergence",
        about_panel="The panel Convergence plots what each one changed.",
    ),
    Step(
        "Change the model",
        "Other networks know other rules of moving; the card tells how well they plan. The guide "
        "(F1) explains how they work.",
        "dock-model",
        closed="The panel Model is closed; View > Panels opens it.",
    ),
)


class Tour(QFrame):
    """The cards, one after the other. Escape ends the tour.

    Args:
        steps: what is shown.
        window: where.
    """

    finished = Signal()
    """It came to its end or was skipped."""

    def __init__(self, steps: tuple[Step, ...], window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour")
        self.setStyleSheet(_SHEET)
        self.setFixedWidth(336)
        self.place = 0
        self._steps = steps
        self._window = window
        self._outline = _Outline(window)
        self._title, self._text, self._count = Label(), Label(), Label()
        font = QFont(self._title.font())
        font.setBold(True)
        self._title.setFont(font)
        self._text.setWordWrap(True)
        self._count.setProperty("quiet", True)
        self.skip = _button("&Skip", "tour-skip", "End the tour (Escape)", self.end)
        self.back = _button("&Back", "tour-back", "The card before", lambda: self.go(-1))
        self.next = _button("&Next", "tour-next", "The next card", lambda: self.go(1))
        self.next.setDefault(True)
        self._layout = QVBoxLayout(self)
        self._lay_out()
        self.hide()

    def start(self, *, focus: bool) -> None:
        """Show the first card, also when another one is shown.

        Args:
            focus: whether the keys are the card's from now on; without, only Enter and Escape are,
                where nothing else takes them.
        """
        self._window.installEventFilter(self)
        self.place = 0
        self._show()
        if focus:
            self.next.setFocus()

    def end(self) -> None:
        """Take the card away."""
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
        """Go on, or back; beyond the last card the tour ends."""
        if self.place + cards >= len(self._steps):
            self.end()
            return
        self.place = max(self.place + cards, 0)
        self._show()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._count)
        buttons.addStretch()
        buttons.addWidget(self.skip)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        layout = self._layout
        layout.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addSpacing(8)
        layout.addLayout(buttons)

    def _show(self) -> None:
        step = self._steps[self.place]
        self.setAccessibleName(f"Tour: {step.title}")
        self._title.setText(step.title)
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
        self._put()

    def _put(self) -> None:
        """Outline the target and lay the card beside it; in the middle where it is not seen."""
        if self.isHidden():
            return
        text = self._words(self._steps[self.place])
        self._text.setText(text)
        self.setAccessibleDescription(text)
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

    def _words(self, step: Step) -> str:
        """What the card says: of panels only where they are open."""
        words = [step.text]
        if step.about_panel and not self._closed(step.panel):
            words.append(step.about_panel)
        if step.closed and self._closed(step.target):
            words.append(step.closed)
        return " ".join(words)

    def _closed(self, name: str) -> bool:
        panel = self._window.findChild(QWidget, name)
        # One behind the tab of another panel is open.
        return panel is None or panel.isHidden()

    def _area(self, name: str) -> QRect | None:
        """Where a widget is, as far as it can be seen in the window; `None` where it cannot."""
        widget = self._window.findChild(QWidget, name)
        if widget is None or not widget.isVisible() or widget.window() is not self._window:
            return None
        # Qt keeps a panel behind another one's tab, visible, outside the window.
        area = QRect(widget.mapTo(self._window, QPoint(0, 0)), widget.size()) & self._window.rect()
        return area if area.isValid() else None

    def _beside(self, target: QRect) -> QPoint:
        """Where the card hides least of the target, then least of the views."""
        room = self._window.rect().adjusted(_AIR, _AIR, -_AIR, -_AIR)
        views = [area for name in _VIEWS if (area := self._area(name)) is not None]

        def hidden(corner: QPoint) -> tuple[int, int]:
            card = QRect(corner, self.size())
            return _common(card, target), sum(_common(card, view) for view in views)

        # The first of the best is taken.
        return min(
            (_within(room, corner, self.size()) for corner in self._corners(target)), key=hidden
        )

    def _corners(self, target: QRect) -> list[QPoint]:
        """Below, right, left and above, at the target's middle and at its ends."""
        width, height = self.width(), self.height()
        middle = target.center() - self.rect().center()
        across = (middle.x(), target.left(), target.right() + 1 - width)
        down = (middle.y(), target.top(), target.bottom() + 1 - height)
        return [
            *(QPoint(x, target.bottom() + 1 + _AIR) for x in across),
            *(QPoint(target.right() + 1 + _AIR, y) for y in down),
            *(QPoint(target.left() - _AIR - width, y) for y in down),
            *(QPoint(x, target.top() - _AIR - height) for x in across),
        ]

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the window's size; take the Enter and the Escape that nothing else takes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            QTimer.singleShot(0, self, self._put)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_window_key(Qt.Key(event.key()))
        return False

    def _on_window_key(self, key: Qt.Key) -> bool:
        focus = self._window.focusWidget()
        # Enter in these is theirs, although they hand it on.
        theirs = isinstance(focus, QAbstractSpinBox | QAbstractButton | QAbstractItemView)
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in _ENTER and not theirs:
            self.go(1)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The arrows leaf through, Enter goes on."""
        keys = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, **dict.fromkeys(_ENTER, 1)}
        if event.key() in keys:
            self.go(keys[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


def _common(one: QRect, other: QRect) -> int:
    both = one & other
    return both.width() * both.height() if both.isValid() else 0


def _within(room: QRect, corner: QPoint, size: QSize) -> QPoint:
    """The corner, moved as little as puts the card into the room."""
    x = max(room.left(), min(corner.x(), room.right() + 1 - size.width()))
    y = max(room.top(), min(corner.y(), room.bottom() + 1 - size.height()))
    return QPoint(x, y)


class _Outline(QWidget):
    """A frame around a part of the window, which lets the mouse through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour-outline")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.palette().highlight().color()), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)


def _button(text: str, name: str, tip: str, run: Callable[[], None]) -> QPushButton:
    button = Button(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(run)
    return button
