"""What all commands share: arguments, output, and progress on standard error."""

import ast
import json
import os
from pathlib import Path

import pytest

import vingui.cli
from vingui.cli.name_patterns import check_target
from vingui.cli.printing import json_records, output, write_json
from vingui.cli.progress import counting, status
from vingui.core.errors import VinguiError
from vingui.net.quiet import quiet_tensorflow


def test_what_is_printed_beside_a_bar_goes_where_it_was_sent(capsys, monkeypatch):
    # Rich takes standard error for a terminal, while standard output goes to a file.
    monkeypatch.setenv("FORCE_COLOR", "1")
    with counting("Planning") as watch:
        watch(0, 2)
        print("a word")
        watch(1, 2)
    said = capsys.readouterr()
    assert said.out == "a word\n"
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


@pytest.mark.parametrize("head", [{}, {"a": 1}, {"a": [], "b": {}}])
@pytest.mark.parametrize("tail", [{"z": []}, {"y": 1.5, "z": None}])
@pytest.mark.parametrize("records", [[], [{}], [{"b": "]}"}, {"b": None}]])
def test_records_are_written_one_by_one_into_an_object(capsys, head, tail, records):
    with json_records("-", head, "list", lambda: tail) as write:
        for record in records:
            write(record)
    assert json.loads(capsys.readouterr().out) == {**head, "list": records, **tail}
    with json_records(None, head, "list", lambda: tail) as write:
        write({})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("reason", "said"), [(ImportError("no library"), "a line\n"), (KeyboardInterrupt(), "")]
)
def test_the_output_of_a_start_is_shown_if_it_fails(capfd, reason, said):
    def start():
        with quiet_tensorflow():
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
    with pytest.raises(VinguiError, match=r"^no/a\.png: There is no folder 'no'; make it first$"):
        check_target("no/a.png")
    with pytest.raises(VinguiError, match=r"^there: It is a folder; name a file$"):
        check_target("there")


def test_all_that_is_printed_goes_through_one_module():
    found = [
        f"{path.name}:{node.lineno}"
        for path in Path(vingui.cli.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
        and path.name != "printing.py"
    ]
    assert found == []


@pytest.mark.parametrize(
    "name", ["\x1b]0;title\x07.txt", "a\nb.txt", "\x9b31m.txt", "\udcff.txt", "[/bold].txt"]
)
def test_no_name_controls_the_terminal(capfd, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for words in (["plan", name], ["convert", name, "a.json"], ["reproduce", name], [name]):
        try:
            code = vingui.cli.main(words)
        except SystemExit as stop:
            code = stop.code
        said = capfd.readouterr()
        assert code == 2
        assert all(line.isprintable() for line in (said.out + said.err).splitlines())
        assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("text", ["[/]", "[bold]x", "a\x1b[2J", "Making [link=x]"])
def test_what_is_shown_while_waiting_is_no_markup(text, monkeypatch, capfd):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with status(text) as tell, counting(text) as watch:
        tell(text)
        watch(1, 2)
    # Colours and cursor movements are rich's own; the text's own code must not get through.
    assert "\x1b[2J" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["plan", "m.txt", "--rate", "1,5"],
            "--rate: must be a number with a decimal point, like",
        ),
        (["generate", "caves", "c.json", "--density", "0,46"], "not '0,46'"),
        (["train", "a.keras", "--learning-rate", "1e"], "must be a number with a decimal point"),
        (["train", "a.keras", "--epochs", "2.5"], "--epochs: must be a whole number, like 12"),
        (["plan", "m.txt", "--k", "last"], "must be a whole number, like 12, not 'last'"),
        (["plan", "m.txt", "--iterations", "1" + "0" * 9], "a whole number from 1 to 999999999"),
        (["plan", "m.txt", "--k", "0"], "--k: must be a whole number of 1 or more, not 0"),
        (["evaluate", "m.txt", "--limit", "-2"], "--limit: must be a whole number of 1 or more"),
        (["generate", "maze", "m.txt", "--seed", "-1"], "--seed: must be a whole number of 0 or"),
        (["generate", "maze", "m.txt", "--starts", "101"], "whole number from 1 to 100, not 101"),
    ],
)
def test_an_argument_that_is_no_number_is_refused_in_a_sentence(capsys, words, said):
    with pytest.raises(SystemExit) as stop:
        vingui.cli.main(words)
    assert stop.value.code == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert "invalid" not in printed
