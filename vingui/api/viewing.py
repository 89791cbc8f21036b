"""The window, opened from Python."""

import subprocess
import sys
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from weakref import finalize

from numpy.typing import ArrayLike

from vingui.api.maps import map_of, open_map, save_map
from vingui.core.grid import GridMap

_PATIENCE = 5.0
"""Seconds for a window to save and close."""


class View:
    """A window that was opened from Python, in a process of its own.

    It closes when this object is deleted, or when the interpreter ends.

    Args:
        grid: the map that it shows at first.
    """

    def __init__(self, grid: GridMap) -> None:
        folder = TemporaryDirectory(prefix="vingui-")
        self._file = Path(folder.name, "map.json")
        save_map(grid, self._file)
        words = (sys.executable, "-P", "-m", "vingui", str(self._file), "--autosave")
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL)  # noqa: S603 - our own
        finalize(self, _end, self._process, folder)

    def __repr__(self) -> str:
        return f"<vingui.View, {'open' if self.is_open else 'closed'}>"

    @property
    def is_open(self) -> bool:
        """Whether the window is still open."""
        return self._process.poll() is None

    @property
    def map(self) -> GridMap:
        """The map as it is now: the window saves each change within half a second."""
        return open_map(self._file)

    def wait(self) -> GridMap:
        """Wait until the user closes the window, and return the map."""
        self._process.wait()
        return self.map

    def close(self) -> None:
        """Close the window, which saves what was drawn."""
        _close(self._process)


def _close(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end(process: subprocess.Popen[bytes], folder: TemporaryDirectory[str]) -> None:
    _close(process)
    folder.cleanup()


def view(source: GridMap | ArrayLike | str | PathLike[str]) -> View:
    """Open the window with a map, without waiting for it.

    Args:
        source: a map, `(rows, cols)` walls of which whatever is not 0 is one, or a map's file,
            which is not changed.

    Returns:
        The window, whose `map` is what was drawn so far.

    Raises:
        VinguiError: it is no map, or cannot be read.

    Example:
        >>> window = vingui.view(vingui.generate("maze"))
        >>> window.map.goal
        (5, 5)
        >>> window.close()
    """
    return View(map_of(source, needs_goal=False))
