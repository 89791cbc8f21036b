"""Training: the same weights from the same settings, whatever came between, or a clear stop."""

import json
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import write_dataset, write_map
from vingui.core.generate import generate_many
from vingui.core.grid import GridMap
from vingui.core.moves import FOUR
from vingui.core.train_settings import HELD_OUT_SEED, TrainSettings
from vingui.net import train as training
from vingui.net.cluster import ALONE
from vingui.net.data import GeneratedData, StoredData
from vingui.net.models import VIN, DynamicVIN
from vingui.net.train import (
    DivergenceGuard,
    Stopwatch,
    TrainingClock,
    new_model,
    train,
    training_data,
)

TINY = TrainSettings(
    rows=6, cols=6, iterations=4, epochs=3, batches=2, batch_size=2, reading_every=2, seed=7
)
BOTH = ["dynamic", "vin"]
both = pytest.mark.parametrize("architecture", BOTH)


def tiny(architecture="dynamic", **changes):
    return replace(TINY, architecture=architecture, **changes)


def weights_of(model):
    return [weight.numpy() for weight in model.weights]


def assert_same_bits(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The weights of both tiny trainings that nothing interrupted."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    return {
        name: weights_of(train(tiny(name), checkpoint=folder / name, verbose=0)[0]) for name in BOTH
    }


class Interrupted(BaseException):
    """As a user's Ctrl-C: no exception that anything may swallow."""


@pytest.fixture
def interrupt_at(monkeypatch):
    """`interrupt_at(epoch, batch)`: the next trainings stop there, until `None` is asked for."""

    def set_up(epoch, batch=None):
        def stop(self, at, logs=None):
            if self.epoch == epoch and at == batch:
                raise Interrupted

        monkeypatch.setattr(DivergenceGuard, "on_train_batch_end", stop)

    return set_up


@pytest.mark.slow
@both
def test_the_same_settings_make_the_same_weights_bit_for_bit(architecture, uninterrupted, tmp_path):
    model, minutes, _, loss = train(
        tiny(architecture), checkpoint=tmp_path / "checkpoint", verbose=0
    )
    assert isinstance(model, DynamicVIN if architecture == "dynamic" else VIN)
    assert_same_bits(weights_of(model), uninterrupted[architecture])
    assert minutes > 0
    assert loss is not None
    assert math.isfinite(loss)


@pytest.mark.slow
@both
def test_training_changes_every_weight_and_another_seed_makes_others(architecture, uninterrupted):
    before = weights_of(new_model(tiny(architecture)))
    other = weights_of(new_model(tiny(architecture, seed=8)))
    for number, (old, new) in enumerate(zip(before, uninterrupted[architecture], strict=True)):
        assert not np.array_equal(old, new), number
        assert np.isfinite(new).all()
    assert any(not np.array_equal(old, new) for old, new in zip(before, other, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "epoch", "batch"),
    [("dynamic", 1, 1), ("vin", 1, 1), ("vin", 0, 1), ("vin", 2, 0), ("vin", 2, 1)],
)
def test_an_interrupted_training_goes_on_to_the_same_weights(
    architecture, epoch, batch, uninterrupted, interrupt_at, tmp_path
):
    checkpoint = tmp_path / "runs" / "checkpoint"
    interrupt_at(epoch, batch)
    with pytest.raises(Interrupted):
        train(tiny(architecture), checkpoint=checkpoint, verbose=0)
    interrupt_at(None)
    model, *_ = train(tiny(architecture), checkpoint=checkpoint, verbose=0)
    assert_same_bits(weights_of(model), uninterrupted[architecture])


@pytest.mark.slow
def test_going_on_does_not_train_finished_epochs_again(interrupt_at, monkeypatch, tmp_path):
    interrupt_at(2, 0)
    with pytest.raises(Interrupted):
        train(tiny("vin"), checkpoint=tmp_path / "checkpoint", verbose=0)
    interrupt_at(None)
    epochs = []
    turn = TrainingClock.on_epoch_begin

    def noted(self, epoch, logs=None):
        epochs.append(epoch)
        turn(self, epoch, logs)

    monkeypatch.setattr(TrainingClock, "on_epoch_begin", noted)
    train(tiny("vin"), checkpoint=tmp_path / "checkpoint", verbose=0)
    assert epochs == [2]


@pytest.mark.slow
def test_a_finished_training_asked_for_again_gives_its_weights_without_training(
    uninterrupted, monkeypatch, tmp_path
):
    train(tiny("vin"), checkpoint=tmp_path / "checkpoint", verbose=0)
    monkeypatch.setattr(TrainingClock, "on_epoch_begin", lambda *_: pytest.fail("trained again"))
    model, minutes, _, loss = train(tiny("vin"), checkpoint=tmp_path / "checkpoint", verbose=0)
    assert_same_bits(weights_of(model), uninterrupted["vin"])
    assert minutes > 0
    assert loss is not None
    assert math.isfinite(loss)


@both
def test_the_checkpoint_of_another_training_is_refused_and_left_alone(architecture, tmp_path):
    checkpoint = tmp_path / "mine"
    training._begin(checkpoint, tiny(architecture))
    before = {file.name: file.read_bytes() for file in checkpoint.iterdir()}
    other = tiny(architecture, seed=1, learning_rate=0.1)
    with pytest.raises(VinguiError, match=r"learning_rate, seed differ. Remove it") as caught:
        train(other, checkpoint=checkpoint, verbose=0)
    assert str(checkpoint) in str(caught.value)
    assert {file.name: file.read_bytes() for file in checkpoint.iterdir()} == before


@pytest.mark.parametrize("content", [None, "#..\n...\n..G\n", "no map"])
def test_a_training_that_cannot_begin_leaves_no_checkpoint(content, tmp_path):
    maps, checkpoint = tmp_path / "maps.txt", tmp_path / "checkpoint"
    if content is not None:
        maps.write_text(content)
    with pytest.raises(VinguiError, match=r"maps\.txt"):
        train(tiny(maps=str(maps)), checkpoint=checkpoint, verbose=0)
    assert not checkpoint.exists()
    assert not training.resumes(checkpoint, tiny())


def test_a_folder_that_is_no_checkpoint_is_refused_and_left_alone(tmp_path):
    (tmp_path / "holiday.txt").write_text("mine")
    with pytest.raises(VinguiError, match="cannot be the folder for checkpoints"):
        train(tiny(), checkpoint=tmp_path, verbose=0)
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.txt"]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "7", '"dynamic"', "{}"])
def test_a_checkpoint_with_damaged_settings_is_refused(content, tmp_path):
    (tmp_path / "settings.json").write_text(content)
    refusal = (
        "This (is the checkpoint of a training with other|cannot be the folder for checkpoints)"
    )
    with pytest.raises(VinguiError, match=refusal):
        train(tiny(), checkpoint=tmp_path, verbose=0)


def test_a_file_in_the_checkpoints_place_is_refused(tmp_path):
    file = tmp_path / "taken"
    file.write_text("")
    with pytest.raises(VinguiError, match="cannot be the folder for checkpoints"):
        train(tiny(), checkpoint=file, verbose=0)


@pytest.mark.slow
@both
def test_a_loss_that_is_no_number_stops_training_and_says_what_to_do(
    architecture, uninterrupted, monkeypatch, tmp_path
):
    turn = TrainingClock.on_epoch_begin

    def poison(self, epoch, logs=None):
        turn(self, epoch, logs)
        if epoch == 1:
            read_out = self.model.trainable_weights[-1]
            read_out.assign(read_out * np.nan)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingClock, "on_epoch_begin", poison)
        with pytest.raises(VinguiError) as caught:
            train(tiny(architecture), checkpoint=tmp_path / "checkpoint", verbose=0)
    message = str(caught.value)
    assert message.startswith("Training stopped in epoch 2, batch 1: the loss became nan.")
    assert "try a smaller learning rate" in message
    assert "\n" not in message
    # And the epoch before is kept, as it says.
    model, *_ = train(tiny(architecture), checkpoint=tmp_path / "checkpoint", verbose=0)
    assert_same_bits(weights_of(model), uninterrupted[architecture])


@pytest.mark.slow
def test_weights_that_are_no_numbers_stop_training_where_the_loss_hides_them(monkeypatch, tmp_path):
    # A rectifier makes 0 of what is no number, so the loss stays finite.
    def poison(self, epoch, logs=None):
        self.data.epoch = epoch
        hidden = self.model.reward_map.features.kernel
        hidden.assign(hidden * np.nan)

    monkeypatch.setattr(TrainingClock, "on_epoch_begin", poison)
    with pytest.raises(VinguiError, match=r"Training stopped in epoch 1"):
        train(tiny("vin", epochs=1), checkpoint=tmp_path / "checkpoint", verbose=0)


@pytest.mark.parametrize(("loss", "stops"), [(np.nan, True), (np.inf, True), (1e30, False)])
def test_the_guard_stops_at_what_is_not_finite(loss, stops):
    guard = DivergenceGuard()
    guard.on_epoch_begin(3)
    guard.on_train_batch_end(0, {"loss": 0.5})
    guard.on_train_batch_end(0, None)
    if stops:
        with pytest.raises(VinguiError, match=r"epoch 4, batch 6: the loss became (nan|inf)\. "):
            guard.on_train_batch_end(5, {"loss": loss})
    else:
        guard.on_train_batch_end(5, {"loss": loss})


def test_the_stopwatch_adds_finished_epochs_over_interruptions(monkeypatch, tmp_path):
    now = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(training, "time", SimpleNamespace(perf_counter=lambda: now.seconds))
    first = Stopwatch(tmp_path)
    first.set_model(SimpleNamespace(cluster=ALONE))
    assert first.minutes == 0
    assert first.loss is None
    for seconds in (30, 90):
        first.on_epoch_begin(0)
        now.seconds += seconds
        first.on_epoch_end(0, {"loss": 1 / seconds})
        now.seconds += 1000
    first.on_epoch_begin(2)
    now.seconds += 500
    second = Stopwatch(tmp_path)
    second.set_model(first.model)
    assert second.minutes == pytest.approx(2)
    assert second.loss == 1 / 90
    second.on_epoch_begin(2)
    now.seconds += 60
    second.on_epoch_end(2)
    assert second.minutes == pytest.approx(3)
    assert json.loads((tmp_path / "minutes.json").read_text()) == pytest.approx(3)


def test_the_clock_cools_a_dynamic_kernel_and_turns_the_data_to_the_epoch():
    data = GeneratedData(("mixed",), rows=4, cols=4, rule=FOUR, batch_size=1, batches=10, seed=0)
    model = DynamicVIN(hidden=1, iterations=1)
    clock = TrainingClock(data, total=100, coldest=0.01)
    clock.set_model(model)
    found = {}
    for step in (0, 30, 55, 80, 99):
        clock.on_epoch_begin(step // 10)
        assert data.epoch == step // 10
        clock.on_train_batch_begin(step % 10)
        found[step] = float(model.temperature.numpy())
    expected = {0: 1, 30: 1, 55: 0.1, 80: 0.01, 99: 0.01}
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_a_stored_data_set_is_trained_on(tmp_path):
    file = tmp_path / "set.npz"
    maps = generate_many("obstacles", count=5, rows=6, cols=8, seed=1)
    write_dataset(file, DataSet("set", maps))
    data = training_data(tiny(maps=str(file), moves="4"))
    assert isinstance(data, StoredData)
    assert (len(data.grids), data.grids[0].walls.shape, data.rule.name) == (5, (6, 8), "4")
    settings = tiny("vin", maps=str(file), epochs=1)
    model, *_ = train(settings, checkpoint=tmp_path / "checkpoint", verbose=0)
    assert all(np.isfinite(weight).all() for weight in weights_of(model))


def test_generated_maps_follow_the_settings():
    data = training_data(tiny(rows=5, cols=9, moves="8-one-free"))
    assert isinstance(data, GeneratedData)
    assert (data.rows, data.cols, data.batch_size, len(data), data.seed) == (5, 9, 2, 2, 7)
    assert data.rule.name == "8-one-free"


def test_a_data_set_that_is_missing_or_has_no_goals_is_refused(tmp_path):
    with pytest.raises(VinguiError, match=r"^nowhere\.npz: "):
        training_data(tiny(maps=str(tmp_path / "nowhere.npz")))
    file = tmp_path / "bare.json"
    write_map(file, GridMap(np.zeros((4, 4), bool)))
    with pytest.raises(VinguiError, match="map 0 of 4x4 cells has no goal"):
        training_data(tiny(maps=str(file), batch_size=1))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": "cnn"}, "There is no architecture 'cnn'; there are dynamic, vin"),
        ({"moves": "5"}, "There is no movement rule '5'"),
        ({"rows": 1}, "Training maps must have 2x2 to 4096x4096 cells, not 1x16"),
        ({"cols": 4097}, "Training maps must have 2x2 to 4096x4096 cells, not 16x4097"),
        ({"iterations": 0}, "iterations must be 1 or more, not 0"),
        ({"epochs": 0}, "epochs must be 1 or more, not 0"),
        ({"batches": -1}, "batches must be 1 or more, not -1"),
        ({"batch_size": 0}, "batch_size must be 1 or more, not 0"),
        ({"reading_every": 0}, "reading_every must be 1 or more, not 0"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0 and below 1, not 0.0"),
        ({"learning_rate": 1.0}, "learning_rate must be above 0 and below 1, not 1.0"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0 and below 1, not nan"),
        ({"seed": -1}, "seed must be 0 or more, not -1"),
        ({"seed": HELD_OUT_SEED}, "The seed 1000003 is that of the maps for evaluation"),
    ],
)
def test_settings_out_of_bounds_are_refused(changes, message):
    with pytest.raises(VinguiError, match=f"^{message}"):
        TrainSettings(**changes)


def test_the_settings_that_stand_are_good():
    assert TrainSettings().maps == "mixed"
