"""Training in the window: watched, paused, stepped, stopped, killed, resumed and played back."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from vingui.core.cards import ModelCard
from vingui.core.grid import GridMap
from vingui.gui.training.client import TrainingState

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Key = Qt.Key
State = TrainingState
WALLS = np.zeros((8, 8), bool)
WALLS[3, 1:6] = True
MAP = GridMap(WALLS, ((0, 3),), ((7, 2),))


class Trainee:
    """Somebody at the Train panel."""

    def __init__(self, user):
        self.user = user
        self.client = user.app.training

    def open(self):
        """Open the panel, and wait for what trains."""
        self.user.window.resize(1360, 1000)
        self.user.key(Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        self.user.until(lambda: self.client.ready)

    def enter(self, **numbers):
        """Type numbers into fields of the form."""
        self.user.click_on("train-fold")
        for name, number in numbers.items():
            self.user.type_into(f"train-{name.replace('_', '-')}", str(number))
        self.user.find("train-name").setFocus()

    def press(self, name):
        """Press a button of the panel."""
        self.user.until(lambda: self.user.find(f"train-{name}").isEnabled())
        self.user.click_on(f"train-{name}")

    def until(self, state):
        """Wait until the training does something else."""
        self.user.until(lambda: self.client.state is state or self.client.failure)
        assert self.client.state is state, self.client.failure

    def planned(self):
        """Wait for the plan of the network that is chosen; return its values."""
        stem = Path(self.user.session.model).stem
        user = self.user
        user.until(lambda: not user.session.planner.busy and user.session.run.model == stem)
        run = user.wait_for_plan()
        return run.values_at(run.latest)[1].copy()


def test_a_preset_is_played_and_the_plan_on_the_map_changes(drive, tmp_path):
    def steps(user):
        user.document.replace(MAP)
        trainee = Trainee(user)
        trainee.open()
        assert user.find("train-preset").currentText() == "The paper's VIN on 8x8"
        trainee.enter(epochs=3, batches=6, batch_size=8)
        assert user.find("train-preset").currentText() == "Own settings"
        trainee.press("play")
        trainee.until(State.PLAYING)
        trainee.press("play")
        trainee.until(State.PAUSED)
        first, batch = trainee.planned(), trainee.client.history.batch
        trainee.press("batch")
        trainee.until(State.PAUSED)
        assert trainee.client.history.batch == batch + 1
        user.until(lambda: not np.array_equal(trainee.planned(), first))
        # What the half-trained network makes of another map is seen at once.
        before = trainee.planned()
        user.drag((5, 2), (5, 3))
        assert user.grid.walls[5, 2:4].all()
        assert not np.array_equal(trainee.planned(), before)
        assert user.find("model-remark").text().startswith("Not finished, epoch ")
        trainee.press("play")
        trainee.until(State.FINISHED)
        look_back(user, trainee)
        keep(user, trainee, tmp_path / "mine.keras")

    assert drive(steps) == 0


def look_back(user, trainee):
    best = trainee.planned()
    slider = user.find("train-snapshot")
    assert slider.maximum() == 3
    slider.setFocus()
    user.key(Key.Key_Home, widget=slider)
    user.until(lambda: user.session.run.model == "epoch-00000")
    assert not np.array_equal(trainee.planned(), best)
    user.click_on("train-replay")
    user.until(lambda: user.session.run.model == "epoch-00003")
    user.click_on("train-live")
    assert user.session.model == str(trainee.client.training.model)
    np.testing.assert_array_equal(trainee.planned(), best)


def keep(user, trainee, file):
    box = user.find("model-box")
    texts = [box.itemText(row) for row in range(box.count())]
    assert "my-vin-8x8" in texts[texts.index("Trained here") :]
    assert user.session.card.settings["epochs"] == 3
    met = user.name_file(file)
    user.click_on("train-save")
    user.until(lambda: user.session.model == str(file))
    assert met
    assert ModelCard.read(file.with_suffix(".json")).name == "mine"
    user.wait_for_plan()


def test_a_killed_trainer_is_resumed_after_its_last_epoch(drive):
    def steps(user):
        user.expected_log.append("The trainer stopped")
        user.document.replace(MAP)
        trainee = Trainee(user)
        trainee.open()
        trainee.enter(epochs=500, batches=3, batch_size=4)
        trainee.press("play")
        user.until(lambda: trainee.client.history and trainee.client.history.epoch >= 2)
        os.kill(trainee.client.process_id, signal.SIGKILL)
        user.until(lambda: trainee.client.state is State.FAILED)
        assert "it was killed by signal 9" in user.find("train-state").text()
        epoch = trainee.client.training.read_history().epoch
        user.until(lambda: user.find("train-play").text() == "Resume")
        trainee.press("play")
        trainee.until(State.PLAYING)
        user.until(lambda: trainee.client.history.epoch > epoch)
        trainee.press("stop")
        trainee.until(State.FINISHED)
        assert [batch for batch, _ in trainee.client.history.losses] == list(
            range(1, trainee.client.history.batch + 1)
        )

    assert drive(steps) == 0


KILLED = """
import os
from dataclasses import replace

from PySide6.QtCore import QTimer

from vingui.core.train_settings import PRESETS
from vingui.gui import app

class Trained(app.App):
    def __init__(self, path=None):
        super().__init__(path)
        settings = replace(PRESETS[0].settings, epochs=500, batches=3, batch_size=4)
        self.window.training.begin(settings, "mine")
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.report)
        self.timer.start(20)

    def report(self):
        if self.training.history.epoch >= 2:
            print("trained", self.training.process_id, flush=True)
            self.timer.stop()

app.App = Trained
from vingui.cli import main
main([])
"""


@pytest.fixture
def killed_window(home, tmp_path):
    """A window that was killed while it trained."""
    process = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True)
    words = process.stdout.readline().split()
    process.kill()
    process.communicate()
    assert words[:1] == ["trained"]
    return int(words[1])


def test_a_killed_window_finds_its_training_again(drive, killed_window):
    def steps(user):
        trainee = Trainee(user)
        # The trainer has noticed that the window is gone.
        user.until(lambda: not Path(f"/proc/{killed_window}").exists())
        trainee.until(State.PAUSED)
        epoch = trainee.client.history.epoch
        assert epoch >= 1
        (message,) = (text for text in user.messages if "interrupted" in text)
        assert message == f"The training of “mine” was interrupted in epoch {epoch} of 500."
        user.click_on_message("Show")
        trainee.open()
        assert user.find("train-state").text() == f"Paused at epoch {epoch} of 500"
        assert user.find("train-play").text() == "Resume"
        trainee.press("epoch")
        user.until(lambda: trainee.client.history.epoch == epoch + 1)
        trainee.until(State.PAUSED)
        assert user.session.model == str(trainee.client.training.model)
        trainee.press("stop")
        trainee.until(State.FINISHED)

    assert drive(steps) == 0
