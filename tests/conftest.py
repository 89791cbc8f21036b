"""No screen, and a home of the tests for settings and recovery files, before Qt is imported."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

_HOME = tempfile.mkdtemp(prefix="vingui-tests-")


# A test must not depend on how fast the machine is, nor on examples kept from before.
settings.register_profile("vingui", deadline=None, database=None)
settings.load_profile("vingui")


def pytest_configure():
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = os.path.join(_HOME, name.lower())  # noqa: PTH118


def pytest_collection_modifyitems(items):
    """Mark tests by where they are, so that a part of them can be run: `-m "not slow"`."""
    for item in items:
        folders = item.path.relative_to(Path(__file__).parent).parts
        if folders[0] == "e2e":
            item.add_marker("e2e")
            item.add_marker("slow")
        if {"gui", "window"} & set(folders):
            item.add_marker("gui")


def pytest_addoption(parser):
    parser.addoption(
        "--update-snapshots",
        action="store_true",
        help="keep the pictures that are painted now as those to compare with",
    )


def pytest_unconfigure():
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture
def interruptible():
    """Ctrl+C is not ignored, as a shell has it in what it starts in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
