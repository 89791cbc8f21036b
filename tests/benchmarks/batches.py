"""How much faster several worker processes are than one, and whether with the same results.

    python tests/benchmarks/batches.py [evaluate|plan|figures|generate] [--maps 10000] [--jobs 2]
        [--model dynamic-8] [--kind maze]

Both run in turn, twice, and the quickest of each counts. Starting the processes is included. With
more than two jobs it prints what 8 and 64 workers would reach on paper.
"""

import argparse
import hashlib
import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
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
    results, costs = [], dict[int, Costs]()
    for jobs in (1, options.jobs) * 2:
        before = Costs.so_far()
        results.append(run(options, maps, jobs))
        cost = Costs.so_far().since(before)
        costs[jobs] = min(cost, costs.get(jobs, cost))
        print(
            f"{jobs} jobs: {cost.wall:.1f} s; processor time {cost.own:.1f} s here and "
            f"{cost.others:.1f} s in the processes; {cost.memory:.0f} MiB more here at most",
            flush=True,
        )
    alone, several = costs[1], costs[options.jobs]
    idle = options.jobs * alone.own / (several.own + several.others)
    print(
        f"{alone.wall / several.wall:.2f} times as fast, by processor time {idle:.2f} times on "
        f"idle cores; equal: {results.count(results[0])}/4"
    )
    if options.jobs > 2:
        before = Costs.so_far()
        run(options, 10, options.jobs)
        on_paper(maps, options.jobs, alone, several, Costs.so_far().since(before))


@dataclass(order=True, frozen=True)
class Costs:
    """Seconds that pass, of processors here and in processes that have ended; MiB at most here."""

    wall: float
    own: float
    others: float
    memory: float

    @classmethod
    def so_far(cls) -> "Costs":
        """Those of this process until now."""
        here, there = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return cls(
            time.perf_counter(),
            time.process_time(),
            there.ru_utime + there.ru_stime,
            here.ru_maxrss / 1024,
        )

    def since(self, before: "Costs") -> "Costs":
        """What was added to others."""
        return Costs(*(getattr(self, f.name) - getattr(before, f.name) for f in fields(self)))


def on_paper(maps: int, jobs: int, alone: Costs, several: Costs, start: Costs) -> None:
    """Print what more workers on idle cores would take.

    They plan in parallel once they have started; this process gives out their work and adds up, one
    chunk after the other, which limits them. With two jobs it plans too, so that its own part is
    not known. Chunks of more maps are larger, and this process then takes less for each map.
    """
    each, here = alone.own / maps, (several.own - start.own) / maps
    first = start.own + start.others / jobs
    print(
        f"on paper: a map takes {each * 1000:.2f} ms in a worker, a start {first:.1f} s, and this "
        f"process {here * 1e6:.0f} us a map: the work of {each / here:.0f} workers at most"
    )
    for workers in (8, 64):
        seconds = first + maps * max(each / workers, here)
        print(
            f"  {workers} workers: {seconds:.1f} s, {alone.own / seconds:.1f} times as fast as one"
        )


if __name__ == "__main__":
    main()
