"""Making a model to ship: the file, the card beside it, the marks on it."""

import hashlib

import pytest

from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.generate import generate_many
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import HELD_OUT_SEED, TrainSettings
from vingui.net.evaluate import evaluate
from vingui.net.evaluation_totals import EvaluationTotals
from vingui.net.keras_networks import load_model
from vingui.net.map_counts import MapCounts
from vingui.net.train import KeepSnapshots
from vingui.net.train_and_evaluate import evaluate_kind, held_out_suite, make

pytestmark = pytest.mark.slow

TINY = {"rows": 6, "cols": 6, "iterations": 3, "epochs": 1, "batches": 2, "batch_size": 2}


@pytest.mark.parametrize(
    ("architecture", "name"), [("dynamic", "mine.keras"), ("vin", "mine.KERAS")]
)
def test_a_model_is_made_with_a_card_that_belongs_to_it(architecture, name, tmp_path):
    settings = TrainSettings(architecture=architecture, moves="4", **TINY)
    out = tmp_path / name
    card = make(settings, out, checkpoint=tmp_path / "checkpoint", evaluation=False)
    assert ModelCard.read(tmp_path / "mine.json") == card
    assert (card.name, card.architecture, card.moves) == ("mine", architecture, "4")
    assert card.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert TrainSettings(**card.settings) == settings
    assert card.command == settings.command(out)
    assert card.results == ()
    model = load_model(out)
    assert card.weights == model.count_params()
    assert bool(card.learned) == (architecture == "dynamic")
    assert {file.name for file in tmp_path.iterdir()} == {"checkpoint", "mine.json", name}


def test_a_mark_is_the_summary_of_an_evaluation_on_maps_of_its_own_seed(exact_planner):
    row = evaluate_kind(
        exact_planner, "obstacles", side=9, count=4, starts="given", iterations=None, seed=11
    )
    marks = EvaluationTotals()
    maps = generate_many("obstacles", count=4, rows=9, cols=9, seed=11)
    for result in evaluate(exact_planner, maps):
        marks.add(MapCounts.of(result))
    expected = marks.rates()
    assert row["maps_of"] == "obstacles 9x9"
    assert (row["from_starts"], row["iterations"], row["seed"]) == ("given", "auto", 11)
    assert (row["maps"], row["starts"], row["success"], row["optimal"]) == (4, 4, 1, 1)
    assert {name: row[name] for name in expected} == expected


def test_marks_are_given_on_the_seed_kept_for_them(exact_planner):
    row = evaluate_kind(exact_planner, "maze", side=7, count=1, starts="all", iterations=60)
    assert (row["seed"], row["iterations"]) == (HELD_OUT_SEED, 60)


def test_a_vin_is_marked_on_its_own_size_and_a_dynamic_kernel_far_beyond():
    assert held_out_suite(TrainSettings(architecture="vin", rows=28, cols=28)) == (
        ("obstacles", 28, 1000, "given"),
    )
    sides = [side for _, side, _, _ in held_out_suite(TrainSettings())]
    assert sides[:3] == [8, 16, 28]
    assert max(sides) == 512


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path):
    with pytest.raises(VinguiError, match=r"^mine\.keras: The file cannot be written"):
        make(
            TrainSettings(architecture="vin", **TINY),
            tmp_path / "nowhere" / "mine.keras",
            checkpoint=tmp_path / "checkpoint",
            evaluation=False,
        )


def test_a_training_of_some_minutes_is_made_again_by_its_card(tmp_path):
    settings = TrainSettings(architecture="vin", **{**TINY, "epochs": 3})
    out = tmp_path / "mine.keras"
    card = make(settings, out, checkpoint=tmp_path / "a", evaluation=False, minutes=1e-9)
    assert card.settings["stop_after"] == 1
    assert "--stop-after 1" in card.command
    again = tmp_path / "again.keras"
    make(TrainSettings(**card.settings), again, checkpoint=tmp_path / "b", evaluation=False)
    for one, other in zip(load_model(out).weights, load_model(again).weights, strict=True):
        assert one.numpy().tobytes() == other.numpy().tobytes()


def test_snapshots_are_kept_before_and_after_each_epoch(tmp_path):
    snapshots = Snapshots(tmp_path / "mine.keras")
    settings = TrainSettings(architecture="vin", **{**TINY, "epochs": 2})
    make(
        settings,
        tmp_path / "mine.keras",
        checkpoint=tmp_path / "checkpoint",
        evaluation=False,
        callbacks=[KeepSnapshots(snapshots)],
    )
    assert snapshots.epochs() == [0, 1, 2]
    last = load_model(snapshots.file(2))
    for one, other in zip(load_model(tmp_path / "mine.keras").weights, last.weights, strict=True):
        assert one.numpy().tobytes() == other.numpy().tobytes()


def test_chosen_snapshots_are_kept_and_the_last_and_none_of_an_earlier_training(tmp_path):
    snapshots = Snapshots(tmp_path / "mine.keras")
    snapshots.folder.mkdir()
    snapshots.file(9).touch()
    make(
        TrainSettings(architecture="dynamic", **{**TINY, "epochs": 3}),
        tmp_path / "mine.keras",
        checkpoint=tmp_path / "checkpoint",
        evaluation=False,
        callbacks=[KeepSnapshots(snapshots, epochs={1, 7})],
    )
    assert snapshots.epochs() == [1, 3]
    model = load_model(tmp_path / "mine.keras")
    for one, other in zip(model.weights, load_model(snapshots.file(3)).weights, strict=True):
        assert one.numpy().tobytes() == other.numpy().tobytes()
    sizes = [file.stat().st_size for file in (snapshots.file(3), tmp_path / "mine.keras")]
    assert sizes[0] < 0.7 * sizes[1]
