import json
import tracemalloc

import pytest

from vingui.core.files import parse_json, read_bytes, remove_leftovers, replacing


class Killed(BaseException):
    """Nothing is tidied up, as after a kill."""


def begin(target):
    with replacing(target) as temporary:
        temporary.write_bytes(b"half")
        raise Killed


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / ("a film of many words, more than thirty-two letters" + ".gif")
    target.write_bytes(b"before")
    others = [".film.gif", ".film.12345678.mp4", "film.12345678.gif", ".x.12345678.gif"]
    for name in others:
        (tmp_path / name).write_bytes(b"other")
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", lambda _self: None)
        with pytest.raises(Killed):
            begin(target)
    assert len(list(tmp_path.iterdir())) == len(others) + 2
    remove_leftovers(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([target.name, *others])
    assert target.read_bytes() == b"before"


def test_a_folder_that_is_gone_has_no_leftovers(tmp_path):
    remove_leftovers(tmp_path / "gone" / "film.gif")


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}"), ('[{"a": ', "}]")])
@pytest.mark.parametrize("depth", [51, 600, 100_000])
def test_json_nested_deeper_than_any_file_of_ours_is_refused(opening, closing, depth):
    with pytest.raises(ValueError, match="nested too deep"):
        parse_json(opening * depth + "1" + closing * depth)


@pytest.mark.parametrize("content", [None, [], {}, [[], {"a": [1, {"b": "c"}]}], "x" * 1000])
def test_other_json_is_read(content):
    assert parse_json(json.dumps(content)) == content
    assert parse_json(json.dumps(content).encode()) == content


def test_a_long_limit_takes_no_memory_for_a_short_file(tmp_path):
    path = tmp_path / "short"
    path.write_bytes(b"x" * 1000)
    tracemalloc.start()
    try:
        assert read_bytes(path, limit=1 << 30) == b"x" * 1000
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
