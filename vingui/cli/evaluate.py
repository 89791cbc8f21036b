"""`vingui evaluate`: how well a model plans on many maps."""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from vingui.cli.common import (
    add_command,
    add_model_arguments,
    check_target,
    output,
    planner_for,
    progress,
)
from vingui.cli.file_arguments import add_reading_arguments, read_options
from vingui.cli.printing import STANDARD_OUTPUT, name_refused, note, say
from vingui.cli.streams import names_for, read_maps
from vingui.core.dataset import MapStack
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.phrases import counted, percent

if TYPE_CHECKING:
    from vingui.net.evaluate import MapResult

_EXAMPLES = """
vingui evaluate gridworld_28_test.mat
vingui evaluate gridworld_28_test.mat --model vin-28x28 --json report.json
vingui evaluate my-maps/ --moves 8-both-free --starts all
vingui generate maze --size 51 --count 100 mazes.npz && vingui evaluate mazes.npz
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "evaluate",
        about="evaluate a model on many maps",
        description="Plan on every map of a data set or folder and report the success rate with "
        "its 95 % interval\n(Wilson), the share of optimal paths, the mean excess length and how "
        "many cells' actions are right.\nA trajectory may have twice as many states as the "
        "optimal path. Starts without any path do not count.",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "data",
        metavar="DATA",
        type=Path,
        help="a data set that is read, a folder of maps, or - for standard input",
    )
    add_model_arguments(parser)
    parser.add_argument("--limit", metavar="N", type=_positive, help="only the first N maps")
    parser.add_argument(
        "--starts",
        choices=("given", "all"),
        default="given",
        help="from the starts that the maps have (the default), or from every free cell",
    )
    parser.add_argument(
        "--json",
        metavar="FILE|-",
        help="write the rates (as shares of 1) and a record for every start; - for standard output",
    )
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of 1 or more, not {text!r}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.json not in (None, STANDARD_OUTPUT):
        check_target(options.json)
    dataset = read_maps(options.data, read_options(options))
    note(*dataset.notes)
    maps = dataset.maps[: options.limit]
    _check_markers(maps, options)
    planner, _, wanted = planner_for(options)
    from vingui.net.evaluate import EvaluationTotals, evaluate

    marks = EvaluationTotals()

    def results() -> Iterator["MapResult"]:
        evaluated = evaluate(planner, maps, starts=options.starts, iterations=wanted)
        for result in progress(evaluated, total=len(maps), doing="Planning"):
            marks.add(result)
            yield result

    if options.json:
        head = {
            "dataset": dataset.name,
            "model": planner.name,
            "moves": planner.model.moves,
            "iterations": "auto" if wanted is None else wanted,
            "protocol_starts": options.starts,
        }
        with output(options.json) as file:
            _write_report(file, head, results(), marks.summary)
    else:
        for _ in results():
            pass
    say(options, *_told(planner.name, marks.summary()))
    return name_refused("evaluate", dataset.refused)


def _check_markers(maps: Sequence[GridMap], options: argparse.Namespace) -> None:
    """Raise `VinguiError` where no map can be evaluated for want of a goal or of a start."""
    called = names_for([options.data])[0]
    if not isinstance(maps, MapStack) and all(grid.goal is None for grid in maps):
        raise VinguiError(
            f"{called}: No map has a goal, and without one there is nothing to reach. Set it in "
            "the window, and save the map as .json"
        )
    if options.starts == "given" and not _has_starts(maps):
        raise VinguiError(
            f"{called}: No map has a start. Add --starts all to evaluate from every free cell"
        )


def _has_starts(maps: Sequence[GridMap]) -> bool:
    if isinstance(maps, MapStack):
        return maps.starts is not None
    return any(grid.starts for grid in maps)


def _write_report(
    file: IO[str], head: dict[str, Any], results: Iterable["MapResult"], summary: Any
) -> None:
    # Record by record: every cell of a thousand maps as a start fills gigabytes as objects.
    file.write(json.dumps(head, allow_nan=False)[:-1] + ',\n"records": [')
    separator = "\n"
    for result in results:
        for record in result.records():
            file.write(separator + json.dumps(record, allow_nan=False))
            separator = ",\n"
    file.write("\n],\n" + json.dumps(summary(), allow_nan=False)[1:] + "\n")


def _told(model: str, summary: dict[str, Any]) -> list[str]:
    low, high = map(percent, summary["success_interval"])
    excess = summary["mean_excess"]
    lines = [
        f"{model} on {counted(summary['maps'], 'map')}, {counted(summary['starts'], 'start')}"
        + (f" ({summary['unreachable']} more without a path)" if summary["unreachable"] else ""),
        f"  success          {percent(summary['success']):>8}   95 % interval {low} to {high}",
        f"  optimal paths    {percent(summary['optimal']):>8}",
        f"  mean excess      {'-' if excess is None else f'{excess:z.4f}':>8}   cells",
        f"  actions right    {percent(summary['action_accuracy']):>8}   of all cells",
        "  optimal length          starts  success  optimal",
    ]
    for row in summary["by_length"]:
        upper = "and more" if row["to"] is None else f"to below {row['to']}"
        lines.append(
            f"    {row['from']:>5} {upper:<13} {row['starts']:>8} "
            f"{percent(row['success'] / row['starts']):>8} "
            f"{percent(row['optimal'] / row['starts']):>8}"
        )
    return lines
