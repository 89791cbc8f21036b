"""Imports in the background of a process that answers requests, which do not hold them up.

An import holds the interpreter's lock for much of its seconds, and a request would have to wait.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.abc import MetaPathFinder
from threading import Thread, get_ident
from time import sleep
from types import ModuleType


def import_ahead(act: Callable[[], None], *, busy: Callable[[], float]) -> None:
    """Import in a thread of its own, between two modules only while there are no requests.

    What goes wrong is left to the one who needs the modules, whose import fails again.

    Args:
        act: imports.
        busy: for how many more seconds the process is taken to be busy. Imports of other threads
            wait as long, so it must be short, and end although one of them waits.
    """

    def run() -> None:
        pauses = _Pauses(get_ident(), busy)
        sys.meta_path.insert(0, pauses)
        try:
            with suppress(Exception):
                act()
        finally:
            sys.meta_path.remove(pauses)

    Thread(target=run, daemon=True).start()


class _Pauses(MetaPathFinder):
    """Finds no module, but lets the thread that looks for one wait."""

    def __init__(self, thread: int, busy: Callable[[], float]) -> None:
        self._thread = thread
        self._busy = busy

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> None:
        while get_ident() == self._thread and (seconds := self._busy()) > 0:
            sleep(seconds)
