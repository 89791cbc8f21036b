"""How much faster two workers train than one, and what the sums between them take.

    python tests/benchmarks/training_workers.py [--architecture vin] [--size 16] [--batch-size 32]

A process trains with whole batches, and then two workers of this machine with half of each, each
process with one thread for a computation, so that two processes have twice the processors of one.
Times are medians over steps, of which data are a part. Sums are timed alone, of as many numbers as
the network has weights and of more.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from vingui.core.cluster_place import ClusterPlace
from vingui.core.train_settings import TrainSettings
from vingui.net.backend import keras, tf
from vingui.net.train import train, training_data

EPOCHS, BATCHES = 2, 15
NUMBERS = (10, 100_000, 1_000_000)


class Steps(keras.callbacks.Callback):
    """The seconds and the processor's seconds from each batch of an epoch to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.busy: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the time since the batch before."""
        now = time.perf_counter(), time.process_time()
        if batch:
            self.seconds.append(now[0] - self.before[0])
            self.busy.append(now[1] - self.before[1])
        self.before = now


def median(function: Any, times: int) -> float:
    """The median of the seconds that a function takes."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        function()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def measure(place: ClusterPlace, settings: TrainSettings) -> dict[str, Any]:
    """The seconds of a step, of the data of a step, and of sums by how many numbers they are of."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    steps = Steps()
    with tempfile.TemporaryDirectory() as folder:
        model = train(
            settings,
            checkpoint=Path(folder, "checkpoint"),
            verbose=0,
            callbacks=[steps],
            place=place,
        ).model
    weights = sum(int(tf.size(one)) for one in model.trainable_weights)
    sums = {}
    for numbers in (weights, *NUMBERS):
        own = tf.ones(numbers)
        summed = tf.function(lambda own=own: model.cluster.summed([own])[0])
        summed()
        sums[numbers] = median(summed, 20)
    data = training_data(settings)
    data.cluster = model.cluster
    return {
        # Of the first epoch, a part is what TensorFlow prepares.
        "step": statistics.median(steps.seconds[BATCHES:]),
        "busy": statistics.median(steps.busy[BATCHES:]),
        "maps": median(lambda: data.maps(0), 5),
        "data": median(lambda: data[0], 5),
        "weights": weights,
        "sums": sums,
    }


def measured(count: int, words: list[str]) -> dict[str, Any]:
    """What the first of so many workers measures, each a process of its own."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in (one, other)][:count]
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, *words, "--worker", ",".join(addresses), str(index)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for index in range(count)
    ]
    outputs = [process.communicate()[0] for process in processes]
    return json.loads(outputs[0])


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--architecture", default="dynamic")
    parser.add_argument("--size", type=int, default=16)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    settings = TrainSettings(
        architecture=options.architecture,
        rows=options.size,
        cols=options.size,
        epochs=EPOCHS,
        batches=BATCHES,
        batch_size=options.batch_size,
    )
    if options.worker:
        addresses, index = options.worker
        place = ClusterPlace(tuple(addresses.split(",")), int(index))
        print(json.dumps(measure(place, settings)))
        return
    one, two = (measured(count, sys.argv[1:]) for count in (1, 2))
    for count, found in ((1, one), (2, two)):
        print(
            f"{count} workers: a step {1000 * found['step']:.1f} ms, of a processor's time "
            f"{1000 * found['busy']:.1f} ms; its data "
            f"{1000 * found['data']:.1f} ms, {1000 * found['maps']:.1f} of them for all maps"
        )
    for numbers, seconds in two["sums"].items():
        print(f"sum of {int(numbers):,} numbers of two workers: {1000 * seconds:.2f} ms")
    summed = two["sums"][str(two["weights"])] + two["sums"][str(NUMBERS[0])]
    print(
        f"{one['step'] / two['step']:.2f} times as fast, {one['busy'] / two['busy']:.2f} by the "
        f"processors' time; the sums are {100 * summed / two['step']:.0f} % of a step; "
        f"{os.cpu_count()} processors"
    )


if __name__ == "__main__":
    main()
