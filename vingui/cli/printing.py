"""Everything that the command line prints, and its JSON.

Names of files and their contents may come from anywhere, so characters that would control the
terminal are escaped here.
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
    """Print lines of the answer; to standard error if standard output is for JSON."""
    json_only = getattr(options, "json", None) == STANDARD_OUTPUT
    for line in lines:
        # Flushed, so that a reader of a pipe follows, and a closed pipe is noticed.
        print(printable(line), file=sys.stderr if json_only else sys.stdout, flush=True)


def note(*lines: str) -> None:
    """Print remarks to standard error."""
    complain(*(f"note: {line}" for line in lines))


def complain(*lines: str) -> None:
    """Print lines to standard error."""
    for line in lines:
        print(printable(line), file=sys.stderr)


def print_refused(command: str, reasons: Sequence[str], noun: str = "file") -> int:
    """Print, at the end of a command, what it could not read or do.

    Returns:
        The exit code, if nothing else failed.
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
    """Write a JSON object with a list that is too long to keep in memory, record by record.

    Yields a function that writes a record of the list.

    Args:
        target: a file, `-` for standard output, or `None` for neither.
        head: the object's entries before the list.
        key: the list's key.
        tail: makes the object's entries after the list, at the end.
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
