"""Why a worker process has ended."""

import re
import signal
import sys
from dataclasses import dataclass
from typing import Final

from vingui.core.memory import free_memory_in_words, mentions_lack_of_memory

_TRACEBACK: Final = re.compile(r"^Traceback \(most recent call last\):", re.MULTILINE)
_LONGEST: Final = 200


@dataclass(frozen=True)
class ProcessEnd:
    """How a process ended.

    Attributes:
        cause: the end of a sentence that begins with what ended: "it ran out of memory".
        details: its last output, in several lines, for diagnosis.
        short_of_memory: whether it ran out of memory.
        killed: whether a signal from outside ended it.
    """

    cause: str
    details: str = ""
    short_of_memory: bool = False
    killed: bool = False

    @property
    def remedy(self) -> str:
        """What to do about it, as a sentence."""
        if self.short_of_memory:
            return "Close other programs, then start it again."
        if self.killed:
            return "Start it again."
        return "Start it again, or reinstall vingui."


def process_end(code: int, written: str) -> ProcessEnd:
    """Find out why a process ended.

    Since libraries also print unrelated output, only Python's tracebacks and messages that are
    specific to a lack of memory are used as the cause.

    Args:
        code: the exit code, or minus the number of the signal that ended it.
        written: the end of its standard error.
    """
    details = f"{_ending(code)}\n{written.strip()}".strip()
    if mentions_lack_of_memory(written):
        return ProcessEnd(_with_memory("it ran out of memory"), details, short_of_memory=True)
    if code < 0 and sys.platform != "win32":
        name = _signal_name(-code)
        if -code in _CRASHES:
            return ProcessEnd(f"it crashed ({name})", details)
        cause = f"it was killed by signal {-code} ({name})"
        if name == "SIGKILL":
            # Linux kills processes with this signal when memory is short, without a message.
            cause = _with_memory(cause)
        return ProcessEnd(cause, details, killed=True)
    if code and (error := _last_error(written)):
        return ProcessEnd(error, details)
    return ProcessEnd(_ending(code), details)


_CRASHES: Final = {
    number
    for name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE")
    if (number := getattr(signal, name, None)) is not None
}


def _with_memory(cause: str) -> str:
    words = free_memory_in_words()
    return f"{cause}; {words} now" if words else cause


def _ending(code: int) -> str:
    if code < 0 and sys.platform != "win32":
        return f"it ended with signal {-code} ({_signal_name(-code)})"
    return f"it ended with code {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _last_error(written: str) -> str:
    """The line of the last traceback that names the exception."""
    found = list(_TRACEBACK.finditer(written))
    if not found:
        return ""
    lines = written[found[-1].end() :].splitlines()
    line = next((line for line in lines if line and not line[0].isspace()), "")
    text = "".join(char for char in line.strip() if char.isprintable())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
