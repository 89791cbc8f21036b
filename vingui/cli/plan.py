"""`vingui plan`: plan on one map and say what happened."""

import argparse
from pathlib import Path
from typing import Any

from vingui.cli.common import (
    add_command,
    add_model_arguments,
    cell,
    check_suffixes,
    note,
    planner_for,
    say,
    status,
    write_json,
)
from vingui.core.arrays import save_arrays
from vingui.core.errors import VinguiError
from vingui.core.formats import read_dataset
from vingui.core.grid import GridMap
from vingui.core.oracle import solve
from vingui.core.plan import Plan
from vingui.core.rollout import Outcome, Trajectory, rollout, rollout_all
from vingui.core.words import describe, iterations

_EXAMPLES = """
vingui plan assets/maps/spiral.json
vingui plan rooms.png --goal 3,40 --start 20,5 --start 0,0 --out rooms-plan.png
vingui plan maze.json --moves 4 --iterations 50 --json -
vingui plan test.mat --index 7 --model vin-28x28 --out values.npz
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "plan",
        about="plan on a map",
        description="Plan on a map with a Value Iteration Network and say, for each start, what "
        "the greedy\ntrajectory came to. Exit code 0 if every start reached the goal, else 1.",
        examples=_EXAMPLES,
    )
    parser.add_argument("map", metavar="MAP", type=Path, help="any map or data set that is read")
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
    parser.add_argument(
        "--json", metavar="FILE|-", help="write the trajectories as JSON; - for standard output"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a picture of map, value map and trajectories (.png), or every array (.npz): walls, "
        "goal, starts, values (K, rows, cols), reward, q, policy; may be repeated",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    check_suffixes(options.out, (".png", ".npz"))
    grid = _map(options)
    planner, _, wanted = planner_for(options)
    with status("Planning") as tell:
        plan = planner.plan(
            grid, iterations=wanted, watch=lambda done: tell(f"Planning, {done:,} iterations")
        )
    oracle = solve(grid, plan.rule)
    trajectories = rollout(grid, plan.actions, plan.rule, oracle)
    say(options, *_told(plan, trajectories))
    if not grid.starts:
        rollouts = rollout_all(grid, plan.actions, plan.rule, oracle)
        reached = int(rollouts.where(Outcome.REACHED).sum())
        say(
            options,
            f"no start: {reached} of {int(oracle.reachable.sum())} cells that can reach the "
            "goal do; give a start with --start R,C",
        )
    if options.json:
        write_json(options.json, _report(options.map.name, plan, trajectories))
    for path in options.out:
        _write(path, plan, trajectories, name=options.map.stem)
    failed = any(one.start and one.outcome is not Outcome.REACHED for one in trajectories)
    return 1 if failed else 0


def _map(options: argparse.Namespace) -> GridMap:
    dataset = read_dataset(options.map)
    note(*dataset.notes)
    if not 0 <= options.index < len(dataset.maps):
        raise VinguiError(
            f"{options.map.name}: Expected --index from 0 to {len(dataset.maps) - 1}, "
            f"received {options.index}"
        )
    grid = dataset.maps[options.index]
    goal = options.goal or grid.goal
    starts = grid.starts if options.start is None else tuple(options.start)
    if goal is None:
        raise VinguiError(
            f"{options.map.name}: Expected a goal, received a map without one; "
            "give it with --goal R,C"
        )
    return GridMap(grid.walls, goal, starts)


def _told(plan: Plan, trajectories: tuple[Trajectory, ...]) -> list[str]:
    cells = f"{plan.grid.rows}x{plan.grid.cols} cells"
    lines = [f"{plan.model}, {plan.rule.title}, {iterations(plan)}, on {cells}"]
    for trajectory in trajectories:
        if trajectory.start is not None:
            row, col = trajectory.start
            lines.append(f"start {row},{col}: {describe(trajectory, plan)}")
    return lines


def _report(name: str, plan: Plan, trajectories: tuple[Trajectory, ...]) -> dict[str, Any]:
    return {
        "map": name,
        "model": plan.model,
        "moves": plan.rule.name,
        "iterations": plan.iterations,
        "converged": plan.converged,
        "goal": plan.grid.goal,
        "trajectories": [
            {**one.record(), "words": describe(one, plan)}
            for one in trajectories
            if one.start is not None
        ],
    }


def _write(path: Path, plan: Plan, trajectories: tuple[Trajectory, ...], *, name: str) -> None:
    if path.suffix.lower() == ".npz":
        save_arrays(plan, path)
    else:
        # Matplotlib takes half a second to import, which words and arrays need not wait for.
        from vingui.figure import FigureOptions, save_png

        save_png(plan, trajectories, path, options=FigureOptions(name=name))
