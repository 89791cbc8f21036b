import gc
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vingui
from vingui.api import viewing

pytestmark = pytest.mark.slow


@pytest.fixture
def grid():
    return vingui.generate("rooms", rows=12, cols=16)


def test_a_window_gives_back_its_map_and_changes_no_file(grid, tmp_path):
    path = tmp_path / "rooms.json"
    vingui.save_map(grid, path)
    before = path.read_bytes()
    vingui.view(path)
    gc.collect()
    # Nobody but the module keeps it, and it is open.
    (window,) = viewing._open
    assert repr(window) == "<vingui.View, open>"
    assert window.map == grid
    window.close()
    assert repr(window) == "<vingui.View, closed>"
    assert window.wait() == grid
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="There are no such signals")
def test_a_window_that_is_killed_is_named_and_its_map_is_kept(grid):
    window = vingui.view(grid)
    assert os.getpgid(window._process.pid) != os.getpgid(0)
    window._process.kill()
    with pytest.raises(vingui.VinguiError, match="The window ended unexpectedly: signal 9"):
        window.wait()
    assert repr(window) == "<vingui.View, ended unexpectedly>"
    assert window.map == grid
    window.close()
    # The next call forgets it.
    folder = window._file.parent
    del window
    with pytest.raises(vingui.VinguiError, match="walls with rows and columns"):
        vingui.view(np.zeros(3))
    gc.collect()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems have a display")
def test_without_a_display_the_reason_is_raised(grid, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(vingui.VinguiError) as caught:
        vingui.view(grid)
    assert str(caught.value) == (
        "The window cannot be opened: there is no display to open a window on: set DISPLAY or "
        "WAYLAND_DISPLAY"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Processes are asked about in another way")
def test_a_window_ends_with_the_interpreter_and_leaves_nothing():
    script = (
        "import vingui\nwindow = vingui.view(vingui.generate('maze', rows=9, cols=9))\n"
        "print(window._process.pid, window._file.parent, window.is_open)"
    )
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    process, folder, is_open = done.stdout.split()
    assert is_open == "True"
    assert not Path(folder).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)
