import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from vingui import __version__
from vingui.core.architectures import about
from vingui.core.cards import ModelCard
from vingui.core.dataset import DataSet
from vingui.core.formats import read_dataset, read_map, write_dataset, write_map
from vingui.core.generate import KINDS
from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.oracle import solve
from vingui.core.snapshots import Snapshots
from vingui.paths import MAPS, MODELS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.json"], "no file or folder of maps 'nowhere.json', and no such"),
        (["one.json", "two.json"], "a folder of them, at a time, not 2; vingui plan takes many"),
    ],
)
def test_an_argument_that_is_neither_map_nor_command_is_refused_in_one_line(vingui, words, said):
    done = vingui(*words)
    assert done.code == 2
    assert done.out == ""
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "command", ["plan", "reproduce", "evaluate", "train", "generate", "models", "convert", ""]
)
def test_help_teaches(vingui, command):
    done = vingui(*([command] if command else []), "--help")
    assert done.code == 0
    assert done.out.startswith(f"usage: vingui {command}".rstrip())
    assert not command or "examples:\n  vingui " in done.out


def test_the_version_is_printed(vingui):
    assert vingui("--version").out == f"vingui {__version__}\n"


@pytest.mark.parametrize("kind", KINDS)
def test_generated_maps_are_those_of_the_seed_and_all_solved(vingui, tmp_path, kind):
    made = [
        vingui("generate", kind, "--size", "12x17", "--count", 5, "--seed", 3, f"{name}.npz")
        for name in ("one", "two")
    ]
    assert [done.code for done in made] == [0, 0]
    one, two = (read_dataset(tmp_path / f"{name}.npz").maps for name in ("one", "two"))
    assert list(one) == list(two)
    assert [(grid.rows, grid.cols) for grid in one] == [(12, 17)] * 5
    report = json.loads(vingui("evaluate", "one.npz", "--json", "-").out)
    assert (report["success"], report["optimal"]) == (1.0, 1.0)


def test_a_generators_parameter_is_an_option(vingui, tmp_path):
    vingui("generate", "noise", "--size", 10, "--density", 0, "--no-border", "empty.json")
    assert not read_map(tmp_path / "empty.json").walls.any()
    refused = vingui("generate", "noise", "--density", 2, "full.json")
    assert refused.code == 2
    assert "density must be a number from 0.0 to 1.0, not 2.0" in refused.err


@pytest.mark.parametrize(("suffix", "lost"), [(".map", 1), (".yaml", 1), (".txt", 0), (".json", 0)])
def test_what_a_format_leaves_out_of_a_generated_map_is_reported(vingui, tmp_path, suffix, lost):
    made = vingui("generate", "rooms", "--size", 11, f"rooms{suffix}")
    assert made.code == 0
    assert made.err.count("goals and starts are left out") == lost


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--count", 0, "a.npz"], "--count: must be a whole number of 1 or more, not 0"),
        (["--count", -3, "a.npz"], "--count: must be a whole number of 1 or more, not -3"),
        (["--starts", 0, "a.txt"], "--starts: must be a whole number from 1 to 100, not 0"),
        (["nowhere/a.txt"], "There is no folder 'nowhere'"),
    ],
)
def test_what_cannot_be_generated_is_refused_before_any_work(vingui, tmp_path, words, message):
    refused = vingui("generate", "maze", "--size", 9, *words)
    assert refused.code == 2
    assert message in refused.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["caves", "maze", "noise"])
def test_generated_starts_are_as_many_as_wanted_and_far_from_the_goal(vingui, tmp_path, kind):
    vingui("generate", kind, "--size", "20x30", "--starts", 4, "--seed", 91, "map.json")
    grid = read_map(tmp_path / "map.json")
    assert len(grid.starts) == 4
    far = solve(grid, RULES["8"]).cost_to_go[grid.starts[0]]
    assert far > 12
    vingui("generate", kind, "--size", "20x30", "--seed", 91, "--uniform", "other.json")
    assert read_map(tmp_path / "other.json").starts != grid.starts[:1]


def test_a_report_has_the_rates_and_a_record_for_every_start(vingui, tmp_path):
    vingui("generate", "rooms", "--size", 11, "--count", 4, "rooms.npz")
    done = vingui("evaluate", "rooms.npz", "--limit", 3, "--json", "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert done.code == 0
    assert "rooms: 3 maps, 3 starts" in done.out
    assert "dynamic-8, K auto   100.00%" in done.out
    assert (report["dataset"], report["model"], report["moves"]) == ("rooms", "dynamic-8", "8")
    assert (report["maps"], report["success"], report["optimal"]) == (3, 1.0, 1.0)
    assert report["mean_excess"] == pytest.approx(0, abs=1e-9)
    low, high = report["success_interval"]
    assert low == pytest.approx(3 / (3 + 1.959964**2), abs=1e-4)
    assert high == pytest.approx(1)
    assert [record["map"] for record in report["records"]] == [0, 1, 2]
    for record, grid in zip(
        report["records"], read_dataset(tmp_path / "rooms.npz").maps, strict=False
    ):
        assert tuple(record["goal"]) == grid.goal
        assert tuple(record["start"]) == grid.starts[0]
        assert record["path"][0] == record["start"]
        assert record["path"][-1] == record["goal"]
        steps = np.abs(np.diff(record["path"], axis=0))
        assert steps.max() == 1
        assert record["length"] == pytest.approx(np.hypot(*steps.T).sum())
        assert record["optimal_length"] == pytest.approx(record["length"])
        assert record["outcome"] == "reached"


def test_every_cell_can_be_a_start(vingui):
    done = vingui("evaluate", MAPS / "first-steps.json", "--starts", "all", "--json", "-")
    report = json.loads(done.out)
    grid = read_map(MAPS / "first-steps.json")
    assert report["starts"] + report["unreachable"] == grid.free.sum() - 1
    assert len(report["records"]) == grid.free.sum() - 1


@pytest.mark.parametrize("name", ["one.txt", "two.json", "maps.npz"])
def test_maps_without_starts_name_the_way_to_evaluate_them(vingui, tmp_path, name):
    grids = [GridMap(np.zeros((4, 5), bool), ((0, 1),)) for _ in range(2)]
    if name == "maps.npz":
        write_dataset(tmp_path / name, DataSet("maps", grids))
    else:
        write_map(tmp_path / name, grids[0])
    done = vingui("evaluate", name)
    assert done.code == 2
    assert done.err.endswith(
        f"{name}: No map has a start. Add --starts all to evaluate from every free cell\n"
    )


@pytest.mark.parametrize("pattern", ["m{index}.json", "new/{index}.txt", "{index}{index}.png"])
def test_generated_maps_can_have_a_file_each(vingui, tmp_path, pattern):
    done = vingui("generate", "maze", pattern, "--size", 11, "--count", 2)
    first, second = (pattern.replace("{index}", str(number)) for number in range(2))
    assert (done.code, done.out) == (0, f"wrote 2 maps of 11x11 cells to {first} and {second}\n")
    made = [read_map(tmp_path / pattern.replace("{index}", str(n))) for n in range(2)]
    assert vingui("generate", "maze", "set.npz", "--size", 11, "--count", 2).code == 0
    walls = [grid.walls.tolist() for grid in read_dataset(tmp_path / "set.npz").maps]
    assert [grid.walls.tolist() for grid in made] == walls
    assert vingui("generate", "maze", "{name}.json").code == 2


def test_a_folder_of_maps_is_evaluated_and_the_unreachable_start_does_not_count(vingui):
    report = json.loads(vingui("evaluate", MAPS, "--json", "-").out)
    outcomes = [record["outcome"] for record in report["records"]]
    assert report["maps"] == len(list(MAPS.glob("*.json")))
    assert report["unreachable"] == outcomes.count("unreachable") == 1
    assert report["success"] == report["optimal"] == 1.0


def test_data_without_any_solvable_start_is_refused(vingui, tmp_path):
    (tmp_path / "map.txt").write_text("S#G\n##.\n")
    done = vingui("evaluate", "map.txt")
    assert done.code == 2
    assert "has a start that can reach a goal" in done.err


def test_a_map_goes_through_every_format_that_keeps_its_markers(vingui, tmp_path):
    first = vingui("convert", MAPS / "first-steps.json", "map.txt")
    second = vingui("convert", "map.txt", "map.json")
    assert (first.code, second.code) == (0, 0)
    assert read_map(tmp_path / "map.json") == read_map(MAPS / "first-steps.json")


def test_what_a_format_cannot_keep_is_reported(vingui):
    done = vingui("convert", MAPS / "first-steps.json", "map.png")
    assert done.code == 0
    assert "goals and starts are left out" in done.err


def test_the_models_are_listed_with_their_marks(vingui):
    done = vingui("models")
    assert done.code == 0
    for path in MODELS.glob("*.json"):
        card = ModelCard.read(path)
        assert card.results
        assert f"{card.name}: {card.title}" in done.out
        assert card.command in done.out
    assert "kept     snapshots after epochs 0, 1, 2, 4, 8, 16, 32 and 60" in done.out
    records = json.loads(vingui("models", "--json", "-").out)["models"]
    assert {tuple(record["snapshots"][:2]) for record in records} == {(), (0, 1)}


def test_of_named_models_it_is_said_what_they_learned(vingui):
    done = vingui("models", "vin-8x8", MODELS / "costs-elevation.keras")
    assert done.code == 0
    for name in ("vin-8x8", "costs-elevation"):
        for line in about(ModelCard.read(MODELS / f"{name}.json")):
            assert line in done.out
    assert "dynamic-8" not in done.out
    assert vingui("models", "nosuch").code == 2


def test_a_network_is_trained_shipped_and_used(vingui, tmp_path):
    words = ["train", "mine.keras", "--epochs", 2, "--batches", 2, "--size", 6, "--no-evaluation"]
    replaced = Snapshots(tmp_path / "mine.keras")
    replaced.folder.mkdir()
    replaced.file(7).touch()
    done = vingui(*words, "--iterations", 4, "--batch-size", 2, "--seed", 5)
    assert done.code == 0
    assert replaced.epochs() == []
    card = ModelCard.read(tmp_path / "mine.json")
    assert card.settings["seed"] == 5
    assert card.command == (
        "vingui train mine.keras --iterations 4 --epochs 2 --batches 2 --batch-size 2 --seed 5 "
        "--size 6x6"
    )
    assert not (tmp_path / "mine.checkpoint").exists()
    planned = vingui("plan", MAPS / "first-steps.json", "--model", "mine.keras")
    assert planned.code in (0, 1)
    assert planned.out.startswith("mine, ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["mine.h5"], "must end in .keras"),
        (["folder.keras"], "folder.keras: It is a folder; name a file"),
        (["mine.keras", "--epochs", "0"], "epochs must be 1 or more"),
        (["mine.keras", "--size", "6 by 6"], "must be ROWSxCOLS"),
        (["mine.keras", "--maps", "nowhere.npz"], "nowhere.npz: There is no such file"),
        (["no/mine.keras", "--epochs", "1", "--batches", "1", "--size", "6"], "There is no folder"),
    ],
)
def test_a_training_that_cannot_be_is_refused(vingui, tmp_path, words, expected):
    (tmp_path / "no").write_text("a file where a folder is wanted")
    (tmp_path / "folder.keras").mkdir()
    done = vingui("train", *words)
    assert done.code == 2
    assert expected in done.err
    assert done.err.count("\n") == 1


def test_an_unknown_option_is_refused_by_the_command(vingui):
    done = vingui("plan", "map.txt", "--bogus")
    assert done.code == 2
    said = "vingui plan: unrecognized arguments: --bogus (see vingui plan --help)\n"
    assert (done.out, done.err) == ("", said)
    assert vingui("--").code == 2
    done = vingui("--bogus", "plan", "map.txt")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "vingui: unrecognized arguments: --bogus plan map.txt" in done.err


def test_streams_that_are_closed_or_full_or_left_are_no_bugs(tmp_path):
    write_map(tmp_path / "map.json", read_map(MAPS / "trap.json"))
    command = f"{sys.executable} -m vingui"
    for words, code, said in (
        ("convert map.json out.txt >&-", 0, ""),
        ("models 2>&-", 0, ""),
        ("models > /dev/full", 2, "vingui models: The output cannot be written: No sp"),
        ("models | true; exit ${PIPESTATUS[0]}", 1, ""),
    ):
        if "/dev/full" in words and not Path("/dev/full").exists():
            continue
        done = subprocess.run(
            ["bash", "-c", f"{command} {words}"],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert done.stderr.startswith(said)
        assert done.stderr.count("\n") == (1 if said else 0)
        # The reader may leave after all has been written.
        assert done.returncode in ((0, 1) if "|" in words else (code,))
    assert (tmp_path / "out.txt").exists()


def test_an_interrupt_while_commands_are_imported_is_a_line(vingui, monkeypatch):
    def parser(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("vingui.cli._parser", parser)
    done = vingui("plan", "map.txt")
    assert (done.code, done.err) == (130, "vingui plan: interrupted\n")


@pytest.mark.parametrize(
    ("number", "suffix"),
    [(signal.SIGTERM, ".gif"), (signal.SIGHUP, ".mp4"), (signal.SIGINT, ".webp")],
)
@pytest.mark.usefixtures("interruptible")
def test_a_film_that_is_ended_by_a_signal_leaves_nothing(tmp_path, number, suffix):
    (tmp_path / f"film{suffix}").write_text("before")
    words = ["plan", str(MAPS / "spiral.json"), "--film", f"film{suffix}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "vingui", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(list(tmp_path.iterdir())) == 1 and process.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.send_signal(number)
    _, err = process.communicate()
    word = "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
    assert (process.returncode, err) == (128 + number, f"vingui plan: {word}\n")
    assert [path.name for path in tmp_path.iterdir()] == [f"film{suffix}"]
    assert (tmp_path / f"film{suffix}").read_text() == "before"
