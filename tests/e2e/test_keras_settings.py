"""Keras and TensorFlow set up otherwise by the user: every command gives the same numbers."""

import io
import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from importlib import import_module

import h5py
import numpy as np
import pytest

from vingui.core.pipe import receive
from vingui.core.planner_protocol import PlannerReady
from vingui.gui.planner.connection import COMMAND
from vingui.paths import MAPS

PLAN = ("plan", str(MAPS / "trap.json"), "--model", "vin-8x8", "--out", "plan.npz")

ARRAYS = ("values", "q", "policy", "reward", "changes")

SETTINGS = {
    "jax": ({"KERAS_BACKEND": "jax", "KERAS_MAX_STEPS_PER_EPOCH": "1"}, "[1, 2"),
    "torch": (
        {"KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "many"},
        '{"image_data_format": "channels_first", "floatx": "float16", "epsilon": 0.1}',
    ),
    "unknown": (
        {
            "KERAS_NNX_ENABLED": "1",
            "TF_USE_LEGACY_KERAS": "1",
            "XLA_FLAGS": "--xla_no_such_flag=1",
            "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
            "TF_ENABLE_ONEDNN_OPTS": "0",
            "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
        },
        '{"backend": "nonsense", "floatx": "bfloat16", "epsilon": 1}',
    ),
}
"""By name: variables of the environment, and the content of `keras.json`."""


def set_up(name, home):
    """The environment with those settings, and the `keras.json` that Keras would read."""
    variables, content = SETTINGS.get(name, ({}, None))
    folder = home / ".keras"
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "keras.json").write_text(content)
    ours = ("KERAS_", "TF_", "XLA_", "ONEDNN_")
    plain = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**plain, "HOME": str(home), **variables}, folder / "keras.json"


TRAIN = (
    *("train", "trained.keras", "--architecture", "vin", "--no-evaluation", "--size", "8"),
    *("--iterations", "2", "--epochs", "2", "--batches", "2", "--batch-size", "2"),
)

EACH = """
import json, sys
from vingui.cli import main
for words in json.loads(sys.argv[1]):
    code = main(words)
    for stream in (sys.stdout, sys.stderr):
        print("ended with", code, file=stream, flush=True)
"""
"""One process for several commands: TensorFlow takes its seconds only once."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a plan, and where it is wanted a training after it, once for each set-up of Keras.

    Returns the process that has ended, and the folder with its files.
    """
    # This lists the machine's fonts in a cache. Where it takes long, Matplotlib prints a line.
    import_module("matplotlib.font_manager")

    @cache
    def run(name):
        folder = tmp_path_factory.mktemp(name)
        environment, file = set_up(name, folder / "home")
        before = file.read_bytes() if file.exists() else None
        commands = [PLAN, TRAIN] if name != "jax" else [PLAN]
        done = subprocess.run(
            [sys.executable, "-c", EACH, json.dumps(commands)],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        # Neither made nor changed.
        assert (file.read_bytes() if file.exists() else None) == before
        return done, folder

    return run


def arrays_of(path):
    with np.load(path) as arrays:
        return {key: arrays[key] for key in ARRAYS}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_plan_is_the_same_to_the_last_bit(run, name):
    plain, plain_folder = run("plain")
    done, folder = run(name)
    # A network for maps of 8x8 cells does not solve this one.
    end = "ended with 1\n"
    assert done.stderr.startswith(end)
    assert plain.stderr.startswith(end)
    assert done.stdout.partition(end)[:2] == plain.stdout.partition(end)[:2]
    arrays = arrays_of(plain_folder / "plan.npz")
    for key, found in arrays_of(folder / "plan.npz").items():
        assert found.dtype == arrays[key].dtype
        assert found.tobytes() == arrays[key].tobytes(), key


def test_training_gives_the_same_weights(run):
    weights = {}
    for name in ("plain", "torch", "unknown"):
        done, folder = run(name)
        assert done.stdout.endswith("ended with 0\n"), done.stderr
        with zipfile.ZipFile(folder / "trained.keras") as archive:
            weights[name] = weights_in(archive.read("model.weights.h5"))
    assert len(weights["plain"]) == 6
    assert weights["torch"] == weights["plain"]
    assert weights["unknown"] == weights["plain"]


def weights_in(content):
    """The model's own weights in a `.weights.h5` file, as bytes by name."""
    found = {}

    def add(name, item):
        if isinstance(item, h5py.Dataset) and not name.startswith("optimizer"):
            found[name] = item[()].tobytes()

    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(add)
    return found


def test_the_process_that_plans_for_the_window_starts(tmp_path):
    environment, file = set_up("torch", tmp_path)
    before = file.read_bytes() if file.exists() else None
    with subprocess.Popen(
        COMMAND,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as worker:
        ready = receive(worker.stdout)
        worker.stdin.close()
        worker.wait()
    assert isinstance(ready, PlannerReady), ready
    assert (file.read_bytes() if file.exists() else None) == before
