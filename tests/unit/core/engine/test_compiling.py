import os
import subprocess
import sys

import numba
import pytest

from vingui.core.engine import compiling

COUNT_COMPILATIONS = """
from numba.core import event
from vingui.core.engine import compile_all

with event.install_recorder("numba:compile") as recorder:
    compile_all()
print(len(recorder.buffer))
"""


def compilations(**environment):
    done = subprocess.run(
        [sys.executable, "-c", COUNT_COMPILATIONS],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.slow
def test_machine_code_is_kept_for_the_next_process(tmp_path):
    assert compilations(NUMBA_CACHE_DIR=str(tmp_path)) > 0
    assert compilations(NUMBA_CACHE_DIR=str(tmp_path)) == 0


WITHOUT_SCIPY = """
import sys
import numba
import numpy as np
from vingui.core.engine import compile_all

compile_all()
assert "scipy.linalg" not in sys.modules
assert (numba.njit(lambda matrix: matrix @ matrix)(np.eye(2)) == np.eye(2)).all()
"""


@pytest.mark.slow
def test_numba_imports_scipys_linear_algebra_only_for_who_needs_it():
    subprocess.run([sys.executable, "-c", WITHOUT_SCIPY], check=True)


@pytest.mark.parametrize("name", ["save_overload", "load_overload"])
def test_a_cache_that_cannot_be_used_only_costs_time(monkeypatch, name):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"numba.core.caching.Cache.{name}", fail, raising=False)
    monkeypatch.setattr(f"numba.core.caching.FunctionCache.{name}", fail)
    assert compiling.compiled(triple)(14) == 42


def triple(number):
    return 3 * number


def test_without_a_folder_for_it_functions_are_compiled_anew(monkeypatch):
    njit = numba.njit

    def refusing(*functions, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*functions, **options)

    monkeypatch.setattr(compiling.numba, "njit", refusing)
    double = compiling.compiled(lambda number: 2 * number)
    assert double(21) == 42
    assert double.nopython_signatures
