"""`vingui generate`: generate random maps."""

import argparse
from pathlib import Path
from typing import Any, Final

from vingui.api.converting import check_map_count, written_names
from vingui.api.generating import MapSeries, write_generated
from vingui.cli.arguments import add_command, size, whole_number_from
from vingui.cli.batch_arguments import add_batch_arguments, batches_of, counting_maps
from vingui.cli.map_output import check_map_output
from vingui.cli.printing import note, say
from vingui.core.errors import VinguiError
from vingui.core.formats.base import MAX_ARRAY_BYTES, MAX_MAPS
from vingui.core.generate import KINDS, MOST_STARTS, Kind, Parameter
from vingui.core.moves import DEFAULT_RULE, RULES
from vingui.core.name_patterns import unfinished
from vingui.core.phrases import counted

_MOST_DEMONSTRATIONS: Final = 10_000
_PLACEHOLDERS: Final = ("index",)
_BESIDE: Final = "OUT"
_EXAMPLES: Final = """
vingui generate maze mazes.npz --size 51x51 --count 100 --seed 7
vingui generate obstacles fields.npz --size 28 --count 1000
vingui generate caves cave.json --size 128x96 --density 0.46
vingui generate maze 'mazes/{index}.json' --size 21 --count 10
vingui generate patches patches.json --size 16 --demonstrations 10
"""


def add_parser(commands: Any) -> None:
    """Add the command, with a subcommand for each kind of map."""
    parser = add_command(
        commands,
        "generate",
        "KIND OUT",
        description="Generate random maps, each with a goal and with starts that can reach it. "
        "The same seed gives\nthe same maps.\n\nkinds:\n"
        + "\n".join(f"  {kind.name:<12}{kind.about}" for kind in KINDS.values())
        + '\n\n"vingui generate KIND --help" lists the options of a kind.',
        examples=_EXAMPLES,
    )
    kinds = parser.add_subparsers(
        dest="kind", metavar="KIND", required=True, help=argparse.SUPPRESS, prog="vingui generate"
    )
    for kind in KINDS.values():
        _add_kind(kinds, kind)
    parser.set_defaults(run=run)


def _add_kind(kinds: Any, kind: Kind) -> None:
    parser = kinds.add_parser(
        kind.name,
        usage=f"vingui generate {kind.name} OUT [OPTION ...]",
        description=f"{kind.about}.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "out",
        metavar="OUT",
        type=Path,
        help="the file to write: .npz for any number of maps, another format for one; {index} in "
        "its name gives each map a file",
    )
    parser.add_argument(
        "--size",
        metavar="ROWSxCOLS",
        type=size,
        default=(28, 28),
        help="size of the maps, or one number for squares (default: 28x28)",
    )
    for option, metavar, least, most, default, text in (
        ("--count", "N", 1, None, 1, "number of maps"),
        ("--seed", "N", 0, None, 0, "seed of the random numbers"),
        ("--starts", "N", 1, MOST_STARTS, 1, f"starts in each map, 1 to {MOST_STARTS}"),
    ):
        parser.add_argument(
            option,
            metavar=metavar,
            type=whole_number_from(least, most),
            default=default,
            help=f"{text} (default: {default})",
        )
    parser.add_argument(
        "--uniform",
        action="store_true",
        help="place starts anywhere, as in the paper's data and in the maps that the models were "
        "evaluated on (default: far from the goal and from each other)",
    )
    parser.add_argument(
        "--demonstrations",
        metavar="N",
        type=whole_number_from(0, _MOST_DEMONSTRATIONS),
        default=0,
        help="demonstrations in each map to learn costs from, of random journeys by paths of least "
        "cost (default: 0)",
    )
    parser.add_argument(
        "--moves",
        metavar="RULE",
        choices=RULES,
        default=DEFAULT_RULE.name,
        help=f"movement rule of the demonstrations: {', '.join(RULES)} (default: "
        f"{DEFAULT_RULE.name})",
    )
    for parameter in kind.parameters:
        _add_parameter(parser, parameter)
    add_batch_arguments(parser, verb="generate", beside=_BESIDE)


def _add_parameter(parser: argparse.ArgumentParser, parameter: Parameter) -> None:
    option = "--" + parameter.name.replace("_", "-")
    about = parameter.about.replace("%", "%%")
    if parameter.type is bool:
        parser.add_argument(
            option,
            action=argparse.BooleanOptionalAction,
            default=None,
            help=f"{about} (default: {'yes' if parameter.default else 'no'})",
        )
        return
    low, high = parameter.low, parameter.high
    default = parameter.default
    shown = "depends on the size" if callable(default) else f"{default:zg}"
    parser.add_argument(
        option,
        metavar="N" if parameter.type is int else "X",
        type=parameter.type,
        help=f"{about}; {low:zg} to {high:zg} (default: {shown})",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    out, count, (rows, cols) = options.out, options.count, options.size
    check_map_output(out, known=_PLACEHOLDERS)
    check_map_count(out, count, known=_PLACEHOLDERS)
    if count > MAX_MAPS or count * rows * cols > MAX_ARRAY_BYTES:
        raise VinguiError(
            f"{counted(count, 'map')} of {rows}x{cols} cells are too many at once: at most "
            f"{MAX_MAPS:,} maps with {MAX_ARRAY_BYTES:,} cells together. Lower --count, and "
            "generate more with another --seed"
        )
    given = {
        parameter.name: getattr(options, parameter.name)
        for parameter in KINDS[options.kind].parameters
        if getattr(options, parameter.name) is not None
    }
    series = MapSeries(
        options.kind,
        count,
        rows,
        cols,
        options.seed,
        options.starts,
        uniform=options.uniform,
        demonstrations=options.demonstrations,
        moves=options.moves,
        parameters=given,
    )
    log = unfinished(str(out))
    batches = batches_of(options, log, beside=_BESIDE)
    with counting_maps("Generating", log) as on_progress:
        losses = write_generated(out, series, batches, on_progress=on_progress)
    note(*(f"{out.name}: {loss}" for loss in losses))
    written = written_names(out, range(count), names={})
    say(options, f"wrote {counted(count, 'map')} of {rows}x{cols} cells to {written}")
    return 0
