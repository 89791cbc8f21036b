"""Messages that interrupt nothing: cards over the lower edge of the pictures."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QEnterEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label, button_text, tip
from vingui.gui.look.theme import Look, Theme, mixed

Buttons = Sequence[tuple[str, Callable[[], object]]]
"""What a message offers to do: the words on a button, and what a click on it calls."""

_MOST: Final = 3
_WIDEST: Final = 620
_NARROWEST: Final = 280
_AIR: Final = 12
"""Pixels between the messages and the edges of what they stand over."""

_LINE: Final = 28
"""Height of a message of one line, less its margins, in pixels."""

_SHEET: Final = """
QFrame#message {{ background: {background}; border: 1px solid {edge}; border-radius: 8px; }}
QLabel {{ background: transparent; color: {text}; }}
QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 3px; }}
QToolButton[words="true"] {{ border-color: {button}; color: {text}; padding: 3px 10px; }}
QToolButton:hover {{ background: {hover}; }}
QToolButton:pressed {{ background: {edge}; }}
QToolButton:focus {{ border: 1px solid {accent}; }}
"""


class MessageBar(QWidget):
    """Messages, the newest below; there is no bar while there are none.

    It stands over what is there, which keeps its place and size: a map that shrinks in the middle
    of a stroke would lead the stroke astray. Notes go by themselves, unless the mouse or the
    keyboard's focus is on them; warnings and errors stay until they are closed. Where there are
    too many, the oldest note goes first.

    Args:
        theme: whose colours it takes.
        over: the widget at whose lower edge it stands.
        footer: so many pixels at that edge are kept free.

    Attributes:
        note_milliseconds: how long a note stays.
    """

    def __init__(self, theme: Theme, over: QWidget, *, footer: int = 0) -> None:
        super().__init__(over)
        self.setObjectName("messages")
        self.setAccessibleName("Messages")
        self.note_milliseconds = 6000
        self._theme = theme
        self._over = over
        self._footer = footer
        self._messages: list[_Message] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        over.installEventFilter(self)
        theme.changed.connect(self._recolour)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """What the messages say, from the top."""
        return tuple(message.text for message in self._messages)

    def show_message(
        self, text: str, *, kind: str = "note", actions: Buttons = (), key: str = ""
    ) -> None:
        """Show a message; it takes the place of the one with the same key.

        Args:
            text: plain text.
            kind: "note", "warning" or "error".
            actions: a button each; a click closes the message and calls what the button is for.
            key: what the message is about; "" for a message that replaces none.
        """
        older = self._find(key)
        place = self._messages.index(older) if older else len(self._messages)
        if older is not None:
            self._remove(older)
        stays = self.note_milliseconds if kind == "note" else None
        message = _Message(text, kind=kind, actions=actions, key=key, stays=stays)
        message.set_look(self._theme.look)
        message.closed.connect(lambda: self._close(message))
        self._messages.insert(place, message)
        self._layout.insertWidget(place, message)
        message.show()
        if len(self._messages) > _MOST:
            notes = [one for one in self._messages if one.kind == "note"]
            self._remove((notes or self._messages)[0])
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(message, QAccessible.Event.Alert))

    def close_message(self, key: str) -> None:
        """Close the message with this key, if there is one."""
        if (message := self._find(key)) is not None:
            self._close(message)

    def _find(self, key: str) -> "_Message | None":
        return next((one for one in self._messages if key and one.key == key), None)

    def _close(self, message: "_Message") -> None:
        # A message that was replaced may still have a click under way.
        if message in self._messages:
            self._remove(message)
            self._place()
            self.setVisible(bool(self._messages))

    def _remove(self, message: "_Message") -> None:
        self._messages.remove(message)
        self._layout.removeWidget(message)
        message.hide()
        message.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay at the edge."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._over.rect()
        wanted = max((message.natural_width for message in self._messages), default=0)
        most = min(_WIDEST, room.width() - 2 * _AIR)
        width = min(max(wanted, _NARROWEST), most)
        self._layout.invalidate()
        height = self._layout.totalHeightForWidth(width)
        bottom = room.height() - self._footer - _AIR
        self.setGeometry((room.width() - width) // 2, bottom - height, width, height)

    def _recolour(self) -> None:
        for message in self._messages:
            message.set_look(self._theme.look)


class _Message(QFrame):
    """One message, with its buttons.

    Args:
        stays: for how many milliseconds, or `None` for one that stays.
    """

    closed = Signal()
    """It was closed, or its time is over."""

    def __init__(
        self, text: str, *, kind: str, actions: Buttons, key: str, stays: int | None
    ) -> None:
        super().__init__()
        self.text = text
        self.kind = kind
        self.key = key
        self.setObjectName("message")
        self.setAccessibleName(f"{kind.capitalize()}: {text}")
        self._sign = _Sign(kind)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(self._sign, 0, top)
        words = _words(text)
        layout.addWidget(words, 1)
        for place, (label, call) in enumerate(actions):
            button = _button(f"message-action-{place}", label)
            button.setText(button_text(label))
            button.setProperty("words", True)
            button.clicked.connect(lambda _=False, call=call: self._act(call))
            layout.addWidget(button, 0, top)
        close = _button("message-close", "Close this message")
        close.setIcon(icon("close"))
        close.setIconSize(QSize(16, 16))
        close.clicked.connect(self.closed)
        layout.addWidget(close, 0, top)
        self._words = words
        self._timer: QTimer | None = None
        if stays is not None:
            self._timer = QTimer(self)
            self._timer.setSingleShot(True)
            self._timer.setInterval(stays)
            self._timer.timeout.connect(self._expire)

    @property
    def natural_width(self) -> int:
        """Pixels in which its words have one line."""
        # The words themselves ask for no room.
        return self.sizeHint().width() + self._words.fontMetrics().horizontalAdvance(self.text) + 4

    def set_look(self, look: Look) -> None:
        """Take the colours of a look."""
        tint = {"warning": look.warning, "error": look.error}.get(self.kind, look.accent)
        self.setStyleSheet(
            _SHEET.format(
                background=mixed(tint, look.panel, 0.14 if look.dark else 0.09).name(),
                edge=mixed(tint, look.panel, 0.32 if look.dark else 0.26).name(),
                button=mixed(tint, look.panel, 0.55).name(),
                hover=mixed(tint, look.panel, 0.24 if look.dark else 0.18).name(),
                text=look.text,
                accent=look.accent,
            )
        )
        self._sign.set_colour(tint)

    def _act(self, call: Callable[[], object]) -> None:
        # First: the call may show a message of the same key.
        self.closed.emit()
        call()

    def _expire(self) -> None:
        focus = QApplication.focusWidget()
        if self._timer is not None and focus is not None and self.isAncestorOf(focus):
            self._timer.start()
        else:
            self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """A note's time begins when it can be read."""
        super().showEvent(event)
        if self._timer is not None:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Time does not run out unseen."""
        super().hideEvent(event)
        if self._timer is not None:
            self._timer.stop()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Somebody reads it."""
        super().enterEvent(event)
        if self._timer is not None:
            self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nobody points at it any more."""
        super().leaveEvent(event)
        if self._timer is not None and self.isVisible():
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class _Sign(QWidget):
    """The icon of a kind of message, in its colour."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._colour = QColor()
        self.setFixedSize(20, _LINE)

    def set_colour(self, colour: str) -> None:
        """Draw it in a colour."""
        self._colour = QColor(colour)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        # A copy: the icon's own is kept for others.
        picture = QPixmap(icon(self._kind).pixmap(QSize(20, 20), self.devicePixelRatioF()))
        with QPainter(picture) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
            painter.fillRect(picture.rect(), self._colour)
        with QPainter(self) as painter:
            painter.drawPixmap(0, (_LINE - 20) // 2, picture)


def _words(text: str) -> QLabel:
    label = Label(text)
    label.setObjectName("message-text")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setMinimumHeight(_LINE)
    # A long path, which has no place to wrap, must not widen the window.
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _button(name: str, about: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(about)
    button.setToolTip(tip(about))
    button.setFixedHeight(_LINE)
    # A click leaves the keyboard to the view that has it.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
