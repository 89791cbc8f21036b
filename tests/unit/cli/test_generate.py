"""`vingui generate` and other commands that refuse before any work, without their process."""

import pytest

from vingui.cli import main
from vingui.core.demonstrations import check_demonstration
from vingui.core.formats import read_dataset, read_map
from vingui.core.moves import FOUR


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """`run(*words)`: the exit code, and what was printed to both streams."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize(
    ("pattern", "count", "written"),
    [
        ("m{index}.json", 1, "m0.json"),
        ("{index}.txt", 2, "0.txt and 1.txt"),
        ("new/cave-{index}.map", 3, "new/cave-0.map, ... new/cave-2.map"),
        ("all.npz", 3, "all.npz"),
    ],
)
def test_the_files_that_were_written_are_named(run, tmp_path, pattern, count, written):
    code, out, _ = run("generate", "caves", pattern, "--count", count, "--size", "12x14")
    assert (code, out.partition(" to ")[2]) == (0, f"{written}\n")
    last = written.split()[-1]
    maps = read_dataset(tmp_path / last).maps if last == "all.npz" else [read_map(tmp_path / last)]
    assert maps[-1].walls.shape == (12, 14)


def test_demonstrations_follow_the_rule_and_the_seed(run, tmp_path):
    words = ("--size", 12, "--demonstrations", 3, "--moves", "4", "--seed", 5)
    assert run("generate", "patches", "one.json", *words)[0] == 0
    assert run("generate", "patches", "two.npz", *words, "--count", 2)[0] == 0
    grid, maps = read_map(tmp_path / "one.json"), read_dataset(tmp_path / "two.npz").maps
    assert maps[0] == grid
    assert [len(each.demonstrations) for each in maps] == [3, 3]
    assert maps[1].demonstrations != grid.demonstrations
    for demonstration in grid.demonstrations:
        check_demonstration(grid, demonstration, FOUR)
    run("generate", "patches", "plain.json", "--size", 12, "--seed", 5)
    assert read_map(tmp_path / "plain.json") == grid.with_demonstrations(())
    _, _, said = run("generate", "patches", "one.txt", *words)
    assert "one.txt: This format has no demonstrations; they are left out." in said


@pytest.mark.parametrize("name", ["one.json", "one.txt", "one.png"])
@pytest.mark.parametrize("command", ["generate", "convert"])
def test_a_file_of_one_map_says_how_to_keep_several(run, tmp_path, name, command):
    if command == "generate":
        code, _, said = run("generate", "maze", name, "--count", 3)
    else:
        run("generate", "maze", "set.npz", "--count", 3)
        code, _, said = run("convert", "set.npz", name)
    assert code == 2
    assert f"{name}: This file holds one map, and there are 3. Put {{index}} into its name" in said
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    "words",
    [
        ("x.npz", "--count", 1_000_001, "--size", 2),
        ("x.npz", "--count", 100_000, "--size", 100),
        ("x{index}.json", "--count", 600, "--size", 1024),
    ],
)
def test_more_maps_than_a_file_may_hold_are_refused_before_any_work(run, tmp_path, words):
    code, _, said = run("generate", "maze", *words)
    assert code == 2
    assert "cells are too many at once: at most 1,000,000 maps" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["nosuch/a.keras", "a/b/c.KERAS", "../nosuch-folder/a.keras"])
def test_training_wants_a_folder_that_is_there(run, tmp_path, out):
    code, _, said = run("train", out, "--epochs", 1)
    assert code == 2
    assert said.startswith(f"vingui train: {out}: There is no folder")
    assert not list(tmp_path.iterdir())
