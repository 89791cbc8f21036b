"""Files with the data of a run: arrays (NPZ), tables (CSV) and a record of its results (JSON)."""

import csv
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vingui.core.array_writer import ArrayParts, write_arrays
from vingui.core.cards import ModelCard
from vingui.core.diagnosis_text import trajectory_record
from vingui.core.embedding import COMMENT_LINE
from vingui.core.errors import VinguiError
from vingui.core.files import brief, replacing
from vingui.core.formats import run_files, vingui_map
from vingui.core.formats.world_arrays import path_arrays, terrain_arrays
from vingui.core.grid import GridMap
from vingui.core.learned_costs import learned_costs
from vingui.core.path_costs import is_least
from vingui.core.recipe import Recipe
from vingui.core.rollout import OUTCOMES, Outcome, Trajectory, step_costs
from vingui.core.run import Run
from vingui.core.value_history import MOST_MEMORY, thinned, value_maps_within

DATA_SUFFIXES: Final = (".npz", ".csv", ".json")
"""The suffixes of the files that `save_data` writes."""

Table = Literal["trajectories", "values"]
TABLES: Final = get_args(Table)
"""The tables that `save_table` writes."""

VALUES: Final = ("last", "all")
"""Which V_k of a dynamic model `save_arrays` writes as whole maps."""

_PAIR: Final = re.compile(r"\[\n\s+(\d+),\n\s+(\d+)\n\s+\]")


def save_data(
    run: Run,
    path: Path,
    recipe: Recipe,
    card: ModelCard | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the arrays, a table or the record of a run, as the recipe's suffix says.

    Args:
        run: the run.
        path: the file.
        recipe: of the file, embedded in it.
        card: the model's card, for the record.
        on_progress: as of `save_arrays`.

    Raises:
        VinguiError: the file cannot be written, or the recipe's options are damaged.
    """
    match recipe.suffix:
        case ".npz":
            # Files of older versions have every V_k, and no such option.
            values = recipe.options.get("values", "all")
            if values not in VALUES:
                raise VinguiError(f"The values of a recipe cannot be {brief(values)}")
            save_arrays(run, path, recipe, values=values, on_progress=on_progress)
        case ".csv":
            table, k = table_choice(recipe.options)
            save_table(run, path, what=table, k=k, recipe=recipe)
        case _:
            save_record(run, path, recipe, card)


def table_choice(options: dict[str, Any]) -> tuple[str, int | None]:
    """Return the table and its k in a recipe's options.

    Raises:
        VinguiError: they are damaged.
    """
    table, k = options.get("table", "trajectories"), options.get("k")
    if not isinstance(table, str) or not (k is None or (type(k) is int and k >= 1)):
        raise VinguiError(
            f"The recipe of a table must name the table and its k, not {brief(options)}"
        )
    return table, k


def save_arrays(
    run: Run,
    path: Path,
    recipe: Recipe | None = None,
    *,
    values: str = "last",
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write everything that a run holds as `.npz`, whole or not at all.

    Read it with `numpy.load(path)`; no array needs a pickle. `n` starts, `m` values kept:

    - `walls (rows, cols)` bool; `goal (2,)`, `starts (n, 2)` int64, `(row, col)` from 0;
    - of a map with terrain `terrain (rows, cols)` uint8, the kind of each cell, and its
      `palette (bytes,)` uint8, JSON: `json.loads(bytes(arrays["palette"]))`; of one with several
      goals, or a goal with a value, `goals (g, 2)` int64, of which `goal` is the first, and
      `goal_values (g,)` float64; of one with demonstrations `demonstrations (cells, 2)` int16,
      the cells of all paths, and `demonstration_cells (paths,)` int32, how many each has; of one
      with heights `elevation (rows, cols)` float32, in metres;
    - `iterations (m,)` int64, the k of each of `values (m, rows, cols)` float32, V_k, `-inf`
      where there is no value: of a dynamic model V_K alone or, with `values` "all", every V_k, of
      the paper's VIN every V_k; if they are too many for 512 MiB, only every second, fourth, ...
      and the last;
    - of a dynamic model every V_k, as the cells that changed, in the order of k:
      `changed_cells (changes, 2)` int32, `changed_values (changes,)` float32, their values from
      then on, and `changed_counts (K,)` int64, how many changes lead to each V_k from 1;
    - `changes (K,)` float64, max |V_k - V_(k-1)| of every k from 1;
    - `reward (rows, cols, channels)`, `q (rows, cols, latent actions)` and `policy (rows, cols,
      actions)` float32, the last two under V_K; `actions (rows, cols)` int8, the greedy ones,
      -1 where there is none;
    - of a network that learned what cells cost, `learned_costs (rows, cols)` float32, `-inf` on
      walls, and `cost_scale ()` float64, by which they were multiplied to come as near the true
      costs as possible (1 on a map without true costs);
    - `cost_to_go (rows, cols)` float64, exact: the least cost of a path to a goal, minus the goal's
      value, `inf` without a path; without terrain and values it is the length in cells; and
      `optimal (rows, cols, actions)` bool, which actions begin such a path;
    - `trajectories (cells, 2)` int64, the cells of the trajectories from the starts, one after
      the other; `trajectory_cells (n,)` int64, the number of cells of each; `outcomes (n,)` str,
      how each ended;
    - `resolution ()` and `origin (3,)` float64 where the map has a frame: metres a cell, and x, y
      and yaw of its lower left corner;
    - `recipe (bytes,)` uint8, the recipe's JSON: `bytes(arrays["recipe"]).decode()`.

    Arrays that an unfinished run does not have yet are left out, and rewards and q-values of a
    search. Large arrays are computed while
    they are written, and never whole in memory.

    Args:
        run: the run.
        path: the file.
        recipe: of the file; `values` is put into its options.
        values: one of `VALUES`.
        on_progress: called with the number of bytes that are done, and of all. It may raise.

    Raises:
        VinguiError: the file cannot be written.
    """
    arrays = {name: array for name, array in _arrays(run, values).items() if array is not None}
    if recipe is not None:
        recipe = replace(recipe, options={"values": values})
        arrays["recipe"] = np.frombuffer(recipe.encoded().encode("ascii"), np.uint8)
    with replacing(path) as temporary, temporary.open("wb") as file:
        write_arrays(file, arrays, on_progress=on_progress)


def _arrays(run: Run, values: str) -> dict[str, NDArray[Any] | ArrayParts | None]:
    grid, oracle = run.grid, run.oracle
    trajectories = run.trajectories(grid.starts, run.latest)
    paths = [trajectory.path for trajectory in trajectories]
    frame = grid.frame
    several = len(grid.goals) > 1 or bool(grid.goal_values)
    changed = run.changed_cells()
    ks = run.kept
    if changed is not None and values == "last":
        ks = [run.latest]
    elif changed is not None:
        ks = thinned(run.latest, value_maps_within(MOST_MEMORY, cells=grid.walls.size))
    shape, readouts = grid.walls.shape, run.readouts
    return {
        "walls": grid.walls,
        "goal": np.array(grid.goal, np.int64),
        "starts": np.array(grid.starts, np.int64).reshape(-1, 2),
        **terrain_arrays(grid.terrain, grid.palette, grid.walls.shape),
        "goals": np.array(grid.goals, np.int64) if several else None,
        "goal_values": np.array(list(grid.valued_goals.values())) if several else None,
        **path_arrays(grid.demonstrations),
        "elevation": grid.elevation,
        "iterations": np.array(ks, np.int64),
        "values": _float_parts((len(ks), *shape), (run.values_at(k)[1] for k in ks)),
        "changes": run.changes,
        "changed_cells": None if changed is None else changed[0],
        "changed_values": None if changed is None else changed[1],
        "changed_counts": None if changed is None else changed[2],
        "reward": _readout_parts(run, "reward", readouts.reward_channels),
        "q": _readout_parts(run, "q", readouts.latent_actions),
        "policy": _readout_parts(run, "policy", run.rule.n_actions),
        "learned_costs": learned_costs(run),
        "cost_scale": np.array(run.cost_scale) if run.has_learned_costs else None,
        "actions": readouts.actions(run.latest),
        "cost_to_go": None if oracle is None else oracle.cost_to_go,
        "optimal": None if oracle is None else oracle.optimal,
        "trajectories": np.concatenate([np.empty((0, 2), np.int64), *paths]),
        "trajectory_cells": np.array([len(path) for path in paths], np.int64),
        "outcomes": np.array([trajectory.outcome.value for trajectory in trajectories], "U16"),
        "resolution": None if frame is None else np.array(frame.resolution),
        "origin": None if frame is None else np.array(frame.origin),
    }


def _float_parts(shape: tuple[int, ...], parts: Iterator[NDArray[np.float32]]) -> ArrayParts:
    return ArrayParts(shape, np.dtype(np.float32), parts)


def _readout_parts(run: Run, name: str, count: int) -> ArrayParts | None:
    """One array of the readout under V_K, some rows at a time: it takes 32 bytes a cell."""
    readouts = run.readouts
    known = readouts.holds(readouts.tile_request(run.latest, (0, 0)))
    if not run.finished or not count or not (known or readouts.reader):
        return None
    parts = (getattr(band, name) for band in readouts.bands(run.latest))
    return _float_parts((*run.grid.walls.shape, count), parts)


def save_table(
    run: Run,
    path: Path,
    *,
    what: str = "trajectories",
    k: int | None = None,
    recipe: Recipe | None = None,
) -> None:
    """Write a table as `.csv`, whole or not at all.

    - `trajectories`: a line for each cell of the trajectory from each start under V_k, below a
      header: `start` (its number, from 1), `step` (from 0), `row`, `col` (from 0), `cost` (the
      cost so far; on plain maps the length, in cells), `outcome` (how the trajectory ends), and
      if the map has a frame `x` and `y`, the cell's centre in metres;
    - `values`: V_k, a line for each row of the map, without a header; empty where there is no
      value.

    Numbers have as many digits as are needed to read the same ones back. The last line is a
    comment with the recipe; it begins with `#`, as in NumPy, pandas (`comment="#"`) and gnuplot.

    Args:
        run: the run.
        path: the file.
        what: one of `TABLES`.
        k: the iteration; `None` for the last. If it was not kept, the one shown in its place.
        recipe: of the file; the table and k are put into its options.

    Raises:
        VinguiError: the file cannot be written, there is no such table, or the policy under V_k
            is unknown.
    """
    if what not in TABLES:
        raise VinguiError(f"There is no table {brief(what)}; there are {', '.join(TABLES)}")
    own, values = run.values_at(k or run.latest)
    lines = _value_lines(values) if what == "values" else _trajectory_lines(run, own)
    with (
        replacing(path) as temporary,
        temporary.open("w", encoding="ascii", newline="") as file,
    ):
        csv.writer(file, lineterminator="\n").writerows(lines)
        if recipe is not None:
            recipe = replace(recipe, options={"table": what, "k": own})
            file.write(f"{COMMENT_LINE}{recipe.encoded()}\n")


def _value_lines(values: NDArray[np.float32]) -> Iterator[list[str]]:
    for row in values:
        # NumPy's text of a float32 is the shortest that reads back; Python's is of a float64.
        yield [str(value) if np.isfinite(value) else "" for value in row]


def _trajectory_lines(run: Run, k: int) -> Iterator[list[Any]]:
    frame = run.grid.frame
    trajectories = run.trajectories(run.grid.starts, k)
    if run.grid.starts and not trajectories:
        raise VinguiError(f"The policy at k = {k} is not known yet")
    place = ["x", "y"] if frame else []
    yield ["start", "step", "row", "col", "cost", "outcome", *place]
    for number, trajectory in enumerate(trajectories, start=1):
        costs = _costs(run.grid, trajectory).tolist()
        metres = (
            frame.world(trajectory.path, run.grid.rows).tolist() if frame else [[]] * len(costs)
        )
        for step, (row, col) in enumerate(trajectory.path.tolist()):
            yield [number, step, row, col, costs[step], trajectory.outcome.value, *metres[step]]


def _costs(grid: GridMap, trajectory: Trajectory) -> NDArray[np.float64]:
    """Return `(cells,)` float64: the cost of a trajectory up to each of its cells."""
    if grid.costs is not None:
        return np.concatenate([[0.0], step_costs(grid, trajectory.path).cumsum()])
    # Without the errors of sums, as on plain maps the costs are lengths that users may compare.
    moves = np.diff(trajectory.path, axis=0, prepend=trajectory.path[:1])
    diagonal = (moves != 0).all(axis=1).cumsum()
    straight = np.arange(len(trajectory.path)) - diagonal
    return np.asarray(straight + diagonal * np.sqrt(2))


def save_record(
    run: Run, path: Path, recipe: Recipe | None = None, card: ModelCard | None = None
) -> None:
    """Write `run_record` as `.json`, whole or not at all.

    Raises:
        VinguiError: the file cannot be written.
    """
    text = json.dumps(run_record(run, recipe, card), indent=2, allow_nan=False)
    with replacing(path) as temporary:
        temporary.write_text(_PAIR.sub(r"[\1, \2]", text) + "\n", encoding="utf-8", newline="\n")


def run_record(
    run: Run, recipe: Recipe | None = None, card: ModelCard | None = None
) -> dict[str, Any]:
    """Return the results of a run as a JSON object, which is the same each time.

    Returns:
        `map` is a whole vingui map; the file can be opened as its map. `model`: its name, checksum
        and card. `settings`: the movement rule, K, the bytes of values that were kept at most.
        `outcome`: whether the values converged, the last change, and of a network that learned what
        cells cost what its costs were multiplied by to compare them. `trajectories`: one for each
        start, with a sentence in `words`. `totals`: the number of cells, of those from which the
        greedy policy reaches the goal, and so on. `recipe`: the file's. Unknown entries are
        `null`.
    """
    k = run.latest
    return {
        "format": run_files.NAME,
        "version": run_files.VERSION,
        "name": recipe and recipe.name,
        "map": json.loads(vingui_map.encoded(run.grid)),
        "model": {
            "name": run.model,
            "sha256": recipe and recipe.sha256,
            "card": card and asdict(card),
        },
        "settings": {
            "rule": run.rule.name,
            "iterations": k,
            "memory": recipe and recipe.memory,
        },
        "outcome": {
            "converged": run.converged,
            "last_change": float(run.changes[-1]),
            "next_change": run.next_change if math.isfinite(run.next_change) else None,
            **({"cost_scale": run.cost_scale} if run.has_learned_costs else {}),
        },
        "trajectories": [
            trajectory_record(trajectory, run, k, card.settings if card else None)
            for trajectory in run.trajectories(run.grid.starts, k)
        ],
        "totals": _totals(run, k),
        "recipe": recipe and recipe.record(),
    }


def _totals(run: Run, k: int) -> dict[str, Any] | None:
    rollouts, oracle = run.rollouts(k), run.oracle
    if rollouts is None or oracle is None:
        return None
    counts = {
        outcome.value: int(rollouts.where(outcome).sum())
        for outcome in OUTCOMES
        if outcome not in (Outcome.NO_START, Outcome.NO_GOAL)
    }
    reached = rollouts.where(Outcome.REACHED)
    costs, exact = rollouts.costs[reached], oracle.cost_to_go[reached]
    optimal = is_least(costs, exact, greatest_value=run.grid.greatest_value)
    return {
        "cells": int(run.grid.free.sum()),
        "reachable": int(oracle.reachable.sum()),
        **counts,
        "optimal": int(optimal.sum()),
        "mean_excess": float((costs - exact).mean()) if costs.size else None,
    }
