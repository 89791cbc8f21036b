"""Compilation of loops over arrays to machine code."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, NoReturn, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
T = TypeVar("T")


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """Compile a function with Numba when it is first called.

    The machine code is cached beside the module, or else in the user's cache folder. If neither
    can be written to or read, as on a full disk, it is compiled anew in each process.
    """
    try:
        made: Any = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        made = numba.njit(nogil=True)(function)
    else:
        # Numba itself would let the call fail.
        made._cache.save_overload = _or_none(made._cache.save_overload)
        made._cache.load_overload = _or_none(made._cache.load_overload)
    result: Callable[P, T] = made
    return result


@cache
def _import_numba_without_scipy() -> None:
    """Have Numba import its arrays, but not look for scipy's BLAS, which takes a fifth of a second.

    No product of matrices is compiled here. Numba finds the BLAS later, where one is.
    """
    from numba.np import linalg

    def missing() -> NoReturn:
        raise ImportError

    ensure_blas: Any = getattr(linalg, "ensure_blas", None)
    linalg.ensure_blas = missing
    try:
        import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ensure_blas


def _or_none(use_cache: Callable[..., Any]) -> Callable[..., Any]:
    def attempt(*arguments: Any) -> Any:
        _import_numba_without_scipy()
        # Unpickling a damaged file may raise anything.
        with suppress(Exception):
            return use_cache(*arguments)
        return None

    return attempt
