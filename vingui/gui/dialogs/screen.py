"""Room on the screen."""

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_FRAME: Final = QSize(16, 48)
"""What a window's frame and title take, which are known only once it is there."""

_TITLE_HEIGHT: Final = 24
_LEAST_TITLE: Final = 48
"""Pixels of a title that can be dragged."""


def resize_on_screen(window: QWidget, width: int, height: int) -> None:
    """Give a window its first size: this one, or as much of it as the screen has room for."""
    screen = (window.parentWidget() or window).screen()
    room = screen.availableSize() - _FRAME
    window.resize(QSize(width, height).boundedTo(room))


def bring_on_screen(window: QWidget) -> None:
    """Move a window back whose title lies on no screen any more, and make it fit there."""
    place = window.geometry()
    title = QRect(place.topLeft(), QSize(place.width(), _TITLE_HEIGHT))
    rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    if any(_is_reachable(title.intersected(room)) for room in rooms):
        return
    room = (window.parentWidget() or window).screen().availableGeometry()
    place.setSize(place.size().boundedTo(room.size() - _FRAME))
    place.moveLeft(min(max(place.left(), room.left()), room.right() - place.width()))
    place.moveTop(min(max(place.top(), room.top()), room.bottom() - place.height()))
    window.setGeometry(place)


def _is_reachable(title: QRect) -> bool:
    """Whether so much of a title is on a screen that the mouse can take hold of it."""
    return title.width() >= _LEAST_TITLE and title.height() >= _TITLE_HEIGHT // 2
