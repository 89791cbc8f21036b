import os
import subprocess
import sys
import timeit

import pytest

from vingui.gui import system

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone lacks libraries")

DEBIAN = {"ID": "ubuntu", "ID_LIKE": "debian"}
MISSING = "vingui: Qt needs system libraries that are missing:"


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
    """Makes the loader miss libraries."""

    def lack(*names, plugin="libqxcb.so"):
        def load(name):
            if name in names or name.endswith(plugin):
                raise OSError(
                    f"{name if name in names else names[0]}: cannot open shared object file: "
                    "No such file or directory"
                )

        monkeypatch.setattr(system, "_load", load)
        monkeypatch.setattr(system, "_about_display", lambda: None)

    return lack


def on(monkeypatch, release):
    monkeypatch.setattr(system.platform, "freedesktop_os_release", lambda: release)


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
    said = system.check_qt()
    assert "there is no display" in said
    assert "vingui plan" in said


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


def test_missing_libraries_of_the_x_plugin_are_named_with_their_packages(
    display, lacking, monkeypatch
):
    display(DISPLAY=":0")
    lacking("libxcb-cursor.so.0", "libxcb-shape.so.0")
    on(monkeypatch, DEBIAN)
    assert system.check_qt().splitlines() == [
        "vingui: Qt needs system libraries that are missing: libxcb-cursor.so.0, libxcb-shape.so.0",
        "On Debian or Ubuntu: sudo apt install libxcb-cursor0 libxcb-shape0",
        "Without a window there is the command line: vingui plan --help",
    ]


@pytest.mark.parametrize(
    ("release", "commands"),
    [
        ({"ID": "fedora"}, ["sudo dnf install xcb-util-cursor"]),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, ["sudo dnf install xcb-util-cursor"]),
        ({"ID": "arch"}, ["sudo pacman -S xcb-util-cursor"]),
        (
            {"ID": "unheard-of"},
            [
                "sudo apt install libxcb-cursor0",
                "sudo dnf install xcb-util-cursor",
                "sudo pacman -S xcb-util-cursor",
            ],
        ),
    ],
)
def test_the_command_is_that_of_the_distribution(display, lacking, monkeypatch, release, commands):
    display(DISPLAY=":0")
    lacking("libxcb-cursor.so.0")
    on(monkeypatch, release)
    lines = system.check_qt().splitlines()
    assert lines[0] == "vingui: Qt needs the system library libxcb-cursor.so.0"
    assert [line.split(": ")[1] for line in lines[1:-1]] == commands


def test_a_system_without_os_release_gets_every_command(display, lacking, monkeypatch):
    def missing():
        raise OSError

    display(DISPLAY=":0")
    lacking("libxcb-cursor.so.0")
    monkeypatch.setattr(system.platform, "freedesktop_os_release", missing)
    assert len(system.check_qt().splitlines()) == 5


def test_a_library_of_no_known_package_is_still_named(display, lacking, monkeypatch):
    display(DISPLAY=":0")
    lacking("libnew.so.3")
    on(monkeypatch, DEBIAN)
    assert system.check_qt().splitlines()[0] == "vingui: Qt needs the system library libnew.so.3"
    assert "apt" not in system.check_qt()


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
def test_other_systems_are_not_asked(platform, monkeypatch, display):
    display()
    monkeypatch.setattr(sys, "platform", platform)
    assert system.check_qt() is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            "ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')",
            [
                f"{MISSING} libEGL.so.1, libxkbcommon.so.0, libxcb-cursor.so.0",
                "libegl1 libxkbcommon0 libxcb-cursor0",
            ],
        ),
        ("ModuleNotFoundError('No module named PySide6')", ["pip install pyside6-essentials"]),
    ],
)
def test_an_import_that_fails(error, expected):
    said = refused(error, "from vingui.gui.system import check_qt; print(check_qt())")
    for part in expected:
        assert part in said


def test_pictures_without_qt_are_refused_in_one_line():
    said = refused(
        "ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')",
        "from vingui.gui.system import start_offscreen; start_offscreen()",
    )
    # Those that only a display takes are not asked for.
    assert said == (
        "Qt needs system libraries that are missing: libEGL.so.1, libxkbcommon.so.0; "
        "On Debian or Ubuntu: sudo apt install libegl1 libxkbcommon0\n"
    )


def test_pictures_need_no_display(display):
    display()
    program = """
from vingui.gui.system import start_offscreen
start_offscreen()
start_offscreen()
from PySide6.QtWidgets import QApplication
print(QApplication.platformName())
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert (said.stdout, said.stderr) == ("offscreen\n", "")


def refused(error, ask):
    """What a fresh process, where Qt's libraries are not loaded yet, says where none can be."""
    program = f"""
import builtins, ctypes, platform, sys
real_import, real_load = builtins.__import__, ctypes.CDLL
def refuse(name, *args, **kwargs):
    if name.startswith("PySide6"):
        raise {error}
    return real_import(name, *args, **kwargs)
class Loader:
    def __init__(self, name):
        if name in ("libEGL.so.1", "libxkbcommon.so.0", "libxcb-cursor.so.0"):
            raise OSError(name + ": cannot open shared object file")
builtins.__import__, ctypes.CDLL = refuse, Loader
platform.freedesktop_os_release = lambda: dict(ID="debian")
from vingui.core.errors import VinguiError
try:
    {ask}
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
    on(monkeypatch, DEBIAN)
    assert "libxcb-cursor.so.9" in system.check_qt()
