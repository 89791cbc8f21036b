"""How fast the default model plans and a brush paints: times, and ratios of the same run.

python tests/benchmarks/speed.py
"""

import json
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.map_edits import line_cells, paint
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.net.backups import CHUNK
from vingui.net.data import encode
from vingui.net.planner import Planner
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


def planned(planner: Planner, grid: GridMap, iterations: int) -> None:
    """Iterate, with all values out, and read out the policy."""
    iteration = planner.iterate(grid, iterations=iterations)
    np.concatenate(list(iteration))
    iteration.read_out()


def small() -> dict[str, float]:
    """A warm plan on 28x28 with K = 80 and all values out, against what else one could do."""
    planner, _ = load_planner("dynamic-8")
    grid = generate("obstacles", rows=28, cols=28, rng=np.random.default_rng(1))
    planner.model.iterations = 80
    inputs = tf.constant(encode([grid]))
    plan = milliseconds(lambda: planned(planner, grid, 80), runs=200)
    eager = milliseconds(lambda: planner.model(inputs), runs=5)
    dijkstra = milliseconds(lambda: solve(grid, EIGHT), runs=50)
    return {
        "plan 28x28, K = 80 (ms)": plan,
        "one eager forward pass of the Keras model (ms)": eager,
        "plan / eager forward pass": plan / eager,
        "Dijkstra with all optimal actions (ms)": dijkstra,
        "plan / Dijkstra": plan / dijkstra,
    }


def large() -> dict[str, float]:
    """256x256 with K = 512: an iteration against reading its arrays once from memory."""
    planner, _ = load_planner("dynamic-8")
    grid = generate("caves", rows=256, cols=256, rng=np.random.default_rng(1))
    backups = planner.iterate(grid, iterations=CHUNK).backups

    def run() -> None:
        values = backups.initial
        for _ in range(512 // CHUNK):
            values = backups.advance(values)[CHUNK - 1]
        values.numpy()

    iteration = milliseconds(run, runs=5) / 512
    # Eight planes of rewards and one value map are what an iteration has to read.
    arrays = np.random.default_rng(0).random((9, 256, 256)).astype(np.float32)
    read = milliseconds(arrays.max, runs=200)
    return {
        "256x256, K = 512: one iteration (ms)": iteration,
        "reading its nine arrays once (ms)": read,
        "iteration / reading": iteration / read,
        "plan 256x256, K = 512, all values out (ms)": milliseconds(
            lambda: planned(planner, grid, 512), runs=5
        ),
    }


def stroke() -> dict[str, float]:
    """A stroke of the largest brush on the largest map, against copying the walls once."""
    grid = GridMap(np.random.default_rng(0).random((1024, 1024)) < 0.3)
    cells = line_cells((500, 500), (512, 507))
    painted = milliseconds(lambda: paint(grid, cells, wall=True, brush=15), runs=200)
    copied = milliseconds(grid.walls.copy, runs=200)
    return {
        "brush stroke on 1024x1024 (ms)": painted,
        "copying its walls once (ms)": copied,
        "brush stroke / copying": painted / copied,
    }


if __name__ == "__main__":
    json.dump(small() | large() | stroke(), sys.stdout, indent=2)
    print()
