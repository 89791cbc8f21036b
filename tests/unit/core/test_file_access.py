import errno
import os
import stat

import pytest

from vingui.core.errors import VinguiError
from vingui.core.files import brief, gist, read_bytes, read_text, reading, replacing


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "map.scene.json"
    path.write_text("old")
    return path


def test_what_is_written_takes_the_place_of_the_target(target):
    with replacing(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".json"
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("error", "seen"),
    [(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), VinguiError), (KeyError("bug"), KeyError)],
)
def test_a_failure_leaves_all_as_it_was(target, error, seen):
    def fail():
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(seen):
        fail()
    assert target.read_text() == "old"
    assert list(target.parent.iterdir()) == [target]


def test_a_full_disk_is_named_without_the_temporary_file(target):
    with pytest.raises(VinguiError) as caught, replacing(target) as temporary:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(temporary))
    assert str(caught.value) == (
        "map.scene.json: The file cannot be written: No space left on device"
    )


def test_a_bug_in_the_body_stays_one(target):
    with pytest.raises(ValueError, match="mine"), replacing(target):
        raise ValueError("mine")


def test_places_that_cannot_be_written(tmp_path, target, monkeypatch):
    (tmp_path / "folder.json").mkdir()
    for path in (
        tmp_path / "missing" / "map.json",
        tmp_path / "folder.json",
        target / "map.json",
        tmp_path / "a\0b.json",
        tmp_path / ("x" * 300 + ".json"),
    ):
        with pytest.raises(VinguiError, match=r"^[^/]+: The file "), replacing(path) as temporary:
            temporary.write_text("never")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(VinguiError, match="write-protected"), replacing(target):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.json", "map.scene.json"]
    assert target.read_text() == "old"


def test_the_target_keeps_its_mode_and_a_new_one_follows_the_umask(target, tmp_path):
    target.chmod(0o640)
    with replacing(target) as temporary:
        temporary.write_text("new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    plain = tmp_path / "plain"
    plain.touch()
    with replacing(tmp_path / "new.json") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "new.json").stat().st_mode == plain.stat().st_mode


def test_a_link_stays_a_link(target, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(target)
    with replacing(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_reading_stops_at_the_limit(target):
    assert read_bytes(target, limit=3) == b"old"
    with pytest.raises(VinguiError, match="3 bytes; at most 2"):
        read_bytes(target, limit=2)


def test_text_is_utf_8_with_one_kind_of_line_end(target):
    target.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(target, limit=100) == "a\nb\nc\n"
    target.write_bytes(b"ab\xff")
    with pytest.raises(VinguiError, match="not text in UTF-8 or UTF-16: byte 2, in line 1"):
        read_text(target, limit=100)


def test_a_pipe_is_not_opened(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(VinguiError, match="It is a pipe"):
        read_bytes(pipe, limit=10)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("a.map", VinguiError("Expected x,\nreceived y\r\n z"), "a.map: Expected x, received y z"),
        ("a\nb", VinguiError("Expected x"), "a\\nb: Expected x"),
        ("a", MemoryError(), "a: There is too little memory to read this file"),
        ("a", OSError(5, "broken"), "a: The file cannot be read: broken"),
    ],
)
def test_messages_are_one_line_and_begin_with_the_name(tmp_path, name, error, message):
    with pytest.raises(VinguiError) as caught, reading(tmp_path / name):
        raise error
    assert str(caught.value) == message


def test_long_values_are_cut():
    assert brief("a" * 10**6) == "'" + "a" * 59 + "..."
    assert brief([1, 2]) == "[1, 2]"
    assert gist(ValueError("a\n\0b" + "c" * 10**6)) == "a b" + "c" * 116 + "..."
    assert gist(ValueError()) == "ValueError"
