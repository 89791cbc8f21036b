"""Several workers train the network that one process trains, and go on when one was lost."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.cards import ModelCard
from vingui.core.cluster_place import ClusterPlace
from vingui.core.errors import VinguiError
from vingui.core.formats import write_map
from vingui.core.generate import generate_many
from vingui.core.train_settings import TrainSettings
from vingui.net import train as training
from vingui.net.backend import tf
from vingui.net.cluster import ALONE, Cluster
from vingui.net.keras_networks import load_model
from vingui.net.shared_training import statement
from vingui.net.train import train, training_data

SETTINGS = TrainSettings(
    rows=6, cols=6, iterations=4, epochs=3, batches=4, batch_size=5, reading_every=2, seed=7
)
OPTIONS = [
    *("--size", "6", "--iterations", "4", "--epochs", "3", "--batches", "4", "--batch-size", "5"),
    *("--reading-every", "2", "--seed", "7", "--no-evaluation"),
]

WORKER = """
import json, os, signal, sys
from vingui.cli import main
from vingui.net.quiet import quiet_tensorflow

commands, dies = json.loads(sys.argv[2]), sys.argv[1] == "dies"
with quiet_tensorflow():
    from vingui.net import train

def die(clock, batch, logs=None):
    if (clock.data.epoch, batch) == (1, 2):
        os.kill(os.getpid(), signal.SIGKILL)

if dies:
    train.TrainingClock.on_train_batch_begin = die
connect, connected = train.connected, []

def connect_once(*arguments):
    connected[:] = connected or [connect(*arguments)]
    return connected[0]

train.connected = connect_once
sys.exit(max(main(words) for words in commands))
"""


class NormsOfGradients(Cluster):
    """A process alone, which keeps the largest norm that a variable's gradient had in each step."""

    def __init__(self):
        super().__init__(ALONE.place)
        self.norms = []

    def summed(self, tensors):
        def keep(*values):
            self.norms.append(max(float(np.linalg.norm(value)) for value in values))

        tf.py_function(keep, tensors, [])
        return super().summed(tensors)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The weights of one process, and the norms of its gradients."""
    cluster = NormsOfGradients()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "connected", lambda *_: cluster)
        model = train(SETTINGS, checkpoint=tmp_path_factory.mktemp("alone") / "c", verbose=0).model
    return [weight.numpy() for weight in model.weights], cluster.norms


def started(folder, addresses, *commands, dies=False):
    """Start two workers, the chief by options and the other one by TensorFlow's variable."""
    cluster = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": 1}}
    places = [["--workers", ",".join(addresses), "--index", "0"], []]
    processes = []
    for index, place in enumerate(places):
        folder.joinpath(str(index)).mkdir(exist_ok=True)
        words = [["train", *command, *OPTIONS, *place] for command in commands]
        alive = "dies" if dies and index == 1 else "lives"
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", WORKER, alive, json.dumps(words)],
                cwd=folder / str(index),
                env={**os.environ, **({"TF_CONFIG": json.dumps(cluster)} if index else {})},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    return processes


def ended(processes):
    """The exit code, the output and the messages of each."""
    try:
        outputs = [process.communicate(timeout=300) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return [(one.returncode, *output) for one, output in zip(processes, outputs, strict=True)]


@pytest.mark.slow
def test_two_workers_train_the_other_networks_like_one(free_addresses, tmp_path):
    costs = {"maps": "terrain", "mirrored": True, "demonstrations": 9}
    commands = [
        ["vin.keras", "--architecture", "vin"],
        ["costs.keras", "--architecture", "costs", "--mirrored", "--demonstrations", "9"],
    ]
    processes = started(tmp_path, free_addresses(2), *commands)
    weights = {}
    for architecture, changes in (("vin", {}), ("costs", costs)):
        settings = replace(SETTINGS, architecture=architecture, **changes)
        model = train(settings, checkpoint=tmp_path / architecture, verbose=0).model
        weights[architecture] = [weight.numpy() for weight in model.weights]
    found = ended(processes)
    assert [code for code, *_ in found] == [0, 0], found
    for architecture, tolerance in (("vin", 1e-4), ("costs", 1e-6)):
        two = load_model(tmp_path / f"0/{architecture}.keras").weights
        for one, other in zip(weights[architecture], two, strict=True):
            np.testing.assert_allclose(other.numpy(), one, rtol=0, atol=tolerance)


@pytest.mark.slow
def test_two_workers_one_of_them_killed_come_to_the_weights_of_one_process(
    alone, free_addresses, tmp_path
):
    chief, killed = ended(started(tmp_path, free_addresses(2), ["two.keras"], dies=True))
    assert killed[0] < 0
    assert chief[0] == 2
    message = chief[2].splitlines()[-1]
    assert "Training ended because worker 1 (127.0.0.1:" in message
    assert "kept in two.checkpoint" in message
    assert f"this one by: vingui train two.keras {' '.join(OPTIONS)} --workers 127" in message
    kept = json.loads((tmp_path / "0/two.checkpoint/training_metadata.json").read_text())
    assert kept["epoch"] == 1

    chief, other = ended(started(tmp_path, free_addresses(2), ["two.keras"]))
    assert (chief[0], other[0]) == (0, 0), (chief, other)
    assert "continuing from two.checkpoint" in chief[2]
    losses = [line for line in chief[1].splitlines() if line.startswith("epoch")]
    assert [line[:7] for line in losses] == ["epoch 2", "epoch 3"]
    # Both know the loss of whole batches.
    assert losses == [line for line in other[1].splitlines() if line.startswith("epoch")]

    weights, norms = alone
    found = [weight.numpy() for weight in load_model(tmp_path / "0/two.keras").weights]
    # Sums over shares are rounded in another order, by about 1e-7 of a gradient. Where a gradient
    # is hardly larger than that, Adam makes a part of a step of it, and a step is at most 3e-3.
    for one, two in zip(weights, found, strict=True):
        np.testing.assert_allclose(two, one, rtol=0, atol=1e-4)
    # Gradients were clipped at 1, and before they were summed, clipping would have changed them.
    assert min(norms) > 1

    card = ModelCard.read(tmp_path / "0/two.json")
    assert card.machine.startswith("2 workers, the first with ")
    assert TrainSettings(**card.settings) == SETTINGS
    assert {file.name for file in (tmp_path / "0").iterdir()} == {"two.json", "two.keras"}
    assert list((tmp_path / "1").iterdir()) == []


def clusters(count):
    return [
        Cluster(ClusterPlace(tuple(f"h:{i + 1}" for i in range(count)), i)) for i in range(count)
    ]


@pytest.mark.parametrize("architecture", ["dynamic", "vin", "costs"])
def test_shares_make_up_the_batch_of_one_process(architecture):
    maps = "terrain" if architecture == "costs" else "mixed"
    settings = replace(
        SETTINGS, architecture=architecture, maps=maps, mirrored=True, demonstrations=9
    )
    data = training_data(settings)
    inputs, labels = data[1]
    parts = []
    for cluster in clusters(3):
        data.cluster = cluster
        parts.append(data[1])
    assert [len(part[0]) for part in parts] == [1, 2, 2]
    np.testing.assert_array_equal(np.concatenate([part[0] for part in parts]), inputs)
    for name, label in labels.items():
        np.testing.assert_array_equal(np.concatenate([part[1][name] for part in parts]), label)


def test_more_workers_than_maps_in_a_batch_are_refused():
    data = training_data(replace(SETTINGS, batch_size=2))
    data.cluster = clusters(3)[1]
    with pytest.raises(VinguiError, match=r"batch of 2 maps is too small for 3 workers"):
        data[0]


def test_files_are_the_same_to_all_workers_if_their_content_is(tmp_path):
    one, two = generate_many("maze", count=2, rows=7, cols=7, seed=1)
    for name, grid in (("a", one), ("b", one), ("c", two)):
        write_map(tmp_path / f"{name}.json", grid)
    a, b, c = (statement(replace(SETTINGS, maps=str(tmp_path / f"{name}.json"))) for name in "abc")
    assert a == b != c
    assert statement(SETTINGS)["maps"] == "mixed"
