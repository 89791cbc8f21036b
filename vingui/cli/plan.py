"""`vingui plan`: plan on maps, say what happened, and make figures, films and data of it."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vingui.cli.common import (
    add_command,
    add_model_arguments,
    cell,
    counting,
    model_file,
    note,
    planner_for,
    progress,
    say,
    status,
    write_json,
)
from vingui.cli.drawing import add_figure_arguments, add_film_arguments
from vingui.cli.patterns import check_pattern, filled
from vingui.cli.reading import add_reading_arguments, read_options
from vingui.cli.targets import Target, add_file_arguments, targets
from vingui.cli.telling import all_reached, report, summary, told
from vingui.cli.writing import Product, plan_on, write_file
from vingui.core.errors import VinguiError
from vingui.core.files import naming, shown
from vingui.core.formats import read_dataset
from vingui.core.grid import GridMap
from vingui.core.moves import DEFAULT_RULE
from vingui.core.recipe import Recipe, checksum, versions_here
from vingui.core.words import counted, state

if TYPE_CHECKING:
    from vingui.core.cards import ModelCard
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
        "maps", metavar="MAP", type=Path, nargs="+", help="any map or data set that is read"
    )
    parser.add_argument(
        "--index", metavar="N", type=int, default=0, help="which map of a data set, from 0"
    )
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
    """What is the same for every map, and the files that were written."""

    options: argparse.Namespace
    planner: "Planner"
    card: "ModelCard | None"
    sha256: str
    iterations: int | None
    memory: int
    targets: Sequence[Target]
    written: set[Path] = field(default_factory=set)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    for pattern in (*options.out, *options.film):
        check_pattern(pattern, maps=len(options.maps))
    if options.k is not None and options.k < 1:
        raise VinguiError(f"Expected --k of 1 or more, received {options.k}")
    # Bad options and a bad map are told before TensorFlow takes its seconds to start.
    list(targets(options, None))
    only = _map(options.maps[0], options) if len(options.maps) == 1 else None
    planner, card, wanted = planner_for(options)
    from vingui.net.planner import DEFAULT_MEMORY

    planning = _Planning(
        options,
        planner,
        card,
        checksum(model_file(options)),
        wanted,
        DEFAULT_MEMORY,
        list(targets(options, planner.model.rule)),
    )
    return _one(planning, only) if only else _many(planning)


def _map(path: Path, options: argparse.Namespace) -> GridMap:
    dataset = read_dataset(path, read_options(options))
    prefix = f"{shown(path)}: " if len(options.maps) > 1 else ""
    note(*(f"{prefix}{line}" for line in dataset.notes))
    with naming(path):
        if not 0 <= options.index < len(dataset.maps):
            raise VinguiError(
                f"Expected --index from 0 to {len(dataset.maps) - 1}, received {options.index}"
            )
        grid = dataset.maps[options.index]
        if dataset.rule not in ("", DEFAULT_RULE.name) and not (options.moves or options.model):
            note(f"{prefix}Its lengths mean rule {dataset.rule}: add --moves {dataset.rule}.")
        goal = options.goal or grid.goal
        starts = grid.starts if options.start is None else tuple(options.start)
        if goal is None:
            raise VinguiError(
                "Expected a goal, received a map without one; give it with --goal R,C"
            )
        return GridMap(grid.walls, goal, starts, grid.frame)


def _one(planning: _Planning, grid: GridMap) -> int:
    options = planning.options
    with status("Planning") as tell:
        run = plan_on(
            planning.planner,
            grid,
            iterations=planning.iterations,
            memory=planning.memory,
            watch=tell,
        )
    say(options, *told(run))
    if options.json:
        write_json(options.json, report(options.maps[0], run))
    _write(planning, options.maps[0], run, films=True)
    return 0 if all_reached(run) else 1


def _many(planning: _Planning) -> int:
    options = planning.options
    reports: list[dict[str, Any]] = []
    refused: list[tuple[Path, str]] = []
    reached = True
    for path in progress(options.maps, total=len(options.maps), doing="Planning"):
        try:
            run = _next(planning, path)
        except VinguiError as error:
            refused.append((path, str(error)))
            continue
        reached &= all_reached(run)
        say(options, f"{shown(path)}: {state(run)}; {summary(run)}")
        if options.json:
            reports.append(report(path, run))
    if options.json:
        reasons = [{"map": path.name, "reason": reason} for path, reason in refused]
        write_json(options.json, {"maps": reports, "refused": reasons})
    if refused:
        print(f"vingui plan: {counted(len(refused), 'map')} refused:", file=sys.stderr)
        for _, reason in refused:
            print(f"  {reason}", file=sys.stderr)
        return 2
    return 0 if reached else 1


def _next(planning: _Planning, path: Path) -> "Run":
    grid = _map(path, planning.options)
    with naming(path):
        run = plan_on(
            planning.planner,
            grid,
            iterations=planning.iterations,
            memory=planning.memory,
        )
        _write(planning, path, run, films=False)
    return run


def _write(planning: _Planning, path: Path, run: "Run", *, films: bool) -> None:
    """Make the files of one map.

    Args:
        planning: says which.
        path: the map's.
        run: what was planned on it.
        films: whether to show how far a film is: no two bars can move at once.
    """
    k, _ = run.frame(planning.options.k or run.latest)
    values = {
        "name": path.stem,
        "k": k,
        "K": run.latest,
        "model": run.model,
        "index": planning.options.index,
    }
    for target in planning.targets:
        out = filled(target.pattern, values)
        _take(planning, out)
        recipe = _recipe(planning, target.product, run, name=path.stem)
        with _filming(target.product, shown=films) as watch:
            write_file(run, out, recipe, card=planning.card, watch=watch)


def _take(planning: _Planning, out: Path) -> None:
    place = out.resolve()
    if place in planning.written:
        raise VinguiError(f"{shown(out)}: Expected a name for each file, received one again")
    if place in (path.resolve() for path in planning.options.maps):
        raise VinguiError(f"{shown(out)}: Expected a new file, received the name of a map")
    planning.written.add(place)


@contextmanager
def _filming(product: Product, *, shown: bool) -> Iterator[Any]:
    if not shown or product.kind != "film":
        yield None
        return
    with counting("Drawing the film") as watch:
        yield watch


def _recipe(planning: _Planning, product: Product, run: "Run", *, name: str) -> Recipe:
    return Recipe(
        kind=product.kind,
        grid=run.grid,
        name=name,
        model=run.model,
        sha256=planning.sha256,
        rule=run.rule.name,
        iterations=run.latest,
        memory=planning.memory,
        options=product.options,
        versions=versions_here(),
        suffix=product.suffix,
    )
