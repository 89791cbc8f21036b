"""A run as data: arrays (NPZ), tables (CSV) and a record of all that came of it (JSON)."""

import csv
import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vingui.core.cards import ModelCard
from vingui.core.embedding import COMMENT_LINE
from vingui.core.errors import VinguiError
from vingui.core.files import brief, replacing
from vingui.core.formats import run_files, vingui_map
from vingui.core.oracle import TIE_TOLERANCE
from vingui.core.outcome_text import sentence
from vingui.core.recipe import Recipe
from vingui.core.rollout import OUTCOMES, Outcome, Trajectory
from vingui.core.run import Run

Table = Literal["trajectories", "values"]
TABLES: Final = get_args(Table)
"""The tables that `save_table` writes."""

_PAIR: Final = re.compile(r"\[\n\s+(\d+),\n\s+(\d+)\n\s+\]")


def save_arrays(run: Run, path: Path, recipe: Recipe | None = None) -> None:
    """Write everything that a run holds as `.npz`, whole or not at all.

    Read it with `numpy.load(path)`; no array needs a pickle. `n` starts, `m` values kept:

    - `walls (rows, cols)` bool; `goal (2,)`, `starts (n, 2)` int64, `(row, col)` from 0;
    - `iterations (m,)` int64, the k of each of `values (m, rows, cols)` float32, V_k, `-inf`
      where there is no value. K is the last; others are left out only where they were too many
      for the run's memory, every second, fourth, ... k then being kept;
    - `changes (K,)` float64, max |V_k - V_(k-1)| of every k from 1;
    - `reward (rows, cols, channels)`, `q (rows, cols, latent actions)` and `policy (rows, cols,
      actions)` float32, the last two under V_K; `actions (rows, cols)` int8, the greedy ones,
      -1 where the policy says nothing;
    - `cost_to_go (rows, cols)` float64, the exact lengths in cells, `inf` without a path, and
      `optimal (rows, cols, actions)` bool, which actions begin a shortest path;
    - `trajectories (cells, 2)` int64, the cells that the greedy walks from the starts visit, one
      walk after the other; `trajectory_cells (n,)` int64, how many belong to each;
      `outcomes (n,)` str, how each ended;
    - `resolution ()` and `origin (3,)` float64 where the map has a frame: metres a cell, and x, y
      and yaw of its lower left corner;
    - `recipe (bytes,)` uint8, the recipe's JSON: `bytes(arrays["recipe"]).decode()`.

    Of a run that is not finished, what is not known yet is left out.

    Raises:
        VinguiError: the file cannot be written.
    """
    # Any: the names are not those of NumPy's own arguments.
    arrays: dict[str, Any] = {
        name: array for name, array in _arrays(run).items() if array is not None
    }
    if recipe is not None:
        arrays["recipe"] = np.frombuffer(recipe.encoded().encode("ascii"), np.uint8)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _arrays(run: Run) -> dict[str, NDArray[Any] | None]:
    grid, oracle = run.grid, run.oracle
    walks = run.trajectories(grid.starts, run.latest)
    paths = [walk.path for walk in walks]
    frame = grid.frame
    return {
        "walls": grid.walls,
        "goal": np.array(grid.goal, np.int64),
        "starts": np.array(grid.starts, np.int64).reshape(-1, 2),
        "iterations": np.array(run.kept, np.int64),
        "values": run.values,
        "changes": run.changes,
        "reward": run.reward,
        "q": run.q,
        "policy": run.policy,
        "actions": run.actions(run.latest),
        "cost_to_go": None if oracle is None else oracle.cost_to_go,
        "optimal": None if oracle is None else oracle.optimal,
        "trajectories": np.concatenate([np.empty((0, 2), np.int64), *paths]),
        "trajectory_cells": np.array([len(path) for path in paths], np.int64),
        "outcomes": np.array([walk.outcome.value for walk in walks], "U16"),
        "resolution": None if frame is None else np.array(frame.resolution),
        "origin": None if frame is None else np.array(frame.origin),
    }


def save_table(
    run: Run,
    path: Path,
    *,
    what: str = "trajectories",
    k: int | None = None,
    recipe: Recipe | None = None,
) -> None:
    """Write a table as `.csv`, whole or not at all.

    - `trajectories`: a line for each cell of the greedy walk from each start under V_k, with a
      head: `start` (its number, from 1), `step` (from 0), `row`, `col` (from 0), `cost` (the
      length so far, in cells), `outcome` (how the walk ends), and where the map has a frame `x`
      and `y`, the cell's centre in metres;
    - `values`: V_k, a line for each row of the map and no head; empty where there is no value.

    Numbers are written with as many digits as it takes to read the same ones back. The last line
    is a comment that holds the recipe; it begins with `#`, as NumPy, pandas (`comment="#"`) and
    gnuplot know it.

    Args:
        run: what the table is about.
        path: the file.
        what: one of `TABLES`.
        k: the iteration; `None` for the last. Of one that was not kept, what is shown for it.
        recipe: of the file; what and k are put into its options.

    Raises:
        VinguiError: the file cannot be written, there is no such table, or the policy under V_k is
            not known.
    """
    if what not in TABLES:
        raise VinguiError(f"There is no table {brief(what)}; there are {', '.join(TABLES)}")
    own, values = run.frame(k or run.latest)
    lines = _value_lines(values) if what == "values" else _walk_lines(run, own)
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
        # NumPy's own words for a float32 are the shortest that mean it; Python's, of a float64.
        yield [str(value) if np.isfinite(value) else "" for value in row]


def _walk_lines(run: Run, k: int) -> Iterator[list[Any]]:
    frame = run.grid.frame
    walks = run.trajectories(run.grid.starts, k)
    if run.grid.starts and not walks:
        raise VinguiError(f"The policy at k = {k} is not known yet")
    place = ["x", "y"] if frame else []
    yield ["start", "step", "row", "col", "cost", "outcome", *place]
    for number, walk in enumerate(walks, start=1):
        costs = _costs(walk).tolist()
        metres = frame.world(walk.path, run.grid.rows).tolist() if frame else [[]] * len(costs)
        for step, (row, col) in enumerate(walk.path.tolist()):
            yield [number, step, row, col, costs[step], walk.outcome.value, *metres[step]]


def _costs(walk: Trajectory) -> NDArray[np.float64]:
    """`(cells,)` float64: the length of the walk as far as each of its cells."""
    moves = np.diff(walk.path, axis=0, prepend=walk.path[:1])
    diagonal = (moves != 0).all(axis=1).cumsum()
    straight = np.arange(len(walk.path)) - diagonal
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
    """What came of a run, as JSON has it: no two of the same run differ.

    Returns:
        `map` is a vingui map, whole; the file opens as its map. `model`: its name, checksum and
        card. `settings`: the movement rule, K, the bytes of values that were kept. `outcome`:
        whether the values stopped changing, and the last change. `trajectories`: one for each
        start, with its `words`. `totals`: how many cells there are, of which of them the greedy
        walk reaches the goal, and so on. `recipe`: the file's. What is not known is `null`.
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
        },
        "trajectories": [
            {**walk.record(), "words": sentence(walk, run, k)}
            for walk in run.trajectories(run.grid.starts, k)
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
    excess = rollouts.lengths[reached] - oracle.cost_to_go[reached]
    return {
        "cells": int(run.grid.free.sum()),
        "reachable": int(oracle.reachable.sum()),
        **counts,
        "optimal": int((excess <= TIE_TOLERANCE).sum()),
        "mean_excess": float(excess.mean()) if excess.size else None,
    }
