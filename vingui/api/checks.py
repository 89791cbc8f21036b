"""Checks of what is passed to the functions of this package.

Each raises `VinguiError` with a sentence that names the argument.
"""

import sys
from collections.abc import Iterable
from numbers import Real
from operator import index
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from vingui.core.errors import VinguiError
from vingui.core.files import brief


def checked_path(path: Any, name: str = "path") -> Path:
    """The path of a file or a folder."""
    if not isinstance(path, str | PathLike) or not isinstance(text := str(path), str) or not text:
        raise VinguiError(f"{name} must be the path of a file, not {brief(path)}")
    return Path(path)


def checked_whole(number: Any, name: str, low: int, high: int | None = None) -> int:
    """A whole number; numpy's are too."""
    try:
        whole = None if isinstance(number, bool | np.bool_) else index(number)
    except TypeError:
        whole = None
    if whole is None or whole < low or (high is not None and whole > high):
        bounds = f"of {low:,} or more" if high is None else f"from {low:,} to {high:,}"
        raise VinguiError(f"{name} must be a whole number {bounds}, not {brief(number)}")
    return whole


def checked_number(number: Any, name: str, low: float) -> float:
    """A finite number."""
    is_number = isinstance(number, Real) and not isinstance(number, bool | np.bool_)
    # Compared as it is, since a whole number may be too large for a float.
    if not is_number or not low <= number <= sys.float_info.max:
        raise VinguiError(f"{name} must be a number of {low:zg} or more, not {brief(number)}")
    return float(number)


def checked_text(text: Any, name: str) -> str:
    """A text."""
    if not isinstance(text, str):
        raise VinguiError(f"{name} must be a text, not {brief(text)}")
    return text


def checked_choice(choice: Any, name: str, choices: Iterable[str]) -> None:
    """One of several texts."""
    known = tuple(choices)
    if not isinstance(choice, str) or choice not in known:
        listed = ", ".join(f'"{one}"' for one in known)
        raise VinguiError(f"{name} must be one of {listed}, not {brief(choice)}")


def plain_values(given: dict[str, Any]) -> dict[str, Any]:
    """Named arguments with numpy's scalars as numbers of Python's."""
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in given.items()
    }
