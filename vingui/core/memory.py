"""How much memory is available."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError

_WORDS: Final = re.compile(
    r"bad_alloc|MemoryError|Cannot allocate memory|failed to map segment|ResourceExhausted"
    r"|out of memory|OOM when allocating|Memory allocation (still )?failed",
    re.IGNORECASE,
)

_REMEDY: Final = (
    "Close other programs, or take a smaller map, fewer iterations or a smaller picture."
)


def mentions_lack_of_memory(text: str) -> bool:
    """Whether a text contains what libraries or the system's loader print when memory runs out."""
    return _WORDS.search(text) is not None


def is_short_of_memory(error: BaseException) -> bool:
    """Whether an exception, or one of its causes, was raised because memory is short."""
    known: BaseException | None = error
    while known is not None:
        if isinstance(known, MemoryError) or getattr(known, "errno", None) == errno.ENOMEM:
            return True
        # C++ libraries raise other types: TensorFlow's errors, or those of failed imports.
        if mentions_lack_of_memory(f"{type(known).__name__}: {known}"):
            return True
        known = known.__cause__
    return False


def free_memory() -> int | None:
    """Bytes that this process can still allocate; `None` where that is not known."""
    known = [free for free in (_of_machine(), _of_limit()) if free is not None]
    return max(min(known), 0) if known else None


def free_memory_in_words() -> str:
    """A clause for messages, "1.2 GiB of memory are free"; empty where it is not known."""
    free = free_memory()
    if free is None:
        return ""
    size = f"{free / 2**30:z.1f} GiB" if free >= 2**30 else f"{free / 2**20:z.0f} MiB"
    return f"{size} of memory are free"


@contextmanager
def naming_short_memory() -> Iterator[None]:
    """Raise `VinguiError` in place of any exception that means that memory is short."""
    try:
        yield
    except VinguiError:
        raise
    except Exception as error:
        if not is_short_of_memory(error):
            raise
        free = free_memory_in_words()
        raise VinguiError(
            f"There is not enough memory for this{f': {free}' if free else ''}. {_REMEDY}"
        ) from error


def _of_machine() -> int | None:
    with suppress(OSError, ValueError, IndexError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return 1024 * int(
            next(line for line in lines if line.startswith("MemAvailable:")).split()[1]
        )
    return None


def _of_limit() -> int | None:
    """What `ulimit -v` leaves."""
    with suppress(ImportError, OSError, ValueError, IndexError):
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            return most - pages * resource.getpagesize()
    return None
