"""Progress on standard error, if that is a terminal."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from vingui.api.progress import plain, terminal_bar
from vingui.cli.interruption import check_not_ended

Item = TypeVar("Item")


def progress(items: Iterable[Item], *, total: int, doing: str) -> Iterator[Item]:
    """The items, while a bar shows how many are done."""
    with counting(doing) as on_progress:
        for done, item in enumerate(items):
            on_progress(done, total)
            yield item


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
