"""The window, opened from Python."""

import subprocess
import sys
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from weakref import finalize

from numpy.typing import ArrayLike

from vingui.api.maps import map_of, open_map, save_map
from vingui.core.errors import VinguiError
from vingui.core.files import gist
from vingui.core.grid import GridMap

_PATIENCE: Final = 5.0
"""Seconds for a window to save and close."""


class View:
    """A window that was opened from Python, in a process of its own.

    The user or `close` closes it, or the end of the interpreter. Interrupting what Python does
    leaves it open, and so does killing the interpreter: nothing that was drawn is lost.

    Args:
        grid: the map that it shows at first.

    Raises:
        VinguiError: it cannot be opened.
    """

    def __init__(self, grid: GridMap) -> None:
        folder = TemporaryDirectory(prefix="vingui-")
        self._file = Path(folder.name, "map.json")
        self._log = Path(folder.name, "log.txt")
        self._was_closed = False
        save_map(grid, self._file)
        self._process = _started(self._file, self._log)
        finalize(self, _end, self._process, folder)
        try:
            # It prints a line when it is open.
            assert self._process.stdout is not None  # noqa: S101
            is_open = bool(self._process.stdout.readline())
        except BaseException:
            self.close()
            raise
        if not is_open:
            self._process.wait()
            raise VinguiError(f"The window cannot be opened: {self._reason()}")

    def __repr__(self) -> str:
        state = "open" if self.is_open else "ended unexpectedly" if self._failed else "closed"
        return f"<vingui.View, {state}>"

    @property
    def is_open(self) -> bool:
        """Whether the window is still open."""
        return self._process.poll() is None

    @property
    def map(self) -> GridMap:
        """The map as it is now: the window saves each change within half a second."""
        return open_map(self._file)

    def wait(self) -> GridMap:
        """Wait until the user closes the window, and return the map.

        Raises:
            VinguiError: the window crashed or was killed; `map` is what it saved last.
        """
        self._process.wait()
        if self._failed:
            raise VinguiError(
                f"The window ended unexpectedly: {self._reason()}. What was drawn is in the map of "
                "this view"
            )
        return self.map

    def close(self) -> None:
        """Close the window, which saves what was drawn."""
        self._was_closed = self._was_closed or self.is_open
        _close(self._process)

    @property
    def _failed(self) -> bool:
        return not self._was_closed and bool(self._process.poll())

    def _reason(self) -> str:
        """Why its process ended, as it said itself."""
        code = self._process.returncode
        if code < 0:
            return f"signal {-code}"
        # Its own sentence, such as that there is no display, or the end of a traceback.
        lines = self._log.read_text("utf-8", errors="replace").strip().splitlines()
        own = [line for line in lines if line.startswith("vingui: ") and ": WARNING: " not in line]
        said = [*own, *lines[-1:], f"exit code {code}"][0]
        return gist(RuntimeError(said.removeprefix("vingui: "))).rstrip(".")


def _started(file: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - our own
            (sys.executable, "-P", "-m", "vingui", str(file), "--autosave"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Ctrl+C at a terminal and the interruption of a notebook go to a whole group.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )


def _close(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end(process: subprocess.Popen[bytes], folder: TemporaryDirectory[str]) -> None:
    _close(process)
    if process.stdout is not None:
        process.stdout.close()
    folder.cleanup()


_open: Final[list[View]] = []
"""Views whose windows are open: one that nobody keeps stays open too."""


def view(source: GridMap | ArrayLike | str | PathLike[str]) -> View:
    """Open the window with a map, and go on while it is open.

    It closes when the interpreter ends, so a script calls `wait()` at its end.

    Args:
        source: a map, `(rows, cols)` walls of which whatever is not 0 is one, or a map's file,
            which is not changed.

    Returns:
        The window, whose `map` is what was drawn so far.

    Raises:
        VinguiError: it is no map or cannot be read, or there is no display.

    Example:
        >>> window = vingui.view(vingui.generate("maze"))
        >>> window.map.goal
        (5, 5)
        >>> window.close()
    """
    _open[:] = [one for one in _open if one.is_open]
    window = View(map_of(source, needs_goal=False))
    _open.append(window)
    return window
