"""Printing to the terminal, and writing JSON.

File names and the contents of files may come from anywhere, so control characters are escaped here.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from vingui.core.files import printable, replacing
from vingui.core.phrases import counted

STANDARD_OUTPUT = "-"


def say(options: argparse.Namespace, *lines: str) -> None:
    """Print lines of the answer; to standard error if standard output is for JSON or a table."""
    data_only = STANDARD_OUTPUT in (getattr(options, "json", None), getattr(options, "csv", None))
    for line in lines:
        # Flushed, so that the reader of a pipe sees it at once, and a closed pipe is noticed.
        print(printable(line), file=sys.stderr if data_only else sys.stdout, flush=True)


def note(*lines: str) -> None:
    """Print remarks to standard error."""
    complain(*(f"note: {line}" for line in lines))


def complain(*lines: str) -> None:
    """Print lines to standard error."""
    for line in lines:
        print(printable(line), file=sys.stderr)


def print_refused(command: str, reasons: Sequence[str], noun: str = "file") -> int:
    """Print the files or maps that a command refused, at its end.

    Returns:
        The exit code for them: 2 if there are any, else 0.
    """
    if not reasons:
        return 0
    complain(f"vingui {command}: {counted(len(reasons), noun)} refused:")
    complain(*(f"  {reason}" for reason in reasons))
    return 2


@contextmanager
def output(target: str) -> Iterator[IO[str]]:
    """Open a text file that is written whole or not at all, or standard output for `-`.

    Raises:
        VinguiError: it cannot be written.
    """
    if target == STANDARD_OUTPUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    with replacing(Path(target)) as temporary, temporary.open("w", encoding="utf-8") as file:
        yield file


def write_json(target: str, content: Mapping[str, Any]) -> None:
    """Write a JSON object to a file, whole or not at all, or to standard output for `-`."""
    with output(target) as file:
        file.write(json.dumps(content, indent=2, allow_nan=False) + "\n")


@contextmanager
def json_records(
    target: str | None, head: Mapping[str, Any], key: str, tail: Callable[[], Mapping[str, Any]]
) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Write a JSON object with a list that may be too long for memory, record by record.

    Yields a function that writes one record of the list.

    Args:
        target: a file, `-` for standard output, or `None` for neither.
        head: the object's entries before the list.
        key: the list's key.
        tail: called at the end, returns the object's entries after the list.
    """
    if target is None:
        yield lambda _: None
        return
    with output(target) as file:
        file.write(json.dumps({**head, key: []}, allow_nan=False).removesuffix("]}"))
        separator = "\n"

        def write(record: Mapping[str, Any]) -> None:
            nonlocal separator
            file.write(separator + json.dumps(record, allow_nan=False))
            separator = ",\n"

        yield write
        file.write("\n],\n" + json.dumps(tail(), allow_nan=False).removeprefix("{") + "\n")
