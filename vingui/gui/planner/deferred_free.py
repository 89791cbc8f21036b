"""Letting go of large runs a little at a time."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

_AT_ONCE: Final = 8 << 20
"""Bytes that are let go of at once: a millisecond's work for the system."""

_BETWEEN: Final = 4
"""Milliseconds from one such piece to the next."""


class Attic(QObject):
    """Holds arrays that nobody needs any more, until there is time to give their memory back.

    To free the 256 MiB that a large run holds takes the system 30 ms, and a window that waits for
    it stands still.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: deque[NDArray[Any]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN)
        self._timer.timeout.connect(self._let_go)

    def hold(self, arrays: Iterable[NDArray[Any]]) -> None:
        """Hold arrays for a while, unless they are few: before whatever else holds them goes."""
        arrays = list(arrays)
        if sum(array.nbytes for array in arrays) > _AT_ONCE:
            self._held.extend(arrays)
            self._timer.start()

    def _let_go(self) -> None:
        room = _AT_ONCE
        while self._held and room > 0:
            room -= self._held.popleft().nbytes
        if not self._held:
            self._timer.stop()
