"""What is there when the window opens, and while the planner is still on its way."""

import gc
import json
import os
import subprocess
import sys
import threading

import numpy as np

from vingui.core import map_edits
from vingui.core.dataset import DataSet
from vingui.core.formats import write_dataset
from vingui.core.grid import GridMap
from vingui.gui import background
from vingui.gui.planner.client import Phase, PlannerClient


def test_first_start_shows_a_map_worth_looking_at_and_plans_it(drive):
    def steps(user):
        assert user.document.title == "Nine rooms"
        assert user.document.about
        assert not user.document.modified
        assert len(user.grid.starts) > 1
        run = user.wait_for_plan()
        assert run.converged
        assert all(one.optimal for one in user.session.trajectories)
        assert "shortest path" in user.find("outcome").text()
        assert user.window.map_view.hasFocus()
        assert user.messages == ()

    assert drive(steps) == 0


def test_garbage_is_collected_on_the_windows_thread_alone(drive):
    def steps(user):
        threads, done = [], []
        collected = lambda *_: threads.append(threading.current_thread())  # noqa: E731
        gc.callbacks.append(collected)
        try:
            background.run(make_cycles, on_done=done.append, parent=user.window)
            user.until(lambda: done and threads)
        finally:
            gc.callbacks.remove(collected)
        assert set(threads) == {threading.main_thread()}

    def make_cycles():
        for _ in range(50_000):
            cycle = []
            cycle.append(cycle)

    assert drive(steps) == 0


def test_a_map_named_on_the_command_line_is_opened_and_planned(drive, tmp_path):
    path = tmp_path / "own.json"
    grid = map_edits.border(GridMap(np.zeros((9, 11), bool), ((7, 9),), ((1, 1),)))
    write_dataset(path, DataSet("own", (grid,)))

    def steps(user):
        user.until(lambda: user.document.path == path)
        assert user.grid == grid
        assert user.wait_for_plan().grid == grid
        assert user.find("map-title").text() == "own.json"

    assert drive(steps, path) == 0


SLOW_START = (
    "import time, runpy; time.sleep(3); runpy.run_module('vingui.net.worker', {}, '__main__')"
)


def test_drawing_goes_on_while_the_planner_starts_and_the_first_plan_comes_by_itself(
    drive, monkeypatch
):
    command = (sys.executable, "-P", "-c", SLOW_START)
    monkeypatch.setitem(PlannerClient.__init__.__kwdefaults__, "command", command)

    def steps(user):
        planner = user.session.planner
        assert planner.phase is Phase.STARTING
        assert "Starting" in user.find("status-planner").text()
        assert user.find("outcome").text()
        user.drag((4, 6), (6, 6))
        assert user.grid.walls[4:7, 6].all()
        user.drag((12, 12), (10, 10))
        assert user.grid.goal == (10, 10)
        assert planner.phase is Phase.STARTING
        said = user.picture()
        run = user.wait_for_plan()
        assert run.grid == user.grid
        assert run.converged
        assert "Starting" not in user.find("status-planner").text()
        assert user.picture() != said
        assert user.messages == ()

    assert drive(steps, planner=None) == 0


_LOOK = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from vingui.cli import main
from vingui.gui import app as entry

class Observed(entry.App):
    def __init__(self, path=None):
        super().__init__(path)
        print(json.dumps(sorted(sys.modules)))
        QTimer.singleShot(0, QApplication.quit)

entry.App = Observed
main([])
"""


def test_nothing_heavy_is_imported_before_the_window_is_shown(home):
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True, env=os.environ
    )
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert "vingui.gui.window" in loaded
    heavy = {"tensorflow", "keras", "scipy", "matplotlib", "PIL", "contourpy", "h5py", "rich"}
    heavy |= {"av", "colorcet", "yaml"}
    assert heavy & loaded == set()
    assert [name for name in loaded if name.startswith("vingui.net")] == []
