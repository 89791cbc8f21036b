"""Progress on standard error, if that is a terminal."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from vingui.cli.interruption import check_not_ended
from vingui.core.files import printable

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
    with _bar(doing) as update:

        def on_progress(done: float, total: float) -> None:
            check_not_ended()
            update(completed=done, total=total)

        yield on_progress


@contextmanager
def status(doing: str) -> Iterator[Callable[[str], None]]:
    """Show a spinner with a text; yields a function that changes the text."""
    with _bar(doing, spinner=True) as update:
        yield lambda text: update(description=_plain(text))


@contextmanager
def _bar(doing: str, *, spinner: bool = False) -> Iterator[Callable[..., None]]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), "{task.description}") if spinner else Progress.get_default_columns()
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        # Lines that are printed to the same terminal go above the bar.
        redirect_stdout=os.isatty(1),
    ) as bars:
        yield partial(bars.update, bars.add_task(_plain(doing), total=None))


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(printable(text))
