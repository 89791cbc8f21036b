"""`vingui plan`: plan on maps, print the outcomes, and write figures, films and data."""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vingui.api.plan_files import PlanFiles
from vingui.api.reports import lines, record
from vingui.cli.arguments import add_command, cell, goal
from vingui.cli.batch_arguments import add_batch_arguments, add_progress, batches_of
from vingui.cli.figure_arguments import add_figure_arguments, add_film_arguments
from vingui.cli.file_arguments import (
    MAPS_HELP,
    Source,
    add_index_argument,
    add_reading_arguments,
    read_options,
)
from vingui.cli.model_arguments import add_model_arguments, model_file, model_for
from vingui.cli.name_patterns import check_distinct, check_target, placeholder_values
from vingui.cli.output_files import add_file_arguments, targets
from vingui.cli.printing import (
    STANDARD_OUTPUT,
    json_records,
    note,
    print_refused,
    say,
    write_json,
)
from vingui.cli.progress import counting, status
from vingui.cli.streams import check_read_once, message_names, read_maps
from vingui.core.errors import VinguiError
from vingui.core.files import name_of, naming
from vingui.core.grid import GridMap
from vingui.core.moves import DEFAULT_RULE
from vingui.core.name_patterns import check_pattern, is_pattern, unfinished
from vingui.core.phrases import counted
from vingui.core.rollout import Outcome
from vingui.core.snapshots import Snapshots

if TYPE_CHECKING:
    from vingui.api.plan_batches import MapToPlan, PlanSetup
    from vingui.net.batches import Batches

_BESIDE: Final = "the first file of --json, --out, --film or --learning"
_EXAMPLES: Final = """
vingui plan assets/maps/spiral.json
vingui plan rooms.png --goal 3,40 --start 20,5 --start 0,0 --out rooms.pdf --width 174
vingui plan spiral.json --out strip.svg --panels value@5,value@20,value --film spiral.mp4
vingui plan small.txt --model vin-8x8 --learning learning.gif
vingui plan rooms.png --goal 3,40 --goal 20,8=5 --start 0,0
vingui plan maze.json --moves 4 --iterations 50 --json -
vingui plan spiral.json --model a-star --film waves.gif --every 5
vingui plan test.mat --index 7 --model vin-28x28 --out values.npz
vingui plan robot.yaml --start 20,5 --out path.csv
vingui plan maps/*.map --out 'out/{name}_{k}.png'
vingui plan mazes.npz --index 0-99 --out 'out/{index}.png'
vingui plan gridworld_8_test.mat --index all --json all.json
vingui plan */map.yaml --goal 3,40 --out 'out/{folder}.png'
curl https://example.org/arena.map | vingui plan - --goal 3,40
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "plan",
        "MAP [MAP ...]",
        description="Plan on maps with a Value Iteration Network, and print how the greedy "
        "trajectory from each start\nends. Exit code 0 if every start reaches the goal, else 1; 2 "
        "if a map was refused, after planning\non the others.",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "maps",
        metavar="MAP",
        type=Path,
        nargs="+",
        help=MAPS_HELP,
    )
    add_index_argument(parser, default="0")
    parser.add_argument(
        "--start",
        metavar="ROW,COL",
        type=cell,
        action="append",
        help="a start, in rows and columns from 0; may be repeated (default: the map's starts)",
    )
    parser.add_argument(
        "--goal",
        metavar="ROW,COL[=VALUE]",
        type=goal,
        action="append",
        help="a goal, in rows and columns from 0, and what reaching it is worth in the unit of "
        "costs, 0 if not given; may be repeated: each goal ends the journey (default: the map's "
        "goals)",
    )
    add_model_arguments(parser)
    add_file_arguments(parser)
    add_figure_arguments(parser)
    add_film_arguments(parser)
    add_batch_arguments(parser, verb="plan", beside=_BESIDE)
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


@dataclass(eq=False)
class _BatchSummary:
    """The outcomes on the maps so far, and the maps that were refused."""

    last: str = ""
    maps: int = 0
    starts: int = 0
    reached: int = 0
    refused: list[tuple[str, int | None, str]] = field(default_factory=list)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count the trajectories from a map's starts."""
        self.maps += 1
        self.starts += len(outcomes)
        self.reached += outcomes.count(Outcome.REACHED)

    def line(self) -> str:
        """The outcomes in a line."""
        verb = "reaches" if self.reached == 1 else "reach"
        starts = f"{self.reached:,} of {counted(self.starts, 'start')} {verb} the goal"
        return f"{counted(self.maps, 'map')}: {starts if self.starts else 'no starts'}"

    def record(self) -> dict[str, Any]:
        """The refused maps, for the JSON file."""
        keys = ("map", "index", "reason")
        return {"refused": [dict(zip(keys, row, strict=True)) for row in self.refused]}


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    several = options.index is not None and options.index.many
    patterns = (*options.out, *options.film, *options.learning)
    for pattern in patterns:
        check_pattern(pattern, needed=["index"] if several else [])
        if not is_pattern(pattern):
            check_target(pattern)
    if options.json is not None:
        check_target(options.json)
    # Bad options and a bad map are reported before a model is loaded, which may take seconds.
    list(targets(options, None))
    if options.learning:
        Snapshots(model_file(options)).listed()
    check_read_once(options.maps)
    names = message_names(options.maps)
    check_distinct(
        patterns,
        [
            (name, placeholder_values(path, name))
            for path, name in zip(options.maps, names, strict=True)
        ],
        options.maps,
    )
    only = _source(options.maps[0], names[0], options) if len(options.maps) == 1 else None
    if several or only is None:
        return _plan_many(options, _set_up(options), only)
    with naming(only.name):
        grid = _grid(only, only.indices[0], options)
    return _plan_one(options, _set_up(options), only, grid)


def _set_up(options: argparse.Namespace) -> "PlanSetup":
    from vingui.api.plan_batches import PlanSetup

    model, iterations = model_for(options)
    files = list(targets(options, model.rule))
    sources = [os.path.realpath(path) for path in options.maps] if files else []
    folder = str(Path.cwd()) if files else ""
    return PlanSetup(
        model, iterations or "auto", PlanFiles(files, model, options.k, folder, sources)
    )


def _source(path: Path, name: str, options: argparse.Namespace) -> Source:
    dataset = read_maps(path, read_options(options))
    count = len(dataset.maps)
    prefix = f"{name}: " if len(options.maps) > 1 else ""
    note(*(f"{prefix}{line}" for line in dataset.notes))
    advice = dataset.rule_advice(DEFAULT_RULE)
    if advice and not (options.moves or options.model):
        note(
            f"{prefix}Planning under movement rule {DEFAULT_RULE.name}, but {advice}: "
            f"add --moves {dataset.rule}."
        )
    if options.index is None and count > 1:
        note(f"{prefix}Planning on map 0 of {count:,}; --index all plans on each.")
    with naming(name):
        chosen = (0,) if options.index is None else options.index.of(count)
    return Source(path, name, dataset, chosen)


def _grid(source: Source, index: int, options: argparse.Namespace) -> GridMap:
    """A map of a source, with the goals and the starts of the command line."""
    grid = source.dataset.maps[index]
    if options.goal is not None:
        goals, values = zip(*options.goal, strict=True)
        if len(set(goals)) < len(goals):
            raise VinguiError("Two --goal name the same cell; give each goal once")
        grid = replace(grid, goals=goals, goal_values=values)
    if not grid.goals:
        raise VinguiError("The map has no goal; give it one with --goal ROW,COL")
    return grid if options.start is None else grid.with_starts(tuple(options.start))


def _plan_one(
    options: argparse.Namespace, setup: "PlanSetup", source: Source, grid: GridMap
) -> int:
    outcomes, index = _BatchSummary(), source.indices[0]
    with status("Planning") as show:
        planned = setup.plan(
            grid,
            name=source.title(index),
            on_progress=lambda done, _: show(f"Planning, {counted(done, 'iteration')}"),
        )
    outcomes.add(planned.outcomes)
    if planned.run.is_search and len(grid.starts) > 1:
        starts = counted(len(grid.starts), "start")
        note(f"The search begins at the first of {starts}; choose another with --start.")
    settings = setup.model.card.settings if setup.model.card else None
    say(options, *lines(planned.run, settings))
    if options.json:
        write_json(options.json, {**_head(source, index), **record(planned.run, settings)})
    missing = setup.files.missing_iteration(planned)
    note(*filter(None, [missing and f"{source.message_name(index)}: {missing}"]))
    setup.files.write(planned, _values(source, index), counting)
    refused = print_refused("plan", source.dataset.refused)
    return refused or (0 if outcomes.reached == outcomes.starts else 1)


def _plan_many(options: argparse.Namespace, setup: "PlanSetup", only: Source | None) -> int:
    """Plan on each map in turn, skipping bad ones; `only` is the file if there is only one."""
    from vingui.api.plan_batches import plans_in_batches

    outcomes, batches = _BatchSummary(), _batches(options)
    stopped: KeyboardInterrupt | BrokenPipeError | None = None
    with (
        counting("Planning") as on_progress,
        json_records(options.json, {}, "maps", outcomes.record) as write,
    ):
        # Caught inside, so that the JSON file is completed with the maps that are done.
        try:
            with closing(plans_in_batches(setup, _items(options, only), batches)) as planned:
                for item, each in planned:
                    on_progress(item.done, 1)
                    note(*each.notes)
                    outcomes.last = item.name
                    if each.error:
                        head = item.record
                        outcomes.refused.append((head["map"], head["index"], each.error))
                        continue
                    outcomes.add(each.outcomes)
                    say(options, f"{item.name}: {each.words}")
                    write({**item.record, **each.record})
        except (KeyboardInterrupt, BrokenPipeError) as reason:
            stopped = reason
    if isinstance(stopped, KeyboardInterrupt):
        # There may be no terminal any more.
        with suppress(OSError):
            _sum_up(options, outcomes)
        if outcomes.last:
            add_progress(stopped, batches.log, outcomes.last)
        else:
            stopped.add_note("before the first map")
    if stopped is not None:
        raise stopped
    return _sum_up(options, outcomes) or (0 if outcomes.reached == outcomes.starts else 1)


def _sum_up(options: argparse.Namespace, outcomes: _BatchSummary) -> int:
    if outcomes.maps:
        say(options, outcomes.line())
    return print_refused("plan", [why for _, _, why in outcomes.refused], "map")


def _batches(options: argparse.Namespace) -> "Batches":
    names = (options.json, *options.out, *options.film, *options.learning)
    file = next((name for name in names if name not in (None, STANDARD_OUTPUT)), None)
    return batches_of(options, None if file is None else unfinished(file), beside=_BESIDE)


def _items(options: argparse.Namespace, only: Source | None) -> Iterator["MapToPlan"]:
    """Each map to plan on, and what cannot be read, in order."""
    from vingui.api.plan_batches import MapToPlan

    total = len(options.maps)
    for number, (path, name) in enumerate(
        zip(options.maps, message_names(options.maps), strict=True)
    ):
        head = {"map": name, "index": None}
        try:
            source = only or _source(path, name, options)
        except VinguiError as error:
            reason = str(error).removeprefix(f"{name_of(path)}: ").removeprefix(f"{name}: ")
            done = (number + 1) / total
            yield MapToPlan(name, record=head, error=f"{name}: {reason}", done=done)
            continue
        for reason in source.dataset.refused:
            yield MapToPlan(name, record=head, error=f"{name}: {reason}", done=number / total)
        for place, index in enumerate(source.indices, 1):
            yield _item(options, source, index, (number + place / len(source.indices)) / total)


def _item(options: argparse.Namespace, source: Source, index: int, done: float) -> "MapToPlan":
    from vingui.api.plan_batches import MapToPlan

    name, head = source.message_name(index), _head(source, index)
    try:
        grid = _grid(source, index, options)
    except VinguiError as error:
        why = " ".join(f"{name}: {error}".split())
        return MapToPlan(name, record=head, error=why, done=done)
    values = _values(source, index)
    return MapToPlan(name, grid, head, source.title(index), values, done=done)


def _head(source: Source, index: int) -> dict[str, Any]:
    """The beginning of a map's record."""
    labels = source.dataset.labels
    return {
        "map": source.name,
        "index": index,
        **({"label": labels[index]} if labels else {}),
    }


def _values(source: Source, index: int) -> dict[str, object]:
    """The values of placeholders that are known without a plan."""
    return {**placeholder_values(source.path, source.name), "index": index}
