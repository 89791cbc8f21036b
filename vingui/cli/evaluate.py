"""`vingui evaluate`: how well models plan on many maps."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vingui.api.evaluation import EvaluationRun
from vingui.cli.arguments import add_command, whole_number_from
from vingui.cli.batch_arguments import add_batch_arguments, add_progress, batches_of
from vingui.cli.failure_search import find_failure
from vingui.cli.file_arguments import MAPS_HELP, add_reading_arguments
from vingui.cli.map_sets import read_sets
from vingui.cli.model_arguments import add_model_arguments, models_for
from vingui.cli.name_patterns import check_target
from vingui.cli.printing import (
    STANDARD_OUTPUT,
    json_records,
    output,
    print_refused,
    say,
)
from vingui.cli.progress import counting
from vingui.core.errors import VinguiError
from vingui.core.evaluation_rows import csv_text, report
from vingui.core.generated_maps import DEFAULT_COUNT
from vingui.core.name_patterns import unfinished
from vingui.core.phrases import counted
from vingui.core.references import REFERENCES
from vingui.core.train_settings import HELD_OUT_SEED
from vingui.figure import SUFFIXES
from vingui.figure.checks import checked_suffix
from vingui.figure.options import BACKGROUNDS

if TYPE_CHECKING:
    from vingui.net.batches import Batches

_MOST_FAILURES: Final = 20
_BESIDE: Final = "a file of --json, --csv or --figure"
_EXAMPLES: Final = """
vingui evaluate gridworld_28_test.mat
vingui evaluate gridworld_28_test.mat --model vin-28x28 --json report.json
vingui evaluate my-maps/ --moves 8-both-free --starts all
vingui evaluate --generate obstacles:28:1000 --model dynamic-8,vin-28x28 --references
vingui evaluate --generate maze:28 --generate noise:28:100:density=0.4 --figure chart.pdf
vingui evaluate --like assets/maps/cave.json --model vin-16x16,vin-28x28 --csv table.csv
vingui evaluate assets/maps/spiral.json --find-failure hard.json --model vin-16x16
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "evaluate",
        "[DATA ...]",
        description="Plan on every map, and report the success rate with its 95 % interval "
        "(Wilson), the share of\noptimal paths, the mean excess length or cost, and the share of "
        "cells with an optimal action,\nalso by the length of the best path, by the size of maps "
        "and by K. A trajectory fails if it has\nmore than twice as many states as the optimal "
        "path. Starts that cannot reach the goal do not\ncount.",
        examples=_EXAMPLES,
    )
    parser.add_argument("data", metavar="DATA", type=Path, nargs="*", help=MAPS_HELP)
    _add_map_arguments(parser)
    add_model_arguments(parser, several=True)
    rows = "; ".join(f"{name}: {text[:1].lower()}{text[1:]}" for name, text in REFERENCES.items())
    parser.add_argument(
        "--references",
        action="store_true",
        help=f"add rows to compare the models with. {rows}",
    )
    _add_output_arguments(parser)
    add_batch_arguments(parser, verb="plan", beside=_BESIDE)
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


def _add_map_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--generate",
        metavar="KIND:SIZE:COUNT",
        action="append",
        default=[],
        help="generated maps, like maze, rooms+caves:64x48:20 or noise:28:100:density=0.4: kinds "
        f'of "vingui generate" or mixed, size (28), number ({DEFAULT_COUNT}) and parameters; may '
        "be repeated",
    )
    parser.add_argument(
        "--like",
        metavar="MAP[:COUNT]",
        action="append",
        default=[],
        help="generated maps of the size of a map, by the generator and parameters whose maps are "
        f"most like it in walls, width of free space and costs ({DEFAULT_COUNT}); may be repeated",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=whole_number_from(0),
        default=HELD_OUT_SEED,
        help="seed of generated maps (default: that of the models' cards, %(default)s)",
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=whole_number_from(1),
        help="evaluate only the first N maps of each set (default: all)",
    )
    parser.add_argument(
        "--starts",
        choices=("given", "all"),
        default="given",
        help="evaluate from the maps' own starts, or from every free cell; starts of one map are "
        "alike, so that intervals are then too narrow (default: given)",
    )


def _add_output_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json",
        metavar="FILE|-",
        help="write the rates, as shares of 1, failures with their reasons, and a record for every "
        "start as JSON; - for standard output",
    )
    parser.add_argument(
        "--csv",
        metavar="FILE|-",
        help="write a table: of each model and set a line, and one for each range of lengths and "
        "sizes and each k; - for standard output",
    )
    parser.add_argument(
        "--figure",
        metavar="FILE",
        type=Path,
        help=f"draw success by the length of the best path and by K ({', '.join(SUFFIXES)})",
    )
    parser.add_argument(
        "--background",
        choices=BACKGROUNDS,
        default=BACKGROUNDS[0],
        help="background of the figure (default: %(default)s)",
    )
    parser.add_argument(
        "--find-failure",
        metavar="OUT",
        type=Path,
        help="instead, search for a map on which the model fails, and write it with the start: "
        "among maps of --generate or --like, or near the first map of DATA, by changing ever more "
        "of its cells. Exit code 1 if none is found",
    )
    parser.add_argument(
        "--tries",
        metavar="N",
        type=whole_number_from(1),
        default=1000,
        help="with --find-failure, the most maps to try (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.json == options.csv == STANDARD_OUTPUT:
        raise VinguiError("Standard output can be for --json or for --csv, not for both")
    for target in (options.json, options.csv, options.figure):
        if target is not None:
            check_target(str(target))
    if options.figure is not None:
        checked_suffix(options.figure, SUFFIXES, "figure")
    if options.find_failure is not None:
        return find_failure(options)
    sets, refused = read_sets(options)
    evaluation = EvaluationRun(
        models_for(options),
        sets,
        references=options.references,
        starts=options.starts,
        most_failures=_MOST_FAILURES if options.json else 0,
        with_trajectories=options.json is not None,
    )
    batches = _batches(options)
    stopped = _evaluate(options, evaluation, batches)
    result = evaluation.result
    say(options, *str(result).splitlines())
    if options.csv and result.rows:
        with output(options.csv) as file:
            file.write(csv_text(result.rows))
    if options.figure and result.rows:
        result.save(options.figure, background=options.background)
    if stopped is not None:
        maps = f"{evaluation.done:,} of {counted(evaluation.total, 'map')}"
        add_progress(stopped, batches.log, maps)
        raise stopped
    return print_refused("evaluate", refused)


def _batches(options: argparse.Namespace) -> "Batches":
    files = (options.json, options.csv, options.figure)
    file = next((Path(one) for one in files if one not in (None, STANDARD_OUTPUT)), None)
    log = None if file is None else unfinished(str(file))
    return batches_of(options, log, beside=_BESIDE)


def _evaluate(
    options: argparse.Namespace, evaluation: EvaluationRun, batches: "Batches"
) -> KeyboardInterrupt | None:
    """Evaluate, and write the JSON file; returns what ended it before all maps were done."""
    stopped = None

    def tail() -> dict[str, Any]:
        return report(evaluation.result.rows, evaluation.result.failures)

    with (
        counting("Planning") as on_progress,
        json_records(options.json, {"protocol_starts": options.starts}, "records", tail) as write,
    ):
        # Caught inside, so that the JSON file is completed with the maps that are done.
        try:
            with closing(evaluation.trajectories(batches)) as evaluated:
                for trajectories in evaluated:
                    on_progress(evaluation.done, evaluation.total)
                    for record in trajectories:
                        write(record)
        except KeyboardInterrupt as reason:
            stopped = reason
    return stopped
