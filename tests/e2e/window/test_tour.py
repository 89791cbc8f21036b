"""The first minute: the first plan is played, and a tour is taken by doing."""

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QTabBar, QWidget

from vingui.core.rollout import Outcome
from vingui.gui import settings as entries
from vingui.gui.settings import Settings
from vingui.gui.tour import steps as steps_module
from vingui.gui.tour.step import Step
from vingui.gui.tour.steps import PAPER_MODEL
from vingui.gui.tour.tour import COUNT

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture
def newcomer(home):
    """Somebody who has never started vingui."""
    settings = Settings()
    settings.set(entries.TOUR_DONE, False)
    settings.sync()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    for kind in vars(steps_module).values():
        if isinstance(kind, type) and issubclass(kind, Step):
            monkeypatch.setattr(kind, "pause", 50)
    monkeypatch.setattr(steps_module, "_SECONDS", 1.0)


def is_shown(name):
    return any(
        widget.objectName() == name and widget.isVisible()
        for top in QApplication.topLevelWidgets()
        for widget in [top, *top.findChildren(QWidget)]
    )


def number(user):
    tour = user.window.help._tour
    return None if tour is None else tour.number


def title(user):
    return user.find("tour").findChild(QLabel).text()


def choose_model(user, name):
    """Choose a model with the mouse and the keyboard."""
    box = user.find("model-box")
    user.click_on("model-box")
    view = box.findChild(QAbstractItemView)
    view.setCurrentIndex(box.model().index(box.findText(name), 0))
    QTest.keyClick(view, Key.Key_Return)


def test_the_first_start_plays_the_first_plan_and_the_tour_is_taken_by_doing(drive, newcomer):
    shown = []

    def steps(user):
        user.listen(user.session.playback.moved, shown.append)
        user.until(lambda: number(user) is not None)
        assert QApplication.activeModalWidget() is None
        user.until(lambda: number(user) == 1)
        # On a busy machine some of the first ones are left out.
        assert shown[0] < 15
        assert shown[-1] == 29
        assert any(1 < k < 29 for k in shown)
        assert all(one.optimal for one in user.session.trajectories)
        # The map has the keyboard.
        user.key(Key.Key_P)
        user.until(lambda: number(user) == 2)
        user.drag((12, 12), (12, 13), (11, 14), (10, 15))
        assert user.grid.goal == (10, 15)
        user.until(lambda: number(user) == 3)
        user.drag((14, 10), (14, 11), (14, 13))
        user.until(lambda: number(user) == 4)
        scrubber = user.find("scrubber")
        place = QPoint(int(scrubber.x_of(9)), scrubber.height() // 2)
        QTest.mousePress(scrubber, LEFT, pos=QPoint(scrubber.width() - 8, place.y()))
        QTest.mouseMove(scrubber, place)
        QTest.qWait(100)
        assert number(user) == 4
        QTest.mouseRelease(scrubber, LEFT, pos=place)
        user.until(lambda: user.session.k == 9)
        user.until(
            lambda: any(one.outcome is not Outcome.REACHED for one in user.session.trajectories)
        )
        user.until(lambda: number(user) == 5)
        assert user.session.playback.live
        choose_model(user, PAPER_MODEL)
        user.until(lambda: number(user) == 6)
        failing = user.session.selected_start
        assert user.session.trajectories[failing].outcome is not Outcome.REACHED
        user.until(lambda: "First wrong step" in user.find("outcome").text())
        choose_model(user, "dynamic-8")
        user.until(lambda: number(user) == 7)
        assert all(one.optimal for one in user.session.trajectories)
        user.key(Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        user.until(lambda: "then Play" in user.find("tour").accessibleDescription())
        user.click_on("tour-next")
        assert number(user) is None
        user.trigger("undo")
        user.trigger("undo")
        assert user.grid.goal == (12, 12)
        assert not user.document.modified

    assert drive(steps) == 0


@pytest.mark.parametrize("size", [(900, 480), (1024, 640)])
def test_enter_does_every_step_and_the_card_stays_in_the_window(drive, size, monkeypatch):
    # As on a small screen, where the panels are in tabs.
    monkeypatch.setattr("vingui.gui.window._SIZE", QSize(1024, 640))

    def steps(user):
        user.wait_for_plan()
        panels = [dock for dock in user.window.docks.values() if not dock.visibleRegion().isEmpty()]
        for bar in user.window.findChildren(QTabBar):
            assert not any(dock.geometry().intersects(bar.geometry()) for dock in panels)
        user.window.resize(*size)
        user.until(lambda: user.window.size() == QSize(*size))
        before = user.grid
        user.trigger("tour")
        for at in range(1, COUNT + 1):
            assert number(user) == at
            card = user.find("tour").geometry()
            assert user.window.rect().contains(card), title(user)
            areas = user.window.help._tour._step.areas()
            assert areas, title(user)
            for area in areas:
                assert user.window.rect().contains(area), title(user)
                assert not card.contains(area), title(user)
            user.key(Key.Key_Return)
            user.until(lambda at=at: number(user) != at or at == COUNT)
        user.until(lambda: "then Play" in user.find("tour").accessibleDescription())
        assert user.window.docks["train"].isVisible()
        user.key(Key.Key_Enter)
        assert number(user) is None
        assert user.session.model == entries.MODEL.default
        assert user.session.playback.live
        while user.document.undo_stack.canUndo():
            user.trigger("undo")
        assert user.grid == before

    assert drive(steps) == 0


@pytest.mark.usefixtures("newcomer")
def test_the_first_start_is_not_repeated_and_in_nobodys_way(drive, monkeypatch):
    # It would end by itself only after the test.
    monkeypatch.setattr(steps_module, "_SECONDS", 600.0)

    def steps(user):
        user.until(lambda: number(user) == 0)
        # A click goes to the end, and draws nothing.
        user.click((3, 2))
        assert number(user) == 1
        assert not user.grid.walls[3, 2]
        user.click((3, 2))
        assert user.grid.walls[3, 2]
        user.key(Key.Key_Escape)
        assert not is_shown("tour")
        assert not is_shown("tour-outline")
        assert user.window.map_view.hasFocus()

    def later(user):
        user.wait_for_plan()
        assert not is_shown("tour")
        assert user.session.playback.live
        user.trigger("tour")
        assert number(user) == 1
        user.trigger("tour")
        user.click_on("tour-skip")
        assert not is_shown("tour")
        # What the tour has chosen is no setting of the next start.
        user.trigger("tour")
        user.until(lambda: number(user) == 1)
        while number(user) < 5:
            user.click_on("tour-next")
        user.click_on("tour-next")
        assert user.session.model == PAPER_MODEL

    assert drive(steps) == 0
    assert drive(later) == 0
    assert Settings().get(entries.MODEL) == entries.MODEL.default
