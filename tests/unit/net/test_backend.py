"""Keras and TensorFlow are set up in one place, whatever a user or a program has set up."""

import importlib
import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import vingui
from vingui.core.errors import VinguiError
from vingui.net import backend
from vingui.net.models import VIN, DynamicVIN


def test_nothing_else_imports_keras_or_tensorflow():
    imports = re.compile(r"^\s*(import|from)\s+(keras|tensorflow)\b", re.MULTILINE)
    package = Path(vingui.__file__).parent
    found = {path for path in package.rglob("*.py") if imports.search(path.read_text("utf-8"))}
    # The second imports the first, and then what TensorFlow has no public name for.
    assert found == {package / "net" / "backend.py", package / "net" / "cluster.py"}


@pytest.mark.parametrize(
    "name",
    [
        "TF_XLA_FLAGS",
        "XLA_FLAGS",
        "TF_ENABLE_ONEDNN_OPTS",
        "TF_USE_LEGACY_KERAS",
        "TF_DETERMINISTIC_OPS",
        "TF_ENABLE_AUTO_MIXED_PRECISION",
        "ONEDNN_DEFAULT_FPMATH_MODE",
        "DNNL_MAX_CPU_ISA",
        "NVIDIA_TF32_OVERRIDE",
    ],
)
def test_what_changes_results_is_removed(name):
    environment = {name: "1", "HOME": "/home/ada"}
    backend.remove_numeric_settings(environment)
    assert environment == {"HOME": "/home/ada"}


@pytest.mark.parametrize(
    "name",
    [
        "CUDA_VISIBLE_DEVICES",
        "TF_CPP_MIN_LOG_LEVEL",
        "TF_NUM_INTRAOP_THREADS",
        "TF_FORCE_GPU_ALLOW_GROWTH",
        "TF_GPU_ALLOCATOR",
        "OMP_NUM_THREADS",
    ],
)
def test_what_the_user_decides_about_the_machine_stays(name):
    environment = {name: "1"}
    backend.remove_numeric_settings(environment)
    assert environment == {name: "1"}


@pytest.mark.parametrize(
    "before",
    [
        {},
        {"KERAS_BACKEND": "jax", "KERAS_HOME": "/elsewhere"},
        {"KERAS_MAX_EPOCHS": "many", "KERAS_NNX_ENABLED": "1", "PATH": "/bin"},
    ],
)
def test_the_environment_is_as_it_was_once_keras_is_imported(before):
    environment = dict(before)
    with backend.keras_defaults(environment):
        keras_reads = {name for name in environment if name.startswith("KERAS_")}
        assert keras_reads == {"KERAS_HOME", "KERAS_BACKEND"}
        assert environment["KERAS_BACKEND"] == "tensorflow"
    assert environment == before


def test_a_package_is_missing_for_a_while_unless_it_was_imported(monkeypatch):
    with backend.without("this"), pytest.raises(ImportError):
        importlib.import_module("this")
    assert "this" not in sys.modules
    known = types.ModuleType("this")
    monkeypatch.setitem(sys.modules, "this", known)
    with backend.without("this"):
        assert importlib.import_module("this") is known
    assert sys.modules["this"] is known


def run_python(code, home, **environment):
    # Not the tests' own home, so that a developer's keras.json has no say.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("KERAS_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**settings, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_keras_json_is_not_made_where_there_is_none(tmp_path):
    done = run_python("import vingui.net.backend", tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_keras_is_imported_without_matplotlib_which_can_be_imported_later(tmp_path):
    code = "import sys, vingui.net.backend; print('matplotlib' in sys.modules); import matplotlib"
    done = run_python(code, tmp_path)
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr


IMPORT_AFTER = """
import sys
{before}
try:
    import vingui.net.keras_networks
except ImportError as error:
    print(error)
"""

# As if it had been imported with JAX, which need not be installed here.
OTHER_BACKEND = """
import keras
sys.modules["keras.src.backend.config"]._BACKEND = "jax"
"""


@pytest.mark.slow
def test_a_program_with_another_backend_gets_a_sentence(tmp_path):
    done = run_python(IMPORT_AFTER.format(before=OTHER_BACKEND), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the backend 'jax' instead of 'tensorflow'" in done.stdout
    assert "in a process of its own" in done.stdout


@pytest.mark.slow
def test_a_program_with_other_number_formats_gets_a_list_of_them(tmp_path):
    folder = tmp_path / ".keras"
    folder.mkdir()
    settings = {"floatx": "float16", "image_data_format": "channels_first"}
    (folder / "keras.json").write_text(json.dumps(settings))
    done = run_python(IMPORT_AFTER.format(before="import keras"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the image data format 'channels_first' instead of 'channels_last'" in done.stdout
    assert "the float type 'float16' instead of 'float32'" in done.stdout
    assert json.loads((folder / "keras.json").read_text()) == settings


@pytest.fixture
def restored():
    config = backend.keras.config
    yield config
    config.set_dtype_policy("float32")
    config.set_floatx("float32")
    config.set_image_data_format("channels_last")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda config: config.set_dtype_policy("mixed_float16"), "the dtype policy 'mixed_float"),
        (lambda config: config.set_floatx("float64"), "the float type 'float64'"),
        (lambda config: config.set_image_data_format("channels_first"), "'channels_first'"),
    ],
)
@pytest.mark.parametrize("model", [VIN, DynamicVIN])
def test_settings_changed_after_the_import_are_refused_by_name(restored, model, change, part):
    change(restored)
    with pytest.raises(VinguiError, match=part):
        model()
