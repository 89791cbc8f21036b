"""A terrain is taught in the window: painted, demonstrated, learned, saved, planned elsewhere."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from vingui.core.grid import GridMap
from vingui.core.learned_costs import learned_costs
from vingui.gui.docks.teach import TeachPanel
from vingui.gui.docks.teach_learning import TeachLearning
from vingui.gui.training.client import TrainingState

pytestmark = pytest.mark.slow

Key = Qt.Key
SAND, MUD, WATER = 2, 3, 4
EMPTY = GridMap(np.zeros((14, 18), bool), ((12, 16),), ((1, 1),))
ELSEWHERE = GridMap(np.zeros((9, 24), bool), ((4, 22),), ((4, 1),))
_SECONDS = 240


def paint(user, material, *corners):
    user.key(Key(Key.Key_1 + material))
    user.drag(*corners)


def painted(user):
    """A world of four kinds of terrain, drawn with the mouse; return the Teach panel."""
    user.document.replace(EMPTY)
    user.click_on_action("tool-rectangle-filled")
    paint(user, SAND, (0, 5), (13, 8))
    paint(user, WATER, (4, 9), (9, 12))
    paint(user, MUD, (10, 3), (13, 12))
    user.key(Key.Key_O)
    panel = user.window.docks["teach"].findChild(TeachPanel)
    user.until(panel.isVisible)
    return panel


def learn(user):
    """Press Learn, and wait until it is learned."""
    learning = user.window.findChild(TeachLearning)
    user.until(learning.learn.isEnabled)
    user.click_on("teach-learn")
    client = user.app.training
    user.until(lambda: client.state is TrainingState.FINISHED, seconds=_SECONDS)
    user.until(lambda: user.planned() and user.session.run.model == client.training.path.name)
    user.until(lambda: learned_costs(user.session.run) is not None)
    return learning


def means(user):
    """The mean learned cost of each kind of the map."""
    run = user.session.run
    costs = learned_costs(run)
    return [costs[run.grid.free & (run.grid.terrain == kind)].mean() for kind in (0, SAND, WATER)]


def test_learned_costs_order_the_terrains_as_the_demonstrations_do(drive, tmp_path):
    saved = tmp_path / "mine.keras"

    def steps(user):
        painted(user)
        assert not user.window.findChild(TeachLearning).learn.isEnabled()
        user.drag((1, 2), (1, 6), (1, 14), (6, 15))
        user.drag((7, 2), (3, 8), (3, 13), (8, 16))
        user.type_into("teach-journeys", "12")
        user.click_on("teach-add")
        user.until(lambda: len(user.grid.demonstrations) == 14)
        learning = learn(user)
        road, sand, water = means(user)
        assert road < sand < water
        assert "14 demonstrations" in learning.state.text()
        assert set(learning.costs.names) == {"road", "sand", "mud", "shallow water"}
        assert user.session.trajectories[0].optimal
        user.name_file(saved)
        user.click_on("teach-save")
        user.until(lambda: user.session.model == str(saved), seconds=20)
        assert saved.with_suffix(".json").exists()
        user.document.replace(ELSEWHERE)
        user.click_on_action("tool-rectangle-filled")
        paint(user, WATER, (2, 8), (6, 12))
        run = user.wait_for_plan()
        assert run.model == "mine"
        path = user.session.trajectories[0].path
        assert not (user.grid.terrain[tuple(path.T)] == WATER).any()

    assert drive(steps) == 0


def test_more_demonstrations_are_learned_from_and_both_results_are_charted(drive):
    def steps(user):
        painted(user)
        user.type_into("teach-journeys", "3")
        user.click_on("teach-add")
        user.until(lambda: len(user.grid.demonstrations) == 3)
        learning = learn(user)
        first = user.app.training.training.path
        user.type_into("teach-journeys", "20")
        user.click_on("teach-add")
        user.until(lambda: len(user.grid.demonstrations) == 23)
        learn(user)
        assert not first.exists()
        numbers, _ = learning.agreement.curve.getData()
        assert np.allclose(numbers, np.log10([3, 23]))

    assert drive(steps) == 0
