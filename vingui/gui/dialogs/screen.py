"""Fitting windows to the screen."""

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_FRAME: Final = QSize(16, 48)
"""Allowance for a window's frame and title bar, whose size is unknown before it is shown."""

_TITLE_HEIGHT: Final = 24
_LEAST_TITLE: Final = 48
"""How many pixels of a title bar must be on a screen so that it can be dragged."""


def resize_on_screen(window: QWidget, width: int, height: int) -> None:
    """Set a window's initial size in pixels, limited to the screen."""
    screen = (window.parentWidget() or window).screen()
    room = screen.availableSize() - _FRAME
    window.resize(QSize(width, height).boundedTo(room))


def bring_on_screen(window: QWidget) -> None:
    """Move a window whose title bar is off all screens back onto one, and fit it there."""
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
    """Whether enough of a title bar is on a screen to be dragged with the mouse."""
    return title.width() >= _LEAST_TITLE and title.height() >= _TITLE_HEIGHT // 2
