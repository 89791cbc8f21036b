"""Progress bars: lines at a terminal, an element of a page in a notebook, elsewhere none."""

import html
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from threading import Lock, Timer
from typing import Any, Final

from vingui.core.files import printable

OnProgress = Callable[[int, int], None]
"""Called with how much is done, and of how much, which is 0 where it is not known."""

PATIENCE: Final = 0.5
"""Seconds before a bar is shown."""

_INTERVAL: Final = 0.1
"""Seconds between two updates in a notebook, each of which is a message."""


@contextmanager
def reporting(
    doing: str,
    *,
    progress: bool = True,
    on_progress: OnProgress | None = None,
) -> Iterator[OnProgress]:
    """Yield what is to be called with the progress of some work.

    It shows a bar at a terminal or in a notebook, once the work has taken a while. Nothing is shown
    anywhere else.

    Args:
        doing: what is being done, such as "Evaluating".
        progress: whether to show a bar.
        on_progress: called in place of it.
    """
    if on_progress is not None:
        yield on_progress
        return
    display = _notebook_display()
    if not progress or (display is None and not _is_terminal()):
        yield lambda _done, _total: None
        return
    bar = _LateBar(doing, display)
    try:
        yield bar.update
    except BaseException:
        bar.end("stopped")
        raise
    bar.end("done")


class _LateBar:
    """A bar that is shown once the work has taken a while, whether it reports anything or not."""

    def __init__(self, doing: str, display: Any) -> None:
        self._doing, self._display = doing, display
        self._counts, self._ended = (0, 0), False
        self._shown: _Cell | _Terminal | None = None
        self._lock = Lock()
        self._timer = Timer(PATIENCE, self._appear)
        self._timer.daemon = True
        self._timer.start()

    def update(self, done: int, total: int) -> None:
        self._counts = done, total
        if self._shown is not None:
            self._shown.update(done, total)

    def end(self, how: str) -> None:
        self._timer.cancel()
        with self._lock:
            self._ended = True
        if self._shown is not None:
            # What came while it appeared.
            self._shown.update(*self._counts)
            self._shown.end(how)

    def _appear(self) -> None:
        with self._lock:
            if self._ended:
                return
            doing, display = self._doing, self._display
            shown = _Terminal(doing) if display is None else _Cell(doing, display)
            shown.update(*self._counts)
            self._shown = shown


class _Terminal:
    """A bar at the terminal, which is gone when the work ends."""

    def __init__(self, doing: str) -> None:
        # It may appear while standard error is another one for a while, as when a model is loaded.
        self._context = terminal_bar(doing, redirects_errors=False)
        self._update = self._context.__enter__()

    def update(self, done: int, total: int) -> None:
        self._update(completed=done, total=total or None)

    def end(self, _how: str) -> None:
        self._context.__exit__(None, None, None)


@contextmanager
def terminal_bar(
    doing: str, *, spinner: bool = False, redirects_errors: bool = True
) -> Iterator[Callable[..., None]]:
    """Show a bar on standard error while it is a terminal; yields Rich's function to update it.

    Args:
        doing: what is being done.
        spinner: whether to show a spinner and the text instead.
        redirects_errors: whether `sys.stderr` is another one meanwhile, which prints above the bar.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn

    console = Console(stderr=True, force_jupyter=False)
    columns = (SpinnerColumn(), "{task.description}") if spinner else Progress.get_default_columns()
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        # Lines that are printed to the same terminal go above the bar.
        redirect_stderr=redirects_errors,
        redirect_stdout=sys.__stdout__ is not None and sys.__stdout__.isatty(),
    ) as bars:
        yield partial(bars.update, bars.add_task(plain(doing), total=None))


def plain(text: str) -> str:
    """Return a text that Rich prints as it is, on one line."""
    from rich.markup import escape

    return escape(printable(text))


class _Cell:
    """A bar below a notebook's cell, which stays there and tells how long the work took."""

    def __init__(self, doing: str, display: Any) -> None:
        self._doing, self._began, self._next = doing, time.monotonic() - PATIENCE, 0.0
        self._done, self._total = 0, 0
        self._handle = display(self._page(""), raw=True, display_id=True)

    def update(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        if time.monotonic() >= self._next:
            self._handle.update(self._page(""), raw=True)
            self._next = time.monotonic() + _INTERVAL

    def end(self, how: str) -> None:
        self._handle.update(self._page(how), raw=True)

    def _page(self, how: str) -> dict[str, str]:
        """The bar as a notebook displays it, by MIME type."""
        seconds = time.monotonic() - self._began
        known = f" of {self._total:,}" if self._total else ""
        counts = f"{self._done:,}{known}" if self._done or known else ""
        text = f"{self._doing}: {', '.join(filter(None, (counts, how, f'{seconds:z.0f} s')))}"
        # Without a value the element shows that the length of the work is not known.
        value = f' value="{self._done}" max="{self._total}"' if self._total else ""
        bar = "" if how else f"<progress{value}></progress> "
        return {"text/plain": text, "text/html": f"{bar}{html.escape(text)}"}


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _notebook_display() -> Any:
    """IPython's function `display`, if this is a notebook's kernel; otherwise `None`."""
    # Only who has imported it already is in a notebook.
    ipython = sys.modules.get("IPython")
    if ipython is None or not hasattr(ipython.get_ipython(), "kernel"):
        return None
    return import_module("IPython.display").display
