"""`vingui reproduce`: make a file again from the recipe in it, and compare."""

import argparse
from pathlib import Path
from typing import Any, Final

from vingui.api.reproducing import reproduce
from vingui.cli.arguments import add_command
from vingui.cli.printing import note, say
from vingui.cli.progress import counting
from vingui.core.files import name_of

_EXAMPLES: Final = """
vingui reproduce spiral.png
vingui reproduce talk/cave.mp4 --out cave.mp4
vingui reproduce figure-3.pdf --model my-own.keras
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "reproduce",
        "FILE",
        description="Make a file again that vingui wrote, and compare both. Figures, films, data "
        "and screenshots hold\na recipe: the map, the model's checksum and all options. Exit code "
        "0 if both are the same, pixel\nfor pixel, else 1.",
        examples=_EXAMPLES,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a file that vingui wrote")
    parser.add_argument(
        "--model",
        metavar="NAME|FILE",
        help="the model's file, if it is not a shipped model",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="the file to write (default: FILE's name with -again, in the current folder)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    with counting(f"Making {name_of(options.file)} again") as on_progress:
        made = reproduce(
            options.file,
            options.out,
            model=options.model,
            on_note=note,
            on_progress=on_progress,
        )
    say(options, f"{made.path}: {made.words}")
    return 0 if made.same else 1
