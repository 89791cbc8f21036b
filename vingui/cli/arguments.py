"""Parsers of commands, and the types of their arguments: numbers, cells and sizes."""

import argparse
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vingui.core.files import brief

if TYPE_CHECKING:
    from vingui.core.grid import Cell


def add_command(
    commands: Any, name: str, usage: str, *, description: str, examples: str
) -> argparse.ArgumentParser:
    """Add a command whose help shows its positional arguments as `usage`, and ends in examples."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        usage=f"vingui {name} {usage} [OPTION ...]".replace("  ", " "),
        description=description,
        epilog="examples:\n" + "\n".join(f"  {line}" for line in examples.strip().splitlines()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def whole_number(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, like 12, not {text!r}") from None


def whole_number_from(least: int, most: int | None = None) -> Callable[[str], int]:
    """The argument type of a whole number within bounds."""

    def convert(text: str) -> int:
        number = whole_number(text)
        if number < least or (most is not None and number > most):
            bounds = f"of {least} or more" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"must be a whole number {bounds}, not {number}")
        return number

    return convert


def ranges(text: str, more: str = "") -> tuple[range, ...]:
    """Whole numbers from 0 as `N`, `A-B`, or a list of these separated by commas.

    Args:
        text: the text.
        more: what else is possible, for the message.
    """
    found = []
    for part in text.split(","):
        ends = re.fullmatch(r"\s*([0-9]{1,9})(?:-([0-9]{1,9}))?\s*", part)
        first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (0, -1)
        if first > last:
            raise argparse.ArgumentTypeError(
                f"must be a number from 0, a range like 0-99, a list like 0,5,7-9{more}, "
                f"not {brief(text)}"
            )
        found.append(range(first, last + 1))
    return tuple(found)


def decimal_number(text: str) -> float:
    """A number with a decimal point; a comma would separate two numbers, as in "-40,0"."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be a number with a decimal point, like 1.5, not {text!r}"
        ) from None


def cell(text: str) -> "Cell":
    """A cell as `ROW,COL`."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*,\s*(\d{1,6})\s*", text)
    if not found:
        raise argparse.ArgumentTypeError(f"must be ROW,COL from 0, like 3,12, not {text!r}")
    return int(found[1]), int(found[2])


def goal(text: str) -> "tuple[Cell, float]":
    """A goal as `ROW,COL`, or as `ROW,COL=VALUE`; without a value it is worth 0."""
    place, equals, value = text.partition("=")
    return cell(place), decimal_number(value) if equals else 0.0


def size(text: str) -> tuple[int, int]:
    """Rows and columns as `ROWSxCOLS`, or one number for a square."""
    found = re.fullmatch(r"(\d{1,6})(?:x(\d{1,6}))?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"must be ROWSxCOLS, like 28x40, not {text!r}")
    return int(found[1]), int(found[2] or found[1])


def iterations(text: str) -> int | str:
    """K, or `auto`."""
    if text == "auto":
        return text
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f'must be a whole number from 1 to 999999999, or "auto", not {text!r}'
        )
    return int(text)
