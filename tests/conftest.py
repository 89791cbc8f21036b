"""Before Qt is imported: no screen, and a home of the tests for settings and recovery files."""

import os
import shutil
import tempfile

from hypothesis import settings

_HOME = tempfile.mkdtemp(prefix="vingui-tests-")


# A test must not depend on how fast the machine is, nor on examples kept from before.
settings.register_profile("vingui", deadline=None, database=None)
settings.load_profile("vingui")


def pytest_configure():
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = os.path.join(_HOME, name.lower())  # noqa: PTH118


def pytest_addoption(parser):
    parser.addoption(
        "--update-snapshots",
        action="store_true",
        help="keep the pictures that are painted now as those to compare with",
    )


def pytest_unconfigure():
    shutil.rmtree(_HOME, ignore_errors=True)
