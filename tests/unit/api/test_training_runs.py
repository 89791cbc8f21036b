"""Several trainings: each is the same as by itself, whatever trains it and whatever fails."""

import json
import os
import signal
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import vingui
from vingui.api import training_process, training_runs
from vingui.cli import main
from vingui.net.model_files import ModelFile
from vingui.net.workers import Workers

ENDED = "The process that trained it ended"
TINY = {
    "rows": 4,
    "cols": 4,
    "iterations": 3,
    "epochs": 2,
    "batches": 2,
    "batch_size": 2,
    "evaluation": False,
    "progress": False,
}


def weights(file):
    return {name: array.tobytes() for name, array in ModelFile.read(file).weights.items()}


@pytest.mark.slow
def test_each_network_is_the_same_as_by_itself_though_a_worker_is_killed(tmp_path):
    vingui.train(tmp_path / "alone.keras", "paper", seed=1, **TINY)
    killed, progress = [], []

    def kill(done, total):
        progress.append((done, total))
        for one in psutil.Process().children():
            # One that trains, or begins to.
            if not killed and one.children():
                killed.append(one.pid)
                os.kill(one.pid, signal.SIGKILL)

    with warnings.catch_warnings(action="always", record=True) as notes:
        results = vingui.train_many(
            tmp_path / "x.keras", "paper", seeds=(1, 2), jobs=2, on_progress=kill, **TINY
        )
    lost = "A worker process was lost; what it had not finished is done again"
    assert lost in [str(note.message) for note in notes]
    assert [(row["seed"], row["error"]) for row in results.rows] == [(1, None), (2, None)]
    first, second = (weights(tmp_path / f"x-seed-{seed}.keras") for seed in (1, 2))
    assert first == weights(tmp_path / "alone.keras")
    assert first != second
    assert progress == sorted(progress)
    assert progress[-1] == (4, 4)
    assert not list(tmp_path.glob("*.checkpoint"))


def test_a_training_that_is_interrupted_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("vingui.net.train_and_evaluate.make", interrupt)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "x.keras"]) == 130
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "vingui train: interrupted with its last whole epoch kept; repeat it to go on"


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Trainings take no time; returns what gives the seeds of those that were begun."""
    script = Path(__file__).with_name("fake_training.py")
    monkeypatch.setattr(training_process, "COMMAND", (sys.executable, str(script)))
    monkeypatch.chdir(tmp_path)
    return lambda: sorted(map(int, Path("begun").read_text().split()))


def test_those_that_fail_are_named_and_the_others_are_trained(begun, scheduler, capsys):
    words = ["--seeds", "1-2,90,98-99", "--no-evaluation", "--json", "-"]
    assert main(["train", "x.keras", *words, "--scheduler", scheduler]) == 2
    said = capsys.readouterr()
    assert [run["loss"] for run in json.loads(said.out)["runs"]] == [1, 2, None, None, None]
    assert said.err.splitlines() == [
        "note: An empty map is left out",
        "  seed    loss  minutes",
        "     1  1.0000     1.00",
        "     2  2.0000     1.00",
        "    90  failed",
        "    98  failed",
        "    99  failed",
        "  mean  1.5000     1.00",
        "   std  0.7071     0.00",
        "vingui train: 3 trainings failed:",
        "  x-seed-90.keras: The loss became nan",
        f"  x-seed-98.keras: {ENDED} with exit code 1, 2 times: There is no TensorFlow",
        f"  x-seed-99.keras: {ENDED} by signal 9, perhaps for lack of memory, 2 times",
    ]
    assert begun() == [1, 2, 90, 98, 98, 99, 99]


def test_only_what_is_missing_is_trained_on_resuming(begun, monkeypatch, capsys):
    several = ["train", "x.keras", "--no-evaluation", "--jobs", "1"]
    train = training_runs.train_in_process

    def interrupt(job, *others):
        if json.loads(job)["settings"]["seed"] == 2:
            raise KeyboardInterrupt
        return train(job, *others)

    monkeypatch.setattr(training_runs, "train_in_process", interrupt)
    assert main([*several, "--seeds", "1-3"]) == 130
    said = capsys.readouterr()
    assert "interrupted after 1 of 3 trainings; add --resume to go on" in said.err
    assert said.out.splitlines()[1].split() == ["1", "1.0000", "1.00"]
    monkeypatch.setattr(training_runs, "train_in_process", train)
    assert main([*several, "--seeds", "1-3", "--resume", "--csv", "x.csv"]) == 0
    assert begun() == [1, 2, 3]
    lines = Path("x.csv").read_text().splitlines()
    assert lines == ["file,seed,loss,minutes,error"] + [
        f"x-seed-{seed}.keras,{seed},{seed}.0,1.0," for seed in (1, 2, 3)
    ]
    assert main([*several, "--seeds", "3", "--epochs", "5", "--resume"]) == 0
    assert begun() == [1, 2, 3, 3]


def test_a_network_that_is_not_in_the_folder_is_named(begun, tmp_path, monkeypatch):
    (tmp_path / "away").mkdir()

    def elsewhere(out, *others):
        return job(tmp_path / "away" / out.name, *others)

    job = training_runs.training_job
    monkeypatch.setattr(training_runs, "training_job", elsewhere)
    with pytest.warns(UserWarning, match="An empty map is left out"):
        (row,) = vingui.train_many("x.keras", seeds=(2,), evaluation=False, progress=False).rows
    assert row["error"] == "x-seed-2.keras was written by a worker that does not share this folder"


def fail(number):
    if number == 1:
        raise ZeroDivisionError("by zero")
    return number


def test_a_call_that_fails_twice_can_have_a_result_in_its_place(scheduler):
    with Workers(1, scheduler=scheduler, on_note=pytest.fail) as workers:
        results = workers.run(
            fail,
            ((f"Call {number}", (number,)) for number in range(3)),
            on_done=lambda *_: None,
            on_failure=lambda place, error: f"{place}: {error}",
        )
        assert list(results) == [0, "1: Call 1 failed twice, with ZeroDivisionError: by zero", 2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--jobs", "2"], "--jobs is for several trainings; add --seeds 0-9 or --try"),
        (["--csv", "x.csv"], "--csv is for several trainings"),
        (["--seeds", "1-2", "--seed", "3"], "--seed is one of --seeds"),
        (["--try", "epochs=1", "--try", "epochs=2"], "--try has the same option twice"),
        (["--try", "epochs=x"], "The epochs of runs cannot be 'x'"),
        (
            ["--seeds", "3-1"],
            "must be a number from 0, a range like 0-99, a list like 0,5,7-9, not",
        ),
        (["--try", "epochs"], "must be OPTION=VALUE,..., like learning-rate=0.001,0.003"),
    ],
)
def test_what_is_not_possible_is_refused_before_training(words, message, capsys, monkeypatch):
    monkeypatch.setattr(training_process, "COMMAND", ("/nowhere",))
    with suppress(SystemExit):
        main(["train", "x.keras", *words])
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": 3}, "seeds must be several values, such as (1, 2), not 3"),
        ({"seeds": ("1",)}, "A seed must be a whole number of 0 or more, not '1'"),
        ({"variants": {"maps": "maze"}}, "maps must be several values, such as (1, 2), not 'maze'"),
        ({"variants": {"epochs": (1, "2")}}, "The epochs of a training cannot be '2'"),
    ],
)
def test_wrong_arguments_are_named(options, message):
    with pytest.raises(vingui.VinguiError) as caught:
        vingui.train_many("x.keras", **options)
    assert str(caught.value) == message


def test_results_are_written_and_shown(tmp_path):
    row = {"file": "a<b", "settings": {}, "seed": 1, "loss": 0.5, "minutes": 1.0, "results": []}
    results = vingui.TrainingResults([{**row, "error": None}])
    assert "<td>0.5000</td>" in results._repr_html_()
    assert str(results).splitlines() == ["  seed    loss  minutes", "     1  0.5000     1.00"]
    results.save(tmp_path / "x.json")
    with pytest.raises(vingui.VinguiError, match=r"x.txt: The file name must end in .csv or .json"):
        results.save(tmp_path / "x.txt")
