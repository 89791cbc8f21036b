"""`vingui convert`: from one file format to another."""

import argparse
from pathlib import Path
from typing import Any

from vingui.cli.common import add_command, note
from vingui.cli.reading import add_reading_arguments, read_options
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import (
    FORMATS,
    format_to_write,
    read_dataset,
    write_dataset,
)
from vingui.core.words import counted

_EXAMPLES = """
vingui convert office.png office.json
vingui convert gridworld_28_test.mat maps.npz
vingui convert gridworld_28_test.mat one.json --index 7
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
    parser.add_argument("source", metavar="IN", type=Path, help="a file, or a folder of maps")
    parser.add_argument("out", metavar="OUT", type=Path, help="the file to write")
    parser.add_argument(
        "--index", metavar="N", type=int, help="only this map of a data set, from 0"
    )
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    target = format_to_write(options.out)
    dataset = read_dataset(options.source, read_options(options))
    if options.index is not None:
        if not 0 <= options.index < len(dataset.maps):
            raise VinguiError(
                f"Expected --index from 0 to {len(dataset.maps) - 1}, received {options.index}"
            )
        dataset = DataSet(dataset.name, (dataset.maps[options.index],), dataset.notes)
    note(*dataset.notes)
    note(*(f"{options.out.name}: {loss}" for loss in target.losses(dataset.maps)))
    write_dataset(options.out, dataset)
    print(f"wrote {counted(len(dataset.maps), 'map')} to {options.out}")
    return 0
