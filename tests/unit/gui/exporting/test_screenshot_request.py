"""Screenshots are painted once the plan is there, and with its recipe."""

from types import SimpleNamespace

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.planner_protocol import (
    ActionsRequest,
    ExactSolution,
    GreedyActions,
    PlanFinished,
    PolicyReadout,
)
from vingui.gui import settings as entries
from vingui.gui.canvas.map_view import MapView
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.exporting.screenshot_request import ScreenshotRequest
from vingui.gui.exporting.view_state import ViewState
from vingui.gui.planner.client import Phase

GRID = GridMap(np.zeros((3, 3), bool), ((0, 0),))
NOTHING = np.zeros((3, 3, 8), np.float32)
STAY = np.full((3, 3), -1, np.int8)
END = PlanFinished(1, 4, True, 8, 1, STAY, 0.1)
SOLVED = ExactSolution(1, np.zeros((3, 3)), np.zeros((3, 3, 8), bool))


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.settings.set(entries.EXPORT_SCALE, 2)
    return made


@pytest.fixture
def views(session, qtbot):
    """The map view and the value view of the session."""
    made = MapView(session), ValueView(session)
    for view in made:
        qtbot.addWidget(view)
        view.resize(200, 180)
    return made


@pytest.fixture
def view_state(session, views):
    map_view, value_view = views
    return lambda: ViewState.of(session, map_view=map_view, value_view=value_view)


@pytest.fixture
def capture(session, view_state):
    """Asks for the picture of the views, and notes the answer."""

    def ask():
        came = SimpleNamespace(image=None, recipe=None, why="")

        def on_done(image, make_recipe):
            came.image, came.recipe = image, make_recipe() if make_recipe else None

        ScreenshotRequest(
            session,
            view_state(),
            on_done=on_done,
            on_failure=lambda why: setattr(came, "why", why),
            parent=session,
        ).begin()
        return came

    return ask


def plan(session, *replies, run=None):
    """Let more of a plan arrive; that it is finished is known before it is shown."""
    planner, run = session.planner, run or session.run
    for reply in replies:
        if reply is END:
            run.take(PolicyReadout(1, 4, 0, 0, NOTHING[..., :1], NOTHING, NOTHING))
        run.take(reply)
        if isinstance(reply, PlanFinished):
            planner.busy = False
            planner.busy_changed.emit(False)
        planner.updated.emit(run)


def test_a_plan_under_way_is_waited_for(session, capture, begun):
    session.planner.busy = True
    came = capture()
    session.planner.updated.emit(begun())
    plan(session, END)
    assert came.image is None
    plan(session, SOLVED)
    assert came.image.size().toTuple() == (2 * (200 + 8 + 200 + 88), 2 * 180)
    assert (came.recipe.grid, came.recipe.iterations) == (GRID, 4)
    # The playhead follows the plan, of which there was nothing yet.
    assert came.recipe.options["k"] == 4


def test_the_plan_of_an_edit_that_was_just_made_is_waited_for(session, capture, begun):
    session.planner.updated.emit(begun())
    plan(session, END, SOLVED)
    edited = GridMap(np.zeros((3, 3), bool), ((1, 1),))
    session.document.replace(edited)
    session.planner.busy = True
    came = capture()
    plan(session, END, SOLVED, run=begun(edited))
    assert came.recipe.grid == edited


def test_a_plan_that_is_refused_keeps_no_picture_waiting(session, capture, begun):
    session.planner.updated.emit(begun())
    session.planner.busy = True
    came = capture()
    session.planner.busy = False
    session.planner.refused.emit("too large")
    assert came.image is not None
    assert came.recipe is None


def test_what_is_seen_is_what_was_seen_when_it_was_asked_for(session, capture, begun):
    session.planner.updated.emit(begun())
    session.playback.seek(2)
    came = capture()
    session.playback.seek(3)
    session.settings.set(entries.LAYER, "exact")
    session.planner.reads.clear()
    plan(session, END, SOLVED)
    assert ActionsRequest(1, 2) in session.planner.reads
    assert came.image is None
    readout = PolicyReadout(1, 2, 0, 0, NOTHING[..., :1], NOTHING, NOTHING)
    plan(session, GreedyActions(1, 2, STAY, np.zeros(0, np.uint8)), readout)
    assert (came.recipe.options["k"], came.recipe.options["layer"]) == (2, "value")


def test_without_a_plan_there_is_a_picture_and_no_recipe(session, capture):
    came = capture()
    assert came.image is not None
    assert came.recipe is None


def test_a_plan_of_another_map_is_shown_and_has_no_recipe(session, capture, begun):
    """The planner has refused this map, or is gone."""
    session.planner.updated.emit(begun())
    plan(session, END, SOLVED)
    assert capture().recipe is not None
    walls = np.eye(3, dtype=bool)
    walls[0, 0] = False
    session.document.replace(GridMap(walls, ((0, 0),)))
    came = capture()
    assert came.recipe is None
    middle = came.image.pixelColor(2 * 100, 2 * 90)
    assert middle.name() == session.theme.look.wall


def test_a_planner_that_died_keeps_no_picture_waiting(session, capture, begun):
    session.planner.updated.emit(begun())
    came = capture()
    assert came.image is None
    session.planner.phase = Phase.FAILED
    session.planner.phase_changed.emit()
    assert came.image is not None
    assert came.recipe is None


def test_a_map_that_changes_meanwhile_is_reported(session, capture):
    session.planner.busy = True
    came = capture()
    session.document.replace(GridMap(np.zeros((3, 3), bool), ((1, 1),)))
    session.run_changed.emit()
    assert came.why == "The map has changed before it was planned. Export it again."
    assert came.image is None


def test_too_large_a_picture_is_reported(session, views, capture):
    session.settings.set(entries.EXPORT_SCALE, 8)
    views[1].resize(5000, 180)
    assert "at most 32,767 a side" in capture().why
