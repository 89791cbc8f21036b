"""`vingui convert`: convert maps from one file format to another."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from vingui.api.converting import (
    PLACEHOLDERS,
    check_map_count,
    chosen,
    write_maps,
    written_names,
)
from vingui.cli.arguments import add_command
from vingui.cli.batch_arguments import add_resume_argument, counting_maps
from vingui.cli.file_arguments import (
    MAPS_HELP,
    add_index_argument,
    add_reading_arguments,
    read_options,
)
from vingui.cli.map_output import check_map_output
from vingui.cli.name_patterns import placeholder_values
from vingui.cli.printing import note, print_refused, say
from vingui.cli.streams import read_maps
from vingui.core.errors import VinguiError
from vingui.core.files import name_of, naming
from vingui.core.formats import FORMATS
from vingui.core.name_patterns import filled, is_pattern, unfinished
from vingui.core.phrases import counted

_EXAMPLES: Final = """
vingui convert office.png office.json
vingui convert gridworld_28_test.mat maps.npz
vingui convert gridworld_28_test.mat one.json --index 7
vingui convert maps.npz 'maps/{index}.json' --index 0-9
vingui convert arena.map arena.txt
vingui convert floor-plan.jpg office.json --longest 200 --crop 0,40,1200x900
vingui convert costs.png costs.json --levels 10 --costs 1,10 --threshold 20
vingui convert heights.png hills.json --elevation 236,1076 --resolution 75
vingui convert arena.yaml arena.json --unknown free --cell 4
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "convert",
        "IN OUT",
        description="Read maps and write them in the format that the suffix of OUT names."
        "\n\nformats:\n"
        + "\n".join(
            f"  {row.title:<46} {' '.join(row.suffixes)}{'' if row.write else '   (read only)'}"
            for row in FORMATS.values()
        ),
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "source",
        metavar="IN",
        type=Path,
        help=MAPS_HELP,
    )
    parser.add_argument(
        "out",
        metavar="OUT",
        type=Path,
        help="the file to write; {index} in its name gives each map a file, {name} and {folder} "
        "stand for those of IN",
    )
    add_index_argument(parser, default="all")
    add_resume_argument(
        parser.add_argument_group(
            "many maps",
            "Maps are written by one process: the disk takes most of the time, and more processes "
            "would wait for it\ntoo.",
        ),
        beside="the files",
    )
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    source, out = options.source, options.out
    check_map_output(out, known=PLACEHOLDERS)
    dataset = read_maps(source, read_options(options))
    indices: Sequence[int] = range(len(dataset.maps))
    # Without --index, the maps of a large set are made one at a time while they are written.
    if options.index is not None and options.index.ranges:
        with naming(source):
            indices = options.index.of(len(dataset.maps))
        dataset = chosen(dataset, indices)
    check_map_count(out, len(indices))
    names, log = placeholder_values(source), None
    if is_pattern(str(out)):
        _check_not_source(source, str(out), ({**names, "index": index} for index in indices))
        log = unfinished(str(out))
    note(*dataset.notes)
    with counting_maps("Writing", log) as on_progress:
        losses = write_maps(
            out,
            dataset,
            indices=indices,
            names=names,
            log=log,
            resume=options.resume,
            on_progress=on_progress,
        )
    note(*losses)
    written = written_names(out, indices, names=names)
    say(options, f"wrote {counted(len(indices), 'map')} to {written}")
    return print_refused("convert", dataset.refused)


def _check_not_source(source: Path, pattern: str, values: Any) -> None:
    real_source = os.path.realpath(source)
    if any(os.path.realpath(filled(pattern, known)) == real_source for known in values):
        raise VinguiError(
            f"{name_of(source)}: This would overwrite the set that is read. Choose another name"
        )
