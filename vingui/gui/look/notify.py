"""Non-blocking messages, shown over the lower edge of the views."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
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

from vingui.gui.look.debounce import Debounce
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label, button_text, tip
from vingui.gui.look.theme import Look, Theme, mixed

Buttons = Sequence[tuple[str, Callable[[], object]]]
"""A message's buttons: the text of each, and the function that a click calls."""

_MAX_MESSAGES: Final = 3
_MAX_WIDTH: Final = 620
_MIN_WIDTH: Final = 280
_MARGIN: Final = 12
"""Pixels between the messages and the edges of the widget below them."""

_LINE: Final = 28
"""Height in pixels of a one-line message without its margins."""

_SHEET: Final = """
QFrame#message {{ border-radius: 8px; }}
QLabel {{ background: transparent; color: {text}; }}
QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 3px; }}
QToolButton[words="true"] {{ color: {text}; padding: 3px 10px; }}
"""

_KIND_SHEET: Final = """
QFrame#message[kind="{kind}"] {{ background: {background}; border: 1px solid {edge}; }}
QFrame[kind="{kind}"] QToolButton[words="true"] {{ border-color: {button}; }}
QFrame[kind="{kind}"] QToolButton:hover {{ background: {hover}; }}
QFrame[kind="{kind}"] QToolButton:pressed {{ background: {edge}; }}
QFrame[kind="{kind}"] QToolButton:focus {{ border: 1px solid {accent}; }}
"""


class MessageBar(QWidget):
    """Shows messages, the newest at the bottom; hidden while there are none.

    It floats over a widget, whose place and size do not change: a map that shrinks in the middle
    of a stroke would spoil the stroke. Notes close by themselves, unless the mouse or the keyboard
    focus is on them; warnings and errors stay until they are closed. If there are too many
    messages, the oldest note is closed.

    Args:
        theme: the colours.
        over: the widget at whose lower edge the messages are shown.
        footer: how many pixels at that edge are kept free.

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
        theme.changed.connect(self._set_colours)
        self._set_colours()
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the messages, from the top."""
        return tuple(message.text for message in self._messages)

    def show_message(
        self, text: str, *, kind: str = "note", actions: Buttons = (), key: str = ""
    ) -> None:
        """Show a message, replacing any message with the same key.

        Args:
            text: plain text.
            kind: "note", "warning" or "error".
            actions: buttons; a click closes the message and calls the button's function.
            key: identifies what the message is about; "" for a message that replaces none.
        """
        older = self._find(key)
        index = self._messages.index(older) if older else len(self._messages)
        if older is not None:
            self._remove(older)
        duration = self.note_milliseconds if kind == "note" else None
        message = _Message(text, kind=kind, actions=actions, key=key, duration=duration)
        message.closed.connect(lambda: self._close(message))
        self._messages.insert(index, message)
        self._layout.insertWidget(index, message)
        message.show()
        if len(self._messages) > _MAX_MESSAGES:
            notes = [other for other in self._messages if other.kind == "note"]
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
        return next((message for message in self._messages if key and message.key == key), None)

    def _close(self, message: "_Message") -> None:
        # A click on a message that was replaced may still be pending.
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
        """Stay at the lower edge."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._over.rect()
        wanted = max((message.natural_width for message in self._messages), default=0)
        most = min(_MAX_WIDTH, room.width() - 2 * _MARGIN)
        width = min(max(wanted, _MIN_WIDTH), most)
        self._layout.invalidate()
        height = self._layout.totalHeightForWidth(width)
        bottom = room.height() - self._footer - _MARGIN
        self.setGeometry((room.width() - width) // 2, bottom - height, width, height)

    def _set_colours(self) -> None:
        look = self._theme.look
        self.setStyleSheet(_SHEET.format(text=look.text) + "".join(_kind_sheets(look)))


def _kind_sheets(look: Look) -> Iterator[str]:
    for kind, tint in (("note", look.accent), ("warning", look.warning), ("error", look.error)):
        yield _KIND_SHEET.format(
            kind=kind,
            accent=look.accent,
            background=mixed(tint, look.panel, 0.14 if look.dark else 0.09).name(),
            edge=mixed(tint, look.panel, 0.32 if look.dark else 0.26).name(),
            button=mixed(tint, look.panel, 0.55).name(),
            hover=mixed(tint, look.panel, 0.24 if look.dark else 0.18).name(),
        )


class _Message(QFrame):
    """One message, with its buttons.

    Args:
        duration: after how many milliseconds it closes; `None` to stay until it is closed.
    """

    closed = Signal()
    """The user has closed it, or its time is over."""

    def __init__(
        self, text: str, *, kind: str, actions: Buttons, key: str, duration: int | None
    ) -> None:
        super().__init__()
        self.text = text
        self.kind = kind
        self.key = key
        self.setObjectName("message")
        self.setAccessibleName(f"{kind.capitalize()}: {text}")
        self.setProperty("kind", kind)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(_KindIcon(kind), 0, top)
        label = _text_label(text)
        layout.addWidget(label, 1)
        for index, (caption, call) in enumerate(actions):
            button = _button(f"message-action-{index}", caption)
            button.setText(button_text(caption))
            button.setProperty("words", True)
            button.clicked.connect(lambda _=False, call=call: self._on_action(call))
            layout.addWidget(button, 0, top)
        close = _button("message-close", "Close this message")
        close.setIcon(icon("close"))
        close.setIconSize(QSize(16, 16))
        close.clicked.connect(self.closed)
        layout.addWidget(close, 0, top)
        self._label = label
        self._timer = None if duration is None else Debounce(self._expire, duration, self)

    @property
    def natural_width(self) -> int:
        """Width in pixels at which its text fits on one line."""
        # The label itself has no size hint.
        return self.sizeHint().width() + self._label.fontMetrics().horizontalAdvance(self.text) + 4

    def _on_action(self, call: Callable[[], object]) -> None:
        # Closed first, since the call may show a message with the same key.
        self.closed.emit()
        call()

    def _expire(self) -> None:
        focus = QApplication.focusWidget()
        focused = focus is not None and self.isAncestorOf(focus)
        if self._timer is not None and (focused or self.underMouse() or not self.isVisible()):
            self._timer.start()
        else:
            self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Start a note's timer once the note can be read."""
        super().showEvent(event)
        if self._timer is not None:
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class _KindIcon(QWidget):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self._icon = icon(kind)
        self.setFixedSize(20, _LINE)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        self._icon.paint(QPainter(self), self.rect())


def _text_label(text: str) -> QLabel:
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
    # A click leaves the keyboard focus with the view.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
