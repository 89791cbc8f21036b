"""The client of the training process: what it begins, steers, keeps and reports."""

import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import read_map
from vingui.core.grid import GridMap
from vingui.core.train_settings import TrainSettings
from vingui.core.training_folder import TrainingFolder
from vingui.gui.training.client import TrainingState

SMALL = TrainSettings(architecture="vin", maps="obstacles", rows=8, cols=8, epochs=3, batches=4)
LONG = replace(SMALL, epochs=5000)
DIVERGES, CRASHES, DIES = 11, 12, 13
State = TrainingState


@pytest.fixture
def client(make_trainer):
    made = make_trainer()
    made.log = []
    for name in ("state_changed", "progressed", "model_changed", "snapshots_changed", "finished"):
        getattr(made, name).connect(lambda name=name: made.log.append(name))
    return made


@pytest.fixture
def until(qtbot):
    return lambda reached: qtbot.waitUntil(reached, timeout=20_000)


def reach(client, until, state):
    until(lambda: client.state is state)


def test_the_process_is_loaded_before_it_is_needed(client, until):
    assert not client.loading
    client.prepare()
    first = client.process_id
    assert client.loading
    until(lambda: client.ready)
    assert not client.loading
    client.prepare()
    assert (client.process_id, client.state) == (first, State.NONE)


def test_a_training_is_followed_to_its_end(client, until):
    client.begin(SMALL, "mine")
    assert (client.state, client.active) == (State.STARTING, True)
    reach(client, until, State.FINISHED)
    history, training = client.history, client.training
    assert training.path == client.folder / "mine"
    assert (history.batch, history.epoch, history.best, history.finished) == (12, 3, 3, True)
    assert [batch for batch, _ in history.losses] == list(range(1, 13))
    assert [row[0] for row in history.results] == [4, 8, 12]
    assert training.read_history() == history
    assert training.snapshots.epochs() == [0, 1, 2, 3]
    assert client.saved == client.log.count("model_changed") == 12
    assert client.log.count("finished") == 1
    assert not client.active


def test_it_pauses_steps_and_goes_on(client, until):
    client.begin(SMALL, "mine", command="batch")
    reach(client, until, State.PAUSED)
    assert client.history.batch == 1
    client.command("batch")
    assert client.state is State.PLAYING
    reach(client, until, State.PAUSED)
    assert client.history.batch == 2
    client.command("epoch")
    reach(client, until, State.PAUSED)
    assert client.history.batch == 4
    client.resume()
    reach(client, until, State.FINISHED)
    assert client.history.batch == 12


def test_a_pause_comes_before_the_training_has_begun(client, until):
    client.begin(LONG, "mine")
    client.command("pause")
    reach(client, until, State.PAUSED)
    assert client.history.batch < LONG.batches * LONG.epochs


def test_stopping_keeps_the_best_network(client, until):
    client.begin(LONG, "mine")
    until(lambda: client.history.epoch >= 2)
    client.command("stop")
    assert client.state is State.STOPPING
    reach(client, until, State.FINISHED)
    assert client.history.best == client.history.epoch
    assert client.training.model.with_suffix(".json").exists()
    client.command("play")
    assert client.state is State.FINISHED


def test_names_are_numbered_and_a_training_that_is_left_is_kept_unless_replaced(client, until):
    client.begin(LONG, "mine")
    until(lambda: client.history.epoch >= 1)
    process = client.process_id
    client.begin(LONG, "mine")
    assert (client.training.path.name, client.history.batch) == ("mine-2", 0)
    until(lambda: client.history.epoch >= 1)
    assert client.process_id == process
    client.begin(SMALL, "mine", replaces=client.training)
    assert client.training.path.name == "mine-3"
    reach(client, until, State.FINISHED)
    assert sorted(path.name for path in client.folder.iterdir()) == ["mine", "mine-3"]


def test_the_map_in_the_editor_is_copied(client, until):
    grid = GridMap(np.eye(6, dtype=bool), ((0, 5),), ((5, 0),))
    client.begin(replace(SMALL, maps="my map"), "mine", grid=grid)
    copy = client.training.map
    assert client.history.settings.maps == str(copy)
    assert read_map(copy).same_world(grid)
    reach(client, until, State.FINISHED)


@pytest.mark.parametrize(
    ("seed", "failure", "details", "diverged"),
    [
        (DIVERGES, "The steps are too large: try a smaller learning rate.", "", True),
        (CRASHES, "Training failed: ValueError: no", "somewhere", False),
        (DIES, "Training stopped: it ended with code 3. Resume continues", "out of luck", False),
    ],
)
def test_a_failure_is_explained_and_what_was_kept_stays(
    client, until, seed, failure, details, diverged
):
    client.begin(replace(SMALL, seed=seed), "mine")
    reach(client, until, State.FAILED)
    assert client.failure.startswith(failure)
    assert details in client.details
    assert client.diverged is diverged
    assert (client.process_id is None) == (seed == DIES)
    assert client.training.snapshots.epochs() == [0, 1]
    client.begin(SMALL, "other")
    assert (client.failure, client.details, client.diverged) == ("", "", False)
    reach(client, until, State.FINISHED)


def test_a_killed_process_is_resumed_after_its_last_epoch(client, until):
    client.begin(LONG, "mine")
    until(lambda: client.history.epoch >= 2)
    os.kill(client.process_id, signal.SIGKILL)
    reach(client, until, State.FAILED)
    assert "it was killed by signal 9" in client.failure
    epoch = client.training.read_history().epoch
    client.resume(command="batch")
    reach(client, until, State.PAUSED)
    assert client.history.batch == epoch * LONG.batches + 1
    assert [batch for batch, _ in client.history.losses] == list(range(1, client.history.batch + 1))
    assert client.failure == ""


def test_a_training_is_found_by_the_next_client_and_goes_on(client, make_trainer, until):
    client.begin(LONG, "mine", command="epoch")
    reach(client, until, State.PAUSED)
    client.close()
    other = make_trainer()
    other.find_unfinished()
    assert (other.state, other.history.epoch) == (State.PAUSED, 1)
    assert other.process_id is None
    other.command("stop")
    reach(other, until, State.FINISHED)
    third = make_trainer()
    third.find_unfinished()
    assert (third.state, third.training) == (State.NONE, None)


def test_damaged_and_finished_trainings_are_no_unfinished_ones(client, until, tmp_path):
    client.begin(SMALL, "mine")
    reach(client, until, State.FINISHED)
    damaged = TrainingFolder(client.folder / "damaged")
    damaged.checkpoint.mkdir(parents=True)
    (damaged.path / "history.json").write_text("{")
    client.discard()
    client.find_unfinished()
    assert client.state is State.NONE


def test_discarding_removes_the_files_and_what_comes_late_is_ignored(client, until):
    client.begin(LONG, "mine")
    until(lambda: client.history.epoch >= 1)
    process = client.process_id
    client.discard()
    assert (client.state, client.training, client.history) == (State.NONE, None, None)
    assert list(client.folder.iterdir()) == []
    # Another process is loaded for the next training.
    assert client.process_id not in (None, process)
    client.begin(SMALL, "mine")
    reach(client, until, State.FINISHED)
    process = client.process_id
    client.discard()
    assert client.process_id == process


def test_a_folder_that_cannot_be_made_and_a_missing_program_are_reported(make_trainer, tmp_path):
    client = make_trainer(("/no/such/python",))
    client.begin(SMALL, "mine")
    assert client.state is State.FAILED
    assert client.failure == "Training cannot be started: No such file or directory."
    client.folder = tmp_path / "file"
    client.folder.write_text("no folder")
    with pytest.raises(VinguiError, match="The folder of the training cannot be created"):
        client.begin(SMALL, "other")


UNAVAILABLE = """
import os, sys
from vingui.core.training_protocol import TrainerUnavailable
from vingui.core.pipe import send
send(os.fdopen(1, "wb"), TrainerUnavailable("There is no library", "Install it"))
sys.stdin.read()
"""


def test_a_process_that_cannot_train_says_what_to_do(make_trainer, until, tmp_path):
    import sys

    file = tmp_path / "fake.py"
    file.write_text(UNAVAILABLE)
    client = make_trainer((sys.executable, str(file)))
    client.prepare()
    reach(client, until, State.FAILED)
    assert client.failure == "Training cannot start: There is no library. Install it"
    assert client.process_id is None
