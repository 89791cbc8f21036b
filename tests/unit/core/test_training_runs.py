"""Several trainings: their settings, names, rows and table."""

import csv
import hashlib
import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.train_settings import TrainSettings
from vingui.core.training_runs import EPOCHS_FILE, parsed_values, training_runs
from vingui.core.training_table import csv_text, json_text, table, table_lines

OUT = Path("out.keras")
SETTINGS = TrainSettings(epochs=3)


def written(run, tmp_path, **changes):
    """A card beside the file of a run."""
    weights = b"weights"
    card = ModelCard(
        name=run.out.stem,
        title="",
        architecture="dynamic",
        moves="8",
        settings=asdict(run.settings),
        command="",
        minutes=1.5,
        machine="",
        weights=7,
        sha256=hashlib.sha256(weights).hexdigest(),
        results=({"maps_of": "maze 9x9", "success": 1.0, "optimal": 0.5},),
        loss=0.25,
    )
    card = replace(card, **changes)
    (tmp_path / run.out).write_bytes(weights)
    (tmp_path / run.out).with_suffix(".json").write_text(card.encoded())
    return card


def rows_of(seeds=(0, 1, 2), results=1, **variants):
    """The rows of runs with losses 0, 1, 2 and on, whose last one failed."""
    runs = training_runs(OUT, SETTINGS, seeds=seeds, variants=variants)
    rows = []
    for number, run in enumerate(runs):
        rates = tuple(
            {"maps_of": f"maze {side}", "success": number / 10 + side / 100, "optimal": 0.0}
            for side in range(results)
        )
        card = ModelCard(
            run.out.stem, "", "dynamic", "8", {}, "", number * 2, "", 7, "", {}, rates, number
        )
        rows.append(run.row(card=card))
    return [*rows[:-1], runs[-1].row(error="The loss became nan")]


def test_seeds_and_settings_are_combined_and_name_the_files():
    runs = training_runs(
        Path("at/out.keras"),
        SETTINGS,
        seeds=(7, 3, 7),
        variants={"learning_rate": (0.001, 0.01), "size": ((8, 9),), "maps": ["a/b.mat"]},
    )
    assert [str(run.out) for run in runs] == [
        f"at/out-learning-rate-{rate}-size-8x9-maps-a_b.mat-seed-{seed}.keras"
        for rate in ("0.001", "0.01")
        for seed in (7, 3)
    ]
    assert str(runs[0]) == "learning rate 0.001, size 8x9, maps a/b.mat, seed 7"
    expected = replace(SETTINGS, learning_rate=0.01, rows=8, cols=9, maps="a/b.mat", seed=3)
    assert runs[-1].settings == expected


def test_without_seeds_the_seed_is_that_of_the_settings():
    (run,) = training_runs(OUT, replace(SETTINGS, seed=5), variants={"epochs": (2,)})
    assert (run.out.name, run.settings.seed) == ("out-epochs-2.keras", 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variants": {"colour": (1,)}}, r"There is no setting 'colour' to vary; there are arch"),
        ({"variants": {"seed": (1,)}}, r"There is no setting 'seed' to vary"),
        ({"variants": {"epochs": (1, 0)}}, r"epochs must be 1 or more, not 0"),
        ({"seeds": range(10**9), "variants": {}}, r"There can be 10,000 runs at most"),
        ({"variants": {"maps": ("a/b", "a_b")}}, r"Two runs would have the same file name"),
    ],
)
def test_runs_that_are_not_possible_are_refused(options, message):
    with pytest.raises(VinguiError, match=message):
        training_runs(OUT, SETTINGS, **options)


def test_values_are_parsed_as_their_setting_has_them():
    assert parsed_values("learning_rate", "0.001, 1e-2") == [0.001, 0.01]
    assert parsed_values("epochs", "5") == [5]
    assert parsed_values("size", "8,16x24") == [(8, 8), (16, 24)]
    assert parsed_values("mirrored", "yes,no") == [True, False]
    assert parsed_values("moves", "8,4") == ["8", "4"]
    for name, text in (("epochs", "1.5"), ("mirrored", "1"), ("size", "8x9x"), ("density", "")):
        with pytest.raises(VinguiError, match=f"The {name} of runs cannot be '{text}'"):
            parsed_values(name, text)


def test_a_run_is_finished_if_its_network_has_a_card_of_its_settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run, other = training_runs(OUT, SETTINGS, seeds=(0, 1), variants={})
    assert run.finished(evaluated=False) is None
    card = written(run, tmp_path)
    assert run.finished(evaluated=True) == card
    # As a limit of minutes ends a training.
    ended = written(run, tmp_path, settings=asdict(replace(run.settings, stop_after=2)))
    assert run.finished(evaluated=True) == ended
    written(run, tmp_path, settings=asdict(other.settings))
    assert run.finished(evaluated=False) is None
    written(run, tmp_path, sha256="0")
    assert run.finished(evaluated=False) is None
    written(run, tmp_path, results=())
    assert run.finished(evaluated=False) is not None
    assert run.finished(evaluated=True) is None
    run.out.with_suffix(".json").write_text("{")
    assert run.finished(evaluated=False) is None


def test_the_checkpoint_tells_how_many_epochs_are_done(tmp_path):
    (run,) = training_runs(tmp_path / "out.keras", SETTINGS, variants={})
    assert run.epochs_done() == 0
    checkpoint = tmp_path / "out.checkpoint"
    checkpoint.mkdir()
    for text, epochs in (("2", 2), ("", 0)):
        (checkpoint / EPOCHS_FILE).write_text(text)
        assert run.epochs_done() == epochs


def test_the_table_has_means_and_spreads_over_the_seeds_that_did_not_fail():
    assert table(rows_of(seeds=(4, 5, 6), learning_rate=(0.1, 0.2))) == [
        ["learning rate", "seed", "loss", "success", "optimal", "minutes"],
        ["0.1", "4", "0.0000", "0.00%", "0.00%", "0.00"],
        ["0.1", "5", "1.0000", "10.00%", "0.00%", "2.00"],
        ["0.1", "6", "2.0000", "20.00%", "0.00%", "4.00"],
        ["0.1", "mean", "1.0000", "10.00%", "0.00%", "2.00"],
        ["0.1", "std", "1.0000", "10.00%", "0.00%", "2.00"],
        ["0.2", "4", "3.0000", "30.00%", "0.00%", "6.00"],
        ["0.2", "5", "4.0000", "40.00%", "0.00%", "8.00"],
        ["0.2", "6", "failed", "", "", ""],
        ["0.2", "mean", "3.5000", "35.00%", "0.00%", "7.00"],
        ["0.2", "std", "0.7071", "7.07%", "0.00%", "1.41"],
    ]


def test_without_seeds_or_results_the_table_is_narrow():
    assert table(rows_of(seeds=(), results=0, epochs=(1, 2, 4)))[:2] == [
        ["epochs", "loss", "minutes"],
        ["1", "0.0000", "0.00"],
    ]
    assert table_lines([]) == []


def test_several_sets_of_maps_are_shown_one_by_one():
    lines = table_lines(rows_of(results=2))
    assert lines[-3:] == [
        "  success by held-out maps: mean, std",
        "                               maze 0  5.00%, 7.07%",
        "                               maze 1  6.00%, 7.07%",
    ]


def test_csv_and_json_hold_all_runs():
    rows = rows_of(results=2, epochs=(5,))
    found = list(csv.DictReader(io.StringIO(csv_text(rows))))
    assert [row["seed"] for row in found] == ["0", "1", "2"]
    assert found[1]["epochs"] == "5"
    assert float(found[1]["success maze 1"]) == pytest.approx(0.11)
    assert found[2]["error"] == "The loss became nan"
    assert found[2]["loss"] == ""
    content = json.loads(json_text(rows))
    assert content["runs"][1]["results"][0]["success"] == 0.1
    (summary,) = content["summary"]
    assert (summary["runs"], summary["loss"]["mean"]) == (2, 0.5)
    assert summary["results"]["maze 0"]["success"]["mean"] == 0.05
