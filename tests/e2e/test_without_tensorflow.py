"""Planning with a dynamic kernel, where neither TensorFlow nor Keras can be imported."""

import json
import subprocess
import sys

import pytest

from vingui.core.cards import default_model
from vingui.core.moves import RULES
from vingui.paths import MAPS, MODELS

pytestmark = pytest.mark.e2e

EACH = """
import json, sys
sys.modules["tensorflow"] = sys.modules["keras"] = None
from vingui.cli import main
codes = [main(words) for words in json.loads(sys.argv[1])]
print(json.dumps(codes))
"""
"""One process for several commands; what is `None` among the modules cannot be imported."""


@pytest.fixture
def run(tmp_path):
    """Run some commands; return their exit codes and what is on standard error."""

    def run(*commands):
        done = subprocess.run(
            [sys.executable, "-c", EACH, json.dumps(commands)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1]), done.stderr

    return run


def test_shipped_kernels_and_files_plan_evaluate_and_reproduce(run, tmp_path):
    trap, own = str(MAPS / "trap.json"), tmp_path / "own.keras"
    own.write_bytes((MODELS / "dynamic-8-one-free.keras").read_bytes())
    codes, errors = run(
        *(("plan", trap, "--model", default_model(rule)) for rule in RULES.values()),
        ("plan", trap, "--model", str(own), "--out", "a.npz"),
        ("evaluate", trap, "--starts", "all"),
        ("plan", trap, "--out", "b.csv"),
        ("reproduce", "b.csv"),
    )
    assert codes == [0] * 8, errors


@pytest.mark.parametrize(
    "words", [("--model", "vin-8x8"), ("--model", "costs-picture-8"), ("--engine", "keras")]
)
def test_what_needs_tensorflow_says_so_in_a_line(run, words):
    codes, errors = run(("plan", str(MAPS / "trap.json"), *words))
    assert codes == [2]
    name = words[1] if words[0] == "--model" else "dynamic-8"
    assert errors.startswith(f"vingui plan: {name} needs TensorFlow, which cannot be imported: ")
    assert 'pip install "tensorflow' in errors
    assert errors.count("\n") == 1
