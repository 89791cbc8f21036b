"""`vingui train` for several seeds and settings."""

import argparse
from collections.abc import Sequence
from itertools import chain
from typing import Final

from vingui.api.training_runs import RunOptions, train_runs
from vingui.cli.arguments import ranges, whole_number_from
from vingui.cli.interruption import check_not_ended
from vingui.cli.name_patterns import check_target
from vingui.cli.printing import STANDARD_OUTPUT, complain, note, output, say
from vingui.cli.progress import counting
from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.core.train_settings import TrainSettings
from vingui.core.training_runs import Row, TrainingRun, parsed_values, training_runs
from vingui.core.training_table import csv_text, json_text, table_lines

_ONLY_FOR_SEVERAL: Final = ("csv", "json", "jobs", "scheduler", "resume")


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for several trainings."""
    group = parser.add_argument_group(
        'several trainings (several processes need Dask: pip install "vingui[batches]")',
        "For each combination of seeds and settings a network is trained, the same as by itself, "
        "bit for bit\non CPUs with as many cores, and written to a file like "
        "OUT-learning-rate-0.001-seed-3.keras. At\nthe end a table shows the loss of the last "
        "epoch and the results of each, with mean and standard\ndeviation over the seeds.",
    )
    group.add_argument(
        "--seeds",
        metavar="WHICH",
        type=ranges,
        default=(),
        help="train with several seeds: 0-9 or 0,3,7-9",
    )
    group.add_argument(
        "--try",
        dest="variants",
        metavar="OPTION=VALUE,...",
        type=_variant,
        action="append",
        default=[],
        help="train with several values of an option, like learning-rate=0.001,0.003, size=8,16x24 "
        "or mirrored=yes,no; may be repeated, for all combinations",
    )
    _add_process_arguments(group)
    _add_table_arguments(group)


def _add_process_arguments(group: "argparse._ArgumentGroup") -> None:
    where = group.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        metavar="N",
        type=whole_number_from(1),
        help="train in N processes, each one network at a time (default: as many as there are "
        "cores: TensorFlow starts a thread for each core, but these networks keep little more than "
        "one core busy). A process takes about 1 GB of memory",
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="train on the workers of a Dask cluster, like tcp://host:8786, which must be trusted, "
        "have the same version of vingui and share the folder of OUT",
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help="train only networks that are not there yet with a card of the same settings",
    )


def _add_table_arguments(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--csv",
        metavar="FILE|-",
        help="write the table, of each training a line; - for standard output",
    )
    group.add_argument(
        "--json",
        metavar="FILE|-",
        help="write the same with mean and standard deviation as JSON; - for standard output",
    )


def _variant(text: str) -> tuple[str, str]:
    name, equals, values = text.partition("=")
    if not equals or not values:
        raise argparse.ArgumentTypeError(
            f"must be OPTION=VALUE,..., like learning-rate=0.001,0.003, not {text!r}"
        )
    return name.removeprefix("--").replace("-", "_"), values


def is_for_several(options: argparse.Namespace) -> bool:
    """Whether several networks are to be trained.

    Raises:
        VinguiError: not, but an option is for several.
    """
    if options.seeds or options.variants:
        return True
    for name in _ONLY_FOR_SEVERAL:
        if getattr(options, name):
            raise VinguiError(f"--{name} is for several trainings; add --seeds 0-9 or --try")
    return False


def run_several(options: argparse.Namespace, settings: TrainSettings) -> int:
    """Train the networks, and print the table; the exit code is 2 if one failed."""
    if options.json == options.csv == STANDARD_OUTPUT:
        raise VinguiError("Standard output can be for --json or for --csv, not for both")
    for target in (options.json, options.csv):
        if target is not None:
            check_target(str(target))
    if options.seeds and options.seed is not None:
        raise VinguiError("--seed is one of --seeds; give one of the two options")
    variants = {name: parsed_values(name, text) for name, text in options.variants}
    if len(variants) < len(options.variants):
        raise VinguiError("--try has the same option twice; give all its values at once")
    runs = training_runs(options.out, settings, seeds=chain(*options.seeds), variants=variants)
    rows, stopped = _train(options, runs)
    say(options, *table_lines(rows))
    for target, text in ((options.csv, csv_text), (options.json, json_text)):
        if target is not None and rows:
            with output(target) as file:
                file.write(text(rows))
    failed = [row for row in rows if row["error"] is not None]
    if failed:
        complain(f"vingui train: {counted(len(failed), 'training')} failed:")
        complain(*(f"  {row['file']}: {row['error']}" for row in failed))
    if stopped is not None:
        done = f"after {len(rows):,} of {counted(len(runs), 'training')}"
        stopped.__notes__ = [f"{done}; add --resume to go on"]
        raise stopped
    return 2 if failed else 0


def _train(
    options: argparse.Namespace, runs: Sequence[TrainingRun]
) -> tuple[list[Row], KeyboardInterrupt | None]:
    """The rows of all runs that are done, in order, and what ended the training early."""
    found: dict[int, Row] = {}
    stopped = None
    with counting("Training") as on_progress:

        def add(number: int, row: Row) -> None:
            # A library may have made an error of an interruption.
            check_not_ended()
            found[number] = row

        try:
            train_runs(
                runs,
                RunOptions(
                    options.title,
                    options.evaluation,
                    options.minutes,
                    options.snapshots,
                    options.tensorboard,
                ),
                jobs=options.jobs,
                scheduler=options.scheduler,
                resume=options.resume,
                on_row=add,
                on_progress=on_progress,
                on_note=note,
            )
        except KeyboardInterrupt as reason:
            stopped = reason
    return [found[number] for number in sorted(found)], stopped
