"""Progress on standard error, if that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vingui.api.progress import plain, terminal_bar
from vingui.cli.interruption import check_not_ended


@contextmanager
def counting(doing: str) -> Iterator[Callable[[float, float], None]]:
    """Show a bar; yields a function that takes how much is done, and how much there is."""
    with terminal_bar(doing) as update:

        def on_progress(done: float, total: float) -> None:
            check_not_ended()
            update(completed=done, total=total)

        yield on_progress


@contextmanager
def status(doing: str) -> Iterator[Callable[[str], None]]:
    """Show a spinner with a text; yields a function that changes the text."""
    with terminal_bar(doing, spinner=True) as update:
        yield lambda text: update(description=plain(text))
