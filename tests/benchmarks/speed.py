"""How fast models plan, maps are solved and a brush paints: times, and ratios of the same run.

python tests/benchmarks/speed.py
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from vingui.core.cards import find_model
from vingui.core.generate import generate
from vingui.core.grid import MAX_SIDE, GridMap
from vingui.core.map_edits import WALL, line_cells, paint
from vingui.core.methods import METHODS, is_search
from vingui.core.moves import EIGHT, MoveRule
from vingui.core.oracle import solve
from vingui.core.value_changes import ValueChanges
from vingui.core.value_history import MOST_MEMORY, ValueHistory
from vingui.net.data import encode
from vingui.net.evaluate import evaluate
from vingui.net.evaluation_totals import EvaluationTotals
from vingui.net.keras_networks import load_model, network_of
from vingui.net.map_counts import MapCounts
from vingui.net.planner import Job, Planner
from vingui.net.zoo import load_planner


def milliseconds(
    call: Callable[[], Any], *, runs: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The shortest time of a call that has been made before: the least that others take part in."""
    call()
    times = []
    for _ in range(runs):
        began = clock()
        call()
        times.append(1000 * (clock() - began))
    return min(times)


# Calls that take longer than a turn on a busy machine are measured in processor time. They use one
# core.
processor_time = partial(milliseconds, clock=time.process_time)


def planned(planner: Planner, grid: GridMap, iterations: int | None) -> ValueChanges | ValueHistory:
    """Plan with every V_k out, and the reward, the q-values and the policy of the last."""
    job = Job(planner, grid, iterations=iterations, memory=MOST_MEMORY)
    for _ in job.iteration:
        list(job.values())
    job.end()
    return job.iteration.history


def iterated(planner: Planner, grid: GridMap) -> ValueChanges:
    """Iterate to the end, and read nothing out."""
    iteration = planner.iterate(grid, iterations=None)
    for _ in iteration:
        pass
    assert isinstance(iteration.history, ValueChanges)
    return iteration.history


def solved_by_scipy(grid: GridMap, rule: MoveRule) -> tuple[NDArray[Any], NDArray[Any]]:
    """The costs-to-go by scipy, and every optimal action by NumPy: the yardstick."""
    assert grid.goal is not None
    legal = rule.legal(grid.walls)
    rows, cols, actions = legal.shape
    cell, action = np.divmod(np.flatnonzero(legal), actions)
    neighbour = cell + (rule.deltas @ (cols, 1))[action]
    row_starts = np.zeros(rows * cols + 1, np.int32)
    np.cumsum(legal.reshape(rows * cols, -1).sum(axis=1), out=row_starts[1:])
    graph = csr_array((rule.costs[action], neighbour, row_starts), shape=(rows * cols,) * 2)
    costs = dijkstra(graph, indices=grid.goal[0] * cols + grid.goal[1]).reshape(rows, cols)
    padded = np.pad(costs, 1, constant_values=np.inf)
    limit = np.where(np.isfinite(costs), costs + 1e-6, -np.inf)
    optimal = np.empty_like(legal)
    for place, ((row, col), length) in enumerate(zip(rule.deltas, rule.costs, strict=True)):
        onward = padded[1 + row : 1 + row + rows, 1 + col : 1 + col + cols] + length
        optimal[..., place] = legal[..., place] & (onward <= limit)
    return costs, optimal


def small() -> dict[str, float]:
    """Warm plans on 28x28, against what else one could do."""
    planner, _ = load_planner("dynamic-8")
    paper, _ = load_planner("vin-28x28")
    grid = generate("obstacles", rows=28, cols=28, rng=np.random.default_rng(1))
    model = load_model(find_model("dynamic-8"))
    model.iterations = 80
    inputs = tf.constant(encode([grid]))
    plan = milliseconds(lambda: planned(planner, grid, 80), runs=200)
    by_layers = Planner(network_of(model), name="layers", engine="keras")
    layers = milliseconds(lambda: planned(by_layers, grid, 80), runs=20)
    eager = milliseconds(lambda: model(inputs), runs=5)
    yardstick = milliseconds(lambda: solved_by_scipy(grid, EIGHT), runs=50)
    exact = milliseconds(lambda: solve(grid, EIGHT), runs=200)
    return {
        "plan 28x28, K = 80 (ms)": plan,
        "the same by the Keras layers in a graph (ms)": layers,
        "one eager forward pass of the Keras model (ms)": eager,
        "plan / eager forward pass": plan / eager,
        "scipy's Dijkstra with all optimal actions (ms)": yardstick,
        "plan / scipy's Dijkstra": plan / yardstick,
        "the exact solution by the engine (ms)": exact,
        "the exact solution / scipy's Dijkstra": exact / yardstick,
        "vin-28x28, K = 36 (ms)": milliseconds(lambda: planned(paper, grid, 36), runs=100),
    }


def evaluation() -> dict[str, float]:
    """`vingui evaluate` without its start: maps of 28x28, the given start."""
    planner, _ = load_planner("dynamic-8")
    maps = [
        generate("obstacles", rows=28, cols=28, rng=np.random.default_rng(seed))
        for seed in range(200)
    ]

    def evaluated() -> None:
        totals = EvaluationTotals()
        for result in evaluate(planner, maps):
            totals.add(MapCounts.of(result))

    whole = processor_time(evaluated, runs=5)
    yardstick = processor_time(lambda: [solved_by_scipy(grid, EIGHT) for grid in maps], runs=3)
    return {
        "evaluating a map of 28x28 (ms)": whole / len(maps),
        "evaluating / scipy's Dijkstra": whole / yardstick,
    }


def children_time() -> float:
    """The processor time of the processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start() -> dict[str, float]:
    """Processes that plan, in processor time, and against importing TensorFlow and Keras."""
    vingui = [sys.executable, "-m", "vingui"]
    with tempfile.TemporaryDirectory() as folder:
        maps = str(Path(folder, "maps.npz"))
        generating = [*vingui, "generate", "obstacles", maps, "--size", "28", "--count", "1000"]
        subprocess.run(generating, check=True, capture_output=True)
        plan, evaluating, importing = (
            milliseconds(
                partial(subprocess.run, command, check=True, capture_output=True),
                runs=3,
                clock=children_time,
            )
            for command in (
                [*vingui, "plan", "assets/maps/spiral.json", "--json", "-"],
                [*vingui, "evaluate", maps],
                [sys.executable, "-c", "import vingui.net.backend"],
            )
        )
    return {
        "vingui plan (ms)": plan,
        "vingui plan / importing TensorFlow and Keras": plan / importing,
        "vingui evaluate, 1,000 maps of 28x28 (ms)": evaluating,
        "vingui evaluate / importing TensorFlow and Keras": evaluating / importing,
    }


def large() -> dict[str, float]:
    """Caves of growing size: the whole plan, its iterations for each change, and the oracle."""
    planner, _ = load_planner("dynamic-8")
    found: dict[str, float] = {}
    by_change: dict[int, float] = {}
    for side in (128, 256, 512, 1024, 2048):
        grid = generate("caves", rows=side, cols=side, rng=np.random.default_rng(1))
        runs = 5 if side > 256 else 50
        plan = processor_time(partial(planned, planner, grid, None), runs=runs)
        history = iterated(planner, grid)
        iterating = processor_time(partial(iterated, planner, grid), runs=runs)
        by_change[side] = 1e6 * iterating / history.count
        found |= {
            f"cave {side}x{side}, K = {history.latest}: plan (ms)": plan,
            f"cave {side}x{side}: iterating, for each change (ns)": by_change[side],
            f"cave {side}x{side}: all V_k kept (MiB)": 12 * history.count / 2**20,
            f"cave {side}x{side}: exact solution (ms)": processor_time(
                partial(solve, grid, EIGHT), runs=runs
            ),
        }
    return found | {"time for each change, 2048x2048 / 128x128": by_change[2048] / by_change[128]}


def largest() -> dict[str, float]:
    """The largest map, with its goal in a corner; measured first, so that the peak is its own."""
    planner, _ = load_planner("dynamic-8")
    planned(planner, generate("caves", rows=64, cols=64, rng=np.random.default_rng(1)), None)
    before = peak_mebibytes()
    grid = generate("caves", rows=MAX_SIDE, cols=MAX_SIDE, rng=np.random.default_rng(1))
    row, col = np.argwhere(grid.free[:64, :64])[0].tolist()
    grid = grid.with_goal((row, col))
    generating = peak_mebibytes()
    plan = processor_time(partial(planned, planner, grid, None), runs=3)
    history, size = planned(planner, grid, None), f"cave {MAX_SIDE}x{MAX_SIDE}"
    return {
        f"{size}, K = {history.latest}: plan (ms)": plan,
        f"{size}: exact solution (ms)": processor_time(partial(solve, grid, EIGHT), runs=2),
        "peak memory before (MiB)": before,
        f"{size}: peak memory, generated (MiB)": generating,
        f"{size}: peak memory, planned (MiB)": peak_mebibytes(),
    }


def peak_mebibytes() -> float:
    """The most memory that this process ever took."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def terrain() -> dict[str, float]:
    """Plans with known costs in broad patches, against those without."""
    planner, _ = load_planner("dynamic-8")
    found: dict[str, float] = {}
    for kind, side in (("obstacles", 28), ("caves", 512)):
        random = np.random.default_rng(1)
        grid = generate(kind, rows=side, cols=side, rng=random)
        patches = random.integers(0, 5, (8, 8), np.uint8).repeat(side // 8 + 1, 0)
        kinds = patches.repeat(side // 8 + 1, 1)[:side, :side]
        costly = replace(grid, terrain=kinds)
        plain, weighted = (
            processor_time(partial(planned, planner, one, None), runs=20) for one in (grid, costly)
        )
        changes = [planned(planner, one, None) for one in (grid, costly)]
        assert all(isinstance(one, ValueChanges) for one in changes)
        few, many = (one.count for one in changes if isinstance(one, ValueChanges))
        found |= {
            f"{kind} {side}x{side} with terrain: plan (ms)": weighted,
            f"{kind} {side}x{side}: plan with terrain / without": weighted / plain,
            f"{kind} {side}x{side}: changes with terrain / without": many / few,
        }
    return found


def searches() -> dict[str, float]:
    """The searches of a large cave from corner to corner, each expansion kept as a V_k."""
    grid = generate("caves", rows=1024, cols=1024, rng=np.random.default_rng(1))
    cells = np.argwhere(solve(grid, EIGHT).reachable)
    grid = replace(grid, goals=(tuple(cells[-1].tolist()),), starts=(tuple(cells[0].tolist()),))
    exact = processor_time(partial(solve, grid, EIGHT), runs=3)
    found: dict[str, float] = {}
    for name in filter(is_search, METHODS):
        planner, _ = load_planner(name)
        took = processor_time(partial(planned, planner, grid, None), runs=3)
        count = planned(planner, grid, None).kept[-1]
        found |= {
            f"cave 1024x1024, {name}, {count} expansions (ms)": took,
            f"cave 1024x1024, {name}: each expansion (ns)": 1e6 * took / count,
            f"cave 1024x1024, {name} / exact solution": took / exact,
        }
    return found


def stroke() -> dict[str, float]:
    """A stroke of the largest brush on the largest map, against copying the walls once."""
    grid = GridMap(np.random.default_rng(0).random((1024, 1024)) < 0.3)
    cells = line_cells((500, 500), (512, 507))
    painted = milliseconds(lambda: paint(grid, cells, material=WALL, brush=15), runs=200)
    copied = milliseconds(grid.walls.copy, runs=200)
    return {
        "brush stroke on 1024x1024 (ms)": painted,
        "copying its walls once (ms)": copied,
        "brush stroke / copying": painted / copied,
    }


if __name__ == "__main__":
    parts = largest(), small(), evaluation(), large(), terrain(), searches(), stroke(), start()
    json.dump(
        {name: number for part in parts for name, number in part.items()}, sys.stdout, indent=2
    )
    print()
