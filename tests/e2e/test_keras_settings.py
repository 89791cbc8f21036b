"""Keras and TensorFlow set up otherwise by the user: every command gives the same numbers."""

import io
import os
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from vingui.core.pipe import receive
from vingui.core.planner_protocol import PlannerReady
from vingui.gui.planner.connection import COMMAND
from vingui.paths import MAPS

PLAN = ("plan", MAPS / "trap.json", "--model", "vin-8x8")

ARRAYS = ("values", "q", "policy", "reward", "changes")

SETTINGS = {
    "jax": ({"KERAS_BACKEND": "jax", "KERAS_MAX_STEPS_PER_EPOCH": "1"}, "[1, 2"),
    "torch": (
        {"KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "many"},
        '{"image_data_format": "channels_first", "floatx": "float16", "epsilon": 0.1}',
    ),
    "unknown": (
        {"KERAS_NNX_ENABLED": "1", "TF_USE_LEGACY_KERAS": "1"},
        '{"backend": "nonsense", "floatx": "bfloat16", "epsilon": 1}',
    ),
    "xla": (
        {
            "XLA_FLAGS": "--xla_no_such_flag=1",
            "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
            "TF_ENABLE_ONEDNN_OPTS": "0",
            "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
        },
        None,
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


@pytest.fixture
def with_settings(process, tmp_path):
    """Runs a command in a process of its own, with Keras set up as a user might have."""

    def run(name, *words):
        environment, file = set_up(name, tmp_path / f"home-{name}")
        before = file.read_bytes() if file.exists() else None
        done = process(*words, env=environment)
        # Neither made nor changed.
        assert (file.read_bytes() if file.exists() else None) == before
        return done

    return run


@pytest.fixture(scope="module")
def plain_plan(tmp_path_factory):
    """What a plan prints, and its arrays, where nothing is set up."""
    folder = tmp_path_factory.mktemp("plain")
    environment, _ = set_up("", folder / "home")
    done = subprocess.run(
        [sys.executable, "-m", "vingui", *map(str, PLAN), "--out", "plan.npz"],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout, arrays_of(folder / "plan.npz")


def arrays_of(path):
    with np.load(path) as arrays:
        return {key: arrays[key] for key in ARRAYS}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_plan_is_the_same_to_the_last_bit(with_settings, plain_plan, tmp_path, name):
    done = with_settings(name, *PLAN, "--out", "plan.npz")
    words, arrays = plain_plan
    assert done.err == ""
    assert done.out == words
    for key, found in arrays_of(tmp_path / "plan.npz").items():
        assert found.dtype == arrays[key].dtype
        assert found.tobytes() == arrays[key].tobytes(), key


def test_training_gives_the_same_weights(with_settings, tmp_path):
    small = ("--size", 8, "--iterations", 2, "--epochs", 2, "--batches", 2, "--batch-size", 2)
    weights = {}
    for name in ("plain", "torch", "xla"):
        out = f"{name}.keras"
        done = with_settings(name, "train", out, "--architecture", "vin", *small, "--no-evaluation")
        assert done.code == 0, done.err
        with zipfile.ZipFile(tmp_path / out) as archive:
            weights[name] = weights_in(archive.read("model.weights.h5"))
    assert len(weights["plain"]) == 6
    assert weights["torch"] == weights["plain"]
    assert weights["xla"] == weights["plain"]


def weights_in(content):
    """The model's own weights in a `.weights.h5` file, as bytes by name."""
    found = {}

    def add(name, item):
        if isinstance(item, h5py.Dataset) and not name.startswith("optimizer"):
            found[name] = item[()].tobytes()

    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(add)
    return found


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_the_process_that_plans_for_the_window_starts(tmp_path, name):
    environment, file = set_up(name, tmp_path)
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
