"""`vingui convert`: from one file format to another."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vingui.cli.common import (
    add_command,
    check_holds,
    check_target,
    files_in_words,
    write_apart,
)
from vingui.cli.file_arguments import add_index_argument, add_reading_arguments, read_options
from vingui.cli.name_patterns import check_pattern, filled, is_pattern, names_of
from vingui.cli.printing import name_refused, note, say
from vingui.cli.streams import read_maps
from vingui.core.errors import VinguiError
from vingui.core.files import naming, shown
from vingui.core.formats import (
    FORMATS,
    format_to_write,
    write_dataset,
)
from vingui.core.phrases import counted

_PLACEHOLDERS = ("name", "folder", "index")
_EXAMPLES = """
vingui convert office.png office.json
vingui convert gridworld_28_test.mat maps.npz
vingui convert gridworld_28_test.mat one.json --index 7
vingui convert maps.npz 'maps/{index}.json' --index 0-9
vingui convert arena.map arena.txt
vingui convert floor-plan.jpg office.json --longest 200 --crop 0,40,1200x900
vingui convert arena.yaml arena.json --unknown free --cell 4
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "convert",
        about="convert maps and data sets",
        description="Read a map or data set and write it in the format that OUT's suffix names."
        "\n\nread and written:\n"
        + "\n".join(
            f"  {row.title:<46} {' '.join(row.suffixes)}{'' if row.write else '   (read only)'}"
            for row in FORMATS
        ),
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "source", metavar="IN", type=Path, help="a file, a folder of maps, or - for standard input"
    )
    parser.add_argument(
        "out",
        metavar="OUT",
        type=Path,
        help="the file to write; with {index} in its name a file for each map; {name} and {folder} "
        "stand for those of IN",
    )
    add_index_argument(parser, without="all")
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    out: Path = options.out
    target = format_to_write(out)
    apart = is_pattern(str(out))
    if apart:
        check_pattern(str(out), known=_PLACEHOLDERS)
    else:
        check_target(str(out))
    dataset = read_maps(options.source, read_options(options))
    chosen: Sequence[int] = range(len(dataset.maps))
    # All of a million maps are not made one by one.
    if options.index is not None and options.index.ranges:
        with naming(options.source):
            chosen = options.index.of(len(dataset.maps))
        taken = tuple(dataset.maps[index] for index in chosen)
        dataset = replace(dataset, maps=taken, labels=())
    if apart and len(chosen) > 1:
        check_pattern(str(out), needed=("index",), known=_PLACEHOLDERS)
    elif not apart:
        check_holds(out, len(chosen))
    note(*dataset.notes)
    note(*(f"{out.name}: {loss}" for loss in target.losses(dataset.maps)))
    written = str(out)
    if apart:
        _check_apart(options.source, out, chosen)
        names = names_of(options.source)
        write_apart(written, names, zip(chosen, dataset.maps, strict=True), len(chosen))
        written = files_in_words(written, names, chosen)
    else:
        write_dataset(out, dataset)
    say(options, f"wrote {counted(len(dataset.maps), 'map')} to {written}")
    return name_refused("convert", dataset.refused)


def _check_apart(source: Path, pattern: Path, chosen: Sequence[int]) -> None:
    """Raise `VinguiError` where a map would be written over its set: before any work."""
    own = os.path.realpath(source)
    for index in chosen:
        out = filled(str(pattern), {**names_of(source), "index": index})
        if os.path.realpath(out) == own:
            raise VinguiError(
                f"{shown(out)}: This would overwrite the set that is read. Choose another name"
            )
