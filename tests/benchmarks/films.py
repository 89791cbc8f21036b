"""How long films take and how much memory, beside the plan and a single figure of the same run.

python tests/benchmarks/films.py [FOLDER]

The films are left in FOLDER, if one is named.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from vingui.core.generate import generate
from vingui.core.run import Run
from vingui.figure import FigureOptions
from vingui.figure.compose import draw_figure
from vingui.figure.film import draw_film, film_ks, pages, save_film
from vingui.figure.film_options import FILM_SUFFIXES, FilmOptions
from vingui.figure.saving import pixels_of

MEMORY = 512 << 20
"""Bytes of values that are kept: those of all iterations, on the larger map too."""


def planned(kind: str, *, side: int, iterations: int | None) -> tuple[Run, float]:
    """A run with three starts, and the seconds of a warm plan."""
    from vingui.net.zoo import load_planner

    planner, _ = load_planner("dynamic-8")
    rng = np.random.default_rng(1)
    grid = generate(kind, rows=side, cols=side, rng=rng)
    starts = rng.choice(np.argwhere(grid.free), 3, replace=False).tolist()
    grid = grid.with_starts(tuple((row, col) for row, col in starts))
    planner.plan(grid, iterations=iterations)
    run = planner.plan(grid, iterations=iterations, memory=MEMORY)
    seconds = run.seconds
    for k in run.kept:
        run.readouts.actions(k)
    # The network stays here when the run is sent to a process of its own.
    run.readouts.reader = None
    return run, seconds


def memory_now() -> float:
    """MiB of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def filmed(run: Run, path: Path) -> dict[str, Any]:
    """Write one film; in a process of its own, so that its memory is nobody else's."""
    options, name = FilmOptions(), "benchmark"
    # Imports and the fonts are found before anything is measured.
    pixels_of(draw_figure(run, FigureOptions(dpi=36), name=name).figure)
    before, began = memory_now(), time.perf_counter()
    pixels_of(draw_figure(run, options.figure, name=name).figure)
    figure = time.perf_counter() - began
    page = next(pages(draw_film(run, options, name), film_ks(run, options)))
    most, over = memory_now(), threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.005):
            most = max(most, memory_now())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began, processor = time.perf_counter(), time.process_time()
    save_film(run, path, options, name=name)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    over.set()
    watcher.join()
    return {
        "frames": len(film_ks(run, options)),
        "pixels": f"{page.shape[1]}x{page.shape[0]}",
        "one figure (s)": figure,
        "film (s)": seconds,
        "film, on the processor (s)": processor,
        "memory beside the run (MiB)": most - before,
        "file (MiB)": path.stat().st_size / 2**20,
    }


def measured(folder: Path) -> dict[str, Any]:
    """Every film of a small run and of a large one."""
    found: dict[str, Any] = {}
    for kind, side, iterations in (("obstacles", 28, 80), ("caves", 512, None)):
        run, plan = planned(kind, side=side, iterations=iterations)
        for suffix in FILM_SUFFIXES:
            path = folder / f"{side}x{side}{suffix}"
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                made = pool.submit(filmed, run, path).result()
            figure, film = made["one figure (s)"], made["film (s)"]
            found[f"{path.name}, K = {run.latest}"] = made | {
                "warm plan (s)": plan,
                "film / plan": film / plan,
                "film / one figure": film / figure,
                "a frame / one figure": film / made["frames"] / figure,
            }
    return found


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        named = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary)
        json.dump(measured(named), sys.stdout, indent=2)
    print()
