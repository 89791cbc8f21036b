"""Commands that end before they are done: by a signal, or for want of memory."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from vingui.core.memory import free_memory_in_words

_REMEDY: Final = (
    "Close other programs, or take a smaller map, fewer iterations or a smaller picture."
)

_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Ended(KeyboardInterrupt):
    """A signal has ended the command. As with Ctrl+C, what is half done is tidied up.

    Attributes:
        number: the signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def ending_by_signals() -> Iterator[None]:
    """Raise `Ended` in the body on a signal that ends the process, as when its terminal closes.

    By default Python would end at once, and leave half-written files. A signal that the caller
    had ignored, as `nohup` does, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]

    def end(number: int, _frame: FrameType | None) -> None:
        # Closing a terminal sends two: the second must not break off the tidying up.
        for other in taken:
            signal.signal(other, signal.SIG_IGN)
        raise Ended(number)

    for number in taken:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def exit_code(reason: KeyboardInterrupt) -> int:
    """128 and the signal's number, as shells have it."""
    return 128 + (reason.number if isinstance(reason, Ended) else int(signal.SIGINT))


def words_for(reason: KeyboardInterrupt) -> str:
    """What to say of an end before the time."""
    if isinstance(reason, Ended):
        return f"ended by {signal.Signals(reason.number).name}"
    return "interrupted"


def too_little_memory() -> str:
    """What to say where memory is short."""
    free = free_memory_in_words()
    return f"There is not enough memory for this{f': {free}' if free else ''}. {_REMEDY}"
