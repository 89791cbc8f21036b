"""Checks of options, which come from the window, the command line or a recipe."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from vingui.core.errors import VinguiError
from vingui.core.files import brief


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raise `VinguiError` unless a value is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise VinguiError(f"{name} has to be a number, not {brief(value)}")
    if not low <= value <= high:
        raise VinguiError(f"{name} has to be from {low:zg} to {high:zg}, not {brief(value)}")


def check_whole(name: str, value: object, low: int, high: int) -> None:
    """Raise `VinguiError` unless a value is a whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise VinguiError(f"{name} has to be a whole number, not {brief(value)}")
    if not low <= value <= high:
        raise VinguiError(f"{name} has to be from {low:,} to {high:,}, not {brief(value)}")


def checked_record(record: object, kind: type[Any], what: str) -> dict[str, Any]:
    """Return a copy of a record of options.

    Args:
        record: what was read.
        kind: the dataclass whose fields it may name.
        what: what the options are for, for messages.

    Raises:
        VinguiError: it is no mapping, or names no field of `kind`.
    """
    if not isinstance(record, Mapping):
        raise VinguiError(f"These are no options of a {what}: {brief(record)}")
    unknown = sorted(record.keys() - {one.name for one in fields(kind)}, key=str)
    if unknown:
        raise VinguiError(f"A {what} has no option {brief(unknown[0])}")
    return dict(record)
