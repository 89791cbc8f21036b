"""All that the command line prints.

Names of files, of what is in them, and what they hold may come from anywhere: whatever in them
would control a terminal is escaped here, on the way out.
"""

import argparse
import sys
from collections.abc import Sequence

from vingui.core.files import printable
from vingui.core.phrases import counted

STANDARD_OUTPUT = "-"


def say(options: argparse.Namespace, *lines: str) -> None:
    """Print lines for people: to standard error where standard output is for machines."""
    machine = getattr(options, "json", None) == STANDARD_OUTPUT
    for line in lines:
        # At once, for whoever follows many maps through a pipe, and to notice that nobody does.
        print(printable(line), file=sys.stderr if machine else sys.stdout, flush=True)


def note(*lines: str) -> None:
    """Print remarks that are not the answer."""
    complain(*(f"note: {line}" for line in lines))


def complain(*lines: str) -> None:
    """Print lines to standard error."""
    for line in lines:
        print(printable(line), file=sys.stderr)


def name_refused(command: str, reasons: Sequence[str], noun: str = "file") -> int:
    """Name what could not be read or done at the end of a command that went on without.

    Args:
        command: its name.
        reasons: why, a line each that begins with the name of the file.
        noun: what they are.

    Returns:
        The exit code of the command where all else went well.
    """
    if not reasons:
        return 0
    complain(f"vingui {command}: {counted(len(reasons), noun)} refused:")
    complain(*(f"  {reason}" for reason in reasons))
    return 2
