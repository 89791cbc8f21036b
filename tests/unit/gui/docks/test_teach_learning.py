"""Learning in the Teach panel: when one can, what is begun, and what is shown of it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from vingui.core.grid import Demonstration, GridMap
from vingui.core.terrain import STANDARD
from vingui.gui.commands.training import Training
from vingui.gui.docks.teach_learning import TeachLearning, _mean_costs
from vingui.gui.settings import LAYER, TEACH_SEES
from vingui.gui.training.client import TrainingState

TERRAIN = np.array([[0, 0, 3, 3, 0, 0]] * 5, np.uint8)
GRID = GridMap(np.zeros((5, 6), bool), ((4, 5),), ((4, 0),), terrain=TERRAIN)
SHOWN = Demonstration(((0, 0), (0, 1), (1, 2), (0, 3), (0, 4)))
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(session_of):
    return session_of(GRID)


@pytest.fixture
def training(session, make_trainer):
    return Training(session, make_trainer())


@pytest.fixture
def learning(qtbot, training):
    made = TeachLearning(training)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def show(qtbot, session, learning):
    def add(count):
        more = (SHOWN,) * count
        session.teaching.add(more)
        qtbot.waitUntil(learning.learn.isEnabled)

    return add


def learn(qtbot, learning, training):
    QTest.mouseClick(learning.learn, LEFT)
    qtbot.waitUntil(lambda: training.client.state is TrainingState.FINISHED, timeout=60_000)


def test_there_is_nothing_to_learn_until_something_is_shown(learning, show):
    assert not learning.learn.isEnabled()
    assert "no demonstrations yet" in learning.state.text()
    assert not learning.charts.isVisible()
    show(1)
    assert "has no access to the costs of terrain" in learning.state.text()


def test_blocked_demonstrations_and_missing_heights_are_named(learning, qtbot, session, show):
    show(1)
    grid = session.document.grid
    walls = grid.walls.copy()
    walls[1, 2] = True
    session.document.apply("Draw walls", replace(grid, walls=walls))
    qtbot.waitUntil(lambda: not learning.learn.isEnabled())
    assert "are blocked" in learning.state.text()
    session.document.undo_stack.undo()
    qtbot.waitUntil(learning.learn.isEnabled)
    learning.sees.show_value("elevation")
    learning.refresh()
    assert "no elevation" in learning.state.text()


def test_it_learns_from_the_map_as_it_is_and_says_how_well(qtbot, learning, training, show):
    show(2)
    learn(qtbot, learning, training)
    history = training.client.history
    assert (history.settings.architecture, history.settings.sees) == ("costs", "kinds")
    assert history.settings.maps == str(training.client.training.map)
    best = next(row for row in history.results if row[0] == history.best * history.settings.batches)
    text = f"Learned from 2 demonstrations: {100 * best[2]:.2f}%"
    qtbot.waitUntil(lambda: learning.state.text().startswith(text[:-4]))
    assert learning.charts.isVisible()
    assert learning.save.isEnabled()


def test_it_can_be_stopped(qtbot, learning, training, show):
    show(1)
    QTest.mouseClick(learning.learn, LEFT)
    qtbot.waitUntil(lambda: training.client.state is TrainingState.PLAYING, timeout=60_000)
    qtbot.waitUntil(lambda: learning.learn.text() == "S&top")
    assert not learning.sees.isEnabled()
    QTest.mouseClick(learning.learn, LEFT)
    qtbot.waitUntil(lambda: training.client.state is TrainingState.FINISHED, timeout=60_000)
    qtbot.waitUntil(lambda: learning.learn.text() == "&Learn")


def test_each_number_of_demonstrations_gives_a_point_and_the_last_network_stays(
    qtbot, learning, training, show
):
    show(1)
    learn(qtbot, learning, training)
    first = training.client.training.path
    show(3)
    learn(qtbot, learning, training)
    numbers, shares = learning.agreement.curve.getData()
    assert np.allclose(numbers, np.log10([1, 4]))
    assert ((shares >= 0) & (shares <= 100)).all()
    assert not first.exists()
    assert training.client.training.model.exists()


def test_a_training_begun_elsewhere_is_not_shown_as_its_own(qtbot, learning, training, show):
    from vingui.core.train_settings import TrainSettings

    training.begin(TrainSettings(architecture="vin", epochs=2, batches=2), "other")
    qtbot.waitUntil(lambda: training.client.state is TrainingState.FINISHED, timeout=60_000)
    assert not learning.charts.isVisible()
    assert not learning.save.isEnabled()
    show(1)
    learn(qtbot, learning, training)
    assert (training.client.folder / "other").exists()


def test_what_it_sees_is_remembered(qtbot, learning, session):
    learning.sees.setCurrentIndex(1)
    learning.sees.activated.emit(1)
    assert session.settings.get(TEACH_SEES) == "picture"


def test_learned_costs_are_shown_in_the_value_view(qtbot, learning, training, session, show):
    show(1)
    assert not learning.show_costs.isVisible()
    learn(qtbot, learning, training)
    qtbot.waitUntil(learning.show_costs.isVisible)
    QTest.mouseClick(learning.show_costs, LEFT, pos=QPoint(8, learning.show_costs.height() // 2))
    assert session.settings.get(LAYER) == "learned-cost"
    session.settings.set(LAYER, "q")
    assert not learning.show_costs.isChecked()


def test_costs_are_the_means_of_each_kind_and_unknown_where_it_is_not():
    costs = np.where(TERRAIN == 3, 5.0, 1.5).astype(np.float32)
    costs[0, 0] = 4.0
    found = _mean_costs(GRID, costs)
    assert len(found) == len(STANDARD)
    assert found[3] == 5
    assert np.isclose(found[0], (19 * 1.5 + 4) / 20)
    assert np.isnan(found[[1, 2, 4]]).all()
