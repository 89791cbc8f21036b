import os
import signal
import subprocess
import sys

import pytest

from vingui.core import temporary_files
from vingui.core.files import replacing
from vingui.core.temporary_files import created_beside, remove_leftovers

WRITER = """
import sys, time
from pathlib import Path
from vingui.core.files import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch):
    monkeypatch.setattr(temporary_files, "_PAUSE", 0.0)


@pytest.fixture
def writer(tmp_path):
    """Starts a process that is in the middle of writing a file of `tmp_path`."""
    running = []

    def start(name):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        running.append(process)
        assert process.stdout.readline() == b"ready\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["film.gif", "map.json", "many words " * 8 + ".png", "größe.npz"])
def test_what_a_killed_process_left_is_gone_after_the_next_save(tmp_path, writer, name):
    process = writer(name)
    assert len(names(tmp_path)) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(names(tmp_path)) == 1
    with replacing(tmp_path / "other.txt") as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == ["other.txt"]


def test_what_another_process_is_writing_stays(tmp_path, writer):
    process = writer("film.gif")
    with replacing(tmp_path / "film.gif") as temporary:
        temporary.write_text("mine")
    remove_leftovers(tmp_path)
    assert len(names(tmp_path)) == 2
    process.communicate(b"")
    assert names(tmp_path) == ["film.gif"]
    assert (tmp_path / "film.gif").read_bytes() == b"half"


def test_nothing_of_others_is_removed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    folder = tmp_path / "folder"
    folder.mkdir()
    others = [".film.12345678.gif", ".vingui-12345678.gif", "vingui-0123456789ab.film.gif"]
    for name in others:
        (folder / name).write_text("other")
    (folder / ".vingui-0123456789ab.link.gif").symlink_to(elsewhere / "kept")
    (folder / ".vingui-0123456789ab.folder").mkdir()
    os.mkfifo(folder / ".vingui-0123456789ab.pipe")
    before = names(folder)
    remove_leftovers(folder)
    assert names(folder) == before
    assert (elsewhere / "kept").read_text() == "kept"
    (folder / ".vingui-0123456789ab.film.gif").write_text("left")
    remove_leftovers(folder)
    assert names(folder) == before


def test_a_file_that_was_removed_before_it_was_locked_is_made_anew(tmp_path, monkeypatch):
    flock, removed = temporary_files.fcntl.flock, []

    def removing(descriptor, how):
        if not removed:
            removed.extend(tmp_path.iterdir())
            removed[0].unlink()
        flock(descriptor, how)

    monkeypatch.setattr(temporary_files.fcntl, "flock", removing)
    with replacing(tmp_path / "a.txt") as temporary:
        assert temporary.exists()
        assert temporary not in removed
    assert names(tmp_path) == ["a.txt"]


def test_a_file_system_without_locks_is_written_to(tmp_path, monkeypatch):
    def refused(descriptor, how):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(temporary_files.fcntl, "flock", refused)
    (tmp_path / ".vingui-0123456789ab.film.gif").write_text("maybe in use")
    with replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == [".vingui-0123456789ab.film.gif", "a.txt"]


def test_a_folder_that_is_gone_has_no_leftovers(tmp_path):
    remove_leftovers(tmp_path / "gone")
    assert not list(tmp_path.iterdir())


def test_ctrl_c_as_soon_as_the_file_is_there_leaves_nothing(tmp_path, monkeypatch):
    create = os.open

    def interrupted(*arguments):
        os.close(create(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr("vingui.core.temporary_files.os.open", interrupted)
    with pytest.raises(KeyboardInterrupt), created_beside(tmp_path / "film.gif"):
        pass
    monkeypatch.undo()
    assert names(tmp_path) == []
