"""`vingui evaluate`: how well a model plans on many maps."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from vingui.cli.arguments import add_command, whole_number_from
from vingui.cli.file_arguments import MAPS_HELP, add_reading_arguments, read_options
from vingui.cli.model_arguments import add_model_arguments, planner_for
from vingui.cli.name_patterns import check_target
from vingui.cli.printing import json_records, note, print_refused, say
from vingui.cli.progress import progress
from vingui.cli.streams import message_names, read_maps
from vingui.core.dataset import MapStack
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.phrases import counted, percent

_EXAMPLES: Final = """
vingui evaluate gridworld_28_test.mat
vingui evaluate gridworld_28_test.mat --model vin-28x28 --json report.json
vingui evaluate my-maps/ --moves 8-both-free --starts all
vingui generate maze mazes.npz --size 51 --count 100 && vingui evaluate mazes.npz
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "evaluate",
        "DATA",
        description="Plan on every map, and report the success rate with its 95 % interval "
        "(Wilson), the share of\noptimal paths, the mean excess length or cost, and the share of "
        "cells with an optimal action.\nA trajectory fails if it has more than twice as many "
        "states as the optimal path. Starts that\ncannot reach the goal do not count.",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "data",
        metavar="DATA",
        type=Path,
        help=MAPS_HELP,
    )
    add_model_arguments(parser)
    parser.add_argument(
        "--limit",
        metavar="N",
        type=whole_number_from(1),
        help="evaluate only the first N maps (default: all)",
    )
    parser.add_argument(
        "--starts",
        choices=("given", "all"),
        default="given",
        help="evaluate from the maps' own starts, or from every free cell (default: given)",
    )
    parser.add_argument(
        "--json",
        metavar="FILE|-",
        help="write the rates, as shares of 1, and a record for every start as JSON; - for "
        "standard output",
    )
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.json is not None:
        check_target(options.json)
    dataset = read_maps(options.data, read_options(options))
    note(*dataset.notes)
    maps = dataset.maps[: options.limit]
    _check_markers(maps, options)
    planner, _, wanted = planner_for(options)
    from vingui.net.evaluate import evaluate
    from vingui.net.evaluation_totals import EvaluationTotals

    totals = EvaluationTotals()
    head = {
        "dataset": dataset.name,
        "model": planner.name,
        "moves": planner.rule.name,
        "iterations": "auto" if wanted is None else wanted,
        "protocol_starts": options.starts,
    }
    results = evaluate(planner, maps, starts=options.starts, iterations=wanted)
    with json_records(options.json, head, "records", totals.summary) as write:
        for result in progress(results, total=len(maps), doing="Planning"):
            totals.add(result)
            for record in result.records() if options.json else ():
                write(record)
    say(options, *_lines(planner.name, totals.summary()))
    return print_refused("evaluate", dataset.refused)


def _check_markers(maps: Sequence[GridMap], options: argparse.Namespace) -> None:
    """Raise `VinguiError` if no map has a goal, or if starts are needed and no map has one."""
    name = message_names([options.data])[0]
    if not isinstance(maps, MapStack) and all(grid.goal is None for grid in maps):
        raise VinguiError(
            f"{name}: No map has a goal, and without one there is nothing to reach. Set it in "
            "the window, and save the map as .json"
        )
    if options.starts == "given" and not _has_starts(maps):
        raise VinguiError(
            f"{name}: No map has a start. Add --starts all to evaluate from every free cell"
        )


def _has_starts(maps: Sequence[GridMap]) -> bool:
    if isinstance(maps, MapStack):
        return maps.starts is not None
    return any(grid.starts for grid in maps)


def _lines(model: str, summary: dict[str, Any]) -> list[str]:
    low, high = map(percent, summary["success_interval"])
    excess, ratio = summary["mean_excess"], summary.get("mean_cost_ratio")
    costly = ratio is not None
    lines = [
        f"{model} on {counted(summary['maps'], 'map')}, {counted(summary['starts'], 'start')}"
        + (f" ({summary['unreachable']} more without a path)" if summary["unreachable"] else ""),
        f"  success          {percent(summary['success']):>8}   95 % interval {low} to {high}",
        f"  optimal paths    {percent(summary['optimal']):>8}",
        f"  mean excess      {'-' if excess is None else f'{excess:z.4f}':>8}   "
        + (f"in cost; {ratio:z.4f} times the least" if costly else "cells"),
        f"  actions right    {percent(summary['action_accuracy']):>8}   of all cells",
        f"  {'least cost' if costly else 'optimal length':<14}          starts  success  optimal",
    ]
    for row in summary["by_length"]:
        upper = "and more" if row["to"] is None else f"to below {row['to']}"
        lines.append(
            f"    {row['from']:>5} {upper:<13} {row['starts']:>8} "
            f"{percent(row['success'] / row['starts']):>8} "
            f"{percent(row['optimal'] / row['starts']):>8}"
        )
    return lines
