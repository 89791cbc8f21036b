import pytest

from vingui.core.files import remove_leftovers, replacing


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
