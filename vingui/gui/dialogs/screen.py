"""Room on the screen."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

_FRAME: Final = QSize(16, 48)
"""What a window's frame and title take, which are known only once it is there."""


def resize_on_screen(window: QWidget, width: int, height: int) -> None:
    """Give a window its first size: this one, or as much of it as the screen has room for."""
    screen = (window.parentWidget() or window).screen()
    room = screen.availableSize() - _FRAME
    window.resize(QSize(width, height).boundedTo(room))
