"""Finished chunks in a file."""

import pytest

from vingui.core.chunk_log import ChunkLog
from vingui.core.errors import VinguiError

REQUEST = {"maps": "maze:9:5", "limits": (0, 1.5)}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "r.json.unfinished"
    with ChunkLog(path, REQUEST, resume=False) as log:
        assert not path.exists()
        log.add(3, '[0.1, "a"]')
        log.add(0, "[]")
    return path


def test_chunks_are_read_again(path):
    with ChunkLog(path, REQUEST, resume=True) as log:
        assert [log.has(number) for number in range(5)] == [True, False, False, True, False]
        log.add(1, "7")
        assert [log.read(number) for number in (3, 1, 0)] == [[0.1, "a"], 7, []]
        log.remove()
    assert not path.exists()


def test_a_chunk_that_was_made_of_something_else_is_not_there(path):
    with ChunkLog(path, REQUEST, resume=True) as log:
        log.add(5, "1", key="a")
        log.add(5, "2", key="b")
    with ChunkLog(path, REQUEST, resume=True) as log:
        assert [log.has(5, key) for key in ("a", "b", "")] == [False, True, False]
        assert log.read(5) == 2
    path.write_text(path.read_text().replace('"key":"b"', '"key":3'))
    with pytest.raises(VinguiError, match="It is damaged"):
        ChunkLog(path, REQUEST, resume=True)


def test_without_resuming_the_file_is_replaced(path):
    with ChunkLog(path, REQUEST, resume=False) as log:
        assert not path.exists()
        assert not log.has(3)
        log.add(1, "7")
    with ChunkLog(path, REQUEST, resume=True) as log:
        assert not log.has(3)
        assert log.read(1) == 7


def test_resuming_without_a_file_begins(tmp_path):
    with ChunkLog(tmp_path / "none", REQUEST, resume=True) as log:
        assert not log.has(0)


@pytest.mark.parametrize("cut", [1, 5, 17])
def test_a_line_that_was_cut_short_is_done_again(path, cut):
    path.write_bytes(path.read_bytes()[:-cut])
    with ChunkLog(path, REQUEST, resume=True) as log:
        assert not log.has(0)
        log.add(0, "[1]")
    with ChunkLog(path, REQUEST, resume=True) as log:
        assert (log.read(3), log.read(0)) == ([0.1, "a"], [1])


def test_the_chunks_of_another_request_are_refused(path):
    with pytest.raises(VinguiError, match="unfinished: It keeps the chunks of another command"):
        ChunkLog(path, {"maps": "maze:9:6"}, resume=True)


@pytest.mark.parametrize("line", [b"[]\n", b'{"chunk": "0"}\n', b"{\n", b"\xff\n"])
def test_a_damaged_file_is_refused(path, line):
    path.write_bytes(path.read_bytes() + line)
    with pytest.raises(VinguiError, match=r"unfinished: "):
        ChunkLog(path, REQUEST, resume=True)


@pytest.mark.parametrize("content", [b"", b"\n", b"[1", b"PK\x03\x04\n"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(VinguiError):
        ChunkLog(path, REQUEST, resume=True)
    assert path.read_bytes() == content
