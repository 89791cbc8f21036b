"""Failures: processes that die or never start, damaged files, full disks, leaks and bugs."""

import contextlib
import errno
import gc
import os
import resource
import signal
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from vingui.core import files, map_edits
from vingui.core.formats import read_dataset
from vingui.core.grid import GridMap
from vingui.gui import settings as entries
from vingui.gui.importing.files import save_map
from vingui.gui.planner.client import Phase

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def field(side, density=0.1, seed=1):
    walls = np.random.default_rng(seed).random((side, side)) < density
    middle = side // 2
    walls[middle, middle] = walls[0, 0] = False
    return GridMap(walls, ((middle, middle),), ((0, 0),))


def told(user):
    """Every message from now on, also those that go by themselves."""
    messages = []
    user.listen(user.session.message, lambda text, *_: messages.append(text))
    return messages


# The process that plans.


def test_the_worker_killed_in_the_middle_of_a_plan(drive):
    def steps(user):
        user.expected_log.append("The planner stopped: it was killed")
        planner, messages = user.session.planner, told(user)
        user.until(lambda: planner.phase is Phase.READY)
        # The compiled loops would be done before they are killed.
        user.session.settings.set(entries.ENGINE, "keras")
        grid = field(512)
        grew = []
        user.listen(planner.updated, lambda run: grew.append((run, run.latest)))
        user.document.replace(grid)
        user.until(lambda: len(grew) >= 2 and grew[-1][0].grid is grid)
        killed, worker = grew[-1][0], planner.process_id
        assert not killed.finished
        os.kill(worker, signal.SIGKILL)
        user.until(lambda: planner.process_id not in (worker, None))
        # The values that had come stay in view, and the map can be drawn on meanwhile.
        assert user.session.run is killed
        assert planner.busy
        user.session.set_cursor((3, 3))
        user.key(Qt.Key.Key_Space, widget=user.map_view)
        user.key(Qt.Key.Key_Space, widget=user.map_view)
        grew.clear()
        user.until(lambda: len(grew) >= 2)
        again = grew[-1][0]
        assert again is not killed
        assert np.array_equal(again.grid.walls, user.grid.walls)
        (message,) = messages
        assert message.startswith(
            "The planner stopped and was started again: it was killed by signal 9 (SIGKILL)"
        )
        assert QApplication.activeModalWidget() is None
        user.document.replace(field(9))
        assert user.wait_for_plan().converged

    assert drive(steps) == 0


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """`broken(library)`: the package of one that cannot be imported, as if a file were missing."""

    def broken(library):
        package = tmp_path / "broken" / library
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(
            "raise ImportError('libgone.so.99: cannot open shared object file')\n"
        )
        monkeypatch.setenv("PYTHONPATH", str(package.parent))
        return package

    return broken


def test_without_tensorflow_a_vin_says_what_is_missing_and_others_plan(drive, broken):
    broken("tensorflow")

    def steps(user):
        assert user.wait_for_plan().converged
        user.session.choose_model("vin-16x16")
        user.until(lambda: user.messages)
        (message,) = user.messages
        assert message.startswith("vin-16x16 needs TensorFlow, which cannot be imported: libgone")
        assert "pip install" in message
        user.session.choose_model("dynamic-4")
        user.until(lambda: user.session.run.model == "dynamic-4")
        assert user.wait_for_plan().converged
        assert user.messages == ()

    assert drive(steps, planner=None) == 0


def test_a_worker_that_cannot_start(drive, broken, tmp_path):
    numba, file = broken("numba"), tmp_path / "drawn.json"

    def steps(user):
        planner = user.session.planner
        user.until(lambda: planner.phase is Phase.FAILED)
        (message,) = user.messages
        for said in (message, user.find("outcome").text()):
            assert "libgone.so.99" in said
            assert "pip install" in said
        user.value_view.picture.refresh()
        assert "libgone.so.99" in user.value_view.picture.message
        assert user.find("status-planner").text() == "No network"
        assert not planner.busy
        # Drawing and saving go on.
        cells = [tuple(cell) for cell in np.argwhere(user.grid.free).tolist()]
        cell = next(one for one in cells if one not in (*user.grid.starts, user.grid.goal))
        user.click(cell)
        assert user.grid.walls[cell]
        user.drag(user.grid.goal, cells[7])
        assert user.grid.goal == cells[7]
        user.name_file(file)
        user.key(Qt.Key.Key_S, CTRL, widget=user.map_view)
        user.until(lambda: file.exists() and not user.document.modified)
        assert read_dataset(file).maps[0].goal == cells[7]
        assert len(user.messages) == 1

        # Once it is repaired, the button is enough.
        (numba / "__init__.py").unlink()
        numba.rmdir()
        user.click_on_message("Try again")
        user.until(lambda: planner.phase is Phase.READY)
        assert user.wait_for_plan().grid.goal == cells[7]
        assert user.messages == ()

    assert drive(steps, planner=None) == 0


def test_a_plan_that_is_refused_says_why_and_the_next_one_clears_it(drive):
    def steps(user):
        user.wait_for_plan()
        user.session.planner.refused.emit("Expected a smaller map, received this one")
        said = "Expected a smaller map, received this one"
        assert user.messages == (said,)
        assert user.find("outcome").text() == said
        assert user.find("model-remark").text() in ("", said)
        user.until(lambda: user.find("model-remark").text() == said)
        assert user.session.model == "dynamic-8"
        user.key(Qt.Key.Key_F5, widget=user.map_view)
        user.until(lambda: user.messages == ())
        user.wait_for_plan()
        user.until(lambda: user.find("model-remark").text() == "")

    assert drive(steps) == 0


# Files.


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.json", b'{"format": "vingui-map", "version": 1, "rows": 5'),
        ("zeros.npz", bytes(200)),
        ("half.map", b"type octile\nheight 9\nwidth 9\nmap\n.....\n"),
        ("noise.png", bytes(range(256))),
        ("noise.bin", bytes(range(256))),
    ],
)
def test_a_damaged_map_is_one_message_and_nothing_else(drive, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)

    def steps(user):
        cells = map(tuple, np.argwhere(user.grid.free).tolist())
        user.click(next(cell for cell in cells if cell not in (*user.grid.starts, user.grid.goal)))
        run = user.wait_for_plan()
        grid, title, messages = user.grid, user.document.title, told(user)
        recent = user.session.settings.get(entries.RECENT)
        user.window.filing.open_path(path)
        # On a busy machine a message that it is being read comes first.
        user.until(lambda: any(text.startswith(f"{name}: ") for text in messages))
        (message,) = (text for text in messages if not text.startswith("Reading "))
        assert user.messages == (message,)
        assert user.grid is grid
        assert user.document.title == title
        assert user.document.undo_stack.canUndo()
        assert user.session.run is run
        assert user.session.settings.get(entries.RECENT) == recent

    assert drive(steps) == 0


def test_a_map_on_the_command_line_that_is_damaged_opens_the_window_all_the_same(drive, tmp_path):
    path = tmp_path / "cut.json"
    path.write_text("{")

    def steps(user):
        user.until(lambda: user.messages)
        assert user.messages[0].startswith("cut.json: It is not a vingui map")
        user.click((2, 2))
        assert user.grid.walls[2, 2]

    assert drive(steps, path) == 0


@contextlib.contextmanager
def full_disk():
    """No file can grow any more: as on a disk without room, for whoever writes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_on_save_is_reported_and_the_drawing_kept(drive, tmp_path):
    path = tmp_path / "mine.json"
    save_map(GridMap(np.zeros((6, 6), bool), ((5, 5),), ((0, 0),)), path)
    before = path.read_bytes()

    def steps(user):
        user.until(lambda: user.document.path == path)
        user.click((3, 3))
        messages = told(user)
        with full_disk():
            user.key(Qt.Key.Key_S, CTRL, widget=user.map_view)
            user.until(lambda: messages)
        assert messages[0].startswith("mine.json: The file cannot be written")
        assert os.strerror(errno.EFBIG) in messages[0]
        assert user.document.modified
        assert user.grid.walls[3, 3]
        assert path.read_bytes() == before
        assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["mine.json"]
        # With room again it is saved.
        user.key(Qt.Key.Key_S, CTRL, widget=user.map_view)
        user.until(lambda: not user.document.modified)
        assert read_dataset(path).maps[0].walls[3, 3]

    assert drive(steps, path) == 0


def test_a_read_only_file_or_folder_on_save(drive, tmp_path, monkeypatch):
    path = tmp_path / "mine.json"
    save_map(GridMap(np.zeros((6, 6), bool), ((5, 5),), ((0, 0),)), path)

    def steps(user):
        user.until(lambda: user.document.path == path)
        user.click((3, 3))
        messages = told(user)
        # Root may write everywhere: the system's answer to others is put in its place.
        with monkeypatch.context() as patch:
            patch.setattr(files.os, "access", lambda *_: False)
            user.key(Qt.Key.Key_S, CTRL, widget=user.map_view)
            user.until(lambda: messages)
        assert "write-protected" in messages.pop()
        with monkeypatch.context() as patch:
            patch.setattr(files.os, "open", _refuse)
            user.key(Qt.Key.Key_S, CTRL, widget=user.map_view)
            user.until(lambda: messages)
        assert os.strerror(errno.EROFS) in messages.pop()
        assert user.document.modified
        assert user.grid.walls[3, 3]
        # Elsewhere there is room for it.
        other = tmp_path / "other.json"
        user.name_file(other)
        user.key(Qt.Key.Key_S, CTRL | Qt.KeyboardModifier.ShiftModifier, widget=user.map_view)
        user.until(lambda: user.document.path == other and not user.document.modified)
        assert read_dataset(other).maps[0].walls[3, 3]

    assert drive(steps, path) == 0


def _refuse(*_, **__):
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


# Memory.


def test_large_runs_keep_every_iteration_in_little_memory_and_old_runs_are_freed(drive):
    def steps(user):
        user.session.settings.set(entries.ITERATIONS, 700)
        user.document.replace(field(512))
        run = user.wait_for_plan()
        assert run.latest == 700
        assert list(run.kept) == list(range(1, 701))
        # As frames they would take 700 MiB.
        assert sum(array.nbytes for array in run.large_arrays) <= 32 << 20
        assert len(run.changes) == 700
        user.session.playback.seek(333)
        picture = user.value_view.picture
        picture.refresh()
        assert picture.layer.k == 333
        # Found in a thread, which must not keep the run either.
        user.session.settings.set(entries.LAYER, "outcomes")
        user.until(lambda: user.picture() and picture.layer and picture.layer.kind == "outcomes")
        old = weakref.ref(run)
        del run
        user.session.settings.set(entries.ITERATIONS, 0)
        user.document.replace(field(9))
        user.wait_for_plan()
        user.picture()
        user.until(lambda: gc.collect() >= 0 and old() is None)

    assert drive(steps) == 0


# The end.


def children_of(process):
    """The processes that a process has started and that are still there."""
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
        return [int(word) for word in text.split()]
    return []


def is_there(process):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


CLOSES_WHILE_BUSY = """
import sys
from pathlib import Path
from vingui.cli import main
from vingui.gui import app
from vingui.gui import settings as entries

class Closing(app.App):
    def __init__(self, path):
        super().__init__(path)
        # The compiled loops would be done at once.
        self.settings.set(entries.ENGINE, "keras")
        self.count = 0
        self.planner.updated.connect(self.take)

    def take(self, run):
        self.count += 1
        if self.count == 3:
            assert self.planner.busy
            print(self.planner.process_id, flush=True)
            self.window.close()

app.App = Closing
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def window_process(home, tmp_path):
    """Starts a window of its own, and sees to it that nothing of it is left."""
    started = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, *(str(word) for word in words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[2])},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        for one in [*children_of(process.pid), process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.communicate()


def unexpected(err):
    return [line for line in err.splitlines() if "does not support" not in line]


def test_closing_while_values_stream_in_leaves_no_process_behind(window_process, tmp_path):
    path = tmp_path / "large.npz"
    save_map(field(512), path.with_suffix(".json"))
    process = window_process("-c", CLOSES_WHILE_BUSY, path.with_suffix(".json"))
    out, err = process.communicate(timeout=60)
    worker = int(out)
    assert process.returncode == 0
    assert unexpected(err) == []
    assert not is_there(worker)


COPIES_AND_CLOSES = """
import sys
from PySide6.QtCore import QTimer
from vingui.cli import main
from vingui.gui import app

class Copying(app.App):
    def __init__(self, path):
        super().__init__(path)
        QTimer.singleShot(0, self.copy)

    def copy(self):
        self.window.actions_by_id[sys.argv[1]].trigger()
        self.window.close()

app.App = Copying
sys.exit(main([]))
"""


@pytest.mark.parametrize("what", ["copy-map", "copy-picture"])
def test_closing_with_something_of_ours_on_the_clipboard_is_no_crash(window_process, what):
    process = window_process("-c", COPIES_AND_CLOSES, what)
    _, err = process.communicate(timeout=60)
    assert unexpected(err) == []
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_window_that_is_ended_takes_its_worker_with_it(window_process, qtbot, number):
    process = window_process("-m", "vingui")
    qtbot.waitUntil(lambda: len(children_of(process.pid)) == 1, timeout=30_000)
    (worker,) = children_of(process.pid)
    # As soon as it listens: before that, a signal simply ends it.
    status = Path(f"/proc/{process.pid}/status")
    qtbot.waitUntil(lambda: _catches(status.read_text(), signal.SIGTERM), timeout=30_000)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    if number == signal.SIGTERM:
        assert process.returncode == 0
        assert unexpected(err) == []
        assert not is_there(worker)
    # A window that was killed says nothing to its worker, which hears the pipe close.
    qtbot.waitUntil(lambda: not is_there(worker), timeout=30_000)


def _catches(status, number):
    mask = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(mask.split()[1], 16) >> (number - 1) & 1)


def test_without_a_display_the_start_says_so_and_does_not_abort(tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
    }
    environment["PYTHONPATH"] = str(Path(files.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "vingui"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 2
    assert "display" in done.stderr
    assert "Traceback" not in done.stderr


# Bugs.


def test_random_events_do_no_harm(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[2])}
    script = Path(__file__).parents[2] / "benchmarks" / "monkey.py"
    # A machine that does other things as well may stand still for longer than a user's.
    words = ["--events", "400", "--seed", "4", "--hang", "20"]
    done = subprocess.run(
        [sys.executable, script, *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_bug_is_reported_and_the_drawing_kept(drive, monkeypatch):
    def steps(user):
        user.expected_log.append("ZeroDivisionError")
        user.click((1, 1))
        monkeypatch.setattr(map_edits, "invert", lambda _: 1 / 0)
        user.key(Qt.Key.Key_I, CTRL, widget=user.map_view)
        user.until(lambda: user.messages)
        (message,) = user.messages
        assert message.startswith("vingui has a bug: something went wrong. Your drawing is safe. ")
        assert "ZeroDivisionError" in message
        user.click_on_message("Copy details")
        assert "Traceback" in QApplication.clipboard().text()
        assert "1 / 0" in QApplication.clipboard().text()
        assert len(user.bugs) == 1
        user.bugs.clear()
        # It goes on.
        user.click((1, 2))
        assert user.grid.walls[1, 1]
        assert user.grid.walls[1, 2]
        assert list(Path(user.app.folder).rglob("drawing-*.json"))

    assert drive(steps) == 0
