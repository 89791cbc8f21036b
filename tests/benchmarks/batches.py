"""How much faster several worker processes are than one, and whether with the same results.

    python tests/benchmarks/batches.py [evaluate|plan|figures|generate] [--maps 10000] [--jobs 2]
        [--model dynamic-8] [--kind maze]

Both run in turn, twice, and the quickest of each counts. Starting the processes is included. Memory
and processor time are those of this process, which puts the results in order.
"""

import argparse
import hashlib
import resource
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import vingui

Options = argparse.Namespace


def evaluate(options: Options, maps: int, jobs: int) -> str:
    """Evaluate a model; the rows of its table, without times."""
    result = vingui.evaluate(options.model, f"{options.kind}:28:{maps}", jobs=jobs)
    return repr([{**row, "seconds_per_map": None} for row in result.rows])


def plan(options: Options, maps: int, jobs: int) -> str:
    """Plan; a checksum of what came of each map."""
    kind = f"{options.kind}:28:{maps}"
    return _checksum(
        repr((each.words, each.record)).encode()
        for each in vingui.plan_many(kind, model=options.model, jobs=jobs)
    )


def figures(options: Options, maps: int, jobs: int) -> str:
    """Plan, and draw a figure of each plan; a checksum of the files."""
    with TemporaryDirectory() as folder:
        plans = vingui.plan_many(
            f"{options.kind}:28:{maps}",
            model=options.model,
            jobs=jobs,
            save=Path(folder, "{index}.png"),
        )
        return _checksum(each.files[0].read_bytes() for each in plans)


def generate(options: Options, maps: int, jobs: int) -> str:
    """Generate maps; a checksum of them."""
    made = vingui.generate_many(options.kind, maps, jobs=jobs)
    return _checksum(grid.walls.tobytes() for grid in made)


def _checksum(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


TASKS: dict[str, tuple[Callable[[Options, int, int], str], int]] = {
    "evaluate": (evaluate, 10_000),
    "plan": (plan, 10_000),
    "figures": (figures, 200),
    "generate": (generate, 100_000),
}
"""What is done, and on how many maps unless it is said."""


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", nargs="?", choices=TASKS, default="evaluate")
    parser.add_argument("--maps", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--model", default="dynamic-8")
    parser.add_argument("--kind", default="maze")
    options = parser.parse_args()
    run, usual = TASKS[options.task]
    maps = options.maps or usual
    run(options, 10, 1)
    quickest: dict[int, float] = {}
    results = []
    for jobs in (1, options.jobs) * 2:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, busy = time.perf_counter(), time.process_time()
        results.append(run(options, maps, jobs))
        seconds = time.perf_counter() - began
        busy = time.process_time() - busy
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        quickest[jobs] = min(seconds, quickest.get(jobs, seconds))
        grown = (after - before) / 1024
        print(
            f"{jobs} jobs: {seconds:.1f} s, of which this process computed {busy:.1f} s; "
            f"{grown:.0f} MiB more at most",
            flush=True,
        )
    ratio = quickest[1] / quickest[options.jobs]
    print(f"{ratio:.2f} times as fast; equal: {results.count(results[0])}/4")


if __name__ == "__main__":
    main()
