"""Checks of options, whether chosen in the window, typed, or read from a recipe."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from vingui.core.errors import VinguiError
from vingui.core.files import brief


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raise `VinguiError` unless a value is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise VinguiError(f"Expected {name} to be a number, received {brief(value)}")
    if not low <= value <= high:
        raise VinguiError(f"Expected {name} from {low:zg} to {high:zg}, received {brief(value)}")


def check_whole(name: str, value: object, low: int, high: int | None = None) -> None:
    """Raise `VinguiError` unless a value is a whole number of `low` or more, at most `high`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise VinguiError(f"Expected {name} to be a whole number, received {brief(value)}")
    if value < low or (high is not None and value > high):
        to = "" if high is None else f" to {high}"
        raise VinguiError(f"Expected {name} from {low}{to}, received {brief(value)}")


def checked_record(record: object, kind: type[Any], what: str) -> dict[str, Any]:
    """A copy of a record of options.

    Args:
        record: what may be one.
        kind: the dataclass whose fields it may name.
        what: what the options are about, for messages.

    Raises:
        VinguiError: it is no mapping, or has a name that is no field's.
    """
    if not isinstance(record, Mapping):
        raise VinguiError(f"Expected the options of a {what}, received {brief(record)}")
    unknown = sorted(record.keys() - {one.name for one in fields(kind)}, key=str)
    if unknown:
        raise VinguiError(f"Expected options of a {what}, received {brief(unknown[0])}")
    return dict(record)
