"""Files that are being written."""

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from vingui.core.phrases import counted


class Job(QObject):
    """A file that is being written.

    Args:
        path: the file.
        parent: the Qt parent.

    Attributes:
        path: the file.
        number: of the request; 0 where no process is asked.
        done: frames that are written, or value functions read.
        total: all of them; 0 while unknown.
    """

    changed = Signal()
    ended = Signal(bool)
    """It is over; whether the file is there."""

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.path = path
        self.number = 0
        self.done = self.total = 0
        self._learning = False
        self._began = time.monotonic()

    def take(self, done: int, total: int, *, learning: bool) -> None:
        """Take in how far it has come."""
        if learning != self._learning or not self.total:
            self._began, self._learning = time.monotonic(), learning
        self.done, self.total = done, total
        self.changed.emit()

    @property
    def can_cancel(self) -> bool:
        """Whether a process writes it. The others are written in a moment."""
        return self.number > 0

    @property
    def words(self) -> str:
        """How far it has come: "x.gif: frame 12 of 80, 3 s left"."""
        if not self.total:
            return f"Writing {self.path.name} ..."
        what = "policy" if self._learning else "frame"
        said = f"{self.path.name}: {what} {self.done:,} of {self.total:,}"
        if not self.done or self.done == self.total:
            return said
        left = (time.monotonic() - self._began) / self.done * (self.total - self.done)
        return f"{said}, {_left(left)} left"


def size_in_words(size: int) -> str:
    """A file's size: "340 KB"."""
    if size < 1000:
        return counted(size, "byte")
    return f"{size / 1000:z.0f} KB" if size < 1e6 else f"{size / 1e6:z.1f} MB"


def _left(seconds: float) -> str:
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    return f"{seconds / 60:z.0f} min"
