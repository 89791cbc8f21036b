"""Whether Qt can start on this Linux system, checked before it would abort the process."""

import ctypes
import locale
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from vingui.core.errors import VinguiError

_PLUGINS: Final = {"xcb": "libqxcb.so", "wayland": "libqwayland.so"}
"""Qt's platforms that need libraries or a display, and the files of their plugins."""

_INSTALL: Final = "“System libraries” in the README lists the packages to install."
_WITHOUT: Final = "Without a window there is the command line: vingui plan --help"


def check_qt() -> str | None:
    """Return why Qt cannot open a window, and what to do, for standard error; `None` if it can.

    Qt aborts the process if a library of the system or the display is missing, so this has to be
    called before there is a `QApplication`. It imports `PySide6.QtWidgets`.
    """
    if sys.platform != "linux":
        return None
    platforms = _platforms(os.environ)
    problem = _import_problem()
    if problem is None and not platforms:
        problem = "there is no display to open a window on: set DISPLAY or WAYLAND_DISPLAY."
    if problem is None:
        # Qt uses the first platform that starts.
        problems = [_platform_problem(name) for name in platforms]
        problem = None if None in problems else problems[0]
    return None if problem is None else f"vingui: {problem}\n{_WITHOUT}"


def start_offscreen() -> None:
    """Start Qt, unless it runs already, to paint views that are not shown on a screen.

    Raises:
        VinguiError: it cannot be loaded.
    """
    if (problem := _import_problem()) is not None:
        raise VinguiError(problem)
    _offscreen_application()


@cache
def _offscreen_application() -> Any:
    from PySide6.QtWidgets import QApplication

    # On other systems that plugin has no fonts, or not the system's, and there is a display.
    platform = ["-platform", "offscreen"] if sys.platform == "linux" else []
    application = QApplication.instance() or QApplication(["vingui", *platform])
    use_decimal_point()
    return application


def use_decimal_point() -> None:
    """Make C libraries read and write numbers with a point, whatever the user's language.

    Qt sets the C library's locale to the user's, in which `strtod` may expect a comma. To be called
    once there is a `QApplication`.
    """
    locale.setlocale(locale.LC_NUMERIC, "C")


def _import_problem() -> str | None:
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ModuleNotFoundError as error:
        return f"the window needs PySide6 ({error}): pip install pyside6-essentials"
    except ImportError as error:
        return f"Qt cannot be loaded: {error}. {_INSTALL}"
    return None


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """The platforms that Qt will try, in its order."""
    display = bool(environment.get("DISPLAY"))
    chosen = [name.split(":")[0] for name in environment.get("QT_QPA_PLATFORM", "").split(";")]
    if any(chosen):
        return [name for name in chosen if name and (name != "xcb" or display)]
    wayland = environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland"
    return ["wayland"] * bool(wayland) + ["xcb"] * display


def _platform_problem(name: str) -> str | None:
    if name not in _PLUGINS:
        return None
    plugin = _plugins() / _PLUGINS[name]
    if not plugin.exists():
        return None
    try:
        _load(str(plugin))
    except OSError as error:
        return f"Qt cannot open a window: {error}. {_INSTALL}"
    return _display_problem() if name == "xcb" else None


def _display_problem() -> str | None:
    xcb = _load("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if not refused:
        return None
    display = os.environ["DISPLAY"]
    return f"the display {display} cannot be reached: check DISPLAY, and whether you may use it."


def _plugins() -> Path:
    from PySide6.QtCore import QLibraryInfo

    return Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"


def _load(name: str) -> Any:
    return ctypes.CDLL(name)
