"""How fast the default model plans and a brush paints: times, and ratios of the same run.

python tests/benchmarks/speed.py
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.map_edits import WALL, line_cells, paint
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.value_changes import ValueChanges
from vingui.core.value_history import MOST_MEMORY, ValueHistory
from vingui.net.data import encode
from vingui.net.planner import Job, Planner
from vingui.net.zoo import load_planner


def milliseconds(call: Callable[[], Any], *, runs: int) -> float:
    """The median time of a call that has been made before."""
    call()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - began))
    return median(times)


def planned(planner: Planner, grid: GridMap, iterations: int | None) -> ValueChanges | ValueHistory:
    """Plan with every V_k out, and the reward, the q-values and the policy of the last."""
    job = Job(planner, grid, iterations=iterations, memory=MOST_MEMORY)
    for _ in job.iteration:
        list(job.values())
    job.end()
    return job.iteration.history


def small() -> dict[str, float]:
    """Warm plans on 28x28, against what else one could do."""
    planner, _ = load_planner("dynamic-8")
    paper, _ = load_planner("vin-28x28")
    grid = generate("obstacles", rows=28, cols=28, rng=np.random.default_rng(1))
    planner.model.iterations = 80
    inputs = tf.constant(encode([grid]))
    plan = milliseconds(lambda: planned(planner, grid, 80), runs=200)
    by_layers = Planner(planner.model, name="layers", engine="keras")
    layers = milliseconds(lambda: planned(by_layers, grid, 80), runs=20)
    eager = milliseconds(lambda: planner.model(inputs), runs=5)
    dijkstra = milliseconds(lambda: solve(grid, EIGHT), runs=50)
    return {
        "plan 28x28, K = 80 (ms)": plan,
        "the same by the Keras layers in a graph (ms)": layers,
        "one eager forward pass of the Keras model (ms)": eager,
        "plan / eager forward pass": plan / eager,
        "Dijkstra with all optimal actions (ms)": dijkstra,
        "plan / Dijkstra": plan / dijkstra,
        "vin-28x28, K = 36 (ms)": milliseconds(lambda: planned(paper, grid, 36), runs=100),
    }


def large() -> dict[str, float]:
    """Caves up to the largest map: the whole plan, and its iterations for each change."""
    planner, _ = load_planner("dynamic-8")
    found: dict[str, float] = {}
    for side in (128, 512, 1024):
        grid = generate("caves", rows=side, cols=side, rng=np.random.default_rng(1))
        plan = milliseconds(partial(planned, planner, grid, None), runs=5)
        began = time.perf_counter()
        iteration = planner.iterate(grid, iterations=None)
        for _ in iteration:
            pass
        iterating = 1e9 * (time.perf_counter() - began)
        history = iteration.history
        assert isinstance(history, ValueChanges)
        found |= {
            f"cave {side}x{side}, K = {history.latest}: plan (ms)": plan,
            f"cave {side}x{side}: iterating, for each change (ns)": iterating / history.count,
            f"cave {side}x{side}: all V_k kept (MiB)": 12 * history.count / 2**20,
        }
    return found


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
            milliseconds(partial(planned, planner, one, None), runs=20) for one in (grid, costly)
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
    json.dump(small() | large() | terrain() | stroke(), sys.stdout, indent=2)
    print()
