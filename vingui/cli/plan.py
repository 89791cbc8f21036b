"""`vingui plan`: plan on maps, say what happened, and make figures, films and data of it."""

import argparse
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vingui.cli.common import (
    add_command,
    add_model_arguments,
    cell,
    check_target,
    counting,
    model_file,
    output,
    planner_for,
    status,
    write_json,
)
from vingui.cli.figure_arguments import add_figure_arguments, add_film_arguments
from vingui.cli.file_arguments import (
    Source,
    add_index_argument,
    add_reading_arguments,
    read_options,
)
from vingui.cli.interruption import exit_code, too_little_memory, words_for
from vingui.cli.name_patterns import check_distinct, check_pattern, is_pattern, names_of
from vingui.cli.output_files import Files, add_file_arguments, targets
from vingui.cli.printing import STANDARD_OUTPUT, complain, name_refused, note, say
from vingui.cli.recipe_writing import plan_on
from vingui.cli.reports import all_reached, report, summary, told
from vingui.cli.streams import check_read_once, names_for, read_maps
from vingui.core.errors import VinguiError
from vingui.core.files import naming, shown
from vingui.core.grid import GridMap
from vingui.core.memory import is_short_of_memory
from vingui.core.moves import DEFAULT_RULE
from vingui.core.outcome_text import state
from vingui.core.phrases import counted
from vingui.core.recipe import checksum
from vingui.core.rollout import Outcome
from vingui.core.value_history import MOST_MEMORY

if TYPE_CHECKING:
    from vingui.core.run import Run
    from vingui.net.planner import Planner

_EXAMPLES = """
vingui plan assets/maps/spiral.json
vingui plan rooms.png --goal 3,40 --start 20,5 --start 0,0 --out rooms.pdf --width 174
vingui plan spiral.json --out strip.svg --panels value@5,value@20,value --film spiral.mp4
vingui plan maze.json --moves 4 --iterations 50 --json -
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
        about="plan on maps; figures, films and data of it",
        description="Plan on maps with a Value Iteration Network and say, for each start, what "
        "the greedy\ntrajectory came to. Exit code 0 if every start reached the goal, else 1; 2 "
        "if a map could\nnot be planned on: the others are all the same.",
        examples=_EXAMPLES,
    )
    parser.usage = "vingui plan MAP [MAP ...] [OPTION ...]"
    parser.add_argument(
        "maps",
        metavar="MAP",
        type=Path,
        nargs="+",
        help="any map or data set that is read; - for standard input",
    )
    add_index_argument(parser, without="the first")
    parser.add_argument(
        "--start",
        metavar="R,C",
        type=cell,
        action="append",
        help="row and column of a start, from 0; may be repeated; replaces the map's own",
    )
    parser.add_argument(
        "--goal", metavar="R,C", type=cell, help="row and column of the goal; replaces the map's"
    )
    add_model_arguments(parser)
    add_file_arguments(parser)
    add_figure_arguments(parser)
    add_film_arguments(parser)
    add_reading_arguments(parser)
    parser.set_defaults(run=run)


@dataclass(eq=False)
class _Planning:
    """What is the same for every map."""

    options: argparse.Namespace
    planner: "Planner"
    iterations: int | None
    files: Files


@dataclass(eq=False)
class _BatchSummary:
    """What came of many maps."""

    last: str = ""
    done: int = 0
    starts: int = 0
    reached: int = 0
    startless: int = 0
    cells: int = 0
    cells_reached: int = 0
    refused: list[tuple[str, int | None, str]] = field(default_factory=list)

    def add(self, run: "Run") -> None:
        """Count the walks from a map's starts; from its cells, where it has none."""
        self.done += 1
        walks = run.trajectories(run.grid.starts, run.latest)
        self.starts += len(walks)
        self.reached += sum(walk.outcome is Outcome.REACHED for walk in walks)
        rollouts, oracle = (None, None) if walks else (run.rollouts(run.latest), run.oracle)
        if rollouts is not None and oracle is not None:
            self.startless += 1
            self.cells += int(oracle.reachable.sum())
            self.cells_reached += int(rollouts.where(Outcome.REACHED).sum())

    def told(self) -> str:
        """All of it in a line."""
        parts = []
        if self.starts:
            verb = "reaches" if self.reached == 1 else "reach"
            parts.append(f"{self.reached:,} of {counted(self.starts, 'start')} {verb} the goal")
        if self.startless:
            parts.append(
                f"{self.startless:,} without a start, where {self.cells_reached:,} of "
                f"{counted(self.cells, 'cell')} that can reach the goal do"
            )
        return f"{counted(self.done, 'map')}: {'; '.join(parts)}"


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    several = options.index is not None and options.index.many
    patterns = (*options.out, *options.film)
    for pattern in patterns:
        check_pattern(pattern, needed=["index"] if several else [])
        if not is_pattern(pattern):
            check_target(pattern)
    if options.json not in (None, STANDARD_OUTPUT):
        check_target(options.json)
    if options.k is not None and options.k < 1:
        raise VinguiError(f"--k must be 1 or more, not {options.k}")
    # Bad options and a bad map are reported before TensorFlow takes its seconds to start.
    list(targets(options, None))
    check_read_once(options.maps)
    names = names_for(options.maps)
    check_distinct(
        patterns,
        [(name, names_of(path, name)) for path, name in zip(options.maps, names, strict=True)],
        options.maps,
    )
    first = _source(options.maps[0], names[0], options) if len(options.maps) == 1 else None
    if several or first is None:
        return _many(_planning(options), first)
    with naming(first.name):
        only = _grid(first, first.indices[0], options)
    return _one(_planning(options), first, only)


def _planning(options: argparse.Namespace) -> _Planning:
    planner, card, wanted = planner_for(options)
    files = Files(
        list(targets(options, planner.model.rule)),
        card,
        checksum(model_file(options)),
        MOST_MEMORY,
        frozenset(Path(os.path.realpath(path)) for path in options.maps),
    )
    return _Planning(options, planner, wanted, files)


def _source(path: Path, name: str, options: argparse.Namespace) -> Source:
    dataset = read_maps(path, read_options(options))
    count = len(dataset.maps)
    prefix = f"{name}: " if len(options.maps) > 1 else ""
    note(*(f"{prefix}{line}" for line in dataset.notes))
    advice = dataset.rule_advice(DEFAULT_RULE)
    if advice and not (options.moves or options.model):
        note(
            f"{prefix}Planning by movement rule {DEFAULT_RULE.name}, but {advice}: "
            f"add --moves {dataset.rule}."
        )
    if options.index is None and count > 1:
        note(f"{prefix}Planning on map 0 of {count:,}; --index all plans on each.")
    with naming(name):
        return Source(
            path, name, dataset, (0,) if options.index is None else options.index.of(count)
        )


def _grid(source: Source, index: int, options: argparse.Namespace) -> GridMap:
    """A map of a source, with the goal and the starts of the command line."""
    grid = source.dataset.maps[index]
    goal = options.goal or grid.goal
    starts = grid.starts if options.start is None else tuple(options.start)
    if goal is None:
        raise VinguiError("The map has no goal; give it one with --goal R,C")
    return GridMap(grid.walls, goal, starts, grid.frame)


def _one(planning: _Planning, source: Source, grid: GridMap) -> int:
    options = planning.options
    with status("Planning") as tell:
        run = plan_on(
            planning.planner,
            grid,
            iterations=planning.iterations,
            memory=planning.files.memory,
            watch=tell,
        )
    say(options, *told(run))
    index = source.indices[0]
    if options.json:
        write_json(options.json, _report(source, index, run))
    _write(planning, source, index, run, films=True)
    return name_refused("plan", source.dataset.refused) or (0 if all_reached(run) else 1)


def _many(planning: _Planning, first: Source | None) -> int:
    """Plan on each map in turn, on past bad ones; what is done stays when it is interrupted.

    Args:
        planning: how.
        first: the one file of maps, where there is only one, or `None`.
    """
    options, tally = planning.options, _BatchSummary()
    stopped: KeyboardInterrupt | BrokenPipeError | None = None
    with counting("Planning") as watch, _reports(options.json, tally) as tell:
        try:
            for source, index in _maps(options, first, tally, watch):
                _next(planning, source, index, tally, tell)
                tally.last = source.called(index)
        except (KeyboardInterrupt, BrokenPipeError) as reason:
            stopped = reason
    if isinstance(stopped, BrokenPipeError):
        raise stopped
    if stopped is not None:
        # The terminal may be what has gone.
        with suppress(OSError):
            _sum_up(options, tally)
            after = f"after {tally.last}" if tally.last else "before the first map"
            complain(f"vingui plan: {words_for(stopped)} {after}")
        return exit_code(stopped)
    return _sum_up(options, tally) or (0 if tally.reached == tally.starts else 1)


def _sum_up(options: argparse.Namespace, tally: _BatchSummary) -> int:
    if tally.done:
        say(options, tally.told())
    return name_refused("plan", [why for _, _, why in tally.refused], "map")


def _maps(
    options: argparse.Namespace,
    first: Source | None,
    tally: _BatchSummary,
    watch: Callable[[float, float], None],
) -> Iterator[tuple[Source, int]]:
    """Every map that is to be planned on, with what it comes from; bad files go to the tally."""
    total = len(options.maps)
    for number, (path, name) in enumerate(zip(options.maps, names_for(options.maps), strict=True)):
        watch(number, total)
        try:
            source = first or _source(path, name, options)
        except VinguiError as error:
            reason = str(error).removeprefix(f"{shown(path)}: ").removeprefix(f"{name}: ")
            tally.refused.append((name, None, f"{name}: {reason}"))
            continue
        tally.refused += [(name, None, f"{name}: {reason}") for reason in source.dataset.refused]
        for place, index in enumerate(source.indices):
            watch(number + place / len(source.indices), total)
            yield source, index


def _next(
    planning: _Planning,
    source: Source,
    index: int,
    tally: _BatchSummary,
    tell: Callable[[dict[str, Any]], None],
) -> None:
    try:
        run = plan_on(
            planning.planner,
            _grid(source, index, planning.options),
            iterations=planning.iterations,
            memory=planning.files.memory,
        )
        _write(planning, source, index, run, films=False)
    except Exception as error:
        if not isinstance(error, VinguiError) and not is_short_of_memory(error):
            raise
        why = error if isinstance(error, VinguiError) else too_little_memory()
        reason = " ".join(f"{source.called(index)}: {why}".split())
        tally.refused.append((source.name, index, reason))
        return
    tally.add(run)
    said = summary(run)
    said = f"{said[0].lower()}{said[1:]}"
    say(planning.options, f"{source.called(index)}: {state(run)}; {said}")
    tell(_report(source, index, run))


@contextmanager
def _reports(
    target: str | None, tally: _BatchSummary
) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Where what `--json` tells of each map goes, a line each; those refused at the end."""
    if not target:
        yield lambda _: None
        return
    with output(target) as file:
        file.write('{"maps": [')
        separator = "\n"

        def tell(record: dict[str, Any]) -> None:
            nonlocal separator
            file.write(separator + json.dumps(record, allow_nan=False))
            separator = ",\n"

        yield tell
        refused = [
            {"map": name, "index": index, "reason": reason} for name, index, reason in tally.refused
        ]
        file.write(f'\n],\n"refused": {json.dumps(refused, indent=2)}}}\n')


def _report(source: Source, index: int, run: "Run") -> dict[str, Any]:
    labels = source.dataset.labels
    label = {"label": labels[index]} if labels else {}
    return {"map": source.name, "index": index, **label, **report(source.name, run)}


def _write(planning: _Planning, source: Source, index: int, run: "Run", *, films: bool) -> None:
    wanted = planning.options.k or run.latest
    k, _ = run.frame(wanted)
    if wanted > run.latest and planning.files.targets:
        note(
            f"{source.called(index)}: There is no iteration {wanted:,}; the last one, "
            f"{run.latest:,}, is shown."
        )
    values = {
        **names_of(source.path, source.name),
        "k": k,
        "K": run.latest,
        "model": run.model,
        "index": index,
    }
    planning.files.write(run, name=source.title(index), values=values, films=films)
