"""How much faster several worker processes evaluate than one, and whether with the same results.

    python tests/benchmarks/batches.py [--maps 10000] [--jobs 2] [--model dynamic-8] [--kind maze]

Both evaluations run in turn, twice, and the quickest of each counts. Starting the processes is
included. Memory and processor time are those of this process, which adds up the numbers of maps.
"""

import argparse
import resource
import time

import vingui


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--maps", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--model", default="dynamic-8")
    parser.add_argument("--kind", default="maze")
    options = parser.parse_args()
    maps = f"{options.kind}:28:{options.maps}"
    vingui.evaluate(options.model, f"{options.kind}:28:10")
    quickest: dict[int, float] = {}
    rows = []
    for jobs in (1, options.jobs) * 2:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, busy = time.perf_counter(), time.process_time()
        result = vingui.evaluate(options.model, maps, jobs=jobs)
        seconds = time.perf_counter() - began
        busy = time.process_time() - busy
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        quickest[jobs] = min(seconds, quickest.get(jobs, seconds))
        rows.append([{**row, "seconds_per_map": None} for row in result.rows])
        grown = (after - before) / 1024
        print(
            f"{jobs} jobs: {seconds:.1f} s, of which this process computed {busy:.1f} s; "
            f"{grown:.0f} MiB more at most",
            flush=True,
        )
    print(
        f"{quickest[1] / quickest[options.jobs]:.2f} times as fast; equal: {rows.count(rows[0])}/4"
    )


if __name__ == "__main__":
    main()
