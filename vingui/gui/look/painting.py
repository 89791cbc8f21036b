"""Painting several views in one go, at once or a moment later."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from vingui.gui.look.debounce import Debounce

_PATIENCE: Final = 12
"""Milliseconds to wait for what is on its way: three quarters of a frame at 60 Hz."""


class Painting(QObject):
    """Paints widgets once all that goes on now is done, all those that were asked for together.

    `QWidget.update` alone has the platform wait some milliseconds first. While the goal is
    dragged, those are most of what there is between the mouse and the values.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stale: dict[QWidget, Callable[[], bool]] = {}
        self._waiting: dict[QWidget, Callable[[], bool]] = {}
        self._now = Debounce(self._paint, 0, self)
        self._later = Debounce(self._paint_all, _PATIENCE, self)

    def ask(self, widget: QWidget, stale: Callable[[], bool]) -> None:
        """Have a widget painted, unless it is no longer stale by then."""
        self._waiting.pop(widget, None)
        self._stale[widget] = stale
        self._now.ask()

    def ask_later(self, widget: QWidget, stale: Callable[[], bool]) -> None:
        """Have a widget painted a moment later, unless it is asked for or painted before."""
        if widget not in self._stale:
            self._waiting[widget] = stale
            self._later.ask()

    def _paint_all(self) -> None:
        self._stale |= self._waiting
        self._waiting.clear()
        self._paint()

    def _paint(self) -> None:
        run_modal = self._stale.items()
        stale = [widget for widget, is_stale in run_modal if isValid(widget) and is_stale()]
        self._stale.clear()
        # Repainting the last one paints all that wait for it.
        for widget in stale[:-1]:
            widget.update()
        for widget in stale[-1:]:
            widget.repaint()
