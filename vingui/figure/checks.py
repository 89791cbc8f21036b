"""Checks of options, which come from the window, the command line or a recipe."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, get_type_hints

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.phrases import counted

Bounds = tuple[float, float] | tuple[str, ...] | int
"""The least and the greatest number, the choices of a text, or its greatest length."""

_KINDS: Final[dict[Any, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
}


def check_options(options: Any, bounds: Mapping[str, Bounds]) -> None:
    """Raise `VinguiError` unless options have the types of their fields and are within bounds.

    Args:
        options: a dataclass. Only switches, numbers and texts are checked.
        bounds: of each number and each text, by the names of their fields.
    """
    for name, kind, is_optional in _kinds(type(options)):
        value = getattr(options, name)
        if value is None and is_optional:
            continue
        is_switch = isinstance(value, bool)
        accepted = (int, float) if kind is float else kind
        if is_switch != (kind is bool) or not isinstance(value, accepted):
            raise VinguiError(f"{name} has to be {_KINDS[kind]}, not {brief(value)}")
        if not is_switch:
            _check_bounds(name, value, bounds[name])


def _check_bounds(name: str, value: Any, bounds: Bounds) -> None:
    if isinstance(bounds, int):
        if len(value) > bounds:
            raise VinguiError(
                f"{name} has to be a text of at most {counted(bounds, 'character')}, "
                f"not {brief(value)}"
            )
    elif isinstance(value, str):
        if value not in bounds:
            choices = ", ".join(map(str, bounds))
            raise VinguiError(f"{name} has to be one of {choices}, not {brief(value)}")
    elif not bounds[0] <= value <= bounds[1]:
        low, high = (f"{one:,}" if isinstance(one, int) else f"{one:zg}" for one in bounds)
        raise VinguiError(f"{name} has to be from {low} to {high}, not {brief(value)}")


def _kinds(options: Any) -> list[tuple[str, Any, bool]]:
    """Return the name and the type of each field to check, and whether it may be `None`."""
    found = []
    for name, hint in get_type_hints(options).items():
        kinds = getattr(hint, "__args__", (hint,))
        if kinds[0] in _KINDS:
            found.append((name, kinds[0], type(None) in kinds))
    return found


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
