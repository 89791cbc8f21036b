"""A file's fingerprint: it notices any change, and reads no more than it has to."""

import json
import os

import pytest

from vingui.gui.document.file_fingerprint import FileFingerprint, FileState


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "hall.txt"
    path.write_text("#####\n#...#\n#####\n")
    return path


def rewritten(file):
    file.write_text("#####\n##..#\n#####\n")


def rewritten_with_old_times(file):
    status = file.stat()
    rewritten(file)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(file):
    other = file.with_name("new")
    other.write_text("###\n#.#\n###\n")
    other.replace(file)


def emptied(file):
    file.write_bytes(b"")


def linked_to_another(file):
    other = file.with_name("other.txt")
    other.write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(other)


def grown_without_end(file):
    with file.open("r+b") as stream:
        stream.truncate(1 << 42)


CHANGES = (
    rewritten,
    rewritten_with_old_times,
    replaced,
    emptied,
    linked_to_another,
    grown_without_end,
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed(file, change):
    fingerprint = FileFingerprint.of(file)
    change(file)
    assert not fingerprint.untouched()
    assert fingerprint.state() is FileState.CHANGED


def deleted(file):
    file.unlink()


def moved(file):
    file.rename(file.with_name("moved.txt"))


def became_a_folder(file):
    file.unlink()
    file.mkdir()


def became_a_pipe(file):
    file.unlink()
    os.mkfifo(file)


def linked_to_nothing(file):
    file.unlink()
    file.symlink_to(file.with_name("nothing"))


def lost_its_folder(file):
    folder = file.parent
    folder.rename(folder.with_name("away"))
    folder.write_text("a file")


@pytest.mark.parametrize(
    "change",
    [deleted, moved, became_a_folder, became_a_pipe, linked_to_nothing, lost_its_folder],
)
def test_a_file_that_is_gone_is_noticed(file, change):
    fingerprint = FileFingerprint.of(file)
    change(file)
    assert not fingerprint.untouched()
    assert fingerprint.state() is FileState.GONE


def made_read_only(file):
    file.chmod(0o444)


def touched(file):
    os.utime(file, ns=(1, 1))


def copied_over_itself(file):
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content)


@pytest.mark.parametrize("change", [made_read_only, touched, copied_over_itself])
def test_the_same_content_is_no_change(file, change):
    fingerprint = FileFingerprint.of(file)
    change(file)
    assert not fingerprint.untouched()
    assert fingerprint.state() is FileState.SAME


def test_what_nobody_touched_is_not_read(file, monkeypatch):
    fingerprint = FileFingerprint.of(file)
    monkeypatch.setattr("builtins.open", None)
    assert fingerprint.untouched()
    assert fingerprint.state() is FileState.SAME


def test_of_a_folder_only_its_being_there_counts(tmp_path):
    folder = tmp_path / "maps"
    folder.mkdir()
    fingerprint = FileFingerprint.of(folder)
    (folder / "new.txt").write_text("##")
    assert fingerprint.untouched()
    (folder / "new.txt").unlink()
    folder.rmdir()
    assert fingerprint.state() is FileState.GONE
    folder.write_text("no folder")
    assert fingerprint.state() is FileState.GONE


def test_the_second_file_of_a_pair_counts_too(file):
    second = file.with_suffix(".pgm")
    second.write_bytes(b"P5 1 1 255 \xff")
    fingerprint = FileFingerprint.of(file, second)
    assert fingerprint.state() is FileState.SAME
    second.write_bytes(b"P5 1 1 255 \x00")
    assert fingerprint.state() is FileState.CHANGED
    second.unlink()
    assert fingerprint.state() is FileState.GONE


def test_no_fingerprint_of_what_cannot_be_read(tmp_path):
    assert FileFingerprint.of(tmp_path / "nothing") is None
    assert FileFingerprint.of(tmp_path / "a\0b") is None


def test_a_record_gives_the_fingerprint_back(file):
    fingerprint = FileFingerprint.of(file, file)
    record = json.loads(json.dumps(fingerprint.record()))
    assert FileFingerprint.from_record(record) == fingerprint


@pytest.mark.parametrize(
    "change", [{"path": ""}, {"stamp": ["a"]}, {"size": None}, {"digest": 5}, {"target": []}]
)
def test_nonsense_gives_no_fingerprint(file, change):
    assert FileFingerprint.from_record(FileFingerprint.of(file).record() | change) is None
    assert FileFingerprint.from_record(None) is None
