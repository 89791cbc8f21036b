"""Recovery: what a crash leaves is offered once, and nothing about it can stop the map_edits."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLockFile, QSysInfo

from vingui.core import map_edits
from vingui.core.errors import VinguiError
from vingui.core.formats import read_map
from vingui.core.grid import GridMap
from vingui.gui.document import recovery
from vingui.gui.document.document import Document
from vingui.gui.document.recovery import Recovery, find_recovered, load_last_map, save_last_map
from vingui.gui.document.set_position import SetMember

EMPTY = GridMap(np.zeros((6, 8), bool), ((0, 0),), ((5, 7),))
DRAWN = map_edits.paint(EMPTY, [(1, 1), (2, 3)], material=map_edits.WALL)

# Another window: keeps a drawing, says so, and lives until it is told to end or killed.
OTHER = """
import sys
from pathlib import Path
import numpy as np
from PySide6.QtCore import QCoreApplication
from vingui.core import map_edits
from vingui.core.grid import GridMap
from vingui.gui.document.document import Document
from vingui.gui.document.recovery import Recovery

app = QCoreApplication([])
document = Document(GridMap(np.zeros((6, 8), bool), ((0, 0),), ((5, 7),)))
kept = Recovery(document, Path(sys.argv[1]))
document.replace(document.grid, path=Path("/maps/maze.json"), about="Hard")
cells = [(row, int(sys.argv[2])) for row in range(1, 4)]
document.apply("Draw walls", map_edits.paint(document.grid, cells, material=map_edits.WALL))
kept.flush()
print("kept", flush=True)
sys.stdin.read()
kept.discard()
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state" / "recovery"


@pytest.fixture
def document(qapp):
    return Document(EMPTY)


@pytest.fixture
def quick(document, folder):
    kept = Recovery(document, folder, delay_ms=10)
    yield kept
    kept.discard()


@pytest.fixture
def open_window(folder):
    windows = []

    def opened(col=2):
        window = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(folder), str(col)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        windows.append(window)
        assert window.stdout.readline() == b"kept\n"
        return window

    yield opened
    for window in windows:
        window.kill()
        window.communicate()


def kill(window):
    window.send_signal(signal.SIGKILL)
    window.wait()


def kept_files(folder):
    return sorted(folder.glob("drawing-*.json")) if folder.is_dir() else []


def settle(qtbot, kept):
    qtbot.waitUntil(lambda: not kept.pending)


def leave(folder, grid=DRAWN, *, number=1, when="2026-01-02T03:04:05+00:00", **more):
    """What a window that is no more has left, written by hand."""
    from vingui.core.formats.vingui_map import encoded

    folder.mkdir(parents=True, exist_ok=True)
    content = json.loads(encoded(grid))
    content["recovery"] = {"title": "Spiral", "when": when, "modified": True, **more}
    file = folder / f"drawing-{number}-abcd{number:04}.json"
    file.write_text(json.dumps(content))
    return file


# Keeping.


def test_an_edit_is_kept_soon_as_a_map_that_any_vingui_opens(qtbot, document, quick, folder):
    document.apply("Draw walls", DRAWN)
    assert quick.pending
    assert kept_files(folder) == []
    settle(qtbot, quick)
    (file,) = kept_files(folder)
    assert read_map(file) == DRAWN
    assert str(os.getpid()) in file.name


def test_demonstrations_and_elevation_are_recovered(document, folder, taught):
    grid = taught(DRAWN, 5, elevated=True)
    assert grid.demonstrations
    leave(folder, grid)
    assert find_recovered(folder).grid == grid
    document.apply("Teach", grid)
    assert save_last_map(document, folder)
    assert load_last_map(folder).grid == grid


def test_a_stroke_under_way_is_kept_too(qtbot, document, quick, folder):
    document.begin("Draw walls")
    document.preview(DRAWN)
    settle(qtbot, quick)
    assert read_map(kept_files(folder)[0]) == DRAWN


def test_drawing_without_rest_is_kept_all_the_same(qtbot, document, folder):
    kept = Recovery(document, folder, delay_ms=60_000, longest_ms=50)
    cells = iter(np.ndindex(6, 8))

    def draw_on():
        drawn = map_edits.toggle(document.grid, next(cells), material=map_edits.WALL)
        document.apply("Draw walls", drawn)
        return bool(kept_files(folder))

    qtbot.waitUntil(draw_on)
    kept.discard()


def test_a_document_that_is_not_modified_leaves_no_file(qtbot, document, quick, folder):
    document.replace(DRAWN)
    assert not quick.pending
    document.apply("Invert walls", map_edits.invert(DRAWN))
    settle(qtbot, quick)
    assert len(kept_files(folder)) == 1
    document.saved(Path("maze.json"))
    settle(qtbot, quick)
    assert list(folder.iterdir()) == []
    document.undo_stack.undo()
    settle(qtbot, quick)
    assert len(kept_files(folder)) == 1


def test_what_is_kept_already_is_not_written_again(qtbot, document, quick, folder):
    document.apply("Draw walls", DRAWN)
    settle(qtbot, quick)
    document.begin("Line")
    document.commit()
    assert not quick.pending


def test_discard_removes_the_file_and_its_lock_and_stops_what_is_under_way(document, quick, folder):
    document.apply("Draw walls", DRAWN)
    quick.flush()
    assert len(kept_files(folder)) == 1
    document.apply("Clear walls", EMPTY)
    quick.discard()
    assert list(folder.iterdir()) == []
    assert not quick.pending


def test_a_write_under_way_does_not_outlive_a_discard(qtbot, document, quick, folder, monkeypatch):
    import threading

    begun, go_on = threading.Event(), threading.Event()
    write = recovery._write

    def slow_write(*args):
        begun.set()
        go_on.wait(10)
        write(*args)

    monkeypatch.setattr(recovery, "_write", slow_write)
    document.apply("Draw walls", DRAWN)
    qtbot.waitUntil(begun.is_set)
    threading.Timer(0.05, go_on.set).start()
    quick.discard()
    assert go_on.is_set()
    assert list(folder.iterdir()) == []


def test_two_documents_of_one_process_keep_apart(document, quick, folder):
    other = Document(EMPTY)
    other_kept = Recovery(other, folder)
    document.apply("Draw walls", DRAWN)
    other.apply("Invert walls", map_edits.invert(EMPTY))
    quick.flush()
    other_kept.flush()
    assert {read_map(file) for file in kept_files(folder)} == {DRAWN, map_edits.invert(EMPTY)}
    assert find_recovered(folder) is None
    other_kept.discard()
    assert read_map(kept_files(folder)[0]) == DRAWN


# Failing to keep.


def failing(*_):
    raise VinguiError("map_edits.json: The file cannot be written: full")


def test_a_folder_that_cannot_be_made_is_reported_once_and_drawing_goes_on(
    qtbot, document, tmp_path
):
    (tmp_path / "file").write_text("")
    kept = Recovery(document, tmp_path / "file" / "recovery", delay_ms=0)
    told = []
    kept.failed.connect(told.append)
    document.apply("Draw walls", DRAWN)
    qtbot.waitUntil(lambda: bool(told))
    document.apply("Clear walls", EMPTY)
    document.apply("Draw walls", DRAWN)
    kept.flush()
    assert len(told) == 1
    assert "Not a directory" in told[0]
    assert "\n" not in told[0]
    assert document.undo_stack.count() == 3
    kept.discard()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_reported(qtbot, document, folder):
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    kept = Recovery(document, folder, delay_ms=0)
    with qtbot.waitSignal(kept.failed):
        document.apply("Draw walls", DRAWN)
    kept.discard()
    folder.chmod(0o700)


def test_a_full_disk_is_reported_again_once_it_had_room_between(
    qtbot, document, quick, folder, monkeypatch
):
    told = []
    quick.failed.connect(told.append)
    grid = EMPTY
    for number, fails in enumerate([True, True, False, True]):
        with monkeypatch.context() as patch:
            if fails:
                patch.setattr(recovery, "_write", failing)
            grid = map_edits.toggle(grid, (3, number), material=map_edits.WALL)
            document.apply("Draw walls", grid)
            quick.flush()
        assert bool(kept_files(folder)) == (number >= 2)
    assert len(told) == 2
    assert "cannot be written: full" in told[0]


def test_it_is_tried_again_when_the_disk_has_room_again(
    qtbot, document, quick, folder, monkeypatch
):
    monkeypatch.setattr(recovery, "_RETRY_MS", 20)
    with monkeypatch.context() as patch:
        patch.setattr(recovery, "_write", failing)
        with qtbot.waitSignal(quick.failed):
            document.apply("Draw walls", DRAWN)
    qtbot.waitUntil(lambda: bool(kept_files(folder)))


# After a crash.


def test_a_killed_windows_drawing_is_offered_until_it_is_forgotten(folder, open_window):
    kill(open_window(col=3))
    begun = datetime.now(UTC)
    found = find_recovered(folder)
    assert found.grid == map_edits.paint(EMPTY, [(1, 3), (2, 3), (3, 3)], material=map_edits.WALL)
    assert (found.path, found.title, found.about) == (
        Path("/maps/maze.json"),
        "maze.json",
        "Hard",
    )
    assert found.modified
    assert abs((begun - found.when).total_seconds()) < 600
    assert find_recovered(folder) is None, "it is offered by this window already"
    del found
    again = find_recovered(folder)
    again.discard()
    assert find_recovered(folder) is None
    assert list(folder.iterdir()) == []


def test_a_living_windows_drawing_is_not_offered_nor_touched(folder, open_window):
    window = open_window()
    before = {file.name for file in folder.iterdir()}
    assert find_recovered(folder) is None
    assert {file.name for file in folder.iterdir()} == before
    window.communicate()
    assert window.returncode == 0
    assert list(folder.iterdir()) == []


def test_windows_do_not_clobber_one_another(folder, open_window):
    first, second = open_window(col=3), open_window(col=4)
    assert len(kept_files(folder)) == 2
    kill(first)
    assert find_recovered(folder).grid.walls[1, 3]
    kill(second)
    assert find_recovered(folder).grid.walls[1, 4]


def test_of_several_the_newest_is_offered_and_the_others_stay(folder):
    old = leave(folder, EMPTY, number=1, when="2026-01-01T00:00:00+00:00")
    new = leave(folder, DRAWN, number=2, when="2026-01-01T02:00:00+01:00")
    found = find_recovered(folder)
    assert found.grid == DRAWN
    found.discard()
    assert not new.exists()
    assert old.exists()
    assert find_recovered(folder).grid == EMPTY


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda text: "",
        lambda text: text,
        lambda text: text.replace(QSysInfo.machineHostName(), "other-host"),
    ],
    ids=["power cut", "id of a living process", "other name of the host"],
)
def test_a_lock_that_nobody_holds_keeps_nothing_back(folder, tmp_path, rewritten):
    held = QLockFile(str(tmp_path / "ours.lock"))
    assert held.tryLock(0)
    text = (tmp_path / "ours.lock").read_text()
    assert str(os.getpid()) in text
    file = leave(folder)
    file.with_suffix(".lock").write_text(rewritten(text))
    find_recovered(folder).discard()
    assert list(folder.iterdir()) == []


def test_a_recovered_document_is_kept_anew_before_the_old_file_goes(document, quick, folder):
    leave(folder)
    found = find_recovered(folder)
    document.replace(found.grid, path=found.path, title=found.title, modified=True)
    quick.flush()
    found.discard()
    (file,) = kept_files(folder)
    assert str(os.getpid()) in file.name
    assert read_map(file) == DRAWN
    assert document.modified


DAMAGED = {
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:40]),
    "other bytes": lambda file: file.write_bytes(b"\xff\xfe\x00\x80"),
    "a list": lambda file: file.write_text("[1, 2]"),
    "deep": lambda file: file.write_text("[" * 100_000),
    "no recovery": lambda file: edit(file, lambda content: content.pop("recovery")),
    "odd recovery": lambda file: edit(file, lambda content: content.update(recovery=[1])),
    "no time": lambda file: edit(file, lambda content: content["recovery"].pop("when")),
    "odd time": lambda file: edit(file, lambda content: content["recovery"].update(when="noon")),
    "first time": lambda file: edit(
        file, lambda content: content["recovery"].update(when="0001-01-01T00:00:00+14:00")
    ),
    "goal in a wall": lambda file: edit(file, lambda content: content.update(goal=[1, 1])),
    "no rows": lambda file: edit(file, lambda content: content.pop("rows")),
}


def edit(file, change):
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged_files_are_put_aside_and_the_sound_one_offered(folder, damage):
    sound = leave(folder, number=1)
    damaged = leave(folder, number=2)
    damage(damaged)
    content = damaged.read_bytes()
    found = find_recovered(folder)
    assert found.grid == DRAWN
    assert not damaged.exists()
    assert damaged.with_name(f"{damaged.name}.damaged").read_bytes() == content
    found.discard()
    assert not sound.exists()
    assert find_recovered(folder) is None


def test_odd_titles_and_paths_fall_back(folder):
    leave(folder, title=["x"], path=3, about=None)
    found = find_recovered(folder)
    assert (found.path, found.title, found.about) == (None, "Untitled", "")


def test_what_a_killed_write_leaves_is_removed(folder):
    folder.mkdir(parents=True)
    (folder / ".vingui-0123456789ab.drawing-7-abcd0001.json").write_text("half")
    (folder / "drawing-8-abcd0001.lock").write_text("")
    (folder / "notes.txt").write_text("mine")
    assert find_recovered(folder) is None
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]


def test_a_folder_that_is_not_there_holds_nothing(folder):
    assert find_recovered(folder) is None
    assert load_last_map(folder) is None
    assert not folder.exists()


def test_a_name_that_is_no_utf8_comes_back(document, folder):
    path = Path(os.fsdecode(b"/maps/m\xe4ze.json"))
    document.replace(DRAWN, path=path)
    assert save_last_map(document, folder)
    assert load_last_map(folder).path == path


# From one start to the next.


@pytest.mark.parametrize("modified", [False, True])
def test_where_the_user_left_off_is_remembered(document, folder, modified):
    document.replace(DRAWN, title="Spiral", about="Winds inwards", modified=modified)
    assert save_last_map(document, folder)
    for _ in range(2):
        last = load_last_map(folder)
        assert last.grid == DRAWN
        assert (last.path, last.title, last.about) == (None, "Spiral", "Winds inwards")
        assert last.modified == modified
    assert find_recovered(folder) is None
    last.discard()
    assert load_last_map(folder) is None


def test_which_map_of_a_set_it_was_is_remembered(document, folder):
    member = SetMember(Path("/data/mazes.npz"), 3, "test", 20, "abc")
    document.replace(DRAWN, title="mazes test map 3", member=member)
    save_last_map(document, folder)
    assert load_last_map(folder).member == member
    document.replace(DRAWN)
    save_last_map(document, folder)
    assert load_last_map(folder).member is None


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept.pop("member"),
        lambda kept: kept.update(member=["/data/mazes.npz", 3]),
        lambda kept: kept["member"].update(index=20),
        lambda kept: kept["member"].update(path=None),
    ],
    ids=["older", "a list", "beyond the end", "no path"],
)
def test_without_a_sound_set_the_map_alone_is_remembered(document, folder, change):
    member = SetMember(Path("/data/mazes.npz"), 3, "test", 20, "abc")
    document.replace(DRAWN, title="mazes test map 3", member=member)
    save_last_map(document, folder)
    edit(folder / "last.json", lambda content: change(content["recovery"]))
    last = load_last_map(folder)
    assert (last.grid, last.title, last.member) == (DRAWN, "mazes test map 3", None)


def test_what_is_drawn_on_a_map_of_a_set_is_kept_with_its_place(document, quick, folder):
    member = SetMember(Path("/data/mazes.npz"), 3, "test", 20, "abc")
    document.replace(EMPTY, member=member)
    document.apply("Draw walls", DRAWN)
    quick.flush()
    (file,) = kept_files(folder)
    assert json.loads(file.read_text())["recovery"]["member"] == member.record()


def test_a_relative_path_is_remembered_from_the_root(document, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    document.saved(Path("maze.json"))
    save_last_map(document, folder)
    assert load_last_map(folder).path == tmp_path / "maze.json"


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged_memory_is_put_aside(document, folder, damage):
    document.replace(DRAWN)
    save_last_map(document, folder)
    damage(folder / "last.json")
    assert load_last_map(folder) is None
    assert [file.name for file in folder.iterdir()] == ["last.json.damaged"]


def test_memory_that_cannot_be_written_is_no_error(document, tmp_path):
    (tmp_path / "file").write_text("")
    assert not save_last_map(document, tmp_path / "file")
    (tmp_path / "last.json").mkdir()
    assert not save_last_map(document, tmp_path)
    assert load_last_map(tmp_path) is None


def test_what_is_damaged_is_reported_and_overwrites_nothing(folder):
    reported = []
    contents = [b"one", b"\xff two", b"[3]"]
    for content in contents:
        leave(folder, number=7).write_bytes(content)
        assert find_recovered(folder, reported.append) is None
    assert len(set(reported)) == 3
    assert [file.read_bytes() for file in reported] == contents
    for content in contents:
        (folder / "last.json").write_bytes(content)
        assert load_last_map(folder, reported.append) is None
    assert [file.read_bytes() for file in reported[3:]] == contents


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o000])
def test_only_the_user_may_read_what_is_kept(qtbot, document, folder, umask):
    before = os.umask(umask)
    try:
        kept = Recovery(document, folder, delay_ms=10)
        document.apply("Draw walls", DRAWN)
        settle(qtbot, kept)
        save_last_map(document, folder)
        assert folder.stat().st_mode & 0o777 == 0o700
        files = [*kept_files(folder), folder / "last.json"]
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
        # Those of an older version could be read by everybody.
        folder.chmod(0o755)
        files[1].chmod(0o644)
        save_last_map(document, folder)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert files[1].stat().st_mode & 0o777 == 0o600
        kept.discard()
    finally:
        os.umask(before)
