"""Commands that end early, by a signal or for lack of memory."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Ended(KeyboardInterrupt):
    """The command ends because of a signal; it cleans up as after Ctrl+C.

    Attributes:
        number: the signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_received: Final[list[KeyboardInterrupt]] = []
"""What was raised for the signals that have come, the first one first."""


@contextmanager
def ending_by_signals() -> Iterator[None]:
    """Raise `Ended` in the body on a signal that ends the process, as when its terminal closes.

    On Ctrl+C, `KeyboardInterrupt` is raised, as by Python itself. On other signals Python would end
    at once and leave unfinished files. A signal that the caller made ignored, as `nohup` does,
    stays ignored.

    Libraries may catch what is raised in the middle of their work, or raise another error instead:
    at its end, the body is ended by the signal still.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]

    def end(number: int, _frame: FrameType | None) -> None:
        # Closing a terminal sends two signals: the second one must not interrupt the cleaning up.
        for other in taken:
            signal.signal(other, signal.SIG_IGN)
        _received.append(Ended(number))
        raise _received[-1]

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _received.append(KeyboardInterrupt())
        raise _received[-1]

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    for number in taken:
        signal.signal(number, end)
    try:
        yield
        check_not_ended()
    except Exception as error:
        if not _received:
            raise
        raise _received[0] from error
    finally:
        _received.clear()
        if before is signal.default_int_handler:
            signal.signal(signal.SIGINT, before)
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def check_not_ended() -> None:
    """Raise an exception once more if a library caught the one that was raised on a signal."""
    if _received:
        raise _received[0]


def exit_code(reason: KeyboardInterrupt) -> int:
    """The exit code of an interrupted command: 128 and the signal's number, as in shells."""
    return 128 + (reason.number if isinstance(reason, Ended) else int(signal.SIGINT))


def words_for(reason: KeyboardInterrupt) -> str:
    """The message of an interrupted command, with the notes that were added to the exception."""
    words = "interrupted"
    if isinstance(reason, Ended):
        words = f"ended by {signal.Signals(reason.number).name}"
    return " ".join([words, *getattr(reason, "__notes__", ())])
