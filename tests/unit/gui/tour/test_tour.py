"""The first plan that is played, and the tour whose steps are over when they are done."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QProxyStyle,
    QPushButton,
    QScrollArea,
    QSlider,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from vingui.core import map_edits
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.readouts import Readouts
from vingui.core.rollout import Outcome, Trajectory
from vingui.gui import settings as entries
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.commands.help import Help
from vingui.gui.look.theme import DARK, LIGHT
from vingui.gui.tour import steps as steps_module
from vingui.gui.tour.card import Card
from vingui.gui.tour.step import Step
from vingui.gui.tour.steps import PAPER_MODEL
from vingui.gui.tour.tour import COUNT

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
GRID = GridMap(np.zeros((20, 24), bool), ((10, 20),), ((10, 2), (10, 16)))
K = 24


def run_of(grid, model="dynamic-8"):
    """A plan under which paths are straight; those of the paper's network loop."""

    def trajectory(start, k):
        path = map_edits.line_cells(start, grid.goal)
        steps = len(path) - 1
        outcome = Outcome.REACHED if k >= steps else Outcome.OUT_OF_STEPS
        return Trajectory(
            start, Outcome.LOOP if model == PAPER_MODEL else outcome, path, steps, steps, steps
        )

    return SimpleNamespace(
        model=model,
        grid=grid,
        rule=EIGHT,
        readouts=Readouts(1, grid.walls.shape, 8, lambda k: k),
        latest=K,
        converged=True,
        finished=True,
        seconds=0.001,
        has_learned_costs=False,
        oracle=None,
        trajectories=lambda starts, k: tuple(trajectory(start, k) for start in starts),
    )


class Map(GridView):
    """A map view that counts the presses that reach it."""

    def __init__(self, session, name):
        super().__init__(session)
        self.setObjectName(name)
        self.pressed = []

    def mousePressEvent(self, event):  # noqa: N802
        self.pressed.append(event.button())

    def keyPressEvent(self, event):  # noqa: N802
        self.pressed.append(event.key())
        event.ignore()


class Views(QMainWindow):
    """A window with the parts that the tour is about."""

    def __init__(self, session):
        super().__init__()
        self.session = session
        self.map, self.values = (Map(session, name) for name in ("map-view", "value-view"))
        self.outcome, self.transport = part("outcome"), part("transport")
        self.play, self.scrubber = QPushButton("Play"), QSlider(Qt.Orientation.Horizontal)
        self.play.setObjectName("transport-play")
        self.scrubber.setObjectName("scrubber")
        bar = QHBoxLayout(self.transport)
        bar.addWidget(self.play)
        bar.addWidget(self.scrubber, 1)
        self.transport.setFixedHeight(72)
        self.outcome.setFixedHeight(72)
        views = QHBoxLayout()
        for view, below in ((self.map, self.outcome), (self.values, self.transport)):
            column = QVBoxLayout()
            column.addWidget(view, 1)
            column.addWidget(below)
            views.addLayout(column)
        middle = QWidget()
        middle.setLayout(views)
        self.setCentralWidget(middle)
        self.menuBar().addMenu("&File")
        self.plan_menu = self.menuBar().addMenu("&Plan")
        self.model, self.train = self.panel("Model", "model-box"), self.panel("Train", "train-x")
        self.train.hide()
        self.help = Help(session, list, self)

    def panel(self, title, name):
        panel = QDockWidget(title, self)
        panel.setObjectName(f"dock-{title.lower()}")
        area, box = QScrollArea(), QComboBox()
        box.setObjectName(name)
        area.setWidget(box)
        panel.setWidget(area)
        panel.setMinimumSize(232, 120)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, panel)
        return panel

    @property
    def tour(self):
        return self.help._tour

    @property
    def card(self):
        (card,) = [card for card in self.findChildren(Card) if card.isVisible()]
        return card

    @property
    def outlines(self):
        frames = self.findChildren(QFrame, "tour-outline")
        return [frame.geometry() for frame in frames if frame.isVisible()]

    def text(self):
        return " ".join(label.text() for label in self.card.findChildren(QLabel))

    def area(self, widget):
        return QRect(widget.mapTo(self, widget.rect().topLeft()), widget.size())


def part(name):
    made = QWidget()
    made.setObjectName(name)
    return made


def click(widget):
    QTest.mouseClick(widget, LEFT)


def prompt(session):
    """Let the planner plan at once."""

    def plan(grid, *, model, iterations, engine):
        if grid.goal is not None:
            session.planner.updated.emit(run_of(grid, model))

    session.planner.plan = plan


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    for kind in vars(steps_module).values():
        if isinstance(kind, type) and issubclass(kind, Step):
            monkeypatch.setattr(kind, "pause", 0)
    monkeypatch.setattr(steps_module, "_SECONDS", 0.1)


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    prompt(made)
    return made


@pytest.fixture
def window(session, qtbot):
    made = Views(session)
    qtbot.addWidget(made)
    made.resize(1360, 860)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.map.setFocus()
    qtbot.waitUntil(made.map.hasFocus)
    session.settings.set(entries.TOUR_DONE, False)
    session.settings.set(entries.MODEL, "dynamic-8")
    session.settings.set(entries.ITERATIONS, 0)
    return made


@pytest.fixture
def planned(window, session):
    session.plan()
    assert session.trajectories
    return window


def reach(qtbot, window, number):
    """Go on to a step with the Next button."""
    if window.tour is None:
        window.help.tour()
    while window.tour.number < number:
        at = window.tour.number
        click(window.card.next)
        qtbot.waitUntil(lambda at=at: window.tour.number > at or window.tour._step.is_done())
        qtbot.waitUntil(lambda at=at: window.tour.number > at)
    assert window.tour.number == number


# The steps.


def play(window):
    window.session.playback.play_once(0.01)


def move_goal(window):
    document = window.session.document
    document.begin("Move the goal")
    document.preview(map_edits.place_goal(document.grid, (3, 20)))
    assert window.tour.number == 2
    document.commit()


def draw(window):
    document = window.session.document
    document.apply("Draw walls", map_edits.paint(document.grid, [(8, 8)], material=map_edits.WALL))


def fewer(window):
    window.session.playback.seek(2)


def choose_paper(window):
    window.session.choose_model(PAPER_MODEL)


def choose_back(window):
    window.session.choose_model("dynamic-8")


def test_each_step_is_over_when_the_user_has_done_it(planned, qtbot):
    planned.help.tour()
    for number, act in enumerate((play, move_goal, draw, fewer, choose_paper, choose_back), 1):
        assert planned.tour.number == number
        act(planned)
        qtbot.waitUntil(lambda number=number: planned.tour.number == number + 1)
    planned.train.show()
    qtbot.waitUntil(lambda: planned.card.next.text() == "D&one")
    assert not planned.card.skip.isVisible()
    click(planned.card.next)
    assert planned.tour is None
    assert planned.outlines == []


def test_next_does_each_step_and_then_goes_on(planned, session, qtbot):
    before = session.document.grid
    planned.help.tour()
    for number in range(1, COUNT):
        assert planned.card.next.text() == "Show &me"
        reach(qtbot, planned, number + 1)
    click(planned.card.next)
    assert planned.train.isVisible()
    click(planned.card.next)
    assert planned.tour is None
    # Nothing is lost: the map by undo, and the model without any.
    assert session.model == "dynamic-8"
    assert session.playback.live
    assert session.selected_start is None
    assert session.document.undo_stack.count() == 2
    while session.document.undo_stack.canUndo():
        session.document.undo_stack.undo()
    assert session.document.grid == before


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter])
def test_enter_is_next_from_anywhere(planned, qtbot, key):
    planned.help.tour()
    planned.map.setFocus()
    QTest.keyClick(planned.map, key)
    assert planned.session.playback.playing
    QTest.keyClick(planned.map, key)
    qtbot.waitUntil(lambda: planned.tour.number == 2)


def test_a_second_next_does_not_wait(window, session, qtbot):
    """A network may take long to load, and a map may have no room for what a step does."""
    session.planner.plan = lambda *_, **__: None
    window.help.tour()
    for number in range(1, COUNT):
        assert window.tour.number in (number, number + 1)
        click(window.card.next)
        if window.tour.number == number:
            click(window.card.next)
    assert window.tour.number == COUNT


@pytest.mark.parametrize("number", [1, 4, 5, 6])
def test_escape_ends_the_tour_and_leaves_things_as_they_were(planned, session, qtbot, number):
    reach(qtbot, planned, number)
    if number == 5:
        click(planned.card.next)
        assert session.model == PAPER_MODEL
    if number == 4:
        click(planned.card.next)
        assert not session.playback.live
    QTest.keyClick(planned.map, Key.Key_Escape)
    assert planned.tour is None
    assert session.model == "dynamic-8"
    assert session.playback.live
    assert session.selected_start is None
    assert session.settings.get(entries.TOUR_DONE)
    assert planned.outlines == []


@pytest.mark.parametrize("model", [PAPER_MODEL, "vin-16x16"])
def test_the_model_is_back_at_the_end_if_it_was_a_network_of_the_paper(
    planned, session, qtbot, model
):
    """Under these the paths do not become right when the values reach their starts."""
    session.choose_model(model)
    planned.help.tour()
    assert session.model == "dynamic-8"
    reach(qtbot, planned, 6)
    click(planned.card.next)
    assert session.model == "dynamic-8"
    click(planned.card.skip)
    assert session.model == model


def test_the_reason_is_that_of_a_start_that_fails(planned, session, qtbot):
    reach(qtbot, planned, 6)
    assert session.selected_start == 0
    assert "start 1 fails" in planned.text()


def test_a_map_on_which_nothing_fails_says_so(planned, session, qtbot):
    session.planner.plan = lambda grid, *, model, **_: session.planner.updated.emit(
        SimpleNamespace(**{**vars(run_of(grid)), "model": model})
    )
    reach(qtbot, planned, 6)
    assert "no start fails" in planned.text()


def test_a_map_without_a_goal_begins_with_one(session, window, qtbot):
    session.document.replace(GridMap(np.zeros((12, 12), bool)))
    window.help.tour()
    assert window.tour.number == 2
    assert "press G" in window.text()
    # There are no starts that could fail.
    session.document.apply("Goal", session.document.grid.with_goal((3, 3)))
    qtbot.waitUntil(lambda: window.tour.number == 3)
    draw(window)
    qtbot.waitUntil(lambda: window.tour.number == 7)


def test_drawing_is_possible_whatever_the_tool_was(planned, session, qtbot):
    session.settings.set(entries.TOOL, "demonstrate")
    reach(qtbot, planned, 3)
    assert session.settings.get(entries.TOOL) == "pencil"
    assert session.material == map_edits.WALL


def test_a_step_that_is_undone_at_once_is_not_over(planned, session, qtbot, monkeypatch):
    monkeypatch.setattr(steps_module.DrawWall, "pause", 100_000)
    reach(qtbot, planned, 3)
    draw(planned)
    qtbot.waitUntil(lambda: "done" in planned.text())
    session.document.undo_stack.undo()
    qtbot.waitUntil(lambda: "done" not in planned.text())
    assert not planned.tour._moving_on.isActive()


def test_the_tour_begins_anew_when_it_is_chosen_again(planned, qtbot):
    reach(qtbot, planned, 3)
    planned.help.tour()
    assert planned.tour.number == 1
    assert planned.card.next.hasFocus()
    click(planned.card.skip)
    assert planned.tour is None
    assert planned.map.hasFocus()


def test_a_lower_k_shows_the_same_as_the_playhead_and_is_restored(planned, session, qtbot):
    def plan(grid, *, model, iterations, engine):
        run = run_of(grid, model)
        run.latest = iterations or K
        session.planner.updated.emit(run)

    session.planner.plan = plan
    reach(qtbot, planned, 4)
    session.settings.set(entries.ITERATIONS, 3)
    qtbot.waitUntil(lambda: planned.tour.number == 5)
    assert session.settings.get(entries.ITERATIONS) == 0
    reach(qtbot, planned, 6)
    session.settings.set(entries.ITERATIONS, 21)
    reach(qtbot, planned, 7)
    assert session.settings.get(entries.ITERATIONS) == 0


def test_a_playhead_that_is_still_held_is_not_left(planned, session, qtbot):
    reach(qtbot, planned, 4)
    planned.scrubber.setSliderDown(True)
    session.playback.seek(2)
    qtbot.wait(20)
    assert planned.tour.number == 4
    planned.scrubber.setSliderDown(False)
    qtbot.waitUntil(lambda: planned.tour.number == 5)


# Where it points.


@pytest.mark.parametrize("size", [(900, 480), (960, 510), (1024, 640), (1360, 860), (1920, 1040)])
def test_the_card_is_whole_and_beside_what_it_is_about(planned, qtbot, size):
    planned.resize(*size)
    qtbot.waitUntil(lambda: planned.size() == QSize(*size))
    for number in range(1, COUNT + 1):
        reach(qtbot, planned, number)
        card, areas = planned.card, planned.tour._step.areas()
        assert areas
        assert planned.rect().contains(card.geometry())
        assert card.height() >= card.layout().totalHeightForWidth(card.width())
        assert len(planned.outlines) == len(areas)
        for area, outline in zip(areas, planned.outlines, strict=True):
            assert planned.rect().contains(area)
            assert outline.contains(area)
            if area != planned.area(planned.map):
                assert not card.geometry().intersects(area)


def test_it_points_at_the_parts_of_the_window(planned, session, qtbot):
    goal = planned.map.viewport().mapTo(planned, planned.map.position_of((10, 20)).toPoint())
    wanted = {
        1: [planned.area(planned.play)],
        3: [planned.area(planned.map)],
        4: [planned.area(planned.scrubber)],
        6: [planned.area(planned.outcome)],
    }
    for number in range(1, COUNT + 1):
        reach(qtbot, planned, number)
        areas = planned.tour._step.areas()
        if number == 2:
            assert areas[0].contains(goal)
            assert areas[0].width() < 100
        assert areas[:1] == wanted.get(number, areas[:1])
    assert not areas[0].contains(planned.area(planned.train).center())
    click(planned.card.next)
    assert planned.tour._step.areas() == [planned.area(planned.train)]


def test_the_goal_is_panned_to(planned, session, qtbot):
    session.camera.zoom(8.0, row=0.0, col=0.0)
    assert not planned.map.viewport().rect().contains(planned.map.position_of((10, 20)).toPoint())
    reach(qtbot, planned, 2)
    assert len(planned.outlines) == 1
    session.camera.fit()
    qtbot.waitUntil(lambda: planned.outlines[0].contains(planned.tour._step.areas()[0]))


@pytest.mark.parametrize("how", ["hidden", "floating", "behind"])
def test_a_panel_is_shown_before_it_is_pointed_at(planned, qtbot, how):
    if how == "hidden":
        planned.model.hide()
    elif how == "floating":
        planned.model.setFloating(True)
    else:
        planned.train.show()
        planned.tabifyDockWidget(planned.model, planned.train)
        planned.train.raise_()
        qtbot.waitUntil(lambda: planned.model.visibleRegion().isEmpty())
    reach(qtbot, planned, 5)
    qtbot.waitUntil(lambda: not planned.model.visibleRegion().isEmpty())
    if how == "floating":
        # What is in another window has no frame in this one.
        assert planned.outlines == []
    else:
        box = planned.findChild(QWidget, "model-box")
        qtbot.waitUntil(lambda: any(one.contains(planned.area(box)) for one in planned.outlines))
    assert planned.rect().contains(planned.card.geometry())


def test_the_card_follows_the_window(planned, qtbot):
    reach(qtbot, planned, 4)
    planned.resize(1100, 700)
    qtbot.waitUntil(lambda: planned.outlines[0].contains(planned.area(planned.scrubber)))
    assert planned.rect().contains(planned.card.geometry())


def test_the_card_follows_the_theme(planned, session, qtbot, qapp):
    style, palette = qapp.style().objectName(), qapp.palette()
    theme = session.theme
    try:
        theme.choose("light")
        theme.start(qapp)
        theme.set_window(planned)
        planned.help.tour()
        for look in (LIGHT, DARK):
            theme.choose(look.name)
            qtbot.waitUntil(lambda: not theme.switching)
            image = planned.card.grab().toImage()
            assert image.pixelColor(8, image.height() // 2) == QColor(look.raised)
    finally:
        qapp.setStyleSheet("")
        qapp.setStyle(style)
        qapp.setPalette(palette)


# The first start.


@pytest.fixture
def slowly(monkeypatch):
    """The first plan plays longer than any test takes."""
    monkeypatch.setattr(steps_module, "_SECONDS", 100.0)


def first_start(window, qtbot, *, watch):
    window.help.first_tour(watch=watch)
    qtbot.waitUntil(lambda: window.tour is not None)


def test_the_first_plan_is_played_and_the_tour_follows(window, session, qtbot, monkeypatch):
    monkeypatch.setattr(steps_module, "_SECONDS", 2.0)
    moved = []
    session.playback.moved.connect(moved.append)
    window.help.first_tour(watch=True)
    assert window.tour is None
    assert not session.settings.get(entries.TOUR_DONE)
    session.plan()
    assert moved == [1]
    qtbot.waitUntil(lambda: window.tour is not None)
    assert session.playback.playing
    assert window.tour.number == 0
    assert not window.card.skip.isVisible()
    qtbot.waitUntil(lambda: window.tour.number == 1)
    assert session.playback.live
    assert moved[-1] == K
    assert moved == sorted(moved)
    assert window.map.hasFocus()
    assert session.settings.get(entries.TOUR_DONE)


@pytest.mark.parametrize("by", ["key", "shortcut", "click"])
def test_any_key_or_click_goes_to_the_end_and_does_nothing_else(
    planned, session, slowly, qtbot, by
):
    first_start(planned, qtbot, watch=True)
    assert session.playback.playing
    if by == "key":
        QTest.keyClick(planned.map, Key.Key_A)
    elif by == "shortcut":
        planned.plan_menu.addAction("Other").setShortcut("P")
        planned.plan_menu.actions()[0].triggered.connect(lambda: planned.map.pressed.append("P"))
        QTest.keyClick(planned.map, Key.Key_P)
    else:
        click(planned.map.viewport())
    assert planned.tour.number == 1
    assert not session.playback.playing
    assert session.playback.live
    assert planned.map.pressed == []
    QTest.keyClick(planned.map, Key.Key_A)
    assert Key.Key_A in planned.map.pressed


def test_a_button_and_a_shortcut_with_ctrl_do_what_they_do(planned, session, slowly, qtbot):
    done = []
    planned.play.clicked.connect(lambda: done.append("button"))
    action = planned.plan_menu.addAction("Other")
    action.setShortcut("Ctrl+J")
    action.triggered.connect(lambda: done.append("shortcut"))
    first_start(planned, qtbot, watch=True)
    click(planned.play)
    assert planned.tour.number == 1
    planned.tour.end()
    first_start(planned, qtbot, watch=True)
    assert planned.tour.number == 0
    QTest.keyClick(planned.map, Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert planned.tour.number == 1
    assert done == ["button", "shortcut"]


def test_a_map_that_was_changed_before_its_plan_is_not_played(window, session, qtbot):
    window.help.first_tour(watch=True)
    session.document.apply("Goal", session.document.grid.with_goal((4, 4)))
    qtbot.waitUntil(lambda: window.tour is not None)
    assert window.tour.number == 1
    assert not session.playback.playing
    assert session.playback.live


def test_a_file_that_was_opened_is_not_played(planned, session, qtbot):
    first_start(planned, qtbot, watch=False)
    assert planned.tour.number == 1
    assert not session.playback.playing


def test_nothing_is_played_where_the_system_wants_no_motion(planned, session, qtbot, qapp):
    class Still(QProxyStyle):
        def styleHint(self, hint, option=None, widget=None, data=None):  # noqa: N802
            still = hint == QStyle.StyleHint.SH_Widget_Animation_Duration
            return 0 if still else super().styleHint(hint, option, widget, data)

    before = qapp.style().objectName()
    qapp.setStyle(Still(before))
    try:
        first_start(planned, qtbot, watch=True)
        assert planned.tour.number == 1
        assert not session.playback.playing
        assert session.playback.live
    finally:
        qapp.setStyle(before)


def test_a_tour_that_is_chosen_while_the_first_plan_is_awaited_is_the_only_one(
    window, session, qtbot
):
    window.help.first_tour(watch=True)
    window.help.tour()
    window.tour.end()
    session.plan()
    qtbot.wait(20)
    assert window.tour is None
