import subprocess
import sys
from dataclasses import dataclass

import pytest

from vingui.cli import main


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def vingui(capfd, monkeypatch, tmp_path):
    """Runs the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        capfd.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capfd.readouterr()
        return Done(code, said.out, said.err)

    return run


@pytest.fixture
def process(tmp_path):
    """Runs the command line in a process of its own."""

    def run(*words, **kwargs):
        done = subprocess.run(
            [sys.executable, "-m", "vingui", *(str(word) for word in words)],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            **kwargs,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
