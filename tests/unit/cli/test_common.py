"""What the commands share: output, and progress on standard error."""

import json
import os
import sys
from unittest.mock import MagicMock

import pytest

from vingui.cli.common import check_target, counting, output, progress, quiet_start, write_json
from vingui.core.errors import VinguiError


def test_what_is_printed_beside_a_bar_goes_where_it_was_sent(capsys, monkeypatch):
    # Rich takes standard error for a terminal, while standard output goes to a file.
    monkeypatch.setenv("FORCE_COLOR", "1")
    with counting("Planning") as watch:
        watch(0, 2)
        print("a word")
        watch(1, 2)
    for number in progress(range(2), total=2, doing="Planning"):
        print(number)
    said = capsys.readouterr()
    assert said.out == "a word\n0\n1\n"
    assert "Planning" in said.err


def test_json_is_written_whole_or_not_at_all(tmp_path, capsys):
    write_json("-", {"a": [1]})
    assert json.loads(capsys.readouterr().out) == {"a": [1]}
    target = tmp_path / "all.json"
    with pytest.raises(ValueError, match="JSON"), output(str(target)) as file:
        json.dump(["half", float("nan")], file, allow_nan=False)
    assert not list(tmp_path.iterdir())
    write_json(str(target), {"a": [1]})
    assert json.loads(target.read_text()) == {"a": [1]}


@pytest.mark.parametrize(
    ("reason", "said"), [(ImportError("no library"), "a line\n"), (KeyboardInterrupt(), "")]
)
def test_what_a_start_says_is_shown_where_it_fails(capfd, monkeypatch, reason, said):
    monkeypatch.setitem(sys.modules, "vingui.net.backend", MagicMock())

    def start():
        with quiet_start():
            os.write(2, b"a line\n")
            raise reason

    with pytest.raises(type(reason)):
        start()
    assert capfd.readouterr().err == said


def test_a_file_that_cannot_be_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    check_target("new.png")
    check_target("there/new.png")
    # What the system will not answer for is left to the writing.
    check_target(f"{'x' * 300}.png")
    with pytest.raises(VinguiError, match=r"^no/a\.png: Expected a folder .*, received 'no'$"):
        check_target("no/a.png")
    with pytest.raises(VinguiError, match=r"^there: Expected a file .*, received a folder$"):
        check_target("there")
