"""The Train panel: what is set up, begun, steered, shown, played back and kept."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from vingui.core.cards import ModelCard
from vingui.core.grid import Demonstration, GridMap
from vingui.core.train_settings import PRESETS, TrainSettings
from vingui.core.training_folder import TrainingHistory
from vingui.gui.commands.training import Training
from vingui.gui.docks.train import TrainPanel
from vingui.gui.docks.train_curves import smoothed
from vingui.gui.docks.train_form import Choices, default_name
from vingui.gui.docks.train_live import clock, time_text
from vingui.gui.settings import MODEL, TRAIN
from vingui.gui.training.client import TrainingState

LEFT = Qt.MouseButton.LeftButton
SMALL = TrainSettings(architecture="vin", maps="obstacles", rows=8, cols=8, epochs=3, batches=4)
LONG = replace(SMALL, epochs=5000)
DIVERGES, DIES = 11, 13
State = TrainingState
GRID = GridMap(np.zeros((8, 8), bool), ((0, 7),), ((7, 0),))


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.notices = []
    made.message.connect(lambda text, *_: made.notices.append(text))
    return made


@pytest.fixture
def training(session, make_trainer):
    return Training(session, make_trainer())


@pytest.fixture
def make_panel(qtbot, training):
    def make():
        made = TrainPanel(training)
        qtbot.addWidget(made)
        made.resize(264, 900)
        made.show()
        qtbot.waitExposed(made)
        return made

    return make


@pytest.fixture
def panel(make_panel):
    return make_panel()


@pytest.fixture
def until(qtbot):
    return lambda reached: qtbot.waitUntil(reached, timeout=20_000)


def enter(panel, settings, **others):
    panel.form.show_choices(Choices(settings, **others))
    panel.form.changed.emit()


def click(button):
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


def answer(parent, text):
    """Answer the next question."""
    timer, asked = QTimer(parent), []

    def poll():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            asked.append(box.text())
            (button,) = (one for one in box.buttons() if one.text().replace("&", "") == text)
            button.click()

    timer.timeout.connect(poll)
    timer.start(5)
    return asked


def enabled(panel):
    bar = panel.transport
    names = ("play", "batch", "epoch", "stop", "again", "discard")
    return {name for name in names if getattr(bar, name).isEnabled()}


def test_the_first_preset_is_ready_to_be_played(panel, until):
    preset = PRESETS[0]
    assert panel.preset.currentText() == preset.title
    assert panel.about.text() == preset.about
    assert panel.form.choices() == Choices(preset.settings)
    assert panel.state.text() == "Loading TensorFlow …"
    until(lambda: not panel.state.isVisible())
    assert enabled(panel) == {"play", "batch", "epoch"}
    assert panel.transport.play.text() == "Play"
    for widget in (panel.live, panel.snapshots, panel.save, panel.form, panel.problem):
        assert not widget.isVisible()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_each_preset_is_shown_as_it_is(panel, session, preset):
    session.document.replace(replace(GRID, demonstrations=(Demonstration(((0, 0), (0, 1))),)))
    panel.preset.show_value(preset.name)
    panel.preset.activated.emit(panel.preset.currentIndex())
    assert panel.form.choices().settings == preset.settings
    assert (panel.preset.currentText(), panel.about.text()) == (preset.title, preset.about)
    assert not panel.problem.isVisible()
    entered = panel.form.fields["seed"]
    entered.setValue(entered.value() + 1)
    assert panel.preset.currentText() == "Own settings"
    assert not panel.about.isVisible()
    entered.setValue(preset.settings.seed)
    assert panel.preset.currentText() == preset.title


@pytest.mark.parametrize(
    "settings",
    [
        replace(SMALL, maps="noise+caves", density=0.4, seed=3, learning_rate=0.01),
        TrainSettings(architecture="costs", maps="mountains", sees="elevation", mirrored=True),
        replace(SMALL, maps="my map", moves="4", iterations=9, reading_every=2),
        replace(SMALL, maps=__file__, held_out=3, goals="anywhere", batch_size=5),
        replace(SMALL, weights="vin-8"),
        replace(SMALL, weights="/some/where/mine.keras"),
    ],
    ids=lambda settings: settings.maps[-12:],
)
def test_all_settings_are_shown_read_and_remembered(panel, make_panel, session, settings):
    entered = Choices(settings, minutes=2.5, logs="/logs", name="mine")
    enter(panel, settings, minutes=2.5, logs="/logs", name="mine")
    assert panel.form.choices() == entered
    assert Choices.of_text(session.settings.get(TRAIN)) == entered
    assert make_panel().form.choices() == entered


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"settings": {"rows": "many"}}', '{"settings": {}, "minutes": "long"}'],
)
def test_remembered_settings_that_make_no_sense_are_those_of_the_first_preset(text):
    assert Choices.of_text(text) == Choices(PRESETS[0].settings)


def test_every_field_has_a_name_and_a_tip(panel):
    form = panel.form
    fields = [*form.fields.values(), form.minutes, form.weights, form.logs, form.name]
    data = form.data
    fields += [data.source, *data.kinds.values(), data.rows, data.cols, data.density, data.file]
    for field in [*fields, data.held_out, data.goals, data.demonstrations]:
        assert field.toolTip(), field.objectName()
        assert field.accessibleName(), field.objectName()
        assert field.objectName().startswith("train-")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"architecture": "costs"}, "The architecture costs learns from maps of terrain"),
        ({"seed": 1_000_003}, "The seed 1000003 is that of the maps for evaluation"),
        ({"maps": "/no/such/file"}, "There is no file /no/such/file: choose another one."),
        ({"architecture": "costs", "maps": "my demonstrations"}, "Your map has no demonstrations"),
    ],
)
def test_what_does_not_fit_together_is_said_in_place(panel, until, change, problem):
    until(lambda: panel._client.ready)
    panel.fold.click()
    values = {name: value for name, value in change.items() if name != "maps"}
    if "maps" in change and change["maps"].startswith("/"):
        panel.form.data.source.show_value("file")
        panel.form.data.file.setText(change["maps"])
    elif "maps" in change:
        panel.form.data.source.show_value(change["maps"])
    for name, value in values.items():
        field = panel.form.fields[name]
        if name == "seed":
            field.setValue(value)
        else:
            field.show_value(value)
            field.activated.emit(field.currentIndex())
    assert panel.problem.isVisible()
    assert panel.problem.text().startswith(problem)
    assert enabled(panel) == set()


def test_no_kind_of_map_is_nothing_to_learn_from(panel):
    panel.form.data.kinds["obstacles"].click()
    assert panel.problem.text().startswith("There is nothing to learn from: choose kinds of maps")
    panel.form.data.kinds["maze"].click()
    panel.form.data.kinds["noise"].click()
    assert panel.form.choices().settings.maps == "noise+maze"
    assert not panel.problem.isVisible()


def test_fields_that_have_no_meaning_are_hidden(panel, session):
    panel.fold.click()
    form = panel.form
    assert form.fields["iterations"].isVisible()
    assert not form.fields["sees"].isVisible()
    assert not form.data.density.isVisible()
    form.data.kinds["noise"].click()
    assert form.data.density.isVisible()
    enter(panel, TrainSettings(architecture="costs", maps="terrain"))
    assert form.fields["sees"].isVisible()
    assert form.data.demonstrations.isVisible()
    assert not form.fields["iterations"].isVisible()
    session.document.replace(replace(GRID, demonstrations=(Demonstration(((0, 0), (0, 1))),)))
    panel.refresh()
    assert "My demonstrations (1)" in [
        form.data.source.itemText(row) for row in range(form.data.source.count())
    ]


def test_a_training_is_played_paused_stepped_and_stopped(panel, training, session, until):
    client, bar = training.client, panel.transport
    enter(panel, LONG, name="mine")
    click(bar.play)
    until(lambda: client.history.epoch >= 20)
    # From the first weights on, the map is planned with the network as it is.
    assert session.model == str(client.training.model)
    assert session.planner.plans[-1][1] == session.model
    panel.refresh()
    assert bar.play.text() == "Pause"
    assert enabled(panel) == {"play", "batch", "epoch", "stop", "again", "discard"}
    assert panel.state.text().startswith("Epoch ")
    assert panel.live.success.text().endswith("%")
    assert " left" in panel.live.time.text()
    click(bar.play)
    until(lambda: client.state is State.PAUSED)
    assert bar.play.text() == "Resume"
    before = client.history.batch
    click(bar.batch)
    until(lambda: client.state is State.PAUSED and client.history.batch == before + 1)
    panel.refresh()
    assert panel.state.text() == f"Paused at epoch {before // 4 + 1} of 5000"
    click(bar.play)
    until(lambda: client.state is State.PLAYING)
    click(bar.stop)
    until(lambda: client.state is State.FINISHED)
    assert panel.state.text().startswith("Finished: “mine” is the network after epoch ")
    assert panel.save.isVisible()
    assert training.trained_models() == [str(client.training.model)]
    assert session.model == str(client.training.model)
    assert session.card.name == "mine"


def test_the_fold_closes_when_a_training_begins(panel, training, until):
    enter(panel, SMALL)
    panel.fold.click()
    assert panel.form.isVisible()
    click(panel.transport.epoch)
    assert not panel.form.isVisible()
    assert panel.live.isVisible()
    until(lambda: training.client.state is State.PAUSED)
    assert training.client.history.batch == 4


def test_settings_that_are_changed_later_wait_for_another_start(panel, training, until):
    enter(panel, replace(SMALL, maps="my map"))
    click(panel.transport.epoch)
    until(lambda: training.client.state is State.PAUSED)
    assert not panel.later.isVisible()
    panel.form.fields["seed"].setValue(7)
    assert panel.later.isVisible()
    click(panel.transport.play)
    until(lambda: training.client.state is State.FINISHED)
    assert training.client.history.settings.seed == 0
    assert not panel.later.isVisible()


def test_what_diverged_starts_again_with_a_tenth_of_the_learning_rate(panel, training, until):
    client = training.client
    enter(panel, replace(SMALL, seed=DIVERGES))
    click(panel.transport.play)
    until(lambda: client.state is State.FAILED)
    assert panel.state.text() == "The steps are too large: try a smaller learning rate."
    assert panel.smaller.text() == "Start again with a rate of 0.0003"
    assert panel.transport.play.text() == "Play"
    failed = client.training.path
    click(panel.smaller)
    assert client.history.settings.learning_rate == pytest.approx(0.0003)
    assert panel.form.choices().settings.learning_rate == pytest.approx(0.0003)
    until(lambda: not failed.exists())


def test_a_training_whose_process_died_is_resumed(panel, training, until):
    client = training.client
    enter(panel, replace(SMALL, seed=DIES))
    click(panel.transport.play)
    until(lambda: client.state is State.FAILED)
    assert panel.transport.play.text() == "Resume"
    assert panel.state.text().startswith("Training stopped: it ended with code 3.")
    assert not panel.smaller.isVisible()
    click(panel.transport.play)
    until(lambda: client.state is State.PLAYING or client.history.batch > 4)


def test_starting_again_asks_only_if_much_would_be_lost(panel, training, until):
    client = training.client
    enter(panel, LONG, name="mine")
    click(panel.transport.epoch)
    until(lambda: client.state is State.PAUSED)
    first = client.training.path
    click(panel.transport.again)
    until(lambda: client.state is State.PLAYING and not first.exists())
    assert client.training.path.name == "mine-2"
    click(panel.transport.play)
    until(lambda: client.state is State.PAUSED)
    client.history.seconds = 100
    asked = answer(panel, "Cancel")
    click(panel.transport.again)
    assert asked == ["Start again?"]
    assert (client.state, client.training.path.name) == (State.PAUSED, "mine-2")


def test_discarding_asks_and_plans_with_the_default_model_again(panel, training, session, until):
    client = training.client
    enter(panel, SMALL, name="mine")
    click(panel.transport.epoch)
    until(lambda: client.state is State.PAUSED)
    asked = answer(panel, "Cancel")
    click(panel.transport.discard)
    assert asked == ["Discard “mine”?"]
    assert client.training is not None
    answer(panel, "Discard")
    click(panel.transport.discard)
    assert client.training is None
    assert session.model == MODEL.default
    assert not panel.live.isVisible()


def test_snapshots_are_shown_by_the_slider_and_played_back(panel, training, session, until):
    client, bar = training.client, panel.snapshots
    enter(panel, SMALL, name="mine")
    click(panel.transport.play)
    until(lambda: client.state is State.FINISHED)
    assert bar.isVisible()
    assert (bar.slider.minimum(), bar.slider.maximum(), bar.label.text()) == (
        0,
        3,
        "The best network",
    )
    bar.slider.setValue(1)
    assert session.model == str(client.training.snapshots.file(1))
    assert (training.shown_epoch, bar.label.text(), bar.back.text()) == (1, "After epoch 1", "Best")
    click(bar.back)
    assert session.model == str(client.training.model)
    session.run = object()
    epochs = []
    session.settings.changed.connect(lambda _: epochs.append(training.shown_epoch))
    click(bar.play)
    assert bar.playing
    until(lambda: not bar.playing)
    assert epochs[:4] == [0, 1, 2, 3]
    session.run = None


def test_a_snapshot_stays_until_its_plan_is_there(panel, training, session, until, qtbot):
    enter(panel, SMALL)
    click(panel.transport.play)
    until(lambda: training.client.state is State.FINISHED)
    session.run, session.planner.busy = object(), True
    click(panel.snapshots.play)
    qtbot.wait(500)
    assert training.shown_epoch == 0
    session.planner.busy = False
    until(lambda: training.shown_epoch == 1)
    click(panel.snapshots.play)
    assert not panel.snapshots.playing
    session.run = None


def test_the_network_is_saved_with_a_card_of_its_name(panel, training, session, until, tmp_path):
    enter(panel, SMALL, name="mine")
    click(panel.transport.play)
    until(lambda: training.client.state is State.FINISHED)
    click(panel.save)
    (dialog,) = panel.findChildren(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == "mine.keras"
    dialog.fileSelected.emit(str(tmp_path / "ours.keras"))
    until(lambda: session.model == str(tmp_path / "ours.keras"))
    card = ModelCard.read(tmp_path / "ours.json")
    assert card.name == "ours"
    assert card.command.startswith("vingui train ours.keras")
    assert (tmp_path / "ours.keras").read_text() == "weights"
    training.save_as(tmp_path / "no" / "such" / "folder.keras")
    until(lambda: "No such file or directory" in session.notices[-1])


def test_a_map_that_is_too_large_is_said_and_replaced_at_wish(panel, session):
    assert not panel.hint.isVisible()
    session.document.replace(GridMap(np.zeros((28, 28), bool), ((0, 7),)))
    panel.refresh()
    assert panel.hint.text() == "This network plans well on maps of 8x8, and yours is larger."
    click(panel.open_map)
    grid = session.document.grid
    assert grid.walls.shape == (8, 8)
    assert grid.goal is not None
    assert session.document.undo_stack.undoText() == "Open a map of 8x8"
    session.document.undo_stack.undo()
    assert session.document.grid.walls.shape == (28, 28)
    enter(panel, replace(SMALL, architecture="dynamic"))
    assert not panel.hint.isVisible()


def test_an_interrupted_training_can_be_resumed_in_the_next_window(
    panel, training, session, make_trainer, qtbot, until
):
    enter(panel, SMALL, name="mine")
    click(panel.transport.epoch)
    until(lambda: training.client.state is State.PAUSED)
    training.client.close()
    client = make_trainer()
    client.find_unfinished()
    other = TrainPanel(Training(session, client))
    qtbot.addWidget(other)
    other.show()
    qtbot.waitExposed(other)
    assert other.transport.play.text() == "Resume"
    until(lambda: client.ready)
    assert other.state.text() == "Paused at epoch 1 of 3"
    assert other.live.success.text() == "50.00%"
    click(other.transport.play)
    until(lambda: client.state is State.FINISHED)


def test_messages_say_what_no_panel_shows(panel, training, session, make_trainer, until):
    enter(panel, replace(SMALL, seed=DIVERGES), name="mine")
    click(panel.transport.play)
    until(lambda: training.client.state is State.FAILED)
    assert session.notices == []
    panel.hide()
    training.begin(replace(SMALL, seed=DIVERGES), "mine")
    until(lambda: training.client.state is State.FAILED)
    assert session.notices == ["The steps are too large: try a smaller learning rate."]
    training.begin(SMALL, "mine")
    until(lambda: training.client.state is State.FINISHED)
    assert session.notices[-1].startswith("Training is finished. “mine-3” is in the list of models")
    training.client.close()
    other, shown = Training(session, make_trainer()), []
    other.find_unfinished(lambda: shown.append(True))
    assert session.notices[-1].startswith("The training of “mine")
    assert session.notices[-1].endswith("” was interrupted in epoch 1 of 3.")
    assert other.client.state is State.PAUSED


def test_weights_of_the_training_that_is_replaced_are_kept(panel, training, until):
    enter(panel, SMALL, name="mine")
    click(panel.transport.epoch)
    until(lambda: training.client.state is State.PAUSED)
    first = training.client.training
    enter(panel, replace(SMALL, weights=str(first.model)), name="mine")
    click(panel.transport.again)
    until(lambda: training.client.state is State.FINISHED)
    assert first.model.exists()


def test_the_map_is_planned_again_when_the_last_plan_is_there(training, session):
    training.client.training = object.__new__(type("T", (), {"model": Path("/m/m.keras")}))
    session.preview_model("/m/m.keras")
    planner = session.planner
    count = len(planner.plans)
    planner.busy = True
    for _ in range(3):
        training.client.model_changed.emit()
    assert len(planner.plans) == count
    planner.busy = False
    planner.busy_changed.emit(False)
    assert len(planner.plans) == count + 1
    planner.busy_changed.emit(False)
    assert len(planner.plans) == count + 1
    training.client.training = None


def test_texts_of_times():
    assert [clock(seconds) for seconds in (0, 34.4, 725, 7389)] == [
        "0:00",
        "0:34",
        "12:05",
        "2:03:09",
    ]
    history = TrainingHistory(SMALL, batch=6, seconds=3)
    assert time_text(history, active=True) == "0:03"
    history = TrainingHistory(replace(SMALL, epochs=10), batch=20, seconds=10)
    assert time_text(history, active=True) == "0:10, about 0:10 left"
    assert time_text(history, active=False) == "0:10"


def test_the_smoothed_loss_is_a_mean_of_what_was():
    assert smoothed(np.array([4.0])).tolist() == [4.0]
    losses = np.linspace(4, 1, 300)
    means = smoothed(losses)
    assert means[0] == 4
    assert means[-1] == pytest.approx(losses[-10:].mean())
    assert (means >= losses).all()


def test_names_follow_from_the_settings():
    assert default_name(SMALL) == "my-vin-8x8"
    assert default_name(replace(SMALL, maps="my map")) == "my-vin"
    assert default_name(TrainSettings(architecture="costs", maps="terrain")) == "my-costs-kinds"
    assert Choices(SMALL, name="a/b: c").model_name == "a-b- c"
    assert json.loads(Choices(SMALL).encoded())["settings"]["rows"] == 8


def test_what_is_left_out_is_said_and_stays_while_the_network_learns(qtbot, session, training):
    closed = []
    session.message_closed.connect(closed.append)
    keys = []
    session.message.connect(lambda _text, _kind, _actions, key: keys.append(key))
    training.begin(SMALL, "mine")
    training.client.noted.emit("1 of 2 demonstrated paths left out.")
    assert session.notices[-1] == "1 of 2 demonstrated paths left out."
    key = keys[-1]
    qtbot.waitUntil(lambda: training.client.state is State.FINISHED, timeout=60_000)
    assert key not in closed
