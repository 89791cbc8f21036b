"""Checks of options, which come from the window, the command line or a recipe."""

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar, Final, Self, get_type_hints

from vingui.core.errors import VinguiError
from vingui.core.files import brief, name_of
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
        bounds: the bounds of each number and each text, by the name of the field.
    """
    for name, kind, is_optional in _kinds(type(options)):
        value = getattr(options, name)
        if value is None and is_optional:
            continue
        is_switch = isinstance(value, bool)
        accepted = (int, float) if kind is float else kind
        if is_switch != (kind is bool) or not isinstance(value, accepted):
            raise VinguiError(f"{name} must be {_KINDS[kind]}, not {brief(value)}")
        if not is_switch:
            _check_bounds(name, value, bounds[name])


def _check_bounds(name: str, value: Any, bounds: Bounds) -> None:
    if isinstance(bounds, int):
        if len(value) > bounds:
            raise VinguiError(
                f"{name} must be a text of at most {counted(bounds, 'character')}, "
                f"not {brief(value)}"
            )
    elif isinstance(value, str):
        if value not in bounds:
            choices = ", ".join(map(str, bounds))
            raise VinguiError(f"{name} must be one of {choices}, not {brief(value)}")
    elif not bounds[0] <= value <= bounds[1]:
        low, high = (f"{bound:,}" if isinstance(bound, int) else f"{bound:zg}" for bound in bounds)
        raise VinguiError(f"{name} must be from {low} to {high}, not {brief(value)}")


def _kinds(options: Any) -> list[tuple[str, Any, bool]]:
    """The name and the type of each field to check, and whether it may be `None`."""
    found, hints = [], get_type_hints(options)
    for field in fields(options):
        kinds = getattr(hints[field.name], "__args__", (hints[field.name],))
        if kinds[0] in _KINDS:
            found.append((field.name, kinds[0], type(None) in kinds))
    return found


def checked_suffix(path: Path, suffixes: tuple[str, ...], subject: str) -> str:
    """A file's suffix in lower case, if it is one of `suffixes`.

    Raises:
        VinguiError: the suffix is none of `suffixes`.
    """
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        raise VinguiError(
            f"{name_of(path)}: The name of a {subject} must end in {', '.join(suffixes[:-1])} "
            f"or {suffixes[-1]}"
        )
    return suffix


class Options:
    """Base class of options: dataclasses that can be written as records.

    Attributes:
        subject: what the options are for, for messages.
    """

    subject: ClassVar[str]

    def record(self) -> dict[str, Any]:
        """The options as JSON can hold them."""
        return {name: getattr(self, name) for name in self._names()}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Self:
        """The options that `record` returned as a record; missing ones are the defaults.

        Raises:
            VinguiError: it is not a mapping, has an unknown option, or a value is out of range.
        """
        if not isinstance(record, Mapping):
            raise VinguiError(
                f"The options of a {cls.subject} must be names and values, not {brief(record)}"
            )
        return cls.named({name: cls._read(name, value) for name, value in record.items()})

    @classmethod
    def named(cls, given: Mapping[str, Any]) -> Self:
        """The options of these names and values.

        Raises:
            VinguiError: there is no such option, or a value is out of range.
        """
        unknown = sorted(given.keys() - set(cls._names()), key=str)
        if unknown:
            alike = get_close_matches(str(unknown[0]), cls._names(), 1)
            meant = f"; do you mean {alike[0]}?" if alike else ""
            raise VinguiError(f"A {cls.subject} has no option {brief(unknown[0])}{meant}")
        return cls(**given)

    @classmethod
    def _names(cls) -> list[str]:
        made: Any = cls
        return [field.name for field in fields(made)]

    @classmethod
    def _read(cls, name: str, value: Any) -> Any:
        """The value of an option, given as it is in a record."""
        return value
