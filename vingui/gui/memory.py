"""Settings of the C library, so that freed memory is returned to the system."""

import ctypes
import sys
from contextlib import suppress
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8

_LARGE: Final = 256 << 10
"""Bytes. Blocks of this size or more are returned to the system as soon as they are freed."""

_ARENAS: Final = 2
"""The number of heaps that all threads share."""


def return_freed_memory() -> None:
    """Make glibc return the memory of large runs and pictures once they are freed.

    By default, glibc raises its threshold for large blocks up to 32 MiB as such blocks are freed,
    and uses one heap per thread, so that a few small blocks can keep hundreds of MiB of freed
    memory in the process. On other systems this does nothing. Call it before starting threads.
    """
    if sys.platform == "linux":
        # Other C libraries have no `mallopt`.
        with suppress(OSError, AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, _LARGE)
            mallopt(_M_ARENA_MAX, _ARENAS)
