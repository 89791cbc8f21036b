"""Saving and opening files, remembered settings, and recovery after a crash."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMessageBox, QWidget

from vingui.core import map_edits
from vingui.core.dataset import DataSet
from vingui.core.formats import read_dataset, write_dataset
from vingui.core.grid import GridMap
from vingui.gui import settings as entries
from vingui.gui.settings import Settings

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def sample_map(rows=12, cols=14):
    grid = GridMap(np.zeros((rows, cols), bool), ((rows - 3, cols - 3),), ((2, 2),))
    return map_edits.border(grid)


def write(path, grid=None):
    write_dataset(path, DataSet(path.stem, (grid or sample_map(),)))
    return path


def read(path):
    return read_dataset(path).maps[0]


def folder_of(home):
    """Where drawings are kept."""
    return home / "xdg_data_home" / "vingui" / "vingui"


def lost_drawings(home):
    return sorted(folder_of(home).glob("drawing-*.json"))


def answer_by_key(key):
    """Answers that question by Alt and a letter."""

    def act(box):
        assert box.objectName() == "unsaved"
        QTest.keyClick(box, key, Qt.KeyboardModifier.AltModifier)

    return act


def answer(name):
    """Clicks on a button of the question about changes that are not saved."""

    def act(box):
        assert box.objectName() == "unsaved"
        QTest.mouseClick(box.button(getattr(QMessageBox.StandardButton, name)), LEFT)

    return act


def drop(widget, *paths):
    """Drop files onto a widget, as the desktop would; returns whether they were taken."""
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = widget.rect().center(), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(at, copy, content, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    let_go = QDropEvent(QPointF(at), copy, content, LEFT, NONE, QEvent.Type.Drop)
    QApplication.sendEvent(widget, let_go)
    return let_go.isAccepted()


def test_open_save_and_save_as(drive, tmp_path):
    source, copy = write(tmp_path / "twelve.json"), tmp_path / "sub" / "other.map"
    copy.parent.mkdir()

    def steps(user):
        user.name_file(source)
        user.key(Key.Key_O, CTRL)
        user.until(lambda: user.document.path == source)
        assert user.grid == sample_map()
        assert user.window.windowTitle() == "twelve.json[*] - vingui"
        assert not user.window.isWindowModified()
        user.click((5, 5))
        assert user.window.isWindowModified()
        assert user.find("map-title").text() == "twelve.json *"
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        assert read(source) == user.grid
        assert read(source).walls[5, 5]
        assert not user.window.isWindowModified()
        user.name_file(copy)
        user.key(Key.Key_S, CTRL | SHIFT)
        user.until(lambda: user.document.path == copy)
        assert np.array_equal(read(copy).walls, user.grid.walls)
        # The format of MovingAI has no goal: said, not refused.
        assert any("goals and starts are left out" in text for text in user.messages)
        user.click((6, 6))
        user.trigger("undo")
        assert not user.document.modified

    assert drive(steps) == 0


def test_a_name_without_suffix_gets_one_and_overwrites_nothing_unasked(drive, tmp_path):
    there = write(tmp_path / "there.json")
    before = there.read_bytes()

    def steps(user):
        user.name_file(tmp_path / "fresh")
        user.trigger("save-as")
        user.until(lambda: user.document.path == tmp_path / "fresh.json")
        run_modal = []

        def refuse(dialog):
            run_modal.append(user.in_dialog(lambda box: box.reject(), over=dialog))
            user.type_file_name(dialog, tmp_path / "there")
            dialog.reject()

        user.in_dialog(refuse)
        user.trigger("save-as")
        assert isinstance(run_modal[0][0], QMessageBox)
        assert there.read_bytes() == before
        assert user.document.path == tmp_path / "fresh.json"

    assert drive(steps) == 0


def test_recent_files_are_offered_at_once_and_at_the_next_start(drive, tmp_path):
    first, second = write(tmp_path / "first.json"), write(tmp_path / "second.json")

    def hover(user):
        """Open the File menu and go down to the recent files with the keyboard."""
        user.window.menus["File"].popup(user.window.mapToGlobal(QPoint(0, 0)))
        menu = user.window.filing.recent_menu
        user.window.menus["File"].setActiveAction(menu.menuAction())
        names = [action.text().split()[-1] for action in menu.actions()]
        enabled = menu.menuAction().isEnabled()
        user.window.menus["File"].close()
        return names, enabled

    def steps(user):
        assert hover(user) == ([], False)
        for path in (first, second):
            user.window.filing.open_path(path)
            user.until(lambda path=path: user.document.path == path)
        assert hover(user) == (["second.json", "first.json"], True)
        user.window.filing.recent_menu.actions()[1].trigger()
        user.until(lambda: user.document.path == first)
        assert hover(user) == (["first.json", "second.json"], True)

    def later(user):
        assert hover(user) == (["first.json", "second.json"], True)
        second.unlink()
        user.window.filing.recent_menu.actions()[1].trigger()
        user.until(lambda: user.messages)
        assert len(user.messages) == 1
        assert "second.json" in user.messages[0]
        assert user.document.path == first

    assert drive(steps) == 0
    assert drive(later) == 0


def test_any_file_that_is_read_can_be_dropped_anywhere(drive, tmp_path):
    plain, several = tmp_path / "plain.txt", tmp_path / "several.npz"
    plain.write_text("#####\n#...#\n#####\n", "utf-8")
    write_dataset(several, DataSet("several", (sample_map(), map_edits.clear(sample_map()))))
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    assert image.save(str(tmp_path / "white.png"))
    own = write(tmp_path / "own.json")

    def steps(user):
        for path, shape in ((plain, (3, 5)), (several, (12, 14)), (tmp_path / "white.png", (8, 8))):
            if path != plain:
                # Of a picture and of several maps it is asked how and which.
                user.in_dialog(lambda dialog: QTest.keyClick(dialog, Key.Key_Return))
            assert drop(user.map_view.viewport(), path)
            user.until(lambda shape=shape: user.grid.walls.shape == shape)
            assert user.document.title.startswith(path.stem)
        # What is said of one file goes with the next.
        for key in ("opened", "rule"):
            user.window.messages.close_message(key)
        assert user.messages == ()
        targets = {
            widget
            for widget in user.window.findChildren(QWidget)
            if widget.isVisible() and not isinstance(widget, QLineEdit)
        }
        assert user.value_view.viewport() in targets
        for widget in targets:
            user.document.replace(sample_map(5, 5))
            assert drop(widget, own), (widget, widget.objectName())
            user.until(lambda: user.document.path == own)
        assert drop(user.window, plain, own)
        user.until(lambda: user.grid.walls.shape == (3, 5))
        assert any("One map can be open at a time" in text for text in user.messages)

    assert drive(steps) == 0


@pytest.mark.parametrize("how", ["dropped", "named at the start"])
def test_a_damaged_map_is_one_message_and_leaves_all_as_it_was(drive, tmp_path, how):
    damaged = tmp_path / "damaged.json"
    damaged.write_text('{"format": "vingui map", "rows": ["..", "#"', "utf-8")
    own = write(tmp_path / "own.json")

    def steps(user):
        user.until(lambda: user.document.path == own)
        user.click((4, 4))
        before, count = user.grid, user.document.undo_stack.count()
        assert drop(user.map_view.viewport(), damaged)
        user.until(lambda: user.messages)
        assert len(user.messages) == 1
        assert user.messages[0].startswith("damaged.json: ")
        assert "\n" not in user.messages[0]
        assert user.grid is before
        assert user.document.path == own
        assert user.document.modified
        assert user.document.undo_stack.count() == count
        user.trigger("undo")

    def named(user):
        user.until(lambda: user.messages)
        assert len(user.messages) == 1
        assert user.messages[0].startswith("damaged.json: ")
        # What was there before is there still.
        assert user.document.path == own
        assert user.grid == sample_map()

    if how == "dropped":
        assert drive(steps, own) == 0
    else:
        assert drive(lambda user: user.until(lambda: user.document.path == own), own) == 0
        assert drive(named, damaged) == 0
        assert drive(lambda user: user.until(lambda: user.document.path == own)) == 0


def test_the_question_about_unsaved_changes(drive, tmp_path):
    own, other = write(tmp_path / "own.json"), write(tmp_path / "other.json", sample_map(6, 6))

    def steps(user):
        user.until(lambda: user.document.path == own)
        user.click((4, 4))
        drawn = user.grid
        run_modal = user.in_dialog(answer("Cancel"))
        drop(user.window, other)
        user.until(lambda: run_modal and user.document.modified)
        assert user.grid is drawn
        user.in_dialog(answer("Cancel"))
        assert not user.window.close()
        assert user.window.isVisible()
        assert user.document.modified
        user.in_dialog(answer("Discard"))
        drop(user.window, other)
        user.until(lambda: user.document.path == other)
        assert read(own) == sample_map()
        user.click((1, 4))
        user.in_dialog(answer("Save"))
        drop(user.window, own)
        user.until(lambda: user.document.path == own)
        assert read(other).walls[1, 4]
        # The same by Alt with the underlined letters.
        user.click((4, 4))
        drawn = user.grid
        user.in_dialog(answer_by_key(Key.Key_C))
        assert not user.window.close()
        assert user.grid is drawn
        assert user.document.modified
        user.in_dialog(answer_by_key(Key.Key_S))
        drop(user.window, other)
        user.until(lambda: user.document.path == other)
        assert read(own) == drawn
        user.click((2, 4))
        user.in_dialog(answer_by_key(Key.Key_D))
        drop(user.window, own)
        user.until(lambda: user.document.path == own)
        assert not read(other).walls[2, 4]
        # A drawing without a file asks for one, and that may be declined too.
        user.document.replace(sample_map())
        user.click((5, 5))
        drawn = user.grid
        user.in_dialog(lambda box: (user.in_dialog(QDialog.reject, over=box), answer("Save")(box)))
        assert not user.window.close()
        assert user.window.isVisible()
        assert user.grid is drawn
        user.in_dialog(
            lambda box: (
                user.name_file(tmp_path / "saved.json", over=box),
                answer("Save")(box),
            )
        )
        user.key(Key.Key_Q, CTRL)
        user.until(lambda: not user.window.isVisible())
        assert read(tmp_path / "saved.json") == drawn

    assert drive(steps, own) == 0


def test_discarding_at_the_end_shows_the_saved_map_at_the_next_start(drive, tmp_path, home):
    own = write(tmp_path / "own.json")

    def steps(user):
        user.until(lambda: user.document.path == own)
        user.click((4, 4))
        user.in_dialog(answer("Discard"))
        user.window.close()
        assert not user.window.isVisible()

    def later(user):
        assert user.document.path == own
        assert user.grid == sample_map()
        assert not user.document.modified
        assert user.messages == ()

    assert drive(steps, own) == 0
    assert lost_drawings(home) == []
    assert drive(later) == 0


def test_a_file_changed_by_another_program_is_shown_as_it_is_now(drive, tmp_path):
    own, other = write(tmp_path / "own.json"), map_edits.clear(sample_map())

    def unchanged(user):
        assert user.document.path == own
        user.click((4, 4))
        user.trigger("undo")
        assert user.messages == ()

    def changed(user):
        user.until(lambda: user.grid == other)
        assert user.document.path == own
        assert not user.document.modified
        assert user.messages == (
            "own.json has changed and was reloaded. Undo restores the previous map.",
        )

    def gone(user):
        assert user.grid == other
        user.key(Key.Key_S, CTRL)
        user.until(own.exists)
        user.until(lambda: user.messages == ())

    assert drive(lambda user: user.until(lambda: user.document.path == own), own) == 0
    assert drive(unchanged) == 0
    write(own, other)
    assert drive(changed) == 0
    own.unlink()
    assert drive(gone) == 0
    assert read(own) == other


def test_a_drawing_that_cannot_be_kept_against_a_crash_says_so(drive, home):
    folder_of(home).parent.mkdir(parents=True, exist_ok=True)
    folder_of(home).write_text("no folder", "utf-8")

    def steps(user):
        user.click((2, 2))
        user.until(lambda: user.messages)
        assert "would be lost in a crash" in user.messages[0]
        assert user.grid.walls[2, 2]
        user.drag((5, 5), (5, 7))
        assert len(user.messages) == 1

    assert drive(steps) == 0


@contextmanager
def full_disk(limit=65536):
    """No file can grow beyond `limit` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_on_save_is_reported_and_the_drawing_kept(drive, tmp_path):
    own = write(tmp_path / "own.json", sample_map(512, 512))
    before = own.read_bytes()

    def steps(user):
        user.until(lambda: user.document.path == own)
        user.click((100, 100))
        drawn = user.grid
        with full_disk():
            user.key(Key.Key_S, CTRL)
            user.until(lambda: any(text.startswith("own.json: ") for text in user.messages))
        assert os.strerror(errno.EFBIG) in " ".join(user.messages)
        assert user.grid is drawn
        assert user.document.modified
        assert own.read_bytes() == before
        assert list(tmp_path.glob(".own*")) == []
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        assert read(own) == drawn

    assert drive(steps, own) == 0


def test_write_protection_is_reported_and_the_drawing_kept(drive, tmp_path, monkeypatch):
    own = write(tmp_path / "own.json")
    before = own.read_bytes()

    def steps(user):
        user.until(lambda: user.document.path == own)
        user.click((4, 4))
        drawn = user.grid

        def refused(self, target):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", refused)
            user.key(Key.Key_S, CTRL)
            user.until(lambda: user.messages)
        assert len([text for text in user.messages if text.startswith("own.json")]) == 1
        assert os.strerror(errno.EROFS) in user.messages[0]
        assert user.grid is drawn
        assert user.document.modified
        assert own.read_bytes() == before
        # Closing after all: the question, and Save fails once more without losing anything.
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", refused)
            user.in_dialog(answer("Save"))
            user.window.close()
            user.until(lambda: user.window.messages.texts)
            assert user.window.isVisible()
        user.trigger("undo")

    assert drive(steps, own) == 0


def test_the_window_is_remembered_with_its_tool_model_and_options(drive):
    chosen = {
        entries.TOOL: "rectangle",
        entries.BRUSH: 3,
        entries.MODEL: "vin-16",
        entries.LAYER: "exact",
        entries.SHOW_ARROWS: False,
        entries.SHOW_NUMBERS: True,
        entries.SCALE: "frame",
        entries.LOOP: True,
        entries.THEME: "dark",
    }
    seen = {}

    def steps(user):
        window = user.window
        user.click_on_action("tool-rectangle")
        for id_ in ("layer-exact", "arrows", "numbers", "scale-frame", "loop", "theme-dark"):
            user.trigger(id_)
        user.key(Key.Key_BracketRight)
        user.key(Key.Key_BracketRight)
        other = next(
            card.name for card in _cards() if card.name != user.session.settings.get(entries.MODEL)
        )
        user.session.choose_model(other)
        chosen[entries.MODEL] = other
        window.docks["convergence"].close()
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["inspector"])
        window.resize(790, 770)
        QTest.qWait(0)
        window.splitter.setSizes([300, 500])
        seen.update(size=window.size(), sizes=window.splitter.sizes())

    def later(user):
        window = user.window
        for setting, value in chosen.items():
            assert user.session.settings.get(setting) == value, setting.key
        assert user.map_view.tool.id == "rectangle"
        assert user.find("brush").value() == 3
        assert user.session.theme.look.dark
        actions = window.actions_by_id
        for id_ in ("tool-rectangle", "layer-exact", "numbers", "scale-frame", "loop"):
            assert actions[id_].isChecked(), id_
        assert not actions["arrows"].isChecked()
        assert not window.docks["convergence"].isVisible()
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        assert window.dockWidgetArea(window.docks["inspector"]) == left
        assert window.size() == seen["size"]
        assert window.splitter.sizes() == pytest.approx(seen["sizes"], abs=4)
        user.trigger("reset-layout")
        right = Qt.DockWidgetArea.RightDockWidgetArea
        assert window.dockWidgetArea(window.docks["inspector"]) == right
        assert window.docks["convergence"].isVisible()

    assert drive(steps) == 0
    assert drive(later) == 0


def _cards():
    from vingui.core.cards import shipped_models

    return shipped_models()


def test_a_drawing_without_a_file_is_there_at_the_next_start(drive):
    drawn = []

    def steps(user):
        user.click((5, 6))
        drawn.append(user.grid)
        # A session's end, or Ctrl+C in the terminal, may leave no time for an answer.
        user.document.undo_stack.setClean()

    def later(user):
        assert user.document.title == "Nine rooms"
        assert user.grid == drawn[0]
        assert user.messages == ()
        assert user.wait_for_plan().converged

    assert drive(steps) == 0
    assert drive(later) == 0


# A process of its own, which is killed.

_HAND = """
import runpy, sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtTest import QTest
from vingui.gui import app as entry

class Drawn(entry.App):
    def __init__(self, path=None):
        super().__init__(path)
        self.path = path
        self.timer = QTimer(self)
        self.timer.setInterval(5)
        self.timer.timeout.connect(self.draw)
        self.timer.start()

    def draw(self):
        if self.document.path != self.path:
            return
        self.timer.stop()
        view = self.window.map_view
        port, left = view.viewport(), Qt.MouseButton.LeftButton
        ends = [view.position_of(cell).toPoint() for cell in ((4, 2), (4, 6))]
        QTest.mousePress(port, left, pos=ends[0])
        QTest.mouseMove(port, ends[1])
        QTest.mouseRelease(port, left, pos=ends[1])

entry.App = Drawn
sys.argv[0] = "vingui"
runpy.run_module("vingui", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def start(home, tmp_path):
    """Starts vingui in a process of its own; with a hand that draws a stroke, if asked for."""
    started = []

    def run(*words, draws=False):
        how = ["-c", _HAND] if draws else ["-m", "vingui"]
        process = subprocess.Popen(
            [sys.executable, *how, *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=tmp_path,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def children(process):
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return path.read_text().split() if path.exists() else []


def alive(pids):
    return [pid for pid in pids if Path(f"/proc/{pid}/cmdline").exists() and _cmd(pid)]


def _cmd(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")
def test_after_kill_9_the_next_start_offers_the_drawing_back(drive, home, start, tmp_path, qtbot):
    own = write(tmp_path / "own.json")
    process = start(own, draws=True)
    qtbot.waitUntil(lambda: bool(lost_drawings(home)), timeout=30_000)
    workers = children(process)
    assert workers
    process.kill()
    process.wait()
    qtbot.waitUntil(lambda: not alive(workers), timeout=60_000)
    assert read(own) == sample_map()
    drawn = sample_map().walls.copy()
    drawn[4, 2:7] = True

    def later(user):
        user.until(lambda: user.messages)
        assert "own.json" in user.messages[0]
        assert "can be restored" in user.messages[0]
        user.click_on("message-action-0")
        assert np.array_equal(user.grid.walls, drawn)
        assert user.document.path == own
        assert user.document.modified
        assert user.messages == ()
        assert len(lost_drawings(home)) == 1
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        user.until(lambda: not lost_drawings(home))
        assert np.array_equal(read(own).walls, drawn)

    assert drive(later) == 0
    assert drive(lambda user: user.until(lambda: user.messages == ())) == 0


def test_a_lost_drawing_can_be_discarded_or_left_for_later(drive, home):
    folder_of(home).mkdir(parents=True)
    grid = sample_map()
    content = json.loads(_encoded(grid)) | {
        "recovery": {"title": "Lost one", "path": None, "when": "2024-05-06T07:08:09+00:00"}
    }
    lost = folder_of(home) / "drawing-999999999-abcd1234.json"
    lost.write_text(json.dumps(content), "utf-8")

    def leave(user):
        user.until(lambda: user.messages)
        assert "Lost one" in user.messages[0]
        user.click_on("message-close")
        assert user.messages == ()

    def discard(user):
        user.until(lambda: user.messages)
        user.click_on("message-action-1")
        assert user.messages == ()
        assert user.document.title == "Nine rooms"

    assert drive(leave) == 0
    assert lost.exists()
    assert drive(discard) == 0
    assert not lost.exists()
    assert drive(lambda user: None) == 0


def _encoded(grid):
    from vingui.core.formats import vingui_map

    return vingui_map.encoded(grid)


def test_a_drawing_outlives_the_end_of_the_desktops_session(drive, home, start, tmp_path, qtbot):
    own, other = write(tmp_path / "own.json"), write(tmp_path / "other.json", sample_map(6, 6))
    process = start(own, draws=True)
    qtbot.waitUntil(lambda: bool(lost_drawings(home)), timeout=30_000)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert read(own) == sample_map()

    def another(user):
        user.until(lambda: user.document.path == other)
        assert "own.json" in user.messages[0]

    def later(user):
        user.until(lambda: user.messages)
        user.click_on("message-action-0")
        assert user.grid.walls[4, 2:7].all()
        assert user.document.path == own
        assert user.document.modified
        # Thought better of: the map is again as it was saved.
        user.in_dialog(answer("Discard"))
        user.window.close()
        assert not user.window.isVisible()

    def last(user):
        user.until(lambda: user.grid == sample_map())
        assert user.document.path == own
        assert not user.document.modified

    assert drive(another, other) == 0
    assert drive(later) == 0
    assert drive(last) == 0
    assert lost_drawings(home) == []


def test_with_autosave_each_change_is_in_the_file_and_nobody_is_asked(
    drive, tmp_path, home, capsys
):
    path = write(tmp_path / "plan.json")

    def steps(user):
        user.wait_for_plan()
        for cells in (((5, 5), (5, 8)), ((7, 3), (9, 3))):
            user.drag(*cells)
            user.until(lambda: not user.document.modified)
            assert read(path) == user.grid
        user.drag((4, 4), (4, 6))
        user.window.close()
        user.until(lambda: not user.window.isVisible())
        assert read(path) == user.grid
        assert not user.bugs

    assert drive(steps, path, "--autosave") == 0
    assert read(path) != sample_map()
    assert not lost_drawings(home)
    assert Settings().get(entries.RECENT) == ()
    # The next start does not continue with a map of another program.
    assert not list(home.rglob("last.json"))
    assert capsys.readouterr().out == "The window is open.\n"
