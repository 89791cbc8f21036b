"""Whether Qt can start on this Linux system, asked before it would abort the process."""

import locale
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from vingui.core.errors import VinguiError

_INSTALL: Final = {
    "debian": ("Debian or Ubuntu", "sudo apt install"),
    "fedora": ("Fedora", "sudo dnf install"),
    "arch": ("Arch", "sudo pacman -S"),
}

_LIBRARIES: Final = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libzstd.so.1": ("libzstd1", "libzstd", "zstd"),
    "libz.so.1": ("zlib1g", "zlib", "zlib"),
}
"""Packages on Debian, Fedora and Arch of the libraries that Qt's own libraries are linked to."""

_X_LIBRARIES: Final = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
    ),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb"),
}
"""The same for the plugin that opens windows on X."""

_WAYLAND_LIBRARIES: Final = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
}

_PLUGINS: Final = {
    "xcb": ("libqxcb.so", _X_LIBRARIES),
    "wayland": ("libqwayland.so", _WAYLAND_LIBRARIES),
}

_WITHOUT = "Without a window there is the command line: vingui plan --help"


def check_qt() -> str | None:
    """What keeps Qt from opening a window, with the remedy, for standard error; or `None`.

    Qt aborts the process where a library of the system or the display is missing, so this has
    to be called before there is a `QApplication`. It imports `PySide6.QtWidgets`.
    """
    if sys.platform != "linux":
        return None
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return _about_import(error, _platforms(os.environ))
    wanted = _platforms(os.environ)
    if not wanted:
        return (
            "vingui: there is no display to open a window on: set DISPLAY or WAYLAND_DISPLAY.\n"
            + _WITHOUT
        )
    # Qt takes the first platform that starts.
    problems = [_about_platform(name) for name in wanted]
    return None if None in problems else problems[0]


def start_offscreen() -> None:
    """Start Qt where it does not run yet, for pictures of views that nobody sees.

    Raises:
        VinguiError: it cannot be loaded.
    """
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        said = _about_import(error, []).removeprefix("vingui: ").removesuffix(f"\n{_WITHOUT}")
        raise VinguiError("; ".join(said.splitlines())) from error
    _offscreen()


@cache
def _offscreen() -> Any:
    from PySide6.QtWidgets import QApplication

    # Elsewhere the plugin has no fonts, or none of the system's own, and there is a display.
    platform = ["-platform", "offscreen"] if sys.platform == "linux" else []
    application = QApplication.instance() or QApplication(["vingui", *platform])
    use_decimal_point()
    return application


def use_decimal_point() -> None:
    """Have C libraries read and write numbers with a point, whatever the user's language.

    Qt sets the C library's locale to the user's, in which `strtod` may expect a comma. To be called
    once there is a `QApplication`.
    """
    locale.setlocale(locale.LC_NUMERIC, "C")


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """The platforms that Qt will try, in its order."""
    chosen = [name.split(":")[0] for name in environment.get("QT_QPA_PLATFORM", "").split(";")]
    chosen = [name for name in chosen if name]
    display = bool(environment.get("DISPLAY"))
    if chosen:
        return [name for name in chosen if name != "xcb" or display]
    wayland = environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland"
    return ["wayland"] * bool(wayland) + ["xcb"] * display


def _about_platform(name: str) -> str | None:
    if name not in _PLUGINS:
        return None
    file, libraries = _PLUGINS[name]
    plugin = _plugins() / file
    if not plugin.exists():
        return None
    try:
        # The loader itself knows best what this Qt needs, and what it loads here stays loaded.
        _load(str(plugin))
    except OSError as error:
        return _about_libraries(str(error), {**_LIBRARIES, **libraries})
    return _about_display() if name == "xcb" else None


def _about_import(error: ImportError, platforms: Sequence[str]) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"vingui: the window needs PySide6 ({error}): pip install pyside6-essentials"
    libraries = dict(_LIBRARIES)
    for name in platforms:
        libraries |= _PLUGINS[name][1] if name in _PLUGINS else {}
    return _about_libraries(str(error), libraries)


def _about_libraries(said: str, libraries: Mapping[str, Sequence[str]]) -> str:
    """What to install, from what the loader said of the first library that it missed."""
    found = re.match(r"(\S+\.so[.\d]*): cannot open shared object file", said)
    if not found:
        return f"vingui: Qt cannot be loaded on this system: {said}\n{_WITHOUT}"
    missing = list(dict.fromkeys([found[1], *(name for name in libraries if not _loads(name))]))
    needs = "the system library" if len(missing) == 1 else "system libraries that are missing:"
    lines = [f"vingui: Qt needs {needs} {', '.join(missing)}"]
    known = [libraries[name] for name in missing if name in libraries]
    lines += [
        f"On {system}: {command} {' '.join(dict.fromkeys(row[place] for row in known))}"
        for place, (family, (system, command)) in enumerate(_INSTALL.items())
        if known and family in _families()
    ]
    return "\n".join([*lines, _WITHOUT])


def _about_display() -> str | None:
    import ctypes

    xcb = _load("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if not refused:
        return None
    return (
        f"vingui: the display {os.environ['DISPLAY']} cannot be reached: "
        f"check DISPLAY, and whether you may use it.\n{_WITHOUT}"
    )


def _families() -> tuple[str, ...]:
    """The known families of distributions that this one belongs to; all where it is none."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return tuple(_INSTALL)
    said = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".split()
    families = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora"}
    ours = {families.get(name, name) for name in said} & set(_INSTALL)
    return tuple(ours) or tuple(_INSTALL)


def _plugins() -> Path:
    from PySide6.QtCore import QLibraryInfo

    return Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"


def _load(name: str) -> Any:
    import ctypes

    return ctypes.CDLL(name)


def _loads(name: str) -> bool:
    try:
        _load(name)
    except OSError:
        return False
    return True
