"""Giving memory back to the system once it is not needed."""

import ctypes
import sys
from contextlib import suppress
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8

_LARGE: Final = 256 << 10
"""Bytes from which a block is the system's own, and goes back to it as soon as it is freed."""

_ARENAS: Final = 2
"""Heaps that the threads share."""


def return_freed_memory() -> None:
    """Keep the C library from holding on to the memory of large runs and pictures after them.

    glibc raises its idea of a large block up to 32 MiB as such are freed, and has a heap for each
    thread: small blocks that stay then keep hundreds of MiB of freed ones in the process.
    Elsewhere nothing is done. To be called before threads are started.
    """
    if sys.platform == "linux":
        # Without `mallopt` it is not glibc.
        with suppress(OSError, AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, _LARGE)
            mallopt(_M_ARENA_MAX, _ARENAS)
