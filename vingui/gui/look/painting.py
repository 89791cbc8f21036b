"""Painting several widgets together, at once or after a short delay."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from vingui.gui.look.debounce import Debounce

_DELAY: Final = 8
"""Milliseconds to wait for results that are about to arrive: half a frame at 60 Hz."""

_QUICK: Final = 0.05
_LONGEST_DELAY: Final = 1000
"""Milliseconds. Where painting takes longer than `_QUICK` seconds, as on the largest maps, results
are waited for three times as long, so that it does not hold up the plan that it shows."""

_PAINT: Final = QEvent.Type(QEvent.registerEventType())


class Painting(QObject):
    """Paints all requested widgets together, as soon as the current event has been handled.

    With `QWidget.update` alone, the platform waits some milliseconds first, and layouts and labels
    come before the views. While the goal is dragged, that would be most of the latency from the
    mouse to the values.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stale: dict[QWidget, Callable[[], bool]] = {}
        self._waiting: dict[QWidget, Callable[[], bool]] = {}
        self._requested = False
        self._delay = _DELAY
        self._later = Debounce(self._paint_all, _DELAY, self)

    def request(self, widget: QWidget, stale: Callable[[], bool]) -> None:
        """Request that a widget is painted, unless it is no longer stale by then."""
        self._waiting.pop(widget, None)
        self._stale[widget] = stale
        if not self._requested:
            self._requested = True
            QCoreApplication.postEvent(
                self, QEvent(_PAINT), Qt.EventPriority.HighEventPriority.value
            )

    def request_later(self, widget: QWidget, stale: Callable[[], bool]) -> None:
        """Request that a widget is painted after a short delay, unless it is painted earlier."""
        if widget not in self._stale:
            self._waiting[widget] = stale
            self._later.request(self._delay)

    def event(self, event: QEvent) -> bool:
        """Paint what was requested."""
        if event.type() != _PAINT:
            return super().event(event)
        self._requested = False
        self._paint()
        return True

    def _paint_all(self) -> None:
        self._stale |= self._waiting
        self._waiting.clear()
        self._paint()

    def _paint(self) -> None:
        requested = self._stale.items()
        stale = [widget for widget, is_stale in requested if isValid(widget) and is_stale()]
        self._stale.clear()
        began = time.perf_counter()
        # The last one first: the values, which were requested when they arrived.
        for widget in reversed(stale):
            widget.repaint()
        took = time.perf_counter() - began
        self._delay = _DELAY if took < _QUICK else min(round(3000 * took), _LONGEST_DELAY)
