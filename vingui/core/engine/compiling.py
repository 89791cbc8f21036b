"""Compilation of loops over arrays to machine code."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
T = TypeVar("T")


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """Compile a function with Numba when it is first called.

    The machine code is cached beside the module, or else in the user's cache folder. If neither
    can be written to, it is compiled anew in each process.
    """
    try:
        made: Callable[P, T] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        made = numba.njit(nogil=True)(function)
    return made
