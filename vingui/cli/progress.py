"""Progress on standard error, if that is a terminal."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from vingui.core.files import printable

Item = TypeVar("Item")


def progress(items: Iterable[Item], *, total: int, doing: str) -> Iterator[Item]:
    """The items, while a bar shows how many are done."""
    with counting(doing) as report:
        for done, item in enumerate(items):
            report(done, total)
            yield item


@contextmanager
def counting(doing: str) -> Iterator[Callable[[float, float], None]]:
    """Show a bar; yields a function that takes how much is done, and how much there is."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(
        console=console,
        transient=True,
        disable=not console.is_terminal,
        # Lines that are printed to the same terminal go above the bar.
        redirect_stdout=os.isatty(1),
    ) as bars:
        task = bars.add_task(escape(printable(doing)), total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


@contextmanager
def status(doing: str) -> Iterator[Callable[[str], None]]:
    """Show a spinner with a text; yields a function that changes the text."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(escape(printable(doing))) as spinner:
        yield lambda text: spinner.update(escape(printable(text)))
