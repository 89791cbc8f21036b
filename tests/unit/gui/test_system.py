import os
import subprocess
import sys
import timeit

import pytest

from vingui.gui import system
from vingui.paths import ASSETS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone lacks libraries")

ADVICE = "“System libraries” in the README lists the packages to install."


@pytest.fixture
def display(monkeypatch):
    """Sets the environment that Qt chooses its platform from."""

    def set_to(**variables):
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_to


@pytest.fixture
def lacking(monkeypatch):
    """Makes the loader miss a library that a plugin needs."""

    def lack(library, *, plugin="libqxcb.so"):
        def load(name):
            if name.endswith(plugin):
                raise OSError(
                    f"{library}: cannot open shared object file: No such file or directory"
                )

        monkeypatch.setattr(system, "_load", load)
        monkeypatch.setattr(system, "_display_problem", lambda: None)

    return lack


def test_nothing_is_wrong_offscreen_and_it_takes_no_time(display):
    display(QT_QPA_PLATFORM="offscreen")
    assert system.check_qt() is None
    assert min(timeit.repeat(system.check_qt, number=1, repeat=5)) < 0.01


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"DISPLAY": ":0"}, ["xcb"]),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ["wayland", "xcb"]),
        ({"XDG_SESSION_TYPE": "wayland"}, ["wayland"]),
        ({"QT_QPA_PLATFORM": "offscreen:size=800x600"}, ["offscreen"]),
        ({"QT_QPA_PLATFORM": "wayland;xcb", "DISPLAY": ":0"}, ["wayland", "xcb"]),
        ({"QT_QPA_PLATFORM": "xcb"}, []),
        ({"QT_QPA_PLATFORM": "", "DISPLAY": ""}, []),
        ({}, []),
    ],
)
def test_the_platforms_that_qt_will_try(variables, expected):
    assert system._platforms(variables) == expected


def test_no_display(display):
    display()
    message = system.check_qt()
    assert "there is no display" in message
    assert "vingui plan" in message


class XcbWithoutServer:
    """Answers as libxcb does where no X server can be reached."""

    def __init__(self):
        self.xcb_connect = lambda name, screen: 1  # its restype is set by the caller
        self.xcb_connection_has_error = lambda connection: 1
        self.xcb_disconnect = lambda connection: None

    def __call__(self, name):
        return self


def test_a_display_that_cannot_be_reached(display, monkeypatch):
    # Whether this machine has the libraries of the X plugin must not matter.
    monkeypatch.setattr(system, "_load", XcbWithoutServer())
    display(DISPLAY=":4711")
    problem = system.check_qt()
    assert problem.startswith("vingui: the display :4711 cannot be reached")


@pytest.mark.parametrize("library", ["libxcb-cursor.so.0", "libxcb-shape.so.0", "libnew.so.3"])
def test_a_missing_library_is_named_with_where_to_find_its_package(display, lacking, library):
    display(DISPLAY=":0")
    lacking(library)
    assert system.check_qt().splitlines() == [
        (
            f"vingui: Qt cannot open a window: {library}: cannot open shared object file: "
            f"No such file or directory. {ADVICE}"
        ),
        "Without a window there is the command line: vingui plan --help",
    ]


def test_the_readme_has_the_section_that_is_named():
    readme = (ASSETS.parent / "README.md").read_text("utf-8")
    section = readme.partition("### System libraries\n")[2].partition("\n#")[0]
    for package in ("libegl1", "libgl1", "libxkbcommon0", "libxcb-cursor0", "libxcb-shape0"):
        assert package in section


def test_qt_falls_back_to_x_where_wayland_lacks_a_library(display, lacking):
    display(DISPLAY=":0", WAYLAND_DISPLAY="wayland-0")
    lacking("libwayland-cursor.so.0", plugin="libqwayland.so")
    assert system.check_qt() is None


def test_another_fault_of_the_loader_is_quoted(display, monkeypatch):
    def load(name):
        raise OSError("libqxcb.so: undefined symbol: xcb_thing")

    display(DISPLAY=":0")
    monkeypatch.setattr(system, "_load", load)
    assert "undefined symbol: xcb_thing" in system.check_qt()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_not_checked(platform, monkeypatch, display):
    display()
    monkeypatch.setattr(sys, "platform", platform)
    assert system.check_qt() is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            "ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')",
            (
                "Qt cannot be loaded: libEGL.so.1: cannot open shared object file: "
                f"No such file or directory. {ADVICE}"
            ),
        ),
        (
            "ModuleNotFoundError('No module named PySide6')",
            "the window needs PySide6 (No module named PySide6): pip install pyside6-essentials",
        ),
    ],
)
def test_an_import_that_fails(error, expected):
    window = refused(error, "from vingui.gui.system import check_qt; print(check_qt())")
    assert window.splitlines()[0] == f"vingui: {expected}"
    picture = refused(error, "from vingui.gui.system import start_offscreen; start_offscreen()")
    assert picture == f"{expected}\n"


def test_pictures_need_no_display(display):
    display()
    program = """
from vingui.gui.system import start_offscreen
start_offscreen()
start_offscreen()
from PySide6.QtWidgets import QApplication
print(QApplication.platformName())
"""
    message = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert (message.stdout, message.stderr) == ("offscreen\n", "")


def refused(error, program):
    """What a fresh process prints, in which Qt cannot be imported."""
    program = f"""
import builtins
real_import = builtins.__import__
def refuse(name, *args, **kwargs):
    if name.startswith("PySide6"):
        raise {error}
    return real_import(name, *args, **kwargs)
builtins.__import__ = refuse
from vingui.core.errors import VinguiError
try:
    {program}
except VinguiError as error:
    print(error)
"""
    environment = {**os.environ, "DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=environment,
    ).stdout


def test_the_real_loader_names_what_a_plugin_misses(display, monkeypatch, tmp_path):
    """The plugin itself, linked to a library that is nowhere."""
    real = system._plugins()
    platforms = tmp_path / "plugins" / "platforms"
    platforms.mkdir(parents=True)
    # Where the plugin looks for Qt's own libraries.
    (tmp_path / "lib").symlink_to(real.parent.parent / "lib")
    content = (real / "libqxcb.so").read_bytes()
    # A name of the same length: the file's tables stay valid.
    content = content.replace(b"libxcb-cursor.so.0", b"libxcb-cursor.so.9")
    (platforms / "libqxcb.so").write_bytes(content)
    display(DISPLAY=":0")
    monkeypatch.setattr(system, "_plugins", lambda: platforms)
    assert "libxcb-cursor.so.9" in system.check_qt()
