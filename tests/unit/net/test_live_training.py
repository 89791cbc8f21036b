"""A training that is watched: what it reports, obeys and keeps, and that it survives a kill."""

import errno
import json
import subprocess
import sys
from dataclasses import asdict, replace
from itertools import pairwise
from queue import SimpleQueue

import numpy as np
import pytest

from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.formats import write_map
from vingui.core.grid import Demonstration
from vingui.core.pipe import receive, send
from vingui.core.train_settings import TrainSettings
from vingui.core.training_folder import TrainingFolder
from vingui.core.training_protocol import (
    BatchesTrained,
    HeldOutResult,
    SnapshotKept,
    TrainCommand,
    TrainerReady,
    TrainingBegun,
    TrainingFailed,
    TrainingFinished,
    TrainingNote,
    TrainingPaused,
    TrainRequest,
)
from vingui.net import live_training as module
from vingui.net.keras_networks import load_model
from vingui.net.live_training import LiveTraining
from vingui.net.train import train
from vingui.net.trainer import Trainer

pytestmark = pytest.mark.slow

TINY = TrainSettings(
    architecture="vin",
    maps="obstacles",
    rows=6,
    cols=6,
    iterations=4,
    epochs=3,
    batches=4,
    batch_size=4,
)


def request_of(folder, settings=TINY, *, command="play", minutes=0.0, logs=""):
    record = json.dumps(asdict(settings))
    return TrainRequest(1, record, str(folder), minutes, logs, command)


class Watched:
    """Trains in this process, with commands that are given when a message of a kind arrives."""

    def __init__(self, folder, settings=TINY, *, on=(), **options):
        self.messages = []
        self.folder = TrainingFolder(folder)
        self.commands = SimpleQueue()
        self._on = list(on)
        live = LiveTraining(request_of(folder, settings, **options), self.commands, self.reply)
        live.run()

    def reply(self, message):
        self.messages.append(message)
        if self._on and isinstance(message, self._on[0][0]):
            self.commands.put(self._on.pop(0)[1])

    def of(self, kind):
        return [message for message in self.messages if isinstance(message, kind)]

    @property
    def losses(self):
        return np.concatenate([message.losses for message in self.of(BatchesTrained)])


def weights_of(file):
    return [weight.numpy() for weight in load_model(file).weights]


def assert_same_bits(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    return Watched(tmp_path_factory.mktemp("trainings") / "tiny")


def test_every_batch_is_reported_once_and_in_order(watched):
    assert isinstance(watched.messages[0], SnapshotKept)
    assert isinstance(watched.messages[1], TrainingBegun)
    assert isinstance(watched.messages[-1], TrainingFinished)
    assert watched.losses.size == TINY.epochs * TINY.batches
    assert np.isfinite(watched.losses).all()
    batches = [message.batch for message in watched.of(BatchesTrained)]
    assert batches == sorted(batches)
    assert batches[-1] == 12


def test_the_last_epoch_is_evaluated_and_the_best_one_kept_with_its_card(watched):
    results = watched.of(HeldOutResult)
    assert results[-1].batch == 12
    best = [result for result in results if result.best][-1]
    folder = watched.folder
    card = ModelCard.read(folder.model.with_suffix(".json"))
    assert watched.messages[-1].epoch == best.batch // 4
    assert card.settings["stop_after"] == (0 if best.batch == 12 else best.batch // 4)
    assert card.results[0]["success"] == best.success
    assert_same_bits(weights_of(folder.model), weights_of(folder.snapshots.file(best.batch // 4)))
    assert not folder.checkpoint.exists()
    assert folder.read_history().finished


def test_a_snapshot_of_every_epoch_is_a_network_of_its_own(watched):
    epochs = watched.folder.snapshots.epochs()
    assert epochs == [0, 1, 2, 3]
    first = [weights_of(watched.folder.snapshots.file(epoch))[0] for epoch in epochs]
    assert not any(np.array_equal(one, other) for one, other in pairwise(first))


def test_watching_changes_no_weight_and_the_card_s_settings_make_them_again(watched, tmp_path):
    model, *_ = train(TINY, checkpoint=tmp_path / "checkpoint", verbose=0)
    assert_same_bits(
        [w.numpy() for w in model.weights], weights_of(watched.folder.snapshots.file(3))
    )
    card = ModelCard.read(watched.folder.model.with_suffix(".json"))
    again = TrainSettings.of_record(card.settings)
    model, *_ = train(again, checkpoint=tmp_path / "again", verbose=0)
    assert_same_bits([w.numpy() for w in model.weights], weights_of(watched.folder.model))


def test_it_pauses_steps_and_stops_at_once_with_the_best_epoch(tmp_path):
    steps = [(TrainingPaused, "batch"), (TrainingPaused, "epoch"), (TrainingPaused, "stop")]
    watched = Watched(tmp_path / "t", on=steps, command="pause")
    paused = [
        watched.messages[place - 1].batch
        for place, message in enumerate(watched.messages)
        if isinstance(message, TrainingPaused) and place
    ]
    assert paused == [0, 1, 4]
    assert watched.losses.size == 4
    assert watched.messages[-1].epoch == 1
    assert_same_bits(weights_of(watched.folder.model), weights_of(watched.folder.snapshots.file(1)))


def test_stopped_in_the_first_epoch_it_ends_with_it(tmp_path):
    watched = Watched(tmp_path / "t", on=[(TrainingPaused, "stop")], command="batch")
    assert watched.losses.size == 4
    assert watched.messages[-1].epoch == 1


def test_it_ends_with_the_epoch_in_which_the_minutes_are_over(tmp_path):
    watched = Watched(tmp_path / "t", minutes=1e-9)
    assert watched.losses.size == 4


def test_divergence_is_explained_and_the_best_epoch_stays(tmp_path):
    settings = replace(TINY, learning_rate=0.999, weights="")
    folder = tmp_path / "t"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vingui.net.train.math.isfinite", lambda loss: False)
        with pytest.raises(VinguiError, match="try a smaller learning rate"):
            Watched(folder, settings)
    assert TrainingFolder(folder).snapshots.epochs() == [0]


def test_it_begins_with_the_weights_of_another_network_of_its_kind(watched, tmp_path):
    settings = replace(TINY, weights=str(watched.folder.model), epochs=1)
    begun = Watched(tmp_path / "t", settings)
    assert_same_bits(weights_of(begun.folder.snapshots.file(0)), weights_of(watched.folder.model))
    with pytest.raises(VinguiError, match="another network than the one to train"):
        Watched(tmp_path / "other", replace(settings, architecture="dynamic"))


def test_one_map_is_enough_with_goals_anywhere(tmp_path, grid_of):
    file = tmp_path / "map.json"
    write_map(file, grid_of("......", "..##..", "......", "..#...", "......"))
    settings = replace(TINY, maps=str(file), goals="anywhere", epochs=1)
    watched = Watched(tmp_path / "t", settings)
    card = ModelCard.read(watched.folder.model.with_suffix(".json"))
    assert card.results[0]["maps_of"] == "goals on map"


def test_logs_for_tensorboard_are_written(tmp_path):
    Watched(tmp_path / "t", replace(TINY, epochs=1), logs=str(tmp_path / "logs"))
    assert list((tmp_path / "logs").rglob("events.out.tfevents.*"))


class Process:
    """The training process, spoken to as the window does."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "vingui.net.trainer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def send(self, message):
        send(self.process.stdin, message)

    def until(self, kind):
        while not isinstance(message := receive(self.process.stdout), kind):
            assert not isinstance(message, TrainingFailed)
        return message

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(20) == 0
        self.process.stdout.close()


def test_a_killed_process_loses_no_epoch_and_another_goes_on_to_the_same_weights(watched, tmp_path):
    folder = tmp_path / "tiny"
    one = Process()
    one.until(TrainerReady)
    one.send(request_of(folder, command="epoch"))
    one.until(TrainingPaused)
    one.send(TrainCommand(1, "batch"))
    one.until(TrainingPaused)
    one.process.kill()
    one.process.wait()
    one.process.stdin.close()
    one.process.stdout.close()
    other = Process()
    other.send(request_of(folder))
    assert other.until(TrainingBegun).batch == 4
    other.until(TrainingFinished)
    other.close()
    assert_same_bits(
        weights_of(TrainingFolder(folder).snapshots.file(3)),
        weights_of(watched.folder.snapshots.file(3)),
    )
    history = TrainingFolder(folder).read_history()
    assert [batch for batch, _ in history.losses] == list(range(1, 13))


def test_demonstrations_that_are_left_out_are_told_before_the_training(tmp_path, grid_of):
    blocked, free = Demonstration(((0, 0), (1, 1), (2, 2))), Demonstration(((0, 0), (0, 1)))
    grid = grid_of("....", ".#..", "...G").with_demonstrations((blocked, free))
    write_map(tmp_path / "map.json", grid)
    settings = TrainSettings(
        architecture="costs", maps=str(tmp_path / "map.json"), epochs=1, batches=2
    )
    watched = Watched(tmp_path / "t", settings)
    assert watched.of(TrainingNote)[0].text.startswith("1 of 2 demonstrated paths left out.")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (MemoryError(), "There is too little memory to train this"),
    ],
)
def test_a_full_disk_and_too_little_memory_are_named(error, reason, monkeypatch, tmp_path):
    def run(self):
        raise error

    monkeypatch.setattr(LiveTraining, "run", run)
    trainer, came = Trainer(), []
    trainer.put(request_of(tmp_path / "t"))
    trainer.run_next(came.append)
    (failed,) = came
    assert isinstance(failed, TrainingFailed)
    assert reason in failed.reason
    assert not failed.diverged


def test_a_model_that_is_being_read_is_written_the_next_time(monkeypatch, tmp_path):
    real, refused = module.save_model, []

    def save(model, file):
        if file.stem == "t" and len(refused) < 2:
            refused.append(file)
            raise VinguiError("t.keras: The file cannot be written") from PermissionError()
        real(model, file)

    monkeypatch.setattr(module, "save_model", save)
    watched = Watched(
        tmp_path / "t",
        replace(TINY, epochs=1),
        command="batch",
        on=[
            (TrainingPaused, "batch"),
            (TrainingPaused, "batch"),
            (TrainingPaused, "play"),
        ],
    )
    assert len(refused) == 2
    assert watched.of(TrainingFinished)
