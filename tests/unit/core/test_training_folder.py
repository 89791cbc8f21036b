"""The folder of a training: its curves survive, and damaged ones are refused."""

import json

import pytest

from vingui.core.errors import VinguiError
from vingui.core.train_settings import TrainSettings
from vingui.core.training_folder import TrainingFolder, TrainingHistory, unfinished_trainings

SETTINGS = TrainSettings(batches=10, epochs=4)


@pytest.fixture
def history():
    history = TrainingHistory(SETTINGS)
    history.add_losses(3, [1.0, 0.5, 0.25])
    history.results.append((3, 0.5, 0.25))
    return history


def test_losses_are_numbered_by_batches(history):
    assert history.losses == [(1, 1.0), (2, 0.5), (3, 0.25)]
    assert (history.batch, history.epoch) == (3, 0)
    history.add_losses(12, [0.125] * 9)
    assert history.losses[-1] == (12, 0.125)
    assert history.epoch == 1


def test_of_many_losses_the_first_and_ever_fewer_are_kept():
    history = TrainingHistory(SETTINGS)
    for batch in range(1, 20_001):
        history.add_losses(batch, [float(batch)])
    assert history.losses[0] == (1, 1.0)
    assert 2000 <= len(history.losses) <= 4000
    assert all(batch == loss for batch, loss in history.losses)


def test_what_came_after_an_epoch_is_forgotten(history):
    history.add_losses(25, [0.1] * 22)
    history.results.append((25, 0.9, 0.8))
    history.go_back_to(2)
    assert history.losses[-1] == (20, 0.1)
    assert history.results == [(3, 0.5, 0.25)]
    assert history.batch == 20


def test_a_history_is_read_as_it_was_written(history, tmp_path):
    folder = TrainingFolder(tmp_path)
    folder.write_history(history)
    assert folder.read_history() == history


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"settings": {"epochs": 0}},
        {"settings": None},
        {"batch": -1},
        {"batch": None},
        {"seconds": "x"},
        {"seconds": 1e999},
        {"losses": [[1]]},
        {"losses": 3},
        {"results": [[1, 2]]},
        {"best": []},
    ],
)
def test_a_damaged_history_is_refused(change, history, tmp_path):
    content = {**json.loads(history.encoded()), **change}
    (tmp_path / "history.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(VinguiError, match=r"^history\.json: "):
        TrainingFolder(tmp_path).read_history()


def test_a_history_that_is_no_json_or_is_missing_is_refused(tmp_path):
    with pytest.raises(VinguiError):
        TrainingFolder(tmp_path).read_history()
    (tmp_path / "history.json").write_text("{", encoding="utf-8")
    with pytest.raises(VinguiError, match="damaged"):
        TrainingFolder(tmp_path).read_history()


def test_trainings_that_can_be_continued_are_found(history, tmp_path):
    assert unfinished_trainings(tmp_path / "none") == []
    for name in ("one", "done", "unbegun", "damaged"):
        folder = TrainingFolder(tmp_path / name)
        folder.path.mkdir()
        history.finished = name == "done"
        folder.write_history(history)
        if name != "unbegun":
            folder.checkpoint.mkdir()
    (tmp_path / "damaged" / "history.json").write_text("[]", encoding="utf-8")
    assert [training.path.name for training in unfinished_trainings(tmp_path)] == ["one"]
