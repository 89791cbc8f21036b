"""Freeing the memory of large runs in small steps."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

_AT_ONCE: Final = 8 << 20
"""Bytes that are freed at once, which takes the system about a millisecond."""

_INTERVAL: Final = 4
"""Milliseconds between two such steps."""


class DeferredFree(QObject):
    """Frees arrays that are no longer needed in small steps.

    Freeing the 256 MiB of a large run at once takes the system 30 ms, for which the window would
    freeze.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: deque[NDArray[Any]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self._free_some)

    def free_later(self, arrays: Iterable[NDArray[Any]]) -> None:
        """Keep references to arrays and drop them in steps, unless they are small.

        To be called before their last other reference is dropped.
        """
        arrays = list(arrays)
        if sum(array.nbytes for array in arrays) > _AT_ONCE:
            self._held.extend(arrays)
            self._timer.start()

    def _free_some(self) -> None:
        room = _AT_ONCE
        while self._held and room > 0:
            room -= self._held.popleft().nbytes
        if not self._held:
            self._timer.stop()
