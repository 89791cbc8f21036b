"""Closing the window by key, by its X and by signals: what is kept, and that nothing is left."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from vingui.core import map_edits
from vingui.core.dataset import DataSet
from vingui.core.formats import write_dataset
from vingui.core.grid import GridMap
from vingui.gui import settings as entries
from vingui.gui.settings import Settings

# A window that does something once it is there.
HAND = """
import os, runpy, signal, sys, traceback
from PySide6.QtCore import QTimer, Qt
from PySide6.QtTest import QTest
from vingui.gui import app as entry

class Used(entry.App):
    def __init__(self, path=None):
        super().__init__(path)
        self.wanted = path
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.use)
        self.timer.start(5)

    def use(self):
        window = self.window
        if not window.isActiveWindow() or self.document.path != self.wanted:
            return
        self.timer.stop()
        try:
            exec(os.environ["VINGUI_TEST_STEPS"], {**globals(), "self": self, "window": window})
        except Exception:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(3)

entry.App = Used
sys.argv[0] = "vingui"
runpy.run_module("vingui", run_name="__main__", alter_sys=True)
"""

NO_SCREEN = "This plugin does not support raise"

FLOAT = """
dock = window.docks["model"]
dock.setFloating(True)
dock.setGeometry(200, 150, 300, 400)
window.docks["starts"].setFloating(True)
window.docks["starts"].setGeometry(60, 90, 320, 240)
"""

DRAW = """
view = window.map_view
ends = [view.position_of(cell).toPoint() for cell in ((4, 2), (4, 6))]
left = Qt.MouseButton.LeftButton
QTest.mousePress(view.viewport(), left, pos=ends[0])
QTest.mouseMove(view.viewport(), ends[1])
QTest.mouseRelease(view.viewport(), left, pos=ends[1])
"""

ENDS = {
    "Ctrl+Q": "QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)",
    "the window's X": "window.windowHandle().close()",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
    "SIGHUP": "os.kill(os.getpid(), signal.SIGHUP)",
    "SIGINT": "os.kill(os.getpid(), signal.SIGINT)",
}


def run(*words, steps, folder, before=()):
    """A whole life of vingui in a process of its own; returns it, ended, with what it printed."""
    ended = subprocess.run(
        [*before, sys.executable, "-c", HAND, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=os.environ | {"VINGUI_TEST_STEPS": steps},
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in ended.stdout, ended.stdout
    return ended


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_floating_panels_are_where_they_were_at_the_next_start(drive, home, tmp_path, end):
    assert run(steps=FLOAT + end, folder=tmp_path).returncode == 0

    def later(user):
        user.expected_log.append(NO_SCREEN)
        places = {"model": (200, 150), "starts": (60, 90)}
        for id_, place in places.items():
            dock = user.window.docks[id_]
            assert dock.isVisible(), id_
            assert dock.isFloating()
            assert dock.geometry().topLeft().toTuple() == place
            assert user.window.docks[id_].toggleViewAction().isChecked()
        assert not user.window.docks["inspector"].isFloating()

    assert drive(later) == 0


@pytest.mark.parametrize(
    "place", [(5000, 300, 300, 400), (-900, -700, 300, 400), (100, -200, 1, 1)]
)
def test_a_floating_panel_of_a_screen_that_is_gone_comes_back(drive, place):
    def float_away(user):
        user.expected_log.append(NO_SCREEN)
        dock = user.window.docks["model"]
        dock.setFloating(True)
        dock.setGeometry(*place)

    def later(user):
        user.expected_log.append(NO_SCREEN)
        dock = user.window.docks["model"]
        assert dock.isFloating()
        assert dock.isVisible()
        room = QGuiApplication.primaryScreen().availableGeometry()
        assert room.contains(dock.geometry()), dock.geometry()

    assert drive(float_away) == 0
    assert drive(later) == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_signal_keeps_the_drawing_and_leaves_neither_process_nor_file(
    drive, home, tmp_path, name
):
    grid = GridMap(np.zeros((12, 14), bool), ((9, 11),), ((2, 2),))
    own = tmp_path / "own.json"
    write_dataset(own, DataSet("own", (map_edits.border(grid),)))
    steps = (
        DRAW
        + "print('worker', self.session.planner.process_id, flush=True)\n"
        # A file that is being written at that moment is written to its end.
        + "window.filing._write(self.wanted.with_name('copy.json'), None)\n"
        + ENDS[name]
    )
    ended = run(own, steps=steps, folder=tmp_path)
    assert ended.returncode == 0
    worker = ended.stdout.split("worker ")[1].split()[0]
    assert not Path(f"/proc/{worker}").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.json", "home", "own.json"]
    assert json.loads((tmp_path / "copy.json").read_text())["rows"][4] == "#.#####......#"


def test_what_ignores_the_end_of_its_terminal_goes_on(home, tmp_path):
    steps = "os.kill(os.getpid(), signal.SIGHUP)\nprint('still here')\nwindow.close()"
    ended = run(steps=steps, folder=tmp_path, before=("nohup",))
    assert ended.returncode == 0
    assert "still here" in ended.stdout


def test_the_end_of_the_desktops_session_keeps_drawing_and_layout(drive, home):
    def steps(user):
        user.expected_log.append(NO_SCREEN)
        user.click((5, 6))
        user.window.docks["model"].setFloating(True)
        user.app.save_state()
        folder = home / "xdg_data_home" / "vingui" / "vingui"
        (file,) = folder.glob("drawing-*.json")
        assert json.loads(file.read_text())["rows"][5][6] == "#"
        assert Settings().get(entries.WINDOW_STATE) == bytes(
            user.session.settings.get(entries.WINDOW_STATE)
        )

    assert drive(steps) == 0


def test_damage_is_reported_with_the_place_of_the_file(drive, home):
    folder = home / "xdg_data_home" / "vingui" / "vingui"
    folder.mkdir(parents=True)
    (folder / "last.json").write_text("no map")
    (folder / "drawing-999999999-abcd1234.json").write_bytes(b"\xff\x00")

    def steps(user):
        user.until(lambda: user.messages)
        for name in ("last.json.damaged", "drawing-999999999-abcd1234.json.damaged"):
            assert str(folder / name) in user.messages[-1]
            assert (folder / name).exists()
        assert user.document.title == "Nine rooms"

    assert drive(steps) == 0
