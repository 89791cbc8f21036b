"""`vingui generate`: make random maps."""

import argparse
from pathlib import Path
from typing import Any

from vingui.cli.common import (
    add_command,
    check_holds,
    check_target,
    files_in_words,
    size,
    write_apart,
)
from vingui.cli.name_patterns import check_pattern, is_pattern
from vingui.cli.printing import note, say
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import format_to_write, write_dataset
from vingui.core.formats.base import MAX_ARRAY_BYTES, MAX_MAPS
from vingui.core.generate import KINDS, MOST_STARTS, Kind, Parameter, generate_many
from vingui.core.phrases import counted

_EXAMPLES = """
vingui generate maze --size 51x51 --count 100 --seed 7 mazes.npz
vingui generate obstacles --size 28 --count 1000 fields.npz
vingui generate caves --size 128x96 --density 0.46 cave.json
vingui generate maze --size 21 --count 10 'mazes/{index}.json'
"""


def add_parser(commands: Any) -> None:
    """Add the command, with a command of its own for each kind of map."""
    parser = add_command(
        commands,
        "generate",
        about="make random maps",
        description="Make random maps, each with a goal and a start that reaches it, far from it. "
        "The same seed\ngives the same maps.\n\n"
        + "\n".join(f"  {kind.name:<12}{kind.about}" for kind in KINDS.values())
        + '\n\n"vingui generate KIND --help" shows what can be set.',
        examples=_EXAMPLES,
    )
    kinds = parser.add_subparsers(
        dest="kind", metavar="KIND", required=True, help=argparse.SUPPRESS
    )
    for kind in KINDS.values():
        _add_kind(kinds, kind)
    parser.set_defaults(run=run)


def _add_kind(kinds: Any, kind: Kind) -> None:
    parser = kinds.add_parser(kind.name, description=kind.about + ".", allow_abbrev=False)
    parser.add_argument(
        "out",
        metavar="OUT",
        type=Path,
        help=".npz for many maps; .json, .png, ... for one, or for each with {index} in its name",
    )
    parser.add_argument("--size", metavar="RxC", type=size, default=(28, 28), help="default 28x28")
    parser.add_argument("--count", metavar="N", type=int, default=1, help="how many; default 1")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="default 0")
    parser.add_argument(
        "--starts",
        metavar="N",
        type=int,
        default=1,
        help=f"how many each map has, where there is room; 1 to {MOST_STARTS}, default 1",
    )
    parser.add_argument(
        "--uniform",
        action="store_true",
        help="starts anywhere, as in the paper's data and the maps that the models were evaluated "
        "on; without it, far from the goal and from each other",
    )
    for parameter in kind.parameters:
        _add_parameter(parser, parameter)


def _add_parameter(parser: argparse.ArgumentParser, parameter: Parameter) -> None:
    option = "--" + parameter.name.replace("_", "-")
    default = "by size" if callable(parameter.default) else parameter.default
    if parameter.type is bool:
        parser.add_argument(
            option,
            action=argparse.BooleanOptionalAction,
            default=None,
            help=f"{parameter.about}; default {'yes' if default else 'no'}",
        )
        return
    parser.add_argument(
        option,
        metavar="N" if parameter.type is int else "X",
        type=parameter.type,
        help=f"{parameter.about}; {parameter.low} to {parameter.high}, default {default}",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    target = format_to_write(options.out)
    apart = is_pattern(str(options.out))
    if apart:
        check_pattern(str(options.out), needed=("index",), known=("index",))
    else:
        check_target(str(options.out))
    if options.count < 1:
        raise VinguiError(f"--count must be 1 or more, not {options.count}")
    _check_amount(options, apart=apart)
    given = {
        parameter.name: getattr(options, parameter.name)
        for parameter in KINDS[options.kind].parameters
        if getattr(options, parameter.name) is not None
    }
    rows, cols = options.size
    maps = generate_many(
        options.kind,
        count=options.count,
        rows=rows,
        cols=cols,
        seed=options.seed,
        starts=options.starts,
        uniform=options.uniform,
        **given,
    )
    note(*(f"{options.out.name}: {loss}" for loss in target.losses(maps)))
    written = str(options.out)
    if apart:
        write_apart(written, {}, enumerate(maps), len(maps))
        written = files_in_words(written, {}, range(len(maps)))
    else:
        write_dataset(options.out, DataSet(options.out.stem, maps))
    say(options, f"wrote {counted(len(maps), 'map')} of {rows}x{cols} cells to {written}")
    return 0


def _check_amount(options: argparse.Namespace, *, apart: bool) -> None:
    """Raise `VinguiError` where the maps do not fit into one file, or into memory."""
    if not apart:
        check_holds(options.out, options.count)
    rows, cols = options.size
    if options.count > MAX_MAPS or options.count * rows * cols > MAX_ARRAY_BYTES:
        raise VinguiError(
            f"{counted(options.count, 'map')} of {rows}x{cols} cells are too many at once: at most "
            f"{MAX_MAPS:,} maps with {MAX_ARRAY_BYTES:,} cells together. Lower --count, and make "
            "more with another --seed"
        )
