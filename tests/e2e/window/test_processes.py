"""Processes that hang, are killed or starved: the window says so, and drawing goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

import vingui
from vingui.gui import settings as entries
from vingui.gui.planner import client as client_module
from vingui.gui.planner.client import Phase

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
SILENT = "The planner does not answer. You can go on drawing, and wait or start it again."


def draw_a_wall(user, cell):
    """Draw with the mouse; it is there at once."""
    assert not user.grid.walls[cell]
    user.click(cell)
    assert user.grid.walls[cell]


# The process that plans.


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(client_module, "_PATIENCE", 2)


def test_a_stopped_planner_is_reported_and_started_again(drive, impatient, snake):
    def steps(user):
        user.wait_for_plan()
        planner = user.session.planner
        first = planner.process_id
        os.kill(first, signal.SIGSTOP)
        draw_a_wall(user, (4, 4))
        user.until(lambda: user.messages == (SILENT,))
        assert user.find("status-planner").text() == "Not answering"
        # What was planned before stays in view, and drawing goes on.
        assert user.session.run.finished
        draw_a_wall(user, (6, 6))
        user.click_on_message("Start it again")
        assert user.messages == ()
        user.wait_for_plan()
        assert planner.process_id not in (None, first)
        assert user.messages == ()
        assert user.find("status-planner").text() != "Not answering"

    assert drive(steps, snake) == 0


def test_a_planner_that_goes_on_by_itself_takes_the_message_away(drive, impatient, snake):
    def steps(user):
        user.wait_for_plan()
        planner = user.session.planner
        first = planner.process_id
        os.kill(first, signal.SIGSTOP)
        draw_a_wall(user, (4, 4))
        user.until(lambda: user.messages == (SILENT,))
        os.kill(first, signal.SIGCONT)
        user.wait_for_plan()
        user.until(lambda: user.messages == ())
        assert planner.process_id == first

    assert drive(steps, snake) == 0


def test_a_planner_killed_again_and_again_is_reported_with_the_signal(drive, snake):
    def steps(user):
        user.expected_log.append("The planner stopped")
        user.wait_for_plan()
        planner = user.session.planner
        killed = []
        for _ in range(3):
            # The second and the third are still starting.
            user.until(lambda: planner.process_id not in (None, *killed))
            killed.append(planner.process_id)
            os.kill(killed[-1], signal.SIGKILL)
        user.until(lambda: planner.phase is Phase.FAILED)
        (message,) = user.messages
        assert "3 times" in message
        assert "the last time it was killed by signal 9 (SIGKILL)" in message
        assert "of memory are free now" in message
        assert "cuda" not in message
        user.click_on_message("Copy details")
        assert "it ended with signal 9 (SIGKILL)" in QGuiApplication.clipboard().text()
        planner.restart()
        user.until(lambda: planner.phase is Phase.READY)

    assert drive(steps, snake) == 0


@pytest.fixture
def little_memory(tmp_path, monkeypatch):
    """Processes that are started from now on may have half a GiB each."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    # Dask sets these for the processes that it starts, which take much less memory then.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


def test_a_planner_that_is_starved_of_memory_says_so(drive, little_memory, snake):
    def steps(user):
        user.expected_log.append("The planner stopped")
        planner = user.session.planner
        user.until(lambda: planner.phase is Phase.FAILED)
        (message,) = user.messages
        assert "MiB of memory are free" in message or "GiB of memory are free" in message
        assert "Close other programs" in message
        assert "install" not in message
        draw_a_wall(user, (4, 4))

    assert drive(steps, snake, planner=None) == 0


# The process that draws figures.


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


def export_again(user, page, folder):
    """Export a figure or a film by the shortcut that asks nothing; returns when it is begun."""
    user.session.settings.set(entries.EXPORT_PAGE, page)
    user.session.settings.set(entries.EXPORT_FOLDER, str(folder))
    user.key(Qt.Key.Key_E, CTRL_SHIFT)
    assert user.window.exporting.jobs
    return user.window.exporting.jobs


def test_a_film_of_a_process_that_is_stopped_can_be_cancelled(drive, snake, pictures):
    def steps(user):
        user.wait_for_plan()
        jobs = export_again(user, "film", pictures)
        process = user.window.exporting.client
        # The film is being written.
        user.until(lambda: any(pictures.iterdir()))
        first = process.process_id
        os.kill(first, signal.SIGSTOP)
        user.until(user.window.statusBar().findChild(QToolButton, "export-cancel").isVisible)
        user.click_on("export-cancel")
        user.until(lambda: not jobs)
        assert user.messages == ("snake.gif was not written.",)
        assert list(pictures.iterdir()) == []
        assert process.process_id != first
        # Another one is started when it is needed.
        export_again(user, "figure", pictures)
        user.until(lambda: not jobs)
        assert [path.suffix for path in pictures.iterdir()] == [".png"]

    assert drive(steps, snake) == 0


@pytest.mark.parametrize("page", ["figure", "data"])
def test_a_figure_and_data_that_are_cancelled_are_not_written(drive, snake, pictures, page):
    def steps(user):
        user.session.settings.set(entries.EXPORT_DATA, "arrays")
        user.wait_for_plan()
        jobs = export_again(user, "figure", pictures)
        user.until(lambda: not jobs)
        (first,) = pictures.iterdir()
        process = user.window.exporting.client.process_id
        # So that it is cancelled before it is there, however quick the machine is.
        os.kill(process, signal.SIGSTOP)
        export_again(user, page, pictures)
        name = jobs[0].path.name
        user.until(user.window.statusBar().findChild(QToolButton, "export-cancel").isVisible)
        user.click_on("export-cancel")
        # Another thread writes the request into the pipe.
        QTest.qWait(200)
        os.kill(process, signal.SIGCONT)
        user.until(lambda: not jobs)
        assert user.messages[-1] == f"{name} was not written."
        assert list(pictures.iterdir()) == [first]

    assert drive(steps, snake) == 0


def test_a_folder_that_vanishes_while_a_film_is_drawn_is_named(drive, snake, pictures):
    def steps(user):
        user.wait_for_plan()
        jobs = export_again(user, "film", pictures)
        # The film is being written.
        user.until(lambda: any(pictures.iterdir()))
        # In one step: a file may be made in it at any time.
        pictures.rename(pictures.with_name("elsewhere"))
        user.until(lambda: not jobs)
        (message,) = user.messages
        assert "snake.gif" in message
        assert "No such file or directory" in message

    assert drive(steps, snake) == 0


FILMS = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from vingui.cli import main
from vingui.gui import app
from vingui.gui import settings as entries

class Filming(app.App):
    def __init__(self, path):
        super().__init__(path)
        self.window.session.settings.set(entries.EXPORT_PAGE, "film")
        self.window.session.settings.set(entries.EXPORT_FOLDER, sys.argv[2])
        self.begun = False
        self.window.session.run_changed.connect(self.begin)

    def begin(self):
        run, exporting = self.window.session.run, self.window.exporting
        if run is not None and run.settled and not self.begun:
            self.begun = True
            exporting.quick()
            exporting.jobs_changed.connect(self.tell)

    def tell(self):
        jobs = self.window.exporting.jobs
        if jobs and jobs[0].done > 1:
            print(self.planner.process_id, self.window.exporting.client.process_id, flush=True)

app.App = Filming
sys.exit(main(sys.argv[1:2]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")
def test_a_window_that_is_killed_while_a_film_is_drawn_leaves_nothing(
    home, qtbot, snake, pictures, tmp_path
):
    package = Path(vingui.__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", FILMS, str(snake), str(pictures)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(package), "TMPDIR": str(tmp_path)},
    ) as window:
        try:
            children = [Path("/proc", number) for number in window.stdout.readline().split()]
            assert len(children) == 2
            qtbot.waitUntil(lambda: any(pictures.iterdir()), timeout=30_000)
        finally:
            window.kill()
            window.wait()
    qtbot.waitUntil(lambda: not any(child.exists() for child in children), timeout=30_000)
    assert list(pictures.iterdir()) == []
    assert not list(tmp_path.glob("__autograph*"))
